// [gesta E760] the Message is a change of a row: no event, since nobody decided it, and no command, since it has happened; translate it into a command of the model:  auto translate(const Listener&, const gesta::inserted<Row>&) -> Command
// in change_as_message<false, gesta::change<customer>>
#include <gesta/gesta.hpp>

#include <gesta/capture/change.hpp>

#include <cstdint>
#include <optional>
#include <string>

struct customer {
  std::int64_t id;
  gesta::text<40> name;
  std::optional<std::string> city;
  static constexpr auto table = "customers";
  using key = gesta::by<"id">;
};

struct opened { static constexpr auto id = "account.opened"; };
struct account { int balance = 0; };
inline void evolve(account& a, const opened&) { a.balance += 1; }
inline auto decide(const account&, const gesta::change<customer>&) -> gesta::emits<opened> { return opened{}; }
struct accounts : gesta::aggregate<account, gesta::commands<gesta::change<customer>>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};
