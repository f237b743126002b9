// A PostgreSQL log whose units run side by side: what two change at a time, what one reads and another changes, and how far a reader may go.
#include <gesta/gesta.hpp>
#include <gesta/runtime/consumer.hpp>
#include <gesta/runtime/reader.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/store/postgres.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "postgres_logs.hpp"

namespace {

struct counted {
  std::int64_t number;  ///< which count of its counter it is
  static constexpr auto id = "counted";
};
struct count {};
struct count_once {};
struct was_counted {
  static constexpr auto id = "was_counted";
};
struct counter {
  std::int64_t last = 0;
};
void evolve(counter& c, const counted& e) { c.last = e.number; }
auto decide(const counter& c, const count&) -> gesta::emits<counted> { return counted{c.last + 1}; }
auto decide(const counter& c, const count_once&) -> gesta::emits<counted>::or_rejects<was_counted> {
  if (c.last != 0) return was_counted{};
  return counted{1};
}
struct counters : gesta::aggregate<counter, gesta::commands<count, count_once>> {
  static constexpr auto id = "counter";
};

struct sum {
  std::int64_t counts = 0;
};
void project(sum& s, const counted&) { ++s.counts; }
struct in_sum : gesta::projection<sum> {
  static constexpr auto id = "in_sum";
};

struct factory : gesta::model<counters, in_sum> {};
using outside = gesta::async<in_sum>;

auto store_in(const fresh& in) { return gesta::postgres_by_horizon{in.store()}; }
auto start(const fresh& in) { return gesta::start<factory>(store_in(in), gesta::cached_states{.most = 100}, outside{}); }

/// How many events a reader gets, and whether their positions ascend.
struct seen {
  std::int64_t events = 0;
  bool ascends = true;
};
template <class Log>
seen all_of(Log& log) {
  seen all;
  std::uint64_t last = 0;
  CHECK(log.read({}, [&](const auto&, const gesta::about& where) {
    all.ascends = all.ascends && where.position > last;
    last = where.position;
    ++all.events;
  }));
  return all;
}

template <class Outcome>
bool is_kept(const Outcome& outcome) {
  return outcome.match([](const counter&) { return true; }, [](const gesta::failure&) { return false; });
}
template <class Outcome>
std::string answer(const Outcome& outcome) {
  return outcome.match([](const counter&) { return std::string("kept"); }, [](const was_counted&) { return std::string("refused"); },
                       [](const gesta::failure& why) { return std::string(why.describe()); });
}

}  // namespace

TEST_CASE("what many programs decide on the same entities at a time is decided one after the other") {
  const fresh in;
  (void)start(in);
  constexpr int programs = 6, each = 60, keys = 3;
  std::vector<std::unique_ptr<other_program>> all;
  for (int i = 0; i < programs; ++i)
    all.push_back(std::make_unique<other_program>([&](auto) {
      auto app = start(in);
      for (int n = 0; n < each; ++n)
        if (!is_kept(app.handle("c" + std::to_string(n % keys), count{}))) return false;
      return true;
    }));
  for (auto& one : all) CHECK(one->ended());
  auto app = start(in);
  for (int key = 0; key < keys; ++key) CHECK(app.state<counters>("c" + std::to_string(key)).last == programs * each / keys);
  const seen log = all_of(app);
  CHECK(log.events == programs * each);
  CHECK(log.ascends);
}

TEST_CASE("a stream that two make at a time is made once") {
  const fresh in;
  auto one = start(in), two = start(in);
  auto unit = one.batch();
  CHECK(is_kept(unit.handle("a", count{})));
  CHECK(answer(two.handle("b", count_once{})) == "kept");
  CHECK(unit.commit());
  CHECK(answer(two.handle("a", count_once{})) == "refused");

  auto slow = one.batch();
  CHECK(answer(slow.handle("c", count_once{})) == "kept");
  CHECK(answer(two.handle("c", count_once{})) == "kept");
  const gesta::committed late = slow.commit();
  REQUIRE_FALSE(late);
  CHECK(late.why().why == gesta::failure::kind::conflict);
  CHECK(one.state<counters>("c").last == 1);
  CHECK(in("select count(*) from events") == "3");
}

