// [gesta E576] the Command is said for a length of time, and a moment is meant; write  now + length,  with the clock of the app:  gesta::system_clock{}() + gesta::seconds(60)
// in delay_by_length<false, remind>
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
  (void)app.later("one", remind{1}, gesta::seconds(60));
}
