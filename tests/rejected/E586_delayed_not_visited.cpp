// [gesta E586] the visitor of app.delayed does not take the Command, which the model delays; add  void operator()(std::string_view name, const Command&, const gesta::delay_standing&)
// in delayed_not_visited<false, remind>
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
  (void)app.delayed([](const char*, const remind&) {});
}
