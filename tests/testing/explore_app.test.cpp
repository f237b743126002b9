#include <gesta/testing/explore_app.hpp>

#include <string>

#include <doctest/doctest.h>

#include "remote_sagas.hpp"
#include "sagas.hpp"

using gesta::ended;
using gesta::testing::explore_app;
using gesta::testing::explored;

namespace {

// What was paid is kept where it completed, and only there; the same for stock.
template <class App>
bool adds_up(App& app, ended how) {
  const bool is_done = how == ended::completed;
  const auto& o = app.template state<order::orders>(1);
  return app.template state<payment::payments>(1).held == (is_done ? 100 : 0) && app.template state<stock::stocks>(5).held == (is_done ? 1 : 0) &&
         app.template state<shipping::parcels>(1).shipped == is_done && o.confirmed == is_done && (o.cancelled != order::cause::none) == !is_done;
}
constexpr auto check = [](auto& app, ended how) { return adds_up(app, how); };

}  // namespace

TEST_CASE("whatever disturbs it, an order is paid, taken from the stock and sent, or nothing of it is") {
  const explored one = explore_app<shop, fulfilment>(order::place{1, 5, 100}).each(check);
  CHECK(one);
  CHECK(one.states > 300);
  CHECK(one.completed > 50);
  CHECK(one.compensated > 100);
  CHECK(one.completed + one.compensated == one.states);
  const explored two =
      explore_app<shop, fulfilment>({.duplicates = 2, .timeouts = 1, .crashes = 2}, order::place{1, 5, 100}).each(check);
  CHECK(two);
  CHECK(two.states > 4 * one.states);
  // The same where somebody else says that it was placed.
  const explored event = explore_app<shop, fulfilment>(order::placed{1, 5, 100}).each(check);
  CHECK(event);
  CHECK(event.states == one.states);
}

TEST_CASE("the same where the customer cancels at any time, before it or behind it") {
  const explored all = explore_app<shop_of_cancellable, cancellable>(order::place{1, 5, 100}, order::ask_to_cancel{1}).each(check);
  CHECK(all);
  const explored never =
      explore_app<shop_of_cancellable, cancellable>({.interrupts = 0}, order::place{1, 5, 100}, order::ask_to_cancel{1}).each(check);
  CHECK(never);
  CHECK(all.states > 2 * never.states);
}

TEST_CASE("many commands, some asked again, undos that are refused, and the deadline of the whole") {
  const auto held = [](auto& app, ended how) {
    const depot::state& s = app.template state<depot::all>(2);
    return how == ended::completed ? s.picked == 2 && s.billed : s.picked == 0 && !s.billed;
  };
  const explored all = explore_app<depots, delivery>(depot::order_it{2}, depot::withdraw{2}).each(held);
  CHECK(all);
  CHECK(all.completed > 100);
  CHECK(all.compensated > 100);
}

TEST_CASE("groups") {
  const explored all = explore_app<agency, travel>({.duplicates = 0}, trip::ask{7}).each([](auto& app, ended how) {
    const bool is_done = how == ended::completed;
    const int paid = (app.template state<visa::all>(7).ref != 0 ? 1 : 0) + (app.template state<bank::all>(7).ref != 0 ? 1 : 0);
    const bool flies = app.template state<flight::all>(7).ref != 0, sleeps = app.template state<hotel::all>(7).ref != 0;
    return paid == (is_done ? 1 : 0) && flies == is_done && sleeps == is_done;
  });
  CHECK(all);
  CHECK(all.completed > 10);
  CHECK(all.compensated > 10);
}

TEST_CASE("a check that does not hold gives the story of it") {
  const explored all = explore_app<shop, fulfilment>({.duplicates = 0, .crashes = 0}, order::place{1, 5, 100}).each([](auto&, ended how) {
    return how == ended::completed;
  });
  CHECK(!all);
  CHECK(all.problem ==
        "  place{order: 1, item: 5, cents: 100}\n"
        "  it goes on\n"
        "  it goes on\n"
        "  ship_parcel is refused with undeliverable\n"
        "  it goes on\n"
        "  it goes on\n"
        "  it goes on\n"
        "  compensated\n"
        "=> the check does not hold");
  int calls = 0;
  bool has_waited = false;
  const auto hear = [&](auto&, ended, const char* story) {
    ++calls;
    has_waited = has_waited || std::string(story).find("time passes") != std::string::npos;
  };
  const explored told = explore_app<shop, fulfilment>({.duplicates = 0, .crashes = 0}, order::place{1, 5, 100}).each(hear);
  CHECK(told);
  CHECK(static_cast<std::size_t>(calls) == told.states);
  CHECK(has_waited);
}

TEST_CASE("more stories than it may tell, and a message that begins nothing") {
  const explored few = explore_app<shop, fulfilment>({.stories = 10}, order::place{1, 5, 100}).each(check);
  CHECK(few.problem == "there are more stories than app_options::stories allows to tell");
  const explored none = explore_app<shop, fulfilment>(order::ask_to_cancel{1}).each(check);
  CHECK(none.problem == "  ask_to_cancel{order: 1}\n=> the saga does not begin");
}

TEST_CASE("steps that ask other services: each outcome of their contracts, no answer, one that comes late, and one that comes twice") {
  const auto right = [](auto& app, ended how) {
    const web::order& o = app.template state<web::orders>(3);
    const bool is_done = how == ended::completed;
    return o.is_confirmed == is_done && o.is_cancelled == !is_done && o.parcel == (is_done ? 103 : 0);  // by a fact of an answer
  };
  const explored all = explore_app<web::shop, web::selling>(web::place{3, 500}).each(right);
  CHECK(all);
  CHECK(all.completed > 100);
  CHECK(all.compensated > 100);
  const explored more = explore_app<web::shop, web::selling>({.timeouts = 2, .crashes = 0, .refusals = 2}, web::place{3, 500}).each(right);
  CHECK(more);
  CHECK(more.compensated > all.compensated / 2);
}

TEST_CASE("what a check finds of answers elsewhere is told with the story of it") {
  const explored all = explore_app<web::shop, web::selling>({.duplicates = 0, .crashes = 0, .refusals = 0}, web::place{3, 500}).each([](auto& app, ended) {
    return !app.template state<web::orders>(3).is_cancelled;
  });
  CHECK(all.problem ==
        "  place{order: 3, cents: 500}\n"
        "  takes_money is answered with paid\n"
        "  sends_parcel is done elsewhere, and its answer is on its way\n"
        "  time passes\n"
        "  it goes on\n"
        "  the undo of sends_parcel is answered with called_back\n"
        "  the undo of takes_money is answered with paid_back\n"
        "  too late, sends_parcel is answered with sent_off\n"
        "  it goes on\n"
        "  compensated\n"
        "=> the check does not hold");
}
