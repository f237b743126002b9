// Sagas without records go the way that the machine of indices goes: the same commands in the same order, and the same end, for everything that
// may be answered.
#include <gesta/runtime/unrecorded_sagas.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/runtime/saga_runner.hpp>

#include "../../examples/fulfilment.hpp"

namespace {

/// How often the heap was asked.
std::size_t allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* const place = std::malloc(size == 0 ? 1 : size)) return place;
  std::abort();
}
void operator delete(void* place) noexcept { std::free(place); }
void operator delete(void* place, std::size_t) noexcept { std::free(place); }

namespace {

// ---- a script: what each command is answered with, and what was asked

/// All ways through a tree of choices, one after the other: each decision is asked for in turn, the last one that has more is changed.
struct script {
  struct choice {
    int taken, count;
  };
  std::vector<choice> choices;
  std::size_t at = 0;

  int take(int count) {
    if (at == choices.size()) choices.push_back({0, count});
    return choices[at++].taken;
  }
  bool next() {
    while (!choices.empty() && choices.back().taken + 1 == choices.back().count) choices.pop_back();
    if (choices.empty()) return false;
    ++choices.back().taken;
    return true;
  }
};
script* says = nullptr;

/// One command as a service got it: of which step, to do or to undo, and what it was told.
struct asked {
  int service;
  bool is_undo;
  int told;
  friend bool operator==(const asked&, const asked&) = default;
};
std::vector<asked>* heard = nullptr;

std::string text_of(const std::vector<asked>& all) {
  std::string text;
  for (const asked& one : all) text += (one.is_undo ? " undo " : " do ") + std::to_string(one.service) + "(" + std::to_string(one.told) + ")";
  return text;
}

// ---- services: number N is asked by step N; what each may answer is up to the script

template <int N>
struct done {
  int trip, told;
};
template <int N>
struct taken_back {
  int trip;
};
template <int N>
struct act {
  int trip, told;
};
template <int N>
struct take_back {
  int trip, told;
};
template <int N>
struct no {};
template <int N>
struct busy {};
template <int N>
struct not_now {};
template <int N>
struct never {};

template <int N>
struct service {
  int standing = 0;

