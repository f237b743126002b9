// gesta-log verify: all that can be checked of a file without the program that wrote it.
#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "catalog.hpp"
#include "commands.hpp"

namespace tool {

namespace {

class inspection {
 public:
  inspection(const std::string& path, std::int64_t most) : from_(path, file::access::read), path_(from_.path()), most_(most) {}

  int run() {
    try {
      pages();
      if (tables()) {
        const catalog types(from_);
        dictionary(types);
        streams(types);
        events(types);
        heads();
        if (from_.format() >= 2) incarnations();
        outcomes(types);
        if (from_.has("snapshots")) snapshots();
      }
    } catch (const trouble& t) {  // SQLite itself found the damage
      if (t.exit != trouble::content) throw;
      say("the file", t.words);
    }
    if (findings_ > most_) print_line("... " + std::to_string(findings_ - most_) + " more findings");
    if (findings_ == 0) {
      print_line(path_ + ": format " + from_.format_there() + ", " + counted(count_of_events_, "event") + " of " +
                 counted(static_cast<std::int64_t>(streams_.size()), "stream") + ", " + counted(outcomes_, "outcome") + ": all is well" +
                 (unsaid_ == 0 ? std::string() : ", as far as " + counted(unsaid_, "type") + " without form can tell"));
    } else {
      print_line(path_ + ": " + findings_ + (findings_ == 1 ? " thing is wrong" : " things are wrong"));
    }
    end_output();
    return findings_ == 0 ? 0 : 1;
  }

 private:
  struct stream {
    std::int64_t aggregate = 0, version = 0, last = 0, first = 1;
    bool closed = false, exists = false;
    std::int64_t seen_version = 0, seen_last = 0;
  };

  void say(const std::string& where, const std::string& what) {
    if (++findings_ <= most_) print_line(where + ": " + what);
  }
  static std::string at(std::int64_t position) { return std::string("position ") + position; }
  static std::string of_stream(std::int64_t number) { return std::string("stream ") + number; }
  static std::string of_type(std::int64_t number) { return std::string("type ") + number; }

  // ---- the file

  void pages() {
    for (query q(from_.connection(), "pragma integrity_check"); q.next();)
      if (q.bytes(0) != "ok") say("the file", std::string(q.bytes(0)));
  }

  // False: without its tables nothing more can be said.
  bool tables() {
    std::map<std::string, std::vector<std::string>> wanted = {
        {"types", {"type", "kind", "id", "version"}},
        {"streams", {"stream", "aggregate", "key"}},
        {"events", {"position", "stream", "version", "previous", "type", "time", "correlation", "causation", "payload"}},
        {"sources", {"source", "name"}},
        {"outcomes", {"source", "number", "verdict", "version", "position", "rejection", "payload"}}};
    if (from_.format() >= 2) {
      wanted["types"].push_back("form");
      for (const char* column : {"version", "last", "first", "closed"}) wanted["streams"].push_back(column);
      wanted["incarnations"] = {"number", "incarnation", "after", "time"};
    }
    bool whole = true;
    for (const auto& [table, columns] : wanted) {
      std::set<std::string> there;
      query q(from_.connection(), "select name from pragma_table_info(?)");
      for (q.set(1, table); q.next();) there.insert(std::string(q.bytes(0)));
      for (const std::string& column : columns) {
        if (there.contains(column)) continue;
        say("the table " + table, there.empty() ? "is missing" : "has no column " + column);
        whole = false;
        if (there.empty()) break;
      }
    }
    return whole;
  }

  // ---- types

  void dictionary(const catalog& types) {
    std::int64_t number = 0;
    for (const type& t : types.all()) {
      ++number;
      if (t.kind.empty()) {
        say(of_type(number), "is missing: the numbers have no gaps");
      } else if (t.kind != "event" && t.kind != "rejection" && t.kind != "aggregate") {
        say(of_type(number), "is of the kind '" + t.kind + "', which there is not");
      } else if (t.id.empty() || t.version < 0) {
        say(of_type(number), "has no name, or no version");
      }
      if (!t.form.empty() && !t.read)
        say(of_type(number), "its form cannot be read from character " + std::to_string(t.read.wrong_at()) + " on: " + t.form);
      if (t.form.empty()) ++unsaid_;
    }
  }
  bool is_of_kind(const type* t, const char* kind) const { return t != nullptr && t->kind == kind; }

