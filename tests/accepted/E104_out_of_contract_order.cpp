#include <gesta/domain.hpp>

struct placed { int cents; static constexpr auto id = "order.placed"; };
struct priced { int cents; static constexpr auto id = "order.priced"; };
struct place { int cents; };
struct order { int cents = 0; };

constexpr auto decide(const order&, const place& c) -> gesta::emits<placed, priced> {
  return gesta::emit(placed{c.cents}, priced{c.cents});
}
