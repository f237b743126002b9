// [gesta E761] the Message is a row of a table that somebody else keeps: it says  table;  a message of the model has a shape of its own: write a struct for it, and fill that where the change is translated
// in row_as_message<false, customer>
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
struct account { int balance = 0; };
inline void evolve(account& a, const opened&) { a.balance += 1; }
inline auto decide(const account&, const customer&) -> gesta::emits<opened> { return opened{}; }
struct accounts : gesta::aggregate<account, gesta::commands<customer>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};
