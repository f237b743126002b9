// Cached states: an app that keeps few entities answers as one that keeps all, whatever is dropped and whoever else writes.
#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/testing/laws/store_model.hpp>

#include "../store/sqlite_files.hpp"
#include "histories.hpp"

#include <cstdint>
#include <memory>
#include <random>
#include <string>

namespace {

namespace h = histories;

gesta::sqlite_store at(const std::string& path) {
  gesta::sqlite_store store;
  store.path = path;
  store.level = gesta::durability::process;
  return store;
}

constexpr std::size_t sizes[] = {1, 2, 16};

template <class App>
void check_now(App& app, const h::world& w) {
  for (const auto& [which, f] : w.now) {
    if (f.kind == 0) CHECK(app.template state<h::sums>(f.key) == f.s);
    if (f.kind == 1) CHECK(app.template state<h::note_books>(f.key) == f.n);
    if (f.kind == 2) CHECK(app.template state<h::all_places>(f.key) == f.p);
    if (f.kind == 0) CHECK(app.template version<h::sums>(f.key) == f.version);
  }
}

}  // namespace

TEST_CASE("an app with few states in memory keeps what one with all of them keeps, with and without snapshots") {
  for (const std::size_t most : sizes) {
    CAPTURE(most);
    h::drawn(20, [&](gesta::snapshots asked, h::history& one) {
      folder here;
      const std::string path = here / "a.db";
      auto app = gesta::start<h::model>(at(path), gesta::cached_states{.most = most}, asked);
      one(app);
      check_now(app, one.happened);
      auto again = gesta::start<h::model>(at(path), gesta::cached_states{.most = most});
      check_now(again, one.happened);
      one.check(again);
      auto whole = gesta::start<h::model>(at(path));
      check_now(whole, one.happened);
    });
  }
}

TEST_CASE("two apps with few states and one with all take turns on the same entities") {
  for (const std::size_t most : sizes) {
    CAPTURE(most);
    for (unsigned seed = 0; seed < 10; ++seed) {
      CAPTURE(seed);
      std::mt19937 random(seed);
      folder here;
      const std::string path = here / "a.db";
      auto first = gesta::start<h::model>(at(path), gesta::cached_states{.most = most}, gesta::snapshots{.every = 5});
      auto second = gesta::start<h::model>(at(path), gesta::cached_states{.most = most});
      auto whole = gesta::start<h::model>(at(path));
      h::world w;
      for (int i = 0; i < 150; ++i) {
        const char* const keys = "abcdefgh";
        switch (random() % 8) {
          case 0: h::act(whole, w, random, keys); break;
          case 1: case 2: case 3: h::act(second, w, random, keys); break;
          case 4: {
            const h::world before = w;
            auto batch = second.batch();
            for (auto n = random() % 6; n != 0; --n) h::act(batch, w, random, keys);
            if (random() % 2 == 0) CHECK(batch.commit());
            else w = before;
            break;
          }
          default: h::act(first, w, random, keys);
        }
      }
      CHECK(first.broken() == nullptr);
      CHECK(second.broken() == nullptr);
      h::check_all(first, w, "abc");
      auto again = gesta::start<h::model>(at(path), gesta::cached_states{.most = most});
      check_now(again, w);
    }
  }
}

TEST_CASE("processes with few states that write the same entities lose nothing and decide on the state of now") {
  folder here;
  const std::string path = here / "a.db";
  { auto app = gesta::start<h::model>(at(path)); }
  constexpr int processes = 3, each = 120;
  {
    std::vector<std::unique_ptr<child>> all;
    for (int p = 0; p < processes; ++p)
      all.push_back(std::make_unique<child>([&, p](auto&&) {
        auto app = gesta::start<h::model>(at(path), gesta::cached_states{.most = sizes[p]}, gesta::snapshots{.every = 7});
        std::mt19937 random(static_cast<unsigned>(p));
        bool good = true;
        for (int i = 0; i < each; ++i) {
          const std::string key(1, static_cast<char>('a' + random() % 4));
          app.handle(key, h::add{i}).match([](const h::sum&) {}, [&](const gesta::failure&) { good = false; });
        }
        return good;
      }));
    for (const auto& one : all) CHECK(one->ended());
  }
  auto app = gesta::start<h::model>(at(path), gesta::cached_states{.most = 2}, gesta::snapshots{.every = 7});
  auto whole = gesta::start<h::model>(at(path));
  CHECK(whole.last_position() == processes * each);
  CHECK(app.last_position() == processes * each);
  for (const char* key : {"a", "b", "c", "d"}) {
    CHECK(app.state<h::sums>(key) == whole.state<h::sums>(key));
    CHECK(app.version<h::sums>(key) == whole.version<h::sums>(key));
  }
}

// ---- views, reactors, requests

