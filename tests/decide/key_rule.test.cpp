#include <doctest/doctest.h>

#include <gesta/decide/key_rule.hpp>

#include <string>
#include <type_traits>

namespace {

struct state {};
struct place {
  int amount;
  std::string order;
};
struct cancel {
  std::string order;
};
struct order_no {
  int value;
};
struct pay {
  order_no number;
};

struct by_string : gesta::aggregate<state, gesta::commands<place>> {};
struct by_number : gesta::aggregate<state, gesta::commands<pay>> {
  using key = order_no;
};
struct by_field : gesta::aggregate<state, gesta::commands<place, cancel>, gesta::by<"order">> {};
struct by_id : gesta::aggregate<state, gesta::commands<pay>, gesta::by<"number">> {};

template <class Aggregate>
using key_of = typename gesta::detail::key_rule<Aggregate>::key_type;

}  // namespace

TEST_CASE("a key beside the command is text unless the aggregate says its type") {
  CHECK(std::is_same_v<key_of<by_string>, gesta::string_key>);
  CHECK(std::is_same_v<key_of<by_number>, order_no>);
  CHECK_FALSE(gesta::detail::carries_key<by_string>);
}

TEST_CASE("a key in a field has the type of the field, and is read from wherever the field stands") {
  CHECK(std::is_same_v<key_of<by_field>, std::string>);
  CHECK(std::is_same_v<key_of<by_id>, order_no>);
  CHECK(gesta::detail::carries_key<by_field>);
  CHECK(gesta::detail::key_in<by_field>(place{1, "A"}) == "A");
  CHECK(gesta::detail::key_in<by_field>(cancel{"B"}) == "B");
  CHECK(gesta::detail::key_in<by_id>(pay{{5}}).value == 5);
}
