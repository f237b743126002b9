#include <doctest/doctest.h>

#include <gesta/capture/pgoutput.hpp>
#include <gesta/capture/pgoutput_rows.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pgoutput_bytes.hpp"
#include "rows.hpp"

namespace {

using gesta::detail::pg_message;

const char* read(const std::string& bytes, pg_message& to) { return gesta::detail::read_pg_message(gesta::detail::chars_of(bytes), to); }

std::vector<std::string> every_message() {
  return {begin(0x1000, 5, 7), relation(16385, "public", "customers", {{"id", 20, true}, {"name", 25, false}, {"city", 25, false}}),
          insert(16385, {"1", "ann", {}}), update(16385, {"1", "ann", {}}, {"1", "bob", "Ulm"}), update_key(16385, {"1", {}, {}}, {"2", "bob", "Ulm"}),
          update_plain(16385, {"2", "cem", "Ulm"}), erase(16385, {"2", {}, {}}), truncate({16385, 16386}), commit(0x1000, 0x1030),
          std::string("O\0\0\0\0\0\0\0\1here\0", 14), std::string("Y\0\0\0\1public\0mood\0", 17), std::string("M\0\0\0\0\0\0\0\0\0p\0\0\0\0\2hi", 18)};
}

struct misorder {
  const char* name;
  std::vector<std::string> messages;
  const char* why;
};

const misorder misorders[] = {
    {"a change outside of a transaction", {relation(1, "public", "t", {{"id", 20, true}}), insert(1, {"1"})}, "a change stands outside of a transaction"},
    {"a truncation outside of a transaction", {truncate({1})}, "a truncation stands outside of a transaction"},
    {"a table that was not described", {begin(8, 0, 1), insert(1, {"1"})}, "a table is changed that was not described"},
    {"a row that is too short", {relation(1, "public", "t", {{"id", 20, true}, {"n", 20, false}}), begin(8, 0, 1), insert(1, {"1"})}, "a row has another number of columns than its table"},
    {"an old row that is too long", {relation(1, "public", "t", {{"id", 20, true}}), begin(8, 0, 1), update(1, {"1", "2"}, {"1"})}, "a row has another number of columns than its table"},
    {"two beginnings", {begin(8, 0, 1), begin(16, 0, 2)}, "a transaction begins within another one"},
    {"an end without a beginning", {commit(8, 16)}, "a transaction ends that did not begin"},
    {"an end elsewhere", {begin(8, 0, 1), commit(16, 24)}, "a transaction ends elsewhere than it said"},
    {"an end before its commit", {begin(8, 0, 1), commit(8, 7)}, "a transaction ends elsewhere than it said"},
};

}  // namespace

TEST_CASE("each message is read, and none of its beginnings, and nothing that goes on behind it") {
  for (const std::string& whole : every_message()) {
    CAPTURE(whole[0]);
    pg_message message;
    CHECK(read(whole, message) == nullptr);
    for (std::size_t size = 0; size < whole.size(); ++size) CHECK(read(whole.substr(0, size), message) != nullptr);
    CHECK(read(whole + '\0', message) != nullptr);
    // Every byte set to some other values: refused or read, never beyond the end (the sanitizers look).
    for (std::size_t at = 0; at < whole.size(); ++at)
      for (const int value : {0, 1, 0x7f, 0x80, 0xff}) {
        std::string other = whole;
        other[at] = static_cast<char>(value);
        const std::string exact(other.data(), other.size());
        pg_message to;
        (void)read(exact, to);
      }
  }
  pg_message message;
  CHECK(read(std::string("I\0\0\0\1N\xff\xff", 8), message) == std::string("an insertion has no row"));
  CHECK(read(std::string("T\xff\xff\xff\xff\0", 6), message) == std::string("a truncation names more tables than it has bytes"));
  CHECK(read("S", message) == std::string("a message is of an unknown kind"));
}

