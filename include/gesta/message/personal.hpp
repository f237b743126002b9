// Personal data as a part of a message: a value that belongs to a subject, and is sealed under the subject's key before anything is kept.
// Floor: message. It holds bytes and knows no cipher: whoever has keys seals and opens it (store/keys.hpp).
// May include: detail, message, model/diagnostic.hpp.
//
//     struct customer_id { gesta::text<20> value; static constexpr auto id = "customer"; };
//     struct registered { customer_id customer; gesta::personal<customer_id, std::string> name; static constexpr auto id = "customer.registered"; };
//
// From the moment it is recorded on, nobody holds the value: not the log, no state, no view, no snapshot, nobody it is sent to. What they hold is
// sealed, is copied as it is, and is opened where a person is to see it: `keys.open(name)`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/detail/chars.hpp>
#include <gesta/message/flat.hpp>
#include <gesta/message/id.hpp>
#include <gesta/message/key_bytes.hpp>
#include <gesta/message/most_bytes.hpp>
#include <gesta/model/diagnostic.hpp>

namespace gesta {

template <class Subject, class T>
class personal;

namespace detail {

template <class T>
inline constexpr bool is_personal = false;
template <class Subject, class T>
inline constexpr bool is_personal<personal<Subject, T>> = true;

/// How a sealed value begins. The bytes are stored: changing them loses personal data.
///   1   what follows: sealed_mark, or forgotten_mark
///   8   its place: the event's id and the field, as a number (codec/personal.hpp)
///   n   its subject: how many bytes (7 bits a byte, lowest first), the id of the subject's type, 0, the key in its byte form
///   16  the name of the key
/// and, unless it was forgotten when it was copied,
///   24  the nonce      m  the value in the form of codec/binary.hpp, enciphered      16  the tag
namespace sealed {
inline constexpr unsigned char forgotten_mark = 0, sealed_mark = 1;
inline constexpr std::size_t place_size = 8, key_name_size = 16, nonce_size = 24, tag_size = 16;
constexpr std::size_t size_of_subject(std::size_t bytes) noexcept { return detail::varint_size(bytes) + bytes; }
constexpr std::size_t around(std::size_t subject) noexcept {
  return 1 + place_size + size_of_subject(subject) + key_name_size + nonce_size + tag_size;
}
}  // namespace sealed

/// A subject says what kind it is by an id, which stands in the key store, and has a key, by its only field mostly.
template <class Subject>
constexpr bool names_a_subject() noexcept {
  if constexpr (__is_class(Subject) && identified<Subject>) return entity_key<Subject>;
  else return false;
}

template <class Subject>
constexpr std::size_t subject_room() noexcept {
  if constexpr (!detail::names_a_subject<Subject>()) return npos;
  else return detail::add_bounds(detail::chars_of(id_of<Subject>.name).size + 1, gesta::key_room<Subject>);
}

/// Bytes on the heap, copied with whoever has them.
class sealed_on_heap {
 public:
  constexpr sealed_on_heap() noexcept = default;
  constexpr sealed_on_heap(const sealed_on_heap& other) { (void)assign(other.data_, other.size_); }
  constexpr sealed_on_heap(sealed_on_heap&& other) noexcept : data_(other.data_), size_(other.size_) {
    other.data_ = nullptr;
    other.size_ = 0;
  }
  constexpr sealed_on_heap& operator=(sealed_on_heap other) noexcept {
    std::byte* const data = data_;
    const std::size_t size = size_;
    data_ = other.data_;
    size_ = other.size_;
    other.data_ = data;
    other.size_ = size;
    return *this;
  }
  constexpr ~sealed_on_heap() { delete[] data_; }

