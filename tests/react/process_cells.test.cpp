// What is read from the type of a process: its inputs, its commands, and which inputs can come in which state.
#include <gesta/react/process_cells.hpp>

#include <doctest/doctest.h>

#include <gesta/model/model.hpp>

#include "../../examples/manager.hpp"

using gesta::detail::contains;
using gesta::detail::index_of;
using gesta::detail::npos;
using gesta::detail::process_cells;
using gesta::detail::same;
using gesta::detail::types;

namespace {

struct shop : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, manager> {};

template <class Cells, class State, class Input>
constexpr bool comes =
    Cells::walk.can_come[index_of<State, typename Cells::states> * Cells::inputs::size + index_of<Input, typename Cells::inputs>];
template <class Cells, class State>
constexpr int row = [] {
  int count = 0;
  for (std::size_t i = 0; i < Cells::inputs::size; ++i) count += Cells::walk.can_come[index_of<State, typename Cells::states> * Cells::inputs::size + i];
  return count;
}();
template <class Cells>
constexpr int all_cells = [] {
  int count = 0;
  for (const bool one : Cells::walk.can_come) count += one;
  return count;
}();

}  // namespace

namespace the_manager {

using namespace managing;
using cells = process_cells<gesta::flow<shop>, manager>;

TEST_CASE("The inputs of a process are what it begins with and listens to, the time, and all outcomes of what it asks") {
  static_assert(same<cells::commands, types<charge, reserve, cancel, ship, release, refund, confirm>>);
  static_assert(cells::inputs::size == 17);
  static_assert(contains<gesta::unchanged<refund>, cells::inputs> && !contains<gesta::unchanged<charge>, cells::inputs>);
  static_assert(contains<sold_out, cells::inputs> && contains<gesta::timed_out, cells::inputs>);
  static_assert(cells::cells::size == 18);
}

TEST_CASE("Only the answers to what is open can come, and what the process listens to from its beginning to its end") {
  static_assert(row<cells, idle> == 1 && comes<cells, idle, placed>);
  static_assert(row<cells, paying> == 3 && comes<cells, paying, charged>);
  static_assert(comes<cells, paying, card_declined> && comes<cells, paying, cancel_asked>);
  static_assert(row<cells, stopping> == 3 && comes<cells, stopping, reserved> && comes<cells, stopping, sold_out>);
  static_assert(row<cells, cancelling> == 3 && comes<cells, cancelling, gesta::unchanged<cancel>>);
  static_assert(row<cells, done> == 0 && row<cells, gone> == 0);
  static_assert(all_cells<cells> == 1 + 3 * 8);
  static_assert(cells::walk.without_end(cells::table) == npos && cells::walk.ends_with_open == npos && !cells::walk.is_too_long);
}

}  // namespace the_manager

// ---- answers of several events, several commands at once, what waits, moves that depend on values

namespace parts {

struct begun_of { int key; static constexpr auto id = "begun"; };
struct begin { int key; };
struct first { int key; static constexpr auto id = "first"; };
struct second { int key; static constexpr auto id = "second"; };
struct third { int key; static constexpr auto id = "third"; };
struct poked { int key; static constexpr auto id = "poked"; };
struct both { int key; static constexpr auto id = "both"; };
struct one { int key; static constexpr auto id = "one"; };
struct poke { int key; };
struct no { static constexpr auto id = "no"; };
struct thing { int count = 0; };
constexpr void evolve(thing& t, const begun_of&) { ++t.count; }
constexpr void evolve(thing& t, const first&) { ++t.count; }
constexpr void evolve(thing& t, const second&) { ++t.count; }
constexpr void evolve(thing& t, const third&) { ++t.count; }
constexpr void evolve(thing& t, const poked&) { ++t.count; }
constexpr auto decide(const thing&, const begin& c) -> gesta::emits<begun_of> { return begun_of{c.key}; }
constexpr auto decide(const thing&, const poke& c) -> gesta::emits<poked> { return poked{c.key}; }
constexpr auto decide(const thing&, const both& c) -> gesta::emits<first, gesta::many<second>> { return first{c.key}; }
constexpr auto decide(const thing& t, const one& c) -> gesta::emits<third>::or_rejects<no> {
  if (t.count == 9) return no{};
  return third{c.key};
}
struct things : gesta::aggregate<thing, gesta::commands<begin, both, one, poke>, gesta::by<"key">> { static constexpr auto id = "thing"; };
using flow = gesta::flow_of_parts<types<things>>;

struct over { static constexpr auto id = "over"; static constexpr auto ends = gesta::ended::completed; };

}  // namespace parts

