// gesta-log copy: brings one file to what another, or a log in PostgreSQL, holds, row by row.
//
// Until all is there the copy bears another application id, so no program takes it for a whole log. Each step is one transaction; after
// any of them the copy holds the first events of the source, and the next run goes on from there.
#include <cstdio>
#include <string>
#include <vector>

#include <gesta/store/sqlite_schema.hpp>

#include "commands.hpp"
#include "file.hpp"
#include "postgres.hpp"

namespace tool {

namespace {

class copying {
 public:
  copying(const std::string& from, const std::string& to)
      : from_(shown(from)), format_(file(from, file::access::read, false).without_gaps().format()), found_(content_of(to)),
        to_((refuse_others(to), to), file::access::write) {
    // Where the tables were just being made SQLite takes that back now, and nothing is left of the file.
    if (to_.ask("pragma page_count") == 0) found_ = content::nothing;
    query attach(to_.connection(), "attach ? as source");
    attach.set(1, is_postgres(from) ? std::string() : reading_uri(from)).run();
    if (is_postgres(from)) declarations_ = lay_out(to_.connection(), "source", from, true).declarations;
  }

  int run(std::int64_t events_at_a_time) {
    if (found_ == content::nothing) make_tables();
    to_.execute("pragma main.journal_mode=wal; pragma main.synchronous=full; pragma main.secure_delete=on");
    if (found_ != content::nothing) check_prefix();
    if (is_same()) {
      print_line(to_.path() + ": holds all " + counted(to_.ask("select count(*) from main.events"), "event") + " of " + from_);
      return 0;
    }
    const std::int64_t at_first = last_position();
    while (step(events_at_a_time)) {
    }
    finish();
    print_line(to_.path() + ": " + counted(last_position() - at_first, "event") + " copied, " + last_position() + " in all");
    return 0;
  }

 private:
  void refuse_others(const std::string& to) const {
    if (found_ == content::something_else) throw trouble{trouble::access, to + ": not a file of gesta"};
  }
  [[noreturn]] void refuse(const std::string& why) const {
    throw trouble{trouble::content, to_.path() + ": is no beginning of " + from_ + ": " + why};
  }
  std::int64_t last_position() { return to_.ask("select coalesce(max(position), 0) from main.events"); }

  // All or nothing, under a name that keeps everybody away.
  void make_tables() {
    to_.execute("begin immediate");
    std::vector<std::string> statements = declarations_;
    if (statements.empty()) {
      for (query q(to_.connection(), "select sql from source.sqlite_master where sql is not null and name not like 'sqlite\\_%' escape '\\' order by type != 'table', rowid"); q.next();)
        statements.emplace_back(q.bytes(0));
    }
    for (const std::string& sql : statements) to_.execute(sql);
    to_.execute("pragma main.user_version=" + std::to_string(format_));
    to_.execute("pragma main.application_id=" + std::to_string(unfinished_application));
    to_.execute("commit");
  }

  // ---- what stands there already

  static constexpr const char* columns = "stream, version, previous, type, time, correlation, causation";

  void check_prefix() {
    const std::int64_t format = to_.ask("pragma main.user_version");
    if (format != format_) refuse(std::string("it has format ") + format + ", the source " + format_);
    to_.execute("begin");
    const auto none = [&](const std::string& sql, const char* why) {
      query q(to_.connection(), sql);
      if (q.next()) refuse(std::string(why) + q.number(0));
    };
    none("select type from (select * from main.types except select * from source.types) limit 1", "another type has the number ");
    none("select stream from (select stream, aggregate, key from main.streams except select stream, aggregate, key from source.streams) limit 1", "another stream has the number ");
    none("select source from (select * from main.sources except select * from source.sources) limit 1", "another sender has the number ");
    if (format_ >= 2)
      none("select number from (select * from main.incarnations except select * from source.incarnations) limit 1", "it was restored on its own: incarnation ");
    // What was erased since in the source is erased in the copy; nothing else may differ.
    none(std::string("select m.position from main.events m left join source.events s on s.position = m.position where s.position is null or (") + prefixed("m.") +
             ") is not (" + prefixed("s.") + ") or (m.payload is not s.payload and s.payload is not null) order by m.position limit 1",
         "they differ at position ");
    none("select number from (select * from main.outcomes except select * from source.outcomes) limit 1", "another outcome has the number ");
    to_.execute("commit");
  }
  static std::string prefixed(const std::string& with) {
    std::string out = with;
    for (const char* c = columns; *c != '\0'; ++c) {
      out += *c;
      if (*c == ' ') out += with;
    }
    return out;
  }

