#include <gesta/testing/given_saga.hpp>

#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "sagas.hpp"

using gesta::testing::given;
using order::cause;

namespace {

constexpr auto begun = [] { return given<shop_of_cancellable, cancellable>(order::placed{1, 5, 100}); };

template <class Told>
std::string words(const Told& told) {
  std::ostringstream out;
  out << told;
  return out.str();
}

}  // namespace

// ---- while the program is compiled

static_assert(begun().asks(payment::charge{1, 100}).answered(payment::charged{1, 100}).asks(stock::reserve{1, 5}).answered(stock::reserved{1, 5})
                  .asks(shipping::ship{1}).answered(shipping::shipped{1}).asks(order::confirm{1}).answered(order::confirmed{1}).asks().completed());
static_assert(given<shop, fulfilment>(order::placed{1, 5, 100}).answered(payment::charged{1, 100}).answered(stock::sold_out{})
                  .asks(payment::refund{1, 100}).answered(payment::refunded{1, 100})
                  .asks(order::cancel{1, cause::stock}).answered(order::cancelled{1, cause::stock}).compensated(cause::stock));
static_assert(!begun().asks(payment::charge{1, 101}));
static_assert(!begun().asks());
static_assert(!begun().completed());
static_assert(!begun().answered(stock::sold_out{}));
static_assert(!begun().asks(payment::charge{1, 100}, stock::reserve{1, 5}));
static_assert(!begun().answered(payment::card_declined{}).answered(order::cancelled{1, cause::payment}).compensated(cause::stock));
static_assert(begun().answered(payment::card_declined{}).answered(order::cancelled{1, cause::payment}).compensated().compensated(cause::payment));
static_assert(!begun().answered(payment::card_declined{}).answered(order::cancelled{1, cause::payment}).compensated(7));

// What is told of one leaves it as it was.
static_assert([] {
  const auto one = begun();
  const auto other = one.answered(payment::charged{1, 100});
  return static_cast<bool>(one.asks(payment::charge{1, 100})) && static_cast<bool>(other.asks(stock::reserve{1, 5}));
}());

// A time that passes.
static_assert(begun().after(gesta::seconds(29)).asks(payment::charge{1, 100}));
static_assert(begun().after(gesta::seconds(30)).asks(payment::refund{1, 100}).answered(gesta::nothing{}).asks(order::cancel{1, cause::payment}));
static_assert(begun().after(gesta::seconds(20)).after(gesta::seconds(11)).asks(payment::refund{1, 100}));
static_assert(begun().answered(payment::charged{1, 100}).after(gesta::seconds(1000)).asks(stock::reserve{1, 5}));
// An answer that comes too late changes nothing, once; a second one nobody waits for.
static_assert(begun().after(gesta::seconds(31)).answered(payment::charged{1, 100}).asks(payment::refund{1, 100}));
static_assert(!begun().after(gesta::seconds(31)).answered(payment::charged{1, 100}).answered(payment::charged{1, 100}));

// An interrupt, and one that comes too late.
static_assert(begun().hears(order::cancel_asked{1}).asks(payment::charge{1, 100}).answered(payment::charged{1, 100}).asks(payment::refund{1, 100}));
static_assert(begun().answered(payment::charged{1, 100}).answered(stock::reserved{1, 5}).hears(order::cancel_asked{1}).asks(shipping::ship{1}));
static_assert(begun().hears(order::cancel_asked{1}).answered(payment::card_declined{}).answered(gesta::nothing{}).compensated(cause::customer));
static_assert(!begun().hears(order::confirmed{1}));
// Nobody retries or resolves what is not stuck.
static_assert(!begun().retried<fulfil::take_payment>());
static_assert(!begun().resolved<fulfil::take_payment>());
static_assert(begun().hears(order::placed{1, 5, 100}).asks(payment::charge{1, 100}));

// ---- steps whose commands another service decides: its contract says how they may end

