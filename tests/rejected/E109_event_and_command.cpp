// [gesta E109] the Type is used as an event and as a command; a fact and a wish are two types: declare a struct for each
// in event_and_command<false, deposit>
#include <gesta/model/model.hpp>

struct deposit { int amount; static constexpr auto id = "account.deposit"; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposit& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposit> { return c; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> {
  static constexpr auto id = "account";
};
struct bank : gesta::model<accounts> {};
