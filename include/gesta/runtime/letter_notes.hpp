// What a consumer knows for its observers: notes of letters, until the commit of its unit, and then they are told.
// Floor: runtime. Held by the consumer.
// May include: runtime/observed.hpp, store.
//
// Without observers it is an empty class whose functions do nothing.
#pragma once

#include <cstdint>
#include <vector>

#include <gesta/runtime/observed.hpp>
#include <gesta/store/letter.hpp>

namespace gesta::detail {

/// The observers of a consumer, and what they are to be told. One thread at a time.
template <class Observers>
class letter_notes {
 public:
  explicit letter_notes(const Observers& observers) : observers_(observers) {}

  /// An event was put aside, or a letter has failed again.
  void note_parked(const letter& one) {
    if constexpr (Observers::template hears<parked>) all_.push_back({false, one});
  }
  /// A letter that has failed is tried again.
  void note_retried(const letter& one) {
    if constexpr (Observers::template hears<retried>) all_.push_back({true, one});
  }
  void forget() noexcept { all_.clear(); }

  /// The unit is kept.
  void tell(const char* who) noexcept {
    for (const auto& [is_again, one] : all_) {
      if (is_again) observers_.tell(retried{who, one.attempts, one.cause.c_str(), one.position});
      else observers_.tell(parked{who, one.position, {one.key.data(), static_cast<std::uint32_t>(one.key.size())}, one.cause.c_str(), one.attempts});
    }
    forget();
  }

 private:
  struct note {
    bool is_again;
    letter one;
  };

  Observers observers_;
  std::vector<note> all_;
};

template <>
class letter_notes<observed_by<>> {
 public:
  explicit letter_notes(const observed_by<>&) noexcept {}
  void note_parked(const letter&) noexcept {}
  void note_retried(const letter&) noexcept {}
  void forget() noexcept {}
  void tell(const char*) noexcept {}
};

/// The observers among options; else none.
constexpr observed_by<> observers_of() noexcept { return observed_by<>{}; }
template <class First, class... Rest>
constexpr auto observers_of(const First& first, const Rest&... rest) noexcept {
  if constexpr (is_observed_by<First>) return first;
  else return detail::observers_of(rest...);
}

}  // namespace gesta::detail
