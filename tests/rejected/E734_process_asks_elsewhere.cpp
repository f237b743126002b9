// [gesta E734] the Sender asks a Command that another service decides, and cannot wait for the answer; let a step of a saga ask it, or list it in an aggregate of the model
// in remote_command_unwaited<false, payout, stock::reserve>
#include <gesta/model/model.hpp>

#include "shop/order.hpp"

namespace stock {
struct reserved { int order, item; static constexpr auto id = gesta::integration_id{"stock.reserved"}; };
struct released { int order, item; static constexpr auto id = gesta::integration_id{"stock.released"}; };
struct sold_out { static constexpr auto id = "stock.sold_out"; };
struct reserve { int order, item; static constexpr auto id = "stock.reserve"; };
struct release { int order, item; static constexpr auto id = "stock.release"; };
auto decide(const gesta::elsewhere&, const reserve&) -> gesta::emits<reserved>::or_rejects<sold_out>;
auto decide(const gesta::elsewhere&, const release&) -> gesta::emits<released>::or_nothing;
}  // namespace stock

struct fresh { static constexpr auto id = "fresh"; };
struct asking { static constexpr auto id = "asking"; };
struct done { static constexpr auto id = "done"; static constexpr auto ends = gesta::ended::completed; };
constexpr auto on(const fresh&, const order::placed& e) -> gesta::becomes<asking>::asks<stock::reserve> { return {asking{}, {e.order, e.item}}; }
constexpr auto on(const asking&, const stock::reserved&) -> gesta::becomes<done> { return done{}; }
constexpr auto on(const asking&, const stock::sold_out&) -> gesta::becomes<done> { return done{}; }
struct payout : gesta::process<gesta::by<"order">, gesta::begins<order::placed>, gesta::states<fresh, asking, done>> {
  static constexpr auto id = "payout";
};
struct shop : gesta::model<order::orders, payout> {};
