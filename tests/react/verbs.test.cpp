#include <doctest/doctest.h>

#include <gesta/react/verbs.hpp>

#include <type_traits>

namespace {

struct sold {};
struct returned {};
struct refunded {};
struct by_day {
  int events = 0;
  std::uint64_t last = 0;
};
void project(by_day& d, const sold&) { ++d.events; }
void project(by_day& d, const returned&, const gesta::about& a) { d.last = a.position; }

struct refund {};
struct already_refunded {};
struct refunds {};
[[maybe_unused]] refund react(const refunds&, const returned&) { return {}; }
[[maybe_unused]] auto react(const refunds&, const sold&, const gesta::about&) { return gesta::to("till", refund{}); }
[[maybe_unused]] void react(const refunds&, const refund&, const already_refunded&) {}
[[maybe_unused]] void react(const refunds&, const refund&, gesta::nothing, const gesta::about&) {}

}  // namespace

TEST_CASE("a view projects with and without about, and nothing else") {
  CHECK(gesta::projects<by_day, sold>);
  CHECK(gesta::projects<by_day, returned>);
  CHECK_FALSE(gesta::projects<by_day, refunded>);
}

TEST_CASE("a reactor reacts with and without about, and nothing else") {
  CHECK(gesta::reacts<refunds, returned>);
  CHECK(gesta::reacts<refunds, sold>);
  CHECK_FALSE(gesta::reacts<refunds, refunded>);
}

TEST_CASE("a reactor hears a rejection, and that nothing was to be done") {
  CHECK(gesta::hears<refunds, refund, already_refunded>);
  CHECK(gesta::hears<refunds, refund, gesta::nothing>);
  CHECK_FALSE(gesta::hears<refunds, refund, returned>);
}

TEST_CASE("the command in a reaction is what it returns, or what is addressed") {
  using plain = gesta::detail::command_in<refund>;
  CHECK(std::is_same_v<plain::type, refund>);
  CHECK_FALSE(plain::addressed);
  using sent = gesta::detail::command_in<gesta::addressed<const char*, refund>>;
  CHECK(std::is_same_v<sent::type, refund>);
  CHECK(sent::addressed);
  CHECK(std::is_same_v<gesta::detail::react_result<refunds, sold>, gesta::addressed<const char*, refund>>);
}

TEST_CASE("a view is told what surrounds an event only where it asks") {
  by_day view;
  int made = 0;
  const auto make = [&] {
    ++made;
    gesta::about a;
    a.position = 9;
    return a;
  };
  gesta::detail::call_project(view, sold{}, make);
  CHECK(made == 0);
  gesta::detail::call_project(view, returned{}, make);
  CHECK(made == 1);
  CHECK(view.events == 1);
  CHECK(view.last == 9);
}
