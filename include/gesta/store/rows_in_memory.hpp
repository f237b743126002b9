// Rows in memory: found by the hash of their keys, or in an array by the number that the key is.
// Floor: store.
// May include: detail, message, react, store/numbered_rows.hpp, store/row_table.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/message/key.hpp>
#include <gesta/react/rows.hpp>
#include <gesta/store/numbered_rows.hpp>
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
  return sizeof(Slot) <= 64 ? line : alignof(Slot);
}();
template <class Row>
struct alignas(slot_alignment<slot_of_row<Row>>) aligned_slot : slot_of_row<Row> {};

/// As many slots as a cache line has room for: where one of them is looked at the others cost nothing.
template <class Slot>
inline constexpr std::size_t group_alignment = sizeof(Slot) <= 64 ? 64 : alignof(Slot);
template <class Row>
struct alignas(group_alignment<aligned_slot<Row>>) group_of_rows {
  using slot = aligned_slot<Row>;
  static constexpr std::size_t count = sizeof(slot) <= 32 ? 64 / sizeof(slot) : 1;

  slot slots[count];

  /// The slot with this mark, where one alone has it; else any.
  [[gnu::always_inline]] slot& with_mark(std::uint32_t mark) noexcept {
    std::size_t at = 0;  // no branch: it would be mispredicted as often as not, and what comes after it would wait for this line
    for (std::size_t i = 1; i < count; ++i) at += i * std::size_t{slots[i].mark == mark};
    return slots[at % count];
  }
};

}  // namespace detail

/// Rows found by the hash of their keys, which are no numbers. Open addressing, the rows in the table itself, line by line: to find one costs one place of memory. At
/// most five eighths full; then it is made anew with twice the places, which moves all rows. Nothing is allocated while the keys stay the same.
template <class Rows>
class hashed_rows {
 public:
  using row_type = typename Rows::row_type;
  using key_type = typename Rows::key_type;
  static constexpr bool is_ordered = false;

  hashed_rows() : groups_(new group[std::size_t{1} << least]()) {}
  hashed_rows(hashed_rows&& other) : hashed_rows() { swap(other); }
  hashed_rows& operator=(hashed_rows&& other) noexcept {
    swap(other);
    return *this;
  }
  ~hashed_rows() { delete[] groups_; }

  /// Room for so many rows without growing, touched now.
  void reserve(std::size_t rows) {
    unsigned bits = this->bits();
    while (most_in(bits) < rows) ++bits;
    if (bits != this->bits()) resize(bits);
  }

  /// What finds a row fast when it is asked for again: the hash of its key.
  using place_type = std::uint32_t;
  template <key_argument<key_type> Given>
  [[gnu::always_inline]] static place_type place_of(const Given& given) noexcept {
    return static_cast<std::uint32_t>(key_hash(key_value_of<key_type>(given)) >> 32) | 1u;
  }
  /// Brings near what will be looked at.
  [[gnu::always_inline]] void prefetch(place_type place) const noexcept { __builtin_prefetch(groups_ + (place >> shift_), 1); }