  friend void evolve(service& s, const done<N>&) { ++s.standing; }
  friend void evolve(service& s, const taken_back<N>&) { --s.standing; }
  friend auto decide(const service&, const act<N>& c) -> typename gesta::emits<done<N>>::or_nothing::template or_rejects<no<N>, busy<N>> {
    heard->push_back({N, false, c.told});
    switch (says->take(N == 1 ? 4 : N == 3 ? 3 : 2)) {
      case 0: return done<N>{c.trip, c.told + 100 * N};
      case 1: return no<N>{};
      case 2: return gesta::no_change;
      default: return busy<N>{};
    }
  }
  friend auto decide(const service&, const take_back<N>& c) -> typename gesta::emits<taken_back<N>>::template or_rejects<not_now<N>, never<N>> {
    heard->push_back({N, true, c.told});
    switch (N == 2 ? says->take(3) : 0) {
      case 0: return taken_back<N>{c.trip};
      case 1: return not_now<N>{};
      default: return never<N>{};
    }
  }
};
template <int N>
struct services : gesta::aggregate<service<N>, gesta::commands<act<N>, take_back<N>>, gesta::by<"trip">> {};

// ---- the saga: one step, all of two and one that may be done without, one of two, a step of many commands, one that cannot be undone

using cause = gesta::compensate_with<int>;

struct begin {
  using begun_by = done<0>;
  auto undo(const done<0>& b, int why) const -> take_back<0> { return {b.trip, why}; }
};
struct first {
  auto run(const done<0>& b) const -> act<1> { return {b.trip, b.told}; }
  auto undo(const act<1>& c) const -> take_back<1> { return {c.trip, c.told}; }
  auto on(const no<1>&) const -> cause { return 1; }
  auto on(const busy<1>&) const -> gesta::again<1, cause> { return {.after = {}, .then = 11}; }
  auto on_undo(const not_now<1>&) const -> gesta::proceed { return {}; }
  auto on_undo(const never<1>&) const -> gesta::proceed { return {}; }
};
struct second {
  auto run(const done<1>* before) const -> act<2> { return {1, before == nullptr ? 0 : before->told}; }
  auto undo(const done<2>& e) const -> take_back<2> { return {e.trip, e.told}; }
  auto on(const no<2>&) const -> cause { return 2; }
  auto on(const busy<2>&) const -> cause { return 2; }
  auto on_undo(const not_now<2>&) const -> gesta::again<1, gesta::stuck>::every<gesta::seconds(0)> { return {}; }
  auto on_undo(const never<2>&) const -> gesta::stuck { return {}; }
};
struct third {  // it may be done without; what it was asked has to be known before `second` is answered
  auto run(const done<2>* sibling) const -> act<3> { return {1, sibling == nullptr ? 7 : 8}; }
  auto undo(const done<3>& e) const -> take_back<3> { return {e.trip, e.told}; }
  auto on(const no<3>&) const -> gesta::proceed { return {}; }
  auto on(const busy<3>&) const -> cause { return 3; }
  auto on_undo(const not_now<3>&) const -> gesta::proceed { return {}; }
  auto on_undo(const never<3>&) const -> gesta::proceed { return {}; }
};
struct fourth {
  auto run(const done<0>& b) const -> act<4> { return {b.trip, 4}; }
  auto undo(const done<4>& e) const -> take_back<4> { return {e.trip, e.told}; }
  auto on(const no<4>&) const -> cause { return 4; }
  auto on(const busy<4>&) const -> cause { return 4; }
  auto on_undo(const not_now<4>&) const -> gesta::proceed { return {}; }
  auto on_undo(const never<4>&) const -> gesta::proceed { return {}; }
};
struct fifth {
  auto run(const done<0>& b) const -> act<5> { return {b.trip, 5}; }
  auto undo(const act<5>& c) const -> take_back<5> { return {c.trip, c.told}; }
  auto on(const no<5>&) const -> cause { return 5; }
  auto on(const busy<5>&) const -> cause { return 5; }
  auto on_undo(const not_now<5>&) const -> gesta::proceed { return {}; }
  auto on_undo(const never<5>&) const -> gesta::proceed { return {}; }
};
struct sixth {
  auto run(const done<0>& b) const -> gesta::many<act<6>> { return {{b.trip, 0}, {b.trip, 1}, {b.trip, 2}}; }
  auto undo(const done<6>& e) const -> take_back<6> { return {e.trip, e.told}; }
  auto on(const no<6>&) const -> cause { return 6; }
  auto on(const busy<6>&) const -> cause { return 6; }
  auto on_undo(const not_now<6>&) const -> gesta::proceed { return {}; }
  auto on_undo(const never<6>&) const -> gesta::proceed { return {}; }
};
struct last {
  using undo = gesta::irreversible;
  auto run(const done<0>& b, const done<3>* third, const done<4>* fourth) const -> act<7> {
    return {b.trip, (third == nullptr ? 0 : third->told) + (fourth == nullptr ? 0 : fourth->told)};
  }
  auto on(const no<7>&) const -> cause { return 7; }
  auto on(const busy<7>&) const -> cause { return 7; }
};
struct called_off {
  auto on(const taken_back<7>&) const -> cause { return 9; }
  auto not_found(const taken_back<7>&) const -> gesta::drop { return {}; }
};

using all_parts = gesta::detail::types<services<0>, services<1>, services<2>, services<3>, services<4>, services<5>, services<6>, services<7>>;

struct whole_trip : gesta::saga<gesta::by<"trip">, begin, first, gesta::all_of<second, third>, gesta::any_of<fourth, fifth>, sixth, last, called_off> {};
struct short_trip : gesta::saga<gesta::by<"trip">, begin, first, gesta::all_of<second, third>, gesta::any_of<fourth, fifth>, last, called_off> {};
struct simple_trip : gesta::saga<gesta::by<"trip">, begin, first> {};

template <class Saga>
struct world {
  using parts = gesta::detail::types<services<0>, services<1>, services<2>, services<3>, services<4>, services<5>, services<6>, services<7>, Saga>;
};

// ---- the machine of indices, with a queue: the way it has to go

template <class Saga>
struct by_machine {
  using plan = gesta::detail::saga_flow<gesta::flow_of_parts<all_parts>, Saga>;
  static constexpr const gesta::detail::course_table& table = plan::table;
  struct open {
    std::uint16_t step;
    bool is_undo;
  };

  template <std::size_t... I>
  static std::vector<int> services_of(gesta::detail::indices<I...>) {
    return {number_of(static_cast<gesta::detail::at<I, typename plan::steps>*>(nullptr))...};
  }
  static int number_of(begin*) { return 0; }
  static int number_of(first*) { return 1; }
  static int number_of(second*) { return 2; }
  static int number_of(third*) { return 3; }
  static int number_of(fourth*) { return 4; }
  static int number_of(fifth*) { return 5; }
  static int number_of(sixth*) { return 6; }
  static int number_of(last*) { return 7; }

