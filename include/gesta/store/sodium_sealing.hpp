// Sealing and opening personal data: XChaCha20-Poly1305 of libsodium under a key per subject.
// Floor: store, a part of sodium.hpp. The only header that includes sodium.h.
// May include: detail, message, codec, store, sodium.
//
// What is authenticated with a value is all that stands before its nonce: its place (the event's id and the field), its subject, and the name of
// its key. The nonce is a keyed hash of that and of the value, so the same value in the same place is the same bytes: an append that is repeated is
// recognised by them. Two values never share a nonce under one key unless they are one; all that it tells is that two are equal.
#pragma once

#include <sodium.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include <gesta/codec/binary.hpp>
#include <gesta/codec/personal.hpp>
#include <gesta/message/personal.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/store/keys.hpp>

namespace gesta {

namespace detail {

/// Memory for secrets: it is kept out of the swap file where the system allows it, has no readable neighbours, and is overwritten before it is
/// given back. Without memory `data()` is nullptr.
class locked_memory {
 public:
  locked_memory() = default;
  explicit locked_memory(std::size_t size) : data_(static_cast<unsigned char*>(sodium_init() < 0 ? nullptr : sodium_malloc(size))), size_(size) {}
  locked_memory(locked_memory&& other) noexcept : data_(other.data_), size_(other.size_) { other.data_ = nullptr; }
  locked_memory& operator=(locked_memory&& other) noexcept {
    unsigned char* const data = data_;
    const std::size_t size = size_;
    data_ = other.data_;
    size_ = other.size_;
    other.data_ = data;
    other.size_ = size;
    return *this;
  }
  ~locked_memory() {
    if (data_ != nullptr) sodium_free(data_);
  }

  unsigned char* data() const noexcept { return data_; }
  void wipe() const noexcept {
    if (data_ != nullptr) sodium_memzero(data_, size_);
  }

 private:
  unsigned char* data_ = nullptr;
  std::size_t size_ = 0;
};

inline constexpr std::size_t secret_size = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
static_assert(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == sealed::nonce_size && crypto_aead_xchacha20poly1305_ietf_ABYTES == sealed::tag_size);
static_assert(crypto_kdf_KEYBYTES == secret_size);

inline const unsigned char* as_sodium(const std::byte* bytes) noexcept { return reinterpret_cast<const unsigned char*>(bytes); }
inline unsigned char* as_sodium(std::byte* bytes) noexcept { return reinterpret_cast<unsigned char*>(bytes); }
inline const unsigned char* as_sodium(chars text) noexcept { return reinterpret_cast<const unsigned char*>(text.data); }

/// The two keys that a subject's key stands for: one enciphers, one makes nonces.
enum class derived_key : std::uint64_t { cipher = 1, nonce = 2 };
inline void derive(unsigned char* to, derived_key which, const unsigned char* key) noexcept {
  crypto_kdf_derive_from_key(to, secret_size, static_cast<std::uint64_t>(which), "gestaper", key);
}

}  // namespace detail

/// Makes of a store of keys what seals, opens and forgets: `class my_keys : public gesta::sealing<my_keys>`. One thread at a time.
template <class Keys>
class sealing {
 public:
  using seals_personal_data = void;

  sealing(const sealing&) = delete;
  sealing& operator=(const sealing&) = delete;

  /// Opens a sealed value, for who is to see it. One in the open is given as it is; a blank one is T{}. The keys are asked each time, so what
  /// was forgotten, by whomever, is forgotten. `position`: of the event it comes from, for the cause when it is damaged.
  template <class Subject, class T>
  opened<T> open(const personal<Subject, T>& value, std::uint64_t position = 0) {
    if (const T* const given = value.given()) return opened<T>(*given);
    if (value.is_blank()) return opened<T>(T{});
    const std::byte* const bytes = detail::personal_access::data(value);
    detail::sealed_parts parts;
    if (!detail::take_apart(bytes, detail::personal_access::size(value), parts)) return opened<T>(damaged(position));
    switch (key_of(parts)) {
      case key_state::there: break;
      case key_state::forgotten: return opened<T>(typename opened<T>::forgotten_t{});
      case key_state::unknown: return opened<T>(unknown_key(position));
      case key_state::failed: return opened<T>(cause_);
    }
    T plain{};
    const bool read = !parts.is_forgotten && decipher(bytes, parts) && decode(plain_.data(), plain_.size(), plain);
    wipe();
    return read ? opened<T>(static_cast<T&&>(plain)) : opened<T>(damaged(position));
  }

