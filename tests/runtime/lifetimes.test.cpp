// How long what an app gives lives, and what an app is given has to: on each store. In the preset asan also under AddressSanitizer, which sees
// what is used after its end.
#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "../folder.hpp"

namespace {

struct counted {
  std::string words;
  static constexpr auto id = "lifetimes.counted";
};
struct too_long {
  std::string words;
  static constexpr auto id = "lifetimes.too_long";
};
struct count {
  std::string words;
};
struct counter {
  std::int64_t count = 0;
  std::string last;
};
void evolve(counter& c, const counted& e) {
  ++c.count;
  c.last = e.words;
}
auto decide(const counter&, const count& c) -> gesta::emits<counted>::or_rejects<too_long> {
  if (c.words.size() > 100) return too_long{c.words};
  return counted{c.words};
}
struct counters : gesta::aggregate<counter, gesta::commands<count>> {
  static constexpr auto id = "lifetimes.counter";
};
struct total {
  std::int64_t events = 0;
  std::vector<std::string> keys;
};
void project(total& t, const counted&, const gesta::about& a) {
  ++t.events;
  t.keys.emplace_back(a.key.data, a.key.size);
}
struct totals : gesta::projection<total, gesta::follows<counters>> {
  static constexpr auto id = "lifetimes.total";
};
struct hall : gesta::model<counters, totals> {};

/// A store with little room. What it was made of is gone when this returns.
template <class Store>
Store store_in(const folder& f) {
  Store store{};
  if constexpr (requires { store.path; }) {
    store.path = f.path + "/a.db";
    store.level = gesta::durability::process;
  }
  if constexpr (requires { store.bytes; }) store.bytes = 2 << 20;
  return store;
}

/// Text in memory of its own, which is overwritten and given back: who still looks at it does not find it.
class fleeting {
 public:
  explicit fleeting(const std::string& text) : text_(new char[text.size() + 1]), size_(text.size()) { std::memcpy(text_.get(), text.c_str(), size_ + 1); }
  fleeting(const fleeting&) = delete;
  fleeting& operator=(const fleeting&) = delete;
  ~fleeting() { std::memset(text_.get(), '?', size_); }
  const char* get() const { return text_.get(); }

 private:
  std::unique_ptr<char[]> text_;
  std::size_t size_;
};

template <class Outcome>
bool kept(const Outcome& outcome) {
  return outcome.match([](const counter&) { return true; }, [](const too_long&) { return false; }, [](const gesta::failure&) { return false; });
}
template <class To>
bool add(To& to, const std::string& key, const std::string& words) {
  return kept(to.handle(key, count{words}));
}

}  // namespace

TEST_CASE_TEMPLATE("the view of an app is one object from its start to its end, and shows every unit that is kept", Store, gesta::memory_store,
                   gesta::fixed_memory_store, gesta::last_records_store, gesta::sqlite_store) {
  const folder f;
  auto app = gesta::start<hall>(store_in<Store>(f));
  const total& view = app.template view<total>();
  for (int i = 1; i <= 1000; ++i) {
    REQUIRE(add(app, "key " + std::to_string(i), "words"));
    REQUIRE(view.events == i);
  }
  CHECK(&app.template view<total>() == &view);
  CHECK(view.keys.back() == "key 1000");
}

TEST_CASE_TEMPLATE("a state is valid until the next command: reading does not move it", Store, gesta::memory_store, gesta::fixed_memory_store,
                   gesta::last_records_store, gesta::sqlite_store) {
  const folder f;
  auto app = gesta::start<hall>(store_in<Store>(f));
  for (int i = 0; i < 200; ++i) REQUIRE(add(app, "key " + std::to_string(i), "the words of " + std::to_string(i)));
  const auto& fixed = app;
  const counter& one = fixed.template state<counters>("key 7");
  const counter& none = fixed.template state<counters>("nobody");
  for (int i = 0; i < 300; ++i) (void)fixed.template state<counters>("key " + std::to_string(i));
  for (int i = 0; i < 300; ++i) (void)fixed.template version<counters>("key " + std::to_string(i));
  CHECK(one.last == "the words of 7");
  CHECK(none.count == 0);
  CHECK(&fixed.template state<counters>("key 7") == &one);
}

