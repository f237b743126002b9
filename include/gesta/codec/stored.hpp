// The rule about what is stored: it can be written as bytes and read back. Checked where a model starts and where it is held to a lock.
// Floor: codec.
// May include: detail, message, model, codec.
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/codec/binary.hpp>
#include <gesta/codec/form.hpp>
#include <gesta/message/id.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/rules/report.hpp>

namespace gesta {

namespace detail {

template <class T>
constexpr auto unwritable_in() noexcept;

template <class Struct, class... Field>
constexpr auto unwritable_field(types<Field...>) noexcept {
  constexpr std::size_t which = rules::first_true({!encodable<Field>..., false});
  if constexpr (which == npos) return type_is<Struct>{};
  else return detail::unwritable_in<at<which, types<Field...>>>();
}

/// The innermost member for which a type is not encodable, or the type itself.
template <class T>
constexpr auto unwritable_in() noexcept {
  if constexpr (form_of_type<T> == form::fields) return detail::unwritable_field<T>(field_types<T>{});
  else return type_is<T>{};
}

/// What a running model stores: events, and the rejections that say a name for it.
template <class Rejection>
using is_identified = std::bool_constant<identified<Rejection>>;
template <class Flow>
using stored_messages = concat<typename Flow::events, filtered<typename Flow::stored_rejections, is_identified>>;

}  // namespace detail

namespace rules {

template <class Messages>
struct stored_rules;
template <class... M>
struct stored_rules<gesta::detail::types<M...>> {
  using list = gesta::detail::types<M...>;
  static constexpr std::size_t unwritable = first_true({!encodable<M>..., false});
  static constexpr bool kept = unwritable == npos;
  static constexpr auto member() {
    if constexpr (kept) return gesta::detail::type_is<void>{};
    else return gesta::detail::unwritable_in<gesta::detail::at<unwritable, list>>();
  }
  using written = report_at<diagnostic::message_without_wire_form, list, unwritable, typename decltype(member())::type>;
};

}  // namespace rules

}  // namespace gesta
