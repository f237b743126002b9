// Views in an SQLite file: rows, checkpoints and letters are kept together or not at all; several programs use one file; what is not theirs is
// left alone.
#include <gesta/store/sqlite_views.hpp>

#include "sqlite_files.hpp"

#include <memory>

namespace {

struct country_row {
  gesta::text<32> country;
  std::int64_t cents = 0, orders = 0;
  using indexes = gesta::indexes<"cents", "orders, cents">;
};
struct by_country : gesta::projection<gesta::rows<country_row, "country">> { static constexpr auto id = "by_country"; };

struct turnover {
  std::int64_t cents = 0;
};
struct total : gesta::projection<turnover> { static constexpr auto id = "shop.total"; };

// The same tables as other programs see them.
namespace changed {
struct country_row {
  gesta::text<32> country;
  std::int64_t cents = 0;
  std::int32_t orders = 0;
};
struct by_country : gesta::projection<gesta::rows<country_row, "country">> { static constexpr auto id = "by_country"; };
}  // namespace changed
namespace rekeyed {
struct by_country : gesta::projection<gesta::rows<::country_row, "cents">> { static constexpr auto id = "by_country"; };
}  // namespace rekeyed
namespace second {
struct by_country : gesta::projection<gesta::rows<changed::country_row, "country">> {
  static constexpr auto id = "by_country";
  static constexpr auto version = 2;
};
}  // namespace second
namespace fewer {
struct country_row {
  gesta::text<32> country;
  std::int64_t cents = 0, orders = 0;
  using indexes = gesta::indexes<"cents">;
};
struct by_country : gesta::projection<gesta::rows<country_row, "country">> { static constexpr auto id = "by_country"; };
}  // namespace fewer

template <gesta::detail::fixed_string Name>
struct named : gesta::projection<turnover> {
  static constexpr const char* id = Name.chars;
};
template <gesta::detail::fixed_string Name>
void keep_one(gesta::sqlite_views::opened<named<Name>>& views) {
  REQUIRE(views.begin());
  views.template table<named<Name>>().find_or_add({})->cents = 7;
  REQUIRE(views.commit());
}

template <class... P>
using views_of = gesta::sqlite_views::opened<P...>;
using shop_views = views_of<by_country, total>;
static_assert(gesta::opened_views<shop_views, by_country> && gesta::opened_views<shop_views, total>);

gesta::sqlite_views at(const std::string& path, std::uint32_t patience = 50) {
  return {.path = path, .level = gesta::durability::process, .patience_milliseconds = patience};
}

template <class Views>
bool sell(Views& views, const char* country, std::int64_t cents) {
  auto* const row = views.template table<by_country>().find_or_add(gesta::text<32>(std::string(country)));
  auto* const all = views.template table<total>().find_or_add({});
  gesta::progress state;
  if (row == nullptr || all == nullptr || !views.load("shop", state)) return false;
  row->cents += cents;
  ++row->orders;
  views.template table<total>().find_or_add({})->cents += cents;
  ++state.at.position;
  return views.save("shop", state);
}
template <class Views>
bool sell_alone(Views& views, const char* country, std::int64_t cents) {
  return views.begin() && sell(views, country, cents) && views.commit();
}
template <class Views>
std::string all_rows(Views& views) {
  std::string out;
  CHECK(views.template each<by_country>([&](const country_row& row) {
    out += std::string(row.country.c_str()) + '=' + std::to_string(row.cents) + '/' + std::to_string(row.orders) + ' ';
  }));
  const turnover* const all = views.template find<total>();
  gesta::progress state;
  CHECK(views.load("shop", state));
  return out + (all == nullptr ? "-" : std::to_string(all->cents)) + " @" + std::to_string(state.at.position);
}
template <class Views>
std::string letters_of(Views& views, const char* consumer) {
  std::string out;
  CHECK(views.each_letter(consumer, [&](const gesta::letter& one) {
    out += std::to_string(one.position) + ':' + one.key + ':' + one.cause + ':' + std::to_string(one.attempts) + ' ';
    return true;
  }));
  return out;
}

}  // namespace

