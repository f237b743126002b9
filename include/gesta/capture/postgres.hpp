// Changes of the tables of a PostgreSQL database, as typed messages: by logical replication with pgoutput.
// Floor: capture.
// May include: detail, message, store, capture. The server runs with wal_level=logical.
//
//     const gesta::postgres_source from{.address = "dbname=crm", .slot = "welcome", .publication = "welcome"};
//     gesta::publish_tables<customer>(from);                           // once; or the owner of the database does
//     gesta::postgres_capture<customer> changes(from);
//     if (!changes) ...                                                // changes.why()
//     if (changes.needs_backfill()) changes.backfill(visitor);         // what is there; or from_now()
//     changes.poll([](const gesta::change<customer>& one) { ... });    // all that was committed before the call
//     changes.acknowledge();                                           // the server may forget it
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include <gesta/capture/change.hpp>
#include <gesta/capture/pgoutput.hpp>
#include <gesta/capture/pgoutput_rows.hpp>
#include <gesta/capture/postgres_stream.hpp>
#include <gesta/capture/result.hpp>
#include <gesta/capture/rows.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

namespace detail {

/// A table of a row, as the server names it.
struct pg_table {
  std::string space, name;
  bool is_partitioned = false;
};

}  // namespace detail

/// Makes the publication that a source names, of the tables of Row...; nothing where it is there already.
template <class... Row>
captured publish_tables(const postgres_source& source) {
  detail::pg_link asks;
  failure cause;
  std::vector<std::vector<std::string>> rows;
  if (!asks.open(source.address, false, cause)) return {cause, 0};
  if (!asks.ask("select 1 from pg_publication where pubname = $1", {source.publication}, cause, &rows)) return {cause, 0};
  if (!rows.empty()) return {};
  std::string sql = "create publication " + detail::pg_quoted(source.publication, '"') + " for table ";
  ((sql += (sql.back() == ' ' ? "" : ", ") + detail::table_name<Row>()), ...);
  return asks.ask(sql, {}, cause) ? captured() : captured(cause, 0);
}

/// Captures what is committed to the tables of Row..., whoever does it. Each change is delivered at least once, in the order of commits, the
/// changes of a transaction in its own order; its position is the place of its commit in the server's log and its number in the transaction, and is
/// the same when it comes again. The server keeps where the reader is, and all that comes behind, under the name of the slot: as long as nobody
/// polls and acknowledges, its disk fills. A connection that was lost, a server that was restarted: the poll fails, and the next one goes on.
/// Not copyable; one thread at a time; one reader for a slot.
template <class... Row>
class postgres_capture {
 public:
  using row_list = detail::types<Row...>;

  explicit postgres_capture(const postgres_source& source) : stream_(source) { is_good_ = open(); }

  /// Whether it was opened: each table is there and published, with the columns, the key and the types that its Row says.
  explicit operator bool() const noexcept { return is_good_; }
  /// Why not; or why the last call failed.
  const failure& why() const noexcept { return why_; }
  /// There is no slot of this name: the reader is new, or somebody dropped it with all that it had not seen. Then `backfill`, or `from_now`.
  bool needs_backfill() const noexcept { return !has_slot_; }

  /// Begins with what is committed from now on: makes the slot.
  captured from_now() {
    if (!is_good_) return {why_, 0};
    if (has_slot_) return {};
    if (!stream_.commanding(why_) || !stream_.command("CREATE_REPLICATION_SLOT " + slot() + " LOGICAL pgoutput (SNAPSHOT 'nothing')", why_)) return {why_, 0};
    has_slot_ = true;
    stream_.end();
    return {};
  }

