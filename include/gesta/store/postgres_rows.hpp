// The rows of one view in a PostgreSQL table whose columns are the view's fields: read with plain SQL, changed in memory and written at commit.
// Floor: store. A part of postgres_views.hpp, which makes the tables.
// May include: detail, message, react, model/diagnostic.hpp, codec, store.
//
// A row is read when it is first asked for within a unit, kept, and written by one statement when the unit ends, however many events changed
// it; all of them travel with the commit. Rows stay in memory over units while nobody else has written to the schema. A table that was found
// empty is known whole: a row that it has not got is not asked for either. Outside of a unit each question goes to the server.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gesta/codec/wire_form.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/detail/hash_index.hpp>
#include <gesta/react/rows.hpp>
#include <gesta/react/view_name.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/store/row_table.hpp>
#include <gesta/store/postgres_columns.hpp>
#include <gesta/store/postgres_connection.hpp>
#include <gesta/store/view_columns.hpp>

namespace gesta {

namespace detail {

/// The name of the index `table(column, column)`. PostgreSQL keeps 63 bytes of a name: of a longer one as many as leave room for what tells it from
/// all others. It is stored: another way to make it has every program drop and make such indexes anew.
inline std::string postgres_index_name(const std::string& whole) {
  if (whole.size() <= 63) return whole;
  std::size_t kept = 63 - 17;
  while (kept != 0 && (static_cast<unsigned char>(whole[kept]) & 0xc0) == 0x80) --kept;  // a character is kept as a whole
  std::string name = whole.substr(0, kept) + '~';
  const std::uint64_t of_all = hash128{}.add(whole.data(), whole.size()).low;
  for (int shift = 60; shift >= 0; shift -= 4) name += "0123456789abcdef"[of_all >> shift & 15];
  return name;
}
/// Whether the index `name` of the table $1 has been made by gesta, in SQL.
inline constexpr const char* postgres_index_is_gestas = "(starts_with(name, $1 || '(') or name ~ '~[0-9a-f]{16}$')";

/// What the tables of one connection share: whether a unit is open, whether something in it failed, and which state of the schema is in memory.
class postgres_rows_unit {
 public:
  explicit postgres_rows_unit(postgres_connection& connection) : connection_(connection) {}

  postgres_connection& file() noexcept { return connection_; }

  /// Others may have written: whoever remembers another generation forgets what it has read.
  void look() noexcept {
    if (!is_open_) ++generation_;
  }
  std::uint64_t generation() const noexcept { return generation_; }

  /// The lock is taken.
  void begin() noexcept {
    is_doomed_ = false;
    if (changes_ != connection_.changes()) ++generation_;
    changes_ = connection_.changes();
    is_open_ = true;
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
    connection_.fail(cause);
    return doom();
  }
  /// Asks a question: the rows of its answer. False: it could not be answered.
  template <class... Argument>
  bool ask(postgres_statement& statement, postgres_answer& answer, const Argument&... arguments) {
    std::size_t at = 0;
    if (!connection_.ask([&] { at = connection_.queue(statement, arguments...); })) return doom();
    answer = connection_.take(at);
    return true;
  }
  /// Nothing can be read or changed by way of it any more.
  void shut() noexcept { is_shut_ = true; }

 private:
  postgres_connection& connection_;
  std::uint64_t changes_ = 0;
  std::uint64_t generation_ = 1;
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
class postgres_rows {
  using rows = detail::projected_rows<Projection>;

 public:
  using row_type = typename rows::row_type;
  using key_type = typename rows::key_type;
  /// In the order of the key's columns: texts by their bytes, numbers as SQL compares them, so unsigned ones from 2^63 on come first.
  static constexpr bool is_ordered = true;

