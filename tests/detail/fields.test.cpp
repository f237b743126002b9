// The promises of detail/fields.hpp: what can be read field by field, and that it is read right.
#include <gesta/detail/fields.hpp>
#include <gesta/detail/generated/bind_wide.hpp>

#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <gesta/message/list.hpp>
#include <gesta/message/text.hpp>

namespace shop {

struct empty {};
struct order_no { unsigned value; };
struct placed {
  order_no order;
  int quantity = 1;
  std::string note;
  static constexpr auto id = "order.placed";
  int method() const { return quantity; }
};
template <class A, class B>
struct either { A left; B right; };

struct wide {
  int m0 = 0;
  int m1 = 1;
  int m2 = 2;
  int m3 = 3;
  int m4 = 4;
  int m5 = 5;
  int m6 = 6;
  int m7 = 7;
  int m8 = 8;
  int m9 = 9;
  int m10 = 10;
  int m11 = 11;
  int m12 = 12;
  int m13 = 13;
  int m14 = 14;
  int m15 = 15;
  int m16 = 16;
  int m17 = 17;
  int m18 = 18;
  int m19 = 19;
  int m20 = 20;
  int m21 = 21;
  int m22 = 22;
  int m23 = 23;
  int m24 = 24;
  int m25 = 25;
  int m26 = 26;
  int m27 = 27;
  int m28 = 28;
  int m29 = 29;
  int m30 = 30;
  int m31 = 31;
  int m32 = 32;
  int m33 = 33;
  int m34 = 34;
  int m35 = 35;
  int m36 = 36;
  int m37 = 37;
  int m38 = 38;
  int m39 = 39;
  int m40 = 40;
  int m41 = 41;
  int m42 = 42;
  int m43 = 43;
  int m44 = 44;
  int m45 = 45;
  int m46 = 46;
  int m47 = 47;
  int m48 = 48;
  int m49 = 49;
  int m50 = 50;
  int m51 = 51;
  int m52 = 52;
  int m53 = 53;
  int m54 = 54;
  int m55 = 55;
  int m56 = 56;
  int m57 = 57;
  int m58 = 58;
  int m59 = 59;
  int m60 = 60;
  int m61 = 61;
  int m62 = 62;
  int m63 = 63;
};

}  // namespace shop

namespace {

using namespace gesta::detail;
using shop::empty, shop::order_no, shop::placed;

struct hidden { int x; };
struct without_default { explicit without_default(int) {} };
struct some_need_values { int a; without_default b; int c; };
struct constants { const int a; int b = 3; };

// One field of a kind that is hard to count, between two others.
template <class T>
struct around { int before; T field; int after; };
template <class T>
struct only { T field; };
template <class T>
constexpr bool counted = field_count<around<T>> == 3 && field_count<only<T>> == 1 && same<field_type<around<T>, 1>, T>;

}  // namespace

TEST_CASE("fields are counted") {
  CHECK(field_count<empty> == 0);
  CHECK(field_count<order_no> == 1);
  CHECK(field_count<placed> == 3);
  CHECK(field_count<shop::wide> == 64);
  CHECK(field_count<some_need_values> == 3);
  CHECK(field_count<constants> == 2);
}

TEST_CASE("a field of any kind counts as one") {
  CHECK(counted<int>);
  CHECK(counted<empty>);
  CHECK(counted<order_no>);
  CHECK(counted<placed>);
  CHECK(counted<shop::either<placed, empty>>);
  CHECK(counted<gesta::text<8>>);
  CHECK(counted<gesta::list<order_no, 3>>);
  CHECK(counted<std::string>);
  CHECK(counted<std::string_view>);
  CHECK(counted<const char*>);
  CHECK(counted<std::array<int, 3>>);
  CHECK(counted<std::array<order_no, 2>>);
  CHECK(counted<std::vector<std::string>>);
  CHECK(counted<std::map<int, std::string>>);
  CHECK(counted<std::optional<int>>);
  CHECK(counted<std::optional<order_no>>);
  CHECK(counted<std::optional<std::optional<std::string>>>);
  CHECK(counted<std::variant<std::monostate, order_no, std::string>>);
  CHECK(counted<std::pair<int, order_no>>);
  CHECK(counted<std::tuple<int, order_no>>);
  CHECK(counted<std::unique_ptr<int>>);
  CHECK(counted<std::function<void()>>);
}

namespace {
struct derived : order_no { int more; };
struct derived_of_empty : empty { int more; };
struct arrays { int a; int b[3]; int c; };
struct array_first { char name[16]; };
struct array_of_structs { placed all[2]; int n; };
struct array_of_one { int a[1]; };
struct arrays_of_one { int a[1]; int b; };
class guarded {
 public:
  int open = 0;
  int both() const { return open + closed; }

 private:
  int closed = 0;
};
struct with_constructor { with_constructor() {} int a = 0; };
struct with_virtual { virtual ~with_virtual() = default; int a = 0; };
struct references { int& a; };
struct too_wide { int m0; int m1; int m2; int m3; int m4; int m5; int m6; int m7; int m8; int m9; int m10; int m11; int m12; int m13; int m14; int m15; int m16; int m17; int m18; int m19; int m20; int m21; int m22; int m23; int m24; int m25; int m26; int m27; int m28; int m29; int m30; int m31; int m32; int m33; int m34; int m35; int m36; int m37; int m38; int m39; int m40; int m41; int m42; int m43; int m44; int m45; int m46; int m47; int m48; int m49; int m50; int m51; int m52; int m53; int m54; int m55; int m56; int m57; int m58; int m59; int m60; int m61; int m62; int m63; int m64; };
union one_of { int a; float b; };
}  // namespace

