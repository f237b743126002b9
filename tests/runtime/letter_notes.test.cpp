// What the observers of a consumer hear: letters, when they are kept.
#include <gesta/runtime/letter_notes.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <gesta/gesta.hpp>
#include <gesta/runtime/consumer.hpp>
#include <gesta/runtime/effects.hpp>

#include "map_views.hpp"

namespace {

struct sold { gesta::text<8> country; int cents; static constexpr auto id = "order.sold"; };
struct sell { gesta::text<8> country; int cents; };
struct order { int cents = 0; };
void evolve(order& o, const sold& e) { o.cents += e.cents; }
auto decide(const order&, const sell& c) -> gesta::emits<sold> { return sold{c.country, c.cents}; }
struct orders : gesta::aggregate<order, gesta::commands<sell>> { static constexpr auto id = "order"; };
struct shop : gesta::model<orders> {};

[[maybe_unused]] int poison = -1;  // a sale of so many cents cannot be projected

struct country_row { gesta::text<8> country; int cents = 0; };
void project(country_row& r, const sold& e) {
  r.cents += e.cents;
#if __cpp_exceptions
  if (e.cents == poison) throw std::runtime_error("poison");
#endif
}
struct by_country : gesta::projection<gesta::rows<country_row, "country">> { static constexpr auto id = "by_country"; };

// An effect that fails as often as it is told.
struct unreachable {
  int code;
  std::string describe() const { return "code " + std::to_string(code); }
};
struct post { int failing = 0, sent = 0; };
struct mailer { static constexpr auto id = "mailer"; };
auto perform(const mailer&, const sold&, post& p) -> gesta::done::or_fails<unreachable> {
  if (p.failing > 0) return --p.failing, unreachable{7};
  ++p.sent;
  return gesta::done{};
}
gesta::retry on_failure(const mailer&, const unreachable&) { return {.times = 3, .first = gesta::seconds(1), .factor = 1, .most = gesta::seconds(1)}; }

using lines = std::vector<std::string>;
struct recorder {
  lines all;
  lines take() { return std::exchange(all, {}); }
};
std::string text(std::uint64_t n) { return std::to_string(n); }
void observe(recorder& r, const gesta::retried& d) { r.all.push_back("retried " + std::string(d.who) + " @" + text(d.position) + " " + text(d.attempt) + ": " + d.cause); }
void observe(recorder& r, const gesta::parked& d) {
  r.all.push_back("parked " + std::string(d.who) + " @" + text(d.position) + " " + std::string(d.key.data, d.key.size) + " " + text(d.attempts) + ": " + d.cause);
}
void observe(recorder& r, const gesta::stalled& d) { r.all.push_back("stalled " + std::string(d.who) + ": " + d.why.describe()); }
void observe(recorder& r, const gesta::caught_up& d) { r.all.push_back("caught up " + std::string(d.who) + " @" + text(d.position)); }

struct set_clock {
  std::int64_t* now;
  gesta::timestamp operator()() const { return {*now}; }
};

}  // namespace

TEST_CASE("observers, a clock and the policy for unknown events are given in any order; a consumer tells of letters only") {
  std::int64_t now = 1;
  recorder r, of_app;
  auto app = gesta::start<shop>(gesta::memory_store{}, gesta::observed_by(of_app));
  auto one = gesta::consume<by_country>(app, map_views{}, gesta::observed_by(r), gesta::unknown_events::skip, set_clock{&now});
  auto other = gesta::consume<by_country>(app, map_views{}, set_clock{&now}, gesta::observed_by(r));
  static_assert(std::is_same_v<decltype(one), decltype(other)>);
  static_assert(std::is_empty_v<gesta::detail::letter_notes<gesta::observed_by<>>>);
  app.handle("1", sell{"FR", 1});
  CHECK(one.poll().handled == 1);
  CHECK(r.all.empty());       // what a poll comes to it returns
  CHECK(of_app.all.empty());  // that it has read all concerns nobody else
}

TEST_CASE("an effect that fails and is tried again is told each time, when that is kept") {
  std::int64_t now = 1'000'000'000;
  recorder r;
  post smtp{.failing = 2};
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto mails = gesta::perform_by<mailer>(app, map_views{}, smtp, gesta::from_beginning{}, set_clock{&now}, gesta::observed_by(r));
  CHECK(mails.poll());
  app.handle("1", sell{"FR", 10});
  app.handle("1", sell{"FR", 20});
  mails.views().failing_commits = 1;
  CHECK_FALSE(mails.poll());
  CHECK(r.take().empty());
  smtp.failing = 2;
  CHECK(mails.poll());
  CHECK(r.take() == lines{"parked mailer @1 1 1: unreachable: code 7", "parked mailer @2 1 0: "});
  now += 2'000'000'000;
  CHECK(mails.poll());
  CHECK(r.take() == lines{"retried mailer @1 1: unreachable: code 7", "parked mailer @1 1 2: unreachable: code 7"});
  now += 2'000'000'000;
  CHECK(mails.poll());
  CHECK(r.take() == lines{"retried mailer @1 2: unreachable: code 7"});
  CHECK(smtp.sent == 2);
}

#if __cpp_exceptions
TEST_CASE("an event that is put aside is told with those that wait behind it, and each time it is tried again") {
  recorder r;
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto keeper = gesta::consume<by_country>(app, map_views{}, gesta::observed_by(r));
  poison = 11;
  app.handle("1", sell{"FR", 10});
  app.handle("1", sell{"FR", 11});
  app.handle("1", sell{"DE", 11});
  app.handle("1", sell{"FR", 12});
  CHECK(keeper.poll());
  CHECK(r.take() == lines{"parked by_country @2 FR 1: poison", "parked by_country @3 DE 1: poison", "parked by_country @4 FR 0: "});
  CHECK(keeper.poll());
  CHECK(r.take().empty());

  gesta::letter head;
  CHECK(keeper.letters([&](const gesta::letter& l) { head = l; return false; }));
  CHECK(keeper.retry(head));
  CHECK(keeper.poll());
  CHECK(r.take() == lines{"retried by_country @2 1: poison", "parked by_country @2 FR 2: poison"});
  CHECK(keeper.retry(head));
  poison = -1;
  CHECK(keeper.poll());
  CHECK(r.take() == lines{"retried by_country @2 2: poison"});  // the one behind it was never tried before

  poison = 12;
  CHECK(keeper.rebuild("FR"));
  CHECK(r.take() == lines{"parked by_country @4 FR 1: poison"});
  poison = -1;
}

TEST_CASE("a commit of the view store that fails tells nothing of the letters that it took along") {
  recorder r;
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto keeper = gesta::consume<by_country>(app, map_views{}, gesta::observed_by(r));
  poison = 11;
  app.handle("1", sell{"FR", 11});
  keeper.views().failing_commits = 1;
  CHECK_FALSE(keeper.poll());
  CHECK(r.take().empty());
  CHECK(keeper.poll());
  CHECK(r.take() == lines{"parked by_country @1 FR 1: poison"});
  int kept = 0;
  CHECK(keeper.letters([&](const gesta::letter&) { ++kept; }));
  CHECK(kept == 1);  // the event is not passed over
  poison = -1;
}
#endif
