// Events in memory: packed tagged records, one after another, each with a link to the previous record of its stream.
// Floor: store. The memory stores are made of it; other stores keep the events of an open unit of work in it.
// May include: detail, message, codec.
//
// Records lie in segments of equal size. A record has an address that never changes its meaning (`link`): the number of the segment
// since the beginning and the place in it, plus one, so that zero is "none". The segments grow, or are all there from the start and
// then end, or are used again from the oldest on: one question, asked only when a segment is full.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <type_traits>

#include <gesta/codec/binary.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/flat.hpp>

namespace gesta {

/// The address of a record; 0 is none.
using link = std::uint64_t;

namespace detail {

/// What stands before every event: 24 bytes.
struct record_head {
  std::uint16_t tag;
  std::uint16_t aggregate;
  std::uint32_t size;  ///< of the whole record; the next one begins at the next multiple of 8
  std::uint32_t version;
  std::uint32_t entity;
  link previous;
};

/// What a traced model adds to it: 40 bytes.
struct trace_head {
  origin from;
};

/// What becomes of the records when the segments are full.
enum class when_full : std::uint8_t { grow, refuse, reuse };

// Named so that a debugger says it: one command and all that followed from it recorded more than gesta::last_records_store keeps.
[[noreturn]] inline void more_than_the_store_can_hold() { __builtin_abort(); }

/// A sequence of records. Not copyable, movable.
template <bool Traced, when_full Full>
class records {
 public:
  static constexpr std::size_t head_size = sizeof(record_head) + (Traced ? sizeof(trace_head) : 0);

  /// Segments of segment_bytes, a power of two of at least 4096. Unless they grow, `segments` of them are made and touched now.
  records(std::size_t segment_bytes, std::size_t segments) : bytes_(segment_bytes) {
    if constexpr (Full != when_full::grow) {
      const std::size_t whole = segment_bytes * segments;
      table_ = new segment[segments];
      room_ = count_ = segments;
      std::byte* const block = static_cast<std::byte*>(::operator new(whole, std::align_val_t{64}));
      std::memset(block, 0, whole);
      for (std::size_t i = 0; i < segments; ++i) table_[i].begin = block + i * segment_bytes;
      enter(0);
    }
  }
  records(records&& other) noexcept { swap(other); }
  records& operator=(records&& other) noexcept {
    swap(other);
    return *this;
  }
  ~records() {
    if constexpr (Full == when_full::grow) {
      release(0);
    } else if (table_ != nullptr) {
      ::operator delete(table_[0].begin, std::align_val_t{64});
    }
    delete[] table_;
  }

  /// Appends one event. Returns its address; 0 when there is no room (never for segments that grow).
  template <class Event>
  [[gnu::always_inline]] link put(std::uint16_t tag, std::uint16_t aggregate, std::uint32_t entity, std::uint32_t version, link previous,
                                  const origin& from, const Event& event) {
    std::size_t payload = sizeof(Event);
    if constexpr (!flat<Event>) payload = encoded_size(event);
    const std::size_t size = (head_size + payload + 7) & ~std::size_t{7};
    auto here = reinterpret_cast<std::uintptr_t>(at_);
    auto next = here + size;
    if (next > reinterpret_cast<std::uintptr_t>(end_)) [[unlikely]] {
      if (!next_segment(size)) return 0;
      here = reinterpret_cast<std::uintptr_t>(at_);
      next = here + size;
    }
    std::byte* const record = at_;
    at_ = reinterpret_cast<std::byte*>(next);
    ++count_of_records_;
    ::new (record) record_head{tag, aggregate, static_cast<std::uint32_t>(head_size + payload), version, entity, previous};
    if constexpr (Traced) ::new (record + sizeof(record_head)) trace_head{from};
    if constexpr (flat<Event>) ::new (record + head_size) Event(event);
    else encode(event, record + head_size);
    return bias_ + static_cast<link>(here);
  }

