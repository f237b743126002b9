// What an app in memory holds, as lines of JSON.
#include <gesta/gesta.hpp>
#include <gesta/runtime/export.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct opened { std::string owner; static constexpr auto id = "account.opened"; };
struct paid_in { std::int64_t cents; static constexpr auto id = gesta::event_id{"account.paid_in", 2}; };
struct paid_in_v1 { int euros; static constexpr auto id = "account.paid_in"; };
inline paid_in upcast(const paid_in_v1& old) { return {std::int64_t{100} * old.euros}; }
struct too_much { std::int64_t most; static constexpr auto id = "account.too_much"; };
struct open { std::string owner; };
struct pay_in { std::int64_t cents; };
struct account { std::int64_t cents = 0; };
inline void evolve(account&, const opened&) {}
constexpr void evolve(account& a, const paid_in& e) { a.cents += e.cents; }
inline auto decide(const account&, const open& c) -> gesta::emits<opened> { return opened{c.owner}; }
constexpr auto decide(const account&, const pay_in& c) -> gesta::emits<paid_in>::or_nothing::or_rejects<too_much> {
  if (c.cents == 0) return gesta::no_change;
  if (c.cents > 1000) return too_much{1000};
  return paid_in{c.cents};
}
struct accounts : gesta::aggregate<account, gesta::commands<open, pay_in>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts, gesta::history<paid_in_v1>> {};

/// Aggregates with keys of every kind.
struct counted { std::uint8_t by; static constexpr auto id = "counted"; };
struct tally { int sum = 0; };
constexpr void evolve(tally& t, const counted& e) { t.sum += e.by; }
struct shelf { std::string room; std::int16_t row; };
struct order_no { std::uint32_t value; };
#define TALLIES(name, type) \
  struct name##_up {}; \
  constexpr auto decide(const tally&, const name##_up&) -> gesta::emits<counted> { return counted{1}; } \
  struct name : gesta::aggregate<tally, gesta::commands<name##_up>> { static constexpr auto id = #name; using key = type; };
TALLIES(by_text, gesta::string_key)
TALLIES(by_large, std::uint64_t)
TALLIES(by_small, std::int8_t)
TALLIES(by_char, char)
TALLIES(by_flag, bool)
TALLIES(by_order, order_no)
TALLIES(by_place, gesta::dense)
TALLIES(by_shelf, shelf)
struct tallies : gesta::model<by_text, by_large, by_small, by_char, by_flag, by_order, by_place, by_shelf, gesta::lean> {};

struct ticking {
  std::int64_t* now;
  gesta::timestamp operator()() const { return {*now += 5}; }
};

template <class App>
std::vector<std::string> lines_of(App& app) {
  std::vector<std::string> lines;
  const auto whole = gesta::export_facts(app, [&](const char* text, std::size_t size) {
    REQUIRE(text[size - 1] == '\n');
    lines.emplace_back(text, size - 1);
  });
  CHECK_MESSAGE(whole, whole.why().describe());
  return lines;
}

}  // namespace

TEST_CASE("everything is there: types before they are used, events, outcomes, an end") {
  std::int64_t now = 1000;
  auto app = gesta::start<bank>(gesta::memory_store{}, ticking{&now});
  app.handle("alice", open{"Al\"ice"});
  (void)app.handle("alice", pay_in{100}, gesta::once{"shop", 7});
  (void)app.handle("bob", pay_in{5000}, gesta::once{"shop", ~std::uint64_t{0}});
  (void)app.handle("bob", pay_in{0}, gesta::once{"bank", 1});
  (void)app.handle("bob", pay_in{1});
  const auto shop_7 = gesta::detail::hash128{}.add("shop", 4).add(7);
  char correlation[33];
  std::snprintf(correlation, sizeof correlation, "%016llx%016llx", static_cast<unsigned long long>(shop_7.high), static_cast<unsigned long long>(shop_7.low));
  const std::vector<std::string> expected{
      R"({"gesta":"facts","format":1})",
      R"({"type":"aggregate","id":"account","version":1,"form":"text"})",
      R"({"type":"event","id":"account.opened","version":1,"form":{"fields":{"owner":"text"}}})",
      R"({"position":1,"aggregate":"account","key":"alice","version":1,"event":"account.opened","event_version":1,"time":1005,"correlation":"00000000000000000000000000000001","payload":{"owner":"Al\"ice"},"bytes":"06416c22696365"})",
      R"({"type":"event","id":"account.paid_in","version":2,"form":{"fields":{"cents":"i64"}}})",
      R"({"position":2,"aggregate":"account","key":"alice","version":2,"event":"account.paid_in","event_version":2,"time":1010,"correlation":")" +
          std::string(correlation) + R"(","payload":{"cents":100},"bytes":"6400000000000000"})",
      R"({"position":3,"aggregate":"account","key":"bob","version":1,"event":"account.paid_in","event_version":2,"time":1025,"correlation":"00000000000000000000000000000003","payload":{"cents":1},"bytes":"0100000000000000"})",
      R"({"once":"shop","number":7,"verdict":"accepted","version":2,"position":2})",
      R"({"type":"rejection","id":"account.too_much","version":1,"form":{"fields":{"most":"i64"}}})",
      R"({"once":"shop","number":18446744073709551615,"verdict":"rejected","version":0,"rejection":"account.too_much","rejection_version":1,"payload":{"most":1000},"bytes":"e803000000000000"})",
      R"({"once":"bank","number":1,"verdict":"nothing","version":0})",
      R"({"end":{"events":3,"outcomes":3}})"};
  const std::vector<std::string> lines = lines_of(app);
  REQUIRE(lines.size() == expected.size());
  for (std::size_t i = 0; i < lines.size(); ++i) CHECK(lines[i] == expected[i]);
}

