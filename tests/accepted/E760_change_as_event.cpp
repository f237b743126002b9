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

struct open_account { std::int64_t who; };
struct opened { std::int64_t who; static constexpr auto id = "account.opened"; };
struct account { int balance = 0; };
inline void evolve(account& a, const opened&) { a.balance += 1; }
inline auto decide(const account&, const open_account& c) -> gesta::emits<opened> { return opened{c.who}; }
struct accounts : gesta::aggregate<account, gesta::commands<open_account>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};
