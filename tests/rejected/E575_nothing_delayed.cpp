// [gesta E575] the Model delays no commands, so there is nothing to cancel or to show; list those that may wait in the model's  gesta::delayed<...>
// in nothing_delayed<false, shop>
#include <gesta/gesta.hpp>

struct reminded { int cart; static constexpr auto id = "reminded"; };
struct remind { int cart; static constexpr auto id = "cart.remind"; };
struct cart { int times = 0; };
constexpr void evolve(cart& c, const reminded&) { ++c.times; }
constexpr auto decide(const cart&, const remind& r) -> gesta::emits<reminded> { return reminded{r.cart}; }
struct carts : gesta::aggregate<cart, gesta::commands<remind>, gesta::by<"cart">> { static constexpr auto id = "cart"; };
struct shop : gesta::model<carts> {};

inline void use() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  (void)app.cancel("one");
}
