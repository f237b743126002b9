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
#include <gesta/codec/wire_form.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/detail/fixed_string.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/message/wire.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/rules/report.hpp>
#include <gesta/react/process_definition.hpp>
#include <gesta/react/saga_definition.hpp>

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
    return join(join(kind, shape_hash<typename type::rep>()),
                join(static_cast<std::uint64_t>(type::period::num), static_cast<std::uint64_t>(type::period::den)));
  else if constexpr (what == form::time_point) return join(kind, shape_hash<typename type::duration>());
  else if constexpr (what == form::personal)
    return join(join(kind, fnv1a(id_of<typename type::subject_type>.name)), shape_hash<typename type::value_type>());
  else if constexpr (what == form::fields) return join(kind, shape_of_fields<type>(make_indices<field_count<type>>{}));
  else return kind;
}

}  // namespace detail

/// The shape of an event: equal for equal field names, order and wire forms, whatever the C++ types are called.
template <class Event>
inline constexpr std::uint64_t shape_id = detail::shape_hash<Event>();

namespace detail {

inline constexpr char definition_mark[] = " (saga)";
inline constexpr char process_mark[] = " (process)";

/// An id with a mark behind it, which no event has.
template <class Part, std::size_t Size>
constexpr auto marked_name(const char (&mark)[Size]) noexcept {
  made_name<size_of_name(said_id<Part>().name) + Size> name;
  name.put(name.put(0, said_id<Part>().name), mark);
  return name;
}

/// The definition of a saga as a lock holds it: a shape without fields, under the saga's id and " (saga)", which no event has.
template <class Flow, class Saga>
struct saga_in_lock {
  static constexpr auto made = marked_name<Saga>(definition_mark);
  static constexpr event_id id{made.chars, said_id<Saga>().version};
};
/// The same of a process.
template <class Flow, class Process>
struct process_in_lock {
  static constexpr auto made = marked_name<Process>(process_mark);
  static constexpr event_id id{made.chars, said_id<Process>().version};
};

template <std::size_t Size>
constexpr bool has_mark(const char* id, const char (&mark)[Size]) noexcept {
  const std::size_t size = size_of_name(id);
  if (size < Size - 1) return false;
  for (std::size_t i = 0; i < Size - 1; ++i)
    if (id[size - (Size - 1) + i] != mark[i]) return false;
  return true;
}
constexpr bool is_saga_definition(const char* id) noexcept { return has_mark(id, definition_mark); }
constexpr bool is_process_definition(const char* id) noexcept { return has_mark(id, process_mark); }
constexpr bool is_definition(const char* id) noexcept { return is_saga_definition(id) || is_process_definition(id); }

template <class Flow, class Sagas>
struct definitions_of;
template <class Flow, class... Saga>
struct definitions_of<Flow, types<Saga...>> : type_is<types<saga_in_lock<Flow, Saga>...>> {};
/// What a lock holds of the sagas of a model, pinned ones too.
template <class Flow>
using locked_sagas = typename definitions_of<typename Flow::of_deciders, typename Flow::sagas>::type;

template <class Flow, class Processes>
struct process_definitions_of;
template <class Flow, class... Process>
struct process_definitions_of<Flow, types<Process...>> : type_is<types<process_in_lock<Flow, Process>...>> {};
/// Likewise of its processes.
template <class Flow>
using locked_processes = typename process_definitions_of<typename Flow::of_deciders, typename Flow::processes>::type;

}  // namespace detail

template <class Flow, class Saga>
inline constexpr std::uint64_t shape_id<detail::saga_in_lock<Flow, Saga>> = detail::definition_of<detail::saga_flow<Flow, Saga>>;

template <class Flow, class Process>
inline constexpr std::uint64_t shape_id<detail::process_in_lock<Flow, Process>> =
    detail::process_definition_of<typename detail::process_stream<Flow, Process>::cells>;

/// One field of a stored shape: its name on the wire, and what it is there in the words of codec/wire_form.hpp.
template <detail::fixed_string Name, detail::fixed_string Kind>
struct locked_field {};

/// In a report: there is no field at this place.
struct no_field {};

