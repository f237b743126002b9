// [gesta E734] the Sender asks a Command that another service decides, and cannot wait for the answer; let a step of a saga ask it, or list it in an aggregate of the model
// in remote_command_unwaited<false, warehouse, stock::reserve>
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

struct warehouse { static constexpr auto id = "warehouse"; };
constexpr auto react(const warehouse&, const order::placed& o) -> stock::reserve { return {o.order, o.item}; }
struct shop : gesta::model<order::orders, gesta::reactors<warehouse>> {};
