// [gesta E104] decide emits its events in another order than the contract lists them; emit them in the order of  gesta::emits<...>,  or change that
#include <gesta/domain.hpp>

struct placed { int cents; static constexpr auto id = "order.placed"; };
struct priced { int cents; static constexpr auto id = "order.priced"; };
struct place { int cents; };
struct order { int cents = 0; };

constexpr auto decide(const order&, const place& c) -> gesta::emits<placed, priced> {
  return gesta::emit(priced{c.cents}, placed{c.cents});
}