  const std::vector<int> service = services_of(gesta::detail::make_indices<plan::step_count>{});
  gesta::detail::course_status whole;
  gesta::detail::step_status status[8];
  std::vector<open> queue;
  std::vector<asked> trace;
  bool happened[8] = {};        // the event of this service
  bool element[8] = {};         // of the sixth: whether this one stands
  int at_asking[8] = {};        // what it was told
  int element_at = 0;
  int why = 0;
  int failing_answer = 0;

  int told(int n) const {
    switch (n) {
      case 1: return 50;
      case 2: return happened[1] ? 150 : 0;
      case 3: return 7;  // asked at the same time as the second: its event is not known
      case 6: return element_at;
      case 7: return (happened[3] ? at_asking[3] + 300 : 0) + (happened[4] ? 404 : 0);
      default: return n;
    }
  }
  int told_undo(int n) const {
    switch (n) {
      case 0: return why;
      case 1: return at_asking[1];
      case 5: return at_asking[5];
      case 6:
        for (int i = 3; i-- != 0;)
          if (element[i]) return i + 600;
        return -1;
      default: return at_asking[n] + 100 * n;
    }
  }

  /// Goes on until `most` commands were answered.
  void go(std::size_t most = 1000) {
    auto write = [this](const gesta::detail::act& a) {
      using is = gesta::detail::act_is;
      const int n = a.step == gesta::detail::no_step ? -1 : service[a.step];
      if (a.is == is::undone || a.is == is::resolved || a.is == is::passed_over)
        for (int i = 3; n == 6 && i-- != 0;)
          if (element[i]) {
            element[i] = false;
            break;
          }
      gesta::detail::note(table, {whole, status}, a, n == 6 ? 3 : 1);
      switch (a.is) {
        case is::asked:
          if (n == 6) element_at = 0;
          at_asking[n] = told(n);
          queue.push_back({a.step, false});
          break;
        case is::answered:
          if (status[a.step].is == gesta::detail::step_is::asked) {
            ++element_at;
            queue.push_back({a.step, false});
          }
          break;
        case is::asked_again: queue.push_back({a.step, status[a.step].is == gesta::detail::step_is::undo_asked}); break;
        case is::undo_asked:
        case is::retried: queue.push_back({a.step, true}); break;
        case is::failed: why = a.step == gesta::detail::no_step ? 9 : failing_answer; break;
        default: break;
      }
    };
    gesta::detail::course machine(table, gesta::detail::course_view{whole, status}, write);
    if (whole.is == gesta::detail::course_is::not_begun) {
      machine.begin();
    }
    while (!queue.empty() && most-- != 0) {
      const open next = queue.front();
      queue.erase(queue.begin());
      const int n = service[next.step];
      if (next.is_undo) {
        trace.push_back({n, true, told_undo(n)});
        const int answer = n == 2 ? says->take(3) : 0;
        machine.undo_answered(next.step, answer == 0 ? gesta::detail::no_step : static_cast<std::size_t>(answer - 1));
      } else {
        trace.push_back({n, false, n == 6 ? element_at : at_asking[n]});
        const int answer = says->take(n == 1 ? 4 : n == 3 ? 3 : 2);
        // outcomes of a service: its event, no, busy, nothing
        static constexpr std::size_t place[] = {0, 1, 3, 2};
        if (answer == 0 && n != 6) happened[n] = true;
        if (n == 6) element[element_at] = answer == 0;
        failing_answer = answer == 3 && n == 1 ? 11 : n;
        machine.answered(next.step, place[answer]);
      }
    }
  }
  void interrupt() {
    auto write = [this](const gesta::detail::act& a) {
      gesta::detail::note(table, {whole, status}, a);
      if (a.is == gesta::detail::act_is::failed) why = 9;
    };
    gesta::detail::course machine(table, gesta::detail::course_view{whole, status}, write);
    machine.interrupted();
  }
  /// The step that waits for a person.
  std::uint16_t stuck() const {
    for (std::uint16_t i = 0; i < table.step_count; ++i)
      if (status[i].is == gesta::detail::step_is::stuck) return i;
    return gesta::detail::no_step;
  }
  void unstick(bool by_hand) {
    auto write = [this](const gesta::detail::act& a) {
      gesta::detail::note(table, {whole, status}, a);
      using is = gesta::detail::act_is;
      if (a.is == is::retried || a.is == is::undo_asked) queue.push_back({a.step, true});
    };
    gesta::detail::course machine(table, gesta::detail::course_view{whole, status}, write);
    if (by_hand) machine.resolved(stuck());
    else machine.retried(stuck());
  }
  bool is_over() const {
    return whole.is == gesta::detail::course_is::completed || whole.is == gesta::detail::course_is::compensated;
  }
};

/// One way, and what it came to.
struct way {
  std::vector<asked> trace;
  bool completed = false;
};

/// A person retries a stuck undo the first time, and has undone it by hand the second.
template <class Saga>
way by_table(script& choices, std::size_t interrupted_after = 1000) {
  choices.at = 0;
  says = &choices;
  by_machine<Saga> machine;
  machine.go(interrupted_after);
  if (interrupted_after != 1000) {
    machine.interrupt();
    machine.go();
  }
  for (bool by_hand = false; !machine.is_over(); by_hand = true) {
    REQUIRE(machine.stuck() != gesta::detail::no_step);
    machine.unstick(by_hand);
    machine.go();
  }
  way out;
  out.trace = machine.trace;
  out.completed = machine.whole.is == gesta::detail::course_is::completed;
  return out;
}

template <class Saga, class Way>
way by_types(script& choices, std::size_t interrupted_after = 1000) {
  choices.at = 0;
  says = &choices;
  way out;
  heard = &out.trace;
  gesta::unrecorded_states<world<Saga>> states{{.dense = 2, .others = 1}};
  gesta::unrecorded_sagas<world<Saga>, Saga, Way> sagas(states, 2);
  int ends = 0;
  const auto ended = [&](int trip, gesta::ended how) {
    CHECK(trip == 1);
    ++ends;
    out.completed = how == gesta::ended::completed;
  };
  const gesta::saga_stands at_once = sagas.begin({1, 50});
  if (at_once == gesta::saga_stands::completed || at_once == gesta::saga_stands::compensated)
    ended(1, at_once == gesta::saga_stands::completed ? gesta::ended::completed : gesta::ended::compensated);
  if (interrupted_after != 1000) {
    CHECK(sagas.run_some(interrupted_after, ended) <= interrupted_after);
    if (sagas.has(1)) sagas.interrupt(taken_back<7>{1, });
  }
  sagas.run(ended);
  bool by_hand = false;
  while (ends == 0) {
    int stuck = 0;
    sagas.each_stuck([&](int trip) { stuck = trip; });
    REQUIRE(stuck == 1);
    CHECK(sagas.begin({1, 50}) == gesta::saga_stands::known);
    if (by_hand) CHECK(sagas.resolve(1, ended));
    else CHECK(sagas.retry(1, ended));
    by_hand = true;
    sagas.run(ended);
  }
  CHECK(ends == 1);
  CHECK(!sagas.has(1));
  return out;
}

template <class Saga, class Way>
std::size_t compare_all_ways(const char* name) {
  script choices;
  std::size_t ways = 0;
  do {
    const way expected = by_table<Saga>(choices);
    const way actual = by_types<Saga, Way>(choices);
    ++ways;
    if (actual.trace == expected.trace && actual.completed == expected.completed) continue;
    INFO(name);
    INFO("way " << ways);
    CHECK(text_of(actual.trace) == text_of(expected.trace));
    CHECK(actual.completed == expected.completed);
    return ways;
  } while (choices.next());
  return ways;
}

}  // namespace

