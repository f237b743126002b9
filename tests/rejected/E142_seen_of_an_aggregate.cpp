// [gesta E142] gesta::seen  was given with a Command of an aggregate; give  gesta::expected{version},  which counts the events of its entity
// in seen_of_an_aggregate<false, place>
#include <gesta/gesta.hpp>

struct placed { int order; static constexpr auto id = "order.placed"; };
struct place { int order; };
struct order { bool open = false; };

constexpr void evolve(order& o, const placed&) { o.open = true; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.order}; }

struct orders : gesta::aggregate<order, gesta::commands<place>, gesta::by<"order">> {
  static constexpr auto id = "order";
};
struct shop : gesta::model<orders> {};

inline void use() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  app.handle(place{1}, gesta::seen{0}).match([](const order&) {}, [](const gesta::conflict&) {});
}
