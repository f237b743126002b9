// The rows of a view in a table: each kind of field is a column that SQL reads, comes back as it was, and what a hand spoils is found.
#include <gesta/store/sqlite_views.hpp>

#include "sqlite_files.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <variant>

namespace {

enum class state : std::uint8_t { fresh, paid = 7, sent };
struct money {
  std::int64_t cents = 0;
  friend bool operator==(const money&, const money&) = default;
};
struct wrapped {
  std::optional<money> inner;
  friend bool operator==(const wrapped&, const wrapped&) = default;
};
struct place {
  gesta::text<8> country;
  money paid;
  std::optional<std::int32_t> floor;
  friend bool operator==(const place&, const place&) = default;
};

struct all_kinds {
  gesta::text<8> name;
  bool yes = false;
  char letter = 0;
  std::int8_t i8 = 0;
  std::uint8_t u8 = 0;
  std::int32_t i32 = 0;
  std::uint32_t u32 = 0;
  std::int64_t i64 = 0;
  std::uint64_t u64 = 0;
  float f32 = 0;
  double f64 = 0;
  state now{};
  std::string words;
  std::vector<std::byte> bytes;
  gesta::list<unsigned char, 4> few_bytes;
  std::array<std::byte, 3> three{};
  std::chrono::milliseconds took{};
  std::chrono::sys_time<std::chrono::seconds> since{};
  money paid;
  place where;
  std::optional<std::int32_t> maybe;
  std::optional<std::string> note;
  std::optional<place> elsewhere;
  std::optional<double> share;
  wrapped in;
  gesta::list<std::int32_t, 3> few;
  std::vector<std::string> many;
  std::set<std::int32_t> unique;
  std::map<std::string, std::int32_t> counts;
  std::variant<std::int32_t, std::string> either;
  std::pair<std::int32_t, bool> both;
  static constexpr gesta::renamed wire[] = {{"words", "said \"aloud\""}};
  friend bool operator==(const all_kinds&, const all_kinds&) = default;
};
struct kinds : gesta::projection<gesta::rows<all_kinds, "name">> { static constexpr auto id = "kinds"; };

all_kinds blank(const char* name) {
  all_kinds k;
  k.name = gesta::text<8>(std::string(name));
  return k;
}
all_kinds full(const char* name) {
  all_kinds k = blank(name);
  k.yes = true;
  k.letter = 'x';
  k.i8 = -128;
  k.u8 = 255;
  k.i32 = std::numeric_limits<std::int32_t>::min();
  k.u32 = std::numeric_limits<std::uint32_t>::max();
  k.i64 = std::numeric_limits<std::int64_t>::min();
  k.u64 = std::numeric_limits<std::uint64_t>::max() - 1;
  k.f32 = 0.1f;
  k.f64 = -1e300;
  k.now = state::paid;
  k.words = "na\xc3\xafve 'quoted'";
  k.bytes = {std::byte{0}, std::byte{1}, std::byte{255}};
  k.few_bytes = {1, 0};
  k.three = {std::byte{1}, std::byte{2}, std::byte{3}};
  k.took = std::chrono::milliseconds(-5);
  k.since = std::chrono::sys_time<std::chrono::seconds>(std::chrono::seconds(1'700'000'000));
  k.paid.cents = 1995;
  k.where = {"FR", {12}, 3};
  k.maybe = 0;
  k.note = "";
  k.elsewhere = place{"DE", {1}, {}};
  k.share = 0.5;
  k.in.inner = money{4};
  k.few = {1, 2, 3};
  k.many = {"a", ""};
  k.unique = {3, 1};
  k.counts = {{"x", 1}, {"y", -1}};
  k.either = "text";
  k.both = {4, true};
  return k;
}

template <class... P>
using views_of = gesta::sqlite_views::opened<P...>;
gesta::sqlite_views at(const std::string& path) { return {.path = path, .level = gesta::durability::process, .patience_milliseconds = 50}; }

template <class P, class Views>
void keep(Views& views, const typename gesta::sqlite_rows<P>::row_type& row) {
  REQUIRE(views.begin());
  auto* const kept = views.template table<P>().find_or_add(gesta::detail::projected_rows<P>::key_of(row));
  REQUIRE(kept != nullptr);
  *kept = row;
  REQUIRE_MESSAGE(views.commit(), views.last_failure().describe());
}

// Views of a key of each kind.
template <class Key>
struct keyed_row {
  std::int32_t count = 0;
  Key key{};
  friend bool operator==(const keyed_row&, const keyed_row&) = default;
};
template <class Key>
struct by : gesta::projection<gesta::rows<keyed_row<Key>, "key">> { static constexpr auto id = "by_key"; };

struct large_row {
  std::int32_t key = 0;
  std::int32_t count = 0;
  std::array<std::byte, 100'000> much{};
};
struct large : gesta::projection<gesta::rows<large_row, "key">> { static constexpr auto id = "large"; };

struct line_no {
  std::int32_t order = 0;
  gesta::text<4> line;
  friend bool operator==(const line_no&, const line_no&) = default;
};
struct strong {
  std::uint32_t number = 0;
  friend bool operator==(const strong&, const strong&) = default;
};

template <class Key>
void keeps_rows_by(std::vector<Key> keys, const std::vector<std::size_t>& order) {
  const folder f;
  {
    views_of<by<Key>> views(at(f / "a.db"));
    REQUIRE_MESSAGE(views.broken() == nullptr, views.broken()->describe());
    REQUIRE(views.begin());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      auto* const row = views.template table<by<Key>>().find_or_add(keys[i]);
      REQUIRE(row != nullptr);
      CHECK(row->key == keys[i]);
      row->count = static_cast<std::int32_t>(i + 1);
    }
    CHECK(views.template table<by<Key>>().size() == keys.size());
    REQUIRE(views.commit());
  }
  views_of<by<Key>> views(at(f / "a.db"));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto* const row = views.template find<by<Key>>(keys[i]);
    REQUIRE(row != nullptr);
    CHECK(*row == keyed_row<Key>{static_cast<std::int32_t>(i + 1), keys[i]});
  }
  std::vector<Key> seen;
  CHECK(views.template each<by<Key>>([&](const keyed_row<Key>& row) { seen.push_back(row.key); }));
  REQUIRE(seen.size() == order.size());
  for (std::size_t i = 0; i < order.size(); ++i) CHECK(seen[i] == keys[order[i]]);
  REQUIRE(views.begin());
  CHECK(views.template table<by<Key>>().erase(keys[0]));
  REQUIRE(views.commit());
  CHECK(views.template find<by<Key>>(keys[0]) == nullptr);
  CHECK(views.template table<by<Key>>().size() == keys.size() - 1);
}

}  // namespace

