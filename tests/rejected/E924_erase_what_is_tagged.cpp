// [gesta E924] an event of the Aggregate has tags, or is a fact that a reaction asks for, and what boundaries decide on, or reactors do, would change without it; let another event say that, or erase nothing
// in erases_tagged<false, accounts>
#include <gesta/gesta.hpp>

struct opened { int owner; static constexpr auto id = "account.opened"; using tags = gesta::tags<"owner">; };
struct gifted { int owner; static constexpr auto id = "gifted"; using tags = gesta::tags<"owner">; };
struct open { int owner; };
struct gift { int owner; };
struct account { int owner = 0; };
struct owner { int gifts = 0; using tags = gesta::tags<"owner">; };

constexpr void evolve(account& a, const opened& e) { a.owner = e.owner; }
constexpr void evolve(owner& o, const opened&) { o.gifts = 0; }
constexpr void evolve(owner& o, const gifted&) { ++o.gifts; }
constexpr auto decide(const account&, const open& c) -> gesta::emits<opened> { return opened{c.owner}; }
constexpr auto decide(const owner&, const gift& c) -> gesta::emits<gifted> { return gifted{c.owner}; }

struct accounts : gesta::aggregate<account, gesta::commands<open>> { static constexpr auto id = "account"; };
struct gifts : gesta::boundary<gesta::states<owner>, gesta::commands<gift>> { static constexpr auto id = "gifts"; };
struct bank : gesta::model<accounts, gifts> {};

int main() {
  auto app = gesta::start<bank>(gesta::fixed_memory_store{});
  return app.truncate_before<accounts>("alice", 2) && app.close<accounts>("alice") ? 0 : 1;
}