TEST_CASE("rows, checkpoint and letters of a unit are kept together") {
  const folder f;
  const gesta::progress here{{{1, 2}, 7}, {3}, {4, 5}, {6}, true, true};
  {
    shop_views views(at(f / "a.db"));
    REQUIRE_MESSAGE(views.broken() == nullptr, views.broken()->describe());
    CHECK(all_rows(views) == "- @0");
    REQUIRE(views.begin());
    REQUIRE(sell(views, "FR", 5));
    REQUIRE(sell(views, "DE", 3));
    REQUIRE(sell(views, "FR", 1));
    CHECK(all_rows(views) == "DE=3/1 FR=6/2 9 @3");  // the unit sees itself
    CHECK(views.save("other", here));
    CHECK(views.put("shop", {.position = 2, .key = "FR", .cause = "no room", .attempts = 3, .since = {10}, .due = {20}}));
    CHECK(answer(f / "a.db", "select count(*) from by_country") == "0");
    REQUIRE(views.commit());
  }
  shop_views views(at(f / "a.db"));
  CHECK(all_rows(views) == "DE=3/1 FR=6/2 9 @3");
  CHECK(letters_of(views, "shop") == "2:FR:no room:3 ");
  gesta::progress read;
  CHECK(views.load("other", read));
  CHECK(read == here);
  CHECK(answer(f / "a.db", "select group_concat(name || position) from consumers") == "other7,shop3");
  CHECK(answer(f / "a.db", "select cents from \"shop.total\" where only = 0") == "9");
  CHECK(answer(f / "a.db", "select key || cause || attempts || since || due from letters where consumer = 'shop' and position = 2") ==
        "FRno room31020");
  std::string names;
  CHECK(views.each_consumer([&](std::string_view name, const gesta::progress& p) {
    names += std::string(name) + std::to_string(p.at.position) + ' ';
    return true;
  }));
  CHECK(names == "other7 shop3 ");
}

TEST_CASE("what is taken back was never there") {
  const folder f;
  shop_views views(at(f / "a.db"));
  REQUIRE(sell_alone(views, "FR", 5));
  REQUIRE(views.begin());
  REQUIRE(views.put("shop", {.position = 1, .key = "FR", .cause = "x", .attempts = 1}));
  REQUIRE(views.commit());
  REQUIRE(views.begin());
  REQUIRE(sell(views, "FR", 5));
  REQUIRE(sell(views, "DE", 5));
  REQUIRE(views.table<by_country>().erase("FR"));
  REQUIRE(views.put("shop", {.position = 1, .key = "FR", .cause = "y", .attempts = 2}));
  REQUIRE(views.put("shop", {.position = 2, .key = "DE", .cause = "z", .attempts = 1}));
  bool blocked = false;
  CHECK(views.is_blocked("shop", "DE", blocked));
  CHECK(blocked);
  views.rollback();
  CHECK(all_rows(views) == "FR=5/1 5 @1");
  CHECK(letters_of(views, "shop") == "1:FR:x:1 ");
  CHECK(views.is_blocked("shop", "DE", blocked));
  CHECK_FALSE(blocked);
  // Ended within a unit.
  REQUIRE(views.begin());
  REQUIRE(views.table<by_country>().clear());
  REQUIRE(views.drop("shop", {.position = 1, .key = "FR"}));
  views.rollback();
  views.rollback();
  CHECK_FALSE(views.commit());
  {
    shop_views other(at(f / "a.db"));
    REQUIRE(other.begin());
    REQUIRE(sell(other, "IT", 5));
  }
  CHECK(all_rows(views) == "FR=5/1 5 @1");
  CHECK(letters_of(views, "shop") == "1:FR:x:1 ");
}

