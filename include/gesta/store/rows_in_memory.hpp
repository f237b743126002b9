// Rows in memory: found by the hash of their keys, or by the number that the key is.
// Floor: store.
// May include: detail, message, react, store/row_table.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/message/key.hpp>
#include <gesta/react/rows.hpp>
#include <gesta/store/row_table.hpp>

namespace gesta {

namespace detail {

/// A row's own key, made of one as callers give it.
template <class Key>
constexpr Key key_of_row(const key_value<Key>& given) {
  if constexpr (std::is_same_v<Key, key_value<Key>>) return given;
  else return Key(given.data, given.size);
}
template <class Key>
[[gnu::always_inline]] constexpr bool is_key_of_row(const Key& own, const key_value<Key>& given) noexcept {
  if constexpr (key_string<Key>) return detail::key_text_of(own) == detail::key_text_of(given);
  else return gesta::same_key(own, given);
}

/// visit(row) until it gives false.
template <class Visit, class Row>
[[gnu::always_inline]] inline bool visit_one(Visit& visit, const Row& row) {
  if constexpr (std::is_void_v<decltype(visit(row))>) return visit(row), true;
  else return static_cast<bool>(visit(row));
}

/// A row, and a part of the hash of its key; 0: nothing is here.
template <class Row>
struct slot_of_row {
  std::uint32_t mark = 0;
  Row row{};
};
template <class Slot>
inline constexpr std::size_t slot_alignment = [] {
  std::size_t line = alignof(Slot);
  while (line < sizeof(Slot) && line < 64) line *= 2;
  return line;
}();
/// Up to 64 bytes it never straddles two cache lines, and no two of them share what is fetched in vain.
template <class Row>
struct alignas(sizeof(slot_of_row<Row>) <= 64 ? slot_alignment<slot_of_row<Row>> : alignof(slot_of_row<Row>)) aligned_slot : slot_of_row<Row> {};

}  // namespace detail

/// Rows found by the hash of their keys. Open addressing, the rows in the table itself: to find one costs one place of memory. At most three
/// quarters full; then it is made anew with twice the places, which moves all rows. Nothing is allocated while the keys stay the same.
template <class Rows>
class hashed_rows {
 public:
  using row_type = typename Rows::row_type;
  using key_type = typename Rows::key_type;
  static constexpr bool is_ordered = false;

  hashed_rows() : slots_(new slot[least]()) {}
  hashed_rows(hashed_rows&& other) : hashed_rows() { swap(other); }
  hashed_rows& operator=(hashed_rows&& other) noexcept {
    swap(other);
    return *this;
  }
  ~hashed_rows() { delete[] slots_; }

  /// Room for so many rows without growing, touched now.
  void reserve(std::size_t rows) {
    unsigned bits = 32 - shift_;
    while (most_in(bits) < rows) ++bits;
    if (bits != 32 - shift_) resize(bits);
  }

  /// What finds a row fast when it is asked for again: the hash of its key.
  template <key_argument<key_type> Given>
  [[gnu::always_inline]] static std::uint32_t place_of(const Given& given) noexcept {
    return static_cast<std::uint32_t>(key_hash(key_value_of<key_type>(given)) >> 32) | 1u;
  }
  /// Brings near what will be looked at.
  [[gnu::always_inline]] void prefetch(std::uint32_t place) const noexcept { __builtin_prefetch(slots_ + (place >> shift_), 1); }