  /// Calls visit with each row that the tables hold, as an insertion with facts().is_initial; polls then go on behind them, without a gap and
  /// without a change twice: the rows are those of the moment at which the slot begins. The slot is kept when all were taken; until then nothing is,
  /// and a program that ends begins anew. Where the slot is there already it is failure::kind::conflict: forget() it first.
  template <class Visit>
  captured backfill(Visit&& visit) {
    using taking = detail::takes_changes<std::remove_reference_t<Visit>, Row...>;
    (void)sizeof(taking);
    if constexpr (!taking::all) {
      return {};
    } else {
      if (!is_good_) return {why_, 0};
      if (has_slot_) return failed(failure(failure::kind::conflict, 0, "the slot is there already, and the tables were read or passed over"), 0);
      std::vector<std::vector<std::string>> made;
      std::uint64_t from = 0, count = 0;
      // It goes with the connection, and its copy stays.
      if (!stream_.commanding(why_)) return {why_, 0};
      const std::string temporary = stream_.name_of_connection();
      if (!stream_.command("CREATE_REPLICATION_SLOT " + temporary + " TEMPORARY LOGICAL pgoutput (SNAPSHOT 'export')", why_, &made)) return {why_, 0};
      if (made.size() != 1 || made[0].size() < 3 || !detail::read_lsn(made[0][1], from) || from == 0)
        return failed(failure(failure::kind::corrupt, 0, "the server did not say where its snapshot stands"), 0);
      bool wants_more = true;
      const bool read = stream_.ask("begin isolation level repeatable read read only", {}, why_) &&
                        stream_.ask("set transaction snapshot " + detail::pg_quoted(made[0][2], '\''), {}, why_) &&
                        (read_rows<Row>(visit, from - 1, count, wants_more) && ...);
      failure ignored;
      stream_.ask("rollback", {}, ignored);
      const bool kept = read && wants_more &&
                        stream_.command("select pg_copy_logical_replication_slot('" + temporary + "', " + detail::pg_quoted(stream_.source().slot, '\'') + ", false)", why_);
      stream_.command("DROP_REPLICATION_SLOT " + temporary, ignored);
      stream_.end();
      if (!kept) return read && !wants_more ? captured(count) : captured(why_, count);
      has_slot_ = true;
      at_ = {from - 1, count};
      done_ = 0;
      return captured(count);
    }
  }

  /// Calls visit(const gesta::change<Row>&) for each change that was committed before the call, in order, at most so many. A visitor may return
  /// bool: false ends it, and that change is the next one again. Waits for the server, and as long as it sends; where it says nothing for longer than
  /// the source's patience it is failure::kind::busy.
  template <class Visit>
  captured poll(Visit&& visit, std::uint64_t most = ~std::uint64_t{0}) {
    using taking = detail::takes_changes<std::remove_reference_t<Visit>, Row...>;
    (void)sizeof(taking);
    if constexpr (!taking::all) {
      return {};
    } else {
      std::uint64_t count = 0, target = 0;
      if (!is_good_ || most == 0) return is_good_ ? captured() : captured(why_, 0);
      // A stream that was lost while nobody looked, by a restart of the server or its timeout, is no failure of this poll.
      bool may_be_stale = stream_.is_running();
      if (!begin_poll(target)) return {why_, 0};
      bool is_asked = false;
      for (std::int64_t said = detail::pg_milliseconds();;) {
        while (has_message_) {
          const came_to what = deliver(visit);
          if (what == came_to::failed) return {why_, count};
          if (what == came_to::declined) return captured(count);
          count += what == came_to::delivered;
          if (count == most) return captured(count);
        }
        if (seen_ >= target && !order_.is_open()) return captured(count);
        detail::pg_frame frame;
        int came = -1;
        if (is_asked || stream_.tell(done_, is_asked = true, why_)) came = stream_.next(frame, 5, why_);
        if (came < 0) {
          lose();
          if (!may_be_stale || why_.why != failure::kind::input_output || !start()) return {why_, count};
          may_be_stale = is_asked = false;
          continue;
        }
        if (came == 0) {
          is_asked = false;
          if (detail::pg_milliseconds() - said <= static_cast<std::int64_t>(stream_.source().patience_milliseconds)) continue;
          return failed(failure(failure::kind::busy, 0, "the server has said nothing new for longer than the patience of the source"), count);
        }
        if (frame.kind != 'k' || frame.end > seen_) said = detail::pg_milliseconds();
        if (frame.kind == 'w') {
          if (!take(frame.data)) return {why_, count};
          continue;
        }
        if (frame.wants_reply && !stream_.tell(done_, false, why_)) return {lose(), count};
        if (frame.end > seen_) seen_ = frame.end;
        if (!order_.is_open() && frame.end > handled_) handled_ = frame.end;
      }
    }
  }

  /// Tells the server that all which was delivered is done: of transactions, those that were delivered to their end. It notes that on its disk when
  /// it finds time, so after a crash of the server some may come again, as they may after one of this program.
  captured acknowledge() {
    if (!is_good_) return {why_, 0};
    done_ = handled_ > done_ ? handled_ : done_;
    if (!stream_.is_running()) return {};  // it is told when the stream runs again
    if (stream_.tell(done_, false, why_)) return {};
    lose();  // the stream was cut since: another one
    return has_slot_ && start() && stream_.tell(done_, false, why_) ? captured() : captured(lose(), 0);
  }
  /// Passes over the change that the last poll failed at, and over no other.
  bool skip() noexcept {
    if (!has_failed_) return false;
    at_ = failed_;
    has_failed_ = false;
    return true;
  }

