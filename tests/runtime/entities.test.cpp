#include <doctest/doctest.h>

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/keys.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/store/memory.hpp>

#include <cstdint>
#include <string>
#include <vector>

// Entities are found by keys of every kind, by the thousand.
namespace {

struct counted {
  int by;
  static constexpr auto id = "counted";
};
struct count {
  int by;
};
struct refuse {};
struct refused {};
struct counter {
  int value = 0;
};
void evolve(counter& c, const counted& e) { c.value += e.by; }
auto decide(const counter&, const count& c) -> gesta::emits<counted> { return counted{c.by}; }
auto decide(const counter&, const refuse&) -> gesta::emits<counted>::or_rejects<refused> { return refused{}; }

template <class Key>
struct counters : gesta::aggregate<counter, gesta::commands<count, refuse>> {
  static constexpr auto id = "counter";
  using key = Key;
};
enum class color : std::uint8_t { red, green };
struct order_no {
  std::int64_t value;
};
struct line_no {
  order_no order;
  std::uint16_t line;
};
struct place {
  std::string city;
  gesta::text<4> gate;
};

struct strings : gesta::model<counters<gesta::string_key>> {};
struct numbers : gesta::model<counters<std::int32_t>> {};
struct colors : gesta::model<counters<color>> {};
struct ids : gesta::model<counters<order_no>> {};
struct texts : gesta::model<counters<gesta::text<12>>> {};
struct pairs : gesta::model<counters<line_no>> {};
struct places : gesta::model<counters<place>> {};
struct denses : gesta::model<counters<gesta::dense>> {};

/// Counts once under each of two keys and twice under a third; checks that they are three entities and what verbs are told.
template <class Model, class Key, class Given>
void tells_apart(const Given& a, const Given& b, const Given& c) {
  using aggregate = counters<Key>;
  auto app = gesta::start<Model>(gesta::memory_store{});
  CHECK(app.handle(a, count{1}).version() == 1);
  CHECK(app.handle(b, count{10}).version() == 1);
  CHECK(app.handle(c, count{100}).version() == 1);
  CHECK(app.handle(c, count{100}).version() == 2);
  CHECK(app.template state<aggregate>(a).value == 1);
  CHECK(app.template state<aggregate>(b).value == 10);
  CHECK(app.template state<aggregate>(c).value == 200);
  std::vector<bool> same;
  app.each_event([&](const counted&, const gesta::about& about) {
    const auto read = gesta::key_from<Key>(about.key);
    const gesta::key_value<Key> value = gesta::key_value_of<Key>(read);
    const Given* const all[] = {&a, &b, &c, &c};
    same.push_back(gesta::same_key(value, gesta::key_value_of<Key>(*all[about.position - 1])));
  });
  CHECK(same == std::vector<bool>(4, true));
}

}  // namespace

TEST_CASE("keys of every kind find their entities, and a verb reads its key from the bytes") {
  tells_apart<strings, gesta::string_key>(std::string(""), std::string("a"), std::string(300, 'a'));
  tells_apart<numbers, std::int32_t>(-1, 0, INT32_MIN);
  tells_apart<colors, color>(color::red, color::green, color{200});
  tells_apart<ids, order_no>(order_no{-5}, order_no{5}, order_no{INT64_MAX});
  tells_apart<texts, gesta::text<12>>(gesta::text<12>("a"), gesta::text<12>("b"), gesta::text<12>("twelve bytes"));
  tells_apart<pairs, line_no>(line_no{{1}, 2}, line_no{{2}, 1}, line_no{{1}, 1});
  tells_apart<places, place>(place{"ab", "c"}, place{"a", "bc"}, place{std::string(100, 'x'), ""});
  tells_apart<denses, gesta::dense>(0u, 1u, 100000u);
}

TEST_CASE("a strong id of one field has the bytes of the field") {
  auto number = gesta::start<ids>(gesta::memory_store{});
  number.handle(order_no{258}, count{1});
  number.each_event([](const counted&, const gesta::about& a) {
    CHECK(a.key.size == 8);
    CHECK(gesta::key_from<std::int64_t>(a.key) == 258);
  });
}

TEST_CASE("thousands of entities keep their states, versions and places") {
  auto app = gesta::start<numbers>(gesta::memory_store{});
  constexpr int all = 40000;
  for (int round = 1; round <= 2; ++round)
    for (int n = 0; n < all; ++n) app.handle(n * 7919 % all, count{n * 7919 % all});
  const counter* const first = &app.state<counters<std::int32_t>>(0);
  for (int n = all; n < 2 * all; ++n) app.handle(n, count{n});
  CHECK(&app.state<counters<std::int32_t>>(0) == first);
  for (int n = 0; n < all; ++n) {
    REQUIRE(app.state<counters<std::int32_t>>(n).value == 2 * n);
    REQUIRE(app.version<counters<std::int32_t>>(n) == 2);
  }
  for (int n = all; n < 2 * all; ++n) REQUIRE(app.state<counters<std::int32_t>>(n).value == n);
  CHECK(app.version<counters<std::int32_t>>(2 * all) == 0);
  CHECK(app.state<counters<std::int32_t>>(2 * all).value == 0);
}

