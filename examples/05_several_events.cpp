// One command, several events: together, in the order of the contract, an open number of them, or none.
#include <gesta/gesta.hpp>

#include <cstdio>

struct line { gesta::text<8> product; int pieces; };

struct opened      { gesta::text<16> customer; static constexpr auto id = "cart.opened"; };
struct added       { line what;                static constexpr auto id = "cart.added"; };
struct checked_out { int pieces;               static constexpr auto id = "cart.checked_out"; };
struct add         { gesta::text<16> customer; gesta::list<line, 8> lines; };
struct check_out   {};

struct cart { bool open = false; int pieces = 0; };
constexpr void evolve(cart& c, const opened&) { c.open = true; }
constexpr void evolve(cart& c, const added& e) { c.pieces += e.what.pieces; }
constexpr void evolve(cart& c, const checked_out&) { c = cart{}; }

constexpr auto decide(const cart& c, const add& a) -> gesta::emits<opened, gesta::many<added>> {
  const auto lines = gesta::each(a.lines, [](const line& l) { return added{l}; });
  if (c.open) return lines;
  return gesta::emit(opened{a.customer}, lines);
}
constexpr auto decide(const cart& c, const check_out&) -> gesta::emits<checked_out>::or_nothing {
  if (!c.open) return gesta::no_change;
  return checked_out{c.pieces};
}

struct carts : gesta::aggregate<cart, gesta::commands<add, check_out>> { static constexpr auto id = "cart"; };
struct shop : gesta::model<carts> {};

static_assert(gesta::given<cart>().when(check_out{}).nothing());

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  app.handle("c1", add{"alice", {{"apple", 3}, {"pear", 2}}});
  app.handle("c1", add{"alice", {{"plum", 1}}});
  app.handle("c1", check_out{});
  (void)app.each_event([](const auto& event, const gesta::about& about) {
    std::printf("%d %s\n", static_cast<int>(about.position), gesta::id_of<std::remove_cvref_t<decltype(event)>>.name);
  });
}