TEST_CASE("what a unit has read and others change meanwhile is a conflict") {
  const fresh in;
  auto one = start(in), two = start(in);
  const auto add_if = [](auto& unit, const char* to, const char* of, gesta::expected holds) {
    return unit.append(gesta::facts<counters>(to, gesta::expected::any(), counted{1}), gesta::facts<counters>(of, holds));
  };
  SUBCASE("streams that are there") {
    CHECK(is_kept(one.handle("a", count{})));
    CHECK(is_kept(one.handle("b", count{})));
    auto first = one.batch(), second = two.batch();
    CHECK(add_if(first, "a", "b", gesta::expected{1}));
    CHECK(add_if(second, "b", "a", gesta::expected{1}));
    CHECK(first.commit());
    const gesta::committed late = second.commit();
    CHECK_FALSE(late);
    CHECK(late.why().why == gesta::failure::kind::conflict);
    CHECK(add_if(two, "b", "a", gesta::expected{1}).conflict() != nullptr);
    CHECK(add_if(two, "b", "a", gesta::expected{2}));
  }
  SUBCASE("streams that are not") {
    auto first = one.batch(), second = two.batch();
    CHECK(add_if(first, "a", "b", gesta::expected::none()));
    CHECK(add_if(second, "b", "a", gesta::expected::none()));
    CHECK(first.commit());
    CHECK_FALSE(second.commit());
    CHECK(two.version<counters>("b") == 0);
  }
  SUBCASE("a stream that is not there, of an aggregate that the log knows") {
    CHECK(is_kept(one.handle("z", count{})));
    auto first = one.batch(), second = two.batch();
    CHECK(add_if(first, "a", "b", gesta::expected::none()));
    CHECK(add_if(second, "b", "a", gesta::expected::none()));
    CHECK(first.commit());
    CHECK_FALSE(second.commit());
    CHECK(in("select count(*) from streams") == "2");
  }
  SUBCASE("what many have read and nobody changes keeps nobody") {
    CHECK(is_kept(one.handle("rate", count{})));
    auto first = one.batch(), second = two.batch();
    CHECK(add_if(first, "a", "rate", gesta::expected{1}));
    CHECK(add_if(second, "b", "rate", gesta::expected{1}));
    CHECK(first.commit());
    CHECK(second.commit());
  }
}

TEST_CASE("a name that two programs use at a time is used once") {
  const fresh in;
  auto one = start(in), two = start(in);
  CHECK(is_kept(one.handle("z", count{}, gesta::once{"s", 1})));
  auto unit = one.batch();
  CHECK(is_kept(unit.handle("a", count{}, gesta::once{"s", 2})));
  CHECK(is_kept(two.handle("b", count{}, gesta::once{"s", 2})));
  CHECK_FALSE(unit.commit());
  const auto again = one.handle("a", count{}, gesta::once{"s", 2});
  CHECK(again.repeated());
  CHECK(one.version<counters>("a") == 0);
}

