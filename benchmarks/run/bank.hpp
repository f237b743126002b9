// W3's domain as a user of gesta writes it: contracts, folds, one aggregate with dense keys, the lean envelope.
// Floor: domain. The same rules as in command_limit.hpp.
// Includes gesta and the messages.
#pragma once
#include "command.hpp"

#include <gesta/gesta.hpp>

namespace command {

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount, a.last_at = e.at; }
constexpr void evolve(account& a, const withdrawn& e) { a.balance -= e.amount, a.last_at = e.at; }
constexpr void evolve(account& a, const transferred& e) { a.balance -= e.amount, a.last_at = e.at; }
constexpr void evolve(account& a, const fee_charged& e) { a.balance -= e.fee; }
constexpr void evolve(account& a, const overdraft_changed& e) { a.overdraft = e.limit; }

constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> {
  return deposited{c.amount, c.at};
}

constexpr auto decide(const account& a, const withdraw& c) -> gesta::emits<withdrawn>::or_rejects<insufficient_funds> {
  if (c.amount > a.balance + a.overdraft) return insufficient_funds{c.amount - a.balance - a.overdraft};
  return withdrawn{c.amount, c.at};
}

constexpr auto decide(const account& a, const transfer_out& c) -> gesta::emits<transferred, fee_charged>::or_rejects<insufficient_funds> {
  const cents total = c.amount + transfer_fee;
  if (total > a.balance + a.overdraft) return insufficient_funds{total - a.balance - a.overdraft};
  return gesta::emit(transferred{c.amount, c.at}, fee_charged{transfer_fee});
}

constexpr auto decide(const account& a, const change_overdraft& c) -> gesta::emits<overdraft_changed>::or_nothing {
  if (c.limit == a.overdraft) return gesta::no_change;
  return overdraft_changed{c.limit};
}

struct accounts : gesta::aggregate<account, gesta::commands<deposit, withdraw, transfer_out, change_overdraft>> {
  static constexpr auto id = "account";
  using key = gesta::dense;
};

struct bank : gesta::model<accounts, gesta::lean> {};

}  // namespace command