/// One stored shape, as a lock holds it. Its fields are there so that a report can name the one that changed.
template <detail::fixed_string Id, unsigned Version, std::uint64_t Shape, class... Field>
struct locked {
  static constexpr const char* name = Id.chars;
  static constexpr unsigned version = Version;
  static constexpr std::uint64_t shape = Shape;
  using fields = detail::types<Field...>;
};

/// The shapes that a program has stored. Committed beside the model; `gesta::lock_tool` writes it (describe/lock.hpp).
template <class... Locked>
struct schema_lock {};

namespace detail {

template <class Event, std::size_t I>
constexpr auto name_text() noexcept {
  wire::form_text<wire_name<Event, I>().size> text;
  for (std::size_t i = 0; i < wire_name<Event, I>().size; ++i) text.chars[i] = wire_name<Event, I>().data[i];
  return text;
}
template <std::size_t Size>
constexpr fixed_string<Size> as_argument(const wire::form_text<Size>& text) noexcept {
  return fixed_string<Size>(text.chars);
}
template <class Event, std::size_t... I>
auto fields_as_locked(indices<I...>)
    -> types<locked_field<detail::as_argument(detail::name_text<Event, I>()), detail::as_argument(wire::form_of_message<field_type<Event, I>>)>...>;
/// The fields of an event as a lock would hold them today.
template <class Event>
using fields_now = decltype(detail::fields_as_locked<Event>(make_indices<field_count<Event>>{}));

/// The first place where two lists differ; npos when they are one.
template <class Was, class Now>
constexpr std::size_t first_difference() noexcept {
  constexpr std::size_t both = Was::size < Now::size ? Was::size : Now::size;
  constexpr std::size_t found = []<std::size_t... I>(indices<I...>) {
    return first_true({!same<at<I, concat<Was, types<void>>>, at<I, concat<Now, types<void>>>>..., false});
  }(make_indices<both>{});
  return found != npos ? found : Was::size == Now::size ? npos : both;
}
template <std::size_t I, class Fields>
using field_or_none = at<(I < Fields::size ? I : Fields::size), concat<Fields, types<no_field>>>;

}  // namespace detail

namespace rules {

template <class Flow, class Events, class Lock>
struct lock_rules;
template <class Flow, class... E, class... L>
struct lock_rules<Flow, gesta::detail::types<E...>, schema_lock<L...>> {
  static constexpr bool same_text(const char* a, const char* b) { return gesta::detail::fnv1a(a) == gesta::detail::fnv1a(b); }

  template <class Locked>
  static constexpr bool is_gone() {
    bool known = first_true({same_text(id_of<E>.name, Locked::name)..., false}) != npos || gesta::detail::is_definition(Locked::name);
    Flow::each_retired([&](const char* id) { known = known || same_text(id, Locked::name); });
    return !known;
  }
  template <class Locked>
  static constexpr bool is_without_version() {
    const bool there = first_true({(same_text(id_of<E>.name, Locked::name) && id_of<E>.version == Locked::version)..., false}) != npos;
    bool retired = false;
    Flow::each_retired([&](const char* id) { retired = retired || same_text(id, Locked::name); });
    return !there && !retired && !is_gone<Locked>() && !gesta::detail::is_definition(Locked::name);
  }
  template <class Event, class Locked>
  static constexpr bool differs() {
    if constexpr (!same_text(id_of<Event>.name, Locked::name) || id_of<Event>.version != Locked::version) return false;
    else if constexpr (shape_id<Event> != Locked::shape) return true;
    else if constexpr (Locked::fields::size == 0) return false;
    else return !gesta::detail::same<typename Locked::fields, gesta::detail::fields_now<Event>>;
  }
  template <class Event>
  static constexpr std::size_t changed_since() {
    return first_true({differs<Event, L>()..., false});
  }
  using all = gesta::detail::types<L...>;
  static constexpr std::size_t gone = first_true({is_gone<L>()..., false});
  static constexpr std::size_t without_version = first_true({is_without_version<L>()..., false});
  static constexpr std::size_t changed = first_true({(changed_since<E>() != npos)..., false});
  /// What the lock has where the changed event has something else, and that. A lock without fields is named itself.
  template <class Was, class Now>
  struct difference {
    using was = Was;
    using now = Now;
  };
  static constexpr auto find_difference() {
    if constexpr (changed == npos) {
      return difference<void, void>{};
    } else {
      using event = gesta::detail::at<changed, gesta::detail::types<E...>>;
      using locked = gesta::detail::at<changed_since<event>(), all>;
      using now = gesta::detail::fields_now<event>;
      constexpr std::size_t place = gesta::detail::first_difference<typename locked::fields, now>();
      if constexpr (place == npos || (locked::fields::size == 0 && now::size != 0)) return difference<locked, void>{};
      else return difference<gesta::detail::field_or_none<place, typename locked::fields>, gesta::detail::field_or_none<place, now>>{};
    }
  }
  using changes = decltype(find_difference());

