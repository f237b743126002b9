// The promises of detail/hash.hpp. fnv1a and hash128 are stored as parts of ids: their values are pinned here.
#include <gesta/detail/hash.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

using namespace gesta::detail;

TEST_CASE("fnv1a gives the published values") {
  static_assert(fnv1a("") == 0xcbf29ce484222325u);
  CHECK(fnv1a("a") == 0xaf63dc4c8601ec8cu);
  CHECK(fnv1a("foobar") == 0x85944171f73967e8u);
  CHECK(fnv1a("foobarX", 6) == fnv1a("foobar"));
  CHECK(fnv1a("\xff", 1) == 0xaf64724c8602eb6eu);
}

TEST_CASE("mix is the last step of splitmix64") {
  // The first values of the published generator seeded with 0 are mix(0), mix(golden), ...
  CHECK(mix(0) == 0xe220a8397b1dcdafu);
  CHECK(mix(0x9e3779b97f4a7c15u) == 0x6e789e6aa1b965f4u);
}

TEST_CASE("bytes are loaded lowest first") {
  const char bytes[] = {1, 2, 3, 4, 5, 6, 7, static_cast<char>(0x88)};
  CHECK(load_little(bytes) == 0x8807060504030201u);
  CHECK(load_little(bytes, 3) == 0x030201u);
  CHECK(load_little(bytes, 0) == 0);
}

TEST_CASE("a hash of bytes is the same while compiling and differs by each byte and by length") {
  static_assert(hash_bytes("alice", 5) != hash_bytes("alicf", 5));
  const std::string text = "a key of more than sixteen bytes";
  constexpr std::uint64_t compiled = hash_bytes("a key of more than sixteen bytes", 32);
  CHECK(hash_bytes(text.data(), text.size()) == compiled);
  std::vector<std::uint64_t> seen;
  for (std::size_t size = 0; size <= text.size(); ++size) seen.push_back(hash_bytes(text.data(), size));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] ^= 1;
    seen.push_back(hash_bytes(other.data(), other.size()));
  }
  std::sort(seen.begin(), seen.end());
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
  CHECK(hash_bytes("\0\0", 2) != hash_bytes("\0", 1));
}

TEST_CASE("one changed bit of a key changes about half of the bits of its hash") {
  std::mt19937_64 random(1);
  double changed = 0;
  constexpr int rounds = 4000;
  for (int i = 0; i < rounds; ++i) {
    std::string key(1 + random() % 24, ' ');
    for (char& c : key) c = static_cast<char>(random());
    const std::uint64_t before = hash_bytes(key.data(), key.size());
    key[random() % key.size()] ^= static_cast<char>(1 << random() % 8);
    changed += std::popcount(before ^ hash_bytes(key.data(), key.size()));
  }
  CHECK(changed / rounds > 31);
  CHECK(changed / rounds < 33);
}

TEST_CASE("128-bit ids of the same words in the same order are equal, all others differ") {
  static_assert(hash128{}.add(1).add(2) == hash128{}.add(1).add(2));
  CHECK_FALSE(hash128{}.add(1).add(2) == hash128{}.add(2).add(1));
  CHECK_FALSE(hash128{}.add(0) == hash128{});
  CHECK_FALSE(hash128{}.add("ab", 2).add("c", 1) == hash128{}.add("a", 1).add("bc", 2));
  CHECK_FALSE(hash128{}.add("", 0) == hash128{});
  std::vector<std::uint64_t> highs, lows;
  for (std::uint64_t a = 0; a < 100; ++a)
    for (std::uint64_t b = 0; b < 100; ++b) {
      const auto h = hash128{}.add(a).add(b);
      highs.push_back(h.high), lows.push_back(h.low);
    }
  for (auto* all : {&highs, &lows}) {
    std::sort(all->begin(), all->end());
    CHECK(std::adjacent_find(all->begin(), all->end()) == all->end());
  }
}

TEST_CASE("ids that were stored stay the same") {
  const auto words = hash128{}.add(1).add(2);
  CHECK(words.high == 0xb25a1d83fe162e28u);
  CHECK(words.low == 0xa0ffb309eff2c876u);
  const auto text = hash128{}.add("retail ledger", 13).add(17);
  CHECK(text.high == 0x1d2f6aaa7d7d142cu);
  CHECK(text.low == 0xfd57288848a40729u);
}
