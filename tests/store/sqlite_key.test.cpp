// Keys in a SQLite file: text and numbers as such, and back to the same bytes.
#include "sqlite_files.hpp"

#include <limits>

namespace models {

enum class desk : std::int8_t { front = -1, back = 7 };
struct order_no { std::uint32_t value; };
struct place { std::int32_t shelf; gesta::text<8> box; };

template <class Key>
struct keyed : gesta::aggregate<account, gesta::commands<close_account>> {
  using key = Key;
  static constexpr auto id = "test.keyed";
};
template <class Key>
struct keyed_bank {
  using parts = gesta::detail::types<keyed<Key>>;
};

}  // namespace models

namespace {

/// Stores events under these keys and checks that they come back; gives typeof(key)=key of each as SQL shows it.
template <class Key>
std::string stored(std::initializer_list<gesta::key_value<Key>> keys) {
  const folder f;
  std::vector<std::string> bytes;
  for (const auto& key : keys) {
    gesta::key_buffer<Key> buffer;
    const gesta::key_bytes b = gesta::key_bytes_of<Key>(key, buffer);
    bytes.emplace_back(b.data, b.size);
  }
  for (std::uint64_t version = 1; version <= 2; ++version) {  // the second time the streams are found
    typename gesta::sqlite_store::log<keyed_bank<Key>> log(gesta::sqlite_store{.path = f / "a.db"});
    REQUIRE(start(log));
    for (const std::string& key : bytes) REQUIRE(append<keyed<Key>>(log, key, version, closed{}) == append_result::ok);
    REQUIRE(log.commit());
  }
  typename gesta::sqlite_store::log<keyed_bank<Key>> log(gesta::sqlite_store{.path = f / "a.db"});
  std::vector<std::string> found;
  CHECK(log.read_all({}, [&](const gesta::recorded& r) { return found.emplace_back(r.key.data, r.key.size), true; }));
  REQUIRE(found.size() == 2 * bytes.size());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == bytes[i % bytes.size()]);
  return answer(f / "a.db", "select group_concat(typeof(key) || ' ' || key, ', ') from (select key from streams order by stream)");
}

}  // namespace

TEST_CASE("a number stands as a number, an enum and a struct of one field likewise") {
  CHECK(stored<int>({0, 1, -1, 1000, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()}) ==
        "integer 0, integer 1, integer -1, integer 1000, integer -2147483648, integer 2147483647");
  CHECK(stored<std::uint8_t>({0, 127, 128, 255}) == "integer 0, integer 127, integer 128, integer 255");
  CHECK(stored<std::int64_t>({std::numeric_limits<std::int64_t>::min(), -5, 5}) == "integer -9223372036854775808, integer -5, integer 5");
  CHECK(stored<std::uint64_t>({1, std::numeric_limits<std::uint64_t>::max()}) == "integer 1, integer -1");
  CHECK(stored<desk>({desk::front, desk::back}) == "integer -1, integer 7");
  CHECK(stored<order_no>({{7}, {4'000'000'000}}) == "integer 7, integer 4000000000");
  CHECK(stored<gesta::dense>({0u, 3u}) == "integer 0, integer 3");
}

TEST_CASE("text stands as text, a struct of several fields as its bytes") {
  CHECK(stored<gesta::text<23>>({"17850", "guest-536414", ""}) == "text 17850, text guest-536414, text ");
  CHECK(stored<gesta::string_key>({bytes_of("42")}) == "text 42");
  CHECK(stored<place>({{3, "b"}, {-3, "b"}}).substr(0, 5) == "blob ");
}

TEST_CASE("keys that were stored as another type are not taken for others") {
  const folder f;
  {
    gesta::sqlite_store::log<keyed_bank<std::int16_t>> log(gesta::sqlite_store{.path = f / "b.db"});
    REQUIRE(start(log));
    REQUIRE(append<keyed<std::int16_t>>(log, std::string("\x83\xe8", 2), 1, closed{}) == append_result::ok);  // 1000
    REQUIRE(log.commit());
  }
  gesta::sqlite_store::log<keyed_bank<std::uint8_t>> narrow(gesta::sqlite_store{.path = f / "b.db"});
  CHECK_FALSE(start(narrow));
  CHECK(narrow.last_failure().why == kind::corrupt);
  fill(f / "a.db", 1, "17");
  sql(f / "a.db", "update streams set key = 17");
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  CHECK_FALSE(start(log));
  CHECK(log.last_failure().why == kind::corrupt);
  CHECK(log.last_failure().position == 1);
}