  using written = typename stored_rules<gesta::detail::types<E...>>::written;
  using left = report_at<diagnostic::id_left_the_model, all, gone>;
  using altered = report_at<diagnostic::schema_changed, gesta::detail::types<E...>, changed, typename changes::was, typename changes::now>;
  using lowered = report_at<diagnostic::version_left_the_model, all, without_version>;
};

/// The same of sagas and processes: the definition under one version stays, and a version that has instances in the log stays in the model.
template <class Parts, class Definitions, class Lock>
struct definition_rules;
template <class... S, class... D, class... L>
struct definition_rules<gesta::detail::types<S...>, gesta::detail::types<D...>, schema_lock<L...>> {
  template <class Definition, class Locked>
  static constexpr bool is_of() {
    return gesta::detail::fnv1a(id_of<Definition>.name) == gesta::detail::fnv1a(Locked::name) && id_of<Definition>.version == Locked::version;
  }
  template <class Definition>
  static constexpr bool differs() {
    return ((is_of<Definition, L>() && shape_id<Definition> != L::shape) || ...);
  }
  template <class Locked>
  static constexpr bool is_there() {
    return (is_of<D, Locked>() || ...);
  }
  using all = gesta::detail::types<L...>;
  static constexpr std::size_t first_changed = first_true({differs<D>()..., false});
  /// is_kind: whether a definition is of a saga, or of a process.
  static constexpr std::size_t first_missing([[maybe_unused]] bool (*is_kind)(const char*) noexcept) {
    return first_true({(is_kind(L::name) && !is_there<L>())..., false});
  }
};
template <class Flow, class Lock>
struct saga_lock_rules {
  using rules = definition_rules<typename Flow::sagas, gesta::detail::locked_sagas<Flow>, Lock>;
  using changed = report_at<diagnostic::saga_changed, typename Flow::sagas, rules::first_changed>;
  using left = report_at<diagnostic::saga_left_the_model, typename rules::all, rules::first_missing(gesta::detail::is_saga_definition)>;
};
template <class Flow, class Lock>
struct process_lock_rules {
  using rules = definition_rules<typename Flow::processes, gesta::detail::locked_processes<Flow>, Lock>;
  using changed = report_at<diagnostic::process_changed, typename Flow::processes, rules::first_changed>;
  using left = report_at<diagnostic::process_left_the_model, typename rules::all, rules::first_missing(gesta::detail::is_process_definition)>;
};

}  // namespace rules

/// Holds a model to its lock. Stands in a file of its own, so that the program that writes the lock always compiles:
/// `struct bank_is_locked : gesta::locked_model<bank, bank_lock> {};`
template <class Model, class Lock>
struct locked_model {
  using kept_rules = rules::lock_rules<flow<Model>, typename flow<Model>::events, Lock>;
  using saga_rules = rules::saga_lock_rules<flow<Model>, Lock>;
  using process_rules = rules::process_lock_rules<flow<Model>, Lock>;
  static_assert(sizeof(typename saga_rules::changed) + sizeof(typename saga_rules::left) != 0);
  static_assert(sizeof(typename process_rules::changed) + sizeof(typename process_rules::left) != 0);
  static_assert(sizeof(typename kept_rules::left) + sizeof(typename kept_rules::altered) + sizeof(typename kept_rules::lowered) +
                    sizeof(typename kept_rules::written) !=
                0);
};

}  // namespace gesta
