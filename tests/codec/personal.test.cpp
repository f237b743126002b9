// The promises of codec/personal.hpp, and of every codec and printer about personal data: none of them ever shows a value.
#include <gesta/codec/personal.hpp>

#include <gesta/codec/binary.hpp>
#include <gesta/codec/by_form.hpp>
#include <gesta/codec/codec.hpp>
#include <gesta/codec/json.hpp>
#include <gesta/codec/wire_form.hpp>
#include <gesta/describe/schema.hpp>
#include <gesta/testing/print.hpp>
#include <gesta/testing/same.hpp>

#include <doctest/doctest.h>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace {

struct customer_id {
  gesta::text<20> value;
  static constexpr auto id = "customer";
};
struct employee_id {
  int value;
  static constexpr auto id = "employee";
};
using name = gesta::personal<customer_id, std::string>;
[[maybe_unused]] inline bool operator<(const name&, const name&) { return false; }

struct registered {
  customer_id customer;
  name called;
  static constexpr auto id = "customer.registered";
};
struct line {
  customer_id customer;
  name guest;
};
struct every_place {
  customer_id customer;
  name field;
  std::optional<name> maybe;
  std::vector<name> list;
  std::array<name, 2> two;
  std::map<int, name> map;
  std::pair<int, name> pair;
  std::variant<int, name> either;
  std::vector<line> own_subjects;
};
struct nothing_personal {
  customer_id customer;
  std::vector<int> numbers;
};
struct nobodys { name called; };
struct of_another { employee_id employee; name called; };
struct of_two { customer_id a, b; name called; };
struct inner { name called; };
struct of_the_outer { customer_id customer; inner within; };
struct in_a_set { customer_id customer; std::set<name> all; };
struct in_a_key { customer_id customer; std::map<name, int> all; };
struct twice { customer_id customer; gesta::personal<customer_id, line> all; };

using gesta::detail::personal_mistake;
template <class T>
constexpr personal_mistake mistake = gesta::rules::personal_mistake_of<T>();

template <class Personal>
void seal(Personal& value, std::uint64_t place, std::string_view subject) {
  std::string bytes(1, '\1');
  for (unsigned i = 0; i < 8; ++i) bytes += static_cast<char>(static_cast<unsigned char>(place >> 8 * i));
  bytes += static_cast<char>(subject.size());
  bytes += subject;
  bytes.append(16, 'k').append(24, 'n').append(20, 'c');
  REQUIRE(gesta::detail::personal_access::put(value, reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()));
}
const std::string_view ada("customer\0ada", 12);

template <class Message>
std::vector<std::byte> bytes_of(const Message& message) {
  std::vector<std::byte> bytes(gesta::encoded_size(message));
  gesta::encode(message, bytes.data());
  return bytes;
}
template <class Message>
std::string printed(const Message& message) {
  char room[300];
  gesta::print(message, room, sizeof room);
  return room;
}

}  // namespace

TEST_CASE("whose a value is, is known from the struct around it, or from one around that; what is nobody's is found") {
  static_assert(mistake<registered> == personal_mistake::fine && mistake<every_place> == personal_mistake::fine);
  static_assert(mistake<of_the_outer> == personal_mistake::fine && mistake<nothing_personal> == personal_mistake::fine);
  static_assert(mistake<nobodys> == personal_mistake::no_subject && mistake<of_another> == personal_mistake::no_subject);
  static_assert(mistake<of_two> == personal_mistake::several_subjects);
  static_assert(mistake<in_a_set> == personal_mistake::never_sealed && mistake<in_a_key> == personal_mistake::never_sealed);
  static_assert(mistake<twice> == personal_mistake::never_sealed);
  static_assert(gesta::detail::holds_personal<every_place>() && !gesta::detail::holds_personal<nothing_personal>());
}

TEST_CASE("every value of a message is visited once, with a place of its own and the nearest subject") {
  every_place all{{"ada"}, "1", name("2"), {"3", "4"}, {"5", "6"}, {{1, "7"}, {2, "8"}}, {1, "9"}, name("10"), {{{"bob"}, "11"}, {{"bob"}, "12"}}};
  std::vector<std::uint64_t> places;
  std::string seen;
  gesta::detail::each_personal(all, 7, [&](auto& value, std::uint64_t place, const auto&... around) {
    for (const std::uint64_t other : places) CHECK(place != other);
    places.push_back(place);
    seen += *value.given() + gesta::detail::subject_among<customer_id>(around...).value.c_str() + " ";
  });
  CHECK(seen == "1ada 2ada 3ada 4ada 5ada 6ada 7ada 8ada 9ada 10ada 11bob 12bob ");
}

TEST_CASE("the places of fields are pinned: by them stored values are opened") {
  registered event{{"ada"}, "Ada"};
  gesta::detail::each_personal(event, gesta::detail::place_of_message<registered>(),
                               [](auto&, std::uint64_t place, const auto&...) { CHECK(place == 3931608078698354399u); });
}

