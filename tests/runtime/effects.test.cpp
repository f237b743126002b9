#include <gesta/runtime/effects.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <gesta/gesta.hpp>

#include <gesta/store/memory_views.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>

#include "../folder.hpp"
#include "map_views.hpp"

namespace {

struct paid {
  gesta::text<8> country;
  std::int64_t cents;
  static constexpr auto id = "order.paid";
};
struct noted {
  int what;
  static constexpr auto id = "order.noted";
};
struct pay {
  gesta::text<8> country;
  std::int64_t cents;
};
struct note {
  int what;
};
struct order {
  std::int64_t cents = 0;
};
constexpr void evolve(order& o, const paid& e) { o.cents += e.cents; }
constexpr void evolve(order&, const noted&) {}
constexpr auto decide(const order&, const pay& c) -> gesta::emits<paid> { return paid{c.country, c.cents}; }
constexpr auto decide(const order&, const note& c) -> gesta::emits<noted> { return noted{c.what}; }
struct orders : gesta::aggregate<order, gesta::commands<pay, note>> {
  static constexpr auto id = "order";
};
struct shop : gesta::model<orders> {};

// What acts outside: it writes down what it was asked for, and fails as it is told.
struct unreachable {
  int code;
  std::string describe() const { return "code " + std::to_string(code); }
};
struct refused {};
struct post {
  std::vector<std::string> sent;
  std::string tried;
  int unreachable_times = 0;
  std::int64_t refuses = -1, throws = -1;
};

struct mailer {
  static constexpr auto id = "mailer";
};
auto perform(const mailer&, const paid& e, post& p, const gesta::about& where) -> gesta::done::or_fails<unreachable, refused> {
  const std::string mail = std::string(where.key.data, where.key.size) + " " + std::to_string(e.cents);
  p.tried += mail + "; ";
#if __cpp_exceptions
  if (e.cents == p.throws) throw std::runtime_error("no such address");
#endif
  if (e.cents == p.refuses) return refused{};
  if (p.unreachable_times > 0) return --p.unreachable_times, unreachable{7};
  p.sent.push_back(mail);
  return gesta::done{};
}
gesta::retry on_failure(const mailer&, const unreachable&) { return {.times = 3, .first = gesta::seconds(1), .factor = 2, .most = gesta::seconds(3)}; }
gesta::park on_failure(const mailer&, const refused&) { return {}; }

// By country, and it cannot fail.
struct counter {
  static constexpr auto id = "counter";
};
void perform(const counter&, const paid& e, post& p) { p.sent.push_back(std::string(e.country.data(), e.country.size())); }
void perform(const counter&, const noted&, post& p) { p.sent.push_back("note"); }
gesta::text<8> locate(const counter&, const paid& e) { return e.country; }

struct counting_clock {
  std::int64_t* now;
  gesta::timestamp operator()() const { return {*now}; }
};
constexpr std::int64_t second = 1'000'000'000;

std::string joined(const std::vector<std::string>& all) {
  std::string text;
  for (const auto& one : all) text += one + "; ";
  return text;
}
template <class Effects>
std::string letters_of(Effects& effects) {
  std::string text;
  CHECK(effects.letters([&](const gesta::letter& l) {
    text += std::to_string(l.position) + " " + l.key + " " + std::to_string(l.attempts) + (l.cause.empty() ? "" : " " + l.cause) +
            (l.due.nanoseconds == 0 ? "" : " due " + std::to_string(l.due.nanoseconds / second)) + (l.discarded.empty() ? "" : " discarded") + "; ";
  }));
  return text;
}

}  // namespace

TEST_CASE("effects are performed in the order of the log, each once") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  post out;
  auto mails = gesta::perform_by<mailer>(app, map_views{}, out, gesta::from_beginning{});
  app.handle("1", pay{"FR", 10});
  app.handle("2", note{1});
  app.handle("2", pay{"DE", 20});
  const auto first = mails.poll();
  CHECK(first);
  CHECK(first.handled == 2);
  CHECK(first.caught_up);
  CHECK(mails.checkpoint().position == 3);
  app.handle("1", pay{"FR", 30});
  CHECK(mails.poll().handled == 1);
  CHECK(mails.poll().handled == 0);
  CHECK(joined(out.sent) == "1 10; 2 20; 1 30; ");
}