  /// Destroys the key of a subject: its values become unreadable wherever they lie, in the log, in copies of it, in views, in messages that were
  /// sent. When it is true, that is done and lasts. Nothing else changes.
  template <class Subject>
  key_change forget(const Subject& subject) {
    detail::subject_name name;
    return self().destroy(name.of(subject)) ? key_change() : key_change(cause_);
  }

  /// Seals the personal values of an event where they lie, as an app does before it keeps it. What is sealed there already stays; what was sealed for another
  /// place is sealed anew for this one, or stays forgotten. False: last_failure() says why; then it is not to be kept.
  template <class Event>
  bool seal(Event& event) {
    bool sealed = true;
    detail::each_personal(event, detail::place_of_message<Event>(), [&](auto& value, std::uint64_t place, const auto&... around) {
      using subject = typename std::remove_cvref_t<decltype(value)>::subject_type;
      if (!sealed || value.is_blank()) return;
      detail::subject_name name;
      sealed = value.is_sealed() ? seal_again(value, place, name.of(detail::subject_among<subject>(around...)))
                                 : seal_given(value, place, name.of(detail::subject_among<subject>(around...)));
    });
    wipe();
    return sealed;
  }

  /// Why the last call gave false.
  const failure& last_failure() const noexcept { return cause_; }

 protected:
  sealing() : secrets_(3 * detail::secret_size) {}
  ~sealing() {
    static_assert(sizeof(diagnostic::not_a_key_store<key_store<Keys>, Keys>) != 0);
    wipe();
  }

  /// Notes why something could not be done; returns false.
  bool fail(const failure& cause) {
    cause_ = cause;
    return false;
  }

 private:
  Keys& self() noexcept { return static_cast<Keys&>(*this); }
  unsigned char* key() noexcept { return secrets_.data(); }
  unsigned char* cipher_key() noexcept { return secrets_.data() + detail::secret_size; }
  unsigned char* nonce_key() noexcept { return secrets_.data() + 2 * detail::secret_size; }

  void wipe() noexcept {
    secrets_.wipe();
    if (!plain_.empty()) sodium_memzero(plain_.data(), plain_.size());
    plain_.clear();
  }
  bool has_memory() { return secrets_.data() != nullptr || fail(failure(failure::kind::full, 0, "there is no memory for keys")); }
  static failure damaged(std::uint64_t position) {
    failure cause(failure::kind::corrupt, 0, "a personal value is not what was sealed in its place");
    if (position != 0) cause.add(", at position "), cause.add(position);
    cause.position = position;
    return cause;
  }
  static failure unknown_key(std::uint64_t position) {
    failure cause(failure::kind::no_key, 0, "a personal value was sealed under a key that this key store has never had");
    cause.position = position;
    return cause;
  }

  key_state key_of(const detail::sealed_parts& parts) {
    key_name name;
    std::memcpy(name.bytes, parts.key_name, sizeof name.bytes);
    return has_memory() ? self().key_named(name, key()) : key_state::failed;
  }

  /// Deciphers into plain_.
  bool decipher(const std::byte* bytes, const detail::sealed_parts& parts) {
    detail::derive(cipher_key(), detail::derived_key::cipher, key());
    plain_.resize(parts.cipher_size - detail::sealed::tag_size + 1);  // an empty value has an address too
    unsigned long long size = 0;
    const int refused = crypto_aead_xchacha20poly1305_ietf_decrypt(detail::as_sodium(plain_.data()), &size, nullptr, detail::as_sodium(parts.cipher), parts.cipher_size,
                                                                   detail::as_sodium(bytes), parts.bound, detail::as_sodium(parts.nonce), cipher_key());
    plain_.resize(static_cast<std::size_t>(refused == 0 ? size : 0));
    return refused == 0;
  }