  /// A place between records, to read from or to cut at.
  struct mark {
    link address;             ///< where the next record goes, unless it needs a new segment
    std::uint64_t records;    ///< how many records were put before
  };
  [[gnu::always_inline]] mark here() const noexcept {
    return {bias_ + static_cast<link>(reinterpret_cast<std::uintptr_t>(at_)), count_of_records_};
  }

  /// How many records were ever put and not cut off; the position of the last event.
  [[gnu::always_inline]] std::uint64_t count() const noexcept { return count_of_records_; }

  /// The head of a record that is still kept; nullptr when it was overwritten.
  const record_head* at(link address) const noexcept {
    const std::uint64_t number = (address - 1) / bytes_;
    if constexpr (Full == when_full::reuse)
      if (number + room_ <= current_) return nullptr;
    return reinterpret_cast<const record_head*>(table_[slot(number)].begin + (address - 1) % bytes_);
  }

  /// Takes the event out of a record, with zeros over it; the record stays.
  void erase(link address, std::uint16_t tag_of_erased) noexcept {
    auto* const head = const_cast<record_head*>(at(address));
    head->tag = tag_of_erased;
    std::memset(reinterpret_cast<std::byte*>(head) + head_size, 0, head->size - head_size);
  }

  static const void* payload(const record_head& head) noexcept { return reinterpret_cast<const std::byte*>(&head) + head_size; }
  static origin from(const record_head& head) noexcept {
    if constexpr (Traced) return reinterpret_cast<const trace_head*>(&head + 1)->from;
    else return {};
  }

  /// Tells positions of records whose addresses ascend: it counts from the begin of each one's segment.
  class places {
   public:
    explicit places(const records& all) noexcept : all_(all) {}
    /// For an address that is kept, not below the one before.
    std::uint64_t position(link address) noexcept {
      const std::uint64_t start = all_.start_of((address - 1) / all_.bytes_);
      if (at_ == 0 || start != all_.start_of((at_ - 1) / all_.bytes_)) {
        at_ = start * all_.bytes_ + 1;
        before_ = all_.table_[all_.slot(start)].before;
      }
      for (; at_ != address; ++before_) at_ += (all_.at(at_)->size + 7u) & ~7u;
      return before_ + 1;
    }

   private:
    const records& all_;
    link at_ = 0;
    std::uint64_t before_ = 0;
  };

  /// Calls visit(head, position) for each kept record from a mark up to another, in order. For a few records; `reading` is for many.
  template <class Visit>
  void each(mark begin, mark end, Visit&& visit) const {
    std::uint64_t position = begin.records;
    link address = begin.address;
    while (position < end.records) {
      if constexpr (Full == when_full::reuse)
        if ((address - 1) / bytes_ + room_ <= current_) more_than_the_store_can_hold();
      const std::uint64_t start = start_of((address - 1) / bytes_);
      if (start < current_ && address - 1 - start * bytes_ == table_[slot(start)].used) {
        address = after(start) * bytes_ + 1;
        continue;
      }
      const record_head& head = *at(address);
      address += (head.size + 7u) & ~7u;
      visit(head, ++position);
    }
  }

  /// Reads records one after another, from a mark up to a position that was reached when it was made. Where it is asks for no segment but at
  /// its end, which makes it several times as fast as `each`. What is appended meanwhile does not disturb it.
  class reading {
   public:
    reading(const records& all, mark begin, std::uint64_t last) noexcept
        : all_(all), address_(begin.address), position_(begin.records), last_(last) {}

