#include <gesta/gesta.hpp>

#include <gesta/capture/change.hpp>

#include <cstdint>
#include <optional>
#include <string>

struct customer {
  std::int64_t id;
  gesta::text<40> name;
  static constexpr auto table = "customers";
  using key = gesta::by<"id">;
};

struct opened { static constexpr auto id = "account.opened"; };
struct open_account { std::int64_t who; gesta::text<40> name; };
struct account { int balance = 0; };
inline void evolve(account& a, const opened&) { a.balance += 1; }
inline auto decide(const account&, const open_account&) -> gesta::emits<opened> { return opened{}; }
struct accounts : gesta::aggregate<account, gesta::commands<open_account>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};