  /// Behind which change it is: all up to there were delivered.
  source_position position() const noexcept { return at_; }
  /// All that was committed before this place is acknowledged.
  source_position acknowledged() const noexcept { return {done_, 0}; }
  /// Drops the slot: the server keeps nothing for this reader any more, and what was not delivered is lost.
  captured forget() {
    if (!is_good_) return {why_, 0};
    stream_.end();
    order_.reset();
    has_message_ = false;
    // Where the stream ended just now the server may still hold the slot.
    for (const std::int64_t until = detail::pg_milliseconds() + static_cast<std::int64_t>(stream_.source().patience_milliseconds);;) {
      if (stream_.ask("select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1", {stream_.source().slot}, why_)) break;
      if (why_.why != failure::kind::busy || detail::pg_milliseconds() > until) return {why_, 0};
      ::poll(nullptr, 0, 10);
    }
    has_slot_ = false;
    done_ = handled_ = seen_ = 0;
    return {};
  }

 private:
  enum class came_to : unsigned char { other = 0, delivered = 1, declined = 2, failed = 4 };
  friend constexpr came_to operator|(came_to a, came_to b) noexcept {
    return static_cast<came_to>(static_cast<unsigned char>(a) | static_cast<unsigned char>(b));
  }
  template <class One>
  static constexpr std::size_t place = detail::index_of<One, row_list>;

  std::string slot() const { return detail::pg_quoted(stream_.source().slot, '"'); }
  captured failed(const failure& cause, std::uint64_t count) {
    why_ = cause;
    return {why_, count};
  }
  /// The stream is over: what the server sends next begins with a transaction.
  const failure& lose() {
    order_.reset();
    has_message_ = false;
    seen_ = 0;
    return why_;
  }

  // ---- opening

  bool open() {
    if constexpr (!(detail::row_facts<Row>::sound && ...)) {
      return false;
    } else {
      std::vector<std::vector<std::string>> rows;
      if (!stream_.ask("show wal_level", {}, why_, &rows)) return false;
      if (rows.size() != 1 || rows[0][0] != "logical") return refuse(failure(failure::kind::differs, 0, "the server does not run with wal_level=logical"));
      if (!stream_.ask("select pubinsert and pubupdate and pubdelete and pubtruncate from pg_publication where pubname = $1", {stream_.source().publication}, why_, &rows))
        return false;
      if (rows.empty()) return refuse(failure(failure::kind::differs, 0, "there is no publication ", stream_.source().publication.c_str()));
      if (rows[0][0] != "t")
        return refuse(failure(failure::kind::differs, 0, "the publication ", stream_.source().publication.c_str(), " leaves operations out; it has to publish all four"));
      if (!(check<Row>() && ...)) return false;
      if (!stream_.ask("select plugin, database = current_database() from pg_replication_slots where slot_name = $1", {stream_.source().slot}, why_, &rows)) return false;
      has_slot_ = !rows.empty();
      if (has_slot_ && (rows[0][0] != "pgoutput" || rows[0][1] != "t"))
        return refuse(failure(failure::kind::differs, 0, "the slot ", stream_.source().slot.c_str(), " is of another plugin or database"));
      return true;
    }
  }
  bool refuse(const failure& cause) {
    why_ = cause;
    return false;
  }