TEST_CASE("a limit is of stored events, and a poll goes on where the last one ended") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  post out;
  auto mails = gesta::perform_by<mailer>(app, map_views{}, out, gesta::from_beginning{});
  for (int i = 0; i < 200; ++i) app.handle("1", pay{"FR", i});
  CHECK(mails.poll(3).handled == 3);
  CHECK_FALSE(mails.poll(100).caught_up);
  CHECK(mails.checkpoint().position == 103);
  CHECK(mails.poll().handled == 97);
  CHECK(out.sent.size() == 200);
}

TEST_CASE("the log is asked for what is performed alone: a limit counts that, and the checkpoint goes past the rest") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  post out;
  auto mails = gesta::perform_by<mailer>(app, map_views{}, out, gesta::from_beginning{});
  for (int i = 0; i < 200; ++i) {
    app.handle("1", pay{"FR", i});
    for (int k = 0; k < 9; ++k) app.handle("2", note{k});
  }
  CHECK(mails.poll(3).handled == 3);
  CHECK(mails.checkpoint().position == 21);
  const auto rest = mails.poll(197);
  CHECK(rest.handled == 197);
  CHECK(mails.poll(1).caught_up);
  CHECK(mails.checkpoint().position == 2000);
  app.handle("2", note{1});
  app.handle("2", note{2});
  const auto past = mails.poll(1);
  CHECK(past.handled == 0);
  CHECK(past.caught_up);
  CHECK(mails.checkpoint().position == 2002);
}

TEST_CASE("from now on: nothing of the past is performed") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  post out;
  app.handle("1", pay{"FR", 10});
  auto mails = gesta::perform_by<mailer>(app, map_views{}, out, gesta::from_now{});
  CHECK(mails.poll().handled == 0);
  app.handle("1", pay{"FR", 20});
  CHECK(mails.poll().handled == 1);
  CHECK(joined(out.sent) == "1 20; ");
}

TEST_CASE("from now on, where the log is empty yet: what comes is performed") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  post out;
  auto mails = gesta::perform_by<mailer>(app, map_views{}, out, gesta::from_now{});
  CHECK(mails.poll().handled == 0);
  app.handle("1", pay{"FR", 20});
  CHECK(mails.poll().handled == 1);
}

TEST_CASE("an error is answered with a retry: it waits longer each time, later events of its key wait behind it, others go on") {
  std::int64_t now = 100 * second;
  auto app = gesta::start<shop>(gesta::memory_store{});
  post out;
  auto mails = gesta::perform_by<mailer>(app, map_views{}, out, gesta::from_beginning{}, counting_clock{&now});
  out.unreachable_times = 4;
  app.handle("1", pay{"FR", 10});
  CHECK(mails.poll().put_aside == 1);
  app.handle("1", pay{"FR", 11});
  app.handle("1", note{1});
  CHECK(letters_of(mails) == "1 1 1 unreachable: code 7 due 101; ");
  CHECK(mails.poll().put_aside == 1);
  CHECK(letters_of(mails) == "1 1 1 unreachable: code 7 due 101; 2 1 0; ");
  out.tried.clear();
  now = 101 * second;
  CHECK(mails.poll());
  CHECK(letters_of(mails) == "1 1 2 unreachable: code 7 due 103; 2 1 0; ");
  now = 102 * second;
  CHECK(mails.poll());
  CHECK(out.tried == "1 10; ");
  now = 103 * second;
  CHECK(mails.poll());
  CHECK(letters_of(mails) == "1 1 3 unreachable: code 7 due 106; 2 1 0; ");  // never longer than the most
  now = 106 * second;
  CHECK(mails.poll());
  CHECK(letters_of(mails) == "1 1 4 unreachable: code 7; 2 1 0; ");  // the last: a person has to say
  now = 1'000 * second;
  CHECK(mails.poll().handled == 0);
  app.handle("2", pay{"DE", 20});
  CHECK(mails.poll().handled == 1);

  gesta::letter head;
  CHECK(mails.letters([&](const gesta::letter& l) { return head = l, false; }));
  SUBCASE("tried again when a person says so, and those behind it follow in order") {
    CHECK(mails.retry(head));
    CHECK(mails.poll().handled == 2);
    CHECK(letters_of(mails).empty());
    CHECK(joined(out.sent) == "2 20; 1 10; 1 11; ");
  }
  SUBCASE("all of them at once") {
    CHECK(mails.retry_all());
    CHECK(mails.poll().handled == 2);
  }
  SUBCASE("discarded, those behind it follow") {
    CHECK(mails.discard(head, "was sent by hand"));
    CHECK(mails.poll().handled == 1);
    CHECK(joined(out.sent) == "2 20; 1 11; ");
    CHECK(letters_of(mails) == "1 1 4 unreachable: code 7 discarded; ");
    CHECK_FALSE(mails.retry(head));
  }
  SUBCASE("one that waits behind another cannot be tried before it") {
    head.position = 2;
    const auto no = mails.retry(head);
    REQUIRE_FALSE(no);
    CHECK(no.why().why == gesta::failure::kind::conflict);
  }
}

