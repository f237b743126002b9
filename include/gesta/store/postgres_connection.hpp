// One connection to PostgreSQL: prepared statements with binary values, queued and sent together, so that many cost one round trip.
// Floor: store. Beneath the log and the views; above libpq.
// May include: message, store.
//
// It is always in pipeline mode. `queue` hands a statement to libpq, which sends it when its buffer is full; `run` asks the server for all
// answers. When one fails the server skips the rest of what was queued. A connection that was lost is made anew by the next `connect`.
#pragma once

#include <libpq-fe.h>
#include <time.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <gesta/message/about.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/store/postgres_failure.hpp>
#include <gesta/store/postgres_schema.hpp>
#include <gesta/store/postgres_values.hpp>

namespace gesta::detail {

/// How a log gives its positions; of a schema it is said once, by the first log that is opened there.
enum class postgres_positions : std::uint8_t { unsaid, by_lock, by_horizon };

struct postgres_options {
  const char* address;
  const char* schema;
  bool waits_for_disk;
  std::uint32_t patience_milliseconds;
  message_id (*random)() noexcept;
  postgres_positions positions = postgres_positions::unsaid;  ///< of who is no log
};

/// A statement that a connection prepares when it is first used. It lives as long as the connection.
struct postgres_statement {
  postgres_statement() = default;
  explicit postgres_statement(std::string text, std::vector<Oid> of = {}) : sql(std::move(text)), types(std::move(of)) {}

  std::string sql;
  std::vector<Oid> types;        ///< of its parameters
  std::uint32_t name = 0;        ///< 0: it has none yet
  std::uint32_t connection = 0;  ///< that has prepared it
};

/// What is in doubt or wrong is said by last_failure(). `broken` is for ever; a connection that was lost is not.
class postgres_connection {
 public:
  explicit postgres_connection(const postgres_options& options)
      : address_(options.address), schema_(options.schema), patience_(options.patience_milliseconds), waits_for_disk_(options.waits_for_disk),
        positions_(options.positions), random_(options.random) {
    where_ = "schema " + schema_;
    if (!open()) broken_ = true;
  }
  postgres_connection(const postgres_connection&) = delete;
  postgres_connection& operator=(const postgres_connection&) = delete;
  ~postgres_connection() { close(); }

  const std::string& schema() const noexcept { return schema_; }
  /// Database and schema, for people; nothing that is secret.
  const char* where() const noexcept { return where_.c_str(); }
  std::uint32_t patience() const noexcept { return patience_; }
  message_id incarnation() const noexcept { return incarnation_; }
  /// Units run side by side, and readers go as far as none is under way.
  bool is_by_horizon() const noexcept { return positions_ == postgres_positions::by_horizon; }
  /// Another number for each connection that was made: what a connection before it knew may be outdated.
  std::uint32_t number() const noexcept { return number_; }

  const failure* broken() const noexcept { return broken_ ? &last_ : nullptr; }
  const failure& last_failure() const noexcept { return last_; }
  bool fail(const failure& cause) {
    if (!broken_) last_ = cause;
    return false;
  }
  /// Notes a failure after which nothing can be done any more; returns false.
  bool break_off(const failure& cause) {
    fail(cause);
    broken_ = true;
    return false;
  }
  bool damaged(const char* what) { return break_off(failure(failure::kind::corrupt, 0, what, ": ", where())); }
  bool damaged_at(std::int64_t position, const char* why) {
    failure cause(failure::kind::corrupt, 0, "the event at position ", static_cast<std::uint64_t>(position), " cannot be read, ", why);
    cause.add(": ");
    cause.add(where());
    cause.position = static_cast<std::uint64_t>(position);
    return break_off(cause);
  }

  // ---- the connection

  bool is_lost() const noexcept { return connection_ == nullptr || is_lost_ || PQstatus(connection_) == CONNECTION_BAD; }
  /// There is a connection: the one that was there, or a new one to the same log. Waits for a server that restarts as long as patience says.
  bool connect() {
    if (broken_) return false;
    if (!is_lost()) return true;
    if (!reach(true)) return false;
    message_id now{};
    if (!read_incarnation(now)) return false;
    if (now == incarnation_) return true;
    return break_off(failure(failure::kind::input_output, 0, "another log stands there now; open the store again: ", where()));
  }

  // ---- units

