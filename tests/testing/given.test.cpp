// The promises of testing/given.hpp.
#include <gesta/testing/given.hpp>

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gesta/message/list.hpp>
#include <gesta/message/text.hpp>

using gesta::given;

namespace bank {

struct deposited { int amount; };
struct withdrawn { int amount; };
struct charged { int fee; };
struct deposit { int amount; };
struct withdraw { int amount; };
struct keep_open {};
struct insufficient_funds { int missing; };
struct frozen {};

struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr void evolve(account& a, const withdrawn& e) { a.balance -= e.amount; }
constexpr void evolve(account& a, const charged& e) { a.balance -= e.fee; }

constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }
constexpr auto decide(const account& a, const withdraw& c) -> gesta::emits<withdrawn, charged>::or_rejects<frozen, insufficient_funds> {
  if (a.balance < 0) return frozen{};
  if (c.amount > a.balance) return insufficient_funds{c.amount - a.balance};
  if (c.amount > 50) return gesta::emit(withdrawn{c.amount}, charged{1});
  return withdrawn{c.amount};
}
constexpr auto decide(const account& a, const keep_open&) -> gesta::emits<charged>::or_nothing {
  if (a.balance > 100) return gesta::no_change;
  return charged{2};
}

struct statement {
  int in = 0;
  int out = 0;
};
constexpr void project(statement& s, const deposited& e) { s.in += e.amount; }
constexpr void project(statement& s, const withdrawn& e) { s.out += e.amount; }

}  // namespace bank

namespace {

using namespace bank;

static_assert(given<account>(deposited{100}).when(withdraw{30}).then(withdrawn{30}));
static_assert(given<account>(deposited{100}).when(withdraw{60}).then(withdrawn{60}, charged{1}));
static_assert(given<account>(deposited{100}).when(withdraw{130}).rejects(insufficient_funds{30}));
static_assert(given<account>(charged{1}).when(withdraw{1}).rejects(frozen{}));
static_assert(given<account>(deposited{101}).when(keep_open{}).nothing());
static_assert(given<account>().when(deposit{1}).then(deposited{1}));
static_assert(given(deposited{5}, withdrawn{2}, charged{1}).then(statement{5, 2}));
static_assert(given().then(statement{}));

template <class Verdict>
std::string told(const Verdict& v) {
  return v.describe().c_str();
}

}  // namespace

TEST_CASE("a wrong expectation does not hold, whatever is wrong with it") {
  CHECK_FALSE(given<account>(deposited{100}).when(withdraw{30}).then(withdrawn{31}));
  CHECK_FALSE(given<account>(deposited{100}).when(withdraw{30}).then(charged{30}));
  CHECK_FALSE(given<account>(deposited{100}).when(withdraw{30}).then());
  CHECK_FALSE(given<account>(deposited{100}).when(withdraw{30}).then(withdrawn{30}, charged{1}));
  CHECK_FALSE(given<account>(deposited{100}).when(withdraw{60}).then(withdrawn{60}));
  CHECK_FALSE(given<account>(deposited{100}).when(withdraw{60}).then(charged{1}, withdrawn{60}));
  CHECK_FALSE(given<account>(deposited{100}).when(withdraw{60}).nothing());
  CHECK_FALSE(given<account>(deposited{100}).when(withdraw{60}).rejects(frozen{}));
  CHECK_FALSE(given<account>(deposited{100}).when(withdraw{130}).rejects(insufficient_funds{31}));
  CHECK_FALSE(given<account>(deposited{100}).when(withdraw{130}).rejects(frozen{}));
  CHECK_FALSE(given<account>(deposited{100}).when(withdraw{130}).then(withdrawn{130}));
  CHECK_FALSE(given<account>(deposited{100}).when(withdraw{130}).then());
  CHECK_FALSE(given<account>(deposited{100}).when(withdraw{130}).nothing());
  CHECK_FALSE(given<account>(deposited{100}).when(keep_open{}).nothing());
  CHECK_FALSE(given<account>(deposited{101}).when(keep_open{}).then(charged{2}));
  CHECK_FALSE(given(deposited{5}).then(statement{6, 0}));
  static_assert(!given<account>(deposited{100}).when(withdraw{30}).then(withdrawn{31}));
  static_assert(!given(deposited{5}).then(statement{6, 0}));
}