TEST_CASE("two programs that use one file see what the other has kept") {
  const folder f;
  shop_views one(at(f / "a.db")), two(at(f / "a.db"));
  for (int i = 0; i < 3; ++i) {
    REQUIRE(sell_alone(one, "FR", 1));
    CHECK(one.find<by_country>("FR")->cents == 11 * i + 1);
    REQUIRE(sell_alone(two, "FR", 10));
    CHECK(one.find<by_country>("FR")->cents == 11 * i + 11);
  }
  CHECK(all_rows(one) == "FR=33/6 33 @6");
  CHECK(all_rows(two) == "FR=33/6 33 @6");
  bool blocked = true;
  REQUIRE(one.begin());
  CHECK(one.is_blocked("shop", "FR", blocked));
  CHECK_FALSE(blocked);
  CHECK_FALSE(two.begin());
  CHECK(two.last_failure().why == kind::busy);
  CHECK(two.broken() == nullptr);
  CHECK(all_rows(two) == "FR=33/6 33 @6");
  REQUIRE(one.commit());
  REQUIRE(two.begin());
  REQUIRE(two.put("shop", {.position = 7, .key = "FR", .cause = "x", .attempts = 1}));
  CHECK(two.table<by_country>().erase("FR"));
  REQUIRE(two.commit());
  CHECK(one.is_blocked("shop", "FR", blocked));
  CHECK(blocked);
  CHECK(one.find<by_country>("FR") == nullptr);
  REQUIRE(one.begin());
  CHECK(one.table<by_country>().find_or_add("FR")->cents == 0);
  REQUIRE(one.commit());
}

TEST_CASE("processes that open one new file at the same time and fill one view lose nothing") {
  const folder f;
  const std::string path = f / "a.db";
  constexpr int processes = 4, units = 25;
  {
    std::vector<std::unique_ptr<child>> all;
    for (int i = 0; i < processes; ++i)
      all.push_back(std::make_unique<child>([&](auto) {
        shop_views views(at(path, 60000));
        if (views.broken() != nullptr) return std::fprintf(stderr, "%s\n", views.broken()->describe()), false;
        for (int unit = 0; unit < units; ++unit)
          if (!sell_alone(views, "FR", 1)) return std::fprintf(stderr, "%s\n", views.last_failure().describe()), false;
        return true;
      }));
    for (auto& each : all) CHECK(each->ended());
  }
  shop_views views(at(path));
  CHECK(all_rows(views) == "FR=100/100 100 @100");
}

TEST_CASE("a program that is killed within a unit leaves what was kept before") {
  const folder f;
  const std::string path = f / "a.db";
  shop_views views(at(path, 5000));
  for (int place = 0; place < 4; ++place) {
    CAPTURE(place);
    const std::string before = all_rows(views);
    child victim([&](auto say) {
      shop_views own(at(path));
      own.begin();
      for (int i = 0; i < 20000; ++i) {
        if (i == place * 5000) say();
        const std::string country = std::to_string(i);
        if (!sell(own, country.c_str(), 1)) return false;
        if (place > 1 && i % 1000 == 0 && !own.table<by_country>().flush()) return false;  // pages of the unit go to the log
      }
      say();
      stay();
    });
    REQUIRE(victim.said());
    victim.kill();
    CHECK(all_rows(views) == before);
    CHECK(sell_alone(views, "FR", 1));
    CHECK(answer(path, "pragma integrity_check") == "ok");
  }
  CHECK(all_rows(views) == "FR=4/4 4 @4");
}

// ---- letters