TEST_CASE("what cannot be read field by field says why") {
  CHECK(shape_of<placed> == shape::plain);
  CHECK(shape_of<int> == shape::no_aggregate);
  CHECK(shape_of<std::string> == shape::no_aggregate);
  CHECK(shape_of<guarded> == shape::no_aggregate);
  CHECK(shape_of<with_constructor> == shape::no_aggregate);
  CHECK(shape_of<with_virtual> == shape::no_aggregate);
  CHECK(shape_of<one_of> == shape::no_aggregate);
  CHECK(shape_of<int[3]> == shape::no_aggregate);
  CHECK(shape_of<derived> == shape::has_base);
  CHECK(shape_of<derived_of_empty> == shape::has_base);
  CHECK(shape_of<arrays> == shape::has_array);
  CHECK(shape_of<array_first> == shape::has_array);
  CHECK(shape_of<array_of_structs> == shape::has_array);
  CHECK(shape_of<array_of_one> == shape::has_array);
  CHECK(shape_of<arrays_of_one> == shape::has_array);
  CHECK(shape_of<too_wide> == shape::too_many);
  CHECK(shape_of<references> == shape::unreadable);
  CHECK_FALSE(plain<derived>);
}

TEST_CASE("the types of fields are those that were declared") {
  CHECK(same<field_types<placed>, types<order_no, int, std::string>>);
  CHECK(same<field_types<empty>, types<>>);
  CHECK(same<field_types<constants>, types<const int, int>>);
  CHECK(same<field_type<placed, 2>, std::string>);
}

TEST_CASE("a field is reached by its index, to read and to write") {
  placed p{{7}, 2, "now"};
  CHECK(get_field<0>(p).value == 7);
  get_field<1>(p) = 3;
  get_field<2>(p) += "!";
  CHECK(p.quantity == 3);
  CHECK(p.note == "now!");
  const placed& fixed = p;
  CHECK(same<decltype(get_field<1>(fixed)), const int&>);
  CHECK(&get_field<2>(fixed) == &p.note);

  shop::wide w;
  CHECK(get_field<63>(w) == 63);
  CHECK(&get_field<16>(w) == &w.m16);
}

TEST_CASE("all fields are visited in the order of their declaration") {
  shop::wide w;
  int expected = 0;
  for_each_field(w, [&](int& field) {
    CHECK(field == expected++);
    field = 0;
  });
  CHECK(expected == 64);
  CHECK(w.m40 == 0);
  empty e;
  for_each_field(e, [&](auto&) { ++expected; });
  CHECK(expected == 64);
}

TEST_CASE("fields are read while compiling") {
  constexpr auto sum = [](shop::either<int, long> e) {
    long total = 0;
    for_each_field(e, [&](auto& f) {
      total += f;
      f = 10;
    });
    return total + get_field<0>(e) + with_fields(e, [](int a, long b) { return a * b; });
  };
  static_assert(sum({1, 2}) == 113);
  CHECK(sum({3, 4}) == 117);
}

TEST_CASE("fields know their names") {
  static_assert(field_name<placed, 0>() == "order");
  CHECK(field_name<placed, 1>() == "quantity");
  CHECK(field_name<placed, 2>() == "note");
  CHECK(field_name<shop::wide, 0>() == "m0");
  CHECK(field_name<shop::wide, 9>() == "m9");
  CHECK(field_name<shop::wide, 63>() == "m63");
  CHECK(field_name<hidden, 0>() == "x");
  CHECK(field_name<constants, 1>() == "b");
  CHECK(field_name<some_need_values, 2>() == "c");
  struct local { int in_a_function; hidden last_; };
  CHECK(field_name<local, 0>() == "in_a_function");
  CHECK(field_name<local, 1>() == "last_");
}

TEST_CASE("fields know their names however the struct is spelled") {
  using nested = shop::either<int (*)(int, int (&)[3]), shop::either<std::map<int, hidden>, std::pair<int, const char*>>>;
  CHECK(field_name<nested, 0>() == "left");
  CHECK(field_name<nested, 1>() == "right");
  CHECK(field_name<around<nested>, 0>() == "before");
  CHECK(field_name<around<nested>, 1>() == "field");
  CHECK(field_name<around<nested>, 2>() == "after");
}

TEST_CASE("a field is found by its name") {
  static_assert(field_index<placed>("quantity") == 1);
  CHECK(field_index<placed>("order") == 0);
  CHECK(field_index<placed>("note") == 2);
  CHECK(field_index<placed>("not") == npos);
  CHECK(field_index<placed>("notes") == npos);
  CHECK(field_index<placed>("id") == npos);
  CHECK(field_index<placed>("") == npos);
  CHECK(field_index<empty>("any") == npos);
}

TEST_CASE("types know their names without their namespaces") {
  static_assert(type_name<placed> == "placed");
  CHECK(type_name<hidden> == "hidden");
  CHECK(type_name<int> == "int");
  struct local {};
  CHECK(type_name<local> == "local");
  const name_view name = type_name<shop::either<placed, hidden>>;
  CHECK(std::string_view(name.data, name.size).substr(0, 7) == "either<");
}
