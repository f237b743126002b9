// Keys for personal data as the rest of gesta sees them: what start takes, what opening a value gives. The cipher is in store/sodium*.hpp.
// Floor: store.
// May include: detail, message, model/diagnostic.hpp, store.
//
//     gesta::sqlite_keys keys("keys.db", master);
//     auto app = gesta::start<shop>(store, gesta::sealed_by(keys));
//     const auto name = keys.open(app.state<customers>("ada").name);
//     if (name) show(*name);
//     else if (name.is_forgotten()) show("(forgotten)");
//     else report(name.why());
#pragma once

#include <concepts>
#include <cstddef>

#include <gesta/detail/chars.hpp>
#include <gesta/message/personal.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

/// What a sealed value was opened to: the value; or it was forgotten; or why it cannot be told. Nothing but the first has a value.
template <class T>
class [[nodiscard]] opened {
 public:
  /// The subject was forgotten: nobody can open it any more.
  struct forgotten_t {};

  explicit opened(T value) : value_(static_cast<T&&>(value)), is_(state::value) {}
  explicit opened(forgotten_t) : is_(state::forgotten) {}
  explicit opened(const failure& cause) : cause_(cause), is_(state::failed) {}

  explicit operator bool() const noexcept { return is_ == state::value; }
  bool is_forgotten() const noexcept { return is_ == state::forgotten; }
  /// The value. Only when there is one.
  const T& operator*() const noexcept { return value_; }
  const T* operator->() const noexcept { return &value_; }
  /// The value, or what stands for it.
  T value_or(T other) const { return is_ == state::value ? value_ : static_cast<T&&>(other); }
  /// Why it cannot be told. Only when there is neither a value nor was it forgotten: `no_key` (it was sealed by other keys), `wrong_key` (the master
  /// key), `corrupt` (the bytes were changed, or put where they were not sealed), or that the key store cannot be used.
  const failure& why() const noexcept { return cause_; }

 private:
  enum class state : unsigned char { value, forgotten, failed };

  T value_{};
  failure cause_;
  state is_;
};

/// What a key store knows of a key.
enum class key_state : unsigned char { there, forgotten, unknown, failed };

/// The name of a key: it stands in what is sealed under it, and tells nothing.
struct key_name {
  std::byte bytes[detail::sealed::key_name_size] = {};
};

/// What a store of keys has; gesta::sealing makes of it what an app is started with. A subject is named by bytes. A key is 32 bytes, which are
/// written to memory that the caller locks and wipes.
///   - `key_of_now` gives the subject's key, and makes one that lasts where it has none: a subject that comes back has a new one;
///   - `key_named` gives the key of this name: `unknown` where there never was one, `forgotten` where it was;
///   - `destroy` makes the subject's key unreadable for good, before it returns; true also where there was none.
/// False, or `failed`: fail(cause) was called before, and nothing was changed. testing/laws/key_store.hpp tests it.
template <class Keys>
concept key_store = requires(Keys& keys, detail::chars subject, key_name& name, unsigned char* key) {
  { keys.key_of_now(subject, name, key) } -> std::same_as<bool>;
  { keys.key_named(static_cast<const key_name&>(name), key) } -> std::same_as<key_state>;
  { keys.destroy(subject) } -> std::same_as<bool>;
};

/// What a change of the keys came to: true when it is done and lasts; else why() is the cause, and nothing was changed.
class [[nodiscard]] key_change {
 public:
  key_change() = default;
  explicit key_change(const failure& cause) : cause_(cause), done_(false) {}

  explicit operator bool() const noexcept { return done_; }
  /// The cause. Only where nothing was changed.
  const failure& why() const noexcept { return cause_; }

 private:
  failure cause_;
  bool done_ = true;
};

namespace detail {

/// Keys that seal personal data: gesta::sealing makes them so.
template <class Keys>
concept seals_personal_data = requires(Keys& keys) {
  typename Keys::seals_personal_data;
  { keys.last_failure() } -> std::convertible_to<const failure&>;
};

}  // namespace detail

/// Says by which keys an app seals: `gesta::start<shop>(store, gesta::sealed_by(keys))`. The keys are the user's, and outlive the app.
template <class Keys>
class sealed_by {
  static_assert(sizeof(diagnostic::not_a_key_store<detail::seals_personal_data<Keys>, Keys>) != 0);

 public:
  explicit sealed_by(Keys& keys) noexcept : keys_(&keys) {}
  Keys& keys() const noexcept { return *keys_; }

 private:
  Keys* keys_;
};

namespace detail {

template <class Given>
inline constexpr bool is_sealed_by = false;
template <class Keys>
inline constexpr bool is_sealed_by<sealed_by<Keys>> = true;

/// Whether what start was given as keys can seal; what cannot was reported where it was made.
template <class Given>
inline constexpr bool seals_if_keys = true;
template <class Keys>
inline constexpr bool seals_if_keys<sealed_by<Keys>> = seals_personal_data<Keys>;

/// The keys of an app; none: nothing.
struct no_keys {
  static constexpr bool any = false;
  template <class Store>
  explicit no_keys(const Store&) noexcept {}
};
template <class Keys>
class keys_held {
 public:
  static constexpr bool any = true;
  explicit keys_held(const sealed_by<Keys>& given) noexcept : keys_(&given.keys()) {}
  Keys& operator*() const noexcept { return *keys_; }

 private:
  Keys* keys_;
};
template <class Keys>
keys_held<Keys> keys_among(const sealed_by<Keys>*) noexcept;
no_keys keys_among(const void*) noexcept;
template <class Store>
using keys_of = decltype(detail::keys_among(static_cast<const Store*>(nullptr)));

}  // namespace detail

}  // namespace gesta