TEST_CASE("an error that is parked, and an exception, are not tried again by themselves") {
  std::int64_t now = 100 * second;
  auto app = gesta::start<shop>(gesta::memory_store{});
  post out;
  auto mails = gesta::perform_by<mailer>(app, map_views{}, out, gesta::from_beginning{}, counting_clock{&now});
  out.refuses = 10;
  out.throws = 11;
  app.handle("1", pay{"FR", 10});
#if __cpp_exceptions
  app.handle("2", pay{"FR", 11});
#endif
  CHECK(mails.poll());
#if __cpp_exceptions
  CHECK(letters_of(mails) == "1 1 1 refused; 2 2 1 no such address; ");
#else
  CHECK(letters_of(mails) == "1 1 1 refused; ");
#endif
  now += 1'000'000 * second;
  CHECK(mails.poll().put_aside == 0);
}

TEST_CASE("locate says what keeps its order; else it is the entity's key") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  post out;
  auto counts = gesta::perform_by<counter>(app, map_views{}, out, gesta::from_beginning{}, gesta::events_a_commit{10});
  app.handle("1", pay{"FR", 10});
  app.handle("2", note{1});
  CHECK(counts.poll().handled == 2);
  CHECK(joined(out.sent) == "FR; note; ");
}

TEST_CASE("it stops by itself after failures of one kind in a row, and goes on when a person says so") {
  std::int64_t now = 100 * second;
  auto app = gesta::start<shop>(gesta::memory_store{});
  post out;
  gesta::stop_after stop{.keys = 0, .in_a_row = 3};
  SUBCASE("only a person lets it go on") {}
  SUBCASE("or it tries by itself after a time, and one more failure stops it again") { stop.resumes_after = gesta::seconds(60); }
  auto mails = gesta::perform_by<mailer>(app, map_views{}, out, gesta::from_beginning{}, stop, counting_clock{&now});
  out.unreachable_times = 5;
  for (int i = 0; i < 10; ++i) app.handle(std::to_string(i).c_str(), pay{"FR", i});
  const auto stopped = mails.poll();
  REQUIRE_FALSE(stopped);
  CHECK(stopped.why().why == gesta::failure::kind::stopped);
  CHECK(std::string(stopped.why().describe()) == "the consumer mailer has stopped: 3 failures in a row, the last: unreachable: code 7");
  CHECK(stopped.put_aside == 3);
  CHECK(mails.checkpoint().position == 3);
  CHECK_FALSE(mails.poll());
  now += 2 * second;
  CHECK_FALSE(mails.poll());
  CHECK(out.sent.empty());
  if (stop.resumes_after.nanoseconds == 0) {
    CHECK(mails.resume());
    out.unreachable_times = 0;
    CHECK(mails.poll());
  } else {
    now += 60 * second;
    CHECK_FALSE(mails.poll());
    CHECK(out.unreachable_times == 1);
    now += 60 * second;
    out.unreachable_times = 0;
    CHECK(mails.poll());
  }
  CHECK(out.sent.size() == 10);
  CHECK(letters_of(mails).empty());
}

