// Rules about the shape of messages: plain structs that own what they hold.
// Floor: model.
// May include: detail, message, model.
#pragma once

#include <type_traits>

#include <gesta/detail/fields.hpp>
#include <gesta/message/flat.hpp>
#include <gesta/model/rules/report.hpp>

namespace gesta::rules {

/// Whether Type, or a field of it at any depth, is a pointer or a view of memory that somebody else owns.
template <class Type>
constexpr bool points_elsewhere();

template <class List>
inline constexpr bool any_points_elsewhere = false;
template <class... T>
inline constexpr bool any_points_elsewhere<gesta::detail::types<T...>> = (points_elsewhere<T>() || ...);

template <class Type>
constexpr bool points_elsewhere() {
  if constexpr (!__is_class(Type)) return std::is_pointer_v<Type> || std::is_member_pointer_v<Type>;
  else if constexpr (flat<Type>) return false;
  else if constexpr (gesta::detail::plain<Type>) return any_points_elsewhere<gesta::detail::field_types<Type>>;
  else return __is_trivially_copyable(Type) && requires(const Type& view) { *view.data(); };  // std::string_view, std::span
}

/// Whether Type has a member that no stored bytes can be read into. A struct with a reference cannot even be made of nothing.
template <class Type>
constexpr bool cannot_be_stored() {
  using gesta::detail::shape;
  constexpr shape is = gesta::detail::shape_of<Type>;
  if constexpr (is == shape::unreadable) return true;
  else if constexpr (is != shape::plain) return false;
  else return !__is_constructible(Type, Type) || (!__is_assignable(Type&, Type) && !requires { Type{}; });
}

namespace detail {
template <auto>
struct constant {};
}  // namespace detail

/// Whether Type is a row of a table that somebody else keeps: it says a table as a constant, not as a field, and how its rows are found.
template <class Type>
concept is_foreign_row = requires { typename Type::key; typename detail::constant<(static_cast<void>(Type::table), true)>; };

/// The messages of a model: commands, events of all versions, rejections. One that is two of these stands there twice, which is no harm.
template <class Flow>
using messages_of = gesta::detail::concat<typename Flow::commands, typename Flow::events, typename Flow::rejections>;

template <class Messages>
struct shapes;
template <class... M>
struct shapes<gesta::detail::types<M...>> {
  using list = gesta::detail::types<M...>;
  static constexpr std::size_t first([[maybe_unused]] gesta::detail::shape wanted) { return first_true({(!is_change<M> && gesta::detail::shape_of<M> == wanted)...}); }
  static constexpr std::size_t unstorable = first_true({(!is_change<M> && cannot_be_stored<M>())...});
  static constexpr std::size_t changes = first_true({is_change<M>...});
  static constexpr std::size_t rows = first_true({is_foreign_row<M>...});
  static constexpr std::size_t pointing = first_true({(gesta::detail::plain<M> && points_elsewhere<M>())...});
};

template <class Flow, class Shapes = shapes<messages_of<Flow>>>
struct message_rules {
  using shape = gesta::detail::shape;
  using no_struct = report_at<diagnostic::message_not_plain, typename Shapes::list, Shapes::first(shape::no_aggregate)>;
  using base = report_at<diagnostic::message_with_base, typename Shapes::list, Shapes::first(shape::has_base)>;
  using array = report_at<diagnostic::message_with_c_array, typename Shapes::list, Shapes::first(shape::has_array)>;
  using size = report_at<diagnostic::message_with_too_many_fields, typename Shapes::list, Shapes::first(shape::too_many)>;
  using reference = report_at<diagnostic::message_with_reference, typename Shapes::list, Shapes::unstorable>;
  using change = report_at<diagnostic::change_as_message, typename Shapes::list, Shapes::changes>;
  using row = report_at<diagnostic::row_as_message, typename Shapes::list, Shapes::rows>;
  using pointer = report_at<diagnostic::message_with_pointer, typename Shapes::list, Shapes::pointing>;
};

}  // namespace gesta::rules