TEST_CASE("whatever is answered, an instance goes the way of the machine of indices") {
  CHECK(compare_all_ways<simple_trip, gesta::to_completion>("to completion") == 7);
  CHECK(compare_all_ways<simple_trip, gesta::in_rounds>("in rounds") == 7);
  CHECK(compare_all_ways<simple_trip, gesta::in_order>("in order") == 7);
  const std::size_t ways = compare_all_ways<short_trip, gesta::to_completion>("to completion");
  CHECK(ways > 500);
  CHECK(compare_all_ways<short_trip, gesta::in_rounds>("in rounds") == ways);
  CHECK(compare_all_ways<short_trip, gesta::in_order>("in order") == ways);
}
TEST_CASE("a step that asks many, an element at a time, is undone from the last that stands") {
  const std::size_t ways = compare_all_ways<whole_trip, gesta::in_order>("in order");
  CHECK(ways > 1000);
  CHECK(compare_all_ways<whole_trip, gesta::in_rounds>("in rounds") == ways);
  CHECK(compare_all_ways<whole_trip, gesta::to_completion>("to completion") == ways);
}
TEST_CASE("an interrupt at any moment goes back from there, until what cannot be undone is asked") {
  for (std::size_t after = 0; after < 12; ++after) {
    CAPTURE(after);
    script all_done;
    const way expected = by_table<whole_trip>(all_done, after);
    script again;
    const way actual = by_types<whole_trip, gesta::in_order>(again, after);
    CHECK(text_of(actual.trace) == text_of(expected.trace));
    CHECK(actual.completed == expected.completed);
    CHECK(actual.completed == (after >= 9));  // the ninth answer lets the last step be asked
  }
}
TEST_CASE("whatever is answered behind an interrupt, it goes the way of the machine of indices") {
  std::size_t ways = 0;
  for (std::size_t after = 0; after < 4; ++after) {
    script choices;
    do {
      const way expected = by_table<whole_trip>(choices, after);
      const way actual = by_types<whole_trip, gesta::in_order>(choices, after);
      ++ways;
      if (actual.trace == expected.trace && actual.completed == expected.completed) continue;
      CAPTURE(after);
      CHECK(text_of(actual.trace) == text_of(expected.trace));
      CHECK(actual.completed == expected.completed);
      return;
    } while (choices.next());
  }
  CHECK(ways > 50);
}

