#include <gesta/gesta.hpp>

#include <string_view>

struct reminded { int cart; static constexpr auto id = "reminded"; };
struct remind { int cart; static constexpr auto id = "cart.remind"; };
struct cart { int times = 0; };
constexpr void evolve(cart& c, const reminded&) { ++c.times; }
constexpr auto decide(const cart&, const remind& r) -> gesta::emits<reminded> { return reminded{r.cart}; }
struct carts : gesta::aggregate<cart, gesta::commands<remind>, gesta::by<"cart">> { static constexpr auto id = "cart"; };
struct step { static constexpr auto id = "step"; using begun_by = reminded; using undo = gesta::needless; };
struct ask { static constexpr auto id = "ask"; using undo = gesta::irreversible; constexpr auto run(const reminded& r) -> remind { return {r.cart}; } };
struct visits : gesta::saga<gesta::by<"cart">, step, ask> { static constexpr auto id = "visits"; };
struct shop : gesta::model<carts, visits, gesta::delayed<remind>> {};

inline void use() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto sagas = gesta::run_sagas(app);
  sagas.open([](const char*, int, const gesta::saga_standing&) {});
  sagas.stuck([](const char*, const auto&, const gesta::saga_standing&) {});
  sagas.open<visits>([](int, const gesta::saga_standing&) {});
  sagas.stuck<remind>([](std::string_view, const gesta::delay_standing&) {});
  (void)sagas.state<remind>("cart 17").due;
  (void)sagas.retry<remind>("cart 17", "ann");
}