  explicit postgres_rows(detail::postgres_rows_unit& unit)
      : unit_(unit), name_(detail::view_name<Projection>), columns_(detail::columns_of<row_type>()) {
    if constexpr (!rows::has_key) columns_.insert(columns_.begin(), {"only", "integer", false});
    make_statements();
  }
  postgres_rows(const postgres_rows&) = delete;
  postgres_rows& operator=(const postgres_rows&) = delete;

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
    unit_.file().queue(clear_);
    is_whole_ = is_asked_ = true;
    return true;
  }
  /// visit(const row_type&), which returns whether to go on, or nothing. Costs a step for each row.
  template <class Visit>
  bool each(Visit&& visit) {
    if (!settle()) return false;
    detail::postgres_answer rows_there;
    if (!unit_.ask(all_, rows_there)) return false;
    for (int i = 0; i < rows_there.rows(); ++i) {
      row_type row{};
      if (!read(rows_there[i], row)) return false;
      if constexpr (std::is_void_v<decltype(visit(static_cast<const row_type&>(row)))>) visit(static_cast<const row_type&>(row));
      else if (!visit(static_cast<const row_type&>(row))) return true;
    }
    return true;
  }
  /// How many there are; zero where they cannot be counted. Costs a step for each row.
  std::size_t size() {
    detail::postgres_answer count;
    return settle() && unit_.ask(count_, count) ? static_cast<std::size_t>(count[0].number(0)) : 0;
  }

