// The events of a PostgreSQL log as they are read: in pages, of which the next one is under way while one is looked at.
// Floor: store. Between the rows of the table `events` and whoever takes gesta::recorded.
// May include: message, store.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gesta/message/about.hpp>
#include <gesta/store/postgres_connection.hpp>
#include <gesta/store/postgres_names.hpp>
#include <gesta/store/postgres_streams.hpp>
#include <gesta/store/postgres_values.hpp>
#include <gesta/store/slice.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// A number of PostgreSQL, which are signed; no log comes to 2^62 events.
constexpr std::int64_t postgres_number(std::uint64_t count) noexcept {
  constexpr std::uint64_t most = std::uint64_t{1} << 62;
  return static_cast<std::int64_t>(count < most ? count : most);
}

/// What the visitor of a stored event says; one that returns nothing wants all.
template <class F>
bool postgres_goes_on(F&& f, const recorded& record) {
  if constexpr (std::is_void_v<decltype(f(record))>) return f(record), true;
  else return static_cast<bool>(f(record));
}

/// Reads parts of the log and of streams. False is an error everywhere: last_failure() of the connection says why.
class postgres_records {
 public:
  postgres_records(postgres_connection& connection, postgres_names& names, postgres_streams& streams)
      : connection_(connection), names_(names), streams_(streams) {}

  /// All events after a position up to the last one: note(position, stream, version), which says false where it was an error, then f(const
  /// recorded&). An erased event comes as a retired one.
  template <class Note, class F>
  bool each_after(std::int64_t position, std::int64_t last, Note&& note, F&& f) {
    std::int64_t at = position, after = position;
    bool ignored = true;
    return pages(
        [&](std::int64_t limit) { return connection_.queue(ahead_, postgres_arguments<3>().number(after).number(last).number(limit)); },
        [&](const postgres_row& row) { after = row.number(0); }, [] { return slice::end; },
        [&](const postgres_row& row, bool&) {
          const std::int64_t here = row.number(0);
          if (here != at + 1 && !connection_.is_by_horizon()) return connection_.damaged_at(at + 1, "it is missing");
          at = here;
          return note(here, row.number(1), row.number(2)) && hand_over<true>(row, f, ignored);
        });
  }

  /// A part of all events, counted in positions: f(const recorded&) may end the reading by false. What was erased is passed over and not counted.
  template <class F>
  bool read(const slice& part, F&& f) {
    std::int64_t after = postgres_number(part.after), to = postgres_number(part.to), before = 0;
    std::uint64_t count = 0;
    const auto counted = [&](const recorded& record) { return ++count, postgres_goes_on(f, record); };
    return pages(
        [&](std::int64_t limit) {
          return connection_.queue(part.backwards ? behind_ : ahead_, postgres_arguments<3>().number(after).number(to).number(limit));
        },
        [&](const postgres_row& row) { (part.backwards ? to : after) = row.number(0) - (part.backwards ? 1 : 0); }, [&] { return part.limit - count; },
        [&](const postgres_row& row, bool& wants_more) {
          const std::int64_t here = row.number(0);
          // Backwards others may have appended since, so where it begins is not known before.
          const std::int64_t wanted = part.backwards ? (before == 0 ? here : before - 1) : (before == 0 ? postgres_number(part.after) : before) + 1;
          if (here != wanted && !connection_.is_by_horizon()) return connection_.damaged_at(wanted, "it is missing");
          before = here;
          return hand_over(row, counted, wants_more);
        });
  }
  /// The same for events of some types only. That no position is missing is not seen by it.
  template <class F>
  bool read(const slice& part, const wanted_types& wanted, F&& f) {
    std::int64_t after = postgres_number(part.after), to = postgres_number(part.to);
    std::uint64_t count = 0;
    const auto counted = [&](const recorded& record) {
      if (!wanted.holds(record.tag)) return true;  // of a type that others entered after the dictionary was read
      return ++count, postgres_goes_on(f, record);
    };
    postgres_array numbers(postgres_type::integer);
    names_.wanted(wanted, numbers);
    const auto last_type = static_cast<std::int32_t>(names_.count());
    return pages(
        [&](std::int64_t limit) {
          return connection_.queue(part.backwards ? behind_wanted_ : ahead_wanted_,
                                   postgres_arguments<5>().number(after).number(to).number(limit).add(numbers.whole()).integer(last_type));
        },
        [&](const postgres_row& row) { (part.backwards ? to : after) = row.number(0) - (part.backwards ? 1 : 0); }, [&] { return part.limit - count; },
        [&](const postgres_row& row, bool& wants_more) { return hand_over(row, counted, wants_more); });
  }