  /// What a unit of work finds when it has the lock.
  struct found {
    std::int64_t last = 0;    ///< position of the last event; by horizon the one before the unit's first
    std::int64_t stream = 0;  ///< number of the last stream; not by horizon
    std::int64_t type = 0;    ///< number of the last type
  };

  /// Opens a transaction and takes the log's lock, waiting as long as patience says: from here to its end nobody else writes. By horizon others may
  /// write, and the unit sees the log as it is now. One round trip.
  bool begin(found& out) {
    for (int turn = 0; turn < 2; ++turn) {
      if (!connect()) return false;
      std::size_t at = 0;
      if (is_by_horizon()) {
        queue(begin_beside_);
        if (conflicts_ != 0) queue(stand_in_line_);
        if (conflicts_ >= most_conflicts) queue(shut_out_);
        queue(enter_, postgres_arguments<1>().integer(postgres_units(schema_)));
        at = queue(claim_);
      } else {
        queue(begin_);
        queue(lock_, postgres_arguments<1>().number(postgres_lock(schema_)));
        at = queue(look_around_);
      }
      if (run()) {
        const postgres_row row = answer(at)[0];
        if (is_by_horizon()) {
          out = {row.number(0) << postgres_unit_bits, 0, row.integer(1)};
          ++changes_;
          return in_unit_ = true;
        }
        out = {row.number(1), row.number(2), row.integer(3)};
        if (row.number(0) != units_ + 1 || number_ != connection_of_units_) ++changes_;
        units_ = row.number(0);
        connection_of_units_ = number_;
        return in_unit_ = true;
      }
      const bool is_gone = is_lost();  // it was gone already: nothing was begun
      rollback();
      if (!is_gone) return false;
    }
    return false;
  }
  /// The same with the lock in both ways: for what is entered once and waited for by all.
  bool begin_alone() {
    for (int turn = 0; turn < 2; ++turn) {
      if (!connect()) return false;
      queue(begin_);
      queue(lock_, postgres_arguments<1>().number(postgres_lock(schema_)));
      if (run()) return in_unit_ = true;
      const bool is_gone = is_lost();
      rollback();
      if (!is_gone) return false;
    }
    return false;
  }
  /// Keeps the unit with all that was queued. False: it is taken back; where the connection was lost, nobody knows.
  bool commit() {
    const std::size_t at = queue(commit_);
    in_unit_ = false;
    if (run() && std::strcmp(PQcmdStatus(const_cast<PGresult*>(answer(at).get())), "COMMIT") == 0) {
      hurries_ = false;
      conflicts_ = 0;
      return true;
    }
    rollback();
    return false;
  }
  /// Takes back what is open. A connection on which that does not work is given up, which does the same.
  void rollback() noexcept {
    in_unit_ = hurries_ = false;
    const failure cause = last_;
    if (!is_lost()) (void)run();  // what was queued, and is taken back
    if (!is_lost() && PQtransactionStatus(connection_) != PQTRANS_IDLE) {
      queue(rollback_);
      if (!run()) close();
    }
    forget();
    if (!broken_) last_ = cause;
  }
  bool in_unit() const noexcept { return in_unit_; }
  /// By horizon, in a unit that is about to be kept: lets one go first that was in conflict time and again.
  void let_first() { queue(let_first_); }
  /// By horizon, in a unit that holds something already: from here on it waits for nobody who holds something too and may wait for it, but is in
  /// conflict. Else two wait until the server finds them out, which takes it a second.
  void hurry() {
    if (hurries_) return;
    const std::string most = std::to_string(patience_ == 0 ? 1 : patience_ < most_hurried ? patience_ : most_hurried);
    queue(hurry_, postgres_arguments<1>().add(most));
    hurries_ = true;
  }
  /// How often a unit began and others had written since the last one, or could have.
  std::uint64_t changes() const noexcept { return changes_; }

  /// Queues by queue_all() and asks for the answers. Outside of a unit a connection that is gone is made anew and asked again.
  template <class QueueAll>
  bool ask(QueueAll&& queue_all) {
    if (!in_unit_ && !connect()) return false;
    queue_all();
    if (run()) return true;
    if (in_unit_ || !is_lost() || !connect()) return false;
    queue_all();
    return run();
  }

  // ---- statements

