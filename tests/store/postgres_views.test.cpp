// Views in PostgreSQL tables: what is particular to them, and several programs on one database. That they keep the laws of all view stores is
// tests/testing/laws/view_store_postgres.
#include <gesta/gesta.hpp>
#include <gesta/runtime/consumer.hpp>
#include <gesta/runtime/inlined.hpp>
#include <gesta/runtime/reader.hpp>
#include <gesta/store/postgres_bell.hpp>
#include <gesta/store/postgres_views.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "postgres_logs.hpp"

namespace {

struct sold {
  gesta::text<8> country;
  std::int64_t cents;
  static constexpr auto id = "order.sold";
};
struct sell {
  gesta::text<8> country;
  std::int64_t cents;
};
struct order {
  std::int64_t cents = 0;
};
constexpr void evolve(order& o, const sold& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const sell& c) -> gesta::emits<sold> { return sold{c.country, c.cents}; }
struct orders : gesta::aggregate<order, gesta::commands<sell>> {
  static constexpr auto id = "order";
};
struct country_row {
  gesta::text<8> country;
  std::int64_t cents = 0, sales = 0;
  using indexes = gesta::indexes<"cents">;
};
void project(country_row& r, const sold& e) {
  r.cents += e.cents;
  ++r.sales;
}
struct by_country : gesta::projection<gesta::rows<country_row, "country">> {
  static constexpr auto id = "by_country";
};
struct total {
  std::int64_t cents = 0;
};
void project(total& t, const sold& e) { t.cents += e.cents; }
struct in_all : gesta::projection<total> {
  static constexpr auto id = "in_all";
};
struct shop : gesta::model<orders, by_country, in_all> {};

struct all_kinds {
  std::int32_t key = 0;
  bool yes = false;
  double real = 0;
  float small = 0;
  std::string words;
  std::vector<std::byte> bytes;
  std::optional<std::int16_t> perhaps;
  std::vector<std::int32_t> list;
  std::chrono::milliseconds wait{};
  std::uint64_t large = 0;
};
struct kinds : gesta::projection<gesta::rows<all_kinds, "key">> {
  static constexpr auto id = "kinds";
};
[[maybe_unused]] void project(all_kinds& r, const sold& e) { r.real += static_cast<double>(e.cents); }

// Names of indexes that are alike in their first 63 bytes; and a table whose name leaves no room for its columns.
struct long_row {
  std::int32_t key = 0;
  std::int32_t invoiced_amount_of_the_last_month_in_cents = 0, invoiced_amount_of_the_last_month_in_pieces = 0;
  using indexes = gesta::indexes<"invoiced_amount_of_the_last_month_in_cents", "invoiced_amount_of_the_last_month_in_pieces">;
};
struct alike : gesta::projection<gesta::rows<long_row, "key">> {
  static constexpr auto id = "invoices_by_customer_and_month";
};
struct no_room : gesta::projection<gesta::rows<long_row, "key">> {
  static constexpr auto id = "invoices_by_customer_and_month_and_country_and_branch_and_clerk";
};
[[maybe_unused]] void project(long_row& r, const sold& e) { r.key += static_cast<std::int32_t>(e.cents); }

struct set_clock {
  const std::int64_t* now;
  gesta::timestamp operator()() const { return {*now}; }
};

gesta::postgres_views views_of(const fresh& in) {
  return {.address = the_server().address(), .schema = in.schema, .level = gesta::durability::process, .patience_milliseconds = 60000};
}
gesta::postgres_store patient(const fresh& in) {
  auto store = in.store();
  store.patience_milliseconds = 60000;
  return store;
}
template <class App>
bool sells(App& app, const std::string& of, const gesta::text<8>& country, std::int64_t cents) {
  return app.handle(of, sell{country, cents}).match([](const order&) { return true; }, [](const gesta::failure& f) { return std::fprintf(stderr, "%s\n", f.describe()) < 0; });
}

}  // namespace

TEST_CASE("an inlined view is kept with the events of its unit, and psql reads it") {
  const fresh in;
  {
    auto app = gesta::start<shop>(in.store(), gesta::inlined<by_country, in_all>{});
    REQUIRE(sells(app, "1", "FR", 10));
    REQUIRE(sells(app, "2", "DE", 20));
    CHECK(in("select string_agg(country || ' ' || cents || ' ' || sales, '; ' order by country) from by_country") == "DE 20 1; FR 10 1");
    CHECK(in("select \"only\" || ' ' || cents from in_all") == "0 30");
    CHECK(in("select string_agg(name || ' ' || position, ' ' order by name) from consumers") == "by_country 2 in_all 2");
    {
      auto batch = app.batch();
      REQUIRE(sells(batch, "3", "FR", 5));
      cut_connections();
      CHECK_FALSE(batch.commit());
    }
    CHECK(in("select string_agg(country || ' ' || cents, '; ' order by country) from by_country") == "DE 20; FR 10");
    REQUIRE(sells(app, "3", "FR", 7));
    CHECK(app.row<by_country>("FR")->cents == 17);
    CHECK(in("select cents from in_all") == "37");
  }
  // What another program appends that has no views is taken in by who has them.
  auto other = gesta::start<shop>(in.store());
  REQUIRE(sells(other, "9", "IT", 1));
  auto app = gesta::start<shop>(in.store(), gesta::inlined<by_country, in_all>{});
  CHECK(in("select cents from in_all") == "38");
}