namespace {

// ---- orders by the hundred: who is refused depends on the order alone

namespace trade {

template <class Key>
struct ordered {
  Key order;
  int pieces;
};
template <class Key>
struct voided {
  Key order;
};
template <class Key>
struct invalidate {
  Key order;
};
template <class Key>
struct paid {
  Key order;
  int pieces;
};
template <class Key>
struct paid_back {
  Key order;
  int pieces;
};
template <class Key>
struct pay {
  Key order;
  int pieces;
};
template <class Key>
struct pay_back {
  Key order;
  int pieces;
};
struct too_dear {};
template <class Key>
struct packed {
  Key order;
};
template <class Key>
struct pack {
  Key order;
};
struct nobody_there {};

template <class Key>
struct order_state {
  int ordered = 0, voided = 0;
  friend void evolve(order_state& s, const trade::ordered<Key>&) { ++s.ordered; }
  friend void evolve(order_state& s, const trade::voided<Key>&) { ++s.voided; }
  friend auto decide(const order_state&, const trade::invalidate<Key>& c) -> gesta::emits<trade::voided<Key>> { return trade::voided<Key>{c.order}; }
};
template <class Key>
struct till {
  int held = 0;
  friend void evolve(till& s, const paid<Key>& e) { s.held += e.pieces; }
  friend void evolve(till& s, const paid_back<Key>& e) { s.held -= e.pieces; }
  friend auto decide(const till&, const pay<Key>& c) -> typename gesta::emits<paid<Key>>::template or_rejects<too_dear> {
    if (c.pieces % 7 == 0) return too_dear{};
    return paid<Key>{c.order, c.pieces};
  }
  friend auto decide(const till&, const pay_back<Key>& c) -> gesta::emits<paid_back<Key>> { return paid_back<Key>{c.order, c.pieces}; }
};
/// Nobody packs before the third time of asking, for some never.
template <class Key>
struct shelf {
  int packed_count = 0;
  friend void evolve(shelf& s, const packed<Key>&) { ++s.packed_count; }
  friend auto decide(const shelf& s, const pack<Key>& c) -> typename gesta::emits<packed<Key>>::template or_rejects<nobody_there> {
    if (is_closed && s.packed_count == 0) return nobody_there{};
    return packed<Key>{c.order};
  }
  static inline bool is_closed = false;
};

template <class Key>
struct begin_order {
  using begun_by = ordered<Key>;
  auto undo(const ordered<Key>& e) const -> invalidate<Key> { return {e.order}; }
};
template <class Key>
struct take_money {
  auto run(const ordered<Key>& e) const -> pay<Key> { return {e.order, e.pieces}; }
  auto undo(const paid<Key>& e) const -> pay_back<Key> { return {e.order, e.pieces}; }
  auto on(const too_dear&) const -> gesta::compensate { return {}; }
};
template <class Key>
struct pack_it {
  auto run(const ordered<Key>& e) const -> pack<Key> { return {e.order}; }
  using undo = gesta::irreversible;
  auto on(const nobody_there&) const -> gesta::again<3>::every<gesta::seconds(10)> { return {}; }
};

template <class Key>
struct orders : gesta::aggregate<order_state<Key>, gesta::commands<invalidate<Key>>, gesta::by<"order">> {};
template <class Key>
struct tills : gesta::aggregate<till<Key>, gesta::commands<pay<Key>, pay_back<Key>>, gesta::by<"order">> {};
template <class Key>
struct shelves : gesta::aggregate<shelf<Key>, gesta::commands<pack<Key>>, gesta::by<"order">> {};
template <class Key>
struct delivery : gesta::saga<gesta::by<"order">, begin_order<Key>, take_money<Key>, pack_it<Key>> {};
template <class Key>
struct company {
  using parts = gesta::detail::types<orders<Key>, tills<Key>, shelves<Key>, delivery<Key>>;
};

}  // namespace trade

struct totals {
  int completed = 0, compensated = 0, voided = 0, held = 0, packed = 0;
};
std::string text_of(const totals& t) {
  return std::to_string(t.completed) + " completed, " + std::to_string(t.compensated) + " compensated, " + std::to_string(t.voided) + " voided, " +
         std::to_string(t.held) + " held, " + std::to_string(t.packed) + " packed";
}

template <class Key>
Key key_of(int number) {
  if constexpr (std::is_integral_v<Key>) {
    return static_cast<Key>(number);
  } else {
    return Key("order " + std::to_string(number));
  }
}

template <class Key, class Way>
totals trade_with(std::uint32_t room, int count) {
  using namespace trade;
  gesta::unrecorded_states<company<Key>> states{{.dense = room, .others = 4}};
  gesta::unrecorded_sagas<company<Key>, delivery<Key>, Way> sagas(states, room);
  totals sum;
  const auto ended = [&](const Key&, gesta::ended how) { ++(how == gesta::ended::completed ? sum.completed : sum.compensated); };
  for (int i = 0; i < count; ++i) {
    const gesta::saga_stands at = sagas.begin({key_of<Key>(i), i});
    if (at == gesta::saga_stands::completed) ++sum.completed;
    if (at == gesta::saga_stands::compensated) ++sum.compensated;
    if (at == gesta::saga_stands::under_way) CHECK(sagas.begin({key_of<Key>(i), i}) == gesta::saga_stands::known);
  }
  sagas.run(ended);
  for (int i = 0; i < count; ++i) {
    sum.voided += states.template of<orders<Key>>(key_of<Key>(i)).voided;
    sum.held += states.template of<tills<Key>>(key_of<Key>(i)).held;
    sum.packed += states.template of<shelves<Key>>(key_of<Key>(i)).packed_count;
  }
  return sum;
}

using short_text = gesta::text<16>;

}  // namespace

