// [gesta E601] these reactions feed each other for ever (the path ends where it began); break it at one reaction, let one of its events undo something that begins outside the path, or say in a reactor  using cycle = gesta::allow_cycle<"reason", bound>;
// A give-back asks for a refund and a refund for a give-back. The twin says that a give-back undoes what begins outside.
#include <gesta/model/model.hpp>

struct reserved { int order; static constexpr auto id = "stock.reserved"; };
struct given_back {
  int order;
  static constexpr auto id = "stock.given_back";
};
struct refunded { int order; static constexpr auto id = "payment.refunded"; };
struct reserve { int order; };
struct give_back { int order; };
struct refund { int order; };
struct stock { int left = 10; };
struct payment { bool paid = true; };

constexpr void evolve(stock& s, const reserved&) { --s.left; }
constexpr void evolve(stock& s, const given_back&) { ++s.left; }
constexpr void evolve(payment& p, const refunded&) { p.paid = false; }
constexpr auto decide(const stock&, const reserve& c) -> gesta::emits<reserved> { return reserved{c.order}; }
constexpr auto decide(const stock& s, const give_back& c) -> gesta::emits<given_back>::or_nothing {
  if (s.left == 10) return gesta::no_change;
  return given_back{c.order};
}
constexpr auto decide(const payment& p, const refund& c) -> gesta::emits<refunded>::or_nothing {
  if (!p.paid) return gesta::no_change;
  return refunded{c.order};
}

struct returns { static constexpr auto id = "returns"; };
constexpr auto react(const returns&, const given_back& e) -> refund { return {e.order}; }
constexpr auto react(const returns&, const refunded& e) -> give_back { return {e.order}; }

struct stocks : gesta::aggregate<stock, gesta::commands<reserve, give_back>, gesta::by<"order">> {
  static constexpr auto id = "stock";
  using key = int;
};
struct payments : gesta::aggregate<payment, gesta::commands<refund>, gesta::by<"order">> {
  static constexpr auto id = "payment";
  using key = int;
};
struct shop : gesta::model<stocks, payments, gesta::reactors<returns>> {};