namespace shop {

struct sold { int pieces; static constexpr auto id = "shop.sold"; };
struct charged { int amount; static constexpr auto id = "shop.charged"; };
struct sell { std::uint64_t article; int pieces; };
struct charge { std::uint64_t customer; int amount; };
struct too_many { int left; static constexpr auto id = "shop.too_many"; };
struct article { int sold = 0; };
struct customer { int owes = 0; };
struct revenue { int total = 0, charges = 0; };

inline void evolve(article& a, const sold& e) { a.sold += e.pieces; }
inline void evolve(customer& c, const charged& e) { c.owes += e.amount; }
inline auto decide(const article& a, const sell& c) -> gesta::emits<sold>::or_nothing::or_rejects<too_many> {
  if (c.pieces == 0) return gesta::no_change;
  if (a.sold + c.pieces > 50) return too_many{50 - a.sold};
  return sold{c.pieces};
}
inline auto decide(const customer&, const charge& c) -> gesta::emits<charged> { return charged{c.amount}; }
inline void project(revenue& r, const charged& e) { r.total += e.amount, ++r.charges; }

struct articles : gesta::aggregate<article, gesta::commands<sell>, gesta::by<"article">> { static constexpr auto id = "shop.article"; };
struct customers : gesta::aggregate<customer, gesta::commands<charge>, gesta::by<"customer">> { static constexpr auto id = "shop.customer"; };
struct billing { static constexpr auto id = "shop.billing"; };
inline charge react(const billing&, const sold& e, const gesta::about& a) { return {a.position % 5, e.pieces * 3}; }
struct revenues : gesta::projection<revenue, gesta::follows<customers>> { static constexpr auto id = "shop.revenues"; };
struct model : gesta::model<articles, customers, gesta::reactors<billing>, revenues> {};

}  // namespace shop

namespace {

/// What a command came to, as words.
template <class App, class Command, class... Option>
std::string outcome(App& app, const Command& command, const Option&... option) {
  const auto all = [](const auto& what) {
    using type = std::remove_cvref_t<decltype(what)>;
    if constexpr (std::is_same_v<type, shop::article>) return "sold " + std::to_string(what.sold);
    else if constexpr (std::is_same_v<type, shop::too_many>) return "too many, left " + std::to_string(what.left);
    else if constexpr (std::is_same_v<type, gesta::conflict>) return "conflict " + std::to_string(what.actual);
    else return std::string("failed: ") + what.describe();
  };
  return app.handle(command, option...).match(all);
}

}  // namespace

TEST_CASE("command by command the outcome is that of an app that keeps everything in memory: rejections, nothing, requests, expected versions") {
  for (const std::size_t most : sizes) {
    CAPTURE(most);
    for (unsigned seed = 0; seed < 12; ++seed) {
      CAPTURE(seed);
      folder here;
      const std::string path = here / "a.db";
      std::mt19937 random(seed);
      auto memory = gesta::start<shop::model>(gesta::memory_store{});
      auto first = gesta::start<shop::model>(at(path), gesta::cached_states{.most = most}, gesta::snapshots{.every = 3});
      auto second = gesta::start<shop::model>(at(path), gesta::cached_states{.most = most});
      for (int i = 0; i < 120; ++i) {
        const shop::sell command{random() % 7, static_cast<int>(random() % 9)};
        const gesta::once request{"till", random() % 60};
        const gesta::expected version{random() % 6};
        const auto kind = random() % 4, who = random() % 2;
        const auto same = [&](const auto&... option) {
          const std::string expected = outcome(memory, command, option...);
          if (who == 0) CHECK(outcome(first, command, option...) == expected);
          else CHECK(outcome(second, command, option...) == expected);
        };
        if (kind == 0) same(request);
        else if (kind == 1) same(version);
        else if (kind == 2) same(request, version);
        else same();
      }
      CHECK(first.broken() == nullptr);
      auto third = gesta::start<shop::model>(at(path), gesta::cached_states{.most = most});
      CHECK(third.last_position() == memory.last_position());
      CHECK(third.view<shop::revenue>().total == memory.view<shop::revenue>().total);
      CHECK(third.view<shop::revenue>().charges == memory.view<shop::revenue>().charges);
      for (std::uint64_t key = 0; key < 7; ++key) {
        CHECK(third.state<shop::articles>(key).sold == memory.state<shop::articles>(key).sold);
        CHECK(third.state<shop::customers>(key).owes == memory.state<shop::customers>(key).owes);
        CHECK(third.version<shop::articles>(key) == memory.version<shop::articles>(key));
      }
    }
  }
}

TEST_CASE("states that app.state gave stay while 64 others are read") {
  folder here;
  auto app = gesta::start<h::model>(at(here / "a.db"), gesta::cached_states{.most = 1});
  for (int i = 0; i < 200; ++i) app.handle(std::to_string(i), h::add{i}).match(h::fine);
  for (int from = 0; from + 64 <= 200; from += 17) {
    std::vector<const h::sum*> read;
    for (int i = from; i < from + 64; ++i) read.push_back(&app.state<h::sums>(std::to_string(i)));
    for (int i = 0; i < 64; ++i) CHECK(read[static_cast<std::size_t>(i)]->total == from + i);
  }
}