  template <class Personal>
  bool seal_given(Personal& value, std::uint64_t place, detail::chars subject) {
    plain_.resize(encoded_size(*value.given()));
    encode(*value.given(), plain_.data());
    return seal_plain(value, place, subject);
  }
  /// Seals what stands in plain_ under the key that the subject has now.
  template <class Personal>
  bool seal_plain(Personal& value, std::uint64_t place, detail::chars subject) {
    key_name name;
    if (!has_memory() || !self().key_of_now(subject, name, key())) return false;
    std::vector<std::byte> bytes(detail::sealed::around(subject.size) + plain_.size());
    std::byte* const nonce = put_bound(bytes.data(), detail::sealed::sealed_mark, place, subject, name);
    const auto bound = static_cast<std::size_t>(nonce - bytes.data());
    detail::derive(cipher_key(), detail::derived_key::cipher, key());
    detail::derive(nonce_key(), detail::derived_key::nonce, key());
    crypto_generichash_state hash;
    crypto_generichash_init(&hash, nonce_key(), detail::secret_size, detail::sealed::nonce_size);
    crypto_generichash_update(&hash, detail::as_sodium(bytes.data()), bound);
    crypto_generichash_update(&hash, detail::as_sodium(plain_.data()), plain_.size());
    crypto_generichash_final(&hash, detail::as_sodium(nonce), detail::sealed::nonce_size);
    sodium_memzero(&hash, sizeof hash);
    crypto_aead_xchacha20poly1305_ietf_encrypt(detail::as_sodium(nonce + detail::sealed::nonce_size), nullptr, detail::as_sodium(plain_.data()), plain_.size(),
                                               detail::as_sodium(bytes.data()), bound, nullptr, detail::as_sodium(static_cast<const std::byte*>(nonce)), cipher_key());
    return detail::personal_access::put(value, bytes.data(), bytes.size()) ||
           fail(failure(failure::kind::too_large, 0, "a personal value does not fit into its field once it is sealed"));
  }

  /// A value that was sealed before, and is now recorded by another event or in another field.
  template <class Personal>
  bool seal_again(Personal& value, std::uint64_t place, detail::chars subject) {
    const std::byte* const bytes = detail::personal_access::data(value);
    detail::sealed_parts parts;
    if (!detail::take_apart(bytes, detail::personal_access::size(value), parts)) return fail(damaged(0));
    if (!(parts.subject == subject))
      return fail(failure(failure::kind::differs, 0, "a personal value of one subject was put into an event of another: who forgets the first would not forget it there"));
    if (parts.place == place) return true;
    switch (key_of(parts)) {
      case key_state::there: break;
      case key_state::forgotten: return stays_forgotten(value, place, parts);
      case key_state::unknown: return fail(unknown_key(0));
      case key_state::failed: return false;
    }
    if (parts.is_forgotten || !decipher(bytes, parts)) return fail(damaged(0));
    return seal_plain(value, place, subject);
  }
  template <class Personal>
  bool stays_forgotten(Personal& value, std::uint64_t place, const detail::sealed_parts& parts) {
    key_name name;
    std::memcpy(name.bytes, parts.key_name, sizeof name.bytes);
    std::vector<std::byte> bytes(detail::sealed::around(parts.subject.size) - detail::sealed::nonce_size - detail::sealed::tag_size);
    (void)put_bound(bytes.data(), detail::sealed::forgotten_mark, place, parts.subject, name);
    return detail::personal_access::put(value, bytes.data(), bytes.size());
  }

  static std::byte* put_bound(std::byte* to, unsigned char mark, std::uint64_t place, detail::chars subject, const key_name& name) {
    *to++ = static_cast<std::byte>(mark);
    for (unsigned i = 0; i < detail::sealed::place_size; ++i) *to++ = static_cast<std::byte>(place >> 8 * i & 0xff);
    to = detail::binary::put_count(subject.size, to);
    std::memcpy(to, subject.data, subject.size);
    to += subject.size;
    std::memcpy(to, name.bytes, sizeof name.bytes);
    return to + sizeof name.bytes;
  }

  detail::locked_memory secrets_;
  std::vector<std::byte> plain_;
  failure cause_;
};

}  // namespace gesta