  /// Queues a statement. Its answer will be that of this number in the next `run`. What goes wrong is seen there.
  template <std::size_t Count>
  std::size_t queue(postgres_statement& statement, const postgres_arguments<Count>& arguments) {
    if (ahead_ != nullptr) settle();
    if (statement.connection != number_) prepare(statement);
    char name[16];
    if (!is_lost() && PQsendQueryPrepared(connection_, name_of(statement, name), arguments.count(), arguments.values(), arguments.sizes(),
                                          arguments.formats(), 1) == 0)
      is_lost_ = true;
    queued_.push_back(nullptr);
    return count_++;
  }
  std::size_t queue(postgres_statement& statement) { return queue(statement, postgres_arguments<0>()); }

  /// Asks for what was queued, without waiting for the answers.
  void send() {
    if (!is_lost() && (PQpipelineSync(connection_) == 0 || PQflush(connection_) < 0)) is_lost_ = true;
  }
  /// Takes the answers of all that was sent. False: one of them is an error; what was queued behind it was not done.
  bool receive() {
    answers_.clear();
    bool good = !is_lost();
    failed_at_ = no_answer;
    for (postgres_statement* const prepared : queued_) {
      if (is_lost()) break;
      postgres_answer answer(next_result());
      const ExecStatusType status = PQresultStatus(answer.get());
      const bool is_good = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
      if (!is_good && good) {
        good = false;
        failed_at_ = answers_.size();
        note_error(answer.get());
      }
      if (prepared == nullptr) answers_.push_back(std::move(answer));
      else if (!is_good) prepared->connection = 0;
    }
    if (!is_lost() && PQresultStatus(postgres_answer(next_result(false)).get()) != PGRES_PIPELINE_SYNC) is_lost_ = true;
    queued_.clear();
    count_ = 0;
    if (good && is_lost()) good = false;
    if (!good && is_lost()) lose();
    return good;
  }
  bool run() {
    settle();
    if (queued_.empty()) return true;
    send();
    return receive();
  }

  /// Sends what was queued, one statement, whose answer comes to `into` while others are looked at. `settle` waits for it; who queues something
  /// before that waits for it as well. What `into` then has not got, it was not given: an error, see last_failure().
  void send_ahead(postgres_answer& into) {
    send();
    ahead_ = &into;
  }
  void settle() {
    if (ahead_ == nullptr) return;
    postgres_answer& into = *ahead_;
    ahead_ = nullptr;
    if (receive()) into = std::move(answers_.back());
  }

  bool has_queued() const noexcept { return !queued_.empty(); }
  /// An answer of the last `run` that succeeded.
  const postgres_answer& answer(std::size_t number) const noexcept { return answers_[number]; }
  postgres_answer take(std::size_t number) noexcept { return std::move(answers_[number]); }
  /// Which statement of the last `run` failed first.
  std::size_t failed_at() const noexcept { return failed_at_; }
  /// The SQLSTATE of the last error of the server.
  bool was(const char* state) const noexcept { return std::strcmp(state_, state) == 0; }

  /// Runs SQL of any number of statements, by itself. Not while anything is queued.
  bool script(const std::string& sql) {
    if (is_lost()) return lose();
    PQexitPipelineMode(connection_);
    const postgres_answer answer(PQexec(connection_, sql.c_str()));
    const ExecStatusType status = PQresultStatus(answer.get());
    const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!good) note_error(answer.get());
    if (PQenterPipelineMode(connection_) == 0) is_lost_ = true;
    return good;
  }

  /// libpq's connection, for who waits on it.
  PGconn* handle() const noexcept { return connection_; }
  static constexpr std::size_t no_answer = ~std::size_t{0};

 private:
  bool open() {
    if (schema_.empty() || schema_.size() > 63 || !postgres_text::is_plain(schema_))
      return fail(failure(failure::kind::cannot_open, 0, "a schema has a name of 1 to 63 bytes"));
    if (!reach(false)) return last_.why == failure::kind::busy ? false : fail_to_open();
    return make_or_check() && read_incarnation(incarnation_);
  }
  bool fail_to_open() {
    last_.why = failure::kind::cannot_open;
    return false;
  }

  static void say_nothing(void*, const char*) {}