  /// The row of a key; nullptr when there is none.
  template <key_argument<key_type> Given>
  const row_type* find(const Given& given) const {
    const key_value<key_type> key = key_value_of<key_type>(given);
    const place_type place = place_of(given);
    slot& likely = groups_[place >> shift_].with_mark(place);
    if (is_of(likely, key, place)) return &likely.row;
    const slot* const found = search(key, place);
    return found == nullptr ? nullptr : &found->row;
  }
  template <key_argument<key_type> Given>
  [[gnu::always_inline]] row_type* find_or_add(const Given& given) {
    return find_or_add(given, place_of(given));
  }
  template <key_argument<key_type> Given>
  [[gnu::always_inline]] row_type* find_or_add(const Given& given, place_type place) {
    const key_value<key_type> key = key_value_of<key_type>(given);
    group* const own = groups_ + (place >> shift_);
    __builtin_prefetch(own + 1, 1);  // one row in ten stands there, and who has looked for it here would wait a second time
    slot& likely = own->with_mark(place);
    if (is_of(likely, key, place)) [[likely]] return &likely.row;
    return search_or_add(key, place);
  }
  template <key_argument<key_type> Given>
  bool erase(const Given& given) {
    slot* hole = search(key_value_of<key_type>(given), place_of(given));
    if (hole == nullptr) return true;
    std::size_t to = static_cast<std::size_t>(reinterpret_cast<const char*>(hole) - reinterpret_cast<const char*>(groups_)) / sizeof(group);
    // What was put further on because its own group was full moves up, until a group that never was full ends it.
    for (std::size_t at = to; is_full(at, hole);) {
      at = next(at);
      for (slot& s : groups_[at].slots) {
        if (s.mark == 0 || ((at - (s.mark >> shift_)) & mask()) < ((at - to) & mask())) continue;
        *hole = static_cast<slot&&>(s);
        hole = &s;
        to = at;
        break;
      }
    }
    *hole = slot{};
    --count_;
    return true;
  }
  template <class Visit>
  bool each(Visit&& visit) const {
    std::size_t left = count_;
    for (std::size_t at = 0; left != 0; ++at)
      for (const slot& s : groups_[at].slots) {
        if (s.mark == 0) continue;
        if (!detail::visit_one(visit, s.row)) return true;
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
  using group = detail::group_of_rows<row_type>;
  using slot = typename group::slot;
  static constexpr unsigned least = 3;  ///< bits of the smallest number of groups
  static constexpr std::size_t most_in(unsigned bits) noexcept { return (group::count << bits) / 8 * 5; }

  unsigned bits() const noexcept { return 32 - shift_; }
  std::size_t mask() const noexcept { return (std::size_t{1} << bits()) - 1; }
  std::size_t next(std::size_t at) const noexcept { return (at + 1) & mask(); }

  [[gnu::always_inline]] static bool is_of(const slot& s, const key_value<key_type>& key, place_type place) noexcept {
    return s.mark == place && detail::is_key_of_row<key_type>(Rows::key_of(s.row), key);
  }
  // The upper bits of the mark are the group: twice the groups keep the order of all rows.
  [[gnu::noinline]] slot* search(const key_value<key_type>& key, place_type place) const {
    for (std::size_t at = place >> shift_;; at = next(at)) {
      bool any_free = false;
      for (slot& s : groups_[at].slots) {
        if (is_of(s, key, place)) return &s;
        any_free = any_free || s.mark == 0;
      }
      if (any_free) return nullptr;
    }
  }
  slot& free_slot(place_type place) const {
    for (std::size_t at = place >> shift_;; at = next(at))
      for (slot& s : groups_[at].slots)
        if (s.mark == 0) return s;
  }
  bool is_full(std::size_t at, const slot* hole) const {
    for (const slot& s : groups_[at].slots)
      if (s.mark == 0 && &s != hole) return false;
    return true;
  }
  [[gnu::noinline]] row_type* search_or_add(const key_value<key_type>& key, place_type place) {
    if (slot* const found = search(key, place)) return &found->row;
    if (count_ == most_in(bits())) resize(bits() + 1);
    slot& s = free_slot(place);
    s.mark = place;
    Rows::set_key(s.row, detail::key_of_row<key_type>(key));
    ++count_;
    return &s.row;
  }
  void resize(unsigned bits) {
    if (bits > 31) detail::key_is_out_of_range();
    group* const old = groups_;
    const std::size_t count = mask() + 1;
    groups_ = new group[std::size_t{1} << bits]();
    shift_ = 32 - bits;
    for (std::size_t at = 0; at < count; ++at)
      for (slot& s : old[at].slots)
        if (s.mark != 0) free_slot(s.mark) = static_cast<slot&&>(s);
    delete[] old;
  }
  void swap(hashed_rows& other) noexcept {
    group* const groups = groups_;
    const std::size_t count = count_;
    const unsigned shift = shift_;
    groups_ = other.groups_, count_ = other.count_, shift_ = other.shift_;
    other.groups_ = groups, other.count_ = count, other.shift_ = shift;
  }

  group* groups_;
  std::size_t count_ = 0;
  unsigned shift_ = 32 - least;
};

/// Rows whose keys are the numbers from 0 on: they lie in an array, as long as the highest number that there was. A place without a row holds
/// another number than its own, so that nothing beside the rows is looked at.
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

  using place_type = std::size_t;
  template <key_argument<key_type> Given>
  [[gnu::always_inline]] static place_type place_of(const Given& given) noexcept {
    return static_cast<std::size_t>(given);
  }
  /// Brings near what will be looked at. Of a number without a place it is the address of nothing, which does no harm and is not asked for.
  [[gnu::always_inline]] void prefetch(place_type place) const noexcept {
    __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(rows_) + place * sizeof(row_type)), 1);
  }

  template <key_argument<key_type> Given>
  const row_type* find(const Given& given) const {
    const std::size_t place = place_of(given);
    return place < room_ && is_here(place) ? rows_ + place : nullptr;
  }
  /// A number below 0, or one that takes 2^32 places, ends the program.
  template <key_argument<key_type> Given>
  [[gnu::always_inline]] row_type* find_or_add(const Given& given) {
    return find_or_add(given, place_of(given));
  }
  template <key_argument<key_type> Given>
  [[gnu::always_inline]] row_type* find_or_add(const Given&, place_type place) {
    if (place >= room_) [[unlikely]] make_room(place);
    // Nothing is asked of the row, and it is not counted: whatever comes after a branch or a sum waits until the row is here.
    Rows::set_key(rows_[place], static_cast<key_type>(place));
    return rows_ + place;
  }
  template <key_argument<key_type> Given>
  bool erase(const Given& given) {
    const std::size_t place = place_of(given);
    if (place >= room_ || !is_here(place)) return true;
    rows_[place] = row_type{};
    Rows::set_key(rows_[place], elsewhere(place));
    return true;
  }
  template <class Visit>
  bool each(Visit&& visit) const {
    for (std::size_t place = 0; place < room_; ++place)
      if (is_here(place) && !detail::visit_one(visit, rows_[place])) break;
    return true;
  }
  bool clear() {
    dense_rows none;
    swap(none);
    return true;
  }
  /// Costs a step for each place.
  std::size_t size() const noexcept {
    std::size_t count = 0;
    for (std::size_t place = 0; place < room_; ++place) count += std::size_t{is_here(place)};
    return count;
  }

 private:
  static key_type elsewhere(std::size_t place) noexcept { return static_cast<key_type>(place ^ 1u); }
  [[gnu::always_inline]] bool is_here(std::size_t place) const noexcept { return Rows::key_of(rows_[place]) == static_cast<key_type>(place); }

  [[gnu::noinline]] void make_room(std::size_t place) {
    if (place >= 0xffffffffu) detail::key_is_out_of_range();
    std::size_t room = room_ == 0 ? 64 : room_;
    while (room <= place) room *= 2;
    resize(room);
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
    const std::size_t room = room_;
    rows_ = other.rows_, room_ = other.room_;
    other.rows_ = rows, other.room_ = room;
  }

  row_type* rows_ = nullptr;
  std::size_t room_ = 0;
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
using table_by_hash = std::conditional_t<key_number<typename Rows::key_type>, numbered_rows<Rows>, hashed_rows<Rows>>;
template <class Rows>
using table_in_memory = std::conditional_t<!Rows::has_key, single_row<Rows>, std::conditional_t<Rows::is_dense, dense_rows<Rows>, table_by_hash<Rows>>>;

/// What holds the rows of a projection in memory.
template <class Projection>
using rows_in_memory = table_in_memory<projected_rows<Projection>>;

}  // namespace detail

}  // namespace gesta
