// Payloads in a file: there for every process until they are collected, whole or not at all.
#include <gesta/store/sqlite_blobs.hpp>

#include <gesta/delivery/claim_check.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include "../folder.hpp"

namespace {

constexpr gesta::timestamp at(std::int64_t time) { return {time}; }

}  // namespace

TEST_CASE("what was checked in is there for another process, and the same payload lies there once") {
  const folder here;
  const std::string payload(300'000, 'p');
  std::string token, again, back;
  {
    gesta::sqlite_blobs blobs(here / "blobs.db");
    REQUIRE(blobs.broken() == nullptr);
    REQUIRE(gesta::check_in(payload, blobs, 1000, at(1), token));
  }
  gesta::sqlite_blobs blobs(here / "blobs.db"), other(here / "blobs.db");
  REQUIRE(gesta::check_out(token, other, back));
  CHECK(back == payload);
  REQUIRE(gesta::check_in(payload, blobs, 1000, at(7), again));
  CHECK(again == token);
  std::uint64_t count = 9;
  REQUIRE(other.collect(at(7), count));
  CHECK(count == 0);
  CHECK(gesta::check_out(token, blobs, back));
  REQUIRE(other.collect(at(8), count));
  CHECK(count == 1);
  CHECK(gesta::check_out(token, blobs, back).why().why == gesta::failure::kind::truncated);
}

TEST_CASE("an older check-in that comes late does not make a blob older") {
  const folder here;
  gesta::sqlite_blobs blobs(here / "blobs.db");
  std::string token, back;
  REQUIRE(gesta::check_in("payload", blobs, 0, at(10), token));
  REQUIRE(gesta::check_in("payload", blobs, 0, at(5), token));
  std::uint64_t count = 0;
  REQUIRE(blobs.collect(at(10), count));
  CHECK(gesta::check_out(token, blobs, back));
}

TEST_CASE("a damaged blob, a busy file and another file are told, and nothing is guessed") {
  const folder here;
  gesta::sqlite_blobs blobs(here / "blobs.db", 20);
  std::string token, back;
  REQUIRE(gesta::check_in("payload", blobs, 0, at(10), token));
  sqlite3* file = nullptr;
  REQUIRE(sqlite3_open((here / "blobs.db").c_str(), &file) == SQLITE_OK);
  REQUIRE(sqlite3_exec(file, "update blobs set bytes = cast('Payload' as blob)", nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK(gesta::check_out(token, blobs, back).why().why == gesta::failure::kind::corrupt);
  REQUIRE(gesta::check_in("payload", blobs, 0, at(11), token));  // who publishes it again mends it
  CHECK(gesta::check_out(token, blobs, back));
  REQUIRE(sqlite3_exec(file, "begin immediate", nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK(!gesta::check_in("another", blobs, 0, at(10), token));
  CHECK(token.empty());
  CHECK(blobs.last_failure().why == gesta::failure::kind::busy);
  REQUIRE(sqlite3_exec(file, "rollback; create table t (x)", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(file);
  REQUIRE(sqlite3_open((here / "other.db").c_str(), &file) == SQLITE_OK);
  REQUIRE(sqlite3_exec(file, "create table t (x)", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(file);
  gesta::sqlite_blobs other(here / "other.db");
  REQUIRE(other.broken() != nullptr);
  CHECK(other.broken()->why == gesta::failure::kind::cannot_open);
  CHECK(!gesta::check_in("another", other, 0, at(10), token));
}