  /// Queues the rows that were changed. False: the unit cannot be kept.
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
    std::string out = "create table " + detail::quoted(name_) + "(\n";
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const detail::sql_column& c = columns_[i];
      out += "  " + detail::quoted(c.name) + ' ' + detail::postgres_type_of(c) + (c.may_be_null ? "" : " not null");
      if (!rows::has_key && i == 0) out += " check (\"only\" = 0)";
      out += ",\n";
    }
    return out + "  primary key(" + names(first_key, key_columns) + "))";
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
      visit(detail::postgres_index_name(name_ + '(' + words + ')'), of);
    });
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
    if (unit_.is_doomed()) return nullptr;
    unit_.look();
    if (entry* const found = known(key)) return found;
    if (!make_room() || !ask_whether_empty()) return nullptr;
    if (is_whole_) return &add(key, presence::no);
    detail::postgres_arguments<key_columns> arguments;
    bind_key(arguments, key);
    detail::postgres_answer found;
    if (!unit_.ask(select_, found, arguments)) return nullptr;
    if (found.rows() == 0) return &add(key, presence::no);
    row_type row{};
    if (!read(found[0], row)) return nullptr;
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
    detail::postgres_answer some;
    if (!unit_.ask(any_, some)) return false;
    is_whole_ = some.rows() == 0;
    return is_asked_ = true;
  }
  // Before the table itself is read.
  bool settle() {
    if (unit_.is_doomed()) return false;
    unit_.look();
    return dirty_.empty() || flush();
  }

  // ---- the server

  void make_statements() {
    const std::string table = detail::quoted(name_), all = names(0, columns_.size()), keys = names(first_key, key_columns);
    std::string marks, changes, values, here, there, order;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string column = detail::quoted(columns_[i].name), mark = "$" + std::to_string(i + 1);
      marks += (i == 0 ? "" : ", ") + mark;
      if (i >= first_key && i < first_key + key_columns) {
        here += (here.empty() ? "" : " and ") + column + " = $" + std::to_string(i - first_key + 1);
        there += (there.empty() ? "" : " and ") + column + " = " + mark;
        // Text that stands in hex has the place of its bytes.
        const bool is_text = columns_[i].type[0] == 't';
        order += (order.empty() ? "" : ", ") + (is_text ? "case when starts_with(" + column + ", '\\x') then decode(substr(" + column + ", 3), 'hex') else convert_to(" + column + ", 'UTF8') end" : column);
        continue;
      }
      changes += (changes.empty() ? "" : ", ") + column + " = excluded." + column;
      values += (values.empty() ? "" : ", ") + column + " = " + mark;
    }
    if (changes.empty()) values = names(first_key, 1) + " = " + names(first_key, 1);  // a row that is its key
    const std::string insert = "insert into " + table + '(' + all + ") values(" + marks + ')';
    select_.sql = "select " + all + " from " + table + " where " + here;
    add_.sql = insert;
    change_.sql = "update " + table + " set " + values + " where " + there;
    put_.sql = insert + " on conflict(" + keys + ") do " + (changes.empty() ? "nothing" : "update set " + changes);
    erase_.sql = "delete from " + table + " where " + here;
    clear_.sql = "delete from " + table;
    all_.sql = "select " + all + " from " + table + " order by " + order;
    count_.sql = "select count(*) from " + table;
    any_.sql = "select 1 from " + table + " limit 1";
  }

  template <std::size_t Count>
  void bind_key(detail::postgres_arguments<Count>& to, const key_type& key) {
    room_.clear();
    if constexpr (rows::has_key) detail::bind_postgres(to, key, room_);
    else to.number(0);
  }

  bool write(entry& one) {
    one.is_dirty = false;
    if constexpr (rows::has_key)
      if (hash_of(rows::key_of(one.row)) != one.hash) return wrong(failure::kind::differs, "a row was given another key by who changed it", {}, {});
    if (!one.is_there) {
      if (one.in_file == presence::no) return true;
      detail::postgres_arguments<key_columns> arguments;
      bind_key(arguments, rows::key_of(one.row));
      one.in_file = presence::no;
      unit_.file().queue(erase_, arguments);
      return true;
    }
    // What is known needs no question: where a row is, the server is not asked what to do if there is none.
    detail::postgres_statement& put = one.in_file == presence::no ? add_ : one.in_file == presence::yes ? change_ : put_;
    detail::postgres_arguments<detail::columns_of_all<detail::field_types<row_type>> + 1> arguments;
    room_.clear();
    if constexpr (!rows::has_key) arguments.number(0);
    detail::with_fields(one.row, [&](const auto&... field) { (detail::bind_postgres(arguments, field, room_), ...); });
    one.in_file = presence::yes;
    unit_.file().queue(put, arguments);
    return true;
  }

  bool read(const detail::postgres_row& from, row_type& row) {
    int at = rows::has_key ? 0 : 1;
    if (detail::with_fields(row, [&](auto&... field) { return (detail::read_postgres(from, at, field) && ...); })) return true;
    std::string key;
    if constexpr (rows::has_key)
      for (std::size_t i = first_key; i < first_key + key_columns; ++i) {
        const std::string_view bytes = from.bytes(static_cast<int>(i));
        key += (key.empty() ? "" : ", ") + (columns_[i].type[0] == 'i' && bytes.size() == 8 ? std::to_string(detail::big_endian_64(bytes.data())) : std::string(bytes));
      }
    return wrong(failure::kind::corrupt, "what stands there is no value of its field", columns_[static_cast<std::size_t>(at)].name, key);
  }
  bool wrong(failure::kind why, const char* words, const std::string& column, const std::string& key) {
    failure cause(why, 0, "table ", name_.c_str());
    if (!column.empty()) cause.add((", column " + column).c_str());
    if (!key.empty()) cause.add((", key " + key).c_str());
    cause.add(": ");
    cause.add(words);
    cause.add(": ");
    cause.add(unit_.file().where());
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

  detail::postgres_rows_unit& unit_;
  std::string name_;
  std::vector<detail::sql_column> columns_;
  std::vector<entry> entries_;
  std::vector<std::uint32_t> dirty_;
  detail::hash_index index_;
  std::deque<std::string> room_;  ///< what was made for the parameters of one statement
  std::uint64_t generation_ = 0;
  bool is_whole_ = false;  ///< all rows of the table are in memory
  bool is_asked_ = false;
  bool could_read_ = true;
  detail::postgres_statement select_, add_, change_, put_, erase_, clear_, all_, count_, any_;
};

}  // namespace gesta
