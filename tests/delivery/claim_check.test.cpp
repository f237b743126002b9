// The promises of delivery/claim_check.hpp: what is too large stays behind, comes back byte by byte, and whatever is wrong with it is told.
#include <gesta/delivery/claim_check.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace {

/// Fails where it is asked to; else as memory.
struct failing_blobs : gesta::memory_blobs {
  bool fails = false;
  gesta::failure why{gesta::failure::kind::full, 0, "no room"};
  bool put(std::string_view name, std::string_view bytes, gesta::timestamp now) { return !fails && memory_blobs::put(name, bytes, now); }
  gesta::blob_found get(std::string_view name, std::string& out) { return fails ? gesta::blob_found::failed : memory_blobs::get(name, out); }
  const gesta::failure& last_failure() const noexcept { return why; }
};

constexpr gesta::timestamp at(std::int64_t time) { return {time}; }
std::string hash_of(std::string_view text) { return gesta::detail::hex_of(gesta::detail::sha256(text.data(), text.size())); }

}  // namespace

TEST_CASE("the hash is SHA-256, also where a block ends") {
  static_assert(gesta::detail::sha256("abc", 3).bytes[0] == 0xba);
  CHECK(hash_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hash_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hash_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hash_of(std::string(1'000'000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("what may travel has no token, what is larger has one and comes back as it was") {
  gesta::memory_blobs blobs;
  std::string token, back;
  REQUIRE(gesta::check_in(std::string(10, 'x'), blobs, 10, at(1), token));
  CHECK(token.empty());
  for (const std::size_t size : {11u, 55u, 56u, 63u, 64u, 65u, 100'000u}) {
    std::string payload(size, '\0');
    for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<char>(i * 31);
    REQUIRE(gesta::check_in(payload, blobs, 10, at(1), token));
    CHECK(token == hash_of(payload) + "/" + std::to_string(size));
    REQUIRE(gesta::check_out(token, blobs, back));
    CHECK(back == payload);
  }
}

TEST_CASE("a blob lives until nobody has checked it in for long enough") {
  gesta::memory_blobs blobs;
  std::string one, other, back;
  REQUIRE(gesta::check_in("the first payload", blobs, 0, at(100), one));
  REQUIRE(gesta::check_in("the second payload", blobs, 0, at(200), other));
  std::uint64_t count = 0;
  REQUIRE(blobs.collect(at(100), count));
  CHECK(count == 0);
  REQUIRE(gesta::check_in("the first payload", blobs, 0, at(300), one));  // published again
  REQUIRE(blobs.collect(at(250), count));
  CHECK(count == 1);
  CHECK(gesta::check_out(one, blobs, back));
  const auto gone = gesta::check_out(other, blobs, back);
  REQUIRE(!gone);
  CHECK(gone.why().why == gesta::failure::kind::truncated);
}

TEST_CASE("a blob that was changed, a store that fails and what is no token are told apart") {
  failing_blobs blobs;
  std::string token, back;
  REQUIRE(gesta::check_in("a payload", blobs, 0, at(1), token));
  REQUIRE(blobs.put(token.substr(0, 64), "A payload", at(1)));
  CHECK(gesta::check_out(token, blobs, back).why().why == gesta::failure::kind::corrupt);
  REQUIRE(blobs.put(token.substr(0, 64), "a payload", at(1)));
  CHECK(gesta::check_out(token, blobs, back));
  CHECK(gesta::check_out(token.substr(0, 65) + "8", blobs, back).why().why == gesta::failure::kind::corrupt);
  blobs.fails = true;
  CHECK(gesta::check_out(token, blobs, back).why().why == gesta::failure::kind::full);
  CHECK(!gesta::check_in("another", blobs, 0, at(1), token));
  CHECK(token.empty());
  const std::string name(64, 'a');
  for (const std::string& wrong : {std::string(), name, name + "/", name + "/0", name + "/09", name + "/1x", name + "-1", name + "/1234567890123456789",
                                   std::string(64, 'A') + "/1", "/" + name, name + "a/1"})
    CHECK(gesta::check_out(wrong, blobs, back).why().why == gesta::failure::kind::malformed);
}
