// To undo ends a cycle only if nobody then does it again: here a give-back asks for the next reservation.
#include <gesta/model/model.hpp>

struct reserved { int order; static constexpr auto id = "stock.reserved"; };
struct given_back {
  int order;
  static constexpr auto id = "stock.given_back";
  using undoes = reserved;
};
struct reserve { int order; };
struct give_back { int order; };
struct stock { int left = 10; };

constexpr void evolve(stock& s, const reserved&) { --s.left; }
constexpr void evolve(stock& s, const given_back&) { ++s.left; }
constexpr auto decide(const stock&, const reserve& c) -> gesta::emits<reserved> { return reserved{c.order}; }
constexpr auto decide(const stock&, const give_back& c) -> gesta::emits<given_back> { return given_back{c.order}; }

struct restless { static constexpr auto id = "restless"; };
constexpr auto react(const restless&, const reserved& e) -> give_back { return {e.order}; }

struct stocks : gesta::aggregate<stock, gesta::commands<reserve, give_back>, gesta::by<"order">> {
  static constexpr auto id = "stock";
  using key = int;
};
struct shop : gesta::model<stocks, gesta::reactors<restless>> {};
