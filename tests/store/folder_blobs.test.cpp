// Payloads in a folder: there for every process until they are collected, whole or not at all. What a crash leaves: tests/faults/blobs.py.
#include <gesta/store/folder_blobs.hpp>

#include <gesta/delivery/claim_check.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "../folder.hpp"

namespace {

constexpr gesta::timestamp at(std::int64_t time) { return {time * 1'000'000'000}; }
static_assert(gesta::blob_store<gesta::folder_blobs>);

}  // namespace

TEST_CASE("what was checked in is there for another process, and the same payload lies there once") {
  const folder here;
  const std::string payload(300'000, 'p');
  std::string token, again, back;
  {
    gesta::folder_blobs blobs(here / "blobs");
    REQUIRE(blobs.broken() == nullptr);
    REQUIRE(gesta::check_in(payload, blobs, 1000, at(1), token));
  }
  gesta::folder_blobs blobs(here / "blobs"), other(here / "blobs");
  REQUIRE(gesta::check_out(token, other, back));
  CHECK(back == payload);
  REQUIRE(gesta::check_in(payload, blobs, 1000, at(7), again));
  CHECK(again == token);
  CHECK(std::distance(std::filesystem::directory_iterator(here / "blobs"), {}) == 1);
  std::uint64_t count = 9;
  REQUIRE(other.collect(at(7), count));
  CHECK(count == 0);
  CHECK(gesta::check_out(token, blobs, back));
  REQUIRE(other.collect(at(8), count));
  CHECK(count == 1);
  CHECK(gesta::check_out(token, blobs, back).why().why == gesta::failure::kind::truncated);
}

TEST_CASE("an older check-in that comes late does not make a blob older, also before 1970") {
  const folder here;
  gesta::folder_blobs blobs(here / "blobs");
  std::string token, old, back;
  REQUIRE(gesta::check_in("payload", blobs, 0, at(10), token));
  REQUIRE(gesta::check_in("payload", blobs, 0, at(5), token));
  REQUIRE(gesta::check_in("old", blobs, 0, {-1'500'000'000}, old));
  std::uint64_t count = 0;
  REQUIRE(blobs.collect({-1'500'000'000}, count));
  CHECK(count == 0);
  REQUIRE(blobs.collect(at(10), count));
  CHECK(count == 1);
  CHECK(gesta::check_out(token, blobs, back));
}

TEST_CASE("a damaged blob, a name that is none, a stranger's file and a folder that cannot be made are told, and nothing is guessed") {
  const folder here;
  gesta::folder_blobs blobs(here / "blobs");
  std::string token, back;
  REQUIRE(gesta::check_in("payload", blobs, 0, at(10), token));
  const std::string file = here / ("blobs/" + token.substr(0, 64));
  std::ofstream(file) << "Payload";
  CHECK(gesta::check_out(token, blobs, back).why().why == gesta::failure::kind::corrupt);
  std::ofstream(file) << "pay";
  CHECK(gesta::check_out(token, blobs, back).why().why == gesta::failure::kind::corrupt);
  REQUIRE(gesta::check_in("payload", blobs, 0, at(11), token));  // who publishes it again mends it
  CHECK(gesta::check_out(token, blobs, back));
  for (const std::string& name : {std::string(), std::string("../blobs"), std::string(64, '/'), std::string(64, 'A'), std::string(63, 'a')}) {
    CHECK(!blobs.put(name, "x", at(1)));
    CHECK(blobs.get(name, back) == gesta::blob_found::failed);
    CHECK(blobs.last_failure().why == gesta::failure::kind::malformed);
  }
  std::ofstream(here / "blobs/notes.txt") << "a stranger's";
  std::filesystem::create_directory(here / ("blobs/" + std::string(64, 'a')));
  CHECK(blobs.get(std::string(64, 'a'), back) == gesta::blob_found::failed);
  std::uint64_t count = 0;
  REQUIRE(blobs.collect({INT64_MAX}, count));
  CHECK(count == 1);
  CHECK(std::filesystem::exists(here / "blobs/notes.txt"));
  gesta::folder_blobs nowhere(here / "no/where");
  REQUIRE(nowhere.broken() != nullptr);
  CHECK(nowhere.broken()->why == gesta::failure::kind::cannot_open);
  CHECK(!gesta::check_in("another", nowhere, 0, at(10), token));
  CHECK(nowhere.get(std::string(64, 'a'), back) == gesta::blob_found::failed);
  CHECK(!nowhere.collect(at(10), count));
}
