// [gesta E601] these reactions feed each other for ever (the path ends where it began); break it at one reaction, let one of its events undo something that begins outside the path, or say in a reactor  using cycle = gesta::allow_cycle<"reason", bound>;
// One reactor, one aggregate: each refill asks for the next. The twin says that it ends, why, and after how many at most.
#include <gesta/model/model.hpp>

struct restocked { int product; static constexpr auto id = "shelf.restocked"; };
struct restock { int product; };
struct shelf { int refills = 0; };

constexpr void evolve(shelf& s, const restocked&) { ++s.refills; }
constexpr auto decide(const shelf& s, const restock& c) -> gesta::emits<restocked>::or_nothing {
  if (s.refills == 3) return gesta::no_change;
  return restocked{c.product};
}

struct refill {
  static constexpr auto id = "refill";
};
constexpr auto react(const refill&, const restocked& e) -> restock { return {e.product}; }

struct shelves : gesta::aggregate<shelf, gesta::commands<restock>, gesta::by<"product">> {
  static constexpr auto id = "shelf";
  using key = int;
};
struct shop : gesta::model<shelves, gesta::reactors<refill>> {};
