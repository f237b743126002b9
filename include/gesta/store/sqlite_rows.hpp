// The rows of one view in an SQLite table whose columns are the view's fields: read with plain SQL, changed in memory and written at commit.
// Floor: store. A part of sqlite_views.hpp, which makes the tables.
// May include: detail, message, react, model/diagnostic.hpp, codec, store.
//
// A row is read when it is first asked for, kept, and written by one statement when the unit ends, however many events changed it. Rows stay
// in memory over units while nobody else has written to the file: so a row that many events belong to costs a statement a unit, and no
// reading. A table that was found empty is known whole: a row that it has not got is not asked for either.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include <gesta/codec/wire_form.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/detail/hash_index.hpp>
#include <gesta/react/rows.hpp>
#include <gesta/react/view_name.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/store/row_table.hpp>
#include <gesta/store/sqlite_columns.hpp>
#include <gesta/store/sqlite_file.hpp>
#include <gesta/store/sqlite_statement.hpp>
#include <gesta/store/view_columns.hpp>

namespace gesta {

namespace detail {

/// What the tables of one connection share: whether a unit is open, whether something in it failed, and which state of the file is in memory.
class sqlite_rows_unit {
 public:
  explicit sqlite_rows_unit(sqlite_file& file) : file_(file) {}

  sqlite_file& file() noexcept { return file_; }
  bool prepare() { return file_.prepare(others_, "pragma data_version") && look(); }

  /// Others may have written: whoever remembers another generation forgets what it has read.
  bool look() {
    if (is_open_) return true;  // nobody else writes
    const sqlite_reading reading(others_);
    bool failed = false;
    if (!file_.next(others_, failed)) return false;
    if (others_.number(0) != version_) {
      version_ = others_.number(0);
      ++generation_;
    }
    return true;
  }
  std::uint64_t generation() const noexcept { return generation_; }

  /// The write lock is taken.
  bool begin() {
    is_doomed_ = false;
    if (!look()) return false;
    is_open_ = true;
    return true;
  }
  void end() noexcept { is_open_ = is_doomed_ = false; }
  bool is_open() const noexcept { return is_open_; }

  /// Whether something in the open unit failed, which therefore cannot be kept.
  bool is_doomed() const noexcept { return is_doomed_ || is_shut_; }
  /// Notes that the unit cannot be kept; returns false.
  bool doom() noexcept {
    is_doomed_ = is_open_;
    return false;
  }
  bool doom(const failure& cause) {
    file_.fail(cause);
    return doom();
  }
  bool run(sqlite_statement& statement) { return file_.run(statement) || doom(); }
  /// Nothing can be read or changed by way of it any more.
  void shut() noexcept { is_shut_ = true; }

 private:
  sqlite_file& file_;
  sqlite_statement others_;  // its number changes when another connection has written, and not when this one has
  std::int64_t version_ = -1;
  std::uint64_t generation_ = 0;
  bool is_open_ = false;
  bool is_doomed_ = false;
  bool is_shut_ = false;
};

}  // namespace detail

/// The rows of a projection in the table of its name: a row_table. `find`, `each` and `size` serve within a unit and outside of one, where they
/// show what is committed; the others only within. Neither thread-safe, copyable nor movable. What stands in the file is checked as it is
/// read: what is no value of its field is failure::kind::corrupt, with table, column and key. After a call that failed the open unit cannot
/// be kept any more.
template <class Projection>
class sqlite_rows {
  using rows = detail::projected_rows<Projection>;

 public:
  using row_type = typename rows::row_type;
  using key_type = typename rows::key_type;
  /// In the order of the key's columns: texts by their bytes, numbers as SQL compares them, so unsigned ones from 2^63 on come first.
  static constexpr bool is_ordered = true;

