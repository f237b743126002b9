// What the order service and the stock service know of each other: three commands, how each may end, and what is told about it.
// Both include it; nothing of it has a body. May include: retail's domain, gesta.
#pragma once

#include <gesta/domain.hpp>

#include <cstdint>

#include "../retail/fulfilment/shop.hpp"

namespace trade {
/// What a service took and did not live to settle comes again after this: a poll takes milliseconds.
inline constexpr gesta::duration settles_within = gesta::seconds(2);
}  // namespace trade

namespace trade::told {

using retail::invoice_no;
using retail::pieces;
using retail::stock_code;

struct reserved { invoice_no order; stock_code item; std::int32_t line = 0, quantity = 0; static constexpr auto id = gesta::integration_id{"stock.reserved"}; };
struct released { invoice_no order; stock_code item; std::int32_t line = 0, quantity = 0; static constexpr auto id = gesta::integration_id{"stock.released"}; };
struct shipped  { invoice_no order; pieces quantity = 0; static constexpr auto id = gesta::integration_id{"stock.shipped"}; };

}  // namespace trade::told

// Where the model lists the aggregate, as `retail fulfil` does, it decides by itself; else another service does.
namespace retail::stock {
auto decide(const gesta::elsewhere&, const reserve&) -> gesta::emits<trade::told::reserved>::or_rejects<sold_out>;
auto decide(const gesta::elsewhere&, const release&) -> gesta::emits<trade::told::released>::or_nothing;
}  // namespace retail::stock
namespace retail::shipping {
auto decide(const gesta::elsewhere&, const ship&) -> gesta::emits<trade::told::shipped>::or_rejects<undeliverable>;
}  // namespace retail::shipping
