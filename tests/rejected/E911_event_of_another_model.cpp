// [gesta E911] gesta::as_variant<Model>,  or explore_app<Model, Saga>,  got an Event that no decision of the Model records, and that is no command of it; name the model of the app that calls it, and let explore_app begin with what that model hears
// in event_of_another_model<false, bank, sold>
#include <gesta/gesta.hpp>
#include <gesta/model/event_of.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct withdrawn { int amount; static constexpr auto id = "account.withdrawn"; };
struct deposit { int amount; };
struct withdraw { int amount; };
struct insufficient_funds { int missing; static constexpr auto id = "account.insufficient_funds"; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr void evolve(account& a, const withdrawn& e) { a.balance -= e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }
constexpr auto decide(const account& a, const withdraw& c) -> gesta::emits<withdrawn>::or_rejects<insufficient_funds> {
  if (c.amount > a.balance) return insufficient_funds{c.amount - a.balance};
  return withdrawn{c.amount};
}

struct accounts : gesta::aggregate<account, gesta::commands<deposit, withdraw>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

struct sold { static constexpr auto id = "sold"; };
struct sell {};
struct till {};
constexpr void evolve(till&, const sold&) {}
constexpr auto decide(const till&, const sell&) -> gesta::emits<sold> { return sold{}; }
struct tills : gesta::aggregate<till, gesta::commands<sell>> { static constexpr auto id = "till"; };
struct shop : gesta::model<tills> {};

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  app.each_event(gesta::as_variant<bank>([](const auto&) {}));
}