TEST_CASE("a right expectation holds at run time too") {
  CHECK(given<account>(deposited{100}).when(withdraw{60}).then(withdrawn{60}, charged{1}));
  CHECK(given<account>(deposited{100}).when(withdraw{130}).rejects(insufficient_funds{30}));
  CHECK(given<account>(deposited{101}).when(keep_open{}).nothing());
  CHECK(given<account>(deposited{101}).when(keep_open{}).then());
  CHECK(given(deposited{5}, withdrawn{2}).then(statement{5, 2}));
}

TEST_CASE("what was expected and what was there is told") {
  CHECK(told(given<account>(deposited{100}).when(withdraw{60}).then(withdrawn{50})) ==
        "given account{balance: 100} when withdraw{amount: 60}\n"
        "  expected: withdrawn{amount: 50}\n"
        "  actual:   withdrawn{amount: 60}, charged{fee: 1}");
  CHECK(told(given<account>(deposited{100}).when(withdraw{130}).then()) ==
        "given account{balance: 100} when withdraw{amount: 130}\n"
        "  expected: nothing\n"
        "  actual:   refused with insufficient_funds{missing: 30}");
  CHECK(told(given<account>(deposited{101}).when(keep_open{}).then(charged{2})) ==
        "given account{balance: 101} when keep_open{}\n"
        "  expected: charged{fee: 2}\n"
        "  actual:   nothing");
  CHECK(told(given<account>(deposited{9}).when(withdraw{8}).rejects(frozen{})) ==
        "given account{balance: 9} when withdraw{amount: 8}\n"
        "  expected: refused with frozen{}\n"
        "  actual:   withdrawn{amount: 8}");
  CHECK(told(given<account>(deposited{9}).when(withdraw{8}).nothing()) ==
        "given account{balance: 9} when withdraw{amount: 8}\n"
        "  expected: nothing\n"
        "  actual:   withdrawn{amount: 8}");
  CHECK(told(given(deposited{5}, withdrawn{2}).then(statement{5, 3})) ==
        "given deposited{amount: 5}, withdrawn{amount: 2}\n"
        "  expected: statement{in: 5, out: 3}\n"
        "  actual:   statement{in: 5, out: 2}");
  constexpr auto compiled = given<account>(deposited{9}).when(withdraw{8}).nothing();
  CHECK(told(compiled) ==
        "given account{balance: 9} when withdraw{amount: 8}\n"
        "  expected: nothing\n"
        "  actual:   withdrawn{amount: 8}");
}

TEST_CASE("a finding is written to any stream, so a failed CHECK shows it") {
  const auto v = given<account>(deposited{9}).when(withdraw{8}).nothing();
  std::ostringstream out;
  out << v;
  CHECK(out.str() == told(v));
  CHECK(std::string(doctest::toString(v).c_str()) == told(v));
}

TEST_CASE("a decided command can be asked more than once, and a history used for several commands") {
  const auto rich = given<account>(deposited{100});
  const auto decided = rich.when(withdraw{60});
  CHECK(decided.then(withdrawn{60}, charged{1}));
  CHECK_FALSE(decided.nothing());
  CHECK(rich.when(withdraw{101}).rejects(insufficient_funds{1}));
  CHECK(rich.when(withdraw{10}).then(withdrawn{10}));
}

// ---- verbs that ask for what surrounds a message

namespace clocked {

struct started {};
struct ended {};
struct start { gesta::text<8> name; };
struct busy { std::uint64_t since_version; };
struct desk {
  std::uint64_t last = 0;
  std::uint64_t sum_of_positions = 0;
  std::int64_t at = 0;
};
constexpr void evolve(desk& d, const started&, const gesta::about& a) {
  d.last = a.version;
  d.sum_of_positions += a.position;
  d.at = a.time.nanoseconds;
}
constexpr void evolve(desk& d, const ended&) { d.last = 0; }
constexpr auto decide(const desk& d, const start&, const gesta::about& a) -> gesta::emits<started>::or_rejects<busy> {
  if (d.last != 0) return busy{d.last * 1000 + a.version * 100 + d.sum_of_positions * 10 + static_cast<std::uint64_t>(d.at)};
  return started{};
}
struct times {
  std::uint64_t versions = 0;
  std::int64_t last = 0;
  std::uint32_t key_size = 0;
};
constexpr void project(times& t, const ended&, const gesta::about& a) {
  t.versions = t.versions * 10 + a.version;
  t.last = a.time.nanoseconds;
  t.key_size = a.key.size;
}

constexpr gesta::about at_time(std::int64_t nanoseconds) {
  gesta::about said;
  said.key = {"bob", 3};
  said.time = {nanoseconds};
  return said;
}

}  // namespace clocked

