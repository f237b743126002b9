#include <gesta/model/model.hpp>
#include <gesta/testing/given_process.hpp>
#include <gesta/testing/given_saga.hpp>

#include "shop/order.hpp"

struct place_order {
  static constexpr auto id = "place_order";
  using begun_by = order::placed;
  constexpr auto undo(const order::placed& o) -> order::cancel { return {o.order, order::cause::customer}; }
};
struct confirm_order {
  static constexpr auto id = "confirm_order";
  using undo = gesta::irreversible;
  constexpr auto run(const order::placed& o) -> order::confirm { return {o.order}; }
};
struct fulfilment : gesta::saga<gesta::by<"order">, place_order, confirm_order> { static constexpr auto id = "fulfilment"; };

namespace post {
struct told { int order; static constexpr auto id = "post.told"; };
struct tell { int order; static constexpr auto id = "post.tell"; };
struct box {};
constexpr void evolve(box&, const told&) {}
constexpr auto decide(const box&, const tell& c) -> gesta::emits<told>::or_nothing { return told{c.order}; }
struct boxes : gesta::aggregate<box, gesta::commands<tell>, gesta::by<"order">> { static constexpr auto id = "post"; };
}  // namespace post

namespace managing {
struct idle { static constexpr auto id = "idle"; };
struct telling { int order; static constexpr auto id = "telling"; };
struct done { static constexpr auto id = "done"; static constexpr auto ends = gesta::ended::completed; };
constexpr auto on(const idle&, const order::placed& e) -> gesta::becomes<telling>::asks<post::tell> {
  return {telling{e.order}, post::tell{e.order}};
}
constexpr auto on(const telling&, const post::told&) -> gesta::becomes<done> { return done{}; }
constexpr auto on(const telling&, gesta::unchanged<post::tell>) -> gesta::becomes<done> { return done{}; }
}  // namespace managing
struct manager : gesta::process<gesta::by<"order">, gesta::begins<order::placed>, gesta::states<managing::idle, managing::telling, managing::done>> {
  static constexpr auto id = "manager";
};
struct shop : gesta::model<order::orders, post::boxes, fulfilment, manager> {};

using gesta::testing::given;
static_assert(given<shop, fulfilment>(order::placed{1, 5, 100}).asks(order::confirm{1}).answered(order::confirmed{1}).asks().completed());
static_assert(given<shop, manager>(order::placed{1, 5, 100}).is(managing::telling{1}).answered<post::tell>(gesta::nothing{}).is<managing::done>());
