#include <doctest/doctest.h>

#include <gesta/message/tags.hpp>
#include <gesta/message/text.hpp>

namespace {

using gesta::detail::carries_all;
using gesta::detail::said_tags;
using gesta::detail::tag_field_type;
using gesta::detail::tag_name;
using gesta::detail::tag_place;
using gesta::detail::types;

enum class course_no : unsigned {};
struct enrolled { unsigned seat; course_no course; gesta::text<8> student; using tags = gesta::tags<"student", "course">; };
struct counted { using tags = gesta::tags<>; };
struct noted { int tags; };
struct marked { int course; struct tags {}; };

}  // namespace

TEST_CASE("the tags of a message are those that it says, in its order; a field or another type of that name says none") {
  static_assert(__is_same(said_tags<enrolled>, types<tag_name<"student">, tag_name<"course">>));
  static_assert(said_tags<counted>::size == 0 && gesta::detail::says_tags<counted>);
  static_assert(said_tags<noted>::size == 0 && !gesta::detail::says_tags<noted>);
  static_assert(said_tags<marked>::size == 0);
}

TEST_CASE("a tag is found by the name of its field and has its type") {
  static_assert(tag_place<tag_name<"course">, enrolled>() == 1);
  static_assert(__is_same(tag_field_type<tag_name<"course">, enrolled>, course_no));
  static_assert(__is_same(tag_field_type<tag_name<"student">, enrolled>, gesta::text<8>));
  static_assert(tag_place<tag_name<"pupil">, enrolled>() == gesta::detail::npos);
  static_assert(__is_same(tag_field_type<tag_name<"pupil">, enrolled>, void));
  static_assert(__is_same(tag_field_type<tag_name<"course">, int>, void));
}

TEST_CASE("an event carries the tags that it says, and all of none") {
  static_assert(carries_all<enrolled, types<tag_name<"course">>>);
  static_assert(carries_all<enrolled, types<tag_name<"course">, tag_name<"student">>>);
  static_assert(!carries_all<enrolled, types<tag_name<"course">, tag_name<"seat">>>);
  static_assert(carries_all<noted, types<>>);
}
