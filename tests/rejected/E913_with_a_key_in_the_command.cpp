// [gesta E913] handle got one Option twice; give it once
// in option_given_twice<false, open, gesta::expected>
#include <gesta/gesta.hpp>

struct opened { int number; static constexpr auto id = "door.opened"; };
struct open { int number; };
struct door { int times = 0; };
constexpr void evolve(door& d, const opened&) { ++d.times; }
constexpr auto decide(const door&, const open& c) -> gesta::emits<opened> { return opened{c.number}; }

struct doors : gesta::aggregate<door, gesta::commands<open>, gesta::by<"number">> { static constexpr auto id = "door"; };
struct house : gesta::model<doors> {};

int main() {
  auto app = gesta::start<house>(gesta::memory_store{});
  app.handle(open{1}, gesta::expected{0}, gesta::expected{0}).match([](const door&) {}, [](const gesta::conflict&) {});
}
