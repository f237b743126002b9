#include <gesta/gesta.hpp>

#include <gesta/capture/deliver.hpp>
#include <gesta/capture/sqlite.hpp>

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
struct closed { static constexpr auto id = "account.closed"; };
struct open_account { std::int64_t who; };
struct close_account { std::int64_t who; };
struct has_money { static constexpr auto id = "account.has_money"; };
struct account { bool is_open = false; };
inline void evolve(account& a, const opened&) { a.is_open = true; }
inline void evolve(account& a, const closed&) { a.is_open = false; }
constexpr auto decide(const account&, const open_account&) -> gesta::emits<opened> { return opened{}; }
constexpr auto decide(const account& a, const close_account&) -> gesta::emits<closed>::or_rejects<has_money> {
  if (!a.is_open) return has_money{};
  return closed{};
}
struct accounts : gesta::aggregate<account, gesta::commands<open_account, close_account>, gesta::by<"who">> {
  static constexpr auto id = "account";
  using key = std::int64_t;
};
struct bank : gesta::model<accounts> {};

struct crm { static constexpr auto id = "crm"; };
inline open_account translate(const crm&, const gesta::inserted<customer>& c) { return {c.key()}; }
inline void translate(const crm&, const gesta::updated<customer>&) {}
inline close_account translate(const crm&, const gesta::deleted<customer>& c) { return {c.key()}; }
inline void translate(const crm&, const gesta::truncated<customer>&) {}
inline void on_refusal(const crm&, const close_account&, const has_money&) {}

int main() {
  gesta::sqlite_capture<customer> changes(nullptr, "crm");
  auto app = gesta::start<bank>(gesta::memory_store{});
  return gesta::deliver<crm>(changes, app) ? 0 : 1;
}
