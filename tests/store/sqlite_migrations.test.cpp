// Files of older formats: what they held is there, they are sound, and whoever opens one while it is changed waits or finds it changed.
#include "sqlite_files.hpp"

#include <memory>

#include <gesta/codec/binary.hpp>
#include <gesta/codec/wire_form.hpp>

namespace models {

struct seat_no {
  std::uint16_t row;
  gesta::text<4> side;
};
struct taken { std::uint8_t by; static constexpr auto id = "test.taken"; };
struct take {};
struct seat {};
inline void evolve(seat&, const taken&) {}
inline auto decide(const seat&, const take&) -> gesta::emits<taken> { return taken{1}; }
struct seats : gesta::aggregate<seat, gesta::commands<take>> {
  static constexpr auto id = "test.seat";
  using key = seat_no;
};
struct hall { using parts = gesta::detail::types<accounts, seats>; };
struct hall_without_seats { using parts = gesta::detail::types<accounts, gesta::retired<"test.taken">>; };

}  // namespace models

namespace {

using log_of_hall = gesta::sqlite_store::log<hall>;
const std::string folder_of_tests = std::string(__FILE__).substr(0, std::string(__FILE__).rfind('/') + 1);

/// A file as the program of that format made it.
void make_format_1(const std::string& path) { sql(path, content(folder_of_tests + "sqlite_format_1.sql").c_str()); }

/// The columns of all tables, whatever the words are that made them.
std::string tables_of(const std::string& path) {
  return answer(path,
                "select group_concat(what, char(10)) from (select t.name || ' ' || c.cid || ' ' || c.name || ' ' || c.type || ' ' || "
                "c.\"notnull\" || ' ' || coalesce(c.dflt_value, '') || ' ' || c.pk as what from sqlite_master t, "
                "pragma_table_info(t.name) c where t.type = 'table' order by 1)") +
         answer(path, "select group_concat(what, char(10)) from (select name || ' ' || tbl_name || case type when 'view' then sql else '' end "
                      "as what from sqlite_master where type in ('index', 'view') order by 1)");
}

}  // namespace

TEST_CASE("a file of format 1 is migrated when it is opened, and everything in it is read") {
  const folder f;
  const std::string path = f / "a.db";
  make_format_1(path);
  REQUIRE(answer(path, "pragma user_version") == "1");
  {
    log_of_hall log(gesta::sqlite_store{.path = path});
    REQUIRE(log.broken() == nullptr);
    CHECK(log.incarnation() != gesta::message_id{});
    const std::string seat_key = std::string("\0\3\4left", 7);
    lines found;
    REQUIRE(log.begin());
    CHECK(log.catch_up([&](const gesta::recorded& r) {
      found.push_back(line_of(r));
      if (r.position == 3) {
        CHECK(r.from.time.nanoseconds == 1'700'000'002'000'000'000);
        CHECK(r.from.correlation == gesta::message_id{1, 1'700'000'002});
        CHECK(r.from.causation == gesta::message_id{7, 7});
        noted event;
        REQUIRE(gesta::decode(static_cast<const std::byte*>(r.payload), r.size, event));
        CHECK(event.words == "hello");
      }
      if (r.position == 4) CHECK(r.size == 0);
    }));
    CHECK(found == lines{"1 ann/1 0", "2 bob/1 0", "3 ann/2 1", "4 bob/2 2", "5 ann/3 1", "6 " + seat_key + "/1 3", "7 carl/1 0"});
    gesta::remembered outcome;
    CHECK(log.recall({"sender", 1}, outcome) == recall_result::known);
    CHECK(outcome.position == 3);
    CHECK(log.recall({"sender", 2}, outcome) == recall_result::known);
    CHECK(outcome.what == verdict::rejected);
    CHECK(outcome.size == 4);
    gesta::stream_head head;
    CHECK(log.look_up(0, {}, bytes_of("ann"), head));
    CHECK(head.version == 3);
    CHECK(head.position == 5);
    CHECK(append(log, "ann", 4, noted{"after"}) == append_result::ok);
    CHECK(append(log, "dora", 1) == append_result::ok);
    CHECK(log.commit());
  }
  CHECK(answer(path, "pragma integrity_check") == "ok");
  CHECK(answer(path, "pragma foreign_key_check").empty());
  CHECK(answer(path, "pragma user_version") == std::to_string(gesta::detail::sqlite_format));
  CHECK(answer(path, "select group_concat(key || ' ' || version || ' ' || last || ' ' || first || ' ' || closed, ', ') from streams "
                     "where typeof(key) = 'text'") ==
        "ann 4 8 1 0, bob 2 4 1 0, carl 1 7 1 0, dora 1 9 1 0");
  CHECK(answer(path, "select count(*) from incarnations where length(incarnation) = 16 and after = 7 and time > 1700000000000000000") == "1");
  log_of_hall log(gesta::sqlite_store{.path = path});
  CHECK(caught_up(log).size() == 9);
}

TEST_CASE("the tables of a migrated file are those of a new one") {
  const folder f;
  make_format_1(f / "old.db");
  log_of_hall(gesta::sqlite_store{.path = f / "old.db"});
  log_of_hall(gesta::sqlite_store{.path = f / "new.db"});
  CHECK(tables_of(f / "old.db").size() > 500);
  CHECK(tables_of(f / "old.db") == tables_of(f / "new.db"));
}

TEST_CASE("forms are filled in by the programs that know the types, in the words of the codec") {
  const folder f;
  const std::string path = f / "a.db";
  make_format_1(path);
  const auto form_of = [&](const std::string& id) { return answer(path, ("select form from types where id = '" + id + "'").c_str()); };
  {
    gesta::sqlite_store::log<hall_without_seats> log(gesta::sqlite_store{.path = path});
    REQUIRE(log.broken() == nullptr);
  }
  CHECK(form_of("test.noted") == R"({"fields":{"words":"text"}})");
  CHECK(form_of("test.noted") == gesta::wire_form<noted>);
  CHECK(form_of("test.full_up") == gesta::wire_form<full_up>);
  CHECK(form_of("test.account") == R"("text")");
  CHECK(form_of("test.taken").empty());
  CHECK(form_of("test.seat").empty());
  log_of_hall(gesta::sqlite_store{.path = path});
  CHECK(form_of("test.taken") == R"({"fields":{"by":"u8"}})");
  CHECK(form_of("test.seat") == gesta::key_wire_form<seat_no>);
  CHECK(answer(path, "select count(*) from types where form = ''") == "0");
}

TEST_CASE("a new file says the forms of its types as they are entered") {
  const folder f;
  {
    log_of_hall log(gesta::sqlite_store{.path = f / "a.db"});
    REQUIRE(start(log));
    gesta::key_buffer<seat_no> room;
    log_of_hall::stream s;
    REQUIRE(log.append<seats>(s, 0, gesta::key_bytes_of<seat_no>({1, "left"}, room), 1, {}, taken{1}) == append_result::ok);
    REQUIRE(log.commit());
  }
  CHECK(answer(f / "a.db", "select group_concat(id || ' ' || form, char(10)) from (select * from types order by id)") ==
        std::string("test.seat ") + gesta::key_wire_form<seat_no> + "\ntest.taken " + gesta::wire_form<taken>);
}

TEST_CASE("processes that open a file of format 1 at the same time all find it migrated, once") {
  const folder f;
  const std::string path = f / "a.db";
  make_format_1(path);
  {
    std::vector<std::unique_ptr<child>> all;
    for (int i = 0; i < 6; ++i)
      all.push_back(std::make_unique<child>([&](auto) {
        log_of_hall log(gesta::sqlite_store{.path = path, .patience_milliseconds = 60000});
        return log.broken() == nullptr && caught_up(log).size() == 7;
      }));
    for (auto& each : all) CHECK(each->ended());
  }
  CHECK(answer(path, "select count(*) from incarnations") == "1");
  CHECK(answer(path, "pragma integrity_check") == "ok");
}

TEST_CASE("while another process writes, a file of format 1 is busy, and stays as it is") {
  const folder f;
  const std::string path = f / "a.db";
  make_format_1(path);
  sql(path, "pragma journal_mode=wal");
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "begin immediate", nullptr, nullptr, nullptr) == SQLITE_OK);
  {
    const log_of_hall log(gesta::sqlite_store{.path = path, .patience_milliseconds = 1});
    REQUIRE(log.broken() != nullptr);
    CHECK(log.broken()->why == kind::busy);
  }
  sqlite3_close(other);
  CHECK(answer(path, "pragma user_version") == "1");
  const log_of_hall log(gesta::sqlite_store{.path = path});
  CHECK(log.broken() == nullptr);
}