  template <class One>
  bool check() {
    const std::string name = detail::table_name<One>();
    std::vector<std::vector<std::string>> rows;
    if (!stream_.ask("select n.nspname, c.relname, c.relreplident, c.relkind, exists(select from pg_publication_tables p where p.pubname = $2 and p.schemaname = n.nspname "
                     "and p.tablename = c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = to_regclass($1)",
                     {name, stream_.source().publication}, why_, &rows))
      return false;
    if (rows.empty()) return refuse(failure(failure::kind::differs, 0, "there is no table ", name.c_str()));
    if (rows[0][4] != "t") return refuse(failure(failure::kind::differs, 0, name.c_str(), ": the table is not in the publication ", stream_.source().publication.c_str()));
    tables_[place<One>] = {rows[0][0], rows[0][1], rows[0][3] == "p"};
    const std::string identity = rows[0][2];
    // The base type of a domain; whether a column belongs to what identifies a row: its primary key, or the index that its owner chose.
    if (!stream_.ask("select a.attname, coalesce(nullif(t.typbasetype, 0), t.oid)::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated <> '', "
                     "exists(select from pg_index i where i.indrelid = a.attrelid and a.attnum = any(i.indkey[0:i.indnkeyatts - 1]) and "
                     "case c.relreplident when 'i' then i.indisreplident else i.indisprimary end) "
                     "from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid "
                     "where c.oid = to_regclass($1) and a.attnum > 0 and not a.attisdropped", {name}, why_, &rows))
      return false;
    std::size_t keys = 0;
    for (const auto& column : rows) keys += column[5] == "t";
    using of = typename detail::row_facts<One>::keys;
    const bool is_full = identity == "f";
    if (identity == "n") return refuse(failure(failure::kind::differs, 0, name.c_str(), ": the table has REPLICA IDENTITY NOTHING, so nobody could tell which row was changed"));
    if (!is_full && keys != of::count())
      return refuse(failure(failure::kind::differs, 0, name.c_str(), ": its replica identity has ", std::uint64_t{keys}, " columns, and the key of the row has ",
                            std::uint64_t{of::count()}));
    return [&]<std::size_t... I>(detail::indices<I...>) { return (check_field<One, I>(name.c_str(), rows, is_full) && ...); }(detail::make_indices<detail::field_count<One>>{});
  }
  template <class One, std::size_t I>
  bool check_field(const char* table, const std::vector<std::vector<std::string>>& columns, bool is_full) {
    using field = detail::field_type<One, I>;
    constexpr detail::chars name = detail::column_of<One, I>();
    const auto wrong = [&](const char* what, const char* more = "") { return refuse(detail::column_failure(failure::kind::differs, table, name, what, more)); };
    for (const std::vector<std::string>& column : columns) {
      if (!(detail::chars_of(column[0]) == name)) continue;
      std::uint32_t type = 0;
      for (const char digit : column[1]) type = type * 10 + static_cast<std::uint32_t>(digit - '0');
      if (!detail::pg_type_fits<field>(type)) {
        wrong("the column is ", column[2].c_str());
        why_.add(", and the field is ");
        why_.add(detail::cell_kind_name(detail::cell_kind_of<field>()));
        why_.add(" or too small");
        return false;
      }
      if (column[4] == "t") return wrong("a generated column is not sent by the server");
      if (!is_full && (column[5] == "t") != detail::is_key_field<One>(I))
        return wrong(column[5] == "t" ? "it is a part of the replica identity, and not of the key of the row" : "it is a part of the key of the row, and not of the replica identity");
      if (!detail::is_nullable<field> && column[3] != "t") return wrong("the column can be NULL, and the field cannot; make it a std::optional");
      return true;
    }
    return wrong("there is no such column");
  }

  // ---- the tables as they are

  template <class One, class Visit>
  bool read_rows(Visit& visit, std::uint64_t from, std::uint64_t& count, bool& wants_more) {
    const detail::pg_table& table = tables_[place<One>];
    detail::pg_relation of;
    of.name = table.name;
    std::string sql = "declare gesta_rows no scroll cursor for select ";
    [&]<std::size_t... I>(detail::indices<I...>) {
      ((of.columns.push_back({std::string(detail::column_of<One, I>().data, detail::column_of<One, I>().size), 16384, false}),
        sql += (I == 0 ? "" : ", ") + detail::pg_quoted(of.columns.back().name, '"') + "::text, " + detail::pg_quoted(of.columns.back().name, '"') + " is null"), ...);
    }(detail::make_indices<detail::field_count<One>>{});
    sql += (table.is_partitioned ? " from " : " from only ") + detail::pg_quoted(table.space, '"') + '.' + detail::pg_quoted(table.name, '"');
    if (!stream_.ask(sql, {}, why_)) return false;
    std::vector<std::vector<std::string>> rows;
    detail::pg_message message;
    message.kind = 'I';
    do {
      if (!stream_.ask("fetch 1000 from gesta_rows", {}, why_, &rows)) return false;
      for (const std::vector<std::string>& row : rows) {
        message.after.clear();
        for (std::size_t i = 0; i < of.columns.size(); ++i) {
          // A bool as text is a word.
          const std::string& text = row[2 * i];
          message.after.push_back({row[2 * i + 1] == "t" ? 'n' : 't', detail::chars_of(text)});
        }
        const bool good = detail::make_change<One>(table.name.c_str(), of, message, {{from, count + 1}, 0, {}, true}, why_,
                                                   [&](const change<One>& one) { wants_more = detail::hand_over(visit, one); });
        if (!good) return false;
        if (!wants_more) return true;
        ++count;
      }
    } while (!rows.empty());
    return stream_.ask("close gesta_rows", {}, why_);
  }

  // ---- the stream