namespace yard {

struct reserved { int order, item; static constexpr auto id = gesta::integration_id{"yard.reserved"}; };
struct released { int order; static constexpr auto id = gesta::integration_id{"yard.released"}; };
struct shipped  { int order; static constexpr auto id = gesta::integration_id{"yard.shipped"}; };
struct sold_out { int left; static constexpr auto id = "yard.sold_out"; };
struct shut     { static constexpr auto id = "yard.shut"; };
struct late     { static constexpr auto id = "yard.late"; };
struct reserve { int order, item; static constexpr auto id = "yard.reserve"; };
struct release { int order, item; static constexpr auto id = "yard.release"; };
struct ship    { int order; static constexpr auto id = "yard.ship"; };
struct recall  { int order; static constexpr auto id = "yard.recall"; };
struct remind  { int order; static constexpr auto id = "yard.remind"; };
auto decide(const gesta::elsewhere&, const reserve&) -> gesta::emits<reserved>::or_rejects<sold_out>;
auto decide(const gesta::elsewhere&, const release&) -> gesta::emits<released>::or_nothing::or_rejects<shut>;
auto decide(const gesta::elsewhere&, const ship&) -> gesta::emits<shipped>::or_rejects<late>;
auto decide(const gesta::elsewhere&, const recall&) -> gesta::emits<released>::or_nothing;
auto decide(const gesta::elsewhere&, const remind&) -> gesta::sent;

struct begin {
  static constexpr auto id = "begin";
  using begun_by = order::placed;
  constexpr auto undo(const order::placed& o) const -> order::cancel { return {o.order, cause::stock}; }
};
struct takes_pieces {  // two, one behind the other, each with a time of its own
  static constexpr auto id = "takes_pieces";
  static constexpr auto within = gesta::seconds(30);
  constexpr auto run(const order::placed& o) const -> gesta::many<reserve> { return {{o.order, o.item}, {o.order, o.item + 1}}; }
  constexpr auto undo(const reserve& c) const -> release { return {c.order, c.item}; }
  constexpr auto on(const sold_out&) const -> gesta::compensate { return {}; }
  constexpr auto on(gesta::timed_out) const -> gesta::compensate { return {}; }
  constexpr auto on_undo(const shut&) const -> gesta::stuck { return {}; }
};
struct ships {
  static constexpr auto id = "ships";
  static constexpr auto within = gesta::seconds(30);
  constexpr auto run(const order::placed& o) const -> ship { return {o.order}; }
  constexpr auto undo(const ship& c) const -> recall { return {c.order}; }
  constexpr auto on(const late&) const -> gesta::again<1> { return {.after = gesta::seconds(5)}; }
  constexpr auto on(gesta::timed_out) const -> gesta::again<1> { return {.after = gesta::seconds(5)}; }
};
struct reminds {
  static constexpr auto id = "reminds";
  static constexpr auto within = gesta::seconds(30);
  using undo = gesta::needless;
  constexpr auto run(const shipped& e) const -> remind { return {e.order}; }  // a fact from the answer of another service
  constexpr auto on(gesta::timed_out) const -> gesta::until_answered { return {}; }
};
struct confirms {
  static constexpr auto id = "confirms";
  using undo = gesta::irreversible;
  constexpr auto run(const order::placed& o) const -> order::confirm { return {o.order}; }
};

}  // namespace yard