TEST_CASE("letters are kept by consumer and position, and found by key") {
  const folder f;
  shop_views views(at(f / "a.db"));
  REQUIRE(views.begin());
  const std::string zero("\0\x05", 2);
  REQUIRE(views.put("a", {.position = 9, .key = "FR", .cause = "late", .attempts = 1, .since = {5}, .due = {6}}));
  REQUIRE(views.put("a", {.position = 3, .key = zero, .cause = "early", .attempts = 2}));
  REQUIRE(views.put("b", {.position = 3, .key = "IT", .cause = "other's", .attempts = 1}));
  REQUIRE(views.put("a", {.position = 9, .key = "FR", .cause = "again", .attempts = 2, .since = {5}, .due = {7}}));  // replaces
  REQUIRE(views.put("a", {.position = 9, .key = "DE", .cause = "beside", .attempts = 1}));
  REQUIRE(views.put("a", {.position = 9, .key = std::string("A\0", 2), .cause = "before", .attempts = 1}));
  CHECK(letters_of(views, "a") == "3:" + zero + ":early:2 9:" + std::string("A\0", 2) + ":before:1 9:DE:beside:1 9:FR:again:2 ");
  const auto is_blocked = [&](const char* consumer, std::string_view key) {
    bool blocked = false;
    CHECK(views.is_blocked(consumer, key, blocked));
    return blocked;
  };
  CHECK(is_blocked("a", "DE"));
  CHECK(is_blocked("a", zero));
  CHECK(is_blocked("a", "FR"));
  CHECK_FALSE(is_blocked("a", "IT"));
  CHECK(is_blocked("b", "IT"));
  CHECK_FALSE(is_blocked("c", "IT"));
  CHECK(views.drop("a", {.position = 3, .key = zero}));
  CHECK(views.drop("a", {.position = 4, .key = "DE"}));
  CHECK(views.drop("a", {.position = 9, .key = "IT"}));
  CHECK_FALSE(is_blocked("a", zero));
  // What is discarded is kept, and holds nobody up.
  CHECK(views.put("a", {.position = 9, .key = "DE", .cause = "beside", .attempts = 1, .discarded = "by hand"}));
  CHECK_FALSE(is_blocked("a", "DE"));
  CHECK(is_blocked("a", "FR"));
  CHECK(views.drop("a", {.position = 9, .key = std::string("A\0", 2)}));
  CHECK(views.drop("a", {.position = 9, .key = "DE"}));
  REQUIRE(views.commit());
  gesta::letter read;
  CHECK(views.each_letter("a", [&](const gesta::letter& one) { return read = one, true; }));
  CHECK(read == gesta::letter{.position = 9, .key = "FR", .cause = "again", .attempts = 2, .since = {5}, .due = {7}});
}

TEST_CASE("a visitor may put and drop letters, and end") {
  const folder f;
  shop_views views(at(f / "a.db"));
  REQUIRE(views.begin());
  for (std::uint64_t i = 1; i <= 200; ++i) REQUIRE(views.put("a", {.position = i, .key = std::to_string(i)}));
  std::uint64_t seen = 0, sum = 0;
  CHECK(views.each_letter("a", [&](const gesta::letter& one) {
    ++seen;
    sum += one.position;
    CHECK(views.drop("a", one));
    if (one.position == 1) CHECK(views.put("a", {.position = 201, .key = "new"}));
    return true;
  }));
  CHECK(seen == 201);
  CHECK(sum == 201 * 202 / 2);
  CHECK(letters_of(views, "a").empty());
  for (std::uint64_t i = 1; i <= 3; ++i) REQUIRE(views.put("a", {.position = i}));
  seen = 0;
  CHECK(views.each_letter("a", [&](const gesta::letter&) { return ++seen < 2; }));
  CHECK(seen == 2);
  REQUIRE(views.commit());
}

TEST_CASE("what a hand spoils of checkpoints and letters is corrupt") {
  const char* const all[] = {"update consumers set incarnation = x'00'", "update consumers set position = -1",
                             "update consumers set position = 'far'", "update consumers set incarnation = 'sixteen bytes...'",
                             "update consumers set owner = 5", "update consumers set paused = 2", "update consumers set until = 'late'"};
  gesta::progress read;
  for (const char* const one : all) {
    CAPTURE(one);
    const folder f;
    shop_views views(at(f / "a.db"));
    REQUIRE(sell_alone(views, "FR", 1));
    sql(f / "a.db", one);
    CHECK_FALSE(views.load("shop", read));
    CHECK(views.last_failure().why == kind::corrupt);
    CHECK(std::string(views.last_failure().describe()).rfind("table consumers, shop: ", 0) == 0);
    CHECK(views.load("another", read));
    CHECK(views.broken() == nullptr);
  }
  const char* const letters[] = {"update letters set attempts = -1", "update letters set attempts = 5000000000", "update letters set part = -1",
                                 "update letters set since = 'then'",
                                 "update letters set due = 1.5", "update letters set key = 7.5",
                                 "update letters set position = -position"};
  for (const char* const one : letters) {
    CAPTURE(one);
    const folder f;
    shop_views views(at(f / "a.db"));
    REQUIRE(views.begin());
    REQUIRE(views.put("shop", {.position = 1, .key = "FR", .cause = "x", .attempts = 1}));
    REQUIRE(views.commit());
    sql(f / "a.db", one);
    std::size_t seen = 0;
    const bool is_read = views.each_letter("shop", [&](const gesta::letter&) { return ++seen, true; });
    CHECK(seen == 0);
    CHECK((!is_read || std::string(one).find("-position") != std::string::npos));
    CHECK((is_read || views.last_failure().why == kind::corrupt));
  }
  const folder f;
  shop_views views(at(f / "a.db"));
  REQUIRE(views.begin());
  CHECK_FALSE(views.save("shop", {.at = {{}, std::uint64_t{1} << 63}}));
  CHECK(views.last_failure().why == kind::too_large);
  CHECK_FALSE(views.commit());
}

