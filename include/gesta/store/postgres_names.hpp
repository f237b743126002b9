// The dictionary of a PostgreSQL log: which number of the table `types` stands for which tag of the running model.
// Floor: store. Between the log and the connection.
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
#include <gesta/store/postgres_connection.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// The dictionary as far as it was read, and the types that the open unit of work adds to it.
class postgres_names {
 public:
  /// What stands for a tag where the model does not know the id.
  static constexpr std::uint16_t unknown = unknown_tag;

  postgres_names(postgres_connection& connection, const model_ids& ids) : connection_(connection), ids_(ids) {
    for (std::size_t kind = 0; kind < stored_kinds; ++kind) numbers_[kind].resize(ids.of[kind].count);
  }

  /// Reads what others added: numbers behind the last known one. Nobody can while the open unit of work has added something. False: an error.
  bool refresh() {
    if (static_cast<std::int64_t>(entries_.size()) > kept_) return true;
    std::size_t at = 0;
    if (!connection_.ask([&] { at = connection_.queue(read_, postgres_arguments<1>().integer(static_cast<std::int32_t>(kept_))); })) return false;
    const postgres_answer rows = connection_.take(at);
    for (int row = 0; row < rows.rows(); ++row)
      if (!learn(rows[row])) return false;
    return true;
  }
  /// The number of the last type that is committed, as far as was read.
  std::int64_t count() const noexcept { return kept_; }

  /// The tag that a number of the log stands for: `unknown` and, for events, `retired_tag` included.
  std::uint16_t tag(stored_kind kind, std::int64_t number) const noexcept {
    const auto at = static_cast<std::size_t>(number) - 1;
    return at < entries_.size() && entries_[at].kind == kind ? entries_[at].tag : unknown;
  }
  /// Whether the log has a type of this kind under this number.
  bool has(stored_kind kind, std::int64_t number) const noexcept {
    const auto at = static_cast<std::size_t>(number) - 1;
    return at < entries_.size() && entries_[at].kind == kind;
  }

  /// The id of an event of the log whose tag is `unknown`; a null name: there is no such event. Valid until the next refresh.
  event_id unknown_id(std::int64_t number) const noexcept {
    for (const foreign& one : foreign_)
      if (one.number == number) return {one.id.c_str(), one.version};
    return {nullptr};
  }
  /// The id of an event of the model.
  event_id id_of_tag(std::uint16_t tag) const noexcept { return ids_.of[index(stored_kind::event)].first[tag]; }

  /// The number of a tag in the log; 0: it is not there.
  std::int64_t number_in_log(stored_kind kind, std::uint16_t tag) const noexcept { return numbers_[index(kind)][tag]; }
  /// The number of a tag, entered by the open unit of work where it was not there. 0: last_failure() of the connection says why.
  std::int64_t number(stored_kind kind, std::uint16_t tag) {
    const std::int64_t known = number_in_log(kind, tag);
    return known != 0 ? known : add(kind, tag);
  }

  /// Within a unit: enters all types of the model that are not there. False: an error.
  bool enter_all() {
    for (const stored_kind kind : {stored_kind::event, stored_kind::rejection, stored_kind::aggregate})
      for (std::size_t tag = 0; tag < numbers_[index(kind)].size(); ++tag)
        if (numbers_[index(kind)][tag] == 0 && ids_.of[index(kind)].first[tag].name != nullptr && add(kind, static_cast<std::uint16_t>(tag)) == 0) return false;
    return true;
  }
  /// The numbers of the types that a reading asks for, and of those that the model does not know.
  void wanted(const wanted_types& wanted, postgres_array& numbers) const {
    numbers.clear();
    for (std::size_t i = 0; i < entries_.size(); ++i)
      if (entries_[i].kind == stored_kind::event && wanted.holds(entries_[i].tag)) numbers.integer(static_cast<std::int32_t>(i + 1));
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
  /// An event of the log that the model neither knows nor has retired.
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
      connection_.fail(failure(failure::kind::unknown_event, 0, "a ", name(kind), " without an id cannot be stored"));
      return 0;
    }
    const auto number = static_cast<std::int64_t>(entries_.size()) + 1;
    connection_.queue(add_, postgres_arguments<5>()
                                .integer(static_cast<std::int32_t>(number))
                                .add(name(kind))
                                .add(id.name)
                                .integer(static_cast<std::int32_t>(id.version))
                                .add(ids_.of[index(kind)].forms[tag]));
    enter(number, {kind, tag});
    return numbers_[index(kind)][tag];
  }

  void enter(std::int64_t number, entry what) {
    entries_.push_back(what);
    if (what.tag < unknown) numbers_[index(what.kind)][what.tag] = number;
  }

  bool learn(const postgres_row& row) {
    const std::int64_t number = row.integer(0);
    if (number != kept_ + 1) return connection_.damaged("the table types has gaps");
    const std::string id(row.bytes(2)), said(row.bytes(1));
    const auto version = static_cast<unsigned>(row.integer(3));
    std::size_t kind = 0;
    while (kind < stored_kinds && said != name(static_cast<stored_kind>(kind))) ++kind;
    if (kind == stored_kinds) return connection_.damaged("a type of an unknown kind");
    entry what{static_cast<stored_kind>(kind), find(ids_.of[kind], id.c_str(), version)};
    if (what.kind == stored_kind::event && what.tag == unknown) {
      if (ids_.is_retired(id.c_str())) what.tag = retired_tag;
      else foreign_.push_back({number, version, id});
    }
    enter(number, what);
    kept_ = number;
    return true;
  }

  static std::uint16_t find(const known_ids& known, const char* id, unsigned version) noexcept {
    for (std::size_t tag = 0; tag < known.count; ++tag)
      if (known.first[tag].name != nullptr && known.first[tag].version == version && std::strcmp(known.first[tag].name, id) == 0)
        return static_cast<std::uint16_t>(tag);
    return unknown;
  }

  postgres_connection& connection_;
  model_ids ids_;
  std::vector<std::int64_t> numbers_[stored_kinds];  ///< by tag; 0: not in the log
  std::vector<entry> entries_;                       ///< by number, from 1
  std::deque<foreign> foreign_;                      ///< few: each is an id, not an event
  std::int64_t kept_ = 0;                            ///< the last number that is committed, or read
  postgres_statement read_{"select type, kind, id, version from types where type > $1 order by type", {postgres_type::integer}};
  postgres_statement add_{"insert into types(type, kind, id, version, form) values($1, $2, $3, $4, $5)",
                          {postgres_type::integer, postgres_type::text, postgres_type::text, postgres_type::integer, postgres_type::text}};
};

}  // namespace gesta::detail
