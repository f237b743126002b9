// What happened to a row of a table that somebody else keeps: inserted, updated, deleted, or all rows taken away at once. A kind of message of its
// own: no domain event (nobody decided it here), no integration event (nobody promised its shape), no command (it has happened already).
// Floor: capture.
// May include: detail, message, model/diagnostic.hpp, capture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/capture/row.hpp>
#include <gesta/detail/fixed_string.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/about.hpp>
#include <gesta/model/diagnostic.hpp>

namespace gesta {

/// Where a change stands in its source: compared first by `commit`, then by `index`. What is committed later stands later; a change that is
/// delivered again, after a crash or a cut connection, has the position it had. What the numbers are is the source's own affair.
struct source_position {
  std::uint64_t commit = 0;  ///< PostgreSQL: the LSN of the transaction's commit; SQLite: the number of the change
  std::uint64_t index = 0;   ///< PostgreSQL: the number of the change in its transaction, from 1; SQLite: 0

  friend constexpr bool operator==(const source_position&, const source_position&) = default;
  friend constexpr bool operator<(const source_position& a, const source_position& b) noexcept {
    return a.commit != b.commit ? a.commit < b.commit : a.index < b.index;
  }
  friend constexpr bool operator<=(const source_position& a, const source_position& b) noexcept { return !(b < a); }
};

/// What happened.
enum class operation : std::uint8_t {
  inserted,
  updated,
  deleted,
  truncated,  ///< all rows of the table were taken away at once, and the source does not say which they were
};

/// Why a column, or a whole image, is not there. None of these is NULL: that is a value, and an empty optional.
enum class absence : std::uint8_t {
  present,    ///< it is there
  never_was,  ///< there was no row: before an insertion, after a deletion
  not_told,   ///< the source does not tell the old row; PostgreSQL: under REPLICA IDENTITY DEFAULT only its key, where that went
  unchanged,  ///< a large value that the change left as it was, and that the source did not send; PostgreSQL: a TOASTed column
  no_column,  ///< the table had no such column when the change was made
};

/// What surrounds a change.
struct change_facts {
  source_position position{};
  std::uint64_t transaction = 0;  ///< the source's number of the transaction; 0 where it has none (SQLite)
  timestamp time{};               ///< PostgreSQL: of the commit; SQLite: of the change; zero for rows of a backfill
  bool is_initial = false;        ///< a row that a backfill found in the table: nobody saw it being inserted
};

/// A row before or after a change, as far as it is known.
template <class Row>
class image {
 public:
  /// Nothing of it is known, for this reason.
  constexpr explicit image(absence why = absence::never_was) {
    for (absence& one : missing_) one = why;
  }
  /// All of it is.
  constexpr image(const Row& row) : row_(row) {}

  /// The row, where every column of it is known; else nullptr.
  constexpr const Row* whole() const noexcept { return why() == absence::present ? &row_ : nullptr; }
  /// One column, by the name of its field: `change.after().get<"city">()`; nullptr where it is not known.
  template <detail::fixed_string Field>
  constexpr const auto* get() const noexcept {
    constexpr std::size_t at = place<Field>();
    (void)sizeof(diagnostic::row_field_missing<at != detail::npos, Row>);
    if constexpr (at == detail::npos) return static_cast<const detail::no_row_key*>(nullptr);
    else return missing_[at] == absence::present ? &detail::get_field<at>(row_) : nullptr;
  }
  /// Why a column is not known; absence::present where it is.
  template <detail::fixed_string Field>
  constexpr absence why() const noexcept {
    constexpr std::size_t at = place<Field>();
    (void)sizeof(diagnostic::row_field_missing<at != detail::npos, Row>);
    if constexpr (at == detail::npos) return absence::no_column;
    else return missing_[at];
  }
  /// Why it is not whole: the reason of the first column that is not known.
  constexpr absence why() const noexcept {
    for (const absence one : missing_)
      if (one != absence::present) return one;
    return absence::present;
  }
  /// Whether anything of it is known.
  constexpr bool is_known() const noexcept {
    for (const absence one : missing_)
      if (one == absence::present) return true;
    return false;
  }

  // For sources: the row to fill, with what is not known left out.
  constexpr Row& row() noexcept { return row_; }
  constexpr const Row& known() const noexcept { return row_; }
  constexpr void set(std::size_t field, absence why) noexcept { missing_[field] = why; }
  constexpr bool is_present(std::size_t field) const noexcept { return missing_[field] == absence::present; }

 private:
  static constexpr std::size_t fields() {
    if constexpr (detail::plain<Row>) return detail::field_count<Row> == 0 ? 1 : detail::field_count<Row>;
    else return 1;
  }
  template <detail::fixed_string Field>
  static constexpr std::size_t place() {
    return detail::field_index<Row>(Field.chars);
  }

  Row row_{};
  absence missing_[fields()] = {};
};

template <class Row>
class change;

namespace detail {

/// What every kind of change has.
template <class Row>
class part_of_change {
 public:
  using changed_row = Row;

  constexpr explicit part_of_change(const change<Row>& whole) noexcept : whole_(whole) {}
  part_of_change& operator=(const part_of_change&) = delete;

  constexpr const change<Row>& whole() const noexcept { return whole_; }
  constexpr const source_position& position() const noexcept { return whole_.position(); }
  constexpr const change_facts& facts() const noexcept { return whole_.facts(); }

