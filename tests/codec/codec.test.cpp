// The promises of codec/codec.hpp: what is a codec is told from what is none. What a codec promises beyond that, the laws test.
#include <gesta/codec/codec.hpp>

#include <gesta/codec/binary.hpp>

#include <doctest/doctest.h>

namespace {

struct noted { int pages; };
struct pointing { const char* text; };

struct correct {
  static constexpr auto id = "correct";
  std::size_t encoded_size(const noted&) const { return 1; }
  void encode(const noted&, std::byte*) const {}
  bool decode(const std::byte*, std::size_t, noted&) const { return true; }
};
struct with_reason : correct {
  struct answer {
    explicit operator bool() const { return true; }
  };
  answer decode(const std::byte*, std::size_t, noted&) const { return {}; }
};
struct without_id {
  std::size_t encoded_size(const noted&) const { return 1; }
  void encode(const noted&, std::byte*) const {}
  bool decode(const std::byte*, std::size_t, noted&) const { return true; }
};
struct without_answer : correct {
  void decode(const std::byte*, std::size_t, noted&) const {}
};
struct changes_itself : correct {
  void encode(const noted&, std::byte*) {}
};
struct not_a_value : correct {
  not_a_value(const not_a_value&) = delete;
};

}  // namespace

TEST_CASE("a codec has an id and three functions, and may answer with a reason") {
  CHECK(gesta::encodes<correct, noted>);
  CHECK(gesta::encodes<with_reason, noted>);
  CHECK(gesta::encodes<gesta::binary, noted>);
}

TEST_CASE("what lacks one of them, changes itself or is no value is no codec") {
  CHECK_FALSE(gesta::encodes<without_id, noted>);
  CHECK_FALSE(gesta::encodes<without_answer, noted>);
  CHECK_FALSE(gesta::encodes<changes_itself, noted>);
  CHECK_FALSE(gesta::encodes<not_a_value, noted>);
}

TEST_CASE("a codec is one for the messages that it can encode") {
  CHECK_FALSE(gesta::encodes<correct, pointing>);
  CHECK_FALSE(gesta::encodes<gesta::binary, pointing>);
}