  // ---- streams and events

  void streams(const catalog& types) {
    const bool has_heads = from_.format() >= 2;
    for (query q(from_.connection(), std::string("select stream, aggregate, key") + (has_heads ? ", version, last, first, closed" : "") + " from streams order by stream");
         q.next();) {
      const std::int64_t number = q.number(0);
      if (number < 1 || number > 4'000'000'000) {
        say(of_stream(number), "is no number of a stream");
        continue;
      }
      stream s{.exists = true};
      s.aggregate = q.number(1);
      const type* const aggregate = types.find(s.aggregate);
      if (!is_of_kind(aggregate, "aggregate")) {
        say(of_stream(number), "its aggregate is no type of that kind");
      } else {
        std::string key;
        if (!types.put_key(aggregate, value_in(q, 2), key)) say(of_stream(number), "its key is none of " + aggregate->id + ", " + aggregate->form + ": " + key);
      }
      if (has_heads) {
        s.version = q.number(3);
        s.last = q.number(4);
        s.first = q.number(5);
        s.closed = q.number(6) == 1;
        if (q.number(6) != 0 && q.number(6) != 1) say(of_stream(number), "is neither closed nor open");
        if (s.first < 1 || s.first > s.version + 1) say(of_stream(number), std::string("its first kept version is ") + s.first + " of " + s.version);
      }
      streams_[number] = s;
    }
  }

  void events(const catalog& types) {
    std::int64_t expected = 1;
    query q(from_.connection(), "select position, stream, version, previous, type, correlation, causation, payload, typeof(time) from events order by position");
    for (; q.next(); ++expected) {
      const std::int64_t position = q.number(0);
      if (position != expected) {
        if (!from_.layout().has_gaps)
          say(at(expected), position == expected + 1 ? std::string("is missing") : std::string("is missing, up to ") + (position - 1));
        expected = position;
      }
      ++count_of_events_;
      const type* const event = types.find(q.number(4));
      if (!is_of_kind(event, "event")) say(at(position), std::string("its type ") + q.number(4) + " is no event");
      if (q.bytes(8) != "integer") say(at(position), "its time is no number");
      for (const int column : {5, 6})
        if (!q.is_null(column) && (q.type(column) != SQLITE_BLOB || q.bytes(column).size() != 16))
          say(at(position), std::string("its ") + (column == 5 ? "correlation" : "causation") + " is no id of 16 bytes");
      const auto found = streams_.find(q.number(1));
      if (found == streams_.end()) say(at(position), std::string("its stream ") + q.number(1) + " does not exist");
      else link(position, found->second, q);
      payload(types, position, is_of_kind(event, "event") ? event : nullptr, found == streams_.end() ? nullptr : &found->second, q);
    }
    last_position_ = expected - 1;
  }

  void link(std::int64_t position, stream& of, const query& row) {
    const std::int64_t version = row.number(2), previous = row.is_null(3) ? 0 : row.number(3);
    if (version != of.seen_version + 1)
      say(at(position), std::string("has version ") + version + " of its stream " + row.number(1) + ", which had " + of.seen_version);
    if (previous != of.seen_last)
      say(at(position), std::string("leads to position ") + previous + "; the event before it in its stream " + row.number(1) + " is " + of.seen_last);
    of.seen_version = version;
    of.seen_last = position;
  }

  void payload(const catalog& types, std::int64_t position, const type* event, const stream* of, const query& row) {
    const bool is_erased = row.is_null(7);
    const bool may_be_erased = of == nullptr || row.number(2) < of->first;
    if (is_erased && !may_be_erased) say(at(position), "its payload was erased; its stream says that it is kept");
    if (!is_erased && of != nullptr && may_be_erased) say(at(position), "its payload is there; its stream says that it was erased");
    if (is_erased) return;
    if (row.type(7) != SQLITE_BLOB) return say(at(position), "its payload is no bytes");
    std::string shown;
    if (event != nullptr && !types.put_payload(event, row.bytes(7), shown))
      say(at(position), "its payload is no " + event->id + " version " + event->version + ": " + shown);
  }