 protected:
  const change<Row>& whole_;
};

template <class... Arm>
struct arms : Arm... {
  using Arm::operator()...;
};
template <class... Arm>
arms(Arm...) -> arms<Arm...>;

/// Stands for the value of a match that was reported: whoever uses it gets no second error.
struct no_answer {
  template <class T>
  operator T() const;
};

}  // namespace detail

/// A row came. Refers to the change: for the call that it is given to.
template <class Row>
class inserted : public detail::part_of_change<Row> {
 public:
  using detail::part_of_change<Row>::part_of_change;
  constexpr const row_key<Row>& key() const noexcept { return this->whole_.key(); }
  constexpr const image<Row>& after() const noexcept { return this->whole_.after(); }
};

/// A row became another one. Where its key did too, it is one change with both keys.
template <class Row>
class updated : public detail::part_of_change<Row> {
 public:
  using detail::part_of_change<Row>::part_of_change;
  constexpr const row_key<Row>& key() const noexcept { return this->whole_.key(); }
  constexpr const row_key<Row>& old_key() const noexcept { return this->whole_.old_key(); }
  constexpr bool key_changed() const noexcept { return this->whole_.key_changed(); }
  constexpr const image<Row>& before() const noexcept { return this->whole_.before(); }
  constexpr const image<Row>& after() const noexcept { return this->whole_.after(); }
};

/// A row went.
template <class Row>
class deleted : public detail::part_of_change<Row> {
 public:
  using detail::part_of_change<Row>::part_of_change;
  constexpr const row_key<Row>& key() const noexcept { return this->whole_.key(); }
  constexpr const image<Row>& before() const noexcept { return this->whole_.before(); }
};

/// All rows of the table went at once.
template <class Row>
class truncated : public detail::part_of_change<Row> {
 public:
  using detail::part_of_change<Row>::part_of_change;
};

/// One committed change of a row of a table. A value.
template <class Row>
class change : detail::row_facts<Row>::reports {
 public:
  using changed_row = Row;
  using key_type = row_key<Row>;

  /// Of each kind one, for tests of what is made of them; the keys are those in the rows.
  static change of_inserted(const Row& after, change_facts facts = {}) {
    return change(operation::inserted, facts, detail::key_in_row(after), detail::key_in_row(after), image<Row>(absence::never_was), image<Row>(after), false);
  }
  static change of_updated(const Row& before, const Row& after, change_facts facts = {}) {
    return change(operation::updated, facts, detail::key_in_row(after), detail::key_in_row(before), image<Row>(before), image<Row>(after),
                  !same_keys(before, after));
  }
  static change of_deleted(const Row& before, change_facts facts = {}) {
    return change(operation::deleted, facts, detail::key_in_row(before), detail::key_in_row(before), image<Row>(before), image<Row>(absence::never_was), false);
  }
  static change of_truncated(change_facts facts = {}) {
    return change(operation::truncated, facts, key_type{}, key_type{}, image<Row>(absence::not_told), image<Row>(absence::never_was), false);
  }

  // For sources.
  change(operation what, const change_facts& facts, const key_type& key, const key_type& old_key, const image<Row>& before, const image<Row>& after,
         bool key_changed)
      : facts_(facts), key_(key), old_key_(old_key), before_(before), after_(after), what_(what), key_changed_(key_changed) {}

  operation what() const noexcept { return what_; }
  /// The key of the row as it is after the change; of a deleted one as it was; of no meaning when all went.
  const key_type& key() const noexcept { return key_; }
  /// The key before the change: another one only where key_changed().
  const key_type& old_key() const noexcept { return old_key_; }
  bool key_changed() const noexcept { return key_changed_; }
  const image<Row>& before() const noexcept { return before_; }
  const image<Row>& after() const noexcept { return after_; }
  const source_position& position() const noexcept { return facts_.position; }
  const change_facts& facts() const noexcept { return facts_; }

  /// Calls the answer that fits and returns its result: `match([](const gesta::inserted<customer>&) {...}, ...)`. Each of the four operations has
  /// one, or it does not compile. The result is that of the first, for an insertion.
  template <class... Arm>
  decltype(auto) match(Arm&&... arm) const {
    detail::arms<std::remove_cvref_t<Arm>...> all{static_cast<Arm&&>(arm)...};
    constexpr bool complete = requires(const inserted<Row>& i, const updated<Row>& u, const deleted<Row>& d, const truncated<Row>& t) {
      all(i);
      all(u);
      all(d);
      all(t);
    };
    (void)sizeof(diagnostic::change_unanswered<complete, Row>);
    if constexpr (complete) {
      using result = decltype(all(inserted<Row>(*this)));
      switch (what_) {
        case operation::inserted: return static_cast<result>(all(inserted<Row>(*this)));
        case operation::updated: return static_cast<result>(all(updated<Row>(*this)));
        case operation::deleted: return static_cast<result>(all(deleted<Row>(*this)));
        default: return static_cast<result>(all(truncated<Row>(*this)));
      }
    } else {
      return detail::no_answer{};
    }
  }

 private:
  static bool same_keys(const Row& a, const Row& b) {
    bool all = true;
    if constexpr (detail::row_facts<Row>::sound) {
      using keys = typename detail::row_facts<Row>::keys;
      [&]<std::size_t... I>(detail::indices<I...>) {
        all = ((detail::get_field<keys::template place<I>()>(a) == detail::get_field<keys::template place<I>()>(b)) && ...);
      }(detail::make_indices<keys::count()>{});
    }
    return all;
  }

  change_facts facts_;
  key_type key_{};
  key_type old_key_{};
  image<Row> before_;
  image<Row> after_;
  operation what_;
  bool key_changed_;
};

}  // namespace gesta
