// A bounded buffer between two threads, one that puts and one that takes. What happens when it is full is said by its type.
// Floor: runtime. Beside gesta.hpp, because it includes <atomic>: include it where there are threads.
// May include: model/diagnostic.hpp.
//
// Both sides only count: `tail` is what was put, with the closing in its lowest bit, `head` is what was taken. Each side keeps the count
// of the other as it last saw it, so that a line of memory moves between the cores only where that is used up. Closing is a bit of the
// count, so that it falls between two values and never beside one: whoever takes and sees it has seen all there will ever be.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include <gesta/model/diagnostic.hpp>

namespace gesta {

/// What becomes of whoever puts into a full buffer.
namespace when_full {
/// He waits until there is room, or the buffer is closed.
struct block {};
/// He is told and keeps what he has: the answer of `put` has to be looked at.
struct refuse {};
}  // namespace when_full

/// How many values a buffer holds, and what happens then: `gesta::bounded<1024, gesta::when_full::refuse>`.
template <std::size_t Capacity, class Full = when_full::block>
struct bounded {
  static constexpr std::size_t capacity = Capacity;
  using full_case = Full;
};

/// What putting into a buffer that waits came to.
enum class [[nodiscard]] handed_in : std::uint8_t {
  kept,    ///< it is in the buffer, and will be taken
  closed,  ///< the buffer is closed; it is not in it
};

/// What putting into a buffer that refuses came to.
enum class [[nodiscard]] offered : std::uint8_t {
  kept,    ///< it is in the buffer, and will be taken
  full,    ///< there is no room now; it is not in the buffer
  closed,  ///< the buffer is closed; it is not in it
};

namespace detail {

/// What two cores write stands on lines of its own.
inline constexpr std::size_t cache_line = 64;

/// Where one thread sleeps until another wakes it. The one says that it sleeps and then looks once more; the other changes what it waits
/// for and then looks whether it sleeps. All four in one order (seq_cst), so that one of the two sees the other.
class sleeper {
 public:
  /// Returns when ready() holds, which reads seq_cst what others write. Looks for it some microseconds long, then sleeps.
  template <class Ready>
  void wait_until(Ready&& ready) {
    for (int i = 0; i < looks; ++i) {
      if (ready()) return;
      pause();
    }
    for (;;) {
      sleeps_.store(1);
      if (ready()) return sleeps_.store(0, std::memory_order_relaxed);
      sleeps_.wait(1);
    }
  }
  /// Costs one look where nobody sleeps.
  void wake() noexcept {
    if (sleeps_.load() != 0 && sleeps_.exchange(0) != 0) sleeps_.notify_one();
  }

 private:
  static constexpr int looks = 200;
  static void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  std::atomic<std::uint32_t> sleeps_{0};  // four bytes: what a futex waits for itself
};

}  // namespace detail

/// Values on their way from one thread to another, in order. At any time one thread puts and one takes; any thread closes. The places are
/// made once and hold a T each all the time, so nothing is allocated later but what a T does when it is assigned.
template <class T, class Bounded = bounded<1024>>
class bounded_buffer {
  static constexpr bool refuses = std::is_same_v<typename Bounded::full_case, when_full::refuse>;
  static constexpr std::size_t places = std::bit_ceil(Bounded::capacity == 0 ? std::size_t{1} : Bounded::capacity);
  static constexpr std::uint64_t closed_bit = 1;

 public:
  /// The most values that are in it.
  static constexpr std::size_t capacity = Bounded::capacity;
  /// gesta::handed_in, or where it refuses gesta::offered.
  using answer = std::conditional_t<refuses, offered, handed_in>;

  bounded_buffer() : places_(new T[places]()) { (void)sizeof(diagnostic::buffer_without_room<(Bounded::capacity != 0), Bounded>); }
  bounded_buffer(const bounded_buffer&) = delete;
  bounded_buffer& operator=(const bounded_buffer&) = delete;

  /// Puts a value. It is assigned to one that was taken before, so that a string finds its memory again.
  answer put(const T& value) {
    return fill([&](T& place) { place = value; });
  }
  /// The same; a value that is not kept is as it was.
  answer put(T&& value) {
    const auto swap = [&](T& place) { std::swap(place, value); };
    return fill(swap, swap);
  }

