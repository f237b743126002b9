#include <gesta/model/model.hpp>

struct placed { int order; static constexpr auto id = "order.placed"; };
struct cancelled { int order; static constexpr auto id = "order.cancelled"; };
struct place { int order; };
struct cancel { int order; };
struct order { bool open = false; };

constexpr void evolve(order& o, const placed&) { o.open = true; }
constexpr void evolve(order& o, const cancelled&) { o.open = false; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.order}; }
constexpr auto decide(const order&, const cancel& c) -> gesta::emits<cancelled> { return cancelled{c.order}; }

struct orders : gesta::aggregate<order, gesta::commands<place, cancel>, gesta::by<"order">> {
  static constexpr auto id = "order";
  using key = int;
};
struct shop : gesta::model<orders> {};
