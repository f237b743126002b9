// Prints the flow of one of the test models: print shop|hostile|nothing mermaid|dot|json. For valid.py.
#include <gesta/describe/diagram.hpp>

#include <cstdio>
#include <cstring>

#include "printed.hpp"
#include "shop.hpp"

int main(int count, char** words) {
  const gesta::diagram* const form = count == 3 ? gesta::diagram_named(words[2]) : nullptr;
  if (form == nullptr) return 2;
  const auto print = [](const char* text, std::size_t size) { std::fwrite(text, 1, size, stdout); };
  if (std::strcmp(words[1], "shop") == 0) gesta::print_flow<shop::model>(*form, print);
  else if (std::strcmp(words[1], "hostile") == 0) gesta::print_flow<hostile::model>(*form, print);
  else if (std::strcmp(words[1], "nothing") == 0) gesta::print_flow<nothing_at_all>(*form, print);
  else return 2;
  return std::fflush(stdout) == 0 ? 0 : 1;
}