  /// Puts what write(T& place) makes of a value that was taken before, or of a fresh one. Where the answer is not `kept`, write may have
  /// been called, and its place is nobody's. What write throws goes to the caller, and nothing is put.
  template <class Write>
  answer fill(Write&& write) {
    return fill(write, [](T&) {});
  }

  /// Hands over everything that is there by visit(T&), in order; waits where there is nothing. visit may return false to end it behind that
  /// value. The place of a value is free when visit returns, or throws. The number of values; 0: the buffer is closed and
  /// all that was put was taken.
  template <class Visit>
  std::size_t take(Visit&& visit) {
    const std::uint64_t at = head_.load(std::memory_order_relaxed);
    std::uint64_t tail = tail_.load(std::memory_order_acquire);
    if (tail >> 1 == at && (tail & closed_bit) == 0) {
      taker_.wait_until([&] {
        tail = tail_.load();
        return tail >> 1 != at || (tail & closed_bit) != 0;
      });
    }
    return hand_over(at, tail >> 1, visit);
  }
  /// The same, and waits for nothing. 0: there is nothing now.
  template <class Visit>
  std::size_t take_present(Visit&& visit) {
    return hand_over(head_.load(std::memory_order_relaxed), tail_.load(std::memory_order_acquire) >> 1, visit);
  }
  /// Moves the next value to `value`; waits where there is none. False: the buffer is closed and all that was put was taken.
  bool take_one(T& value) {
    return take([&](T& place) {
             std::swap(value, place);
             return false;
           }) != 0;
  }

  /// From now on nothing is put: whoever waits to do so is told, and whoever takes gets what is there, then the end.
  void close() noexcept {
    tail_.fetch_or(closed_bit);
    putter_.wake();
    taker_.wake();
  }
  bool is_closed() const noexcept { return (tail_.load(std::memory_order_acquire) & closed_bit) != 0; }

  /// How many values are in it; for whoever is neither side, how many there were.
  std::size_t size() const noexcept {
    const std::uint64_t head = head_.load(std::memory_order_acquire);
    const std::uint64_t count = (tail_.load(std::memory_order_acquire) >> 1) - head;
    return count < capacity ? static_cast<std::size_t>(count) : capacity;
  }

 private:
  template <class Write, class TakeBack>
  answer fill(Write&& write, TakeBack&& take_back) {
    std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    if ((tail & closed_bit) != 0) return answer::closed;
    const std::uint64_t at = tail >> 1;
    if (at - seen_head_ == capacity) [[unlikely]] {
      seen_head_ = head_.load(std::memory_order_acquire);
      if (at - seen_head_ == capacity) {
        if constexpr (refuses) {
          return answer::full;
        } else {
          putter_.wait_until([&] {
            seen_head_ = head_.load();
            tail = tail_.load();
            return at - seen_head_ != capacity || (tail & closed_bit) != 0;
          });
          if ((tail & closed_bit) != 0) return answer::closed;
        }
      }
    }
    T& place = places_[at & (places - 1)];
    write(place);
    if (!tail_.compare_exchange_strong(tail, tail + 2)) {  // closed meanwhile: nobody looks at the place
      take_back(place);
      return answer::closed;
    }
    taker_.wake();
    return answer::kept;
  }

  template <class Visit>
  std::size_t hand_over(std::uint64_t at, std::uint64_t end, Visit& visit) {
    struct leaving {  // also when visit throws
      bounded_buffer& from;
      std::uint64_t next;
      ~leaving() {
        from.head_.store(next);
        from.putter_.wake();
      }
    };
    const std::uint64_t first = at;
    for (bool goes_on = true; at != end && goes_on; ++at) {
      const leaving done{*this, at + 1};
      T& value = places_[at & (places - 1)];
      if constexpr (std::is_void_v<decltype(visit(value))>) visit(value);
      else goes_on = static_cast<bool>(visit(value));
    }
    return static_cast<std::size_t>(at - first);
  }

  // Whoever puts writes the first line, whoever takes the second; the third is written by who sleeps.
  alignas(detail::cache_line) std::atomic<std::uint64_t> tail_{0};
  std::uint64_t seen_head_ = 0;
  alignas(detail::cache_line) std::atomic<std::uint64_t> head_{0};
  alignas(detail::cache_line) detail::sleeper putter_;
  detail::sleeper taker_;
  alignas(detail::cache_line) std::unique_ptr<T[]> places_;
};

}  // namespace gesta
