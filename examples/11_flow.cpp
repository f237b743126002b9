// The message flow is data, derived from the contracts: print it as Mermaid, DOT or JSON.
#include <gesta/describe/diagram.hpp>
#include <gesta/gesta.hpp>

#include <cstdio>

#include "bank.hpp"

struct turnover { int in = 0, out = 0; };
constexpr void project(turnover& t, const deposited& e) { t.in += e.amount; }
constexpr void project(turnover& t, const withdrawn& e) { t.out += e.amount; }
struct turnovers : gesta::projection<turnover, gesta::follows<accounts>> { static constexpr auto id = "turnover"; };

struct bank : gesta::model<accounts, turnovers> {};

int main(int count, char** words) {
  const auto wanted = gesta::diagram_named(count > 2 ? words[2] : "mermaid");   // --flow mermaid|dot|json
  if (!wanted) return std::fputs("usage: 11_flow [--flow mermaid|dot|json]\n", stderr), 2;
  gesta::print_flow<bank>(*wanted, [](const char* text, std::size_t size) { std::fwrite(text, 1, size, stdout); });
}