  /// Connects. `waits`: also for a server that is not there just now.
  bool reach(bool waits) {
    close();
    char* wrong = nullptr;
    PQconninfoOption* const parts = PQconninfoParse(address_.c_str(), &wrong);
    if (wrong != nullptr) PQfreemem(wrong);  // it repeats what it could not read, which may be a password
    if (parts == nullptr) return fail(failure(failure::kind::cannot_open, 0, "the address of the database cannot be read: ", where()));
    PQconninfoFree(parts);
    const std::string seconds = std::to_string(patience_ / 1000 < 2 ? 2 : patience_ / 1000);
    const char* const names[] = {"connect_timeout", "fallback_application_name", "dbname", "client_encoding", nullptr};
    const char* const values[] = {seconds.c_str(), "gesta", address_.c_str(), "UTF8", nullptr};
    for (std::uint32_t waited = 0;; waited += 10) {
      connection_ = PQconnectdbParams(names, values, 1);
      if (connection_ != nullptr) PQsetNoticeProcessor(connection_, say_nothing, nullptr);
      if (connection_ != nullptr && PQstatus(connection_) == CONNECTION_OK) break;
      // Whether it is just starting is not told but in words.
      const bool is_starting = connection_ != nullptr && std::strstr(PQerrorMessage(connection_), "the database system is ") != nullptr;
      if ((!waits && !is_starting) || waited >= patience_) return cannot_reach();
      close();
      const timespec moment{0, 10'000'000};
      ::nanosleep(&moment, nullptr);
    }
    is_lost_ = false;
    ++number_;
    where_ = std::string("database ") + PQdb(connection_) + ", schema " + schema_;
    return set_up();
  }
  bool cannot_reach() {
    // "connection to server on socket ... failed: FATAL: ...": names and addresses, no secrets.
    std::string words = connection_ == nullptr ? "no memory" : PQerrorMessage(connection_);
    while (!words.empty() && (words.back() == '\n' || words.back() == ' ')) words.pop_back();
    for (char& c : words)
      if (c == '\n') c = ' ';
    close();
    return fail(failure(failure::kind::input_output, 0, "the database cannot be reached: ", words.c_str()));
  }
  bool set_up() {
    const std::string wait = std::to_string(patience_ == 0 ? 1 : patience_);
    const char* const values[] = {schema_.c_str(), wait.c_str(), waits_for_disk_ ? "on" : "off"};
    // Who waits for the disk keeps what is stronger than that: the confirmation of another machine.
    const postgres_answer set(PQexecParams(connection_,
                                           "select set_config('search_path', quote_ident($1), false), set_config('lock_timeout', $2, false),"
                                           "set_config('synchronous_commit', case when $3 = 'on' and current_setting('synchronous_commit') <> 'off' then "
                                           "current_setting('synchronous_commit') else $3 end, false), set_config('default_transaction_isolation', "
                                           "'read committed', false), set_config('bytea_output', 'hex', false)",
                                           3, nullptr, values, nullptr, nullptr, 1));
    if (PQresultStatus(set.get()) != PGRES_TUPLES_OK) return note_error(set.get());
    return PQenterPipelineMode(connection_) == 1 || lose();
  }
  void close() noexcept {
    forget();
    if (connection_ != nullptr) PQfinish(connection_);
    connection_ = nullptr;
  }
  void forget() noexcept {
    queued_.clear();
    count_ = 0;
    ahead_ = nullptr;
  }
  /// The connection is gone, and with it whatever was open.
  bool lose() {
    is_lost_ = true;
    if (!has_said_why_) fail(failure(failure::kind::input_output, 0, "the connection to the database was lost: ", where()));
    has_said_why_ = false;
    return false;
  }

  bool note_error(const PGresult* answer) {
    const char* const state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    if (state != nullptr && std::strcmp(state, "25P02") == 0) return false;  // the transaction has failed before, and has said why
    std::strncpy(state_, state == nullptr ? "" : state, sizeof state_ - 1);
    fail(postgres_failure(answer, where()));
    // By horizon units meet only here: who comes second decides again.
    if (is_by_horizon() && (was("40001") || was("40P01") || was("23505") || (hurries_ && was("55P03")))) {
      last_.why = failure::kind::conflict;
      ++conflicts_;
    } else if (was("55P03")) {
      conflicts_ = 0;  // who shuts out what he waits for would keep all others waiting
    }
    const char* const severity = PQresultErrorField(answer, PG_DIAG_SEVERITY_NONLOCALIZED);
    const bool is_end = state == nullptr || (severity != nullptr && (std::strcmp(severity, "FATAL") == 0 || std::strcmp(severity, "PANIC") == 0));
    if (is_end) {  // whatever the server said last, what was not acknowledged is in doubt
      last_.why = failure::kind::input_output;
      is_lost_ = has_said_why_ = true;
    } else if (last_.why == failure::kind::corrupt && !state_is_expected()) {
      broken_ = true;
    }
    return false;
  }
  // An error that statements of gesta raise by themselves.
  bool state_is_expected() const noexcept { return was("22012"); }

