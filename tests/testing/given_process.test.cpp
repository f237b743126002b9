#include <gesta/testing/given_process.hpp>

#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include <gesta/model/model.hpp>

#include "../../examples/manager.hpp"

using gesta::testing::given;

namespace {

struct shop : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, manager> {};

constexpr auto begun = [] { return given<shop, manager>(order::placed{8, 5, 100}); };

template <class Told>
std::string words(const Told& told) {
  std::ostringstream out;
  out << told;
  return out.str();
}

}  // namespace

// ---- while the program is compiled

namespace managing {

static_assert(begun().is(paying{{8, 5, 100}}).asks(charge{8, 100}).answered(charged{8, 100}).is(reserving{{8, 5, 100}}).asks(reserve{8, 5})
                  .answered(reserved{8, 5}).asks(ship{8}).answered(shipped{8}).asks(confirm{8}).answered(confirmed{8}).asks().is(done{}).completed());
static_assert(begun().answered(charged{8, 100}).answered(sold_out{}).is(refunding{{8, 5, 100}, cause::stock}).asks(refund{8, 100})
                  .answered(gesta::nothing{}).asks(cancel{8, cause::stock}).answered(gesta::unchanged<cancel>{}).compensated());
static_assert(!begun().is(paying{{8, 5, 101}}));
static_assert(!begun().is(reserving{{8, 5, 100}}) && !begun().is<reserving>());
static_assert(!begun().asks());
static_assert(!begun().asks(charge{8, 101}));
static_assert(!begun().asks(charge{8, 100}, reserve{8, 5}));
static_assert(!begun().answered(reserved{8, 5}));
static_assert(!begun().answered(gesta::nothing{}));
static_assert(!begun().answered<refund>(charged{8, 100}) && begun().answered<charge>(charged{8, 100}).is<reserving>());
static_assert(!begun().completed() && !begun().compensated());
static_assert(!begun().answered(card_declined{}).answered(cancelled{8, cause::payment}).completed());
static_assert(begun().answered(card_declined{}).answered(cancelled{8, cause::payment}).compensated());
static_assert(!begun().hears(shipped{8}));

// What is put off comes again behind the next move; what a state ignores is ignored.
static_assert(begun().defers().hears(cancel_asked{8}).is<paying>().defers(cancel_asked{8}).asks(charge{8, 100}));
static_assert(!begun().hears(cancel_asked{8}).defers() && !begun().defers(cancel_asked{8}));
static_assert(begun().hears(cancel_asked{8}).answered(charged{8, 100}).is(stopping{{8, 5, 100}, cause::customer}).defers().asks(reserve{8, 5}));
static_assert(begun().hears(cancel_asked{8}).answered(card_declined{}).is<cancelling>().defers().ignores(cancel_asked{8}));
static_assert(begun().answered(card_declined{}).ignores().hears(cancel_asked{8}).ignores(cancel_asked{8}).asks(cancel{8, cause::payment}));
static_assert(!begun().answered(card_declined{}).hears(cancel_asked{8}).ignores());
// What began it comes again, and what comes behind its end, is passed over.
static_assert(begun().hears(placed{8, 5, 100}).is<paying>().ignores().asks(charge{8, 100}));
static_assert(begun().answered(card_declined{}).answered(gesta::nothing{}).hears(cancel_asked{8}).ignores().is(gone{}));
// It has no time.
static_assert(begun().never_times_out().after(gesta::days(1000)).is<paying>());

// What is told of one leaves it as it was.
static_assert([] {
  const auto one = begun();
  const auto other = one.answered(charged{8, 100});
  return static_cast<bool>(one.asks(charge{8, 100})) && static_cast<bool>(other.asks(reserve{8, 5}));
}());

}  // namespace managing

// ---- time, what is rejected, moves by values, decisions of several events, the same event from two commands

