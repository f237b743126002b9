// The shape of events as a number, and the lock that holds a program to the shapes it has stored.
// Floor: describe.
// May include: detail, message, model, codec.
//
// A shape is the names of the fields on the wire, their order and what they are there. The bounds of text<N> and list<T, N> are no part of
// it, nor are the names of C++ types: neither changes a stored byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/codec/form.hpp>
#include <gesta/codec/stored.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/detail/fixed_string.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/message/wire.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/rules/report.hpp>

namespace gesta {

namespace detail {

template <class T>
constexpr std::uint64_t shape_hash();

constexpr std::uint64_t join(std::uint64_t left, std::uint64_t right) { return mix(left ^ right); }

template <class T, std::size_t... I>
constexpr std::uint64_t shape_of_fields(indices<I...>) {
  std::uint64_t hash = field_count<T>;
  ((hash = join(join(hash, fnv1a(wire_name<T, I>().data, wire_name<T, I>().size)), shape_hash<field_type<T, I>>())), ...);
  return hash;
}
template <class... T>
constexpr std::uint64_t shape_of_all(types<T...>) {
  std::uint64_t hash = sizeof...(T);
  ((hash = join(hash, shape_hash<T>())), ...);
  return hash;
}

template <class T>
constexpr std::uint64_t shape_hash() {
  using type = std::remove_cv_t<T>;
  constexpr form what = form_of_type<type>;
  // Text of a bound and text without are the same bytes, and so are lists.
  constexpr auto kind = static_cast<std::uint64_t>(what == form::string ? form::text : what == form::list ? form::sequence : what);
  if constexpr (what == form::number)
    return join(kind, sizeof(type) * 8 + (std::is_same_v<type, bool> ? 4u : 0u) + (std::is_floating_point_v<type> ? 2u : 0u) +
                          (std::is_signed_v<type> ? 1u : 0u));
  else if constexpr (what == form::enumeration) return join(kind, shape_hash<std::underlying_type_t<type>>());
  else if constexpr (what == form::list || what == form::sequence || what == form::set || what == form::optional)
    return join(kind, shape_hash<typename type::value_type>());
  else if constexpr (what == form::map) return join(join(kind, shape_hash<typename type::key_type>()), shape_hash<typename type::mapped_type>());
  else if constexpr (what == form::array) return join(join(kind, array_size<type>), shape_hash<typename type::value_type>());
  else if constexpr (what == form::variant) return join(kind, shape_of_all(typename alternatives<type>::type{}));
  else if constexpr (what == form::pair) return join(join(kind, shape_hash<typename type::first_type>()), shape_hash<typename type::second_type>());
  else if constexpr (what == form::duration)
    return join(join(kind, shape_hash<typename type::rep>()), join(static_cast<std::uint64_t>(type::period::num), static_cast<std::uint64_t>(type::period::den)));
  else if constexpr (what == form::time_point) return join(kind, shape_hash<typename type::duration>());
  else if constexpr (what == form::fields) return join(kind, shape_of_fields<type>(make_indices<field_count<type>>{}));
  else return kind;
}

}  // namespace detail

/// The shape of an event: equal for equal field names, order and wire forms, whatever the C++ types are called.
template <class Event>
inline constexpr std::uint64_t shape_id = detail::shape_hash<Event>();

/// One stored shape, as a lock holds it.
template <detail::fixed_string Id, unsigned Version, std::uint64_t Shape>
struct locked {
  static constexpr const char* name = Id.chars;
  static constexpr unsigned version = Version;
  static constexpr std::uint64_t shape = Shape;
};

/// The shapes that a program has stored. Committed beside the model; `gesta::print_lock` writes it.
template <class... Locked>
struct schema_lock {};

namespace rules {

template <class Flow, class Events, class Lock>
struct lock_rules;
template <class Flow, class... E, class... L>
struct lock_rules<Flow, gesta::detail::types<E...>, schema_lock<L...>> {
  static constexpr bool same_text(const char* a, const char* b) { return gesta::detail::fnv1a(a) == gesta::detail::fnv1a(b); }

  template <class Locked>
  static constexpr bool is_gone() {
    bool known = first_true({same_text(id_of<E>.name, Locked::name)..., false}) != npos;
    Flow::each_retired([&](const char* id) { known = known || same_text(id, Locked::name); });
    return !known;
  }
  template <class Event>
  static constexpr std::size_t changed_since() {
    return first_true({(same_text(id_of<Event>.name, L::name) && id_of<Event>.version == L::version && shape_id<Event> != L::shape)..., false});
  }
  using all = gesta::detail::types<L...>;
  static constexpr std::size_t gone = first_true({is_gone<L>()..., false});
  static constexpr std::size_t changed = first_true({(changed_since<E>() != npos)..., false});
  static constexpr auto changed_lock() {
    if constexpr (changed == npos) return gesta::detail::type_is<void>{};
    else return gesta::detail::type_is<gesta::detail::at<changed_since<gesta::detail::at<changed, gesta::detail::types<E...>>>(), all>>{};
  }

  using written = typename stored_rules<gesta::detail::types<E...>>::written;
  using left = report_at<diagnostic::id_left_the_model, all, gone>;
  using altered = report_at<diagnostic::schema_changed, gesta::detail::types<E...>, changed, typename decltype(changed_lock())::type>;
};

}  // namespace rules

/// Holds a model to its lock. Stands in a file of its own, so that the program that writes the lock always compiles:
/// `struct bank_is_locked : gesta::locked_model<bank, bank_lock> {};`
template <class Model, class Lock>
struct locked_model {
  using kept_rules = rules::lock_rules<flow<Model>, typename flow<Model>::events, Lock>;
  static_assert(sizeof(typename kept_rules::left) + sizeof(typename kept_rules::altered) + sizeof(typename kept_rules::written) != 0);
};

/// Writes the lock of a model as C++: `using name = gesta::schema_lock<...>;`. The sink takes (const char*, std::size_t).
template <class Model, class Sink>
void print_lock(const char* name, Sink&& sink) {
  (void)sizeof(typename rules::stored_rules<typename flow<Model>::events>::written);
  const auto say = [&](const char* text) { sink(text, __builtin_strlen(text)); };
  const auto number = [&](std::uint64_t value, unsigned base) {
    char digits[24];
    char* at = digits + sizeof digits;
    do *--at = "0123456789abcdef"[value % base];
    while ((value /= base) != 0);
    sink(static_cast<const char*>(at), static_cast<std::size_t>(digits + sizeof digits - at));
  };
  say("// The shapes of stored events. Written by gesta::print_lock; a change of it is a decision.\n#pragma once\n\n#include <gesta/describe/schema.hpp>\n\nusing ");
  say(name);
  say(" = gesta::schema_lock<");
  const auto all = [&]<class... E>(detail::types<E...>) {
    const event_id ids[] = {id_of<E>..., event_id{""}};
    const std::uint64_t shapes[] = {shape_id<E>..., 0};
    for (std::size_t i = 0; i < sizeof...(E); ++i) {
      say(i == 0 ? "\n    gesta::locked<\"" : ",\n    gesta::locked<\"");
      say(ids[i].name);
      say("\", ");
      number(ids[i].version, 10);
      say(", 0x");
      number(shapes[i], 16);
      say(">");
    }
  };
  all(typename flow<Model>::events{});
  say(">;\n");
}

}  // namespace gesta