  PGresult* next_result(bool with_end = true) {
    PGresult* result = PQgetResult(connection_);
    if (result == nullptr) result = PQgetResult(connection_);  // the end of the one before
    if (result == nullptr) return is_lost_ = true, nullptr;
    if (with_end && PQresultStatus(result) != PGRES_PIPELINE_SYNC)
      while (PGresult* const more = PQgetResult(connection_)) PQclear(more);
    return result;
  }

  void prepare(postgres_statement& statement) {
    if (is_lost()) return;
    if (statement.name == 0) statement.name = ++names_;
    char name[16];
    if (PQsendPrepare(connection_, name_of(statement, name), statement.sql.c_str(), static_cast<int>(statement.types.size()), statement.types.data()) == 0)
      is_lost_ = true;
    queued_.push_back(&statement);
    statement.connection = number_;  // it is used behind this in the same queue; the answer says whether it stays
  }
  static const char* name_of(const postgres_statement& statement, char* room) noexcept {
    char* at = room + 15;
    *at = '\0';
    for (std::uint32_t n = statement.name; n != 0; n /= 10) *--at = static_cast<char>('0' + n % 10);
    *--at = 'g';
    return at;
  }

  bool read_incarnation(message_id& name) {
    const std::size_t at = queue(read_incarnation_);
    if (!run()) return false;
    if (answer(at).rows() != 1) return damaged("the table incarnations is empty");
    name = answer(at)[0].id(0, {});
    return true;
  }

  // ---- the tables

  bool make_or_check() {
    for (int turn = 0;; ++turn) {
      const std::size_t at = queue(look_, postgres_arguments<1>().add(schema_));
      if (!run()) return fail_to_open();
      const std::int64_t tables = answer(at)[0].number(0), marks = answer(at)[0].number(1);
      if (marks != 0) return check_format();
      if (tables != 0) return refuse("the schema holds tables that are not gesta's");
      if (turn != 0) return refuse("the tables of a log could not be made");
      if (!make()) return fail_to_open();
    }
  }
  bool make() {
    const message_id name = random_();
    if (name == message_id{}) return refuse("the operating system gives no random numbers, which a new log needs");
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    // Who waited here for another one finds all there.
    const std::string guard = "select pg_advisory_xact_lock(" + std::to_string(postgres_lock(schema_)) + ");";
    if (!script("begin;" + guard)) return take_back();
    const std::size_t at = queue(look_, postgres_arguments<1>().add(schema_));
    if (!run()) return take_back();
    if (answer(at)[0].number(0) != 0) return script("rollback");
    char incarnation[33];
    for (int i = 0; i < 32; ++i) {
      const std::uint64_t half = i < 16 ? name.high : name.low;
      incarnation[i] = "0123456789abcdef"[half >> (60 - 4 * (i % 16)) & 15];
    }
    incarnation[32] = '\0';
    char* const quoted = PQescapeIdentifier(connection_, schema_.data(), schema_.size());
    if (quoted == nullptr) return take_back();
    const std::string created = std::string("create schema if not exists ") + quoted + ';';
    PQfreemem(quoted);
    const std::string first = std::string("insert into incarnations values(1, '") + incarnation + "', 0, " +
                              std::to_string(std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec) + ");";
    if (script(created + postgres_tables + "insert into gesta_format(format) values(" + std::to_string(postgres_format) + ");" + first + "commit"))
      return check_format();
    return take_back();
  }
  bool take_back() {
    const failure cause = last_;
    if (!is_lost()) (void)script("rollback");
    broken_ = false;
    return fail(cause);
  }
  bool check_format() {
    const std::size_t at = queue(format_);
    if (!run()) return fail_to_open();
    const std::int32_t format = answer(at).rows() == 1 ? answer(at)[0].integer(0) : 0;
    if (format > postgres_format) return refuse("made by a newer gesta");
    if (format != postgres_format) return refuse("the schema is not one of gesta");
    return positions_ == postgres_positions::unsaid || check_positions();
  }
  bool check_positions() {
    const char* const ours = is_by_horizon() ? "horizon" : "lock";
    std::size_t at = queue(positions_said_);
    if (!run()) return fail_to_open();
    if (answer(at)[0].bytes(0).empty()) {  // else no table is looked at but this one
      queue(say_positions_, postgres_arguments<1>().add(ours));
      at = queue(positions_said_);
      if (!run()) return fail_to_open();
    }
    const postgres_row said = answer(at)[0];
    if (said.bytes(0) != ours)
      return refuse(is_by_horizon() ? "its positions are given under its lock, open it with gesta::postgres_store"
                                    : "its units run side by side, open it with gesta::postgres_by_horizon");
    // Which units are under way only the server knows on which they run.
    return !is_by_horizon() || !said.boolean(1) || refuse("a standby cannot tell how far a log may be read whose units run side by side");
  }
  bool refuse(const char* why) { return fail(failure(failure::kind::cannot_open, 0, why, ": ", where())); }