TEST_CASE("a field of each kind comes back from its column") {
  const folder f;
  const all_kinds one = full("one"), none = blank("none");
  {
    views_of<kinds> views(at(f / "a.db"));
    REQUIRE_MESSAGE(views.broken() == nullptr, views.broken()->describe());
    keep<kinds>(views, one);
    keep<kinds>(views, none);
  }
  views_of<kinds> views(at(f / "a.db"));
  REQUIRE(views.find<kinds>("one") != nullptr);
  CHECK(*views.find<kinds>("one") == one);
  REQUIRE(views.find<kinds>("none") != nullptr);
  CHECK(*views.find<kinds>("none") == none);
  CHECK(views.find<kinds>("other") == nullptr);
}

TEST_CASE("plain SQL reads each kind") {
  const folder f;
  views_of<kinds> views(at(f / "a.db"));
  keep<kinds>(views, full("one"));
  keep<kinds>(views, blank("none"));
  const auto ask = [&](const char* column) {
    const std::string from = std::string(column) + " as c from kinds where name = 'one')";
    return answer(f / "a.db", ("select typeof(c) || ':' || quote(c) from (select " + from).c_str());
  };
  CHECK(ask("yes") == "integer:1");
  CHECK(ask("letter") == "integer:120");
  CHECK(ask("i8") == "integer:-128");
  CHECK(ask("u32") == "integer:4294967295");
  CHECK(ask("i64") == "integer:-9223372036854775808");
  CHECK(ask("u64") == "integer:-2");
  CHECK(ask("round(f32, 6)") == "real:0.1");
  CHECK(ask("f64").rfind("real:-1.0e", 0) == 0);
  CHECK(ask("now") == "integer:7");
  CHECK(ask("\"said \"\"aloud\"\"\"") == "text:'na\xc3\xafve ''quoted'''");
  CHECK(ask("bytes") == "blob:X'0001FF'");
  CHECK(ask("few_bytes") == "blob:X'0100'");
  CHECK(ask("three") == "blob:X'010203'");
  CHECK(ask("took") == "integer:-5");
  CHECK(ask("datetime(since, 'unixepoch')") == "text:'2023-11-14 22:13:20'");
  CHECK(ask("paid") == "integer:1995");
  CHECK(ask("where_country") == "text:'FR'");
  CHECK(ask("where_paid") == "integer:12");
  CHECK(ask("where_floor") == "integer:3");
  CHECK(ask("maybe") == "integer:0");
  CHECK(ask("note") == "text:''");
  CHECK(ask("share") == "real:0.5");
  CHECK(ask("\"in\"") == "integer:4");
  CHECK(ask("few") == "blob:X'03010000000200000003000000'");
  CHECK(ask("elsewhere").rfind("blob:", 0) == 0);
  CHECK(answer(f / "a.db", "select count(*) from kinds where maybe is null and note is null and share is null and \"in\" is null and "
                           "where_floor is null") == "1");
  CHECK(answer(f / "a.db", "select name from kinds order by i32 limit 1") == "one");
  CHECK(answer(f / "a.db", "select schema from views where name = 'kinds'")
            .rfind(R"({"key":"name","fields":{"name":"text","yes":"bool","letter":"char",)", 0) == 0);
}

