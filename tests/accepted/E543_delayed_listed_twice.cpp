#include <gesta/gesta.hpp>

struct reminded { int cart; static constexpr auto id = "reminded"; };
struct remind { int cart; static constexpr auto id = "cart.remind"; };
struct cart { int times = 0; };
constexpr void evolve(cart& c, const reminded&) { ++c.times; }
constexpr auto decide(const cart&, const remind& r) -> gesta::emits<reminded> { return reminded{r.cart}; }
struct emptied { int cart; static constexpr auto id = "emptied"; };
struct empty_it { int cart; static constexpr auto id = "cart.empty"; };
constexpr void evolve(cart& c, const emptied&) { c.times = 0; }
constexpr auto decide(const cart&, const empty_it& r) -> gesta::emits<emptied> { return emptied{r.cart}; }
struct carts : gesta::aggregate<cart, gesta::commands<remind, empty_it>, gesta::by<"cart">> { static constexpr auto id = "cart"; };
struct shop : gesta::model<carts, gesta::delayed<remind, empty_it>> {};