namespace {

struct sending : gesta::saga<gesta::by<"order">, yard::begin, yard::takes_pieces, yard::ships, yard::reminds, yard::confirms> {
  static constexpr auto id = "sending";
};
struct office : gesta::model<order::orders, sending> {};
constexpr auto sent_for = [] { return given<office, sending>(order::placed{1, 5, 100}).asks(yard::reserve{1, 5}); };
constexpr auto taken = [] { return sent_for().answered(yard::reserved{1, 5}).asks(yard::reserve{1, 6}).answered(yard::reserved{1, 6}); };

static_assert(taken().asks(yard::ship{1}).answered(yard::shipped{1}).asks(yard::remind{1}).answered(gesta::sent{}).asks(order::confirm{1})
                  .answered(order::confirmed{1}).completed());
static_assert(sent_for().answered(yard::reserved{1, 5}).answered(yard::sold_out{0}).asks(yard::release{1, 5}).answered(yard::released{1})
                  .asks(order::cancel{1, cause::stock}).answered(order::cancelled{1, cause::stock}).compensated());
// Each of many has a time of its own; what was not answered in time is undone as well, and a late answer changes nothing.
static_assert(sent_for().after(gesta::seconds(29)).answered(yard::reserved{1, 5}).after(gesta::seconds(29)).asks(yard::reserve{1, 6})
                  .after(gesta::seconds(1)).asks(yard::release{1, 6}).answered(yard::reserved{1, 6}).asks(yard::release{1, 6})
                  .answered(gesta::nothing{}).asks(yard::release{1, 5}).answered(yard::shut{}).stuck<yard::takes_pieces>());
// Not answered in time, the same request is sent once more, and its answer counts also before that; refused, it is another one.
static_assert(taken().after(gesta::seconds(30)).asks().answered(yard::shipped{1}).asks(yard::remind{1}));
static_assert(taken().after(gesta::seconds(35)).asks(yard::ship{1}).answered(yard::shipped{1}).asks(yard::remind{1}));
static_assert(taken().answered(yard::late{}).asks().after(gesta::seconds(5)).asks(yard::ship{1}).answered(yard::late{}).asks(yard::release{1, 6}));
static_assert(!taken().answered(yard::late{}).answered(yard::shipped{1}));
static_assert(taken().after(gesta::seconds(30)).after(gesta::seconds(35)).asks(yard::recall{1}).answered(yard::shipped{1}).asks(yard::recall{1}));
static_assert(taken().answered(yard::shipped{1}).after(gesta::days(1)).asks(yard::remind{1}));
static_assert(!taken().answered(gesta::sent{}));

}  // namespace

// ---- many commands that are decided here have their time together

namespace depot {

struct pick_in_time {
  static constexpr auto id = "pick_in_time";
  static constexpr auto within = gesta::seconds(10);
  constexpr auto run(const ordered& o) const -> gesta::many<pick> { return {{o.order}, {o.order}}; }
  constexpr auto undo(const pick& p) const -> put { return {p.order}; }
  constexpr auto on(none_left) const -> gesta::compensate { return {}; }
  constexpr auto on(gesta::timed_out) const -> gesta::until_answered { return {.after = gesta::seconds(1)}; }
  constexpr auto on_undo(shut) const -> gesta::stuck { return {}; }
};
struct hurry : gesta::saga<gesta::by<"order">, beginning, pick_in_time> {
  static constexpr auto id = "hurry";
};
struct hurried : gesta::model<all, hurry> {};
static_assert(given<hurried, hurry>(ordered{2}).after(gesta::seconds(6)).answered(picked{2}).asks(pick{2}).after(gesta::milliseconds(4500)).asks()
                  .after(gesta::seconds(1)).asks(pick{2}).answered(picked{2}).completed());

}  // namespace depot

TEST_CASE("groups are asked at once, and a step is named where several could be meant") {
  const auto trip = given<agency, travel>(trip::asked{7, 0});
  CHECK(trip.asks(flight::book{7}, hotel::book{7}, car::rent{7}));
  const auto booked = trip.answered(car::none_left{}).answered(hotel::booked{7, 2}).answered(flight::booked{7, 1});
  CHECK(booked.asks(visa::charge{7}, bank::debit{7}));
  CHECK(booked.answered<booking::by_bank>(bank::debited{7, 3}).asks(visa::charge{7}));
  const auto both = booked.answered(bank::debited{7, 3}).answered(visa::charged{7, 4});
  CHECK(both.asks(visa::refund{7}));
  CHECK(both.answered(visa::refunded{7}).asks(ticket::issue{7}).answered(ticket::issued{7, 9}).completed());
  CHECK(trip.answered(hotel::full{}).answered(flight::booked{7, 1}).asks(car::rent{7}).answered(car::rented{7, 1}).asks(car::give_back{7}));
}

