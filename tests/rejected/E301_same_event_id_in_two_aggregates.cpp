// [gesta E301] two events have the same id and version, so one would be read as the other; give one of them another id or a higher version
// The id of an event is its name in the whole model, not in its aggregate.
#include <gesta/model/model.hpp>

namespace bank {
struct opened { static constexpr auto id = "opened"; };
struct open {};
struct account { bool open = false; };
constexpr void evolve(account& a, const opened&) { a.open = true; }
constexpr auto decide(const account&, const open&) -> gesta::emits<opened> { return opened{}; }
struct accounts : gesta::aggregate<account, gesta::commands<open>> { static constexpr auto id = "account"; };
}

namespace shop {
struct opened { static constexpr auto id = "opened"; };
struct open {};
struct till { bool open = false; };
constexpr void evolve(till& t, const opened&) { t.open = true; }
constexpr auto decide(const till&, const open&) -> gesta::emits<opened> { return opened{}; }
struct tills : gesta::aggregate<till, gesta::commands<open>> { static constexpr auto id = "till"; };
}

struct town : gesta::model<bank::accounts, shop::tills> {};
