// [gesta E110] the Aggregate finds its entities by a field that the Command does not have; add the field, or list the Command in another aggregate
// in key_field_missing<false, orders, cancel>
#include <gesta/model/model.hpp>

struct placed { int order; static constexpr auto id = "order.placed"; };
struct cancelled { int order; static constexpr auto id = "order.cancelled"; };
struct place { int order; };
struct cancel { int number; };
struct order { bool open = false; };

constexpr void evolve(order& o, const placed&) { o.open = true; }
constexpr void evolve(order& o, const cancelled&) { o.open = false; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.order}; }
constexpr auto decide(const order&, const cancel& c) -> gesta::emits<cancelled> { return cancelled{c.number}; }

struct orders : gesta::aggregate<order, gesta::commands<place, cancel>, gesta::by<"order">> {
  static constexpr auto id = "order";
  using key = int;
};
struct shop : gesta::model<orders> {};