  bool is_same() {
    if (found_ != content::gesta) return false;
    to_.execute("begin");
    bool same = true;
    for (const std::string& table : tables()) {
      const auto rows_without = [&](const char* a, const char* b) {
        return to_.ask("select exists(select * from " + std::string(a) + "." + table + " except select * from " + b + "." + table + ")") != 0;
      };
      same = same && !rows_without("source", "main") && !rows_without("main", "source");
    }
    to_.execute("commit");
    return same;
  }
  std::vector<std::string> tables() {
    std::vector<std::string> names;
    for (query q(to_.connection(), "select name from source.sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'"); q.next();)
      names.push_back('"' + std::string(q.bytes(0)) + '"');
    return names;
  }

  // ---- what is missing

  // False: there is nothing more.
  bool step(std::int64_t events) {
    to_.execute("begin immediate");
    const std::int64_t last = last_position();
    const std::string after = " where position > " + std::to_string(last);
    to_.execute("pragma main.application_id=" + std::to_string(unfinished_application));
    to_.execute("insert into main.types select * from source.types where type not in (select type from main.types) order by type");
    to_.execute("insert into main.events select * from source.events" + after + " order by position limit " + std::to_string(events));
    const bool more = last_position() != last;
    to_.execute("insert into main.streams select * from source.streams where stream in (select stream from main.events" + after +
                ") and stream not in (select stream from main.streams) order by stream");
    if (format_ >= 2)
      to_.execute("update main.streams set version = h.version, last = h.last from (select stream, max(version) as version, max(position) as last from main.events" + after +
                  " group by stream) h where h.stream = main.streams.stream");
    to_.execute("commit");
    return more;
  }

  // Everything else, and the file's own name.
  void finish() {
    to_.execute("begin immediate");
    // The source is seen as it is now: it may have grown since the last step.
    const std::string grown = "select exists(select * from source.events where position > (select coalesce(max(position), 0) from main.events))";
    while (to_.ask(grown) != 0) {
      to_.execute("commit");
      step(1'000'000'000);
      to_.execute("begin immediate");
    }
    to_.execute("update main.events set payload = null where payload is not null and position in (select position from source.events where payload is null)");
    for (const std::string& table : tables()) {
      if (table == "\"events\"" || table == "\"types\"") continue;
      to_.execute("delete from main." + table + " where exists(select * from main." + table + " except select * from source." + table + ")");
      to_.execute("insert into main." + table + " select * from source." + table + " except select * from main." + table);
    }
    to_.execute("pragma main.application_id=" + std::to_string(gesta::detail::sqlite_application));
    to_.execute("commit");
    to_.execute("pragma main.wal_checkpoint(truncate)");
  }

  std::string from_;  ///< for people
  std::int64_t format_;
  content found_;
  file to_;
  std::vector<std::string> declarations_;  ///< of a log in PostgreSQL; else the source says them itself
};

}  // namespace

int copy(const std::string& from, const std::string& to, std::int64_t events_at_a_time) {
  if (is_postgres(to)) return copy_to_postgres(from, to);
  const int code = copying(from, to).run(events_at_a_time);
  end_output();
  return code;
}

}  // namespace tool