TEST_CASE("a file of format 1 whose tables somebody has changed is refused and stays of format 1") {
  const folder f;
  const std::string path = f / "a.db";
  SUBCASE("another column") {
    make_format_1(path);
    sql(path, "alter table types rename column version to shape");
  }
  SUBCASE("other words for the payload") {
    std::string text = content(folder_of_tests + "sqlite_format_1.sql");
    const std::string words = "payload     blob not null";
    text.replace(text.find(words), words.size(), "payload blob not null");
    sql(path, text.c_str());
  }
  const log_of_hall log(gesta::sqlite_store{.path = path});
  CHECK(log.broken() != nullptr);
  CHECK(answer(path, "pragma user_version") == "1");
  CHECK(answer(path, "select count(*) from sqlite_master where name like '%\\_2' escape '\\' or name = 'incarnations'") == "0");
}

TEST_CASE("a table of the name of the view is somebody's own and stays") {
  const folder f;
  const std::string path = f / "a.db";
  make_format_1(path);
  sql(path, "create table ledger(mine); insert into ledger values(7)");
  CHECK(log_of_hall(gesta::sqlite_store{.path = path}).broken() == nullptr);
  CHECK(answer(path, "select mine from ledger") == "7");
}

TEST_CASE("a file that needs no random numbers is opened without them; one that needs them is not made") {
  const folder f;
  constexpr auto none = +[]() noexcept { return gesta::message_id{}; };
  {
    const log_of_hall log(gesta::sqlite_store{.path = f / "a.db", .random = none});
    REQUIRE(log.broken() != nullptr);
    CHECK(log.broken()->why == kind::input_output);
  }
  const gesta::message_id name = [&] {
    const log_of_hall log(gesta::sqlite_store{.path = f / "a.db", .random = +[]() noexcept { return gesta::message_id{3, 4}; }});
    REQUIRE(log.broken() == nullptr);
    return log.incarnation();
  }();
  CHECK(name == gesta::message_id{3, 4});
  const log_of_hall log(gesta::sqlite_store{.path = f / "a.db", .random = none});
  REQUIRE(log.broken() == nullptr);
  CHECK(log.incarnation() == name);
  const log_of_hall other(gesta::sqlite_store{.path = f / "b.db"});
  CHECK(other.incarnation() != name);
}

TEST_CASE("a file without an incarnation is corrupt") {
  const folder f;
  fill(f / "a.db", 1);
  sql(f / "a.db", "delete from incarnations");
  const log_of_hall log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(log.broken() != nullptr);
  CHECK(log.broken()->why == kind::corrupt);
}