TEST_CASE("thousands of string keys, each of its own length, stay apart") {
  auto app = gesta::start<strings>(gesta::memory_store{});
  const auto key = [](int n) { return std::to_string(n) + std::string(static_cast<std::size_t>(n % 97), '-'); };
  for (int n = 0; n < 20000; ++n) app.handle(key(n), count{n});
  for (int n = 0; n < 20000; ++n) REQUIRE(app.state<counters<gesta::string_key>>(key(n)).value == n);
  app.handle(std::string(200000, 'x'), count{1});
  CHECK(app.state<counters<gesta::string_key>>(std::string(200000, 'x')).value == 1);
  CHECK(app.state<counters<gesta::string_key>>(key(19999)).value == 19999);
}

TEST_CASE("a dense key beyond those that were there grows the array; in a fixed store it is full") {
  auto app = gesta::start<denses>(gesta::memory_store{});
  for (std::uint32_t n = 1; n < 3000000; n = n * 3 + 1) app.handle(n, count{static_cast<int>(n)});
  for (std::uint32_t n = 1; n < 3000000; n = n * 3 + 1) REQUIRE(app.state<counters<gesta::dense>>(n).value == static_cast<int>(n));
  CHECK(app.version<counters<gesta::dense>>(3) == 0);

  auto fixed = gesta::start<denses>(gesta::fixed_memory_store{1 << 20, 100, 0});
  CHECK(static_cast<bool>(fixed.handle(99u, count{1})));
  CHECK(fixed.handle(100u, count{1}).match([](const counter&) { return false; }, [](const gesta::failure& f) { return f.why == gesta::failure::kind::full; }));
}

TEST_CASE("a refused command makes no entity: a fixed store keeps its room") {
  auto app = gesta::start<strings>(gesta::fixed_memory_store{1 << 20, 2, 0});
  for (int n = 0; n < 100; ++n) CHECK_FALSE(static_cast<bool>(app.handle(std::to_string(n), refuse{})));
  CHECK(static_cast<bool>(app.handle("a", count{1})));
  CHECK(static_cast<bool>(app.handle("b", count{1})));
}

TEST_CASE("places that were given back are used again, in any order of keys") {
  auto app = gesta::start<strings>(gesta::memory_store{});
  for (int round = 0; round < 50; ++round) {
    app.handle("kept " + std::to_string(round), count{1});
    auto batch = app.batch();
    for (int n = 0; n < 40; ++n) batch.handle("round " + std::to_string(round * n), count{5});
    batch.handle("kept 0", count{100});
  }
  for (int round = 0; round < 50; ++round) {
    CHECK(app.state<counters<gesta::string_key>>("kept " + std::to_string(round)).value == 1);
    CHECK(app.version<counters<gesta::string_key>>("round " + std::to_string(round)) == 0);
  }
  CHECK(app.last_position() == 50);
}

TEST_CASE("text keys taken back over the end of a block give room back in the block at hand, and none before it") {
  gesta::detail::text_keys keys;
  const std::string characters(65'000, 'x');
  keys.add({characters.data(), 65'000});  // most of a block
  keys.add({characters.data(), 1'000});   // in the next one
  const char* const begins = keys.at(1).data;
  keys.drop_last();
  keys.drop_last();
  keys.add({"", 0});  // says where the next one would lie
  CHECK(keys.at(0).data == begins);
}

TEST_CASE("text keys of a batch that is taken back over the end of a block leave the others whole") {
  auto app = gesta::start<strings>(gesta::memory_store{});
  const std::string long_key(200, 'x');  // some 320 of them fill a block
  const auto key = [&](int n) { return long_key + std::to_string(n); };
  for (int n = 0; n < 300; ++n) app.handle(key(n), count{n});
  {
    auto batch = app.batch();
    for (int n = 300; n < 400; ++n) batch.handle(key(n), count{n});
  }
  for (int n = 400; n < 410; ++n) app.handle(key(n), count{n});
  int right = 0;
  for (int n = 0; n < 410; ++n) right += app.state<counters<gesta::string_key>>(key(n)).value == (n < 300 || n >= 400 ? n : 0) ? 1 : 0;
  CHECK(right == 410);
}

TEST_CASE("a prefetch of any key is harmless") {
  auto app = gesta::start<strings>(gesta::memory_store{});
  app.prefetch<counters<gesta::string_key>>("nobody");
  app.handle("a", count{1});
  app.prefetch<counters<gesta::string_key>>("a");
  CHECK(app.state<counters<gesta::string_key>>("a").value == 1);
}
