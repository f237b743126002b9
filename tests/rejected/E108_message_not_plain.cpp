// [gesta E108] the Message is no plain struct; it has private members, constructors or virtual functions: make its members public and remove the constructors
// in message_not_plain<false, insufficient_funds>
#include <gesta/model/model.hpp>

struct withdrawn { int amount; static constexpr auto id = "account.withdrawn"; };
struct withdraw { int amount; };
class insufficient_funds {
 public:
  constexpr explicit insufficient_funds(int missing) : missing_(missing) {}
  constexpr int missing() const { return missing_; }

 private:
  int missing_;
};
struct account { int balance = 0; };

constexpr void evolve(account& a, const withdrawn& e) { a.balance -= e.amount; }
constexpr auto decide(const account& a, const withdraw& c) -> gesta::emits<withdrawn>::or_rejects<insufficient_funds> {
  if (c.amount > a.balance) return insufficient_funds{c.amount - a.balance};
  return withdrawn{c.amount};
}

struct accounts : gesta::aggregate<account, gesta::commands<withdraw>> {
  static constexpr auto id = "account";
};
struct bank : gesta::model<accounts> {};