TEST_CASE("many instances come to the same ends in each way, whatever the keys are and however little room there was") {
  int held = 0;
  for (int i = 0; i < 700; ++i) held += i % 7 == 0 ? 0 : i;
  const totals right{600, 100, 100, held, 600};
  CHECK(text_of(trade_with<int, gesta::to_completion>(1024, 700)) == text_of(right));
  CHECK(text_of(trade_with<int, gesta::in_rounds>(1024, 700)) == text_of(right));
  CHECK(text_of(trade_with<int, gesta::in_order>(1024, 700)) == text_of(right));
  CHECK(text_of(trade_with<int, gesta::to_completion>(3, 700)) == text_of(right));
  CHECK(text_of(trade_with<int, gesta::in_rounds>(3, 700)) == text_of(right));
  CHECK(text_of(trade_with<int, gesta::in_order>(3, 700)) == text_of(right));
  CHECK(text_of(trade_with<int, gesta::in_order>(0, 700)) == text_of(right));
  CHECK(text_of(trade_with<short_text, gesta::to_completion>(16, 700)) == text_of(right));
  CHECK(text_of(trade_with<short_text, gesta::in_rounds>(16, 700)) == text_of(right));
  CHECK(text_of(trade_with<short_text, gesta::in_order>(16, 700)) == text_of(right));
  CHECK(text_of(trade_with<std::string, gesta::to_completion>(16, 700)) == text_of(right));
  CHECK(text_of(trade_with<std::string, gesta::in_order>(16, 700)) == text_of(right));
}

