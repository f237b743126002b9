// [gesta E587] the visitor of  sagas.open  or  sagas.stuck  does not take instances of the Part, whose keys it gets as Key; write  sagas.open<Part>([](const Key& key, const gesta::saga_standing& one) {...}),  of a delayed command  const gesta::delay_standing&,  and for all parts at once  sagas.open([](const char* part, const auto& key, const gesta::saga_standing& one) {...})
// [gesta E587] the visitor of  sagas.open  or  sagas.stuck  does not take instances of the Part, whose keys it gets as Key; write  sagas.open<Part>([](const Key& key, const gesta::saga_standing& one) {...}),  of a delayed command  const gesta::delay_standing&,  and for all parts at once  sagas.open([](const char* part, const auto& key, const gesta::saga_standing& one) {...})
// in instance_not_visited<false, visits, int>
// in instance_not_visited<false, remind, 
#include <gesta/gesta.hpp>

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
  sagas.open([](const char*, gesta::key_bytes, const gesta::saga_standing&) {});
  sagas.stuck<remind>([](int, const gesta::delay_standing&) {});
}
