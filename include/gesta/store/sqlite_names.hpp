// The dictionary of a SQLite file: which number of the table `types` stands for which tag of the running model.
// Floor: store. Between the log and the file.
// May include: message, store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include <gesta/message/id.hpp>
#include <gesta/store/model_ids.hpp>
#include <gesta/store/sqlite_file.hpp>
#include <gesta/store/sqlite_statement.hpp>
#include <gesta/store/store.hpp>

namespace gesta {

namespace detail {

/// The dictionary as far as it was read, and the types that the open unit of work adds to it.
class sqlite_names {
 public:
  /// What stands for a tag where the model does not know the id.
  static constexpr std::uint16_t unknown = unknown_tag;

  sqlite_names(sqlite_file& file, const model_ids& ids) : file_(file), ids_(ids) {
    for (std::size_t kind = 0; kind < stored_kinds; ++kind) numbers_[kind].resize(ids.of[kind].count);
  }

  bool prepare() {
    return file_.prepare(read_, "select type, kind, id, version, form = '' from types where type > ? order by type") &&
           file_.prepare(add_, "insert into types(kind, id, version, form) values(?, ?, ?, ?)");
  }

  /// Reads what others added. Nobody can while the open unit of work has added something. False: an error.
  bool refresh() {
    if (static_cast<std::int64_t>(entries_.size()) > kept_) return true;
    const sqlite_reading reading(read_.set(0, kept_));
    bool failed = false, known = true;
    while (known && file_.next(read_, failed)) known = learn();
    return known && !failed;
  }

  /// Says what the bytes are of types that were entered when files did not say it. False: an error.
  bool fill_in_forms() {
    if (formless_.empty()) return true;
    sqlite_statement fill;
    if (!file_.prepare(fill, "update types set form = ? where type = ? and form = ''") || !file_.begin()) return false;
    for (const std::int64_t number : formless_) {
      const entry& what = entries_[static_cast<std::size_t>(number) - 1];
      if (file_.run(fill.set(0, ids_.of[index(what.kind)].forms[what.tag]).set(1, number))) continue;
      file_.rollback();
      return false;
    }
    formless_.clear();
    return file_.commit();
  }

  /// The tag that a number of the file stands for: `unknown` and, for events, `retired_tag` included.
  std::uint16_t tag(stored_kind kind, std::int64_t number) const noexcept {
    const auto at = static_cast<std::size_t>(number) - 1;
    return at < entries_.size() && entries_[at].kind == kind ? entries_[at].tag : unknown;
  }

  /// Whether the file has a type of this kind under this number.
  bool has(stored_kind kind, std::int64_t number) const noexcept {
    const auto at = static_cast<std::size_t>(number) - 1;
    return at < entries_.size() && entries_[at].kind == kind;
  }

  /// The id of an event of the file whose tag is `unknown`; a null name: there is no such event. Valid until the next refresh.
  event_id unknown_id(std::int64_t number) const noexcept {
    for (const foreign& one : foreign_)
      if (one.number == number) return {one.id.c_str(), one.version};
    return {nullptr};
  }
  /// The id of an event of the model.
  event_id id_of_tag(std::uint16_t tag) const noexcept { return ids_.of[index(stored_kind::event)].first[tag]; }

  /// The number of a tag in the file; 0: it is not there.
  std::int64_t number_in_file(stored_kind kind, std::uint16_t tag) const noexcept { return numbers_[index(kind)][tag]; }

  /// The number of a tag in the file, entered by the open unit of work where it was not there. 0: last_failure() of the file says why.
  std::int64_t number(stored_kind kind, std::uint16_t tag) {
    const std::int64_t known = number_in_file(kind, tag);
    return known != 0 ? known : add(kind, tag);
  }

  /// The unit of work was kept.
  void keep() noexcept { kept_ = static_cast<std::int64_t>(entries_.size()); }
  /// The unit of work was taken back.
  void forget() noexcept {
    while (static_cast<std::int64_t>(entries_.size()) > kept_) {
      const entry last = entries_.back();
      if (last.tag < unknown) numbers_[index(last.kind)][last.tag] = 0;
      entries_.pop_back();
    }
  }

 private:
  struct entry {
    stored_kind kind;
    std::uint16_t tag;
  };

  /// An event of the file that the model neither knows nor has retired.
  struct foreign {
    std::int64_t number;
    unsigned version;
    std::string id;
  };

  static std::size_t index(stored_kind kind) noexcept { return static_cast<std::size_t>(kind); }
  static const char* name(stored_kind kind) noexcept {
    constexpr const char* names[] = {"event", "rejection", "aggregate"};
    return names[index(kind)];
  }

  std::int64_t add(stored_kind kind, std::uint16_t tag) {
    const event_id& id = ids_.of[index(kind)].first[tag];
    if (id.name == nullptr) {
      file_.fail(failure(failure::kind::unknown_event, 0, "a ", name(kind), " without an id cannot be stored"));
      return 0;
    }
    const char* const form = ids_.of[index(kind)].forms[tag];
    if (!file_.run(add_.set(0, name(kind)).set(1, id.name).set(2, std::int64_t{id.version}).set(3, form))) return 0;
    enter(sqlite3_last_insert_rowid(file_.connection()), {kind, tag});
    return numbers_[index(kind)][tag];
  }

  void enter(std::int64_t number, entry what) {
    entries_.resize(static_cast<std::size_t>(number), entry{stored_kind::event, unknown});
    entries_.back() = what;
    if (what.tag < unknown) numbers_[index(what.kind)][what.tag] = number;
  }

  bool learn() {
    const std::int64_t number = read_.number(0);
    if (number != kept_ + 1) return file_.break_off(failure(failure::kind::corrupt, 0, "the table types has gaps: ", file_.path()));
    const char* const id = read_.text(2);
    const auto version = static_cast<unsigned>(read_.number(3));
    std::size_t kind = 0;
    while (kind < stored_kinds && std::strcmp(read_.text(1), name(static_cast<stored_kind>(kind))) != 0) ++kind;
    if (kind == stored_kinds) return file_.break_off(failure(failure::kind::corrupt, 0, "a type of an unknown kind: ", file_.path()));
    const entry what{static_cast<stored_kind>(kind), find(ids_.of[kind], id, version)};
    if (what.kind == stored_kind::event && what.tag == unknown && ids_.is_retired(id)) {
      enter(number, {what.kind, retired_tag});
    } else {
      enter(number, what);
      if (what.kind == stored_kind::event && what.tag == unknown) foreign_.push_back({number, version, id});
      if (what.tag != unknown && read_.number(4) != 0) formless_.push_back(number);
    }
    kept_ = number;
    return true;
  }

  static std::uint16_t find(const known_ids& known, const char* id, unsigned version) noexcept {
    for (std::size_t tag = 0; tag < known.count; ++tag)
      if (known.first[tag].name != nullptr && known.first[tag].version == version && std::strcmp(known.first[tag].name, id) == 0)
        return static_cast<std::uint16_t>(tag);
    return unknown;
  }

  sqlite_file& file_;
  model_ids ids_;
  std::vector<std::int64_t> numbers_[stored_kinds];  ///< by tag; 0: not in the file
  std::vector<entry> entries_;                       ///< by number, from 1
  std::deque<foreign> foreign_;                     ///< few: each is an id, not an event
  std::vector<std::int64_t> formless_;               ///< known to the model, and without a form in the file
  std::int64_t kept_ = 0;                            ///< the last number that is committed, or read
  sqlite_statement read_, add_;
};

}  // namespace detail

}  // namespace gesta