  constexpr bool assign(const std::byte* bytes, std::size_t size) {
    std::byte* const copy = size == 0 ? nullptr : new std::byte[size];
    for (std::size_t i = 0; i < size; ++i) copy[i] = bytes[i];
    delete[] data_;
    data_ = copy;
    size_ = size;
    return true;
  }
  constexpr const std::byte* data() const noexcept { return data_; }
  constexpr std::size_t size() const noexcept { return size_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Bytes in place, at most N.
template <std::size_t N>
class sealed_in_place {
 public:
  constexpr bool assign(const std::byte* bytes, std::size_t size) noexcept {
    if (size > N) return false;
    for (std::size_t i = 0; i < N; ++i) bytes_[i] = i < size ? bytes[i] : std::byte{};
    size_ = static_cast<std::uint32_t>(size);
    return true;
  }
  constexpr const std::byte* data() const noexcept { return bytes_; }
  constexpr std::size_t size() const noexcept { return size_; }

 private:
  std::uint32_t size_ = 0;
  std::byte bytes_[N] = {};
};

/// For whoever seals and opens, and for codecs, which write what is sealed and nothing else.
struct personal_access {
  template <class Personal>
  static constexpr const std::byte* data(const Personal& of) noexcept {
    return of.sealed_.data();
  }
  template <class Personal>
  static constexpr std::size_t size(const Personal& of) noexcept {
    return of.sealed_.size();
  }
  /// Puts sealed bytes in the place of the value; none: it is blank. False: there is no room for so many, and nothing is changed.
  template <class Personal>
  static constexpr bool put(Personal& of, const std::byte* bytes, std::size_t size) {
    if (!of.sealed_.assign(bytes, size)) return false;
    of.value_ = typename Personal::value_type{};
    of.is_given_ = false;
    return true;
  }
};

}  // namespace detail

/// A value of a person, or of another subject with a right to be forgotten: `gesta::personal<customer_id, std::string> name;`. Subject is a
/// struct with an `id`; the struct that holds the field has exactly one field of this type, which says whose value it is.
///
/// It is made of a T, as a T would be: `registered{customer, "Ada"}`. Recorded, it is sealed under the subject's key. Sealed values are equal when their
/// bytes are: the same value of the same subject in the same field. An app whose events have such fields is started with keys (E750). Printed it is
/// `<personal>`.
template <class Subject, class T>
class personal {
  static_assert(sizeof(diagnostic::subject_without_id<detail::names_a_subject<Subject>(), Subject>) != 0);

 public:
  using subject_type = Subject;
  using value_type = T;

 private:
  static constexpr std::size_t room = detail::add_bounds(detail::most_bytes<T>(), detail::subject_room<Subject>());

 public:
  /// Whether it is flat: T is, and keys of the subject have a bound.
  static constexpr bool lies_in_place = detail::is_flat<T>() && room != detail::npos && room < 1u << 20;
  /// On the wire, how many bytes are sealed included; detail::npos where T or the subject has no bound.
  static constexpr std::size_t most_bytes = [] {
    if (room == detail::npos) return detail::npos;
    const std::size_t whole = detail::most_bytes<T>() + detail::sealed::around(detail::subject_room<Subject>());
    return whole + detail::varint_size(whole);
  }();

  /// Blank: there is no value.
  constexpr personal() = default;
  constexpr personal(const T& value) : value_(value), is_given_(true) {}
  constexpr personal(T&& value) : value_(static_cast<T&&>(value)), is_given_(true) {}
  /// Of what a T is made of: literals and other text.
  template <detail::text_like Text>
    requires((detail::has_chars<Text> || !__is_class(Text)) && std::is_convertible_v<const Text&, T> && !std::is_same_v<Text, T>)
  constexpr personal(const Text& text) : value_(text), is_given_(true) {}

  /// True when it is a value that was never given, as in a state before its first event.
  constexpr bool is_blank() const noexcept { return !is_given_ && sealed_.size() == 0; }
  /// True when it was recorded: keys open it.
  constexpr bool is_sealed() const noexcept { return sealed_.size() != 0; }
  /// The value as long as it is in the open, in the hands of whoever gave it; nullptr once it is sealed.
  constexpr const T* given() const noexcept { return is_given_ ? &value_ : nullptr; }

  friend constexpr bool operator==(const personal& a, const personal& b) noexcept {
    if (a.is_given_ != b.is_given_ || a.sealed_.size() != b.sealed_.size()) return false;
    if constexpr (requires { static_cast<bool>(a.value_ == b.value_); })
      if (a.is_given_ && !(a.value_ == b.value_)) return false;
    for (std::size_t i = 0; i < a.sealed_.size(); ++i)
      if (a.sealed_.data()[i] != b.sealed_.data()[i]) return false;
    return true;
  }

 private:
  friend detail::personal_access;
  static constexpr std::size_t in_place = lies_in_place ? most_bytes : 1;

  T value_{};
  bool is_given_ = false;
  std::conditional_t<lies_in_place, detail::sealed_in_place<in_place>, detail::sealed_on_heap> sealed_{};
};

}  // namespace gesta