  explicit sqlite_rows(detail::sqlite_rows_unit& unit)
      : unit_(unit), name_(detail::view_name<Projection>), columns_(detail::columns_of<row_type>()) {
    if constexpr (!rows::has_key) columns_.insert(columns_.begin(), {"only", "integer", false});
  }
  sqlite_rows(const sqlite_rows&) = delete;
  sqlite_rows& operator=(const sqlite_rows&) = delete;

  /// The row to be changed, a blank one with its key where there is none. nullptr: it cannot be read.
  row_type* find_or_add(const key_type& key) {
    entry* const found = at(key);
    if (found == nullptr) return nullptr;
    found->is_there = true;
    if (!found->is_dirty) soil(*found);
    return &found->row;
  }
  /// nullptr: there is none, or it cannot be read.
  const row_type* find(const key_type& key) {
    const entry* const found = at(key);
    could_read_ = found != nullptr;
    return found != nullptr && found->is_there ? &found->row : nullptr;
  }
  /// Whether the last `find` could look: where it gave nullptr and this is true, there is no such row.
  bool could_read() const noexcept { return could_read_; }
  bool erase(const key_type& key) {
    if (unit_.is_doomed()) return false;
    entry* found = known(key);
    if (found != nullptr && !found->is_there) return true;
    if (found == nullptr) {
      if (!make_room()) return false;
      found = &add(key, is_whole_ ? presence::no : presence::perhaps);  // what may be there is erased unread
    }
    found->is_there = false;
    found->row = blank(key);
    if (!found->is_dirty) soil(*found);
    return true;
  }
  bool clear() {
    if (unit_.is_doomed()) return false;
    forget();
    generation_ = unit_.generation();
    is_whole_ = unit_.run(clear_);
    is_asked_ = is_whole_;
    return is_whole_;
  }
  /// visit(const row_type&), which returns whether to go on, or nothing. Costs a step for each row.
  template <class Visit>
  bool each(Visit&& visit) {
    if (!settle()) return false;
    const detail::sqlite_reading reading(all_);
    bool failed = false;
    while (unit_.file().next(all_, failed)) {
      row_type row{};
      if (!read(all_, row)) return false;
      if constexpr (std::is_void_v<decltype(visit(static_cast<const row_type&>(row)))>) visit(static_cast<const row_type&>(row));
      else if (!visit(static_cast<const row_type&>(row))) return true;
    }
    return !failed || unit_.doom();
  }
  /// How many there are; zero where they cannot be counted. Costs a step for each row.
  std::size_t size() {
    if (!settle()) return 0;
    const detail::sqlite_reading reading(count_);
    bool failed = false;
    if (unit_.file().next(count_, failed)) return static_cast<std::size_t>(count_.number(0));
    unit_.doom();
    return 0;
  }

  /// Writes the rows that were changed. False: the unit cannot be kept.
  bool flush() {
    if (unit_.is_doomed()) return false;
    // In the order of the table, so that each page of it is met once.
    if constexpr (rows::has_key)
      std::sort(dirty_.begin(), dirty_.end(), [this](std::uint32_t a, std::uint32_t b) { return is_before(key_of(a), key_of(b)); });
    for (const std::uint32_t number : dirty_)
      if (!write(entries_[number])) return false;
    dirty_.clear();
    return true;
  }
  /// Drops what is in memory, written or not.
  void forget() {
    entries_.clear();
    dirty_.clear();
    index_ = {};
    is_whole_ = is_asked_ = false;
  }

  // ---- the table itself

