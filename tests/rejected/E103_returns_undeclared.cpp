// [gesta E103] decide returns something that its contract does not list; add it to  gesta::emits<...>  or to  ::or_rejects<...>
#include <gesta/domain.hpp>

struct withdrawn { int amount; static constexpr auto id = "account.withdrawn"; };
struct withdraw { int amount; };
struct insufficient_funds { int missing; };
struct account { int balance = 0; };

constexpr auto decide(const account& a, const withdraw& c) -> gesta::emits<withdrawn> {
  if (c.amount > a.balance) return insufficient_funds{c.amount - a.balance};
  return withdrawn{c.amount};
}
