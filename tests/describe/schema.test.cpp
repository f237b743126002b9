#include <gesta/describe/schema.hpp>

#include <doctest/doctest.h>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gesta/model/model.hpp>

namespace shapes {

struct in_place { gesta::text<8> sku; gesta::list<int, 4> sizes; };
struct in_place_wider { gesta::text<80> sku; gesta::list<int, 40> sizes; };
struct allocated { std::string sku; std::vector<int> sizes; };
struct reordered { gesta::list<int, 4> sizes; gesta::text<8> sku; };
struct renamed { gesta::text<8> code; gesta::list<int, 4> sizes; };
struct renamed_in_cpp {
  gesta::text<8> code;
  gesta::list<int, 4> sizes;
  static constexpr gesta::renamed wire[] = {{"code", "sku"}};
};
struct widened { gesta::text<8> sku; gesta::list<long long, 4> sizes; };
struct unsigned_sizes { gesta::text<8> sku; gesta::list<unsigned, 4> sizes; };
struct extended { gesta::text<8> sku; gesta::list<int, 4> sizes; bool last; };
enum class colour : unsigned char { red };
struct with_enum { colour c; };
struct with_number { unsigned char c; };
struct nested { in_place inner; std::optional<int> maybe; std::array<short, 3> three; std::map<std::string, int> counts; };
struct nested_otherwise { renamed inner; std::optional<int> maybe; std::array<short, 3> three; std::map<std::string, int> counts; };

struct opened { int amount; static constexpr auto id = "account.opened"; };
struct open { int amount; };
struct account { int balance = 0; };
constexpr void evolve(account& a, const opened& e) { a.balance = e.amount; }
constexpr auto decide(const account&, const open& c) -> gesta::emits<opened> { return opened{c.amount}; }
struct accounts : gesta::aggregate<account, gesta::commands<open>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

}  // namespace shapes

using namespace shapes;

TEST_CASE("a bound or an owner of text and lists changes no stored byte, so it changes no shape") {
  CHECK(gesta::shape_id<in_place> == gesta::shape_id<in_place_wider>);
  CHECK(gesta::shape_id<in_place> == gesta::shape_id<allocated>);
}

TEST_CASE("order, names, widths, signs and further fields are part of the shape, at any depth") {
  CHECK(gesta::shape_id<in_place> != gesta::shape_id<reordered>);
  CHECK(gesta::shape_id<in_place> != gesta::shape_id<renamed>);
  CHECK(gesta::shape_id<in_place> != gesta::shape_id<widened>);
  CHECK(gesta::shape_id<in_place> != gesta::shape_id<unsigned_sizes>);
  CHECK(gesta::shape_id<in_place> != gesta::shape_id<extended>);
  CHECK(gesta::shape_id<with_enum> != gesta::shape_id<with_number>);
  CHECK(gesta::shape_id<nested> != gesta::shape_id<nested_otherwise>);
}

TEST_CASE("a field that keeps its name on the wire may be renamed in C++") {
  CHECK(gesta::shape_id<in_place> == gesta::shape_id<renamed_in_cpp>);
}

TEST_CASE("shapes are pinned: they stand in committed locks, so that changing the hash has to be a decision") {
  CHECK(gesta::shape_id<opened> == 0xd53656824b6824c8u);
}

TEST_CASE("a lock names the fields that an event has, by their names on the wire and their kinds") {
  using gesta::detail::types;
  using sku = gesta::locked_field<"sku", "\"text\"">;
  using sizes = gesta::locked_field<"sizes", "{\"list\":\"i32\"}">;
  static_assert(std::is_same_v<gesta::detail::fields_now<renamed_in_cpp>, types<sku, sizes>>);
  static_assert(std::is_same_v<gesta::detail::fields_now<in_place_wider>, gesta::detail::fields_now<allocated>>);
  static_assert(gesta::detail::first_difference<types<sku, sizes>, types<sku, sizes>>() == gesta::detail::npos);
  static_assert(gesta::detail::first_difference<types<sku, sizes>, types<sizes, sku>>() == 0);
  static_assert(gesta::detail::first_difference<types<sku>, types<sku, sizes>>() == 1);
  static_assert(gesta::detail::first_difference<types<sku, sizes>, types<>>() == 0);
  static_assert(std::is_same_v<gesta::detail::field_or_none<1, types<sku>>, gesta::no_field>);
}

TEST_CASE("a model is held to a lock with fields, and to one without") {
  using amount = gesta::locked_field<"amount", "\"i32\"">;
  struct with_fields : gesta::locked_model<bank, gesta::schema_lock<gesta::locked<"account.opened", 1, 0xd53656824b6824c8, amount>>> {};
  struct without : gesta::locked_model<bank, gesta::schema_lock<gesta::locked<"account.opened", 1, 0xd53656824b6824c8>>> {};
  CHECK(sizeof(with_fields) == 1);
  CHECK(sizeof(without) == 1);
}
