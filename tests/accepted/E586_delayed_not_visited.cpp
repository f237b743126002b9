#include <gesta/gesta.hpp>

#include <string_view>

struct reminded { int cart; static constexpr auto id = "reminded"; };
struct remind { int cart; static constexpr auto id = "cart.remind"; };
struct cart { int times = 0; };
constexpr void evolve(cart& c, const reminded&) { ++c.times; }
constexpr auto decide(const cart&, const remind& r) -> gesta::emits<reminded> { return reminded{r.cart}; }
struct carts : gesta::aggregate<cart, gesta::commands<remind>, gesta::by<"cart">> { static constexpr auto id = "cart"; };
struct shop : gesta::model<carts, gesta::delayed<remind>> {};

inline void use() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  (void)app.delayed([](std::string_view, const remind&, const gesta::delay_standing&) {});
}