TEST_CASE("numbers that SQL has no place for come back: not-a-number, infinity, text with a zero") {
  const folder f;
  all_kinds odd = blank("odd");
  odd.f64 = std::numeric_limits<double>::quiet_NaN();
  odd.f32 = -std::numeric_limits<float>::infinity();
  odd.share = std::numeric_limits<double>::quiet_NaN();
  odd.words = std::string("a\0b", 3);
  {
    views_of<kinds> views(at(f / "a.db"));
    keep<kinds>(views, odd);
  }
  views_of<kinds> views(at(f / "a.db"));
  const all_kinds* const back = views.find<kinds>("odd");
  REQUIRE(back != nullptr);
  CHECK(std::isnan(back->f64));
  CHECK(back->f32 == odd.f32);
  REQUIRE(back->share.has_value());
  CHECK(std::isnan(*back->share));
  CHECK(back->words == odd.words);
  CHECK(answer(f / "a.db", "select f64 || typeof(words) from (select f64, \"said \"\"aloud\"\"\" as words from kinds)") == "NaNblob");
}

TEST_CASE("keys of each kind are the primary key, and rows come in their order") {
  keeps_rows_by<std::int32_t>({5, -3, 0}, {1, 2, 0});
  keeps_rows_by<std::int64_t>({std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}, {1, 0});
  keeps_rows_by<std::uint64_t>({3, 1, std::numeric_limits<std::uint64_t>::max()}, {2, 1, 0});  // SQL sees the last as -1
  keeps_rows_by<std::uint8_t>({200, 100}, {1, 0});
  keeps_rows_by<bool>({true, false}, {1, 0});
  keeps_rows_by<state>({state::sent, state::fresh, state::paid}, {1, 2, 0});
  keeps_rows_by<gesta::text<8>>({"b", "", "a", "ab"}, {1, 2, 3, 0});
  keeps_rows_by<std::string>({"b", "a", "", std::string("a\0", 2)}, {2, 1, 0, 3});  // what has a zero is no text for SQL, and comes last
  keeps_rows_by<strong>({{7}, {4000000000u}, {0}}, {2, 0, 1});
  keeps_rows_by<line_no>({{2, "a"}, {1, "b"}, {1, "a"}, {-1, "z"}}, {3, 2, 1, 0});
}

TEST_CASE("a key of one number is the rowid, other keys are the order of the table itself") {
  const folder f, g;
  views_of<by<strong>> numbers(at(f / "a.db"));
  CHECK(answer(f / "a.db", "select sql from sqlite_master where name = 'by_key'").find("\"key\" integer primary key") != std::string::npos);
  views_of<by<line_no>> lines(at(g / "a.db"));
  CHECK(answer(g / "a.db", "select sql from sqlite_master where name = 'by_key'").find("primary key(\"key_order\", \"key_line\")) without rowid") !=
        std::string::npos);
}