  std::string address_, schema_, where_;
  std::uint32_t patience_;
  bool waits_for_disk_;
  postgres_positions positions_;
  std::uint32_t conflicts_ = 0;  ///< by horizon: units that were taken back for others, since one was kept
  message_id (*random_)() noexcept;
  message_id incarnation_;
  PGconn* connection_ = nullptr;
  std::uint32_t number_ = 0;
  std::uint32_t names_ = 0;
  bool is_lost_ = false, has_said_why_ = false, broken_ = false;
  failure last_;
  char state_[8] = {};
  std::vector<postgres_statement*> queued_;  ///< nullptr: to be executed; else to be prepared
  std::size_t count_ = 0;                    ///< of those to be executed
  std::size_t failed_at_ = no_answer;
  std::vector<postgres_answer> answers_;
  postgres_answer* ahead_ = nullptr;  ///< where the answer goes that was asked for ahead
  bool in_unit_ = false;
  bool hurries_ = false;              ///< the open unit holds something, and waits no more
  std::int64_t units_ = 0;            ///< the number of the last unit of this connection
  std::uint32_t connection_of_units_ = 0;
  std::uint64_t changes_ = 0;
  postgres_statement begin_{"begin"}, commit_{"commit"}, rollback_{"rollback"};
  postgres_statement lock_{"select pg_advisory_xact_lock($1)", {postgres_type::number}};
  postgres_statement look_around_{"select nextval('units'), coalesce((select max(position) from events), 0), coalesce((select max(stream) from streams), 0), "
                                  "coalesce((select max(type) from types), 0)"};
  postgres_statement begin_beside_{"begin isolation level repeatable read"};
  // Locks of a table take no snapshot, so who has waited here sees what the one before him wrote. Whoever stands in line is in the way of those in line
  // alone; whoever shuts out, as the first of them, waits for those that are being kept just now, and who comes to be kept waits for him.
  static constexpr std::uint32_t most_conflicts = 4;
  postgres_statement stand_in_line_{"lock table contended in share update exclusive mode"};
  postgres_statement shut_out_{"lock table contended in exclusive mode"};
  postgres_statement let_first_{"lock table contended in row share mode"};
  static constexpr std::uint32_t most_hurried = 20;  ///< milliseconds: those who are being kept just now are waited for
  postgres_statement hurry_{"select set_config('lock_timeout', $1, true)", {postgres_type::text}};
  // The lock first, then the claim: whoever does not see the lock will not miss a claim that he has seen.
  postgres_statement enter_{"select pg_advisory_xact_lock_shared($1, (((last_value + 2147483648) & 4294967295) - 2147483648)::integer) from claims",
                            {postgres_type::integer}};
  postgres_statement claim_{"select nextval('claims'), coalesce((select max(type) from types), 0)"};
  // What was copied in lies below all that is given by horizon.
  postgres_statement say_positions_{"with said as (update gesta_format set positions = $1 where positions = '' returning positions) select setval('claims', "
                                    "(select coalesce(max(position), 0) >> 20 from events)), setval('stream_numbers', greatest((select (coalesce(max(stream), 0) "
                                    "+ 63) / 64 * 64 from streams), 64), exists(select from streams)), setval('source_numbers', greatest((select max(source) from sources), 1), "
                                    "exists(select from sources)) from said where positions = 'horizon'",
                                    {postgres_type::text}};
  postgres_statement positions_said_{"select positions, pg_is_in_recovery() from gesta_format"};
  postgres_statement read_incarnation_{"select incarnation from incarnations order by number desc limit 1"};
  postgres_statement format_{"select format from gesta_format"};
  postgres_statement look_{"select count(*), count(*) filter (where relname = 'gesta_format') from pg_class c join pg_namespace n on n.oid = c.relnamespace "
                           "where n.nspname = $1",
                           {postgres_type::text}};
};

}  // namespace gesta::detail
