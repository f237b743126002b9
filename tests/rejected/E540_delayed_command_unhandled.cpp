// [gesta E540] the Command is delayed and no aggregate or boundary of the model lists it; add it there, or add the aggregate to the model
// in delayed_command_unhandled<false, wait>
#include <gesta/gesta.hpp>

struct reminded { int cart; static constexpr auto id = "reminded"; };
struct remind { int cart; static constexpr auto id = "cart.remind"; };
struct cart { int times = 0; };
constexpr void evolve(cart& c, const reminded&) { ++c.times; }
constexpr auto decide(const cart&, const remind& r) -> gesta::emits<reminded> { return reminded{r.cart}; }
struct carts : gesta::aggregate<cart, gesta::commands<remind>, gesta::by<"cart">> { static constexpr auto id = "cart"; };
struct wait { int cart; static constexpr auto id = "cart.wait"; };
struct shop : gesta::model<carts, gesta::delayed<wait>> {};
