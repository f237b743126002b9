// A place for views in memory: tables of rows, and what is known of who fills them. The readable reference of a view store.
// Floor: store.
// May include: detail, message, react, model/diagnostic.hpp, store.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gesta/detail/hana.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/store/letter.hpp>
#include <gesta/store/progress.hpp>
#include <gesta/store/rows_in_memory.hpp>

namespace gesta {

namespace detail {

/// A row as it was before the open unit changed it.
template <class Rows>
struct row_before {
  typename Rows::key_type key{};
  typename Rows::row_type row{};
  bool existed = false;
};
template <class Rows>
struct rows_before {
  using row_type = row_before<Rows>;
  using key_type = typename Rows::key_type;
  static constexpr bool has_key = Rows::has_key;
  static constexpr bool is_dense = false;
  static constexpr const key_type& key_of(const row_type& before) noexcept { return before.key; }
  static constexpr void set_key(row_type& before, const key_type& key) { before.key = key; }
};

/// A table whose changes can be taken back. While a unit is open, each row that is asked for to be changed is first kept as it was, once; else
/// nothing is kept.
template <class Rows>
class taken_back_rows {
 public:
  using row_type = typename Rows::row_type;
  using key_type = typename Rows::key_type;
  using table_type = table_in_memory<Rows>;
  static constexpr bool is_ordered = table_type::is_ordered;

  template <class Given>
  const row_type* find(const Given& key) const {
    return rows_.find(key);
  }
  row_type* find_or_add(const key_type& key) {
    if (is_open_) keep(key);
    return rows_.find_or_add(key);
  }
  bool erase(const key_type& key) {
    if (is_open_) keep(key);
    return rows_.erase(key);
  }
  template <class Visit>
  bool each(Visit&& visit) const {
    return rows_.each(visit);
  }
  bool clear() {
    if (!is_open_ || is_cleared_) return rows_.clear();
    cleared_ = static_cast<table_type&&>(rows_);
    is_cleared_ = true;
    rows_ = table_type{};
    return true;
  }
  std::size_t size() const noexcept { return rows_.size(); }
  bool flush() noexcept { return true; }

  void begin() noexcept { is_open_ = true; }
  void commit() { end(); }
  void rollback() {
    if (is_cleared_) rows_ = static_cast<table_type&&>(cleared_);
    before_.each([this](const row_before<Rows>& before) {
      if (before.existed) *rows_.find_or_add(before.key) = before.row;
      else rows_.erase(before.key);
    });
    end();
  }

 private:
  void keep(const key_type& key) {
    if (is_cleared_) return;  // the whole table is kept
    const std::size_t kept = before_.size();
    row_before<Rows>* const before = before_.find_or_add(key);
    if (before_.size() == kept) return;
    if (const row_type* const row = rows_.find(key)) {
      before->row = *row;
      before->existed = true;
    }
  }
  void end() {
    is_open_ = false;
    if (before_.size() != 0) before_.clear();
    if (is_cleared_) cleared_ = table_type{};
    is_cleared_ = false;
  }

  table_type rows_;
  table_type cleared_;
  table_in_memory<rows_before<Rows>> before_;
  bool is_open_ = false;
  bool is_cleared_ = false;
};

/// Rows of the store's own, which are no projection's.
template <class Row, class Key, Key Row::* Field>
struct own_rows {
  using row_type = Row;
  using key_type = Key;
  static constexpr bool has_key = true;
  static constexpr bool is_dense = false;
  static constexpr const key_type& key_of(const row_type& row) noexcept { return row.*Field; }
  static constexpr void set_key(row_type& row, const key_type& key) { row.*Field = key; }
};

struct kept_progress {
  std::string consumer;
  progress state;
};
struct place_of_letter {
  std::string consumer;
  std::uint64_t position = 0;
  std::string key;
};
struct kept_letter {
  place_of_letter place;
  letter what;
};
struct due_letter {
  place_of_letter place;
  timestamp due;
};
struct key_of_letters {
  std::string consumer;
  std::string key;
};
struct blocked_key {
  key_of_letters of;
  std::uint64_t letters = 0;  ///< that are open
};

}  // namespace detail

/// Views in memory: `gesta::memory_views{}`. They cannot fail, and are gone when the program ends.
struct memory_views {
  /// The opened store for some projections; fulfils gesta::opened_views. Neither copyable nor movable.
  template <class... Projection>
  class opened;
};

template <class... Projection>
class memory_views::opened {
 public:
  explicit opened(const memory_views& = {}) {}
  opened(const opened&) = delete;
  opened& operator=(const opened&) = delete;

  const failure* broken() const noexcept { return nullptr; }
  const failure& last_failure() const noexcept { return failure_; }

  bool begin() {
    each_table([](auto& table) { table.begin(); });
    return true;
  }
  bool commit() {
    each_table([](auto& table) { table.commit(); });
    return true;
  }
  void rollback() {
    each_table([](auto& table) { table.rollback(); });
  }