  bool begin_poll(std::uint64_t& target) {
    if (!has_slot_) return refuse(failure(failure::kind::differs, 0, "there is no slot ", stream_.source().slot.c_str(), ": backfill, or begin from_now"));
    std::vector<std::vector<std::string>> rows;
    const char* const sql = "select pg_current_wal_flush_lsn(), exists(select from pg_replication_slots where slot_name = $1)";
    // The connection may have been lost since it was used last.
    if (!stream_.ask(sql, {stream_.source().slot}, why_, &rows) && !stream_.ask(sql, {stream_.source().slot}, why_, &rows)) return false;
    if (rows.size() != 1 || !detail::read_lsn(rows[0][0], target)) return refuse(failure(failure::kind::corrupt, 0, "the server did not say where its log stands"));
    if (rows[0][1] != "t") {
      has_slot_ = false;
      lose();
      return refuse(failure(failure::kind::differs, 0, "somebody dropped the slot ", stream_.source().slot.c_str(), " and what was not delivered; backfill, or begin from_now"));
    }
    if (stream_.is_running()) return true;
    lose();
    return start();
  }
  /// Begins to stream. The server may not have noticed yet that the last one of this slot is gone.
  bool start() {
    for (const std::int64_t until = detail::pg_milliseconds() + static_cast<std::int64_t>(stream_.source().patience_milliseconds);;) {
      if (stream_.start(why_)) return true;
      if (why_.why != failure::kind::busy || detail::pg_milliseconds() > until) return false;
      ::poll(nullptr, 0, 10);
    }
  }

  bool take(detail::chars bytes) {
    bytes_.assign(bytes.data, bytes.size);
    const char* wrong = detail::read_pg_message(detail::chars_of(bytes_), message_);
    if (wrong == nullptr) wrong = order_.take(message_);
    if (wrong != nullptr) {
      stream_.end();
      lose();
      return refuse(failure(failure::kind::corrupt, 0, "the server sent something else than pgoutput: ", wrong));
    }
    part_ = 0;
    has_message_ = true;
    is_named_ = message_.kind != 'T';
    return true;
  }

  /// Delivers the message, or the next part of it.
  template <class Visit>
  came_to deliver(Visit& visit) {
    if (message_.kind == 'C') handled_ = message_.end;
    const bool is_change = message_.kind == 'I' || message_.kind == 'U' || message_.kind == 'D';
    if (!is_change && (message_.kind != 'T' || part_ == message_.truncated.size())) {
      has_message_ = false;
      return came_to::other;
    }
    if (!is_named_) {
      truncated_ = order_.truncate(message_.truncated[part_]);
      is_named_ = true;
    }
    const detail::pg_relation* const of = is_change ? &order_.changed() : truncated_;
    const source_position here{order_.commit(), order_.index()};
    came_to what = came_to::other;
    if (of != nullptr && at_ < here) {
      what = (came_to::other | ... | deliver_to<Row>(visit, *of, here));
      if (what == came_to::failed) {
        failed_ = here;
        has_failed_ = true;
        return what;
      }
      if (what == came_to::declined) return what;
    }
    has_failed_ = false;
    if (at_ < here) at_ = here;
    if (is_change) has_message_ = false;
    else {
      ++part_;
      is_named_ = false;
    }
    return what;
  }
  template <class One, class Visit>
  came_to deliver_to(Visit& visit, const detail::pg_relation& of, const source_position& here) {
    const detail::pg_table& table = tables_[place<One>];
    if (of.name != table.name || of.space != table.space) return came_to::other;
    const change_facts facts{here, order_.transaction(), {order_.time()}, false};
    bool took = false;
    if (message_.kind == 'T') {
      took = detail::hand_over(visit, change<One>::of_truncated(facts));
    } else if (!detail::make_change<One>(table.name.c_str(), of, message_, facts, why_, [&](const change<One>& one) { took = detail::hand_over(visit, one); })) {
      return came_to::failed;
    }
    return took ? came_to::delivered : came_to::declined;
  }

  detail::pg_stream stream_;
  failure why_;
  detail::pg_table tables_[sizeof...(Row)];
  detail::pg_order order_;
  detail::pg_message message_;
  const detail::pg_relation* truncated_ = nullptr;
  std::string bytes_;              ///< of the message
  std::size_t part_ = 0;           ///< of a truncation: which table is next
  source_position at_, failed_;
  std::uint64_t seen_ = 0;         ///< the server has sent all before
  std::uint64_t handled_ = 0;      ///< all before was delivered
  std::uint64_t done_ = 0;         ///< all before was acknowledged
  bool has_message_ = false;
  bool is_named_ = false;          ///< the truncation's table has its number
  bool has_failed_ = false;
  bool has_slot_ = false;
  bool is_good_ = false;
};

}  // namespace gesta
