// The stable name under which a thing is stored or travels, and the version of an event's shape.
// Floor: message. Said by the type itself (`static constexpr auto id`), never derived from its C++ name.
// May include: detail.
#pragma once

namespace gesta {

/// The wire name and version of an event. `static constexpr auto id = "order.placed";` means version 1;
/// a later shape of the same fact says `static constexpr auto id = gesta::event_id{"order.placed", 2};`.
struct event_id {
  const char* name;
  unsigned version = 1;

  constexpr event_id(const char* stable_name, unsigned shape = 1) : name(stable_name), version(shape) {}
};

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

/// The name and version that Type says of itself.
template <identified Type>
inline constexpr event_id id_of = event_id{Type::id};

}  // namespace gesta