TEST_CASE("a command that is asked again later waits for its time, and so often as the step says") {
  using namespace trade;
  gesta::unrecorded_states<company<int>> states;
  gesta::unrecorded_sagas<company<int>, delivery<int>> sagas(states);
  int completed = 0;
  int compensated = 0;
  const auto ended = [&](int, gesta::ended how) { ++(how == gesta::ended::completed ? completed : compensated); };
  const auto at = [](std::int64_t s) { return gesta::timestamp{} + gesta::seconds(s); };
  shelf<int>::is_closed = true;

  sagas.run(ended, at(100));
  CHECK(sagas.begin({1, 1}) == gesta::saga_stands::waiting);
  CHECK(sagas.begin({1, 1}) == gesta::saga_stands::known);
  CHECK(sagas.begin({7, 7}) == gesta::saga_stands::compensated);  // others do not wait for it
  CHECK(sagas.run(ended, at(109)) == 0);
  CHECK(sagas.run(ended, at(110)) == 1);
  CHECK(sagas.has(1));
  shelf<int>::is_closed = false;
  CHECK(sagas.run(ended, at(119)) == 0);
  CHECK(sagas.run(ended, at(120)) == 1);
  CHECK(completed == 1);
  CHECK(!sagas.has(1));

  shelf<int>::is_closed = true;
  CHECK(sagas.begin({2, 2}) == gesta::saga_stands::waiting);
  CHECK(sagas.begin({3, 3}) == gesta::saga_stands::waiting);
  CHECK(sagas.run(ended, at(130)) == 2);
  CHECK(sagas.run(ended, at(140)) == 2);
  CHECK(compensated == 0);
  CHECK(sagas.run(ended, at(150)) == 6);  // refused for good: paid back, and voided
  CHECK(compensated == 2);
  CHECK(states.of<tills<int>>(2).held == 0);
  CHECK(states.of<orders<int>>(2).voided == 1);
  shelf<int>::is_closed = false;
}

TEST_CASE("a command begins an instance by the event it records, and whoever asks is told") {
  script all_done;
  says = &all_done;
  std::vector<asked> trace;
  heard = &trace;
  gesta::unrecorded_states<world<simple_trip>> states;
  gesta::unrecorded_sagas<world<simple_trip>, simple_trip> sagas(states);
  int told = 0;
  sagas.handle(act<0>{4, 50}, [&](const auto& outcome) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(outcome)>, done<0>>) told = outcome.told;
  });
  CHECK(told == 50);
  CHECK(text_of(trace) == " do 0(50) do 1(50)");
  CHECK(states.of<services<0>>(4).standing == 1);
  CHECK(states.find<services<1>>(4)->standing == 1);
}

namespace {

/// States of the user's own, who hears what happens.
struct own_states {
  trade::order_state<int> orders[8];
  trade::till<int> tills[8];
  trade::shelf<int> shelves[8];
  int paid = 0;

  template <class Aggregate>
  auto& of(int key) {
    if constexpr (std::is_same_v<Aggregate, trade::orders<int>>) return orders[key];
    else if constexpr (std::is_same_v<Aggregate, trade::tills<int>>) return tills[key];
    else return shelves[key];
  }
  void happened(const trade::paid<int>& e) { paid += e.pieces; }
};

template <class Way>
std::size_t allocations_of() {
  using namespace trade;
  own_states states;
  gesta::unrecorded_sagas<company<int>, delivery<int>, Way, own_states> sagas(states, 8);
  const std::size_t before = allocations;
  int ends = 0;
  for (int turn = 0; turn < 100; ++turn) {
    for (int i = 0; i < 8; ++i)
      if (sagas.begin({i, i}) <= gesta::saga_stands::compensated) ++ends;
    sagas.run([&](int, gesta::ended) { ++ends; });
  }
  CHECK(ends == 800);
  CHECK(states.paid == 100 * (1 + 2 + 3 + 4 + 5 + 6));
  return allocations - before;
}

}  // namespace

TEST_CASE("nothing is taken from the heap on the way, and states may be the user's own") {
  CHECK(allocations_of<gesta::to_completion>() == 0);
  CHECK(allocations_of<gesta::in_rounds>() == 0);
  CHECK(allocations_of<gesta::in_order>() == 0);
}

