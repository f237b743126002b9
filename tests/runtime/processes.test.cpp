// Processes run: what they hear, what they ask, what is recorded of it, and that nothing of it is lost or done twice.
#include <gesta/runtime/processes.hpp>

#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/runtime/saga_runner.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/testing/given_process.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "../../examples/fulfilment.hpp"
#include "../../examples/manager.hpp"
#include "../folder.hpp"
#include "shared_store.hpp"

using gesta::detail::same;

namespace {

struct test_clock {
  std::int64_t* now;
  gesta::timestamp operator()() const noexcept { return {*now}; }
};

}  // namespace

// ---- the manager of the example, beside the saga over the same services

namespace fulfil {
struct customer_cancels {
  static constexpr auto id = "customer_cancels";
  constexpr auto on(const order::cancel_asked&) -> gives_up { return cause::customer; }
  constexpr auto not_found(const order::cancel_asked&) -> gesta::drop { return {}; }
};
}  // namespace fulfil

namespace {

struct cancellable : gesta::saga<gesta::by<"order">, fulfil::place_order, fulfil::take_payment, fulfil::reserve_stock, fulfil::ship_parcel,
                                 fulfil::confirm_order, fulfil::customer_cancels> {
  static constexpr auto id = "fulfilment";
};
struct ends {
  int done = 0, gone = 0;
};
inline void project(ends& e, const gesta::moved<manager, managing::done>&) { ++e.done; }
inline void project(ends& e, const gesta::moved<manager, managing::gone>&) { ++e.gone; }
struct ended_orders : gesta::projection<ends> {
  static constexpr auto id = "ended_orders";
};

struct managed : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, manager, ended_orders> {};
struct by_saga : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, cancellable> {};

/// Every order's end, in words.
template <class App>
std::string report(App& app, int orders = 8, int items = 2) {
  std::string all;
  for (int i = 1; i <= orders; ++i) {
    const auto& o = app.template state<order::orders>(i);
    all += std::to_string(i) + (o.confirmed ? "+" : o.cancelled != order::cause::none ? "-" : "?");
    all += std::to_string(static_cast<int>(o.cancelled)) + " held " + std::to_string(app.template state<payment::payments>(i).held);
    all += app.template state<shipping::parcels>(i).shipped ? " shipped; " : "; ";
  }
  for (int i = 1; i <= items; ++i) all += "left " + std::to_string(app.template state<stock::stocks>(i).left) + "; ";
  return all;
}

/// Orders 1 to 8: the third is too dear, the seventh cannot be delivered; of item 1 there are three pieces.
const std::vector<order::place> orders = {{1, 1, 100}, {2, 2, 200}, {3, 2, 500'01}, {4, 1, 300}, {5, 1, 400},
                                         {6, 1, 500}, {7, 2, 600}, {8, 2, 700}};
const std::string right_end =
    "1+0 held 100 shipped; 2+0 held 200 shipped; 3-1 held 0; 4+0 held 300 shipped; 5+0 held 400 shipped; 6-2 held 0; 7-3 held 0; 8+0 held 700 shipped; "
    "left 0; left 1; ";

template <class App, class Command>
bool handled(App& app, const Command& one) {
  return app.handle(one).match([](const auto&) { return true; }, [](const gesta::failure&) { return false; });
}
/// Places what is not placed yet; false: the store failed.
template <class App>
bool place_all(App& app) {
  for (const order::place& one : orders)
    if (app.template version<order::orders>(one.order) == 0 && !handled(app, one)) return false;
  return true;
}

}  // namespace

TEST_CASE("A process and a saga over the same services come to the same end, whatever fails") {
  auto managed_app = gesta::start<managed>(gesta::memory_store{});
  auto saga_app = gesta::start<by_saga>(gesta::memory_store{});
  REQUIRE((place_all(managed_app) && place_all(saga_app)));
  CHECK(gesta::run_sagas(managed_app).poll().caught_up);
  CHECK(gesta::run_sagas(saga_app).poll().caught_up);
  CHECK(report(managed_app) == right_end);
  CHECK(report(saga_app) == right_end);
  CHECK(managed_app.view<ends>().done == 5);
  CHECK(managed_app.view<ends>().gone == 3);
}

TEST_CASE("A wish to cancel comes to the same end in both, whenever it comes") {
  for (const order::place& placed : {order::place{1, 1, 100}, order::place{3, 1, 500'01}, order::place{7, 1, 100}})
    for (std::uint64_t before = placed.order == 3 ? 1 : 0; before <= 7; ++before) {  // 3 at 0: each tells another one of two causes
      const auto ends_of = [&](auto app) {
        auto runner = gesta::run_sagas(app);
        REQUIRE(handled(app, placed));
        CHECK(runner.poll({.steps = before}));
        REQUIRE(handled(app, order::ask_to_cancel{placed.order}));
        CHECK(runner.poll().caught_up);
        return report(app, placed.order, 1);
      };
      CAPTURE(placed.order);
      CAPTURE(before);
      CHECK(ends_of(gesta::start<managed>(gesta::memory_store{})) == ends_of(gesta::start<by_saga>(gesta::memory_store{})));
    }
}

TEST_CASE("On SQLite a process goes on wherever the program ended") {
  const folder dir;
  const gesta::sqlite_store store{dir / "shop.db"};
  {
    auto app = gesta::start<managed>(store);
    REQUIRE(place_all(app));
  }
  std::uint64_t steps = 0;
  for (;; ++steps) {
    auto app = gesta::start<managed>(store);
    const gesta::ran made = gesta::run_sagas(app).poll({.steps = 1});
    REQUIRE(made);
    if (made.steps == 0) break;
  }
  CHECK(steps == 32);
  auto app = gesta::start<managed>(store);
  CHECK(report(app) == right_end);
  CHECK(app.view<ends>().done == 5);
  CHECK(gesta::run_sagas(app).poll().steps == 0);
}

TEST_CASE("Two programs on one file ask each command once") {
  const folder dir;
  const gesta::sqlite_store store{dir / "shop.db"};
  auto one = gesta::start<managed>(store);
  auto other = gesta::start<managed>(store);
  REQUIRE(place_all(one));
  auto runner = gesta::run_sagas(one);
  auto further = gesta::run_sagas(other);
  std::uint64_t steps = 0;
  for (;;) {
    const gesta::ran a = runner.poll({.steps = 1});
    const gesta::ran b = further.poll({.steps = 2});
    REQUIRE((a && b));
    if (a.steps + b.steps == 0) break;
    steps += a.steps + b.steps;
  }
  CHECK(report(other) == right_end);
  REQUIRE(handled(one, order::ask_to_cancel{1}));  // so that it has seen what the other did
  CHECK(report(one) == right_end);
  CHECK(one.view<ends>().done == 5);
  CHECK(steps >= 32);
}

TEST_CASE("A batch that is taken back leaves nothing of a process") {
  auto app = gesta::start<managed>(gesta::memory_store{});
  auto runner = gesta::run_sagas(app);
  {
    auto batch = app.batch();
    batch.handle(order::place{1, 1, 100});
    CHECK(runner.poll().caught_up);
    CHECK(app.state<order::orders>(1).confirmed);
  }
  CHECK(app.last_position() == 0);
  CHECK(runner.poll().steps == 0);
  REQUIRE(handled(app, order::place{1, 1, 100}));
  CHECK(runner.poll().steps == 4);
  CHECK(app.view<ends>().done == 1);
}

TEST_CASE("A store that fails at any one commit loses nothing of a process") {
  for (int failing = 0;; ++failing) {
    shared::disk disk;
    bool is_over = false;
    {
      auto app = gesta::start<managed>(shared::store{&disk});
      auto runner = gesta::run_sagas(app);
      int commits = failing;
      disk.fails_at_commit = gesta::failure::kind::busy;
      disk.before_commit = [&] {
        if (commits-- == 0) disk.failing_commits = 1;
      };
      const bool all_well = place_all(app);
      gesta::ran made = runner.poll();
      is_over = all_well && made;
      if (failing % 2 == 0) {  // the same program; else it is gone
        REQUIRE(place_all(app));
        CHECK(runner.poll());
      }
    }
    disk.before_commit = [] {};
    auto app = gesta::start<managed>(shared::store{&disk});
    auto runner = gesta::run_sagas(app);
    REQUIRE(place_all(app));
    REQUIRE(runner.poll());
    int shipped = 0, held = 0, paid = 0;  // which order gets the last piece depends on when it was placed anew
    for (const order::place& one : orders) {
      const auto& o = app.state<order::orders>(one.order);
      REQUIRE(o.confirmed != (o.cancelled != order::cause::none));
      shipped += app.state<shipping::parcels>(one.order).shipped ? 1 : 0;
      held += app.state<payment::payments>(one.order).held;
      paid += o.confirmed ? one.cents : 0;
    }
    CHECK(held == paid);
    CHECK(app.state<stock::stocks>(1).held + app.state<stock::stocks>(2).held == shipped);
    CHECK(app.view<ends>().done == shipped);
    CHECK(app.view<ends>().done + app.view<ends>().gone == 8);
    if (is_over) {
      CHECK(failing > 30);
      break;
    }
  }
}

TEST_CASE("What begins an instance again, and what finds none, changes nothing") {
  auto app = gesta::start<managed>(gesta::memory_store{});
  auto runner = gesta::run_sagas(app);
  REQUIRE(handled(app, order::ask_to_cancel{1}));
  CHECK(app.last_position() == 1);
  REQUIRE(handled(app, order::place{1, 1, 100}));
  const auto begun = app.last_position();
  CHECK(begun == 5);  // placed; took, moved, asked
  REQUIRE(handled(app, order::place{1, 1, 100}));
  CHECK(app.last_position() == begun + 1);
  CHECK(runner.poll().steps == 4);
  REQUIRE(handled(app, order::ask_to_cancel{1}));
  CHECK(app.state<order::orders>(1).confirmed);
}

TEST_CASE("Records have names made of the process and of what they are about") {
  using namespace managing;
  const auto says = [](gesta::event_id id, const char* name) { return std::string(id.name) == name && id.version == 1; };
  CHECK(says(gesta::id_of<gesta::moved<manager, paying>>, "manager.paying.moved"));
  CHECK(says(gesta::id_of<gesta::took<manager, charged>>, "manager.payment.charged.took"));
  CHECK(says(gesta::id_of<gesta::put_off<manager, cancel_asked>>, "manager.order.cancel_asked.put_off"));
  CHECK(says(gesta::id_of<gesta::took<manager, gesta::unchanged<refund>>>, "manager.payment.refund.nothing.took"));
  CHECK(says(gesta::id_of<gesta::took<manager, gesta::timed_out>>, "manager.timed_out.took"));
  CHECK(says(gesta::id_of<gesta::process_records::asked<manager, charge>>, "manager.payment.charge.asked"));
}

// ---- a negotiation: time, loops, what waits and what is rejected, several commands at once, values that own memory

namespace talk {

struct opened { int talk; std::string with; static constexpr auto id = "talk.opened"; };
struct offered { int talk, price; static constexpr auto id = "talk.offered"; };
struct shouted { int talk; static constexpr auto id = "talk.shouted"; };
struct noted { int talk; std::string what; static constexpr auto id = "talk.noted"; };
struct sealed { int talk; static constexpr auto id = "talk.sealed"; };
struct stamped { int talk; static constexpr auto id = "talk.stamped"; };
struct closed { int talk; static constexpr auto id = "talk.closed"; };
struct open { int talk; std::string with; };
struct offer { int talk, price; };
struct shout { int talk; };
struct note { int talk; std::string what; static constexpr auto id = "talk.note"; };
struct seal { int talk; static constexpr auto id = "talk.seal"; };
struct close { int talk; static constexpr auto id = "talk.close"; };
struct too_many { static constexpr auto id = "talk.too_many"; };
struct state {
  int notes = 0, shouts = 0;
  bool is_sealed = false, is_closed = false;
  std::string text = {};
};
inline void evolve(state&, const opened&) {}
inline void evolve(state&, const offered&) {}
inline void evolve(state& s, const shouted&) { ++s.shouts; }
inline void evolve(state& s, const noted& e) { ++s.notes, s.text += e.what + ";"; }
inline void evolve(state& s, const sealed&) { s.is_sealed = true; }
inline void evolve(state&, const stamped&) {}
inline void evolve(state& s, const closed&) { s.is_closed = true; }
inline auto decide(const state&, const open& c) -> gesta::emits<opened> { return opened{c.talk, c.with}; }
inline auto decide(const state&, const offer& c) -> gesta::emits<offered> { return offered{c.talk, c.price}; }
inline auto decide(const state&, const shout& c) -> gesta::emits<shouted> { return shouted{c.talk}; }
inline auto decide(const state& s, const note& c) -> gesta::emits<noted>::or_nothing::or_rejects<too_many> {
  if (s.notes == 6) return too_many{};
  if (c.what.empty()) return gesta::no_change;
  return noted{c.talk, c.what};
}
inline auto decide(const state&, const seal& c) -> gesta::emits<sealed, stamped> { return gesta::emit(sealed{c.talk}, stamped{c.talk}); }
inline bool has_lost_key = false;
inline auto decide(const state&, const close& c) -> gesta::emits<closed> {
#ifdef __cpp_exceptions
  if (has_lost_key) throw std::runtime_error("no key");
#endif
  return closed{c.talk};
}
struct talks : gesta::aggregate<state, gesta::commands<open, offer, shout, note, seal, close>, gesta::by<"talk">> {
  static constexpr auto id = "talk";
};

struct silent { static constexpr auto id = "silent"; };
struct listening {
  std::string with;
  int rounds = 0;
  static constexpr auto id = "listening";
  static constexpr auto within = gesta::seconds(60);
  using rejects = gesta::inputs<shouted>;
};
struct writing {  // a note is being taken: what comes waits
  std::string with;
  int rounds = 0;
  static constexpr auto id = "writing";
  using defers = gesta::inputs<offered, shouted>;
};
struct sealing { static constexpr auto id = "sealing"; using ignores = gesta::inputs<offered, shouted>; };
struct stamping { static constexpr auto id = "stamping"; using ignores = gesta::inputs<offered, shouted>; };
struct closing { static constexpr auto id = "closing"; using ignores = gesta::inputs<offered, shouted>; };
struct agreed { static constexpr auto id = "agreed"; static constexpr auto ends = gesta::ended::completed; };
struct broken { static constexpr auto id = "broken"; static constexpr auto ends = gesta::ended::compensated; };
using gesta::becomes;
using gesta::either;

inline auto on(const silent&, const opened& e) -> becomes<listening> { return listening{e.with}; }
inline auto on(const listening& s, const offered& e) -> either<becomes<writing>::asks<note>, becomes<sealing>::asks<seal>> {
  if (e.price <= 50) return becomes<sealing>::asks<seal>{sealing{}, seal{e.talk}};
  return becomes<writing>::asks<note>{writing{s.with, s.rounds + 1}, note{e.talk, e.price == 99 ? "" : s.with + " asks " + std::to_string(e.price)}};
}
inline auto on(const listening&, gesta::timed_out) -> becomes<closing>::asks<close> { return {closing{}, close{9}}; }
inline auto on(const writing& s, const noted&) -> becomes<listening> { return listening{s.with, s.rounds}; }
inline auto on(const writing& s, gesta::unchanged<note>) -> becomes<listening> { return listening{s.with, s.rounds}; }
inline auto on(const writing&, const too_many&) -> becomes<closing>::asks<close> { return {closing{}, close{9}}; }
inline auto on(const sealing&, const sealed&) -> becomes<stamping> { return stamping{}; }
inline auto on(const sealing&, const stamped&) -> becomes<agreed> { return agreed{}; }
inline auto on(const stamping&, const stamped&) -> becomes<agreed> { return agreed{}; }
inline auto on(const closing&, const closed&) -> becomes<broken> { return broken{}; }

struct rejected_shouts {
  int count = 0;
};
struct negotiation;
inline void project(rejected_shouts& r, const gesta::turned_away<negotiation, shouted>&) { ++r.count; }
struct rejections : gesta::projection<rejected_shouts> {
  static constexpr auto id = "rejections";
};

}  // namespace talk

struct talk::negotiation : gesta::process<gesta::by<"talk">, gesta::begins<talk::opened>, gesta::listens_to<talk::offered, talk::shouted>,
                                          gesta::states<talk::silent, talk::listening, talk::writing, talk::sealing, talk::stamping, talk::closing,
                                                        talk::agreed, talk::broken>> {
  static constexpr auto id = "negotiation";
};

namespace {

struct house : gesta::model<talk::talks, talk::negotiation, talk::rejections> {};
// Where no time passes. With the clock of the others: each kind of clock makes all of an app anew to the compiler.
std::int64_t one_second = 1'000'000'000;
const test_clock stopped{&one_second};

template <class App>
const auto& instance(App& app, int key) {
  using stream = gesta::flow<house>::stream_of<talk::negotiation>;
  return gesta::detail::facts_of_app::engine(app).template table_of<stream>().find(key)->state;
}
template <class State>
constexpr std::size_t index_of_state = gesta::detail::index_of<State, gesta::flow<house>::stream_of<talk::negotiation>::cells::states>;

}  // namespace

TEST_CASE("What is put off comes again behind the next move, in its order, and before anything else") {
  auto app = gesta::start<house>(gesta::memory_store{}, stopped);
  auto runner = gesta::run_sagas(app);
  REQUIRE(handled(app, talk::open{9, "a buyer whose name is too long for a small string"}));
  REQUIRE(handled(app, talk::offer{9, 200}));
  CHECK(instance(app, 9).state_index() == index_of_state<talk::writing>);
  REQUIRE(handled(app, talk::offer{9, 180}));
  REQUIRE(handled(app, talk::shout{9}));
  REQUIRE(handled(app, talk::offer{9, 40}));
  CHECK(instance(app, 9).waiting().size() == 3);
  CHECK(runner.poll({.steps = 1}).steps == 1);
  // 180 came again and led to a further note; the shout and 40 wait behind it.
  CHECK(instance(app, 9).state_index() == index_of_state<talk::writing>);
  CHECK(instance(app, 9).waiting().size() == 2);
  CHECK(app.view<talk::rejected_shouts>().count == 0);
  CHECK(runner.poll({.steps = 1}).steps == 1);
  CHECK(app.view<talk::rejected_shouts>().count == 1);  // the shout came first, and was turned away
  CHECK(instance(app, 9).state_index() == index_of_state<talk::sealing>);
  CHECK(runner.poll().caught_up);
  CHECK(instance(app, 9).state_index() == index_of_state<talk::agreed>);
  CHECK(app.state<talk::talks>(9).text ==
        "a buyer whose name is too long for a small string asks 200;a buyer whose name is too long for a small string asks 180;");
  CHECK(app.state<talk::talks>(9).is_sealed);
}

TEST_CASE("A story that a test tells goes where the runner goes") {
  std::int64_t now = 1'000'000'000;
  auto app = gesta::start<house>(gesta::memory_store{}, test_clock{&now});
  auto runner = gesta::run_sagas(app);
  const std::string name = "a buyer whose name is too long for a small string";
  auto told = gesta::testing::given<house, talk::negotiation>(talk::opened{9, name});
  REQUIRE(handled(app, talk::open{9, name}));
  const auto stands = [&](auto state, std::size_t open, std::size_t waiting) {
    CAPTURE(told);
    CHECK(told.template is<decltype(state)>());
    CHECK(instance(app, 9).state_index() == index_of_state<decltype(state)>);
    CHECK(instance(app, 9).open().size() == open);
    CHECK(instance(app, 9).waiting().size() == waiting);
  };
  stands(talk::listening{}, 0, 0);
  for (const int price : {200, 180, 40}) {
    REQUIRE(handled(app, talk::offer{9, price}));
    if (price == 180) REQUIRE(handled(app, talk::shout{9}));
  }
  told = told.hears(talk::offered{9, 200}).hears(talk::offered{9, 180}).hears(talk::shouted{9}).hears(talk::offered{9, 40});
  told = told.asks(talk::note{9, name + " asks 200"}).defers(talk::offered{9, 180}, talk::shouted{9}, talk::offered{9, 40});
  stands(talk::writing{}, 1, 3);
  CHECK(runner.poll({.steps = 1}).steps == 1);
  told = told.answered(talk::noted{9, ""}).is(talk::writing{name, 2}).asks(talk::note{9, name + " asks 180"});
  told = told.defers(talk::shouted{9}, talk::offered{9, 40});
  stands(talk::writing{}, 1, 2);
  CHECK(runner.poll({.steps = 1}).steps == 1);
  told = told.answered(talk::noted{9, ""}).rejects(talk::shouted{9}).defers().asks(talk::seal{9});
  stands(talk::sealing{}, 1, 0);
  CHECK(app.view<talk::rejected_shouts>().count == 1);
  CHECK(runner.poll({.steps = 1}).steps == 1);
  told = told.answered(talk::sealed{9}, talk::stamped{9}).asks().completed();
  stands(talk::agreed{}, 0, 0);

  REQUIRE(handled(app, talk::open{8, "x"}));
  auto late = gesta::testing::given<house, talk::negotiation>(talk::opened{8, "x"}).times_out_in(gesta::seconds(60));
  CHECK(runner.poll().next_due == gesta::timestamp{61'000'000'000});
  now += 60'000'000'000;
  CHECK(runner.poll({.steps = 1}).steps == 1);
  CHECK(instance(app, 8).state_index() == index_of_state<talk::closing>);
  CHECK(late.after(gesta::seconds(60)).is<talk::closing>().asks(talk::close{9}).answered(talk::closed{9}).compensated());
}

TEST_CASE("Each event of one decision is an input of its own, and what changes nothing is one as well") {
  auto app = gesta::start<house>(gesta::memory_store{}, stopped);
  auto runner = gesta::run_sagas(app);
  REQUIRE(handled(app, talk::open{9, "x"}));
  REQUIRE(handled(app, talk::offer{9, 99}));
  CHECK(runner.poll({.steps = 1}).steps == 1);
  CHECK(instance(app, 9).state_index() == index_of_state<talk::listening>);
  CHECK(app.state<talk::talks>(9).notes == 0);
  REQUIRE(handled(app, talk::offer{9, 1}));
  CHECK(runner.poll({.steps = 1}).steps == 1);
  CHECK(instance(app, 9).state_index() == index_of_state<talk::agreed>);
}

TEST_CASE("What a state rejects is recorded and can be looked at; the state stays") {
  auto app = gesta::start<house>(gesta::memory_store{}, stopped);
  REQUIRE(handled(app, talk::open{9, "x"}));
  REQUIRE(handled(app, talk::shout{9}));
  CHECK(app.view<talk::rejected_shouts>().count == 1);
  CHECK(instance(app, 9).state_index() == index_of_state<talk::listening>);
  CHECK(app.last_position() == 5);  // opened; took, moved; shouted, turned_away
}

TEST_CASE("A state that says within is left when its time is over, also by a later program; a move ends its time") {
  const folder dir;
  const gesta::sqlite_store store{dir / "talk.db"};
  std::int64_t now = 1'000'000'000;
  {
    auto app = gesta::start<house>(store, test_clock{&now});
    auto runner = gesta::run_sagas(app);
    REQUIRE(handled(app, talk::open{9, "x"}));
    CHECK(runner.poll().next_due == gesta::timestamp{61'000'000'000});
    now += 59'000'000'000;
    CHECK(runner.poll().steps == 0);
    REQUIRE(handled(app, talk::offer{9, 70}));
    now += 100'000'000'000;           // to take a note has no time
    CHECK(runner.poll().steps == 1);  // the note; it listens again, from now on
    now += 1'000'000'000;
    CHECK(runner.poll().steps == 0);
    CHECK(instance(app, 9).state_index() == index_of_state<talk::listening>);
  }
  now += 59'000'000'000;
  auto app = gesta::start<house>(store, test_clock{&now});
  auto runner = gesta::run_sagas(app);
  CHECK(runner.poll().steps == 2);
  CHECK(instance(app, 9).state_index() == index_of_state<talk::broken>);
  CHECK(app.state<talk::talks>(9).is_closed);
  now += 1'000'000'000'000;
  CHECK(runner.poll().steps == 0);
}

TEST_CASE("How an instance of a process stands can be asked, and those that are not over are listed") {
  using is = gesta::saga_standing::is;
  std::int64_t now = 1'000'000'000;
  auto app = gesta::start<house>(gesta::memory_store{}, test_clock{&now});
  auto runner = gesta::run_sagas(app);
  const auto of = [&](int key) { return runner.template state<talk::negotiation>(key); };
  const auto listed = [&] {
    std::string all;
    runner.open([&](const char* process, int key, const gesta::saga_standing& one) {
      all += std::string(process) + "/" + std::to_string(key) + " " + std::string(one.step.c_str()) + "; ";
    });
    return all;
  };
  CHECK(of(1).what == is::not_begun);
  CHECK(listed().empty());
  REQUIRE(handled(app, talk::open{1, "x"}));
  REQUIRE(handled(app, talk::open{2, "y"}));
  REQUIRE(handled(app, talk::open{3, "z"}));
  CHECK(of(1).what == is::going_on);
  CHECK(of(1).step == "listening");
  CHECK(of(1).since == gesta::timestamp{1'000'000'000});
  CHECK(of(1).next == gesta::timestamp{61'000'000'000});
  REQUIRE(handled(app, talk::offer{1, 70}));
  CHECK(of(1).step == "writing");
  CHECK(of(1).next == gesta::timestamp{});  // a command is open: it goes on with the next poll
  REQUIRE(handled(app, talk::offer{2, 1}));
  CHECK(listed() == "negotiation/1 writing; negotiation/2 sealing; negotiation/3 listening; ");
  CHECK(runner.poll().caught_up);
  CHECK(of(2).what == is::completed);
  CHECK(of(2).step == "agreed");
  CHECK(listed() == "negotiation/1 listening; negotiation/3 listening; ");
  now += 61'000'000'000;
  CHECK(runner.poll().caught_up);
  CHECK(of(3).what == is::compensated);
  CHECK(of(3).next == gesta::timestamp{});
  CHECK(listed().empty());
  runner.stuck([](const char*, const auto&, const gesta::saga_standing&) { FAIL_CHECK("nothing waits for a person"); });
}

#ifdef __cpp_exceptions

TEST_CASE("A process that is put aside says so, with its cause, until a person has it tried again") {
  using is = gesta::saga_standing::is;
  std::int64_t now = 1'000'000'000;
  auto app = gesta::start<house>(gesta::memory_store{}, test_clock{&now});
  auto runner = gesta::run_sagas(app);
  const auto of = [&] { return runner.template state<talk::negotiation>(9); };
  const auto stuck = [&] {
    std::string all;
    runner.stuck([&](const char* process, const auto&, const gesta::saga_standing& one) {
      all += std::string(process) + " " + one.step.c_str() + " " + (one.what == is::put_aside ? one.cause.detail : "?") + "; ";
    });
    return all;
  };
  REQUIRE(handled(app, talk::open{9, "x"}));
  talk::has_lost_key = true;
  now += 61'000'000'000;
  CHECK(runner.poll().put_aside == 1);
  CHECK(of().what == is::put_aside);
  CHECK(of().step == "closing");
  CHECK(of().cause.why == gesta::failure::kind::interrupted);
  CHECK(of().since == gesta::timestamp{now});
  CHECK(stuck() == std::string("negotiation closing ") + of().cause.detail + "; ");
  CHECK(std::string(of().cause.detail).find("no key") != std::string::npos);
  int open = 0;
  runner.open([&](const char*, const auto&, const gesta::saga_standing& one) { open += one.what == is::put_aside ? 1 : 100; });
  CHECK(open == 1);
  CHECK(!app.state<talk::talks>(9).is_closed);

  talk::has_lost_key = false;
  CHECK(runner.poll().steps == 0);  // nobody tries it again by himself
  CHECK(of().what == is::put_aside);
  CHECK(runner.retry<talk::negotiation>(9, "ann"));
  CHECK(of().what == is::going_on);
  CHECK(runner.poll().steps == 1);
  CHECK(of().what == is::compensated);
  CHECK(stuck().empty());
  CHECK(!runner.retry<talk::negotiation>(9, "ann"));
}

#endif

// ---- a process with an earlier version, whose instances come to their end

namespace gate {

using talk::close;
using talk::closed;
using talk::opened;
using talk::shouted;
struct none { static constexpr auto id = "none"; };
struct over { static constexpr auto id = "over"; static constexpr auto ends = gesta::ended::completed; };
struct waiting { static constexpr auto id = "waiting"; };
struct closing { static constexpr auto id = "closing"; using ignores = gesta::inputs<shouted>; };
inline auto on(const none&, const opened&) -> gesta::becomes<waiting> { return waiting{}; }
inline auto on(const waiting&, const shouted& e) -> gesta::becomes<closing>::asks<close> { return {closing{}, close{e.talk}}; }
inline auto on(const closing&, const closed&) -> gesta::becomes<over> { return over{}; }

namespace of_today {
struct none { static constexpr auto id = "none"; };
struct waiting { static constexpr auto id = "waiting"; };
inline auto on(const none&, const opened&) -> gesta::becomes<waiting> { return waiting{}; }
inline auto on(const waiting&, const shouted&) -> gesta::becomes<over> { return over{}; }
}  // namespace of_today

struct keeper_1 : gesta::process<gesta::by<"talk">, gesta::begins<opened>, gesta::listens_to<shouted>, gesta::states<none, waiting, closing, over>> {
  static constexpr auto id = "keeper";
};
struct keeper : gesta::process<gesta::by<"talk">, gesta::begins<opened>, gesta::listens_to<shouted>,
                               gesta::states<of_today::none, of_today::waiting, over>> {
  static constexpr auto id = gesta::event_id{"keeper", 2};
};
struct before : gesta::model<talk::talks, keeper_1> {};
struct after : gesta::model<talk::talks, keeper, gesta::pinned<keeper_1>> {};

}  // namespace gate

TEST_CASE("What began under an earlier version of a process ends by it, nothing begins by it, and an instance is of one version") {
  using is = gesta::saga_standing::is;
  const folder dir;
  const gesta::sqlite_store store{dir / "gate.db"};
  {
    auto app = gesta::start<gate::before>(store);
    REQUIRE(handled(app, talk::open{1, "x"}));
  }
  auto app = gesta::start<gate::after>(store);
  auto runner = gesta::run_sagas(app);
  const auto old = [&](int key) { return runner.template state<gate::keeper_1>(key).what; };
  const auto today = [&](int key) { return runner.template state<gate::keeper>(key).what; };
  REQUIRE(handled(app, talk::open{1, "again"}));  // that one has begun, by the version before
  REQUIRE(handled(app, talk::open{2, "y"}));
  CHECK(old(1) == is::going_on);
  CHECK(today(1) == is::not_begun);
  CHECK(runner.template ignored<gate::keeper>().already_begun == 1);
  CHECK(old(2) == is::not_begun);
  CHECK(today(2) == is::going_on);
  REQUIRE(handled(app, talk::shout{1}));
  REQUIRE(handled(app, talk::shout{2}));
  REQUIRE(handled(app, talk::shout{3}));
  CHECK(runner.poll().caught_up);
  CHECK(old(1) == is::completed);
  CHECK(today(2) == is::completed);
  CHECK(app.state<talk::talks>(1).is_closed);
  CHECK(!app.state<talk::talks>(2).is_closed);
  CHECK(runner.template ignored<gate::keeper>().not_found == 1);  // of 3 alone: 1 goes by the version before
}

TEST_CASE("A refusal that leads on is in the records: a further program finds the same state") {
  const folder dir;
  const gesta::sqlite_store store{dir / "talk.db"};
  {
    auto app = gesta::start<house>(store, stopped);
    auto runner = gesta::run_sagas(app);
    REQUIRE(handled(app, talk::open{9, "x"}));
    for (int price = 200; price > 193; --price) {
      REQUIRE(handled(app, talk::offer{9, price}));
      CHECK(runner.poll({.steps = 1}).steps == 1);
    }
    CHECK(instance(app, 9).state_index() == index_of_state<talk::closing>);
  }
  auto app = gesta::start<house>(store, stopped);
  CHECK(instance(app, 9).state_index() == index_of_state<talk::closing>);
  CHECK(app.state<talk::talks>(9).notes == 6);
  CHECK(instance(app, 9).open().size() == 1);
  CHECK(gesta::run_sagas(app).poll().steps == 1);
  CHECK(instance(app, 9).has_ended());
}

// ---- who reacts to records, and who listens to what it asked

namespace talk {

struct eager { static constexpr auto id = "eager"; };
inline auto react(const eager&, const gesta::moved<negotiation, writing>&) -> offer { return {9, 40}; }

}  // namespace talk

namespace {

struct eager_house : gesta::model<talk::talks, talk::negotiation, gesta::reactors<talk::eager>> {};

}  // namespace

TEST_CASE("What a process causes by its own records it hears when it is done with what it records") {
  auto app = gesta::start<eager_house>(gesta::memory_store{});
  auto runner = gesta::run_sagas(app);
  REQUIRE(handled(app, talk::open{9, "x"}));
  REQUIRE(handled(app, talk::offer{9, 200}));
  using stream = gesta::flow<eager_house>::stream_of<talk::negotiation>;
  const auto& one = gesta::detail::facts_of_app::engine(app).table_of<stream>().find(9)->state;
  CHECK(one.state_index() == index_of_state<talk::writing>);  // not yet where the reactor's offer leads
  CHECK(one.open().size() == 1);
  CHECK(one.waiting().size() == 1);
  CHECK(runner.poll().caught_up);
  CHECK(one.state_index() == index_of_state<talk::agreed>);
  CHECK(app.state<talk::talks>(9).notes == 1);
}

// ---- a state whose shape has changed

namespace shapes {

using talk::close;
using talk::closed;
using talk::opened;

struct before { static constexpr auto id = "before"; };
struct over { static constexpr auto id = "over"; static constexpr auto ends = gesta::ended::completed; };

struct waiting_1 { int talk; static constexpr auto id = "waiting"; };
inline auto on(const before&, const opened& e) -> gesta::becomes<waiting_1> { return waiting_1{e.talk}; }
inline auto on(const waiting_1&, const closed&) -> gesta::becomes<over> { return over{}; }
struct of_then : gesta::process<gesta::by<"talk">, gesta::begins<opened>, gesta::listens_to<closed>, gesta::states<before, waiting_1, over>> {
  static constexpr auto id = "shapes";
};

struct fresh { static constexpr auto id = "before"; };
struct waiting { int talk; std::string with; static constexpr auto id = gesta::event_id{"waiting", 2}; };
inline auto on(const fresh&, const opened& e) -> gesta::becomes<waiting> { return waiting{e.talk, e.with}; }
inline auto on(const waiting&, const closed&) -> gesta::becomes<over> { return over{}; }
struct of_today : gesta::process<gesta::by<"talk">, gesta::begins<opened>, gesta::listens_to<closed>, gesta::states<fresh, waiting, over>> {
  static constexpr auto id = "shapes";
};
inline auto upcast(const gesta::moved<of_today, waiting_1>& old) -> gesta::moved<of_today, waiting> {
  return {{old.state.talk, "somebody"}, old.until};
}

}  // namespace shapes

namespace {

struct then : gesta::model<talk::talks, shapes::of_then> {};
struct today : gesta::model<talk::talks, shapes::of_today, gesta::history<gesta::moved<shapes::of_today, shapes::waiting_1>>> {};

}  // namespace

TEST_CASE("A state of another shape is read by an upcast of its record, and goes on") {
  const folder dir;
  const gesta::sqlite_store store{dir / "shapes.db"};
  {
    auto app = gesta::start<then>(store);
    REQUIRE(handled(app, talk::open{3, "x"}));
  }
  auto app = gesta::start<today>(store);
  using stream = gesta::flow<today>::stream_of<shapes::of_today>;
  const auto& one = gesta::detail::facts_of_app::engine(app).table_of<stream>().find(3)->state;
  REQUIRE(one.state_index() == 1);
  CHECK(one.state<1>().with == "somebody");
  REQUIRE(handled(app, talk::close{3}));
  CHECK(one.has_ended());
}

// ---- what waits longest comes first, whatever let it in

namespace queueing {

using talk::closed;
using talk::offered;
using talk::opened;
using talk::shouted;

struct before { static constexpr auto id = "before"; };
struct shut { static constexpr auto id = "shut"; using defers = gesta::inputs<offered, shouted>; };
struct half { static constexpr auto id = "half"; using defers = gesta::inputs<offered>; using ignores = gesta::inputs<closed>; };
struct wide { static constexpr auto id = "wide"; using ignores = gesta::inputs<closed, shouted>; };
struct over { static constexpr auto id = "over"; static constexpr auto ends = gesta::ended::completed; };
inline auto on(const before&, const opened&) -> gesta::becomes<shut> { return shut{}; }
inline auto on(const shut&, const closed&) -> gesta::becomes<half> { return half{}; }
inline auto on(const half&, const shouted&) -> gesta::becomes<wide> { return wide{}; }
inline auto on(const wide&, const offered&) -> gesta::becomes<over> { return over{}; }
struct queue : gesta::process<gesta::by<"talk">, gesta::begins<opened>, gesta::listens_to<offered, shouted, closed>,
                              gesta::states<before, shut, half, wide, over>> {
  static constexpr auto id = "queue";
};
// Acts on the record of an input, before the move that follows from it.
struct hasty { static constexpr auto id = "hasty"; };
inline auto react(const hasty&, const gesta::took<queue, opened>&) -> talk::close { return {9}; }

}  // namespace queueing

namespace {

struct queues : gesta::model<talk::talks, queueing::queue> {};
struct hasty_queues : gesta::model<talk::talks, queueing::queue, gesta::reactors<queueing::hasty>> {};
template <class Model, class App>
std::size_t state_in(App& app) {
  using stream = typename gesta::flow<Model>::template stream_of<queueing::queue>;
  return gesta::detail::facts_of_app::engine(app).template table_of<stream>().find(9)->state.state_index();
}

}  // namespace

TEST_CASE("Behind each move what waits is looked at from the first on") {
  auto app = gesta::start<queues>(gesta::memory_store{});
  REQUIRE(handled(app, talk::open{9, "x"}));
  REQUIRE(handled(app, talk::offer{9, 1}));
  REQUIRE(handled(app, talk::shout{9}));
  REQUIRE(handled(app, talk::close{9}));  // lets the shout in, which lets the offer in
  CHECK(state_in<queues>(app) == 4);
}

TEST_CASE("What follows from the record of an input is heard in the state that the input leads to") {
  auto app = gesta::start<hasty_queues>(gesta::memory_store{});
  REQUIRE(handled(app, talk::open{9, "x"}));
  CHECK(state_in<hasty_queues>(app) == 2);
}
