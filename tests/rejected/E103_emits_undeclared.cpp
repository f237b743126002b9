// [gesta E103] decide returns something that its contract does not list; add it to  gesta::emits<...>  or to  ::or_rejects<...>
// One of several events is not in the contract.
#include <gesta/domain.hpp>

struct placed { int cents; static constexpr auto id = "order.placed"; };
struct priced { int cents; static constexpr auto id = "order.priced"; };
struct place { int cents; };
struct order { int cents = 0; };

constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> {
  return gesta::emit(placed{c.cents}, priced{c.cents});
}
