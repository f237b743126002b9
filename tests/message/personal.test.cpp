// The promises of message/personal.hpp: a value in the open, a sealed one and none are told apart, and what holds them stays a plain struct.
#include <gesta/message/personal.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace {

struct customer_id {
  gesta::text<20> value;
  static constexpr auto id = "customer";
};
struct free_id {
  std::string value;
  static constexpr auto id = "free";
};
using name = gesta::personal<customer_id, std::string>;
using short_name = gesta::personal<customer_id, gesta::text<40>>;

struct registered {
  customer_id customer;
  name called;
  int visits;
};
struct scanned {
  customer_id customer;
  short_name called;
};

template <class Personal>
bool seal(Personal& value, std::string_view with) {
  return gesta::detail::personal_access::put(value, reinterpret_cast<const std::byte*>(with.data()), with.size());
}

}  // namespace

TEST_CASE("a struct with personal data is plain, and flat where its value and its subject have a bound") {
  static_assert(gesta::detail::field_count<registered> == 3 && gesta::detail::field_count<scanned> == 2);
  static_assert(!gesta::flat<registered> && gesta::flat<scanned>);
  static_assert(!gesta::flat<gesta::personal<free_id, int>>);
  static_assert(std::is_trivially_copyable_v<short_name> && sizeof(short_name) < 250);
  static_assert(short_name::most_bytes == 2 + 41 + 1 + 8 + 1 + 29 + 16 + 24 + 16);
  static_assert(name::most_bytes == gesta::detail::npos);
}

TEST_CASE("it is made of what its value is made of") {
  const std::string text = "Ada";
  const char* const words = "Ada";
  const registered all[] = {{{"a"}, "Ada", 1}, {{"a"}, text, 1}, {{"a"}, words, 1}, {{"a"}, std::string("Ada"), 1}};
  for (const auto& one : all) {
    REQUIRE(one.called.given() != nullptr);
    CHECK(*one.called.given() == "Ada");
  }
  constexpr scanned flat{{"a"}, "Ada"};
  static_assert(*flat.called.given() == gesta::text<3>("Ada"));
  CHECK(!name("").is_blank());
  CHECK(name().is_blank());
}

TEST_CASE("sealed, the value is gone, and the bytes are copied with it") {
  name value = "Ada";
  REQUIRE(seal(value, "sealed"));
  CHECK(value.is_sealed());
  CHECK(value.given() == nullptr);
  name copy = value, moved = std::move(copy);
  CHECK(moved == value);
  CHECK(copy.is_blank());
  copy = moved;
  CHECK(copy == value);
  copy = "Bob";
  CHECK(copy.given() != nullptr);
  CHECK(!copy.is_sealed());
  REQUIRE(seal(moved, ""));
  CHECK(moved.is_blank());
}

TEST_CASE("two are equal that hold the same in the same way") {
  name ada = "Ada", same = "Ada", bob = "Bob", sealed = "Ada", other = "Ada";
  REQUIRE((seal(sealed, "one") && seal(other, "two")));
  CHECK(ada == same);
  CHECK(!(ada == bob));
  CHECK(!(ada == sealed));
  CHECK(!(sealed == other));
  CHECK(name() == name());
  CHECK(!(name() == name("")));
}

TEST_CASE("in place there is room for the largest value, and for no byte more") {
  short_name value;
  CHECK(seal(value, std::string(short_name::most_bytes - 2, 's')));
  CHECK(value.is_sealed());
  CHECK(!seal(value, std::string(short_name::most_bytes + 1, 's')));
  CHECK(value.is_sealed());  // as it was
}
