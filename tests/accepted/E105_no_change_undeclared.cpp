#include <gesta/domain.hpp>

struct confirmed { static constexpr auto id = "order.confirmed"; };
struct confirm {};
struct order { bool confirmed = false; };

constexpr auto decide(const order& o, const confirm&) -> gesta::emits<confirmed>::or_nothing {
  if (o.confirmed) return gesta::no_change;
  return confirmed{};
}