  /// The row of a key; nullptr when there is none.
  template <key_argument<key_type> Given>
  const row_type* find(const Given& given) const {
    const slot& found = slot_of(given, place_of(given));
    return found.mark == 0 ? nullptr : &found.row;
  }
  template <key_argument<key_type> Given>
  row_type* find_or_add(const Given& given) {
    return find_or_add(given, place_of(given));
  }
  template <key_argument<key_type> Given>
  [[gnu::always_inline]] row_type* find_or_add(const Given& given, std::uint32_t place) {
    slot& found = slot_of(given, place);
    if (found.mark != 0) [[likely]] return &found.row;
    return add(detail::key_of_row<key_type>(key_value_of<key_type>(given)), place);
  }
  template <key_argument<key_type> Given>
  bool erase(const Given& given) {
    slot* hole = &slot_of(given, place_of(given));
    if (hole->mark == 0) return true;
    const std::size_t mask = this->mask();
    // What was put behind the hole because its own place was taken moves up.
    for (std::size_t at = next(static_cast<std::size_t>(hole - slots_)); slots_[at].mark != 0; at = next(at)) {
      const std::size_t home = slots_[at].mark >> shift_;
      const auto to = static_cast<std::size_t>(hole - slots_);
      if (((at - home) & mask) < ((at - to) & mask)) continue;
      *hole = static_cast<slot&&>(slots_[at]);
      hole = slots_ + at;
    }
    *hole = slot{};
    --count_;
    return true;
  }
  template <class Visit>
  bool each(Visit&& visit) const {
    std::size_t left = count_;
    for (std::size_t at = 0; left != 0; ++at) {
      if (slots_[at].mark == 0) continue;
      if (!detail::visit_one(visit, slots_[at].row)) break;
      --left;
    }
    return true;
  }
  bool clear() {
    hashed_rows none;
    swap(none);
    return true;
  }
  std::size_t size() const noexcept { return count_; }

 private:
  using slot = detail::aligned_slot<row_type>;
  static constexpr std::size_t least = 16;
  static constexpr std::size_t most_in(unsigned bits) noexcept { return (std::size_t{1} << bits) / 4 * 3; }

  std::size_t mask() const noexcept { return (std::size_t{1} << (32 - shift_)) - 1; }
  std::size_t next(std::size_t at) const noexcept { return (at + 1) & mask(); }

  // The upper bits of the mark are the place: twice the places keep the order of all rows.
  template <class Given>
  [[gnu::always_inline]] slot& slot_of(const Given& given, std::uint32_t place) const {
    const key_value<key_type> key = key_value_of<key_type>(given);
    for (std::size_t at = place >> shift_;; at = next(at)) {
      slot& s = slots_[at];
      if (s.mark == 0 || (s.mark == place && detail::is_key_of_row<key_type>(Rows::key_of(s.row), key))) return s;
    }
  }
  slot& free_slot(std::uint32_t place) const {
    std::size_t at = place >> shift_;
    while (slots_[at].mark != 0) at = next(at);
    return slots_[at];
  }
  [[gnu::noinline]] row_type* add(const key_type& key, std::uint32_t place) {
    if (count_ == most_in(32 - shift_)) resize(32 - shift_ + 1);
    slot& s = free_slot(place);
    s.mark = place;
    Rows::set_key(s.row, key);
    ++count_;
    return &s.row;
  }
  void resize(unsigned bits) {
    if (bits > 31) detail::key_is_out_of_range();
    slot* const old = slots_;
    const std::size_t count = mask() + 1;
    slots_ = new slot[std::size_t{1} << bits]();
    shift_ = 32 - bits;
    for (std::size_t at = 0; at < count; ++at)
      if (old[at].mark != 0) free_slot(old[at].mark) = static_cast<slot&&>(old[at]);
    delete[] old;
  }
  void swap(hashed_rows& other) noexcept {
    slot* const slots = slots_;
    const std::size_t count = count_;
    const unsigned shift = shift_;
    slots_ = other.slots_, count_ = other.count_, shift_ = other.shift_;
    other.slots_ = slots, other.count_ = count, other.shift_ = shift;
  }

  slot* slots_;
  std::size_t count_ = 0;
  unsigned shift_ = 28;
};

/// Rows whose keys are the numbers from 0 on: they lie in an array, as long as the highest number that there was. A place without a row holds
/// another number than its own, so that to find one costs one place of memory.
template <class Rows>
class dense_rows {
 public:
  using row_type = typename Rows::row_type;
  using key_type = typename Rows::key_type;
  static constexpr bool is_ordered = true;

  dense_rows() = default;
  dense_rows(dense_rows&& other) noexcept { swap(other); }
  dense_rows& operator=(dense_rows&& other) noexcept {
    swap(other);
    return *this;
  }
  ~dense_rows() { delete[] rows_; }

  /// Room for the rows 0 to n - 1 without growing, touched now.
  void reserve(std::size_t rows) {
    if (rows > room_) resize(rows);
  }