// ---- what a hand may spoil

TEST_CASE("what is no value of its field is corrupt, and says where it stands") {
  struct spoiling {
    const char* change;
    const char* column;
  };
  const spoiling all[] = {
      {"yes = 2", "yes"},
      {"yes = 'no'", "yes"},
      {"letter = 1000", "letter"},
      {"i8 = 128", "i8"},
      {"u8 = -1", "u8"},
      {"i32 = 3000000000", "i32"},
      {"u32 = -1", "u32"},
      {"i64 = 1.5", "i64"},
      {"u64 = x'00'", "u64"},
      {"f32 = 1e300", "f32"},
      {"f64 = 'much'", "f64"},
      {"now = 256", "now"},
      {"bytes = 'text'", "bytes"},
      {"few_bytes = x'0102030405'", "few_bytes"},
      {"three = x'0102'", "three"},
      {"took = 'long'", "took"},
      {"since = x''", "since"},
      {"paid = 'dear'", "paid"},
      {"where_country = 'much too long'", "where_country"},
      {"where_floor = 1e15", "where_floor"},
      {"maybe = 'x'", "maybe"},
      {"elsewhere = x'ff'", "elsewhere"},
      {"few = x'0401000000020000000300000004000000'", "few"},
      {"few = 3", "few"},
      {"many = x'ffffffffffffffff01'", "many"},
      {"either = x'09'", "either"},
      {"counts = x'02017801000000017801000000'", "counts"},
      {"both = x''", "both"},
  };
  for (const spoiling& one : all) {
    CAPTURE(one.change);
    const folder f;
    views_of<kinds> views(at(f / "a.db"));
    keep<kinds>(views, full("one"));
    keep<kinds>(views, full("two"));
    sql(f / "a.db", ("update kinds set " + std::string(one.change) + " where name = 'two'").c_str());
    CHECK(views.find<kinds>("one") != nullptr);
    CHECK(views.find<kinds>("two") == nullptr);
    CHECK(views.last_failure().why == kind::corrupt);
    const std::string said = views.last_failure().describe();
    CHECK_MESSAGE(said.rfind("table kinds, column " + std::string(one.column) + ", key two: ", 0) == 0, said);
    CHECK_FALSE(views.each<kinds>([](const all_kinds&) {}));
    CHECK(views.broken() == nullptr);
    // It is no blank row either, and what rests on it is not kept.
    REQUIRE(views.begin());
    REQUIRE(views.table<kinds>().find_or_add("three") != nullptr);
    CHECK(views.table<kinds>().find_or_add("two") == nullptr);
    CHECK_FALSE(views.commit());
    CHECK(views.find<kinds>("three") == nullptr);
    // Erased or overwritten by hand, it is good again.
    sql(f / "a.db", "delete from kinds where name = 'two'");
    REQUIRE(views.begin());
    CHECK(views.table<kinds>().find_or_add("two") != nullptr);
    CHECK(views.commit());
    CHECK(*views.find<kinds>("two") == blank("two"));
  }
}

TEST_CASE("a row may be erased unread, and so may all") {
  const folder f;
  views_of<kinds> views(at(f / "a.db"));
  keep<kinds>(views, full("one"));
  keep<kinds>(views, full("two"));
  sql(f / "a.db", "update kinds set yes = 2");
  REQUIRE(views.begin());
  CHECK(views.table<kinds>().erase("one"));
  REQUIRE(views.commit());
  CHECK(answer(f / "a.db", "select group_concat(name) from kinds") == "two");
  REQUIRE(views.begin());
  CHECK(views.table<kinds>().clear());
  CHECK(views.table<kinds>().find_or_add("two") != nullptr);
  REQUIRE(views.commit());
  CHECK(*views.find<kinds>("two") == blank("two"));
}