TEST_CASE("columns have the types of their fields, and every value comes back") {
  const fresh in;
  gesta::postgres_views::opened<kinds> views(views_of(in));
  REQUIRE(views.broken() == nullptr);
  const all_kinds one{-5, true, 0.1, std::numeric_limits<float>::infinity(), std::string("a\0b", 3), {std::byte{0}, std::byte{255}}, std::int16_t{-3}, {1, 2}, std::chrono::milliseconds(70),
                      ~std::uint64_t{0}};
  const all_kinds two{7, false, -0.0, 1.5f, "\\x plain \xc3\xa4", {}, std::nullopt, {}, {}, 1};
  REQUIRE(views.begin());
  for (const all_kinds* row : {&one, &two}) *views.table<kinds>().find_or_add(row->key) = *row;
  REQUIRE(views.commit());
  CHECK(in("select string_agg(data_type, ', ' order by ordinal_position) from information_schema.columns where table_schema = current_schema() and table_name = 'kinds'") ==
        "bigint, boolean, double precision, double precision, text, bytea, bigint, bytea, bigint, bigint");
  CHECK(in("select count(*) from kinds where yes and real = 0.1 and perhaps = -3 and wait = 70 and large = -1") == "1");
  CHECK(in("select count(*) from kinds where perhaps is null and not yes") == "1");
  gesta::postgres_views::opened<kinds> again(views_of(in));
  for (const all_kinds* row : {&one, &two}) {
    const all_kinds* const found = again.find<kinds>(row->key);
    REQUIRE(found != nullptr);
    CHECK(found->yes == row->yes);
    CHECK(found->real == row->real);
    CHECK(std::signbit(found->real) == std::signbit(row->real));
    CHECK(found->small == row->small);
    CHECK(found->words == row->words);
    CHECK(found->bytes == row->bytes);
    CHECK(found->perhaps == row->perhaps);
    CHECK(found->list == row->list);
    CHECK(found->wait == row->wait);
    CHECK(found->large == row->large);
  }
  in("update kinds set perhaps = 40000 where key = 7");
  CHECK(again.find<kinds>(7) == nullptr);
  CHECK(again.last_failure().why == gesta::failure::kind::corrupt);
  CHECK(std::string(again.last_failure().describe()).find("table kinds, column perhaps, key 7") != std::string::npos);
  CHECK(again.find<kinds>(-5) != nullptr);
}

TEST_CASE("indexes whose names are cut are told apart, stay as they are, and replace those of an older cut") {
  const fresh in;
  static_assert(std::string_view(no_room::id).size() == 63);
  const char* const indexes = "select string_agg(tablename || '.' || indexname || ' ' || indexdef::regclass::oid, '; ' order by indexname) from (select tablename, indexname, "
                              "quote_ident(schemaname) || '.' || quote_ident(indexname) as indexdef from pg_indexes where schemaname = current_schema() and "
                              "tablename like 'invoices%' and indexname not like '%pkey') all_of_it";
  std::string made;
  for (int turn = 0; turn < 2; ++turn) {
    gesta::postgres_views::opened<alike, no_room> views(views_of(in));
    REQUIRE(views.broken() == nullptr);
    CHECK(in("select count(*) || ' ' || count(distinct indexname) || ' ' || max(length(indexname)) from pg_indexes where schemaname = current_schema() and "
             "tablename like 'invoices%' and indexname like '%~%'") == "4 4 63");
    if (turn == 0) made = in(indexes);
    CHECK(in(indexes) == made);
  }
  // As a program of before made it, and one of a person, which stays.
  in("create index \"invoices_by_customer_and_month(invoiced_amount_of_the_last_month\" on invoices_by_customer_and_month(invoiced_amount_of_the_last_month_in_cents); "
     "create index mine on invoices_by_customer_and_month(key)");
  gesta::postgres_views::opened<alike> views(views_of(in));
  CHECK(in("select count(*) from pg_indexes where schemaname = current_schema() and tablename = 'invoices_by_customer_and_month'") == "4");
  CHECK(in("select count(*) from pg_indexes where schemaname = current_schema() and indexname = 'mine'") == "1");
}

TEST_CASE("a table of another row type, or of somebody else, is not touched") {
  const fresh in;
  {
    gesta::postgres_views::opened<by_country> views(views_of(in));
    REQUIRE(views.broken() == nullptr);
    CHECK(in("select count(*) from pg_indexes where tablename = 'by_country' and schemaname = current_schema() and indexname = 'by_country(cents)'") == "1");
  }
  in("update views set schema = '{}' where name = 'by_country'; create table in_all(mine text)");
  gesta::postgres_views::opened<by_country> views(views_of(in));
  REQUIRE(views.broken() != nullptr);
  CHECK(views.broken()->why == gesta::failure::kind::differs);
  gesta::postgres_views::opened<in_all> others(views_of(in));
  REQUIRE(others.broken() != nullptr);
  CHECK(others.broken()->why == gesta::failure::kind::cannot_open);
}