namespace several_events {

struct before { static constexpr auto id = "before"; };
struct asking { static constexpr auto id = "asking"; };
struct half { static constexpr auto id = "half"; using ignores = gesta::inputs<parts::second>; };
constexpr auto on(const before&, const parts::begun_of& e) -> gesta::becomes<asking>::asks<parts::both> { return {asking{}, parts::both{e.key}}; }
constexpr auto on(const asking&, const parts::first&) -> gesta::becomes<half> { return half{}; }
constexpr auto on(const asking&, const parts::second&) -> gesta::becomes<half> { return half{}; }
struct subject : gesta::process<gesta::by<"key">, gesta::begins<parts::begun_of>, gesta::states<before, asking, half>> {};
using cells = process_cells<parts::flow, subject>;

TEST_CASE("Behind the first event of a decision the others can come, and nothing else of it") {
  static_assert(row<cells, asking> == 2 && row<cells, half> == 1 && comes<cells, half, parts::second>);
  static_assert(cells::walk.without_end(cells::table) == 0);
}

}  // namespace several_events

namespace at_once {

struct before { static constexpr auto id = "before"; };
struct asking { static constexpr auto id = "asking"; using defers = gesta::inputs<parts::first>; using ignores = gesta::inputs<parts::second>; };
struct later { static constexpr auto id = "later"; using ignores = gesta::inputs<parts::second>; };
constexpr auto on(const before&, const parts::begun_of& e) -> gesta::becomes<asking>::asks<parts::both, parts::one> {
  return {asking{}, parts::both{e.key}, parts::one{e.key}};
}
constexpr auto on(const asking&, const parts::third&) -> gesta::becomes<later> { return later{}; }
constexpr auto on(const asking&, const parts::no&) -> gesta::becomes<parts::over> { return parts::over{}; }
constexpr auto on(const later&, const parts::first&) -> gesta::becomes<parts::over> { return parts::over{}; }
struct subject : gesta::process<gesta::by<"key">, gesta::begins<parts::begun_of>, gesta::states<before, asking, later, parts::over>> {};
using cells = process_cells<parts::flow, subject>;

TEST_CASE("What was put off can come in the next state, as well as what is still open; an end with an open command is found") {
  static_assert(row<cells, asking> == 4 && comes<cells, later, parts::first> && comes<cells, later, parts::second>);
  static_assert(!comes<cells, later, parts::third>);
  static_assert(cells::walk.ends_with_open == index_of<parts::over, cells::states>);
  static_assert(cells::walk.open_at_end == index_of<parts::both, cells::commands>);
}

}  // namespace at_once

namespace many_of_one {

struct before { static constexpr auto id = "before"; };
struct asking { int left; static constexpr auto id = "asking"; using rejects = gesta::inputs<parts::no>; };
constexpr auto on(const before&, const parts::begun_of& e) -> gesta::becomes<asking>::asks<gesta::many<parts::one>> {
  return {asking{2}, gesta::many<parts::one>{{e.key}, {e.key}}};
}
constexpr auto on(const asking& s, const parts::third&) -> gesta::either<gesta::becomes<asking>, gesta::becomes<parts::over>> {
  if (s.left == 1) return {parts::over{}};
  return {asking{s.left - 1}};
}
struct subject : gesta::process<gesta::by<"key">, gesta::begins<parts::begun_of>, gesta::states<before, asking, parts::over>> {};
using cells = process_cells<parts::flow, subject>;

TEST_CASE("Of many commands each answer can come again, and a move may lead to one state or another") {
  static_assert(comes<cells, asking, parts::third> && row<cells, asking> == 2);
  static_assert(cells::walk.leads[1 * 3 + 1] && cells::walk.leads[1 * 3 + 2] && !cells::walk.leads[0 * 3 + 2]);
  static_assert(cells::walk.ends_with_open == 2);  // by the values it cannot be: who ends on a count waits in a state of its own
  constexpr auto more = on(asking{2}, parts::third{1});
  static_assert(more.which() == 0 && more.get<0>().state.left == 1);
  static_assert(on(asking{1}, parts::third{1}).which() == 1);
  static_assert(on(before{}, parts::begun_of{7}).command<0>().size() == 2);
}

}  // namespace many_of_one

namespace answered_in_vain {

struct before { static constexpr auto id = "before"; };
struct waiting { static constexpr auto id = "waiting"; static constexpr auto within = gesta::seconds(60); };
struct asking { static constexpr auto id = "asking"; };
constexpr auto on(const before&, const parts::begun_of&) -> gesta::becomes<waiting> { return waiting{}; }
constexpr auto on(const waiting&, gesta::timed_out) -> gesta::becomes<asking>::asks<parts::one> { return {asking{}, parts::one{1}}; }
constexpr auto on(const waiting&, const parts::poked&) -> gesta::becomes<parts::over> { return parts::over{}; }
constexpr auto on(const asking&, const parts::third&) -> gesta::becomes<parts::over> { return parts::over{}; }
struct subject : gesta::process<gesta::by<"key">, gesta::begins<parts::begun_of>, gesta::listens_to<parts::poked>,
                                gesta::states<before, waiting, asking, parts::over>> {};
using cells = process_cells<parts::flow, subject>;

TEST_CASE("Time passes only in a state that says within, and what is listened to can come in every state but the first") {
  static_assert(comes<cells, waiting, gesta::timed_out> && !comes<cells, asking, gesta::timed_out>);
  static_assert(comes<cells, asking, parts::poked> && !comes<cells, before, parts::poked> && comes<cells, asking, parts::no>);
}

}  // namespace answered_in_vain