  void heads() {
    for (const auto& [number, s] : streams_) {
      if (s.seen_version == 0) say(of_stream(number), "has no events");
      if (from_.format() < 2) continue;
      if (s.version != s.seen_version || s.last != s.seen_last)
        say(of_stream(number), std::string("says that it ends with version ") + s.version + " at position " + s.last + "; it ends with version " + s.seen_version +
                                   " at position " + s.seen_last);
    }
  }

  void incarnations() {
    std::int64_t expected = 1;
    for (query q(from_.connection(), "select number, incarnation, after from incarnations order by number"); q.next(); ++expected) {
      const std::string where = std::string("incarnation ") + q.number(0);
      if (q.number(0) != expected) say(where, "is not the next number");
      if (q.type(1) != SQLITE_BLOB || q.bytes(1).size() != 16) say(where, "is no id of 16 bytes");
      if (q.number(2) < 0 || q.number(2) > last_position_) say(where, std::string("begins after position ") + q.number(2) + ", which is not there");
    }
    if (expected == 1) say("the table incarnations", "is empty");
  }

  // ---- outcomes

  /// Columns of the event at o.position, NULL where it is not there: a server looks it up by itself.
  std::string with_event(std::string_view columns, const std::string& from) const {
    const bool on_server = !from_.layout().declarations.empty();
    std::string out;
    for (std::size_t at = 0; at < columns.size();) {
      const std::size_t end = std::min(columns.find(',', at), columns.size());
      out += (out.empty() ? "" : ", ") + std::string(on_server ? "o.event_" : "e.").append(columns.substr(at, end - at));
      at = end + 2;
    }
    return out + " from " + from + (on_server ? "" : " left join events e on e.position = o.position");
  }
  void outcomes(const catalog& types) {
    query q(from_.connection(), "select o.source, o.number, o.verdict, o.version, o.position, o.rejection, o.payload, s.name, " +
                                    with_event("version", "outcomes o left join sources s on s.source = o.source"));
    while (q.next()) {
      ++outcomes_;
      const std::string where = "the outcome of " + (q.is_null(7) ? std::string("?") : std::string(q.bytes(7))) + " " + q.number(1);
      if (q.is_null(7)) say(where, std::string("its source ") + q.number(0) + " does not exist");
      const std::int64_t verdict = q.number(2);
      if (verdict < 0 || verdict > 2) say(where, std::string("has the verdict ") + verdict + ", which there is not");
      if (q.is_null(4)) {
        if (verdict == 0) say(where, "was accepted, and points at no event");
      } else if (q.is_null(8)) {
        say(where, std::string("points at position ") + q.number(4) + ", which is not there");
      } else {
        if (q.number(8) > q.number(3)) say(where, std::string("points at position ") + q.number(4) + " of version " + q.number(8) + ", and says version " + q.number(3));
        if (verdict != 0) say(where, "was not accepted, and points at an event");
      }
      rejection(types, where, verdict == 2, q);
    }
  }
  void rejection(const catalog& types, const std::string& where, bool is_one, const query& row) {
    if (!is_one) {
      if (!row.is_null(5) || !row.is_null(6)) say(where, "was not rejected, and holds a rejection");
      return;
    }
    const type* const what = types.find(row.number(5));
    if (!is_of_kind(what, "rejection")) return say(where, std::string("its type ") + row.number(5) + " is no rejection");
    std::string shown;
    if (!types.put_payload(what, row.bytes(6), shown))  // no bytes stand as NULL
      say(where, "its payload is no " + what->id + " version " + what->version + ": " + shown);
  }

  // ---- snapshots

  void snapshots() {
    query q(from_.connection(), "select o.stream, o.version, o.position, " + with_event("stream, version", "snapshots o"));
    while (q.next()) {
      const std::string where = std::string("the snapshot of stream ") + q.number(0) + " at version " + q.number(1);
      if (q.is_null(3)) say(where, std::string("is of position ") + q.number(2) + ", which is not there");
      else if (q.number(3) != q.number(0) || q.number(4) != q.number(1)) say(where, std::string("is of position ") + q.number(2) + ", which is another event");
    }
  }

  file from_;
  std::string path_;
  std::int64_t most_;
  std::int64_t findings_ = 0, count_of_events_ = 0, last_position_ = 0, outcomes_ = 0, unsaid_ = 0;
  std::map<std::int64_t, stream> streams_;
};

}  // namespace

int verify(const std::string& path, std::int64_t most_findings) { return inspection(path, most_findings).run(); }

}  // namespace tool
