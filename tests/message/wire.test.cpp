// The promises of message/wire.hpp: a field's name on the wire is the one in C++, unless the struct says another.
#include <gesta/message/wire.hpp>

#include <doctest/doctest.h>

namespace {

using gesta::detail::chars_of;
using gesta::detail::npos;
using gesta::detail::wire_index;
using gesta::detail::wire_name;

struct plain { int number, cents; };
struct swapped {
  int number, cents;
  static constexpr gesta::renamed wire[] = {{"number", "cents"}, {"cents", "orderNo"}};
};
struct with_field_named_wire { int wire; };
struct empty {};

}  // namespace

TEST_CASE("a field has its own name on the wire") {
  CHECK(wire_name<plain, 1>() == "cents");
  CHECK(wire_index<plain>(chars_of("number")) == 0);
  CHECK(wire_index<plain>(chars_of("numbers")) == npos);
  CHECK(wire_index<empty>(chars_of("number")) == npos);
  CHECK(wire_name<with_field_named_wire, 0>() == "wire");
}

TEST_CASE("a renamed field is found by its new name only") {
  CHECK(wire_name<swapped, 0>() == "cents");
  CHECK(wire_name<swapped, 1>() == "orderNo");
  CHECK(wire_index<swapped>(chars_of("cents")) == 0);
  CHECK(wire_index<swapped>(chars_of("number")) == npos);
}