TEST_CASE("many commands, commands that are asked again, undos that are refused, a deadline") {
  using namespace depot;
  const auto started = given<depots, delivery>(ordered{2});
  CHECK(started.asks(pick{2}).answered(picked{2}).asks(pick{2}).answered(picked{2}).asks(bill{2}));
  CHECK(started.answered(picked{2}).answered(none_left{}).asks(put{2}).answered(put_back{2}).compensated());
  const auto stuck = started.answered(picked{2}).answered(none_left{}).answered(shut{}).stuck<pick_all>();
  CHECK(stuck);
  CHECK(stuck.retried<pick_all>().asks(put{2}).answered(put_back{2}).compensated());
  CHECK(stuck.resolved<pick_all>().compensated());
  CHECK(!started.stuck<pick_all>());
  CHECK(given<depots, delivery>(ordered{3}).asks(bill{3}));  // none to pick
  const auto lost = given<depots, delivery>(ordered{3}).after(gesta::seconds(10));
  CHECK(!lost.asks(bill{3}));  // gesta::again waits for a second where nothing is said
  const auto billed_late = lost.after(gesta::seconds(1));
  CHECK(billed_late.asks(bill{3}).answered(billed{3}).asks(tell{3}));
  CHECK(billed_late.after(gesta::seconds(10)).asks(credit{3}).answered(busy{}).after(gesta::seconds(1)).asks(credit{3}).answered(credited_already{}).compensated());
  CHECK(given<depots, delivery>(ordered{3}).answered(billed{3}).after(gesta::seconds(99)).asks(tell{3}));
  CHECK(given<depots, delivery>(ordered{3}).answered(billed{3}).after(gesta::seconds(100)).asks(tell{3}).answered(told{3}).asks(credit{3}));
  CHECK(given<depots, delivery>(ordered{3}).answered(billed{3}).answered(deaf{}).after(gesta::seconds(100)).asks(send{3}));
  CHECK(given<depots, delivery>(ordered{3}).answered(billed{3}).hears(withdrawn{3}).answered(told{3}).asks(credit{3}));
}

TEST_CASE("what comes instead is said") {
  CHECK(words(begun().answered(payment::charged{1, 100}).asks(payment::refund{1, 100})) ==
        "given placed{order: 1, item: 5, cents: 100}\n"
        "  answered charged{order: 1, cents: 100}\n"
        "  expected: asks refund{order: 1, cents: 100}\n"
        "  actual:   asks reserve{order: 1, item: 5}");
  CHECK(words(begun().answered(stock::sold_out{}).after(gesta::seconds(5))) ==
        "given placed{order: 1, item: 5, cents: 100}\n"
        "  answered sold_out{}\n"
        "  expected: somebody waits for sold_out{}\n"
        "  actual:   asks charge{order: 1, cents: 100}");
  CHECK(words(begun().after(gesta::seconds(31)).answered(gesta::nothing{}).answered(order::cancelled{1, cause::payment}).completed()) ==
        "given placed{order: 1, item: 5, cents: 100}\n"
        "  after 31000 ms\n"
        "  answered nothing{}\n"
        "  answered cancelled{order: 1, why: 1}\n"
        "  expected: completed\n"
        "  actual:   compensated with 1");
  CHECK(words(begun().hears(order::confirmed{1})) ==
        "given placed{order: 1, item: 5, cents: 100}\n"
        "  hears confirmed{order: 1}\n"
        "  expected: the saga hears confirmed{order: 1}\n"
        "  actual:   asks charge{order: 1, cents: 100}");
  using namespace depot;
  const auto stuck = given<depots, delivery>(ordered{1}).answered(picked{1}).answered(bounced{}).answered(shut{});
  CHECK(words(stuck.asks(put{1})) ==
        "given ordered{order: 1}\n"
        "  answered picked{order: 1}\n"
        "  answered bounced{}\n"
        "  answered shut{}\n"
        "  expected: asks put{order: 1}\n"
        "  actual:   stuck at pick_all");
  CHECK(words(stuck.retried<pick_all>().completed()) == words(stuck) + "\n  retried pick_all\n  expected: completed\n  actual:   asks put{order: 1}");
}