TEST_CASE("what a hand changes within the bounds of a field is the row from then on") {
  const folder f;
  views_of<kinds> views(at(f / "a.db"));
  keep<kinds>(views, full("one"));
  REQUIRE(views.find<kinds>("one") != nullptr);
  sql(f / "a.db", "update kinds set i32 = 5, f64 = 2, where_floor = null, now = 99; insert into kinds select 'new', * from (select yes, letter, i8, "
                  "u8, i32, u32, i64, u64, f32, f64, now, \"said \"\"aloud\"\"\", bytes, few_bytes, three, took, since, paid, where_country, "
                  "where_paid, where_floor, maybe, note, elsewhere, share, \"in\", few, many, \"unique\", counts, either, both from kinds)");
  const all_kinds* const row = views.find<kinds>("one");
  REQUIRE(row != nullptr);
  CHECK(row->i32 == 5);
  CHECK(row->f64 == 2);
  CHECK_FALSE(row->where.floor.has_value());
  CHECK(row->now == static_cast<state>(99));
  REQUIRE(views.find<kinds>("new") != nullptr);
  CHECK(views.table<kinds>().size() == 2);
}

// ---- in memory and in the file

TEST_CASE("a row that many events change is read once and written once") {
  const folder f;
  views_of<by<std::int32_t>> views(at(f / "a.db"));
  sql(f / "a.db", "create table writes(n); create trigger t after insert on by_key begin insert into writes values(new.key); end; "
                  "create trigger u after update on by_key begin insert into writes values(new.key); end");
  for (int unit = 0; unit < 3; ++unit) {
    REQUIRE(views.begin());
    for (int i = 0; i < 100; ++i) ++views.table<by<std::int32_t>>().find_or_add(i % 2)->count;
    REQUIRE(views.commit());
  }
  CHECK(answer(f / "a.db", "select group_concat(n) from writes") == "0,1,0,1,0,1");
  CHECK(answer(f / "a.db", "select sum(count) from by_key") == "300");
}

TEST_CASE("more rows than are kept in memory are written early, and all are there") {
  const folder f;
  views_of<large> views(at(f / "a.db"));
  REQUIRE(views.begin());
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < 400; ++i) {
      auto* const row = views.table<large>().find_or_add(i);
      REQUIRE(row != nullptr);
      ++row->count;
    }
  for (int i = 0; i < 400; i += 2) REQUIRE(views.table<large>().erase(i));
  for (int i = 1; i < 400; i += 2) REQUIRE(views.table<large>().find(i) != nullptr);
  CHECK(views.table<large>().find(2) == nullptr);
  CHECK(answer(f / "a.db", "select count(*) from large") == "0");  // nothing is seen before the commit
  REQUIRE(views.commit());
  CHECK(answer(f / "a.db", "select count(*) || ':' || sum(count) from large") == "200:400");
  REQUIRE(views.begin());
  for (int i = 0; i < 400; ++i) REQUIRE(views.table<large>().find_or_add(i) != nullptr);
  views.rollback();
  CHECK(answer(f / "a.db", "select count(*) from large") == "200");
}

TEST_CASE("a row that is given another key by who changes it is not kept") {
  const folder f;
  views_of<by<std::int32_t>> views(at(f / "a.db"));
  REQUIRE(views.begin());
  views.table<by<std::int32_t>>().find_or_add(1)->key = 2;
  CHECK_FALSE(views.commit());
  CHECK(views.last_failure().why == kind::differs);
  CHECK(answer(f / "a.db", "select count(*) from by_key") == "0");
}

TEST_CASE("a row goes and comes again within a unit") {
  using rows_by = by<std::int32_t>;
  const folder f;
  views_of<rows_by> views(at(f / "a.db"));
  for (int known = 0; known < 2; ++known) {
    REQUIRE(views.begin());
    auto& table = views.table<rows_by>();
    table.find_or_add(1)->count = 5;
    CHECK(table.erase(1));
    CHECK(table.find(1) == nullptr);
    CHECK(table.erase(1));
    CHECK(table.find_or_add(1)->count == 0);
    table.find_or_add(1)->count = 7;
    table.find_or_add(2)->count = 1;
    CHECK(table.erase(2));
    CHECK(table.size() == 1);
    REQUIRE(views.commit());
    CHECK(answer(f / "a.db", "select group_concat(key || '=' || count) from by_key") == "1=7");
  }
}