TEST_CASE("verbs with about see the versions of the history, and the time and key that the test says") {
  using namespace clocked;
  static_assert(given<desk>().when(start{"a"}).then(started{}));
  static_assert(given<desk>(ended{}, started{}).when(start{"a"}).rejects(busy{2 * 1000 + 2 * 100 + 2 * 10 + 0}));
  constexpr gesta::about said = at_time(7);
  static_assert(given<desk>(said, ended{}, started{}).when(start{"a"}).rejects(busy{2 * 1000 + 2 * 100 + 2 * 10 + 7}));
  CHECK(given<desk>(said, started{}, started{}).when(start{"a"}).rejects(busy{2 * 1000 + 2 * 100 + 3 * 10 + 7}));
  CHECK(given(at_time(9), ended{}, started{}, ended{}).then(times{13, 9, 3}));
  CHECK(given(ended{}, ended{}).then(times{12, 0, 0}));
}

// ---- events of an open number, and messages with memory of their own

namespace shop {

struct line {
  gesta::text<8> sku;
  int quantity;
};
struct placed { int lines; };
struct line_added { line what; };
struct place { gesta::list<line, 4> lines; };
struct shipped { std::string address; std::vector<line> parts; };
struct ship { std::string address; };
struct unknown_address { std::string address; };
struct order { std::vector<line> lines; };

constexpr void evolve(order&, const placed&) {}
constexpr void evolve(order& o, const line_added& e) { o.lines.push_back(e.what); }
inline void evolve(order&, const shipped&) {}

constexpr auto decide(const order&, const place& c) -> gesta::emits<placed, gesta::many<line_added>> {
  return gesta::emit(placed{static_cast<int>(c.lines.size())}, gesta::each(c.lines, [](const line& l) { return line_added{l}; }));
}
inline auto decide(const order& o, const ship& c) -> gesta::emits<shipped>::or_rejects<unknown_address> {
  if (c.address.empty()) return unknown_address{"none was said, and this sentence needs memory of its own"};
  return shipped{c.address, o.lines};
}

struct basket { int lines = 0; };
constexpr void evolve(basket& b, const line_added&) { ++b.lines; }
constexpr auto decide(const basket&, const place& c) -> gesta::emits<placed, gesta::many<line_added>> {
  return gesta::emit(placed{static_cast<int>(c.lines.size())}, gesta::each(c.lines, [](const line& l) { return line_added{l}; }));
}

struct addresses { std::vector<std::string> all; };
inline void project(addresses& a, const shipped& e) { a.all.push_back(e.address); }

}  // namespace shop

TEST_CASE("an open number of events is compared one by one") {
  using namespace shop;
  static_assert(given<basket>().when(place{{{"a", 1}, {"b", 2}}}).then(placed{2}, line_added{{"a", 1}}, line_added{{"b", 2}}));
  CHECK(given<order>().when(place{{{"a", 1}, {"b", 2}}}).then(placed{2}, line_added{{"a", 1}}, line_added{{"b", 2}}));
  CHECK(given<order>().when(place{}).then(placed{0}));
  CHECK_FALSE(given<order>().when(place{{{"a", 1}}}).then(placed{1}));
  const auto wrong = given<order>().when(place{{{"a", 1}}}).then(placed{1}, line_added{{"a", 2}});
  CHECK_FALSE(wrong);
  CHECK(told(wrong).ends_with("actual:   placed{lines: 1}, line_added{what: line{sku: \"a\", quantity: 1}}"));
}

TEST_CASE("messages with memory of their own are tested with the same words") {
  using namespace shop;
  const std::string far = "a street whose name is longer than any short string";
  CHECK(given<order>(line_added{{"a", 1}}).when(ship{far}).then(shipped{far, {{"a", 1}}}));
  CHECK_FALSE(given<order>(line_added{{"a", 1}}).when(ship{far}).then(shipped{far, {{"a", 2}}}));
  CHECK(given<order>().when(ship{""}).rejects(unknown_address{"none was said, and this sentence needs memory of its own"}));
  CHECK(given(shipped{far, {}}, shipped{"b", {}}).then(addresses{{far, "b"}}));
  CHECK_FALSE(given(shipped{far, {}}).then(addresses{}));
}

TEST_CASE("a description that is too long ends in dots") {
  using namespace shop;
  const auto v = given(shipped{std::string(5000, 'x'), {}}).then(addresses{});
  CHECK_FALSE(v);
  CHECK(told(v).size() < 5000);
  CHECK(told(v).ends_with("x..."));
}
