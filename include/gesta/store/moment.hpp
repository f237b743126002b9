// A moment in the past of a log: what is asked for when a state or a view is wanted as it was.
// Floor: store.
// May include: detail, message, store.
#pragma once

#include <cstdint>

#include <gesta/detail/pack.hpp>
#include <gesta/message/about.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/store/slice.hpp>
#include <gesta/store/store.hpp>

namespace gesta {

/// After so many events of one entity. For states, not for views: a version belongs to one stream.
struct at_version {
  std::uint64_t version;
};

/// After the event at this position of the log.
struct at_position {
  std::uint64_t position;
};

/// After everything that was decided up to this moment, the moment included. Where clocks go back it is every event with such a time,
/// whatever its position. For a model that keeps times: not with the lean envelope.
struct at_time {
  timestamp time;
};

namespace detail {

constexpr bool includes(at_version when, const recorded& event) noexcept { return event.version <= when.version; }
constexpr bool includes(at_position when, const recorded& event) noexcept { return event.position <= when.position; }
constexpr bool includes(at_time when, const recorded& event) noexcept { return event.from.time.nanoseconds <= when.time.nanoseconds; }

/// Before every event, whatever is kept.
constexpr bool is_beginning(at_version when) noexcept { return when.version == 0; }
constexpr bool is_beginning(at_position when) noexcept { return when.position == 0; }
constexpr bool is_beginning(at_time) noexcept { return false; }

/// The last version that can be of the moment, as far as that says it.
constexpr std::uint64_t last_version(at_version when) noexcept { return when.version; }
constexpr std::uint64_t last_version(at_position when) noexcept { return when.position; }
constexpr std::uint64_t last_version(at_time) noexcept { return slice::end; }

/// The last position of the moment, likewise.
constexpr std::uint64_t last_position(at_position when) noexcept { return when.position; }
constexpr std::uint64_t last_position(at_version) noexcept { return slice::end; }

template <class Moment>
inline constexpr bool is_moment = same<Moment, at_version> || same<Moment, at_position> || same<Moment, at_time>;

}  // namespace detail

/// A state or a view as it was; or, false, why() it cannot be told: the store failed, or no longer keeps the events
/// (failure::kind::truncated).
template <class Value>
class [[nodiscard]] past {
 public:
  explicit past(const Value& was) : value_(was) {}
  explicit past(Value&& was) : value_(static_cast<Value&&>(was)) {}
  explicit past(const failure& cause) : cause_(cause), known_(false) {}

  explicit operator bool() const noexcept { return known_; }
  /// Only when it is known.
  const Value& operator*() const noexcept { return value_; }
  const Value* operator->() const noexcept { return &value_; }
  const failure& why() const noexcept { return cause_; }

 private:
  Value value_{};
  failure cause_;
  bool known_ = true;
};

/// One row of a view as it was, or as it is, folded for the question alone; or, false, why() it cannot be told.
template <class Row>
class [[nodiscard]] past_row {
 public:
  past_row(const Row& was, bool exists) : row_(was), exists_(exists) {}
  explicit past_row(const failure& cause) : cause_(cause), known_(false) {}

  explicit operator bool() const noexcept { return known_; }
  /// nullptr: there was no such row.
  const Row* get() const noexcept { return exists_ ? &row_ : nullptr; }
  /// Only when there was one.
  const Row& operator*() const noexcept { return row_; }
  const Row* operator->() const noexcept { return get(); }
  const failure& why() const noexcept { return cause_; }

 private:
  Row row_{};
  failure cause_;
  bool known_ = true;
  bool exists_ = false;
};

}  // namespace gesta