TEST_CASE("a message says what it holds") {
  pg_message message;
  const std::string moved = update_key(7, {"1", {}, {}}, {"2", "bob", {}});  // what is read lies in it
  REQUIRE(read(moved, message) == nullptr);
  CHECK(message.kind == 'U');
  CHECK(message.relation == 7);
  CHECK(message.old_kind == 'K');
  CHECK(message.before[0].text == "1");
  CHECK(message.before[1].kind == 'n');
  CHECK(message.after[1].text == "bob");
  REQUIRE(read(begin(0x0123'4567'89ab'cdef, 1, 7), message) == nullptr);
  CHECK(message.commit == 0x0123'4567'89ab'cdef);
  REQUIRE(read(relation(9, "s", "t", {{"id", 20, true}, {"n", 25, false}}), message) == nullptr);
  CHECK(message.described.space == "s");
  CHECK((message.described.columns[0].is_key && !message.described.columns[1].is_key && message.described.columns[1].type == 25));
  gesta::detail::pg_frame frame;
  const std::string alive = 'k' + number(77, 8) + number(0, 8) + '\1', data = 'w' + number(1, 8) + number(2, 8) + number(3, 8) + "payload";
  CHECK(gesta::detail::read_pg_frame(gesta::detail::chars_of(alive), frame) == nullptr);
  CHECK((frame.end == 77 && frame.wants_reply));
  CHECK(gesta::detail::read_pg_frame(gesta::detail::chars_of(data), frame) == nullptr);
  CHECK(frame.data == "payload");
  for (const std::string& whole : {alive, data})
    for (std::size_t size = 0; size < 18; ++size) CHECK(gesta::detail::read_pg_frame(gesta::detail::chars_of(whole.substr(0, size)), frame) != nullptr);
  CHECK(gesta::detail::read_pg_frame(gesta::detail::chars_of(alive + "x"), frame) != nullptr);
}

TEST_CASE("messages come in their order, or it is said what is wrong with it") {
  for (const misorder& one : misorders) {
    CAPTURE(one.name);
    gesta::detail::pg_order order;
    std::string said;
    for (const std::string& bytes : one.messages) {
      pg_message message;
      REQUIRE(read(bytes, message) == nullptr);
      if (const char* const wrong = order.take(message)) said += wrong;
    }
    CHECK(said == one.why);
  }
  gesta::detail::pg_order order;
  pg_message message;
  for (const std::string& bytes : every_message()) {
    REQUIRE(read(bytes, message) == nullptr);
    CHECK(order.take(message) == nullptr);
    if (message.kind == 'D') CHECK((order.index() == 5 && order.commit() == 0x1000 && order.transaction() == 7 && order.changed().name == "customers"));
    if (message.kind == 'T') CHECK((order.truncate(message.truncated[0]) != nullptr && order.truncate(message.truncated[1]) == nullptr && order.index() == 7));
  }
  CHECK(order.time() == 946'684'800'000'005'000);
  // A time that no clock shows.
  for (const std::int64_t odd : {std::int64_t{1} << 62, -(std::int64_t{1} << 62), INT64_MAX, INT64_MIN}) {
    gesta::detail::pg_order other;
    REQUIRE(read(begin(8, static_cast<std::uint64_t>(odd), 1), message) == nullptr);
    CHECK(other.take(message) == nullptr);
    CHECK(other.time() == 0);
  }
}

namespace {

template <class T>
std::string into(const char* text, T& field) {
  const char* const wrong = gesta::detail::pg_into({'t', gesta::detail::chars_of(text)}, field);
  return wrong == nullptr ? "" : wrong;
}
enum class grade : std::uint8_t { low = 1 };

}  // namespace

TEST_CASE("values are read from their texts, whole or not at all") {
  std::int64_t number = 0;
  int narrow = 0;
  std::uint16_t small = 0;
  grade g{};
  bool truth = false;
  double real = 0;
  gesta::text<3> word;
  std::optional<std::string> maybe = "x";
  std::vector<std::byte> bytes;
  std::array<unsigned char, 2> two{};
  CHECK(into("-9223372036854775808", number) == "");
  CHECK(number == INT64_MIN);
  for (const char* wrong : {"", "x", "1x", " 1", "9223372036854775808", "1.5"}) CHECK(into(wrong, number) == "it is no integer");
  CHECK(into("2147483648", narrow) == "the number does not fit into the field");
  CHECK(into("65535", small) == "");
  CHECK(into("-1", small) == "the number does not fit into the field");
  CHECK(into("1", g) == "");
  CHECK(g == grade::low);
  CHECK((into("t", truth) == "" && truth));
  CHECK((into("false", truth) == "" && !truth));
  CHECK(into("T", truth) == "it is no bool");
  CHECK((into("-1.25e-3", real) == "" && real == -1.25e-3));
  CHECK((into("Infinity", real) == "" && real > 1e308));
  CHECK((into("NaN", real) == "" && real != real));
  CHECK(into("1,5", real) == "it is no floating-point number");
  CHECK((into("abc", word) == "" && word == "abc"));
  CHECK(into("abcd", word) == "the text is longer than the field");
  CHECK((into("", maybe) == "" && maybe == ""));
  CHECK((gesta::detail::pg_into({'n', {}}, maybe) == nullptr && !maybe.has_value()));
  CHECK(gesta::detail::pg_into({'n', {}}, number) == std::string("it is NULL, and the field cannot be; make it a std::optional"));
  CHECK((into("\\x00ff", bytes) == "" && bytes == std::vector{std::byte{0}, std::byte{255}}));
  CHECK((into("\\x", bytes) == "" && bytes.empty()));
  for (const char* wrong : {"", "\\", "\\x0", "\\xgg", "0x00", "\\X00"}) CHECK(into(wrong, bytes) == "it is no bytes in hex");
  CHECK((into("\\x0102", two) == "" && two[1] == 2));
  CHECK(into("\\x01", two) == "there are more or fewer bytes than the field has");
  using gesta::detail::pg_type_fits;
  CHECK((pg_type_fits<std::int64_t>(20) && !pg_type_fits<int>(20) && pg_type_fits<std::optional<int>>(23) && !pg_type_fits<std::int64_t>(25) && !pg_type_fits<float>(701)));
  CHECK((pg_type_fits<std::string>(1700) && !pg_type_fits<std::string>(17) && pg_type_fits<bool>(16) && !pg_type_fits<bool>(21)));
}