  const std::string& name() const noexcept { return name_; }
  /// What the columns are, as JSON: equal for equal names, order and kinds of fields, and an equal key.
  static std::string schema() {
    std::string out;
    if constexpr (encodable<row_type>) {
      out = wire_form<row_type>;
      if constexpr (rows::has_key) out.insert(1, "\"key\":\"" + detail::as_string(detail::wire_name<row_type, rows::key_field>()) + "\",");
    }
    return out;
  }
  /// The statement that makes the table.
  std::string declaration() const {
    const bool is_number = key_columns == 1 && std::string(columns_[first_key].type) == "integer";
    std::string out = "create table " + detail::quoted(name_) + "(\n";
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const detail::sql_column& c = columns_[i];
      out += "  " + detail::quoted(c.name) + ' ' + c.type + (is_number && i == first_key ? " primary key" : c.may_be_null ? "" : " not null");
      if (!rows::has_key && i == 0) out += " check (\"only\" = 0)";
      if (i + 1 < columns_.size()) out += ",\n";
    }
    if (!is_number) out += ",\n  primary key(" + names(first_key, key_columns) + ")) without rowid";
    else out += ')';
    return out;
  }
  /// visit(name, columns) for each index that the row declares.
  template <class Visit>
  void each_index(Visit&& visit) const {
    detail::indexes_of<row_type>::each([&](const auto& fields) {
      std::string of, words;
      detail::each_indexed<row_type>(fields, [&](std::size_t field) {
        const auto [first, count] = columns_of_field(field);
        for (std::size_t i = first; i < first + count; ++i) {
          of += (of.empty() ? "" : ", ") + detail::quoted(columns_[i].name);
          words += (words.empty() ? "" : ", ") + columns_[i].name;
        }
        return true;
      });
      visit(name_ + '(' + words + ')', of);
    });
  }
  /// When the table is there.
  bool prepare() {
    const std::string table = detail::quoted(name_), all = names(0, columns_.size()), keys = names(first_key, key_columns);
    std::string marks, changes, values;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      marks += i == 0 ? "?" : ", ?";
      if (i >= first_key && i < first_key + key_columns) continue;
      const std::string column = detail::quoted(columns_[i].name);
      changes += (changes.empty() ? "" : ", ") + column + " = excluded." + column;
      values += (values.empty() ? "" : ", ") + column + " = ?" + std::to_string(i + 1);
    }
    std::string here, there;
    for (std::size_t i = first_key; i < first_key + key_columns; ++i) {
      const std::string column = detail::quoted(columns_[i].name);
      here += (here.empty() ? "" : " and ") + column + " = ?";
      there += (there.empty() ? "" : " and ") + column + " = ?" + std::to_string(i + 1);
      if (changes.empty()) values += (values.empty() ? "" : ", ") + column + " = " + column;  // a row that is its key
    }
    const std::string insert = "insert into " + table + '(' + all + ") values(" + marks + ')';
    detail::sqlite_file& file = unit_.file();
    return file.prepare(select_, ("select " + all + " from " + table + " where " + here).c_str()) &&
           file.prepare(add_, insert.c_str()) && file.prepare(change_, ("update " + table + " set " + values + " where " + there).c_str()) &&
           file.prepare(put_, (insert + " on conflict(" + keys + ") do " + (changes.empty() ? "nothing" : "update set " + changes)).c_str()) &&
           file.prepare(erase_, ("delete from " + table + " where " + here).c_str()) &&
           file.prepare(clear_, ("delete from " + table).c_str()) &&
           file.prepare(all_, ("select " + all + " from " + table + " order by " + keys).c_str()) &&
           file.prepare(count_, ("select count(*) from " + table).c_str()) && file.prepare(any_, ("select 1 from " + table + " limit 1").c_str());
  }

 private:
  static_assert(sizeof(detail::members_as_columns<row_type>) != 0);

  enum class presence : unsigned char { no, perhaps, yes };
  struct entry {
    row_type row;  ///< blank but for its key where there is none
    std::uint64_t hash;
    bool is_there;
    presence in_file;
    bool is_dirty;
  };

  static constexpr std::size_t first_key = [] {
    if constexpr (rows::has_key) return detail::first_column<row_type, rows::key_field>();
    else return std::size_t{0};
  }();
  static constexpr std::size_t key_columns = [] {
    if constexpr (rows::has_key) return detail::column_count<key_type>();
    else return std::size_t{1};
  }();
  // What is kept in memory; beyond it rows are written early and all are dropped, so those that are needed again are read once more.
  static constexpr std::size_t most_bytes = std::size_t{1} << 25;
  static constexpr std::size_t most_rows = most_bytes / sizeof(entry) < 64 ? 64 : most_bytes / sizeof(entry);

  // ---- keys

  static row_type blank(const key_type& key) {
    row_type row{};
    rows::set_key(row, key);
    return row;
  }
  decltype(auto) key_of(std::uint32_t number) const noexcept { return rows::key_of(entries_[number].row); }

  // f(key_bytes) with the byte form of a key.
  template <class F>
  static auto with_bytes(const key_type& key, F&& f) {
    if constexpr (!rows::has_key) {
      return f(key_bytes{});
    } else if constexpr (detail::key_string<key_type>) {
      return f(key_bytes{key.data(), static_cast<std::uint32_t>(key.size())});
    } else {
      key_buffer<key_type> room;
      return f(key_bytes_of<key_type>(key, room));
    }
  }
  static std::uint64_t hash_of(const key_type& key) {
    if constexpr (detail::key_number<key_type>) return detail::mix(static_cast<std::uint64_t>(key));
    else return with_bytes(key, [](key_bytes bytes) { return detail::hash_bytes(bytes.data, bytes.size); });
  }
  static bool is_same(const key_type& a, const key_type& b) {
    if constexpr (detail::key_number<key_type>) return a == b;
    else return with_bytes(a, [&](key_bytes first) { return with_bytes(b, [&](key_bytes second) { return first == second; }); });
  }
  static bool is_before(const key_type& a, const key_type& b) {
    if constexpr (detail::key_number<key_type>) {
      return a < b;
    } else {
      return with_bytes(a, [&](key_bytes first) {
        return with_bytes(b, [&](key_bytes second) { return detail::chars{first.data, first.size} < detail::chars{second.data, second.size}; });
      });
    }
  }

  // ---- entries

  entry* known(const key_type& key) {
    if (generation_ != unit_.generation()) {
      forget();
      generation_ = unit_.generation();
    }
    const std::uint32_t number = index_.find(hash_of(key), [&](std::uint32_t n) { return is_same(key_of(n), key); });
    return number == detail::hash_index::absent ? nullptr : &entries_[number];
  }
  entry& add(const key_type& key, presence in_file) {
    const std::uint64_t hash = hash_of(key);
    const auto number = static_cast<std::uint32_t>(entries_.size());
    index_.insert(hash, number, [this](std::uint32_t n) { return entries_[n].hash; });
    entries_.push_back({blank(key), hash, false, in_file, false});
    return entries_.back();
  }
  void soil(entry& one) {
    one.is_dirty = true;
    dirty_.push_back(static_cast<std::uint32_t>(&one - entries_.data()));
  }

  // What is known of a key, read where it is not known; nullptr: it cannot be read.
  entry* at(const key_type& key) {
    if (unit_.is_doomed() || !unit_.look()) return nullptr;
    if (entry* const found = known(key)) return found;
    if (!make_room() || !ask_whether_empty()) return nullptr;
    if (is_whole_) return &add(key, presence::no);
    bind_key(select_, key);
    const detail::sqlite_reading reading(select_);
    bool failed = false;
    if (!unit_.file().next(select_, failed)) return failed ? (unit_.doom(), nullptr) : &add(key, presence::no);
    row_type row{};
    if (!read(select_, row)) return nullptr;
    entry& one = add(key, presence::yes);
    one.row = static_cast<row_type&&>(row);
    one.is_there = true;
    return &one;
  }
  bool make_room() {
    if (entries_.size() < most_rows) return true;
    if (unit_.is_open() && !flush()) return false;
    forget();
    is_asked_ = true;  // it was not empty
    return true;
  }
  // Once for each state of the file, and only where nobody else can write.
  bool ask_whether_empty() {
    if (is_asked_ || !unit_.is_open()) return true;
    const detail::sqlite_reading reading(any_);
    bool failed = false;
    is_whole_ = !unit_.file().next(any_, failed);
    is_asked_ = true;
    return !failed || unit_.doom();
  }
  // Before the table itself is read.
  bool settle() { return !unit_.is_doomed() && unit_.look() && (dirty_.empty() || flush()); }

  // ---- the file

  void bind_key(detail::sqlite_statement& to, const key_type& key) {
    if constexpr (rows::has_key) detail::bind_columns(to, 0, key, room_);
    else to.set(0, std::int64_t{0});
  }

  bool write(entry& one) {
    one.is_dirty = false;
    if constexpr (rows::has_key)
      if (hash_of(rows::key_of(one.row)) != one.hash) return wrong(failure::kind::differs, "a row was given another key by who changed it", {}, {});
    if (!one.is_there) {
      if (one.in_file == presence::no) return true;
      bind_key(erase_, rows::key_of(one.row));
      one.in_file = presence::no;
      return unit_.run(erase_);
    }
    // What is known needs no question: where a row is, SQLite is not asked what to do if there is none.
    detail::sqlite_statement& put = one.in_file == presence::no ? add_ : one.in_file == presence::yes ? change_ : put_;
    int at = 0;
    if constexpr (!rows::has_key) put.set(at++, std::int64_t{0});
    detail::with_fields(one.row, [&](const auto&... field) { ((at = detail::bind_columns(put, at, field, room_)), ...); });
    one.in_file = presence::yes;
    return unit_.run(put);
  }

  bool read(const detail::sqlite_statement& from, row_type& row) {
    int at = rows::has_key ? 0 : 1;
    if (detail::with_fields(row, [&](auto&... field) { return (detail::read_columns(from, at, field) && ...); })) return true;
    std::string key;
    if constexpr (rows::has_key)
      for (std::size_t i = 0; i < key_columns; ++i) key += (i == 0 ? "" : ", ") + std::string(from.text(static_cast<int>(first_key + i)));
    return wrong(failure::kind::corrupt, "what stands there is no value of its field", columns_[static_cast<std::size_t>(at)].name, key);
  }
  bool wrong(failure::kind why, const char* words, const std::string& column, const std::string& key) {
    failure cause(why, 0, "table ", name_.c_str());
    if (!column.empty()) cause.add((", column " + column).c_str());
    if (!key.empty()) cause.add((", key " + key).c_str());
    cause.add(": ");
    cause.add(words);
    cause.add(": ");
    cause.add(unit_.file().path());
    return unit_.doom(cause);
  }

  std::string names(std::size_t first, std::size_t count) const {
    std::string out;
    for (std::size_t i = first; i < first + count; ++i) out += (i == first ? "" : ", ") + detail::quoted(columns_[i].name);
    return out;
  }
  struct part {
    std::size_t first, count;
  };
  static part columns_of_field(std::size_t field) {
    part found{0, 0};
    [&]<std::size_t... I>(detail::indices<I...>) {
      ((I == field ? void(found = {detail::first_column<row_type, I>(), detail::column_count<detail::field_type<row_type, I>>()}) : void()), ...);
    }(detail::make_indices<detail::field_count<row_type>>{});
    if (!rows::has_key) ++found.first;
    return found;
  }

  detail::sqlite_rows_unit& unit_;
  std::string name_;
  std::vector<detail::sql_column> columns_;
  std::vector<entry> entries_;
  std::vector<std::uint32_t> dirty_;
  detail::hash_index index_;
  std::vector<std::byte> room_;
  std::uint64_t generation_ = 0;
  bool is_whole_ = false;  ///< all rows of the table are in memory
  bool is_asked_ = false;
  bool could_read_ = true;
  detail::sqlite_statement select_, add_, change_, put_, erase_, clear_, all_, count_, any_;
};

}  // namespace gesta