TEST_CASE("several effects a commit: a key waits for what was put aside in the same one") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  post out;
  auto mails = gesta::perform_by<mailer>(app, map_views{}, out, gesta::from_beginning{}, gesta::events_a_commit{10});
  out.refuses = 10;
  for (const int cents : {10, 11, 12}) app.handle("1", pay{"FR", cents});
  app.handle("2", pay{"FR", 13});
  CHECK(mails.poll().put_aside == 3);
  CHECK(joined(out.sent) == "2 13; ");
}

TEST_CASE("failures are in a row only when nothing was done between them") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  post out;
  auto mails = gesta::perform_by<mailer>(app, map_views{}, out, gesta::from_beginning{}, gesta::stop_after{.keys = 0, .in_a_row = 2});
  out.refuses = 10;
  for (const char* key : {"1", "2", "3", "4"}) app.handle(key, pay{"FR", *key % 2 == 0 ? 10 : 20});
  CHECK(mails.poll());
  CHECK(mails.poll().caught_up);
}

TEST_CASE("it stops by itself when too many keys are blocked") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  post out;
  auto mails = gesta::perform_by<mailer>(app, map_views{}, out, gesta::from_beginning{}, gesta::stop_after{.keys = 2, .in_a_row = 0});
  out.refuses = 10;
  for (const char* key : {"1", "2", "2", "3", "4"}) app.handle(key, pay{"FR", 10});
  const auto stopped = mails.poll();
  REQUIRE_FALSE(stopped);
  CHECK(std::string(stopped.why().describe()) == "the consumer mailer has stopped: 3 keys are blocked, the last: refused");
  CHECK(stopped.put_aside == 4);
  CHECK(mails.checkpoint().position == 4);
  out.refuses = -1;
  CHECK(mails.retry_all());  // lets it go on as well
  CHECK(mails.poll());
  CHECK(out.sent.size() == 5);
}

TEST_CASE("a new version continues exactly where the old one stopped, with its letters, and the old one never goes on") {
  const folder place;
  const std::string path = place / "shop.db";
  auto app = gesta::start<shop>(gesta::sqlite_store{.path = path, .level = gesta::durability::process});
  const gesta::sqlite_views views{.path = path, .level = gesta::durability::process};
  post out;
  auto old = gesta::perform_by<mailer>(app, views, out, gesta::from_beginning{});
  out.refuses = 11;
  for (const int cents : {10, 11, 12}) REQUIRE(static_cast<bool>(app.handle("1", pay{"FR", cents})));
  CHECK(old.poll());
  REQUIRE(static_cast<bool>(app.handle("2", pay{"DE", 13})));
  CHECK(joined(out.sent) == "1 10; ");

  auto nobody = gesta::perform_by<counter>(app, views, out, gesta::continues{"nobody"});
  CHECK_FALSE(nobody.poll());
  auto next = gesta::perform_by<counter>(app, views, out, gesta::continues{"mailer"});
  CHECK(next.poll().handled == 1);
  CHECK(joined(out.sent) == "1 10; DE; ");
  CHECK(letters_of(old).empty());
  CHECK(letters_of(next) == "2 1 1 refused; 3 1 0; ");
  const auto no = old.poll();
  REQUIRE_FALSE(no);
  CHECK(no.why().why == gesta::failure::kind::conflict);
  auto again = gesta::perform_by<mailer>(app, views, out, gesta::from_beginning{});  // the old program, started again
  CHECK_FALSE(again.poll());
  auto third = gesta::perform_by<counter>(app, views, out, gesta::continues{"mailer"});  // the new one as well: it has its own checkpoint
  CHECK(third.poll().handled == 0);
  CHECK(joined(out.sent) == "1 10; DE; ");
}