namespace {

struct shop : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, fulfilment> {};

/// The third is too dear, the seventh cannot be delivered, and of the first item there are three pieces.
const std::vector<order::place> placed_orders = {{1, 1, 100}, {2, 2, 200}, {3, 2, 500'01}, {4, 1, 300}, {5, 1, 400}, {6, 1, 500}, {7, 2, 600}, {8, 2, 700}};

template <class StateOf>
std::string report(StateOf state_of) {
  std::string all;
  for (const order::place& one : placed_orders) {
    const order::state& o = state_of(static_cast<order::orders*>(nullptr), one.order);
    all += (o.confirmed ? " +" : " -") + std::to_string(static_cast<int>(o.cancelled)) + " held " +
           std::to_string(state_of(static_cast<payment::payments*>(nullptr), one.order).held) +
           (state_of(static_cast<shipping::parcels*>(nullptr), one.order).shipped ? " shipped;" : ";");
  }
  for (int item = 1; item <= 2; ++item) all += " left " + std::to_string(state_of(static_cast<stock::stocks*>(nullptr), item).left);
  return all;
}

std::string with_records() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto sagas = gesta::run_sagas(app);
  for (const order::place& one : placed_orders) app.handle(one).match([](const order::state&) {}, [](const gesta::failure&) {});
  while (sagas.poll().steps != 0) {
  }
  return report([&]<class Aggregate>(Aggregate*, int key) -> const auto& { return app.template state<Aggregate>(key); });
}
template <class Way>
std::string without_records() {
  gesta::unrecorded_states<shop> states;
  gesta::unrecorded_sagas<shop, fulfilment, Way> sagas(states);
  for (const order::place& one : placed_orders) sagas.handle(one);
  sagas.run();
  return report([&]<class Aggregate>(Aggregate*, int key) -> const auto& { return states.template of<Aggregate>(key); });
}

}  // namespace

TEST_CASE("a saga of a model that is kept with records comes to the same states without") {
  const std::string right = with_records();
  CHECK(right == " +0 held 100 shipped; +0 held 200 shipped; -1 held 0; +0 held 300 shipped; +0 held 400 shipped; -2 held 0; -3 held 0;"
                 " +0 held 700 shipped; left 0 left 1");
  CHECK(without_records<gesta::to_completion>() == right);
  CHECK(without_records<gesta::in_rounds>() == right);
  CHECK(without_records<gesta::in_order>() == right);
}

namespace {

struct opens {
  static constexpr auto id = "opens";
  using begun_by = order::placed;
  auto undo(const order::placed& o) const -> order::cancel { return {o.order, order::cause::shipping}; }
};
struct sends {
  static constexpr auto id = "sends";
  using undo = gesta::irreversible;
  auto run(const order::placed& o) const -> shipping::ship { return {o.order}; }
  auto on(const shipping::undeliverable&) const -> gesta::again<2> { return {}; }
};
struct patient : gesta::saga<gesta::by<"order">, opens, sends> { static constexpr auto id = "patient"; };
struct post : gesta::model<order::orders, shipping::parcels, patient> {};

template <class Way>
void waits_a_second_each_time() {
  gesta::unrecorded_states<post> states;
  gesta::unrecorded_sagas<post, patient, Way> sagas(states);
  int compensated = 0;
  const auto ended = [&](int, gesta::ended how) { compensated += how == gesta::ended::compensated; };
  const auto at = [](std::int64_t milliseconds) { return gesta::timestamp{} + gesta::milliseconds(milliseconds); };
  sagas.handle(order::place{7, 5, 100});
  sagas.run(ended, at(0));
  CHECK(sagas.run(ended, at(999)) == 0);
  CHECK(sagas.run(ended, at(1000)) == 1);
  CHECK(sagas.run(ended, at(1999)) == 0);
  CHECK(compensated == 0);
  CHECK(sagas.run(ended, at(2000)) == 2);  // refused for good, and cancelled
  CHECK(compensated == 1);
}

}  // namespace

TEST_CASE("gesta::again waits for a second where nothing is said, with records and without") {
  std::int64_t now = 1;
  struct test_clock {
    const std::int64_t* now;
    gesta::timestamp operator()() const noexcept { return {*now}; }
  };
  auto app = gesta::start<post>(gesta::memory_store{}, test_clock{&now});
  auto sagas = gesta::run_sagas(app);
  app.handle(order::place{7, 5, 100});
  for (int tries = 0; tries < 2; ++tries) {
    const gesta::ran made = sagas.poll();
    CHECK(made.steps == 1);
    CHECK(made.next_due == gesta::timestamp{now} + gesta::seconds(1));
    CHECK(sagas.poll().steps == 0);
    now = made.next_due.nanoseconds;
  }
  CHECK(sagas.poll().steps == 2);
  CHECK(sagas.state<patient>(7).what == gesta::saga_standing::is::compensated);
  waits_a_second_each_time<gesta::to_completion>();
  waits_a_second_each_time<gesta::in_rounds>();
  waits_a_second_each_time<gesta::in_order>();
}