    /// The next record; nullptr after the last one.
    [[gnu::always_inline]] const record_head* next() noexcept {
      if (position_ >= last_) return nullptr;
      if (at_ == end_) [[unlikely]] {
        const stretch next = stretch_after(all_, at_ == nullptr ? address_ : 0, number_);
        at_ = next.begin;
        end_ = next.end;
        number_ = next.number;
      }
      if constexpr (Full == when_full::reuse)
        if (number_ + all_.room_ <= all_.current_) more_than_the_store_can_hold();
      const auto* const head = reinterpret_cast<const record_head*>(at_);
      at_ += (head->size + 7u) & ~7u;
      ++position_;
      return head;
    }
    /// Of the record that `next` gave.
    std::uint64_t position() const noexcept { return position_; }
    /// The place behind it.
    mark here() const noexcept {
      if (at_ == nullptr) return {address_, position_};
      return {number_ * all_.bytes_ + static_cast<link>(at_ - all_.table_[all_.slot(number_)].begin) + 1, position_};
    }

   private:
    struct stretch {
      const std::byte *begin, *end;  ///< the current segment has no end here: last_ lies in it
      std::uint64_t number;
    };
    // Records from an address, or after a segment where that is 0. Takes and gives values: were `this` handed out, whoever reads would
    // keep his place in memory, and wait for it at each record.
    [[gnu::noinline]] static stretch stretch_after(const records& all, link address, std::uint64_t number) noexcept {
      stretch found{nullptr, nullptr, number};
      do {
        found.number = all.start_of(address != 0 ? (address - 1) / all.bytes_ : all.after(found.number));
        const segment& s = all.table_[all.slot(found.number)];
        found.begin = s.begin + (address != 0 ? address - 1 - found.number * all.bytes_ : 0);
        found.end = found.number < all.current_ ? s.begin + s.used : nullptr;
        address = 0;
      } while (found.begin == found.end);
      return found;
    }

    const records& all_;
    link address_;
    std::uint64_t position_, last_;
    const std::byte* at_ = nullptr;
    const std::byte* end_ = nullptr;
    std::uint64_t number_ = 0;
  };

  /// The first record that is still kept.
  mark first() const noexcept {
    if constexpr (Full == when_full::reuse)
      if (current_ >= room_) return {(current_ - room_ + 1) * bytes_ + 1, table_[slot(current_ - room_ + 1)].before};
    return {1, 0};
  }

  /// A place at or before this position, to read on from: where a reading was left, or the beginning of a segment. Of a position that is kept.
  mark nearest(std::uint64_t position) const noexcept {
    const mark begin = first();
    if (position <= begin.records) return begin;
    std::uint64_t low = (begin.address - 1) / bytes_, high = current_;
    while (low < high) {  // the last segment that was entered with no more records
      const std::uint64_t middle = low + (high - low + 1) / 2;
      if (table_[slot(start_of(middle))].before <= position) low = middle;
      else high = middle - 1;
    }
    low = start_of(low);
    const mark found{low * bytes_ + 1, table_[slot(low)].before};
    const bool is_better = left_.records > found.records && left_.records <= position && left_.address >= begin.address;
    return is_better ? left_ : found;
  }
  /// Where a reading was left; who reads on finds it by `nearest`, as long as it is not cut off.
  void leave(mark at) const noexcept { left_ = at; }

  /// Forgets every record after the mark. Only while none of them has overwritten an old one.
  void cut(mark to) noexcept {
    if (left_.records > to.records) left_ = {1, 0};
    const std::uint64_t number = (to.address - 1) / bytes_;
    if (count_of_records_ == to.records) return;
    const std::uint64_t start = start_of(number);
    enter_at(start, static_cast<std::size_t>(to.address - 1 - start * bytes_));
    count_of_records_ = to.records;
  }

 private:
  struct segment {
    std::byte* begin = nullptr;
    std::uint64_t owned = 0;   ///< bytes allocated here; 0 where it continues an earlier one
    std::uint64_t back = 0;    ///< how many segments before this one that earlier one is
    std::uint64_t used = 0;    ///< bytes of records, known once the segment is left
    std::uint64_t before = 0;  ///< records put before this segment was entered
  };