// ---- the tables

TEST_CASE("a table of another row type is not touched") {
  const folder f;
  {
    shop_views views(at(f / "a.db"));
    REQUIRE(sell_alone(views, "FR", 5));
  }
  const std::string before = content(f / "a.db");
  {
    views_of<total, changed::by_country> views(at(f / "a.db"));
    REQUIRE(views.broken() != nullptr);
    CHECK(views.broken()->why == kind::differs);
    CHECK(std::string(views.broken()->describe()).rfind("the table by_country was made for another row type, or another key; ", 0) == 0);
    // Nothing can be done with it, and nothing happens.
    gesta::progress read;
    bool blocked = false;
    CHECK_FALSE(views.begin());
    CHECK(views.table<changed::by_country>().find_or_add("FR") == nullptr);
    CHECK(views.find<total>() == nullptr);
    CHECK_FALSE(views.each<total>([](const turnover&) {}));
    CHECK_FALSE(views.table<total>().erase({}));
    CHECK_FALSE(views.load("shop", read));
    CHECK_FALSE(views.save("shop", read));
    CHECK_FALSE(views.put("shop", {}));
    CHECK_FALSE(views.is_blocked("shop", "FR", blocked));
    CHECK_FALSE(views.commit());
    CHECK(views.last_failure().why == kind::differs);
  }
  CHECK(views_of<rekeyed::by_country>(at(f / "a.db")).broken() != nullptr);
  CHECK(content(f / "a.db") == before);
  // Another version is another table.
  views_of<second::by_country> views(at(f / "a.db"));
  REQUIRE(views.broken() == nullptr);
  CHECK(views.find<second::by_country>("FR") == nullptr);
  CHECK(answer(f / "a.db", "select group_concat(name) from views") == "by_country,by_country@2,shop.total");
}

TEST_CASE("names that are taken are refused, whoever took them, and what is there stays") {
  const folder f;
  { shop_views views(at(f / "a.db")); }
  sql(f / "a.db", "create table mine(a); insert into mine values(5)");
  const std::string before = content(f / "a.db");
  const auto refused = [&](auto views) {
    REQUIRE(views->broken() != nullptr);
    CHECK(views->broken()->why == kind::cannot_open);
    CHECK(std::string(views->broken()->describe()).find("is there and was not made for a view") != std::string::npos);
  };
  refused(std::make_unique<views_of<named<"events">>>(at(f / "a.db")));
  refused(std::make_unique<views_of<named<"consumers">>>(at(f / "a.db")));
  refused(std::make_unique<views_of<named<"ledger">>>(at(f / "a.db")));
  refused(std::make_unique<views_of<named<"By_Country">>>(at(f / "a.db")));
  refused(std::make_unique<views_of<named<"mine">>>(at(f / "a.db")));
  CHECK(content(f / "a.db") == before);
  CHECK(views_of<named<"sqlite_rows">>(at(f / "a.db")).broken() != nullptr);
  views_of<named<"an \"odd\" name, isn't it">> odd(at(f / "a.db"));
  CHECK(odd.broken() == nullptr);
  keep_one(odd);
  CHECK(answer(f / "a.db", "select cents from \"an \"\"odd\"\" name, isn't it\"") == "7");
}