TEST_CASE("who follows the log waits for the units that began before") {
  const fresh in;
  auto slow = start(in), quick = start(in);
  auto log = gesta::reader<factory>(store_in(in));
  const auto visible = [&] { return all_of(log).events; };
  CHECK(is_kept(quick.handle("a", count{})));
  CHECK(visible() == 1);

  SUBCASE("until they are kept") {
    auto unit = slow.batch();
    CHECK(is_kept(unit.handle("b", count{})));
    CHECK(is_kept(quick.handle("a", count{})));
    CHECK(quick.state<counters>("a").last == 2);  // of the entity all is seen at once
    CHECK(visible() == 1);
    CHECK(all_of(quick).events == 1);
    CHECK(unit.commit());
    CHECK(visible() == 3);
    CHECK(all_of(log).ascends);
  }
  SUBCASE("until they are taken back") {
    {
      auto unit = slow.batch();
      CHECK(is_kept(unit.handle("b", count{})));
      CHECK(is_kept(quick.handle("a", count{})));
      CHECK(visible() == 1);
    }
    CHECK(visible() == 2);
  }
  SUBCASE("until their program is gone") {
    other_program writer([&](auto say) {
      auto app = start(in);
      auto unit = app.batch();
      (void)is_kept(unit.handle("b", count{}));
      say();
      ::pause();
      return false;
    });
    CHECK(writer.said());
    CHECK(is_kept(quick.handle("a", count{})));
    CHECK(visible() == 1);
    writer.kill();
    for (int turn = 0; turn < 1000 && visible() == 1; ++turn) ::usleep(1000);  // the server takes a moment to see it
    CHECK(visible() == 2);
  }
  SUBCASE("and for no transaction of others") {
    PGconn* const stranger = PQconnectdb(the_server().address().c_str());
    PQclear(PQexec(stranger, "create table if not exists strangers(n integer); begin; insert into strangers values(1)"));
    CHECK(is_kept(quick.handle("a", count{})));
    CHECK(visible() == 2);
    PQfinish(stranger);
  }
  SUBCASE("within a unit its own are there") {
    auto before = slow.batch();
    CHECK(is_kept(before.handle("b", count{})));
    auto unit = quick.batch();
    CHECK(is_kept(unit.handle("c", count{})));
    CHECK(is_kept(unit.handle("c", count{})));
    std::string forth, back;
    const auto to = [](std::string& words) { return [&words](const counted& e, const gesta::about&) { words += std::to_string(e.number); }; };
    CHECK(quick.read({}, to(forth)));
    CHECK(quick.read({.backwards = true}, to(back)));
    CHECK(forth == "112");
    CHECK(back == "211");
    std::string first, last;
    CHECK(quick.read({.limit = 2}, to(first)));
    CHECK(quick.read({.limit = 2, .backwards = true}, to(last)));
    CHECK(first == "11");
    CHECK(last == "21");
    CHECK(unit.commit());
  }
}

TEST_CASE("consumers go on behind gaps, and say how many events they are behind") {
  const fresh in;
  auto app = start(in), other = start(in);
  auto log = gesta::reader<factory>(store_in(in));
  auto view = gesta::consume<in_sum>(log, gesta::memory_views{});
  for (int i = 0; i < 3; ++i) {
    CHECK(is_kept(app.handle("a", count{})));
    { auto gone = other.batch(); (void)is_kept(gone.handle("b", count{})); }
  }
  gesta::lag behind;
  CHECK(view.measure(behind));
  CHECK(behind.events == 3);
  CHECK(view.poll());
  CHECK(view.measure(behind));
  CHECK(behind.events == 0);
  auto slow = other.batch();
  CHECK(is_kept(slow.handle("b", count{})));
  CHECK(is_kept(app.handle("a", count{})));
  CHECK(view.poll());
  CHECK(view.row({})->counts == 3);
  CHECK(slow.commit());
  CHECK(view.poll());
  CHECK(view.row({})->counts == 5);
}

TEST_CASE("a schema is written in one way") {
  const fresh in, other;
  {
    auto app = start(in);
    CHECK(is_kept(app.handle("a", count{})));
  }
  auto wrong = gesta::start<factory>(in.store());
  REQUIRE(wrong.broken() != nullptr);
  CHECK(wrong.broken()->why == gesta::failure::kind::cannot_open);
  CHECK(std::string(wrong.broken()->describe()).find("gesta::postgres_by_horizon") != std::string::npos);
  CHECK(gesta::start<factory>(other.store()).broken() == nullptr);
  auto wrong_too = start(other);
  REQUIRE(wrong_too.broken() != nullptr);
  CHECK(std::string(wrong_too.broken()->describe()).find("gesta::postgres_store") != std::string::npos);
}

TEST_CASE("what is erased by one meanwhile is a conflict for the other") {
  const fresh in;
  auto one = start(in), two = start(in);
  CHECK(is_kept(one.handle("a", count{})));
  auto unit = one.batch();
  CHECK(is_kept(unit.handle("a", count{})));
  CHECK(two.close<counters>("a"));
  CHECK_FALSE(unit.commit());
  CHECK(one.handle("a", count{}).match([](const counter&) { return false; }, [](const gesta::failure& why) { return why.why == gesta::failure::kind::tombstoned; }));
}
