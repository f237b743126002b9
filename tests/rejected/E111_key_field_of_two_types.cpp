// [gesta E111] the Aggregate finds its entities by a field that has one Type in its first command and Other in this Command; give the field one type everywhere
// in key_field_of_two_types<false, orders, cancel, int, long
#include <gesta/model/model.hpp>

struct placed { int order; static constexpr auto id = "order.placed"; };
struct cancelled { static constexpr auto id = "order.cancelled"; };
struct place { int order; };
struct cancel { long order; };
struct order { bool open = false; };

constexpr void evolve(order& o, const placed&) { o.open = true; }
constexpr void evolve(order& o, const cancelled&) { o.open = false; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.order}; }
constexpr auto decide(const order&, const cancel&) -> gesta::emits<cancelled> { return cancelled{}; }

struct orders : gesta::aggregate<order, gesta::commands<place, cancel>, gesta::by<"order">> {
  static constexpr auto id = "order";
  using key = int;
};
struct shop : gesta::model<orders> {};