TEST_CASE("a file of another program is refused and stays as it is") {
  const folder f;
  sql(f / "a.db", "create table mine(a)");
  const std::string before = content(f / "a.db");
  shop_views views(at(f / "a.db"));
  REQUIRE(views.broken() != nullptr);
  CHECK(views.broken()->why == kind::cannot_open);
  CHECK_FALSE(views.begin());
  CHECK(views.find<by_country>("FR") == nullptr);
  CHECK(content(f / "a.db") == before);
}

TEST_CASE("indexes are what the row declares, and those of others stay") {
  const folder f;
  const auto indexes = [&] { return answer(f / "a.db", "select group_concat(name, ' ') from (select name from sqlite_master where type = 'index' and "
                                                       "tbl_name = 'by_country' and sql is not null order by name)"); };
  { shop_views views(at(f / "a.db")); }
  CHECK(indexes() == "by_country(cents) by_country(orders, cents)");
  sql(f / "a.db", "create index by_hand on by_country(orders)");
  { views_of<fewer::by_country> views(at(f / "a.db")); }
  CHECK(indexes() == "by_country(cents) by_hand");
  {
    shop_views views(at(f / "a.db"));
    REQUIRE(sell_alone(views, "FR", 5));
  }
  CHECK(indexes() == "by_country(cents) by_country(orders, cents) by_hand");
}

TEST_CASE("who finds all tables there waits for nobody") {
  const folder f;
  shop_views one(at(f / "a.db"));
  REQUIRE(one.begin());
  REQUIRE(sell(one, "FR", 5));
  shop_views two(at(f / "a.db", 1));
  REQUIRE(two.broken() == nullptr);
  CHECK(all_rows(two) == "- @0");
  views_of<second::by_country> three(at(f / "a.db", 1));
  REQUIRE(three.broken() != nullptr);
  CHECK(three.broken()->why == kind::busy);
  REQUIRE(one.commit());
}

TEST_CASE("a full file takes the unit back and stays good") {
  const folder f;
  gesta::sqlite_views small = at(f / "a.db");
  { shop_views made(small); }
  small.most_bytes = 200'000;
  shop_views views(small);
  REQUIRE(sell_alone(views, "FR", 5));
  REQUIRE(views.begin());
  bool good = true;
  for (int i = 0; good && i < 20000; ++i) good = sell(views, (std::to_string(i) + " some more text").c_str(), 1);
  CHECK_FALSE(views.commit());
  CHECK(views.last_failure().why == kind::full);
  CHECK(views.broken() == nullptr);
  CHECK(all_rows(views) == "FR=5/1 5 @1");
  CHECK(sell_alone(views, "FR", 5));
}

// ---- with a log

TEST_CASE("the file of a log holds its views too") {
  const folder f;
  fill(f / "a.db", 3);
  shop_views views(at(f / "a.db"));
  REQUIRE_MESSAGE(views.broken() == nullptr, views.broken()->describe());
  REQUIRE(sell_alone(views, "FR", 5));
  fill(f / "a.db", 2);
  CHECK(all_rows(views) == "FR=5/1 5 @1");
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  CHECK(caught_up(log).size() == 5);
  CHECK(answer(f / "a.db", "select count(*) from events, by_country") == "5");
}

TEST_CASE("views on the connection of another are a part of his transactions") {
  const folder f;
  gesta::detail::sqlite_file file({(f / "a.db").c_str(), false, 50, 0, gesta::random_id});
  gesta::sqlite_views::opened_on<by_country, total> views(file);
  REQUIRE(views.broken() == nullptr);
  const auto unit = [&](const char* country, bool is_kept) {
    REQUIRE(file.begin());
    REQUIRE(views.begin());
    REQUIRE(sell(views, country, 5));
    REQUIRE(views.flush());
    if (is_kept && file.commit()) return views.kept();
    file.rollback();
    views.rollback();
  };
  unit("FR", true);
  unit("FR", false);
  unit("DE", false);
  unit("FR", true);
  CHECK(all_rows(views) == "FR=10/2 10 @2");
  // His own writing is no news, that of another connection is.
  {
    shop_views other(at(f / "a.db"));
    REQUIRE(sell_alone(other, "FR", 1));
  }
  unit("FR", true);
  CHECK(all_rows(views) == "FR=16/4 16 @4");
}