namespace quay {

struct arrived { int ship; static constexpr auto id = "quay.arrived"; };
struct hailed  { int ship; static constexpr auto id = "quay.hailed"; };
struct booked  { int ship, berth; static constexpr auto id = "quay.booked"; };
struct opened  { int ship; static constexpr auto id = "quay.opened"; };
struct crate   { int ship, number; static constexpr auto id = "quay.crate"; };
struct left    { int ship; static constexpr auto id = "quay.left"; };
struct full    { int waiting; static constexpr auto id = "quay.full"; };
struct arrive { int ship; };
struct hail   { int ship; };
struct book   { int ship, berth; static constexpr auto id = "quay.book"; };
struct unload { int ship; static constexpr auto id = "quay.unload"; };
struct pilot  { int ship; static constexpr auto id = "quay.pilot"; };
struct tug    { int ship; static constexpr auto id = "quay.tug"; };
struct port {};
constexpr void evolve(port&, const arrived&) {}
constexpr void evolve(port&, const hailed&) {}
constexpr void evolve(port&, const booked&) {}
constexpr void evolve(port&, const opened&) {}
constexpr void evolve(port&, const crate&) {}
constexpr void evolve(port&, const left&) {}
constexpr auto decide(const port&, const arrive& c) -> gesta::emits<arrived> { return arrived{c.ship}; }
constexpr auto decide(const port&, const hail& c) -> gesta::emits<hailed> { return hailed{c.ship}; }
constexpr auto decide(const port&, const book& c) -> gesta::emits<booked>::or_rejects<full> { return booked{c.ship, c.berth}; }
constexpr auto decide(const port&, const unload& c) -> gesta::emits<opened, gesta::many<crate>>::or_nothing { return opened{c.ship}; }
constexpr auto decide(const port&, const pilot& c) -> gesta::emits<left> { return left{c.ship}; }
constexpr auto decide(const port&, const tug& c) -> gesta::emits<left> { return left{c.ship}; }
struct ports : gesta::aggregate<port, gesta::commands<arrive, hail, book, unload, pilot, tug>, gesta::by<"ship">> {
  static constexpr auto id = "quay";
};

using gesta::becomes;
struct out { static constexpr auto id = "out"; };
struct waiting {
  int tries;
  static constexpr auto id = "waiting";
  static constexpr auto within = gesta::seconds(10);
  using rejects = gesta::inputs<hailed>;
};
struct doubtful { static constexpr auto id = "doubtful"; using defers = gesta::inputs<hailed>; };
struct unloading { static constexpr auto id = "unloading"; using defers = gesta::inputs<hailed>; };
struct counting {
  int crates;
  static constexpr auto id = "counting";
  static constexpr auto within = gesta::seconds(60);
  using ignores = gesta::inputs<gesta::timed_out>;
};
struct leaving { static constexpr auto id = "leaving"; using rejects = gesta::inputs<hailed>; };
struct drawn { static constexpr auto id = "drawn"; using ignores = gesta::inputs<hailed>; };
struct sailed { static constexpr auto id = "sailed"; static constexpr auto ends = gesta::ended::completed; };
struct away { static constexpr auto id = "away"; static constexpr auto ends = gesta::ended::compensated; };

constexpr auto on(const out&, const arrived& e) -> becomes<waiting>::asks<book> { return {waiting{1}, book{e.ship, 1}}; }
constexpr auto on(const waiting&, const booked& e) -> becomes<unloading>::asks<unload> { return {unloading{}, unload{e.ship}}; }
constexpr auto on(const waiting& s, const full& e) -> gesta::either<becomes<waiting>::asks<book>, becomes<away>> {
  if (s.tries == 2) return {away{}};
  return {waiting{s.tries + 1}, book{e.waiting, s.tries + 1}};
}
constexpr auto on(const waiting&, gesta::timed_out) -> becomes<doubtful> { return doubtful{}; }
constexpr auto on(const doubtful&, const booked& e) -> becomes<leaving>::asks<pilot, tug> { return {leaving{}, pilot{e.ship}, tug{e.ship}}; }
constexpr auto on(const doubtful&, const full&) -> becomes<away> { return away{}; }
constexpr auto on(const unloading&, const opened&) -> becomes<counting> { return counting{0}; }
constexpr auto on(const unloading&, const crate&) -> becomes<counting> { return counting{1}; }
constexpr auto on(const unloading&, gesta::unchanged<unload>) -> becomes<counting> { return counting{0}; }
constexpr auto on(const counting& s, const crate&) -> becomes<counting> { return counting{s.crates + 1}; }
constexpr auto on(const counting&, const hailed& e) -> becomes<leaving>::asks<pilot, tug> { return {leaving{}, pilot{e.ship}, tug{e.ship}}; }
constexpr auto on(const leaving&, const left&) -> becomes<drawn> { return drawn{}; }
constexpr auto on(const drawn&, const left&) -> becomes<sailed> { return sailed{}; }

struct stay : gesta::process<gesta::by<"ship">, gesta::begins<arrived>, gesta::listens_to<hailed>,
                             gesta::states<out, waiting, doubtful, unloading, counting, leaving, drawn, sailed, away>> {
  static constexpr auto id = "stay";
};
struct harbour : gesta::model<ports, stay> {};

constexpr auto moored = [] { return given<harbour, stay>(arrived{3}); };
constexpr auto counted = [] { return moored().answered(booked{3, 1}).answered(opened{3}, crate{3, 1}, crate{3, 2}); };

// Time, to the nanosecond; a move begins it anew; what is told of the past runs out in the order of time.
static_assert(moored().times_out_in(gesta::seconds(10)).after(gesta::seconds(9)).is<waiting>().times_out_in(gesta::seconds(1)));
static_assert(!moored().times_out_in(gesta::seconds(9)) && !moored().never_times_out());
static_assert(moored().after({9'999'999'999}).is<waiting>().after({1}).is<doubtful>().never_times_out().asks(book{3, 1}));
static_assert(!moored().after(gesta::seconds(10)).times_out_in({}));
static_assert(moored().after(gesta::seconds(9)).answered(full{3}).is(waiting{2}).asks(book{3, 2}).after(gesta::seconds(9)).is<waiting>());
static_assert(moored().after(gesta::seconds(9)).hears(hailed{3}).times_out_in(gesta::seconds(1)));
static_assert(counted().times_out_in(gesta::seconds(60)).after(gesta::seconds(60)).is(counting{2}).ignores(gesta::timed_out{}).never_times_out());
static_assert(counted().after(gesta::seconds(60)).hears(hailed{3}).ignores().is<leaving>());
// What a state rejects.
static_assert(moored().rejects().hears(hailed{3}).rejects(hailed{3}).is(waiting{1}).asks(book{3, 1}).answered(booked{3, 1}).rejects());
static_assert(!moored().hears(hailed{3}).rejects() && !moored().hears(hailed{3}).ignores(hailed{3}) && !moored().rejects(hailed{3}));
// What was put off comes again before anything else: all of it, in its order, and the first of it may lead to where the others are rejected.
static_assert(moored().after(gesta::seconds(10)).hears(hailed{3}).hears(hailed{3}).defers(hailed{3}, hailed{3}).answered(booked{3, 2}).is<leaving>()
                  .defers().rejects(hailed{3}, hailed{3}));
static_assert(moored().answered(booked{3, 1}).hears(hailed{3}).hears(hailed{3}).answered(gesta::nothing{}).is<leaving>().rejects(hailed{3}));
// By values.
static_assert(moored().answered(full{3}).answered(full{3}).is(away{}).compensated().asks().never_times_out());
static_assert(!moored().answered(full{3}).compensated());
// All events of a decision, in the order of the contract.
static_assert(counted().is(counting{2}).asks());
static_assert(moored().answered(booked{3, 1}).answered(crate{3, 1}).is(counting{1}));
static_assert(!moored().answered(booked{3, 1}).answered(crate{3, 1}, opened{3}) && !moored().answered(booked{3, 1}).answered(opened{3}, opened{3}));
static_assert(!moored().answered(booked{3, 1}, booked{3, 1}) && !moored().answered(full{3}, full{3}));
// The same event from two commands: that of the one that was asked first, or of the one that is named.
static_assert(counted().hears(hailed{3}).asks(pilot{3}, tug{3}).answered(left{3}).is<drawn>().asks(tug{3}).answered(left{3}).completed());
static_assert(counted().hears(hailed{3}).answered<tug>(left{3}).asks(pilot{3}).answered<pilot>(left{3}).completed());
static_assert(!counted().hears(hailed{3}).answered(left{3}).answered<pilot>(left{3}));

}  // namespace quay

// ---- any number of one command, in a process that no model takes; values that own memory

namespace letters {

struct begun_by { int to; static constexpr auto id = "letters.begun"; };
struct posted { int to; std::string text; static constexpr auto id = "letters.posted"; };
struct begin { int to; };
struct post { int to; std::string text; static constexpr auto id = "letters.post"; };
struct box {};
inline void evolve(box&, const begun_by&) {}
inline void evolve(box&, const posted&) {}
inline auto decide(const box&, const begin& c) -> gesta::emits<begun_by> { return begun_by{c.to}; }
inline auto decide(const box&, const post& c) -> gesta::emits<posted> { return posted{c.to, c.text}; }
struct boxes : gesta::aggregate<box, gesta::commands<begin, post>, gesta::by<"to">> { static constexpr auto id = "letters"; };
struct none { static constexpr auto id = "none"; };
struct writing { std::string last; static constexpr auto id = "writing"; };
struct done { static constexpr auto id = "done"; static constexpr auto ends = gesta::ended::completed; };
inline auto on(const none&, const begun_by& e) -> gesta::becomes<writing>::asks<gesta::many<post>> {
  return {writing{"nothing, in more than a few characters"}, gesta::many<post>{{e.to, "a letter of more than a few characters"}, {e.to, "b"}}};
}
inline auto on(const writing& s, const posted& e) -> gesta::either<gesta::becomes<writing>, gesta::becomes<done>> {
  if (s.last == e.text) return gesta::becomes<done>{done{}};
  return gesta::becomes<writing>{writing{e.text}};
}
struct round : gesta::process<gesta::by<"to">, gesta::begins<begun_by>, gesta::states<none, writing, done>> { static constexpr auto id = "round"; };
struct unchecked {
  using parts = gesta::detail::types<boxes>;
};

}  // namespace letters

TEST_CASE("many commands are open one by one; values may own memory") {
  using namespace letters;
  const auto told = given<unchecked, round>(begun_by{4});
  CHECK(told.asks(post{4, "a letter of more than a few characters"}, post{4, "b"}));
  const auto first = told.answered(posted{4, "a letter of more than a few characters"});
  CHECK(first.is(writing{"a letter of more than a few characters"}).asks(post{4, "b"}));
  CHECK(!first.is(writing{"a letter of more than a few characters."}));
  CHECK(first.answered(posted{4, "a letter of more than a few characters"}).completed());
  CHECK(first.answered(posted{4, "b"}).is(writing{"b"}).asks());
}

TEST_CASE("what comes instead is said") {
  using namespace managing;
  CHECK(words(begun().hears(cancel_asked{8}).answered(charged{8, 100}).asks(refund{8, 100})) ==
        "given placed{order: 8, item: 5, cents: 100}\n"
        "  hears cancel_asked{order: 8}\n"
        "  answered charged{order: 8, cents: 100}\n"
        "  expected: asks refund{order: 8, cents: 100}\n"
        "  actual:   stopping{of: data{order: 8, item: 5, cents: 100}, why: 4}, asks reserve{order: 8, item: 5}");
  CHECK(words(begun().hears(cancel_asked{8}).is(paying{{8, 5, 101}})) ==
        "given placed{order: 8, item: 5, cents: 100}\n"
        "  hears cancel_asked{order: 8}\n"
        "  expected: paying{of: data{order: 8, item: 5, cents: 101}}\n"
        "  actual:   paying{of: data{order: 8, item: 5, cents: 100}}, asks charge{order: 8, cents: 100}, defers cancel_asked{order: 8}");
  CHECK(words(begun().answered(card_declined{}).answered(gesta::nothing{}).completed()) ==
        "given placed{order: 8, item: 5, cents: 100}\n"
        "  answered card_declined{}\n"
        "  answered nothing{}\n"
        "  expected: completed\n"
        "  actual:   gone{}: compensated");
  using namespace quay;
  CHECK(words(moored().after(gesta::seconds(4)).hears(hailed{3}).never_times_out()) ==
        "given arrived{ship: 3}\n"
        "  after 4000 ms\n"
        "  hears hailed{ship: 3}\n"
        "  expected: never times out\n"
        "  actual:   waiting{tries: 1}, asks book{ship: 3, berth: 1}, rejects hailed{ship: 3}, times out in 6000 ms");
  CHECK(words(moored().answered(booked{3, 1}).answered(crate{3, 1}, opened{3}).defers()) ==
        "given arrived{ship: 3}\n"
        "  answered booked{ship: 3, berth: 1}\n"
        "  answered crate{ship: 3, number: 1}, opened{ship: 3}\n"
        "  expected: somebody waits for crate{ship: 3, number: 1}, opened{ship: 3}\n"
        "  actual:   unloading{}, asks unload{ship: 3}");
  CHECK(words(moored().ignores(hailed{3})) ==
        "given arrived{ship: 3}\n"
        "  expected: ignores hailed{ship: 3}\n"
        "  actual:   waiting{tries: 1}, asks book{ship: 3, berth: 1}, times out in 10000 ms");
  CHECK(words(moored().hears(left{3})) ==
        "given arrived{ship: 3}\n"
        "  hears left{ship: 3}\n"
        "  expected: the process hears left{ship: 3}\n"
        "  actual:   waiting{tries: 1}, asks book{ship: 3, berth: 1}, times out in 10000 ms");
}