TEST_CASE("an event that cannot be read fails the commands of its entity, and no others") {
  folder here;
  const std::string path = here / "a.db";
  {
    auto app = gesta::start<h::model>(at(path));
    for (const char* key : {"a", "b"}) app.handle(key, h::add{1}).match(h::fine);
  }
  sql(path, "update events set payload = x'01' where position = 1");
  auto app = gesta::start<h::model>(at(path), gesta::cached_states{});
  REQUIRE(app.broken() == nullptr);
  gesta::failure::kind why{};
  std::uint64_t position = 0;
  for (int i = 0; i < 2; ++i) {
    app.handle("a", h::add{2}).match([](const h::sum&) { CHECK(false); }, [&](const gesta::failure& f) { why = f.why, position = f.position; });
    CHECK(why == gesta::failure::kind::corrupt);
    CHECK(position == 1);
  }
  int total = 0;
  app.handle("b", h::add{2}).match([&](const h::sum& s) { total = s.total; }, [](const gesta::failure&) { CHECK(false); });
  CHECK(total == 33);
  CHECK(app.broken() == nullptr);
  CHECK(app.state<h::sums>("a") == h::sum{});
  CHECK(app.broken() != nullptr);
}

TEST_CASE("nothing is decided on an entity with an unknown event; its state is the one before it, and others go on") {
  folder here;
  const std::string path = here / "a.db";
  {
    auto app = gesta::start<shop::model>(at(path));
    for (const unsigned article : {1u, 2u}) app.handle(shop::sell{article, 3}).match([](const auto&) {});
  }
  sql(path, "insert into types(kind, id, version, form) values('event', 'shop.stolen', 1, '');"
            "update events set type = (select max(type) from types) where position = 3");
  auto app = gesta::start<shop::model>(at(path), gesta::cached_states{.most = 1}, gesta::snapshots{.every = 1}, gesta::unknown_events::skip);
  REQUIRE(app.broken() == nullptr);
  CHECK(outcome(app, shop::sell{2, 1}).starts_with("failed: the event shop.stolen version 1 at position 3"));
  CHECK(outcome(app, shop::sell{1, 1}) == "sold 4");
  CHECK(app.state<shop::articles>(2u).sold == 0);
  CHECK(app.state<shop::articles>(1u).sold == 4);
  CHECK(app.broken() == nullptr);
}

TEST_CASE("an entity that is not at hand is erased, and known to be erased, like one that is") {
  using gesta::expected;
  using gesta::facts;
  namespace l = gesta::laws;
  folder here;
  const std::string path = here / "a.db";
  const auto open = [&] { return gesta::start<l::law_book>(at(path), gesta::cached_states{.most = 1}, gesta::snapshots{.every = 1}); };
  {
    auto app = open();
    REQUIRE(app.append(facts<l::slots>(1, expected::none(), l::counted{4}, l::recounted{5}, l::counted{6})));
    REQUIRE(app.append(facts<l::slots>(2, expected::none(), l::counted{4}, l::counted{5})));
    REQUIRE(app.append(facts<l::books>("a", expected::none(), l::said{"x"})));
  }
  {
    auto app = open();
    CHECK(app.truncate_before<l::slots>(1, 3).why().why == kind::differs);
    CHECK(app.truncate_before<l::slots>(1, 2));
    CHECK(app.close<l::slots>(2));
    CHECK(app.close<l::books>("a"));
    CHECK(app.close<l::books>("nobody").why().why == kind::conflict);
  }
  CHECK(answer(path, "select group_concat(position) from events where payload is not null") == "2,3");
  CHECK(answer(path, "select count(*) from snapshots") == "0");
  auto app = open();
  int seen = 0;
  const auto visit = [&](const auto&, const gesta::about&) { ++seen; };
  const auto refused = [](const auto& result, kind why) { return !result && result.why().why == why; };
  CHECK(refused(app.read<l::slots>(1, {}, visit), kind::truncated));
  CHECK(refused(app.read<l::slots>(2, {}, visit), kind::tombstoned));
  CHECK(refused(app.read<l::books>("a", {}, visit), kind::tombstoned));
  CHECK(seen == 0);
  CHECK(refused(app.state<l::slots>(1, gesta::at_version{1}), kind::truncated));
  CHECK(refused(app.state<l::slots>(2, gesta::at_version{1}), kind::tombstoned));
  CHECK(app.state<l::slots>(1).digits == 56);
  CHECK(app.state<l::slots>(2).digits == 0);
  CHECK(app.version<l::slots>(2) == 2);
  CHECK(refused(app.append(facts<l::slots>(2, expected::any(), l::counted{1})), kind::tombstoned));
  CHECK(app.snapshot());
  CHECK(app.append(facts<l::slots>(1, expected{3}, l::counted{7})));
  CHECK(app.state<l::slots>(1).digits == 567);
  CHECK(app.broken() == nullptr);
}
