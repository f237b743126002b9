// The stable name under which a thing is stored or travels, and the version of an event's shape.
// Floor: message. Said by the type itself (`static constexpr auto id`), never derived from its C++ name.
// May include: detail.
#pragma once

namespace gesta {

/// The wire name and version of an integration event, a fact that is told to other services:
/// `static constexpr auto id = gesta::integration_id{"shop.order_placed"};`. The id says the kind: an event whose id is an `event_id` or a plain
/// name stays inside its service.
struct integration_id {
  const char* name;
  unsigned version = 1;

  constexpr integration_id(const char* stable_name, unsigned shape = 1) : name(stable_name), version(shape) {}
};

/// The wire name and version of an event. `static constexpr auto id = "order.placed";` means version 1;
/// a later shape of the same fact says `static constexpr auto id = gesta::event_id{"order.placed", 2};`.
struct event_id {
  const char* name;
  unsigned version = 1;

  constexpr event_id(const char* stable_name, unsigned shape = 1) : name(stable_name), version(shape) {}
  constexpr event_id(integration_id other);
};

constexpr event_id::event_id(integration_id other) : name(other.name), version(other.version) {}

/// A field that has another name on the wire than in C++. A struct lists those it has:
/// `static constexpr gesta::renamed wire[] = {{"number", "orderNo"}};`. JSON and the schema lock use the name on the wire, so the field
/// may be renamed in C++ and what was stored is still read; `gesta::by` goes by the C++ name. The binary codec stores no names.
struct renamed {
  const char* field;  ///< the name in C++
  const char* wire;   ///< the name in JSON and in the lock
};

/// True when Type says its own stable name.
template <class Type>
concept identified = requires { event_id{Type::id}; };

namespace detail {
template <class Id>
inline constexpr bool is_integration_id = false;
template <>
inline constexpr bool is_integration_id<const integration_id&> = true;
}  // namespace detail

/// True when Type is an integration event: its id is a gesta::integration_id.
template <class Type>
concept told_to_others = detail::is_integration_id<decltype((Type::id))>;

/// The name and version that Type says of itself.
template <identified Type>
inline constexpr event_id id_of = event_id{Type::id};

}  // namespace gesta
