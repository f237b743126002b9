// The remembered outcomes of gesta::once in a PostgreSQL log.
// Floor: store. A part of the log; its rows are committed with the events.
// May include: detail, message, store.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gesta/detail/hash.hpp>
#include <gesta/message/once.hpp>
#include <gesta/store/postgres_connection.hpp>
#include <gesta/store/postgres_names.hpp>
#include <gesta/store/postgres_values.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// Asks for outcomes and keeps them. Exact for all time. A sender mostly numbers its requests upwards, so the highest number of a source
/// is at hand, and a number above it is fresh without a question. Numbers are compared as PostgreSQL compares them: signed.
class postgres_outcomes {
 public:
  postgres_outcomes(postgres_connection& connection, postgres_names& names) : connection_(connection), names_(names) {}

  /// The outcome's payload is valid until the next call.
  recall_result recall(const once& request, remembered& outcome) {
    const auto number = static_cast<std::int64_t>(request.number);
    const source* const from = find(request.source);
    if (from == nullptr) return recall_result::failed;
    if (from->number == 0 || number > from->highest) return recall_result::fresh;
    flush();
    const auto id = static_cast<std::int32_t>(from->number);
    std::size_t at = 0;
    if (!connection_.ask([&] { at = connection_.queue(find_, postgres_arguments<2>().integer(id).number(number)); })) return recall_result::failed;
    answer_ = connection_.take(at);
    if (answer_.rows() == 0) return recall_result::fresh;
    return read(request, answer_[0], outcome) ? recall_result::known : recall_result::failed;
  }

  bool remember(const once& request, const remembered& outcome) {
    source* const from = find(request.source);
    if (from == nullptr || (from->number == 0 && !add(*from))) return false;
    const auto number = static_cast<std::int64_t>(request.number);
    std::int64_t rejection = 0;
    if (outcome.what == verdict::rejected && (rejection = names_.number(stored_kind::rejection, outcome.rejection)) == 0) return false;
    sources_of_.integer(static_cast<std::int32_t>(from->number));
    numbers_.number(number);
    verdicts_.integer(static_cast<std::int32_t>(outcome.what));
    versions_.number(static_cast<std::int64_t>(outcome.version));
    outcome.position == 0 ? positions_.null() : positions_.number(static_cast<std::int64_t>(outcome.position));
    rejection == 0 ? rejections_.null() : rejections_.integer(static_cast<std::int32_t>(rejection));
    outcome.size == 0 ? payloads_.null() : payloads_.bytes(outcome.payload, outcome.size);
    if (number > from->highest) from->highest = number;
    has_some_ = true;
    if (numbers_.size() >= 2048 || payloads_.byte_count() >= std::size_t{1} << 18) flush();
    return true;
  }

  /// Whether the open unit has remembered something.
  bool has_some() const noexcept { return has_some_; }
  /// Whether the open unit has sent something of that.
  bool has_sent() const noexcept { return has_sent_; }
  /// Queues what waits. By horizon new sources come before, in the order of their names, so that two units do not wait for each other.
  void flush() {
    if (numbers_.size() == 0) return;
    has_sent_ = true;
    std::sort(made_.begin(), made_.end());
    for (const made& one : made_)
      connection_.queue(add_source_beside_, postgres_arguments<2>().integer(static_cast<std::int32_t>(one.number)).add(text_.escaped(one.name)));
    made_.clear();
    connection_.queue(insert_, postgres_arguments<7>()
                                   .add(sources_of_.whole())
                                   .add(numbers_.whole())
                                   .add(verdicts_.whole())
                                   .add(versions_.whole())
                                   .add(positions_.whole())
                                   .add(rejections_.whole())
                                   .add(payloads_.whole()));
    clear();
  }

  /// Forgets what waits and what is known of the sources: the unit was taken back, or others wrote.
  void forget() {
    clear();
    made_.clear();
    has_some_ = has_sent_ = false;
    for (source& s : sources_) s = {};
  }

 private:
  struct source {
    std::string name;
    bool is_known = false;
    std::int64_t number = 0;  ///< in the log; 0: not there
    std::int64_t highest = std::numeric_limits<std::int64_t>::min();
  };
  /// A source that the unit has made, by horizon.
  struct made {
    std::string name;
    std::int64_t number;
    auto operator<=>(const made&) const = default;
  };