  template <key_argument<key_type> Given>
  [[gnu::always_inline]] static std::size_t place_of(const Given& given) noexcept {
    return static_cast<std::size_t>(given);
  }
  [[gnu::always_inline]] void prefetch(std::size_t place) const noexcept { __builtin_prefetch(rows_ + place, 1); }

  template <key_argument<key_type> Given>
  const row_type* find(const Given& given) const {
    const std::size_t place = place_of(given);
    return place < room_ && is_here(place) ? rows_ + place : nullptr;
  }
  /// A number below 0, or one that takes 2^32 places, ends the program.
  template <key_argument<key_type> Given>
  row_type* find_or_add(const Given& given) {
    return find_or_add(given, place_of(given));
  }
  template <key_argument<key_type> Given>
  [[gnu::always_inline]] row_type* find_or_add(const Given&, std::size_t place) {
    if (place < room_ && is_here(place)) [[likely]] return rows_ + place;
    return add(place);
  }
  template <key_argument<key_type> Given>
  bool erase(const Given& given) {
    const std::size_t place = place_of(given);
    if (place >= room_ || !is_here(place)) return true;
    rows_[place] = row_type{};
    Rows::set_key(rows_[place], elsewhere(place));
    --count_;
    return true;
  }
  template <class Visit>
  bool each(Visit&& visit) const {
    std::size_t left = count_;
    for (std::size_t place = 0; left != 0; ++place) {
      if (!is_here(place)) continue;
      if (!detail::visit_one(visit, rows_[place])) break;
      --left;
    }
    return true;
  }
  bool clear() {
    dense_rows none;
    swap(none);
    return true;
  }
  std::size_t size() const noexcept { return count_; }

 private:
  static key_type elsewhere(std::size_t place) noexcept { return static_cast<key_type>(place ^ 1u); }
  [[gnu::always_inline]] bool is_here(std::size_t place) const noexcept { return Rows::key_of(rows_[place]) == static_cast<key_type>(place); }

  [[gnu::noinline]] row_type* add(std::size_t place) {
    if (place >= room_) {
      if (place >= 0xffffffffu) detail::key_is_out_of_range();
      std::size_t room = room_ == 0 ? 64 : room_;
      while (room <= place) room *= 2;
      resize(room);
    }
    Rows::set_key(rows_[place], static_cast<key_type>(place));
    ++count_;
    return rows_ + place;
  }
  void resize(std::size_t room) {
    row_type* const old = rows_;
    rows_ = new row_type[room]();
    for (std::size_t place = 0; place < room_; ++place) rows_[place] = static_cast<row_type&&>(old[place]);
    for (std::size_t place = room_; place < room; ++place) Rows::set_key(rows_[place], elsewhere(place));
    room_ = room;
    delete[] old;
  }
  void swap(dense_rows& other) noexcept {
    row_type* const rows = rows_;
    const std::size_t room = room_, count = count_;
    rows_ = other.rows_, room_ = other.room_, count_ = other.count_;
    other.rows_ = rows, other.room_ = room, other.count_ = count;
  }

  row_type* rows_ = nullptr;
  std::size_t room_ = 0;
  std::size_t count_ = 0;
};

/// The table of a view that is one row.
template <class Rows>
class single_row {
 public:
  using row_type = typename Rows::row_type;
  using key_type = only_row;
  static constexpr bool is_ordered = true;

  const row_type* find(only_row) const { return is_here_ ? &row_ : nullptr; }
  row_type* find_or_add(only_row) {
    is_here_ = true;
    return &row_;
  }
  bool erase(only_row) { return clear(); }
  template <class Visit>
  bool each(Visit&& visit) const {
    if (is_here_) (void)detail::visit_one(visit, row_);
    return true;
  }
  bool clear() {
    row_ = row_type{};
    is_here_ = false;
    return true;
  }
  std::size_t size() const noexcept { return is_here_ ? 1 : 0; }

 private:
  row_type row_{};
  bool is_here_ = false;
};

namespace detail {

template <class Rows>
using table_in_memory = std::conditional_t<!Rows::has_key, single_row<Rows>, std::conditional_t<Rows::is_dense, dense_rows<Rows>, hashed_rows<Rows>>>;

/// What holds the rows of a projection in memory.
template <class Projection>
using rows_in_memory = table_in_memory<projected_rows<Projection>>;

}  // namespace detail

}  // namespace gesta
