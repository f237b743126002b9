// The promises of message/flat.hpp.
#include <gesta/message/flat.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using gesta::flat, gesta::list, gesta::text;

namespace {

enum class colour : unsigned char { red };
struct order_no { unsigned long value; };
struct line { order_no order; text<8> sku; int quantity; };
struct order {
  order_no number;
  list<line, 4> lines;
  std::array<order_no, 3> related;
  std::optional<order_no> replaces;
  colour paint;
  double price;
  std::chrono::milliseconds took;
  std::chrono::sys_days day;
};
struct nothing_to_say {};
template <class T>
struct holds { int before; T field; };
class has_private {
 public:
  int n() const { return n_; }

 private:
  int n_ = 0;
};

}  // namespace

TEST_CASE("numbers, enums, text, lists and structs of them are flat") {
  CHECK(flat<int>);
  CHECK(flat<bool>);
  CHECK(flat<double>);
  CHECK(flat<colour>);
  CHECK(flat<text<8>>);
  CHECK(flat<list<line, 4>>);
  CHECK(flat<order>);
  CHECK(flat<nothing_to_say>);
}

TEST_CASE("a pointer at any depth is not flat") {
  CHECK_FALSE(flat<int*>);
  CHECK_FALSE(flat<const char*>);
  CHECK_FALSE(flat<holds<const char*>>);
  CHECK_FALSE(flat<holds<holds<std::string_view>>>);
  CHECK_FALSE(flat<holds<std::span<int>>>);
  CHECK_FALSE(flat<holds<std::reference_wrapper<int>>>);
  CHECK_FALSE(flat<holds<void (*)()>>);
  CHECK_FALSE(flat<holds<int holds<int>::*>>);
  CHECK_FALSE(flat<holds<std::array<const char*, 2>>>);
  CHECK_FALSE(flat<holds<std::optional<const char*>>>);
  CHECK_FALSE(flat<holds<list<holds<int*>, 2>>>);
  CHECK_FALSE(flat<holds<const int&>>);
  CHECK_FALSE(flat<holds<std::nullptr_t>>);
}

TEST_CASE("what owns memory is not flat") {
  CHECK_FALSE(flat<std::string>);
  CHECK_FALSE(flat<holds<std::vector<int>>>);
  CHECK_FALSE(flat<holds<std::optional<std::string>>>);
  CHECK_FALSE(flat<std::unique_ptr<int>>);
}

TEST_CASE("what cannot be looked into is not flat") {
  CHECK_FALSE(flat<has_private>);
  CHECK_FALSE(flat<holds<has_private>>);
  struct array { char name[8]; };
  CHECK_FALSE(flat<array>);
  struct derived : order_no {};
  CHECK_FALSE(flat<derived>);
}

TEST_CASE("what cannot be assigned or needs more than eight bytes of alignment is not flat") {
  CHECK_FALSE(flat<holds<const int>>);
  CHECK_FALSE(flat<long double>);
  struct alignas(16) wide { int n; };
  CHECK_FALSE(flat<wide>);
}
