// The words for the forms of messages and keys: they are stored beside what is stored.
#include <gesta/codec/wire_form.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include "messages.hpp"

namespace {

using namespace codec_tests;

enum class switched : bool { off, on };
struct odds {
  signed char a;
  unsigned char b;
  char32_t c;
  switched d;
  std::byte e;
  long long f;
};
struct renamed_fields {
  int number;
  int say;
  static constexpr gesta::renamed wire[] = {{"number", "orderNo"}, {"say", "a \"b\" \\ \n"}};
};

enum class region : std::int16_t { north };
struct account_no {
  std::uint64_t value;
};
struct shop_no {
  gesta::text<8> shop;
  region where;
  account_no number;
};
struct only_shop {
  shop_no of;
};

}  // namespace

TEST_CASE("a message says its fields by name, in their order") {
  CHECK(std::string(gesta::wire_form<line>) == R"({"fields":{"sku":"text","quantity":"i16"}})");
  CHECK(std::string(gesta::wire_form<empty>) == R"({"fields":{}})");
  CHECK(std::string(gesta::wire_form<flat_order>) ==
        R"({"fields":{"number":{"fields":{"value":"u32"}},"paint":{"enum":"u8"},"express":"bool","grade":"char","price":"f64","weight":"f32",)"
        R"("balance":"i64","lines":{"list":{"fields":{"sku":"text","quantity":"i16"}}},"pair":{"array":[2,"u16"]},"where":{"enum":"i32"}}})");
}

TEST_CASE("every kind of field has its words") {
  CHECK(std::string(gesta::wire_form<rich_order>) ==
        R"({"fields":{"customer":"text","lines":{"list":{"fields":{"sku":"text","quantity":"i16"}}},"replaces":{"optional":{"fields":{"value":"u32"}}},)"
        R"("note":{"variant":[{"fields":{}},"text",{"fields":{"value":"u32"}}]},"stock":{"map":["text",{"list":"i32"}]},"tags":{"set":"i32"},)"
        R"("pair":{"pair":["i32","text"]},"answers":{"list":{"optional":"bool"}},"bits":{"list":"bool"},"took":{"duration":"i64","period":[1,1000]},)"
        R"("at":{"time":"i64","period":[1,1]},"memo":"text"}})");
  CHECK(std::string(gesta::wire_form<nested>) ==
        R"({"fields":{"by_number":{"map":[{"fields":{"value":"u32"}},{"map":["text",{"fields":{"sku":"text","quantity":"i16"}}]}]},)"
        R"("several":{"multimap":["text","i32"]},"bag":{"set":"text"},"maybe":{"optional":{"optional":{"list":"text"}}},)"
        R"("either":{"list":{"variant":[{"fields":{"sku":"text","quantity":"i16"}},{"fields":{"file":{"list":"byte"},"digest":{"array":[4,"byte"]},)"
        R"("few":{"list":"byte"},"queue":{"list":"byte"}}}]}},"sides":{"array":[2,{"list":{"pair":[{"enum":"i32"},"char"]}}]}}})");
  CHECK(std::string(gesta::wire_form<numbers>) ==
        R"({"fields":{"a":"i8","b":"u8","c":"i16","d":"u16","e":"i32","f":"u32","g":"i64","h":"u64","i":"u16","j":{"enum":"u64"},"k":{"enum":"u8"}}})");
  CHECK(std::string(gesta::wire_form<fractions>) == R"({"fields":{"f":"f32","d":"f64","seconds":{"duration":"f64","period":[1,1]}}})");
  CHECK(std::string(gesta::wire_form<odds>) ==
        R"({"fields":{"a":"i8","b":"u8","c":"u32","d":{"enum":"bool"},"e":"byte","f":"i64"}})");
}

TEST_CASE("a field stands under its name on the wire, whatever characters it has") {
  CHECK(std::string(gesta::wire_form<renamed_fields>) == R"({"fields":{"orderNo":"i32","a \"b\" \\ \u000a":"i32"}})");
}

TEST_CASE("a key says what its bytes are; one field is that field") {
  CHECK(std::string(gesta::key_wire_form<gesta::string_key>) == R"("text")");
  CHECK(std::string(gesta::key_wire_form<gesta::text<12>>) == R"("text")");
  CHECK(std::string(gesta::key_wire_form<gesta::dense>) == R"("u32")");
  CHECK(std::string(gesta::key_wire_form<std::int64_t>) == R"("i64")");
  CHECK(std::string(gesta::key_wire_form<region>) == R"("i16")");
  CHECK(std::string(gesta::key_wire_form<account_no>) == R"("u64")");
  CHECK(std::string(gesta::key_wire_form<shop_no>) == R"({"fields":{"shop":"text","where":"i16","number":"u64"}})");
  CHECK(std::string(gesta::key_wire_form<only_shop>) == std::string(gesta::key_wire_form<shop_no>));
}