  void clear() {
    sources_of_.clear();
    numbers_.clear();
    verdicts_.clear();
    versions_.clear();
    positions_.clear();
    rejections_.clear();
    payloads_.clear();
  }

  // A place for each of the sources that are in use at a time; one that loses its place is looked up again.
  source* find(const char* name) {
    source& s = sources_[fnv1a(name) % places];
    if (s.is_known && s.name == name) return &s;
    if (s.is_known) flush();  // what waits may be of that one
    s = {};
    std::size_t at = 0;
    const std::string_view text = text_.escaped(name);
    if (!connection_.ask([&] { at = connection_.queue(find_source_, postgres_arguments<1>().add(text)); })) return nullptr;
    const postgres_answer& rows = connection_.answer(at);
    if (rows.rows() != 0) {
      s.number = rows[0].integer(0);
      if (!rows[0].is_null(1)) s.highest = rows[0].number(1);
    }
    s.name = name;
    s.is_known = true;
    return &s;
  }

  bool add(source& s) {
    std::size_t at = 0;
    const std::string_view text = text_.escaped(s.name);
    const bool is_beside = connection_.is_by_horizon();
    const auto question = [&] {
      at = is_beside ? connection_.queue(next_source_) : connection_.queue(add_source_, postgres_arguments<1>().add(text));
    };
    if (!connection_.ask(question)) return false;
    s.number = connection_.answer(at)[0].integer(0);
    if (is_beside) made_.push_back({s.name, s.number});
    return true;
  }

  bool read(const once& request, const postgres_row& row, remembered& outcome) {
    outcome = {};
    const std::int32_t what = row.integer(0);
    if (what < 0 || what > static_cast<std::int32_t>(verdict::rejected)) return unreadable(failure::kind::corrupt, request, "no verdict");
    outcome.what = static_cast<verdict>(what);
    outcome.version = static_cast<std::uint64_t>(row.number(1));
    outcome.position = static_cast<std::uint64_t>(row.number(2));
    if (outcome.what == verdict::rejected) {
      if (row.integer(3) > names_.count() && !names_.refresh()) return false;
      outcome.rejection = names_.tag(stored_kind::rejection, row.integer(3));
      if (outcome.rejection == postgres_names::unknown)
        return unreadable(failure::kind::unknown_event, request, "a rejection that the model does not know");
    }
    const std::string_view payload = row.bytes(4);
    outcome.payload = payload.data();
    outcome.size = static_cast<std::uint32_t>(payload.size());
    return true;
  }

  bool unreadable(failure::kind why, const once& request, const char* what) {
    return connection_.fail(failure(why, 0, "the outcome of ", request.source, " ", request.number, " is ", what, ": ", connection_.where()));
  }

  static constexpr std::size_t places = 64;
  static constexpr Oid int8 = postgres_type::number, int4 = postgres_type::integer;

  postgres_connection& connection_;
  postgres_names& names_;
  source sources_[places];
  bool has_some_ = false, has_sent_ = false;
  std::vector<made> made_;  ///< and that wait
  postgres_answer answer_;
  postgres_text text_;
  postgres_array sources_of_{int4}, numbers_{int8}, verdicts_{int4}, versions_{int8}, positions_{int8}, rejections_{int4},
      payloads_{postgres_type::bytes};
  postgres_statement find_source_{"select source, (select max(number) from outcomes o where o.source = s.source) from sources s where name = $1",
                                  {postgres_type::text}};
  postgres_statement add_source_{"insert into sources select coalesce(max(source), 0) + 1, $1 from sources returning source", {postgres_type::text}};
  // Another number for each, so that two new sources do not wait for each other.
  postgres_statement next_source_{"select nextval('source_numbers')::integer"};
  postgres_statement add_source_beside_{"insert into sources values($1, $2)", {int4, postgres_type::text}};
  postgres_statement find_{"select verdict, version, position, rejection, payload from outcomes where source = $1 and number = $2", {int4, int8}};
  postgres_statement insert_{"insert into outcomes select * from unnest($1, $2, $3, $4, $5, $6, $7)",
                             {postgres_type::integer_array, postgres_type::number_array, postgres_type::integer_array, postgres_type::number_array,
                              postgres_type::number_array, postgres_type::integer_array, postgres_type::bytes_array}};
};

}  // namespace gesta::detail
