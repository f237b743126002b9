// The promises of detail/fixed_string.hpp.
#include <gesta/detail/fixed_string.hpp>

#include <doctest/doctest.h>

namespace {

using gesta::detail::fixed_string;

template <fixed_string Name>
struct named {
  static constexpr auto size = Name.size();
  static constexpr bool is(const char* text) { return Name.says(text); }
};

template <class, class>
constexpr bool same = false;
template <class T>
constexpr bool same<T, T> = true;

}  // namespace

TEST_CASE("a literal is a template argument and equal literals name one type") {
  CHECK(same<named<"order">, named<"order">>);
  CHECK_FALSE(same<named<"order">, named<"orders">>);
  CHECK(named<"order">::size == 5);
  CHECK(named<"">::size == 0);
}

TEST_CASE("strings are compared by all their characters") {
  CHECK(fixed_string("ab") == fixed_string("ab"));
  CHECK_FALSE(fixed_string("ab") == fixed_string("ac"));
  CHECK_FALSE(fixed_string("ab") == fixed_string("abc"));
  CHECK(named<"order">::is("order"));
  CHECK_FALSE(named<"order">::is("orde"));
  CHECK_FALSE(named<"order">::is("orders"));
  CHECK_FALSE(named<"order">::is(""));
  CHECK(named<"">::is(""));
}

TEST_CASE("its characters end with a zero") { CHECK(fixed_string("ab").data()[2] == '\0'); }
