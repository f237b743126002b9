// [gesta E106] the Message has a base class; a message is a plain struct: make the base a member
// in message_with_base<false, withdrawn_abroad>
// The evolve of its base would take the event and lose its fee.
#include <gesta/model/model.hpp>

struct withdrawn { int amount; static constexpr auto id = "account.withdrawn"; };
struct withdrawn_abroad : withdrawn { int fee; static constexpr auto id = "account.withdrawn_abroad"; };
struct withdraw { int amount; };
struct withdraw_abroad { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const withdrawn& e) { a.balance -= e.amount; }
constexpr auto decide(const account&, const withdraw& c) -> gesta::emits<withdrawn> { return withdrawn{c.amount}; }
constexpr auto decide(const account&, const withdraw_abroad& c) -> gesta::emits<withdrawn_abroad> {
  return withdrawn_abroad{{c.amount}, 2};
}

struct accounts : gesta::aggregate<account, gesta::commands<withdraw, withdraw_abroad>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};