TEST_CASE("an empty app has a first and a last line") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  CHECK(lines_of(app) == std::vector<std::string>{R"({"gesta":"facts","format":1})", R"({"end":{"events":0,"outcomes":0}})"});
}

TEST_CASE("keys stand as they would in a file") {
  using namespace std::string_literals;
  auto app = gesta::start<tallies>(gesta::memory_store{});
  std::vector<std::string> expected;
  const auto next = [&](const char* key) { expected.push_back(key); };
  app.handle("a", by_text_up{}), next(R"("a")");
  app.handle("a\0b"s, by_text_up{}), next(R"("a\u0000b")");
  app.handle("\xff", by_text_up{}), next(R"({"text_in_hex":"ff"})");
  app.handle("\xff\0"s, by_text_up{}), next(R"({"hex":"ff00"})");
  app.handle(~std::uint64_t{0}, by_large_up{}), next("18446744073709551615");
  app.handle(std::int8_t{-3}, by_small_up{}), next("-3");
  app.handle('x', by_char_up{}), next("120");
  app.handle(true, by_flag_up{}), next("1");
  app.handle(order_no{9}, by_order_up{}), next("9");
  app.handle(4u, by_place_up{}), next("4");
  app.handle(shelf{"n", -3}, by_shelf_up{}), next(R"({"hex":"016e7ffd"})");
  std::vector<std::string> found;
  for (const std::string& line : lines_of(app)) {
    if (!line.starts_with(R"({"position")")) continue;
    const std::size_t begin = line.find(R"("key":)") + 6, end = line.find(R"(,"version")");
    found.push_back(line.substr(begin, end - begin));
    CHECK(line.find("correlation") == std::string::npos);  // a lean model has none, and no times
    CHECK(line.find(R"("time":0,)") != std::string::npos);
  }
  CHECK(found == expected);
}

TEST_CASE("an open batch is not told") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  auto batch = app.batch();
  (void)batch.handle("alice", pay_in{1});
  const auto told = gesta::export_facts(app, [](const char*, std::size_t) {});
  REQUIRE_FALSE(told);
  CHECK(told.why().why == gesta::failure::kind::busy);
}

TEST_CASE("a store that has lost records says so, and writes no end") {
  auto app = gesta::start<bank>(gesta::last_records_store{std::size_t{2} << 20, 1, 0});
  for (int i = 0; i < 5; ++i) app.handle("alice", open{std::string(900'000, 'x')});
  std::string text;
  const auto told = gesta::export_facts(app, [&](const char* line, std::size_t size) { text.append(line, size); });
  REQUIRE_FALSE(told);
  CHECK(told.why().why == gesta::failure::kind::truncated);
  CHECK(text.find("\"end\"") == std::string::npos);
}

TEST_CASE("a log of which something was erased is not told in part") {
  auto app = gesta::start<bank>(gesta::fixed_memory_store{});
  app.handle("alice", open{"a"}).match([](const auto&) {});
  REQUIRE(app.close<accounts>("alice"));
  const auto told = gesta::export_facts(app, [](const char*, std::size_t) {});
  REQUIRE_FALSE(told);
  CHECK(told.why().why == gesta::failure::kind::truncated);
}