TEST_CASE("who performs under a name that somebody else uses stops, and overwrites nothing") {
  const folder place;
  const std::string path = place / "shop.db";
  auto app = gesta::start<shop>(gesta::sqlite_store{.path = path, .level = gesta::durability::process});
  const gesta::sqlite_views views{.path = path, .level = gesta::durability::process};
  REQUIRE(static_cast<bool>(app.handle("1", pay{"FR", 10})));
  post out;
  auto mine = gesta::perform_by<mailer>(app, views, out, gesta::from_beginning{});
  CHECK(mine.poll().handled == 1);
  REQUIRE(static_cast<bool>(app.handle("1", pay{"FR", 11})));
  SUBCASE("by a claim: the other one says so and does nothing") {
    auto other = gesta::perform_by<mailer>(app, views, out, gesta::from_beginning{});
    other.under({{1, 2}, gesta::seconds(60)});
    CHECK(other.poll().handled == 1);
    REQUIRE(static_cast<bool>(app.handle("1", pay{"FR", 12})));
    const auto kept_off = mine.poll();
    CHECK(kept_off);
    CHECK(kept_off.owned_elsewhere);
    CHECK(other.release());
    CHECK(mine.poll().handled == 1);
  }
  SUBCASE("paused, it stands still until somebody lets it go on") {
    auto person = gesta::perform_by<mailer>(app, views, out, gesta::from_now{});
    CHECK(person.pause());
    CHECK(mine.poll().is_paused);
    CHECK(person.resume());
    CHECK(mine.poll().handled == 1);
  }
  CHECK(out.sent.back() == (out.sent.size() == 3 ? "1 12" : "1 11"));
}

namespace {

// Its effect moves the consumer's own checkpoint, as another process would.
struct meddler {
  static constexpr auto id = "meddler";
};
struct meddling {
  const gesta::sqlite_views* views;
  int performed = 0;
};
void perform(const meddler&, const paid&, meddling& m) {
  ++m.performed;
  gesta::sqlite_views::opened<> there(*m.views);
  REQUIRE(there.begin());  // no lock is held while an effect is performed
  gesta::progress state;
  REQUIRE(there.load("meddler", state));
  state.at.position += 1;
  REQUIRE(there.save("meddler", state));
  REQUIRE(there.commit());
}

}  // namespace

TEST_CASE("whose checkpoint was moved by another one while it performed keeps nothing, and says so") {
  const folder place;
  const std::string path = place / "shop.db";
  auto app = gesta::start<shop>(gesta::sqlite_store{.path = path, .level = gesta::durability::process});
  const gesta::sqlite_views views{.path = path, .level = gesta::durability::process, .patience_milliseconds = 100};
  meddling out{&views};
  for (int i = 0; i < 3; ++i) REQUIRE(static_cast<bool>(app.handle("1", pay{"FR", i})));
  auto effects = gesta::perform_by<meddler>(app, views, out, gesta::from_beginning{});
  const auto result = effects.poll();
  REQUIRE_FALSE(result);
  CHECK(result.why().why == gesta::failure::kind::conflict);
  CHECK(result.handled == 0);
  CHECK(out.performed == 1);
  gesta::progress state;
  CHECK(effects.views().load("meddler", state));
  CHECK(state.at.position == 1);
}

TEST_CASE_TEMPLATE("letters in memory and in a file are as in the smallest view store", Views, map_views, gesta::memory_views, gesta::sqlite_views) {
  const folder place;
  std::int64_t now = 100 * second;
  Views views = [&] {
    if constexpr (requires(Views v) { v.path; }) return Views{.path = place / "views.db", .level = gesta::durability::process};
    else return Views{};
  }();
  auto app = gesta::start<shop>(gesta::memory_store{});
  post out;
  auto mails = gesta::perform_by<mailer>(app, views, out, gesta::from_beginning{}, counting_clock{&now}, gesta::stop_after{.keys = 0, .in_a_row = 0});
  out.unreachable_times = 3;
  for (const char* key : {"1", "2", "1", "3", "4"}) app.handle(key, pay{"FR", 10});
  CHECK(mails.poll().put_aside == 4);
  CHECK(letters_of(mails) == "1 1 1 unreachable: code 7 due 101; 2 2 1 unreachable: code 7 due 101; 3 1 0; 4 3 1 unreachable: code 7 due 101; ");
  CHECK(mails.poll().handled == 0);
  now = 101 * second;
  CHECK(mails.poll(1).handled == 1);  // at most so many letters; the one that waited for it is next
  CHECK(mails.poll(10).handled == 3);
  CHECK(letters_of(mails).empty());
  CHECK(joined(out.sent).substr(0, 6) == "4 10; ");
}