TEST_CASE("what is sealed for its place stays, all else is damaged, and bytes that are none do no harm") {
  registered event{{"ada"}, {}};
  std::uint64_t its_place = 0;
  gesta::detail::each_personal(event, gesta::detail::place_of_message<registered>(), [&](auto&, std::uint64_t place, const auto&...) { its_place = place; });
  const auto settled = [&](std::uint64_t place, std::string_view subject) {
    seal(event.called, place, subject);
    const name before = event.called;
    gesta::detail::settle_personal(event);
    return event.called == before;
  };
  CHECK(settled(its_place, ada));
  CHECK(!settled(its_place + 1, ada));
  CHECK(!settled(its_place, std::string_view("customer\0bob", 12)));
  CHECK(!settled(its_place, std::string_view("employee\0ada", 12)));
  event.called = {};
  gesta::detail::settle_personal(event);
  CHECK(event.called.is_blank());
}

TEST_CASE("sealed bytes are carried by the codec, a value in the open by none") {
  registered event{{"ada"}, "Ada Lovelace"};
  CHECK(bytes_of(event).size() == 5);
  seal(event.called, 1, ada);
  const auto bytes = bytes_of(event);
  registered again{};
  REQUIRE(gesta::decode(bytes.data(), bytes.size(), again));
  CHECK(again.called == event.called);
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK(!gesta::decode(bytes.data(), size, again));
  static_assert(gesta::encodes<gesta::binary, registered>);
  static_assert(!gesta::encodes<gesta::json, registered>);  // it would lose them
  static_assert(gesta::encodes<gesta::json, nothing_personal>);
}

TEST_CASE("whoever shows a message shows no value of it, open or sealed, and not whether there is one") {
  registered event{{"ada"}, "Ada Lovelace"};
  for (int sealed = 0; sealed < 3; ++sealed) {
    CHECK(printed(event) == "registered{customer: customer_id{value: \"ada\"}, called: <personal>}");
    CHECK(gesta::to_json(event) == R"({"customer":{"value":"ada"},"called":"<personal>"})");
    const auto form = gesta::read_form(gesta::wire_form<registered>);
    REQUIRE(form);
    const auto bytes = bytes_of(event);
    std::string text;
    CHECK(form.to_json(bytes.data(), bytes.size(), text));
    CHECK(text == gesta::to_json(event));
    if (sealed == 0) seal(event.called, 1, ada);
    else event.called = {};
  }
}

TEST_CASE("the form says what is sealed and whose it is, and another of either is another shape") {
  CHECK(std::string_view(gesta::wire_form<registered>) ==
        R"({"fields":{"customer":{"fields":{"value":"text"}},"called":{"personal":"text","subject":"customer"}}})");
  using number = gesta::personal<customer_id, int>;
  using of_staff = gesta::personal<employee_id, std::string>;
  using in_place = gesta::personal<customer_id, gesta::text<9>>;
  CHECK(gesta::shape_id<name> != gesta::shape_id<number>);
  CHECK(gesta::shape_id<name> != gesta::shape_id<of_staff>);
  CHECK(gesta::shape_id<name> != gesta::shape_id<std::string>);
  CHECK(gesta::shape_id<name> == gesta::shape_id<in_place>);
  for (const char* const wrong : {R"({"personal":"text"})", R"({"personal":"text","subject":7})", R"({"personal":"words","subject":"a"})", R"({"subject":"a","personal":"text"})"})
    CHECK(!gesta::read_form(wrong));
}

TEST_CASE("JSON from outside gives a value in the open, and what was shown is none") {
  registered event;
  REQUIRE(gesta::from_json(R"({"customer":{"value":"ada"},"called":"Ada"})", event));
  REQUIRE(event.called.given() != nullptr);
  CHECK(*event.called.given() == "Ada");
  const auto shown = gesta::from_json(R"({"customer":{"value":"ada"},"called":"<personal>"})", event);
  REQUIRE(!shown);
  CHECK(shown.why().describe() == "called: a value in the open is expected");
  CHECK(!gesta::from_json(R"({"customer":{"value":"ada"},"called":7})", event));
}

TEST_CASE("messages are compared by what they hold") {
  const registered one{{"ada"}, "Ada"}, same{{"ada"}, "Ada"}, other{{"ada"}, "Eva"}, blank{{"ada"}, {}};
  CHECK(gesta::same_message(one, same));
  CHECK(!gesta::same_message(one, other));
  CHECK(!gesta::same_message(one, blank));
  registered sealed = one;
  seal(sealed.called, 1, ada);
  CHECK(!gesta::same_message(one, sealed));
  CHECK(gesta::same_message(sealed, registered(sealed)));
}
