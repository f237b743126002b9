// The promises of message/key.hpp. The byte forms name streams in stores: they are pinned here.
#include <gesta/message/key.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

using gesta::text;

namespace {

enum class country : std::int8_t { nowhere = -1, here = 1 };
struct order_no {
  std::uint32_t value;
};
struct nested { order_no order; };
struct place {
  text<4> area;
  std::int16_t shelf;
  text<300> note;
};
struct owned {
  std::string name;
  order_no order;
};
struct the_only_one {};
struct named { text<10> name; };

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    out += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

template <class Key>
std::string bytes_of(const gesta::key_value<Key>& key) {
  gesta::key_buffer<Key> buffer;
  const gesta::key_bytes bytes = gesta::key_bytes_of<Key>(key, buffer);
  CHECK(bytes.size <= gesta::key_room<Key>);
  return {bytes.data, bytes.size};
}
template <class Key>
std::string hex_of(const gesta::key_value<Key>& key) {
  return hex(bytes_of<Key>(key));
}
gesta::key_bytes view(const std::string& bytes) { return {bytes.data(), static_cast<std::uint32_t>(bytes.size())}; }

template <class Key>
bool there_and_back(const Key& key) {
  const std::string bytes = bytes_of<Key>(key);
  Key again{};
  return gesta::read_key(view(bytes), again) && gesta::same_key(again, key) && gesta::same_key(gesta::key_from<Key>(view(bytes)), key) &&
         gesta::key_hash(again) == gesta::key_hash(key);
}
template <class Key>
bool reads(const std::string& bytes) {
  Key key{};
  return gesta::read_key(view(bytes), key);
}
template <class Value>
std::string text_of(const Value& key) {
  char room[64];
  const std::size_t size = gesta::key_text(key, room, sizeof room);
  CHECK(size == std::string(room).size());
  return room;
}

}  // namespace

TEST_CASE("the byte forms of keys do not change") {
  CHECK(hex_of<std::uint32_t>(0x01020304) == "01020304");
  CHECK(hex_of<std::int16_t>(1) == "8001");
  CHECK(hex_of<std::int16_t>(-1) == "7fff");
  CHECK(hex_of<std::int64_t>(std::numeric_limits<std::int64_t>::min()) == "0000000000000000");
  CHECK(hex_of<bool>(true) == "01");
  CHECK(hex_of<country>(country::nowhere) == "7f");
  CHECK(hex_of<order_no>({7}) == "00000007");
  CHECK(hex_of<gesta::dense>(7u) == "00000007");
  CHECK(hex_of<text<10>>("alice") == hex("alice"));
  CHECK(hex_of<std::string>(gesta::key_value_of<std::string>("alice")) == hex("alice"));
  CHECK(hex_of<gesta::string_key>(gesta::key_value_of<gesta::string_key>("alice")) == hex("alice"));
  CHECK(hex_of<place>({"ab", -2, "cde"}) == "026162" "7ffe" "03636465");
  CHECK(hex_of<place>({"", 0, text<300>(std::string(200, 'x'))}).substr(0, 12) == "008000c80178");
  CHECK(hex_of<owned>({"ab", {1}}) == "026162" "00000001");
  CHECK(hex_of<the_only_one>({}) == "");
}

TEST_CASE("a struct of one field has the bytes, the hash and the text of that field") {
  CHECK(bytes_of<nested>({{9}}) == bytes_of<std::uint32_t>(9));
  CHECK(bytes_of<named>({"bob"}) == "bob");
  CHECK(gesta::key_hash(nested{{9}}) == gesta::key_hash(std::uint32_t{9}));
  CHECK(text_of(nested{{9}}) == "9");
}

