// The promises of testing/laws/codec.hpp: a codec that keeps the laws passes, and each law finds the codec that breaks it.
#include <gesta/testing/laws/codec.hpp>

#include <gesta/codec/binary.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <set>
#include <string>
#include <vector>

namespace {

struct noted {
  std::string text;
  std::vector<std::uint16_t> pages;
};
std::vector<noted> some() { return {{}, {"a", {1}}, {"ab", {1, 512}}}; }

// Counts what the codecs below say they allocated.
std::size_t taken = 0;

/// The binary codec; each broken one changes a step of it.
struct correct {
  static constexpr auto id = "correct";
  std::size_t encoded_size(const noted& n) const { return gesta::encoded_size(n); }
  void encode(const noted& n, std::byte* out) const { gesta::encode(n, out); }
  bool decode(const std::byte* bytes, std::size_t size, noted& n) const { return gesta::decode(bytes, size, n); }
};
struct forgets : correct {
  bool decode(const std::byte* bytes, std::size_t size, noted& n) const { return correct::decode(bytes, size, n) && (n.pages.clear(), true); }
};
struct refuses : correct {
  bool decode(const std::byte*, std::size_t, noted&) const { return false; }
};
struct says_too_much : correct {
  std::size_t encoded_size(const noted& n) const { return gesta::encoded_size(n) + 1; }
};
struct says_too_little : correct {
  std::size_t encoded_size(const noted& n) const { return gesta::encoded_size(n) - 1; }
  void encode(const noted& n, std::byte* out) const {
    std::vector<std::byte> all(gesta::encoded_size(n));
    gesta::encode(n, all.data());
    std::copy(all.begin(), all.end() - 1, out);
  }
};
struct reads_what_is_cut : correct {
  bool decode(const std::byte* bytes, std::size_t size, noted& n) const { return correct::decode(bytes, size, n) || (size == 1 && (n = {}, true)); }
};
struct reads_what_is_longer : correct {
  bool decode(const std::byte* bytes, std::size_t size, noted& n) const {
    for (; size != 0; --size)
      if (correct::decode(bytes, size, n)) return true;
    return false;
  }
};
struct takes_two_forms : correct {  // text of length 255 and of length 0 are read as one
  bool decode(const std::byte* bytes, std::size_t size, noted& n) const {
    std::vector<std::byte> all(bytes, bytes + size);
    if (size != 0 && all[0] == std::byte{0x80}) all[0] = std::byte{0};
    return correct::decode(all.data(), size, n);
  }
};
struct allocates : correct {
  bool decode(const std::byte* bytes, std::size_t size, noted& n) const {
    taken += size != 0 && bytes[0] == std::byte{0xff} ? 1u << 20 : 0;
    return correct::decode(bytes, size, n);
  }
};
struct drops : correct {  // all messages have one form
  std::size_t encoded_size(const noted&) const { return 2; }
  void encode(const noted&, std::byte* out) const { gesta::encode(noted{}, out); }
};

template <class Codec>
std::set<std::string> broken_laws(const Codec& codec, bool one_form = true) {
  std::set<std::string> said;
  const gesta::laws::codec_terms terms{.one_form = one_form, .allocated = [] { return taken; }};
  const auto found = gesta::laws::hold_for_codec(codec, some(), terms, [&](const char* law, const noted&) { said.insert(law); });
  CHECK(found.cases > 1000);
  return said;
}

}  // namespace

TEST_CASE("a codec that keeps the laws passes") {
  CHECK(broken_laws(correct{}).empty());
  CHECK(broken_laws(correct{}, false).empty());
  CHECK(broken_laws(gesta::binary{}).empty());
}

TEST_CASE("each law finds the codec that breaks it") {
  CHECK(broken_laws(forgets{}).count("the message that was read is the one that was written"));
  CHECK(broken_laws(forgets{}).count("equal messages have equal bytes, whatever stood there before"));
  CHECK(broken_laws(refuses{}).count("decode reads what encode wrote"));
  CHECK(broken_laws(says_too_much{}).count("encode writes exactly encoded_size bytes"));
  CHECK(broken_laws(says_too_little{}).count("decode reads what encode wrote"));
  CHECK(broken_laws(reads_what_is_cut{}).count("bytes that are cut short are refused"));
  CHECK(broken_laws(reads_what_is_longer{}).count("bytes with more behind them are refused"));
  CHECK(broken_laws(reads_what_is_longer{}).count("two messages are not read as one"));
  CHECK(broken_laws(takes_two_forms{}).count("bytes that are read are the one form of their message"));
  CHECK(broken_laws(allocates{}).count("decode allocates no more than a multiple of the bytes"));
  CHECK(broken_laws(drops{}).count("different messages have different bytes"));
}

TEST_CASE("a codec with several forms may take them, but each is a message that can be written") {
  CHECK(broken_laws(takes_two_forms{}, false).empty());
  CHECK(broken_laws(forgets{}, false).count("the message that was read is the one that was written"));
}