  std::size_t slot(std::uint64_t segment_number) const noexcept {
    if constexpr (Full == when_full::reuse) return static_cast<std::size_t>(segment_number % room_);
    else return static_cast<std::size_t>(segment_number);
  }
  // A record larger than a segment takes several in a row, which are filled and left as one.
  std::uint64_t start_of(std::uint64_t number) const noexcept { return number - table_[slot(number)].back; }
  std::uint64_t after(std::uint64_t start) const noexcept {
    const std::uint64_t owned = table_[slot(start)].owned;
    return start + (owned == 0 ? 1 : owned / bytes_);
  }

  void enter(std::uint64_t number) noexcept { enter_at(number, 0); }
  void enter_at(std::uint64_t number, std::size_t place) noexcept {
    current_ = number;
    segment& s = table_[slot(number)];
    at_ = s.begin + place;
    end_ = s.begin + (s.owned != 0 ? static_cast<std::size_t>(s.owned) : bytes_);
    bias_ = number * bytes_ + 1 - static_cast<link>(reinterpret_cast<std::uintptr_t>(s.begin));
  }

  [[gnu::noinline]] bool next_segment(std::size_t size) {
    if (count_ != 0) table_[slot(current_)].used = static_cast<std::uint64_t>(at_ - table_[slot(current_)].begin);
    std::uint64_t number = 0;
    if constexpr (Full == when_full::grow) {
      number = count_ == 0 ? 0 : after(current_);
      if (number < count_ && table_[number].owned < size) release(number);  // left over after a cut, and too small
      if (number == count_) add_segments((size + bytes_ - 1) / bytes_);
    } else {
      number = current_ + 1;
      const bool fits = size <= bytes_;
      if constexpr (Full == when_full::refuse) {
        if (!fits || number >= count_) return false;
      } else {
        if (!fits) more_than_the_store_can_hold();
      }
    }
    enter(number);
    table_[slot(number)].before = count_of_records_;
    return true;
  }

  void add_segments(std::size_t wanted) {
    if (count_ + wanted > room_) {
      const std::size_t room = (room_ + wanted) * 2 + 14;
      segment* const table = new segment[room];
      for (std::size_t i = 0; i < count_; ++i) table[i] = table_[i];
      delete[] table_;
      table_ = table;
      room_ = room;
    }
    std::byte* const block = static_cast<std::byte*>(::operator new(wanted * bytes_, std::align_val_t{64}));
    for (std::size_t i = 0; i < wanted; ++i) table_[count_ + i] = {block + i * bytes_, i == 0 ? wanted * bytes_ : 0, i};
    count_ += wanted;
  }

  // Gives back the segments from this number on.
  void release(std::uint64_t number) noexcept {
    for (std::size_t i = static_cast<std::size_t>(number); i < count_; ++i)
      if (table_[i].owned != 0) ::operator delete(table_[i].begin, std::align_val_t{64});
    count_ = static_cast<std::size_t>(number);
  }

  void swap(records& other) noexcept {
    const auto exchange = [](auto& a, auto& b) {
      auto t = a;
      a = b;
      b = t;
    };
    exchange(at_, other.at_);
    exchange(end_, other.end_);
    exchange(bias_, other.bias_);
    exchange(count_of_records_, other.count_of_records_);
    exchange(current_, other.current_);
    exchange(table_, other.table_);
    exchange(count_, other.count_);
    exchange(room_, other.room_);
    exchange(bytes_, other.bytes_);
    exchange(left_, other.left_);
  }

  std::byte* at_ = nullptr;
  std::byte* end_ = nullptr;
  link bias_ = 1;  ///< what turns a machine address within the current segment into a link
  std::uint64_t count_of_records_ = 0;
  std::uint64_t current_ = 0;  ///< number of the current segment since the beginning
  segment* table_ = nullptr;
  std::size_t count_ = 0;
  std::size_t room_ = 0;
  std::size_t bytes_ = 4096;
  mutable mark left_{1, 0};
};

}  // namespace detail

}  // namespace gesta