TEST_CASE_TEMPLATE("what a command is given is copied: key, command and the name of a sender may be gone when `handle` returns, in a batch too",
                   Store, gesta::memory_store, gesta::fixed_memory_store, gesta::sqlite_store) {
  const folder f;
  auto app = gesta::start<hall>(store_in<Store>(f));
  const auto send = [](auto& to, int i) {
    const fleeting key("a key, long enough to be no small string " + std::to_string(i % 5)), source("a sender, " + std::to_string(i % 3)),
        words("words that lie elsewhere " + std::to_string(i));
    return to.handle(key.get(), count{words.get()}, gesta::once{source.get(), static_cast<std::uint64_t>(i)});
  };
  for (int i = 0; i < 50; ++i) REQUIRE(kept(send(app, i)));
  {
    auto batch = app.batch();
    for (int i = 50; i < 100; ++i) REQUIRE(kept(send(batch, i)));
    REQUIRE(batch.commit());
  }
  for (int i = 0; i < 100; ++i) CHECK(send(app, i).repeated());
  int next = 0;
  CHECK(app.each_event([&](const counted& e, const gesta::about& a) {
    CHECK(e.words == "words that lie elsewhere " + std::to_string(next));
    CHECK(std::string(a.key.data, a.key.size) == "a key, long enough to be no small string " + std::to_string(next % 5));
    ++next;
  }));
  CHECK(next == 100);
}

TEST_CASE_TEMPLATE("an event and what is said about it are valid until the visitor returns, also while it reads the app by const functions", Store,
                   gesta::memory_store, gesta::fixed_memory_store, gesta::last_records_store, gesta::sqlite_store) {
  const folder f;
  auto app = gesta::start<hall>(store_in<Store>(f));
  for (int i = 0; i < 100; ++i) REQUIRE(add(app, "key " + std::to_string(i), "the words of " + std::to_string(i)));
  const auto& fixed = app;
  int next = 0;
  CHECK(app.each_event([&](const counted& e, const gesta::about& a) {
    for (int i = 0; i < 100; ++i) CHECK(fixed.template state<counters>("key " + std::to_string(i)).count == 1);
    CHECK(fixed.template view<total>().events == 100);
    CHECK(e.words == "the words of " + std::to_string(next));
    CHECK(std::string(a.key.data, a.key.size) == "key " + std::to_string(next));
    ++next;
  }));
  CHECK(next == 100);
}

TEST_CASE_TEMPLATE("a refusal and its words belong to the outcome: they outlive later commands and the app", Store, gesta::memory_store,
                   gesta::fixed_memory_store, gesta::last_records_store, gesta::sqlite_store) {
  const folder f;
  const std::string words(500, 'x');
  const auto refused = [&] {
    auto app = gesta::start<hall>(store_in<Store>(f));
    auto outcome = app.handle("a", count{words}, gesta::once{"sender", 1});
    for (int i = 0; i < 300; ++i) REQUIRE(add(app, "key " + std::to_string(i), "words"));
    return outcome;
  }();
  CHECK(refused.match([](const counter&) { return std::string(); }, [](const too_long& no) { return no.words; },
                      [](const gesta::failure&) { return std::string(); }) == words);
}

TEST_CASE("the words of a failure are its own, those of broken() live as long as the app") {
  const folder f;
  const std::string path = f.path + "/no such folder/a.db";
  const gesta::failure copied = [&] {
    const auto app = gesta::start<hall>(gesta::sqlite_store{.path = path});
    const gesta::failure* const cause = app.broken();
    REQUIRE(cause != nullptr);
    CHECK(app.broken() == cause);
    return *cause;
  }();
  CHECK(std::string(copied.describe()).find("no such folder") != std::string::npos);

  const gesta::committed none = [&] {
    auto app = gesta::start<hall>(gesta::sqlite_store{.path = path});
    auto batch = app.batch();
    CHECK(kept(batch.handle("a", count{"words"})) == false);
    return batch.commit();
  }();
  CHECK_FALSE(none);
  CHECK(std::string(none.why().describe()).find("no such folder") != std::string::npos);
}

TEST_CASE_TEMPLATE("a state of the past is a value: it outlives the app", Store, gesta::memory_store, gesta::fixed_memory_store,
                   gesta::last_records_store, gesta::sqlite_store) {
  const folder f;
  const auto was = [&] {
    auto app = gesta::start<hall>(store_in<Store>(f));
    for (int i = 1; i <= 10; ++i) REQUIRE(add(app, "a", "the words number " + std::to_string(i)));
    return app.template state<counters>("a", gesta::at_version{3});
  }();
  REQUIRE(was);
  CHECK(was->last == "the words number 3");
}
