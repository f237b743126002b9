// Rows in memory whose keys are numbers, found by their hash.
// Floor: store.
// May include: detail, message, react, store/row_table.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/message/key.hpp>
#include <gesta/react/rows.hpp>
#include <gesta/store/row_table.hpp>

namespace gesta {

/// Rows whose keys are numbers or enums, found by the hash of these. Open addressing, and nothing in the table but the rows: a place without a row
/// holds the key 0, and the row whose key that is has a place of its own. So the table is as small as the rows let it be, and more of it lies in the
/// caches. At most five eighths full; then it is made anew with twice the places, which moves all rows. Nothing is allocated while the keys stay the
/// same.
template <class Rows>
class numbered_rows {
 public:
  using row_type = typename Rows::row_type;
  using key_type = typename Rows::key_type;
  static constexpr bool is_ordered = false;

  numbered_rows() : rows_(blank(least)) {}
  numbered_rows(numbered_rows&& other) : numbered_rows() { swap(other); }
  numbered_rows& operator=(numbered_rows&& other) noexcept {
    swap(other);
    return *this;
  }
  ~numbered_rows() { delete[] rows_; }

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
    return hash(key_value_of<key_type>(given));
  }
  /// Brings near what will be looked at: a row, and the end of the next one, which may lie in another line of the cache.
  [[gnu::always_inline]] void prefetch(place_type place) const noexcept {
    const row_type* const first = rows_ + (place >> shift_);
    __builtin_prefetch(first, 1);
    __builtin_prefetch(reinterpret_cast<const char*>(first + 1) + (sizeof(row_type) < 64 ? sizeof(row_type) - 1 : 0), 1);
  }

  /// The row of a key; nullptr when there is none.
  template <key_argument<key_type> Given>
  const row_type* find(const Given& given) const {
    const key_type key = key_value_of<key_type>(given);
    if (key == none) return has_none_ ? rows_ + own_place() : nullptr;
    std::size_t at = hash(key) >> shift_;
    while (key_of(at) != key) {
      if (key_of(at) == none) return nullptr;
      at = next(at);
    }
    return rows_ + at;
  }
  template <key_argument<key_type> Given>
  [[gnu::always_inline]] row_type* find_or_add(const Given& given) {
    return find_or_add(given, place_of(given));
  }
  template <key_argument<key_type> Given>
  [[gnu::always_inline]] row_type* find_or_add(const Given& given, place_type place) {
    const key_type key = key_value_of<key_type>(given);
    if (key == none) [[unlikely]] return row_of_none();
    // Key by key, each asked first whether it is the one: where this is so the row is known before its line is here, and what comes next is begun.
    for (std::size_t at = place >> shift_;; at = next(at)) {
      if (key_of(at) == key) [[likely]] return rows_ + at;
      if (key_of(at) == none) return add(at, key);
    }
  }
  template <key_argument<key_type> Given>
  bool erase(const Given& given) {
    const row_type* const found = find(given);
    if (found == nullptr) return true;
    auto hole = static_cast<std::size_t>(found - rows_);
    if (hole == own_place()) has_none_ = false;
    else {
      // What stands further on than it wants to moves up, until a place without a row ends it.
      for (std::size_t at = next(hole); key_of(at) != none; at = next(at)) {
        if (((at - (hash(key_of(at)) >> shift_)) & mask()) < ((at - hole) & mask())) continue;
        rows_[hole] = static_cast<row_type&&>(rows_[at]);
        hole = at;
      }
    }
    make_blank(rows_[hole]);
    --count_;
    return true;
  }
  template <class Visit>
  bool each(Visit&& visit) const {
    if (has_none_ && !detail::visit_one(visit, rows_[own_place()])) return true;
    for (std::size_t at = 0; at != own_place(); ++at)
      if (key_of(at) != none && !detail::visit_one(visit, rows_[at])) break;
    return true;
  }
  bool clear() {
    numbered_rows blank;
    swap(blank);
    return true;
  }
  std::size_t size() const noexcept { return count_; }

 private:
  static constexpr key_type none{};
  static constexpr unsigned least = 4;  ///< bits of the smallest number of places
  static constexpr std::size_t most_in(unsigned bits) noexcept { return (std::size_t{1} << bits) / 8 * 5; }

  [[gnu::always_inline]] static place_type hash(key_type key) noexcept { return static_cast<place_type>(key_hash(key) >> 32); }
  static void make_blank(row_type& row) {
    row = row_type{};
    Rows::set_key(row, none);
  }
  static row_type* blank(unsigned bits) {
    const std::size_t count = (std::size_t{1} << bits) + 1;
    row_type* const rows = new row_type[count]();
    for (std::size_t i = 0; i < count; ++i) Rows::set_key(rows[i], none);
    return rows;
  }

  unsigned bits() const noexcept { return 32 - shift_; }
  std::size_t mask() const noexcept { return own_place() - 1; }
  std::size_t own_place() const noexcept { return std::size_t{1} << bits(); }  ///< of the row whose key is 0, behind all others
  std::size_t next(std::size_t at) const noexcept { return (at + 1) & mask(); }
  [[gnu::always_inline]] key_type key_of(std::size_t at) const noexcept { return Rows::key_of(rows_[at]); }

  [[gnu::noinline]] row_type* row_of_none() {
    count_ += std::size_t{!has_none_};
    has_none_ = true;
    return rows_ + own_place();
  }
  [[gnu::noinline]] row_type* add(std::size_t at, key_type key) {
    if (count_ >= most_in(bits())) {
      resize(bits() + 1);
      at = free_place(key);
    }
    Rows::set_key(rows_[at], key);
    ++count_;
    return rows_ + at;
  }
  std::size_t free_place(key_type key) const {
    std::size_t at = hash(key) >> shift_;
    while (key_of(at) != none) at = next(at);
    return at;
  }
  // The upper bits of the hash are the place: twice the places keep the order of all rows.
  void resize(unsigned bits) {
    if (bits > 31) detail::key_is_out_of_range();
    row_type* const old = rows_;
    const std::size_t count = own_place();
    rows_ = blank(bits);
    shift_ = 32 - bits;
    for (std::size_t at = 0; at < count; ++at)
      if (Rows::key_of(old[at]) != none) rows_[free_place(Rows::key_of(old[at]))] = static_cast<row_type&&>(old[at]);
    if (has_none_) rows_[own_place()] = static_cast<row_type&&>(old[count]);
    delete[] old;
  }
  void swap(numbered_rows& other) noexcept {
    row_type* const rows = rows_;
    const std::size_t count = count_;
    const unsigned shift = shift_;
    const bool has_none = has_none_;
    rows_ = other.rows_, count_ = other.count_, shift_ = other.shift_, has_none_ = other.has_none_;
    other.rows_ = rows, other.count_ = count, other.shift_ = shift, other.has_none_ = has_none;
  }

  row_type* rows_;
  std::size_t count_ = 0;
  unsigned shift_ = 32 - least;
  bool has_none_ = false;  ///< whether there is a row whose key is 0
};

}  // namespace gesta