  /// A part of one stream, counted in versions, of which `first` to `last` are there. What was erased is passed over and not counted.
  template <class F>
  bool read_stream(std::int64_t stream, const slice& part, std::int64_t first, std::int64_t last, F&& f) {
    std::int64_t after = std::max(postgres_number(part.after), first - 1), to = std::min(postgres_number(part.to), last);
    const std::int64_t step = part.backwards ? -1 : 1, end = part.backwards ? after : to + 1;
    std::int64_t wanted = part.backwards ? to : after + 1;
    std::uint64_t count = 0;
    bool has_ended = false;
    if (after >= to) return true;
    const auto counted = [&](const recorded& record) { return ++count, postgres_goes_on(f, record); };
    const bool good = pages(
        [&](std::int64_t limit) {
          return connection_.queue(part.backwards ? stream_behind_ : stream_ahead_,
                                   postgres_arguments<4>().number(after).number(to).number(limit).number(stream));
        },
        [&](const postgres_row& row) { (part.backwards ? to : after) = row.number(2) - (part.backwards ? 1 : 0); }, [&] { return part.limit - count; },
        [&](const postgres_row& row, bool& wants_more) {
          if (row.number(2) != wanted) return connection_.damaged_at(row.number(0), "it is not the next one of its stream");
          wanted += step;
          const bool is_good = hand_over(row, counted, wants_more);
          has_ended = !wants_more;
          return is_good;
        });
    if (!good || has_ended || count == part.limit || wanted == end) return good;
    return connection_.damaged("events have vanished from a stream");
  }

 private:
  static constexpr std::int64_t first_page = 256, most_rows = 4096;
  static constexpr std::size_t small_page = std::size_t{1} << 19, large_page = std::size_t{1} << 22;

  /// Page by page: ask(limit) queues the question for the next one; turn(row) is told the last row of a page before that; rest() says how many rows
  /// are still wanted; take(row, wants_more) for each row, false: an error.
  template <class Ask, class Turn, class Rest, class Take>
  bool pages(Ask&& ask, Turn&& turn, Rest&& rest, Take&& take) {
    std::int64_t limit = first_page, asked = 0;
    std::size_t at = 0;
    const auto question = [&](std::uint64_t most) {
      asked = most < static_cast<std::uint64_t>(limit) ? static_cast<std::int64_t>(most) : limit;
      return [&] { at = ask(asked); };
    };
    if (rest() == 0) return true;
    if (!connection_.ask(question(rest()))) return false;
    postgres_answer page = connection_.take(at);
    while (page.rows() != 0) {
      if (!prepare_for(page)) return false;
      const int rows = page.rows();
      const bool is_full = rows >= asked;
      const std::size_t bytes = PQresultMemorySize(page.get());
      if (bytes < small_page && limit < most_rows) limit *= 2;
      else if (bytes > large_page && limit > 1) limit /= 2;
      postgres_answer next;
      const under_way ahead(connection_);
      const bool asks_ahead = is_full && rest() > static_cast<std::uint64_t>(rows);
      if (is_full) turn(page[rows - 1]);
      if (asks_ahead) {
        question(rest() - static_cast<std::uint64_t>(rows))();
        connection_.send_ahead(next);
      }
      bool wants_more = true;
      for (int row = 0; row < rows && wants_more && rest() != 0; ++row)
        if (!take(page[row], wants_more)) return false;
      if (!wants_more || !is_full || rest() == 0) return true;
      connection_.settle();
      if (next.get() == nullptr) {
        // What was asked for ahead did not come: within a unit that is the end of it; else it is asked for again.
        if (asks_ahead && (connection_.in_unit() || !connection_.is_lost())) return false;
        if (!connection_.ask(question(rest()))) return false;
        next = connection_.take(at);
      }
      page = std::move(next);
    }
    return true;
  }

