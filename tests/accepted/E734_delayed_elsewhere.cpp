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
struct nagged { int order; static constexpr auto id = "nagged"; };
struct nag { int order; static constexpr auto id = "nag"; };
struct nags { int times = 0; };
constexpr void evolve(nags& n, const nagged&) { ++n.times; }
constexpr auto decide(const nags&, const nag& c) -> gesta::emits<nagged> { return nagged{c.order}; }
struct naggers : gesta::aggregate<nags, gesta::commands<nag>, gesta::by<"order">> { static constexpr auto id = "nagger"; };
struct shop : gesta::model<order::orders, naggers, gesta::delayed<nag>> {};