TEST_CASE("keys of every kind come back from their bytes") {
  CHECK(there_and_back<int>(-5));
  CHECK(there_and_back<std::uint64_t>(~std::uint64_t{0}));
  CHECK(there_and_back<std::int64_t>(std::numeric_limits<std::int64_t>::min()));
  CHECK(there_and_back<char>('x'));
  CHECK(there_and_back(false));
  CHECK(there_and_back(country::nowhere));
  CHECK(there_and_back(nested{{3}}));
  CHECK(there_and_back(place{"abcd", -1, text<300>(std::string(300, 'y'))}));
  CHECK(there_and_back(text<10>("")));
  CHECK(there_and_back(named{"bob"}));
  CHECK(there_and_back(owned{std::string(1000, 'z'), {1}}));
  CHECK(there_and_back(the_only_one{}));
  CHECK(gesta::key_from<gesta::dense>(view(bytes_of<gesta::dense>(12u))) == 12);
  const std::string name = "alice";
  CHECK(gesta::key_from<std::string>(view(name)) == "alice");
  CHECK(gesta::key_from<gesta::string_key>(view(name)) == view(name));
}

TEST_CASE("keys are read while compiling") {
  static_assert([] {
    gesta::key_buffer<place> buffer{};
    const place back = gesta::key_from<place>(gesta::key_bytes_of<place>(place{"ab", 3, "c"}, buffer));
    return back.area == "ab" && back.shelf == 3 && back.note == "c";
  }());
  CHECK(true);
}

TEST_CASE("bytes of another form are refused") {
  CHECK_FALSE(reads<std::uint32_t>("abc"));
  CHECK_FALSE(reads<std::uint32_t>("abcde"));
  CHECK_FALSE(reads<bool>("\x02"));
  CHECK_FALSE(reads<text<2>>("abc"));
  CHECK_FALSE(reads<the_only_one>("a"));
  CHECK_FALSE(reads<owned>(std::string("\x81\x00" "a\0\0\0\1", 7)));  // a length not in its shortest form
  const std::string good = bytes_of<place>({"ab", 1, "cd"});
  CHECK(reads<place>(good));
  for (std::size_t size = 0; size < good.size(); ++size) CHECK_FALSE(reads<place>(good.substr(0, size)));
  CHECK_FALSE(reads<place>(good + '\0'));
}

TEST_CASE("random bytes are refused or are the byte form of the key they give") {
  std::mt19937_64 random(11);
  int accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string bytes(random() % 12, ' ');
    for (char& c : bytes) c = static_cast<char>(random() % (i % 2 == 0 ? 256 : 5));
    owned key;
    if (gesta::read_key(view(bytes), key)) {
      ++accepted;
      CHECK(bytes_of<owned>(key) == bytes);
    }
  }
  CHECK(accepted > 10);
}

TEST_CASE("different keys have different bytes, however their fields lie") {
  CHECK(bytes_of<place>({"a", 0, "bc"}) != bytes_of<place>({"ab", 0, "c"}));
  CHECK(bytes_of<place>({"", 0, "a"}) != bytes_of<place>({"a", 0, ""}));
  CHECK(bytes_of<owned>({std::string("a\0", 2), {0}}) != bytes_of<owned>({"a", {0}}));
}

TEST_CASE("the bytes of numbers sort as the numbers do") {
  const std::vector<std::int32_t> rising = {std::numeric_limits<std::int32_t>::min(), -70000, -1, 0, 1, 255, 256, 70000};
  for (std::size_t i = 1; i < rising.size(); ++i) CHECK(bytes_of<std::int32_t>(rising[i - 1]) < bytes_of<std::int32_t>(rising[i]));
}

TEST_CASE("equal keys have equal hashes, however the string is held") {
  const std::string name = "alice and bob";
  CHECK(gesta::key_hash(name) == gesta::key_hash(view(name)));
  CHECK(gesta::key_hash(name) == gesta::key_hash(text<20>("alice and bob")));
  CHECK(gesta::key_hash(place{"a", 1, "b"}) == gesta::key_hash(place{"a", 1, "b"}));
  CHECK(gesta::key_hash(place{"a", 1, "b"}) != gesta::key_hash(place{"a", 2, "b"}));
  CHECK(gesta::key_hash(place{"a", 1, "b"}) != gesta::key_hash(place{"b", 1, "a"}));
  CHECK(gesta::key_hash(1) != gesta::key_hash(2));
}