  bool load(std::string_view consumer, progress& state) const {
    const auto* const known = consumers_.find(consumer);
    state = known != nullptr ? known->state : progress{};
    return true;
  }
  bool save(std::string_view consumer, const progress& state) {
    consumers_.find_or_add(std::string(consumer))->state = state;
    return true;
  }

  template <class Wanted>
  auto& table() noexcept {
    constexpr bool is_opened = detail::contains<Wanted, projections>;
    (void)sizeof(diagnostic::view_not_opened<is_opened, Wanted>);
    return detail::value_at<is_opened ? detail::index_of<Wanted, projections> : 0>(tables_);
  }

  bool put(std::string_view consumer, const letter& one) {
    drop(consumer, one);
    letters_.find_or_add(place_of(consumer, one))->what = one;
    if (one.due.nanoseconds != 0) due_.find_or_add(place_of(consumer, one))->due = one.due;
    if (one.discarded.empty()) ++blocked_.find_or_add({std::string(consumer), one.key})->letters;
    return true;
  }
  bool drop(std::string_view consumer, const letter& one) {
    const detail::place_of_letter place = place_of(consumer, one);
    const auto* const known = letters_.find(place);
    if (known == nullptr) return true;
    const detail::key_of_letters of{place.consumer, place.key};
    if (known->what.due.nanoseconds != 0) due_.erase(place);
    if (known->what.discarded.empty() && --blocked_.find_or_add(of)->letters == 0) blocked_.erase(of);
    return letters_.erase(place);
  }
  /// Of those that are there when it begins: visit may put and drop letters.
  template <class Visit>
  bool each_letter(std::string_view consumer, Visit&& visit) const {
    std::vector<letter> all;
    letters_.each([&](const detail::kept_letter& one) {
      if (one.place.consumer == consumer) all.push_back(one.what);
    });
    std::sort(all.begin(), all.end(), [](const letter& a, const letter& b) {
      return a.position != b.position ? a.position < b.position : a.key < b.key;
    });
    for (const letter& one : all)
      if (!detail::visit_one(visit, one)) break;
    return true;
  }
  /// Costs as many steps as letters have a time, and where one of them is due, as there are letters.
  template <class Visit>
  bool each_due(std::string_view consumer, timestamp now, std::size_t most_keys, Visit&& visit) const {
    std::vector<std::string> keys;
    if (due_.size() == 0) return true;
    due_.each([&](const detail::due_letter& one) {
      if (one.place.consumer == consumer && one.due.nanoseconds <= now.nanoseconds && keys.size() < most_keys) keys.push_back(one.place.key);
    });
    if (keys.empty()) return true;
    std::sort(keys.begin(), keys.end());
    return each_letter(consumer, [&](const letter& one) {
      return !one.discarded.empty() || !std::binary_search(keys.begin(), keys.end(), one.key) || detail::visit_one(visit, one);
    });
  }
  bool find_letter(std::string_view consumer, std::uint64_t position, std::string_view key, letter& one, bool& found) const {
    const auto* const known = letters_.find(detail::place_of_letter{std::string(consumer), position, std::string(key)});
    found = known != nullptr;
    if (found) one = known->what;
    return true;
  }
  bool any_letter(std::string_view consumer, bool& any) const {
    any = false;
    if (letters_.size() != 0) blocked_.each([&](const detail::blocked_key& one) { return !(any = one.of.consumer == consumer); });
    return true;
  }
  bool is_blocked(std::string_view consumer, std::string_view key, bool& blocked) const {
    blocked = letters_.size() != 0 && blocked_.find(detail::key_of_letters{std::string(consumer), std::string(key)}) != nullptr;
    return true;
  }

 private:
  using projections = detail::types<Projection...>;

  static detail::place_of_letter place_of(std::string_view consumer, const letter& one) { return {std::string(consumer), one.position, one.key}; }

  template <class Visit>
  void each_table(Visit&& visit) {
    [&]<std::size_t... I>(detail::indices<I...>) { (visit(detail::value_at<I>(tables_)), ...); }(detail::make_indices<sizeof...(Projection)>{});
    visit(consumers_);
    visit(letters_);
    visit(due_);
    visit(blocked_);
  }

  detail::values<detail::taken_back_rows<detail::projected_rows<Projection>>...> tables_;
  detail::taken_back_rows<detail::own_rows<detail::kept_progress, std::string, &detail::kept_progress::consumer>> consumers_;
  detail::taken_back_rows<detail::own_rows<detail::kept_letter, detail::place_of_letter, &detail::kept_letter::place>> letters_;
  detail::taken_back_rows<detail::own_rows<detail::due_letter, detail::place_of_letter, &detail::due_letter::place>> due_;
  detail::taken_back_rows<detail::own_rows<detail::blocked_key, detail::key_of_letters, &detail::blocked_key::of>> blocked_;
  failure failure_;
};

}  // namespace gesta
