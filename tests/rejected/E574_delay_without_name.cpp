// [gesta E574] what is said for later has a name, which is text, and the Name is none; write  app.later("reminder of 17", command, when),  and the same name in  app.cancel
// in delay_without_name<false, int>
#include <gesta/gesta.hpp>

struct reminded { int cart; static constexpr auto id = "reminded"; };
struct remind { int cart; static constexpr auto id = "cart.remind"; };
struct cart { int times = 0; };
constexpr void evolve(cart& c, const reminded&) { ++c.times; }
constexpr auto decide(const cart&, const remind& r) -> gesta::emits<reminded> { return reminded{r.cart}; }
struct carts : gesta::aggregate<cart, gesta::commands<remind>, gesta::by<"cart">> { static constexpr auto id = "cart"; };
struct shop : gesta::model<carts, gesta::delayed<remind>> {};

inline void use() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  (void)app.later(17, remind{1}, gesta::timestamp{1});
}
