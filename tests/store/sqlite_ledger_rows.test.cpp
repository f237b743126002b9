// The view `ledger`: the columns beside the content.
#include "sqlite_files.hpp"

TEST_CASE("the view says everything else of an event, and nothing of what was erased") {
  const folder f;
  {
    log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
    REQUIRE(start(log));
    log_of_bank::stream s;
    const auto put = [&](std::uint64_t version, std::int64_t nanoseconds, const auto& event) {
      REQUIRE(log.append<accounts>(s, 0, bytes_of("ann"), version, {{nanoseconds}, {}, {}}, event) == append_result::ok);
    };
    put(1, 1'700'000'000'000'000'001, opened{-7});
    put(2, -1, noted{"\xc3\xa4"});
    put(3, 0, closed{});
    REQUIRE(log.commit());
    REQUIRE(start(log));
    REQUIRE(log.truncate_before(s, 0, bytes_of("ann"), 2));
    REQUIRE(log.commit());
  }
  const auto row = [&](int position) {
    const std::string query =
        "select position || ' ' || aggregate || ' ' || key || ' ' || version || ' ' || event || ' ' || event_version || ' ' || "
        "coalesce(time, '-') || ' ' || coalesce(payload, '-') from ledger where position = " + std::to_string(position);
    return answer(f / "a.db", query.c_str());
  };
  CHECK(row(1) == "1 test.account ann 1 test.opened 1 2023-11-14T22:13:20.000000001Z -");
  CHECK(row(2) == "2 test.account ann 2 test.noted 1 1969-12-31T23:59:59.999999999Z {\"words\":\"\xc3\xa4\"}");
  CHECK(row(3) == "3 test.account ann 3 test.closed 1 - {}");
}
