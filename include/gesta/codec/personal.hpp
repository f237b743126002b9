// Where personal data stands in a message, whose it is, and whether what is sealed there belongs there.
// Floor: codec. Knows forms and no cipher: what seals and opens is store/keys.hpp.
// May include: detail, message, model/diagnostic.hpp, model/rules/report.hpp, codec.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/codec/form.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/message/id.hpp>
#include <gesta/message/key_bytes.hpp>
#include <gesta/message/personal.hpp>
#include <gesta/message/wire.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/model/rules/report.hpp>

namespace gesta::detail {

// ---- what a type holds

template <class T, class Open = types<>>
constexpr bool holds_personal() noexcept;
template <class List, class Open>
inline constexpr bool any_holds_personal = false;
// Only a struct can hold itself: what is asked of numbers is asked once, whoever holds them.
template <class... T, class Open>
inline constexpr bool any_holds_personal<types<T...>, Open> =
    (detail::holds_personal<T, std::conditional_t<std::is_arithmetic_v<T> || std::is_enum_v<T>, types<>, Open>>() || ...);

/// Whether a message has a gesta::personal at any depth. Open: the structs that hold T.
template <class T, class Open>
constexpr bool holds_personal() noexcept {
  constexpr form f = form_of_type<T>;
  if constexpr (contains<T, Open>) return false;
  else if constexpr (f == form::personal) return true;
  else if constexpr (f == form::list || f == form::sequence || f == form::set || f == form::array || f == form::optional)
    return detail::holds_personal<typename T::value_type, Open>();
  else if constexpr (f == form::map) return any_holds_personal<types<typename T::key_type, typename T::mapped_type>, Open>;
  else if constexpr (f == form::pair) return any_holds_personal<types<typename T::first_type, typename T::second_type>, Open>;
  else if constexpr (f == form::variant) return any_holds_personal<typename alternatives<T>::type, Open>;
  else if constexpr (f == form::fields) return any_holds_personal<field_types<T>, concat<Open, types<T>>>;
  else return false;
}

template <class List>
inline constexpr bool any_personal = any_holds_personal<List, types<>>;

// ---- whose a value is

template <class Subject, class List>
inline constexpr std::size_t times_listed = 0;
template <class Subject, class... T>
inline constexpr std::size_t times_listed<Subject, types<T...>> = (std::size_t{same<Subject, T>} + ... + 0);

/// What keeps a value from being sealed; fine where nothing does.
enum class personal_mistake : unsigned char { fine, strange_subject, no_subject, several_subjects, never_sealed };
template <personal_mistake What, class Subject>
struct found_mistake {
  static constexpr personal_mistake what = What;
  using subject = Subject;
};
using no_mistake = found_mistake<personal_mistake::fine, void>;

/// Of the structs around a value, innermost first, which has the subject.
template <class Subject, class... Around>
struct subject_search {
  using type = found_mistake<personal_mistake::no_subject, Subject>;
};
template <class Subject, class First, class... Rest>
struct subject_search<Subject, First, Rest...> {
  static constexpr std::size_t times = times_listed<Subject, field_types<First>>;
  using type = typename std::conditional_t<times == 0, subject_search<Subject, Rest...>,
                                           type_is<std::conditional_t<times == 1, no_mistake, found_mistake<personal_mistake::several_subjects, Subject>>>>::type;
};

/// The first mistake in a type that holds personal data, as a found_mistake.
template <class T, class... Around>
constexpr auto mistake_in() noexcept;

template <class... Around, class First, class... Rest>
constexpr auto first_mistake(types<First, Rest...>) noexcept {
  using found = decltype(detail::mistake_in<First, Around...>());
  if constexpr (found::what != personal_mistake::fine || sizeof...(Rest) == 0) return found{};
  else return detail::first_mistake<Around...>(types<Rest...>{});
}

template <class T>
struct subject_within : type_is<void> {};
template <class Subject, class T>
struct subject_within<personal<Subject, T>> : type_is<Subject> {};

template <class T, class... Around>
constexpr auto mistake_in() noexcept {
  constexpr form f = form_of_type<T>;
  if constexpr (!detail::holds_personal<T>()) {
    return no_mistake{};
  } else if constexpr (f == form::personal) {
    using subject = typename T::subject_type;
    if constexpr (!detail::names_a_subject<subject>()) return found_mistake<personal_mistake::strange_subject, subject>{};  // it has been said
    else if constexpr (detail::holds_personal<typename T::value_type>()) return found_mistake<personal_mistake::never_sealed, subject>{};
    else return typename subject_search<subject, Around...>::type{};
  } else if constexpr (f == form::set) {
    return found_mistake<personal_mistake::never_sealed, typename subject_within<typename T::value_type>::type>{};
  } else if constexpr (f == form::map) {
    if constexpr (detail::holds_personal<typename T::key_type>())
      return found_mistake<personal_mistake::never_sealed, typename subject_within<typename T::key_type>::type>{};
    else return detail::mistake_in<typename T::mapped_type, Around...>();
  } else if constexpr (f == form::list || f == form::sequence || f == form::array || f == form::optional) {
    return detail::mistake_in<typename T::value_type, Around...>();
  } else if constexpr (f == form::pair) {
    return detail::first_mistake<Around...>(types<typename T::first_type, typename T::second_type>{});
  } else if constexpr (f == form::variant) {
    return detail::first_mistake<Around...>(typename alternatives<T>::type{});
  } else {
    return detail::first_mistake<T, Around...>(field_types<T>{});
  }
}

/// The field of this type of the innermost struct that has one.
template <class Subject, class First, class... Rest>
constexpr const Subject& subject_among(const First& first, const Rest&... rest) noexcept {
  constexpr std::size_t where = index_of<Subject, field_types<First>>;
  if constexpr (where != npos) return detail::get_field<where>(first);
  else return detail::subject_among<Subject>(rest...);
}

// ---- where it stands

/// The number of a place within another. Places are stored: changing this loses personal data.
constexpr std::uint64_t place_within(std::uint64_t place, chars name) noexcept {
  place = (place ^ '/') * 0x100000001b3u;
  for (const char c : name) place = (place ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return place;
}
constexpr std::uint64_t place_within(std::uint64_t place, std::size_t element) noexcept { return mix(place + element); }

/// Calls f(personal, place, struct around it, struct around that...) for each personal value of a message whose own place is given.
template <class T, class F, class... Around>
constexpr void each_personal(T& value, std::uint64_t place, F&& f, const Around&... around) {
  using type = std::remove_const_t<T>;
  constexpr form kind = form_of_type<type>;
  if constexpr (!detail::holds_personal<type>()) {
    return;
  } else if constexpr (kind == form::personal) {
    f(value, place, around...);
  } else if constexpr (kind == form::fields) {
    [&]<std::size_t... I>(indices<I...>) {
      (detail::each_personal(detail::get_field<I>(value), detail::place_within(place, detail::wire_name<type, I>()), f,
                             static_cast<const type&>(value), around...),
       ...);
    }(make_indices<field_count<type>>{});
  } else if constexpr (kind == form::list || kind == form::sequence || kind == form::array) {
    std::size_t at = 0;
    for (auto& element : value) detail::each_personal(element, detail::place_within(place, at++), f, around...);
  } else if constexpr (kind == form::map) {
    std::size_t at = 0;
    for (auto& [key, mapped] : value) detail::each_personal(mapped, detail::place_within(place, at++), f, around...);
  } else if constexpr (kind == form::optional) {
    if (value.has_value()) detail::each_personal(*value, place, f, around...);
  } else if constexpr (kind == form::pair) {
    detail::each_personal(value.first, detail::place_within(place, std::size_t{0}), f, around...);
    detail::each_personal(value.second, detail::place_within(place, std::size_t{1}), f, around...);
  } else if constexpr (kind == form::variant) {
    [&]<std::size_t... I>(indices<I...>) {
      ((value.index() == I ? detail::each_personal(*get_if<I>(&value), detail::place_within(place, I), f, around...) : void()), ...);
    }(make_indices<alternatives<type>::type::size>{});
  }
}

/// The place of a whole message: its id, without its version, for the next version of an event says the same fact.
template <class Message>
constexpr std::uint64_t place_of_message() noexcept {
  return fnv1a(id_of<Message>.name);
}

// ---- sealed bytes

/// The parts of sealed bytes; they lie there.
struct sealed_parts {
  bool is_forgotten = false;
  std::uint64_t place = 0;
  chars subject;
  const std::byte* key_name = nullptr;
  const std::byte* nonce = nullptr;
  const std::byte* cipher = nullptr;  ///< with the tag
  std::size_t cipher_size = 0;
  std::size_t bound = 0;  ///< how many bytes before the nonce: they are authenticated with the value
};

/// Takes sealed bytes apart. False: they are none; any bytes may be given.
constexpr bool take_apart(const std::byte* bytes, std::size_t size, sealed_parts& out) noexcept {
  const std::byte* const end = bytes + size;
  const std::byte* at = bytes;
  if (size < 1 + sealed::place_size) return false;
  const auto mark = static_cast<unsigned char>(*at++);
  if (mark != sealed::sealed_mark && mark != sealed::forgotten_mark) return false;
  out.is_forgotten = mark == sealed::forgotten_mark;
  out.place = 0;
  for (unsigned i = 0; i < sealed::place_size; ++i) out.place |= static_cast<std::uint64_t>(*at++) << 8 * i;
  std::uint64_t count = 0;
  const std::byte* const counted = at;
  for (unsigned shift = 0;; shift += 7) {
    if (at == end || shift > 28) return false;
    const auto byte = static_cast<std::uint64_t>(*at++);
    count |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  if (detail::varint_size(count) != static_cast<std::size_t>(at - counted)) return false;
  if (count > static_cast<std::size_t>(end - at)) return false;
  out.subject = {reinterpret_cast<const char*>(at), static_cast<std::size_t>(count)};
  at += count;
  if (static_cast<std::size_t>(end - at) < sealed::key_name_size) return false;
  out.key_name = at;
  at += sealed::key_name_size;
  out.bound = static_cast<std::size_t>(at - bytes);
  out.nonce = out.cipher = nullptr;
  out.cipher_size = 0;
  if (out.is_forgotten) return at == end;
  if (static_cast<std::size_t>(end - at) < sealed::nonce_size + sealed::tag_size) return false;
  out.nonce = at;
  out.cipher = at + sealed::nonce_size;
  out.cipher_size = static_cast<std::size_t>(end - out.cipher);
  return true;
}

/// A subject as sealed bytes and key stores name it: the id of its type, a zero, its key in its byte form. Short ones lie in it.
class subject_name {
 public:
  subject_name() = default;
  subject_name(const subject_name&) = delete;
  subject_name& operator=(const subject_name&) = delete;
  ~subject_name() { delete[] more_; }

  template <class Subject>
  chars of(const Subject& subject) {
    key_buffer<Subject> buffer;
    const key_bytes key = key_bytes_of<Subject>(subject, buffer);
    const chars kind = detail::chars_of(id_of<Subject>.name);
    const std::size_t size = kind.size + 1 + key.size;
    char* to = here_;
    if (size > sizeof here_) {
      delete[] more_;
      to = more_ = new char[size];
    }
    detail::copy_chars(kind, to);
    to[kind.size] = '\0';
    detail::copy_chars({key.data, key.size}, to + kind.size + 1);
    return {to, size};
  }

 private:
  char here_[64];
  char* more_ = nullptr;
};

/// Looks at each sealed value of an event that was read: one that was sealed elsewhere, for another subject or in another field, has been put
/// there by somebody, and is no longer a value: whoever opens it is told that it is damaged. Nobody else is stopped.
template <class Event>
void settle_personal(Event& event) {
  subject_name name;
  detail::each_personal(event, place_of_message<Event>(), [&](auto& value, std::uint64_t place, const auto&... around) {
    using type = std::remove_cvref_t<decltype(value)>;
    if (!value.is_sealed()) return;
    sealed_parts parts;
    if (detail::take_apart(personal_access::data(value), personal_access::size(value), parts) && parts.place == place &&
        parts.subject == name.of(detail::subject_among<typename type::subject_type>(around...)))
      return;
    constexpr std::byte damaged{0xff};
    (void)personal_access::put(value, &damaged, 1);
  });
}

}  // namespace gesta::detail

namespace gesta::rules {

template <class Event>
constexpr gesta::detail::personal_mistake personal_mistake_of() noexcept {
  return decltype(gesta::detail::mistake_in<Event>())::what;
}

/// The rules about personal data in what a model stores, and in the rejections that are remembered.
template <class Events, class Rejections>
struct personal_rules;
template <class... E, class... R>
struct personal_rules<gesta::detail::types<E...>, gesta::detail::types<R...>> {
  using mistake = gesta::detail::personal_mistake;
  using events = gesta::detail::types<E...>;
  static constexpr bool any = gesta::detail::any_personal<events>;
  static constexpr std::size_t holder = first_true({gesta::detail::holds_personal<E>()..., false});
  static constexpr std::size_t broken = [] {
    if constexpr (any) return first_true({(personal_mistake_of<E>() != mistake::fine)..., false});
    else return npos;
  }();
  static constexpr std::size_t refusing = first_true({gesta::detail::holds_personal<R>()..., false});
  static constexpr bool kept = broken == npos && refusing == npos;

  static constexpr auto found() {
    if constexpr (broken == npos) return gesta::detail::no_mistake{};
    else return gesta::detail::mistake_in<gesta::detail::at<broken, events>>();
  }
  using first = decltype(found());
  static constexpr std::size_t when(mistake what) { return first::what == what ? broken : npos; }
  using subject = typename first::subject;
  using whose = report_at<diagnostic::personal_without_subject, events, when(mistake::no_subject), subject>;
  using one = report_at<diagnostic::personal_of_several, events, when(mistake::several_subjects), subject>;
  using sealable = report_at<diagnostic::personal_never_sealed, events, when(mistake::never_sealed), subject>;
  using remembered = report_at<diagnostic::rejection_with_personal_data, gesta::detail::types<R...>, refusing>;
};

}  // namespace gesta::rules