  /// Whoever leaves takes the answer that is under way.
  struct under_way {
    explicit under_way(postgres_connection& of) : connection(of) {}
    under_way(const under_way&) = delete;
    under_way& operator=(const under_way&) = delete;
    ~under_way() { connection.settle(); }
    postgres_connection& connection;
  };

  /// Has the streams and types of a page at hand.
  bool prepare_for(const postgres_answer& page) {
    if (!connection_.in_unit()) streams_.make_room();
    std::int64_t last_type = 0;
    for (int row = 0; row < page.rows(); ++row) {
      streams_.need(page[row].number(1));
      last_type = std::max<std::int64_t>(last_type, page[row].integer(3));
    }
    return (last_type <= names_.count() || names_.refresh()) && streams_.fetch();
  }

  /// Hands the event of a row over, unless it was erased. WithErased: also then, as if it was retired.
  template <bool WithErased = false, class F>
  bool hand_over(const postgres_row& row, F&& f, bool& wants_more) {
    recorded record{};
    if (const char* const why = understand(row, record)) return connection_.damaged_at(row.number(0), why);
    if (record.aggregate == postgres_names::unknown && record.tag == retired_tag) return true;  // its aggregate has left the model with it
    if (record.payload == nullptr) {
      if (!WithErased) return true;
      record.tag = retired_tag;
    }
    wants_more = postgres_goes_on(f, record);
    return true;
  }

  const char* understand(const postgres_row& row, recorded& record) {
    const std::uint32_t at = streams_.find(row.number(1));
    if (at == postgres_streams::absent) return "its stream does not exist";
    if (!names_.has(stored_kind::aggregate, streams_.aggregate(at))) return "the table types has no such aggregate";
    const std::int64_t type = row.integer(3);
    record.tag = names_.tag(stored_kind::event, type);
    record.aggregate = names_.tag(stored_kind::aggregate, streams_.aggregate(at));
    if (record.tag == postgres_names::unknown) record.id = names_.unknown_id(type);
    else if (record.aggregate == postgres_names::unknown && record.tag != retired_tag) record.id = names_.id_of_tag(record.tag);
    if (record.tag == postgres_names::unknown && record.id.name == nullptr) return "the table types has no such event";
    if (record.id.name != nullptr) record.tag = unknown_tag;
    record.key = streams_.key(at);
    record.entity = unknown_entity;
    record.version = static_cast<std::uint64_t>(row.number(2));
    record.position = static_cast<std::uint64_t>(row.number(0));
    record.from.time.nanoseconds = row.number(4);
    record.from.correlation = row.id(5, {});
    record.from.causation = row.id(6, record.from.correlation);
    if (!row.is_null(7)) {
      const std::string_view payload = row.bytes(7);
      record.payload = payload.data();
      record.size = static_cast<std::uint32_t>(payload.size());
    }
    record.in_place = false;
    return nullptr;
  }

  static std::string events(const char* which) {
    return std::string("select position, stream, version, type, time, correlation, causation, payload from events where ") + which;
  }

  postgres_connection& connection_;
  postgres_names& names_;
  postgres_streams& streams_;
  static constexpr Oid int8 = postgres_type::number;
  postgres_statement ahead_{events("position > $1 and position <= $2 order by position limit $3"), {int8, int8, int8}};
  postgres_statement behind_{events("position > $1 and position <= $2 order by position desc limit $3"), {int8, int8, int8}};
  postgres_statement ahead_wanted_{events("position > $1 and position <= $2 and (type = any($4) or type > $5) order by position limit $3"),
                                   {int8, int8, int8, postgres_type::integer_array, postgres_type::integer}};
  postgres_statement behind_wanted_{events("position > $1 and position <= $2 and (type = any($4) or type > $5) order by position desc limit $3"),
                                    {int8, int8, int8, postgres_type::integer_array, postgres_type::integer}};
  postgres_statement stream_ahead_{events("stream = $4 and version > $1 and version <= $2 order by version limit $3"), {int8, int8, int8, int8}};
  postgres_statement stream_behind_{events("stream = $4 and version > $1 and version <= $2 order by version desc limit $3"),
                                    {int8, int8, int8, int8}};
};

}  // namespace gesta::detail