TEST_CASE("keys are compared field by field, without an operator of the user") {
  CHECK(gesta::same_key(place{"a", 1, "b"}, place{"a", 1, "b"}));
  CHECK_FALSE(gesta::same_key(place{"a", 1, "b"}, place{"a", 1, "c"}));
  CHECK(gesta::same_key(view("x"), view("x")));
  CHECK(gesta::same_key(the_only_one{}, the_only_one{}));
}

TEST_CASE("keys are written for people") {
  CHECK(text_of(-5) == "-5");
  CHECK(text_of(~std::uint64_t{0}) == "18446744073709551615");
  CHECK(text_of('x') == "x");
  CHECK(text_of(true) == "1");
  CHECK(text_of(country::nowhere) == "-1");
  CHECK(text_of(place{"eu", 17, "left"}) == "eu/17/left");
  CHECK(text_of(gesta::key_value_of<gesta::string_key>("alice")) == "alice");
  CHECK(text_of(the_only_one{}) == "");
  char small[4];
  CHECK(gesta::key_text(place{"eu", 17, "left"}, small, sizeof small) == 10);
  CHECK(std::string_view(small) == "eu/");
}

TEST_CASE("callers may write what means a key without doubt") {
  using gesta::key_argument, gesta::string_key, gesta::dense;
  CHECK(key_argument<char[6], string_key>);
  CHECK(key_argument<const char*, string_key>);
  CHECK(key_argument<std::string, string_key>);
  CHECK(key_argument<std::string_view, std::string>);
  CHECK(key_argument<text<4>, string_key>);
  CHECK(key_argument<gesta::key_bytes, string_key>);
  CHECK_FALSE(key_argument<int, string_key>);
  CHECK(key_argument<int, std::uint64_t>);
  CHECK(key_argument<unsigned long, dense>);
  CHECK_FALSE(key_argument<double, int>);
  CHECK_FALSE(key_argument<bool, int>);
  CHECK_FALSE(key_argument<int, order_no>);
  CHECK(key_argument<order_no, order_no>);
  CHECK_FALSE(key_argument<int, country>);
  CHECK(key_argument<char[3], text<4>>);
  CHECK_FALSE(key_argument<std::string, text<4>>);
  CHECK(gesta::key_value_of<std::int8_t>(-5LL) == -5);
  CHECK(gesta::key_value_of<dense>(5UL) == 5);
  CHECK(gesta::key_value_of<text<4>>("abc") == "abc");
  CHECK(std::is_same_v<gesta::key_value<std::string>, gesta::key_bytes>);
  CHECK(std::is_same_v<gesta::key_value<dense>, std::uint32_t>);
}

TEST_CASE("what has no unique bytes is no key") {
  struct price { double amount; };
  struct pointer { int* to; };
  CHECK(gesta::entity_key<place>);
  CHECK(gesta::entity_key<owned>);
  CHECK_FALSE(gesta::entity_key<double>);
  CHECK_FALSE(gesta::entity_key<price>);
  CHECK_FALSE(gesta::entity_key<pointer>);
  CHECK_FALSE(gesta::entity_key<std::vector<int>>);
  CHECK_FALSE(gesta::entity_key<long double>);
}

TEST_CASE("a buffer is used again for the next key") {
  gesta::key_buffer<owned> buffer;
  gesta::key_bytes_of<owned>({std::string(100, 'a'), {1}}, buffer);
  const auto bytes = gesta::key_bytes_of<owned>({"b", {2}}, buffer);
  CHECK(hex({bytes.data, bytes.size}) == "016200000002");
  const auto longer = gesta::key_bytes_of<owned>({std::string(500, 'c'), {3}}, buffer);
  CHECK(longer.size == 506);
}
