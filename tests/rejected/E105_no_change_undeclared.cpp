// [gesta E105] decide returns  gesta::no_change  but its contract does not say so; write  gesta::emits<...>::or_nothing
#include <gesta/domain.hpp>

struct confirmed { static constexpr auto id = "order.confirmed"; };
struct confirm {};
struct order { bool confirmed = false; };

constexpr auto decide(const order& o, const confirm&) -> gesta::emits<confirmed> {
  if (o.confirmed) return gesta::no_change;
  return confirmed{};
}