TEST_CASE("when the owner of a claim is killed another program takes over as soon as it ends, and projects each event once") {
  const fresh in;
  auto app = gesta::start<shop>(patient(in));
  for (int i = 1; i <= 50; ++i) REQUIRE(sells(app, std::to_string(i % 7), i % 2 == 0 ? "FR" : "DE", i));
  std::int64_t now = 1000;
  other_program owner([&](auto say) {
    auto log = gesta::reader<shop>(patient(in));
    auto keeper = gesta::consume<by_country>(log, views_of(in), set_clock{&now});
    keeper.under({{1, 1}, gesta::duration{10}});
    if (keeper.poll(30).handled != 30) return false;
    say();
    for (;;) ::pause();
    return true;
  });
  REQUIRE(owner.said());
  auto log = gesta::reader<shop>(patient(in));
  auto keeper = gesta::consume<by_country>(log, views_of(in), set_clock{&now});
  keeper.under({{2, 2}, gesta::duration{10}});
  CHECK(keeper.poll().owned_elsewhere);
  owner.kill();
  CHECK(keeper.poll().owned_elsewhere);  // nobody can know that it is gone
  now = 1010;
  const auto taken = keeper.poll();
  CHECK(taken);
  CHECK(taken.handled == 20);
  CHECK(in("select sum(cents) || ' ' || sum(sales) from by_country") == "1275 50");
  CHECK(in("select owner || ' ' || until from consumers") == "00000000-0000-0002-0000-000000000002 1020");
}

TEST_CASE("programs that write at the same time, and are killed, lose and double nothing that was acknowledged") {
  const fresh in;
  (void)gesta::start<shop>(patient(in), gesta::inlined<by_country, in_all>{});
  constexpr int programs = 4, each = 40;
  std::vector<std::unique_ptr<other_program>> all;
  for (int program = 0; program < programs; ++program)
    all.push_back(std::make_unique<other_program>([&, program](auto say) {
      auto app = gesta::start<shop>(patient(in), gesta::inlined<by_country, in_all>{});
      for (std::uint64_t i = 0; i < each; ++i) {
        int kept = 0;
        app.handle(std::to_string(i % 5), sell{"FR", 1}, gesta::once{("p" + std::to_string(program)).c_str(), i}).match([&](const order&) { kept = 1; }, [](const gesta::failure&) {});
        if (kept == 0) return false;
        say();
      }
      return true;
    }));
  // The first is killed in the middle; it begins again, and repeats what it does not know to be kept.
  for (int i = 0; i < each / 2; ++i) REQUIRE(all[0]->said());
  all[0]->kill();
  auto app = gesta::start<shop>(patient(in), gesta::inlined<by_country, in_all>{});
  for (std::uint64_t i = 0; i < each; ++i) {
    int kept = 0;
    app.handle(std::to_string(i % 5), sell{"FR", 1}, gesta::once{"p0", i}).match([&](const order&) { kept = 1; }, [](const gesta::failure&) {});
    REQUIRE(kept == 1);
  }
  for (int program = 1; program < programs; ++program) CHECK(all[static_cast<std::size_t>(program)]->ended());
  CHECK(in("select count(*) || ' ' || max(position) from events") == std::to_string(programs * each) + ' ' + std::to_string(programs * each));
  CHECK(in("select cents || ' ' || sales from by_country") == std::to_string(programs * each) + ' ' + std::to_string(programs * each));
  CHECK(app.catch_up());
  CHECK(app.state<orders>("0").cents == programs * each / 5);
}

TEST_CASE("a bell rings when another program commits, and only for its own log") {
  const fresh in, elsewhere;
  auto rings = in.store(), other_rings = elsewhere.store();
  rings.rings = other_rings.rings = true;
  auto app = gesta::start<shop>(rings), other = gesta::start<shop>(other_rings);
  gesta::postgres_bell bell(rings);
  const auto waited = [&](gesta::duration most) {
    const auto start = std::chrono::steady_clock::now();
    bell(most);
    return std::chrono::steady_clock::now() - start;
  };
  REQUIRE(sells(app, "1", "FR", 1));
  CHECK(waited(gesta::seconds(60)) < std::chrono::seconds(30));
  REQUIRE(sells(other, "1", "FR", 1));
  CHECK(waited(gesta::milliseconds(50)) >= std::chrono::milliseconds(50));
  cut_connections();
  CHECK(waited(gesta::milliseconds(20)) >= std::chrono::milliseconds(20));  // a lost connection costs the waiting
  waited(gesta::milliseconds(1));                                           // and is made anew
  REQUIRE(sells(app, "1", "FR", 1));
  CHECK(waited(gesta::seconds(60)) < std::chrono::seconds(30));
  bell.stop();
  CHECK(bell.is_over());
  CHECK(waited(gesta::seconds(60)) < std::chrono::seconds(30));
}
