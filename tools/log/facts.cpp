// gesta-log export, gesta-log import: a log as lines of JSON (runtime/export.hpp says what stands in them), and a file made of such lines.
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <gesta/store/sqlite_incarnation.hpp>
#include <gesta/store/sqlite_ledger.hpp>
#include <gesta/store/sqlite_schema.hpp>

#include "catalog.hpp"
#include "commands.hpp"

namespace tool {

namespace {

constexpr const char* verdicts[] = {"accepted", "nothing", "rejected"};

// ---- export

void name(const char* text, std::string& out) { ((out += out.empty() ? "{\"" : ",\"") += text) += "\":"; }
void put_number(const char* what, std::int64_t number, std::string& out) {
  name(what, out);
  out += std::to_string(number);
}

void export_key(const column_value& key, bool is_unsigned, std::string& out) {
  if (key.type == SQLITE_INTEGER) {
    out += is_unsigned ? std::to_string(static_cast<std::uint64_t>(key.number)) : std::to_string(key.number);
  } else if (key.type == SQLITE_TEXT && gesta::detail::json::is_utf8({key.bytes.data(), key.bytes.size()})) {
    put_text(key.bytes, out);
  } else {
    out += key.type == SQLITE_TEXT ? "{\"text_in_hex\":" : "{\"hex\":";
    put_hex(key.bytes, out);
    out += '}';
  }
}

// The payload for people, and its bytes, which are what counts. False: it is none of its form.
bool export_payload(const catalog& types, const type* what, std::string_view bytes, std::string& out) {
  if (what->read) {
    name("payload", out);
    if (!types.put_payload(what, bytes, out)) return false;
  }
  name("bytes", out);
  put_hex(bytes, out);
  return true;
}

}  // namespace

int export_facts(const std::string& path) {
  file from(path, file::access::read);
  const catalog types(from);
  const auto known = [&](std::int64_t number, const char* kind, const std::string& where) {
    const type* const found = types.find(number);
    if (found == nullptr || found->kind != kind) throw trouble{trouble::content, from.path() + ": " + where + " is of no " + kind + "; see gesta-log verify"};
    return found;
  };
  print_line(R"({"gesta":"facts","format":1})");
  if (from.format() >= 2) {
    for (query q(from.connection(), "select incarnation, after, time from incarnations order by number"); q.next();) {
      std::string line;
      name("incarnation", line);
      put_hex(q.bytes(0), line);
      put_number("after", q.number(1), line);
      put_number("time", q.number(2), line);
      print_line(line += '}');
    }
  }
  for (const type& t : types.all()) {
    std::string line;
    name("type", line);
    put_text(t.kind, line);
    name("id", line);
    put_text(t.id, line);
    put_number("version", t.version, line);
    if (!t.form.empty()) {
      name("form", line);
      line += t.form;
    }
    print_line(line += '}');
  }
  std::int64_t events = 0, outcomes = 0;
  for (query q(from.connection(), "select e.position, s.aggregate, s.key, e.version, e.type, e.time, e.correlation, e.causation, e.payload "
                                  "from events e left join streams s on s.stream = e.stream order by e.position");
       q.next(); ++events) {
    const std::string where = std::string("position ") + q.number(0);
    const type* const aggregate = known(q.number(1), "aggregate", where);
    const type* const event = known(q.number(4), "event", where);
    std::string line;
    put_number("position", q.number(0), line);
    name("aggregate", line);
    put_text(aggregate->id, line);
    name("key", line);
    export_key(value_in(q, 2), aggregate->read && aggregate->read.word() == "u64", line);
    put_number("version", q.number(3), line);
    name("event", line);
    put_text(event->id, line);
    put_number("event_version", event->version, line);
    put_number("time", q.number(5), line);
    for (const auto& [column, what] : {std::pair(6, "correlation"), std::pair(7, "causation")}) {
      if (q.is_null(column)) continue;
      name(what, line);
      put_hex(q.bytes(column), line);
    }
    if (!q.is_null(8) && !export_payload(types, event, q.bytes(8), line))
      throw trouble{trouble::content, from.path() + ": the payload at " + where + " is none of its form; see gesta-log verify"};
    print_line(line += '}');
  }
  if (from.format() >= 2) {
    for (query q(from.connection(), "select aggregate, key, first, closed from streams where first != 1 or closed != 0 order by stream"); q.next();) {
      const type* const aggregate = known(q.number(0), "aggregate", "a stream");
      std::string line;
      name("stream", line);
      put_text(aggregate->id, line);
      name("key", line);
      export_key(value_in(q, 1), aggregate->read && aggregate->read.word() == "u64", line);
      put_number("first", q.number(2), line);
      name("closed", line);
      print_line(line += q.number(3) != 0 ? "true}" : "false}");
    }
  }
  for (query q(from.connection(), "select s.name, o.number, o.verdict, o.version, o.position, o.rejection, o.payload from outcomes o join sources s "
                                  "on s.source = o.source order by o.source, o.number");
       q.next(); ++outcomes) {
    const std::string where = "the outcome of " + std::string(q.bytes(0)) + " " + q.number(1);
    if (q.number(2) < 0 || q.number(2) > 2) throw trouble{trouble::content, from.path() + ": " + where + " is no verdict; see gesta-log verify"};
    std::string line;
    name("once", line);
    put_text(q.bytes(0), line);
    put_number("number", q.number(1), line);
    name("verdict", line);
    put_text(verdicts[q.number(2)], line);
    put_number("version", q.number(3), line);
    if (!q.is_null(4)) put_number("position", q.number(4), line);
    if (!q.is_null(5)) {
      const type* const rejection = known(q.number(5), "rejection", where);
      name("rejection", line);
      put_text(rejection->id, line);
      put_number("rejection_version", rejection->version, line);
      if (!export_payload(types, rejection, q.bytes(6), line))
        throw trouble{trouble::content, from.path() + ": " + where + " is none of its form; see gesta-log verify"};
    }
    print_line(line += '}');
  }
  print_line(std::string(R"({"end":{"events":)") + events + ",\"outcomes\":" + outcomes + "}}");
  end_output();
  return 0;
}

// ---- import

namespace {

namespace bj = boost::json;

// Payloads nest as deep as their forms.
bj::value parse(const std::string& text, bj::error_code& why) {
  bj::parse_options options;
  options.max_depth = 4 * gesta::detail::by_form::most_depth;
  return bj::parse(text, why, {}, options);
}

int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

/// One line, with words about what is wrong in it.
class fact_line {
 public:
  fact_line(const std::string& path, std::int64_t number, const std::string& text) : path_(path), number_(number) {
    bj::error_code why;
    bj::value value = parse(text, why);
    if (why || !value.is_object()) wrong("is no object of JSON");
    object_ = std::move(value.as_object());
  }

  [[noreturn]] void wrong(const std::string& what) const { throw trouble{trouble::content, path_ + ":" + number_ + ": " + what}; }

  const bj::value* find(const char* what) const { return object_.if_contains(what); }
  bool has(const char* what) const { return find(what) != nullptr; }
  const bj::value& at(const char* what) const {
    const bj::value* const found = find(what);
    if (found == nullptr) wrong(std::string("has no ") + what);
    return *found;
  }
  std::string text(const char* what) const {
    const bj::value& v = at(what);
    if (!v.is_string()) wrong(std::string(what) + " is no text");
    return std::string(v.as_string().data(), v.as_string().size());
  }
  std::int64_t number(const char* what) const { return number_in(at(what), what); }
  std::int64_t number_in(const bj::value& v, const char* what) const {
    if (v.is_int64()) return v.as_int64();
    if (v.is_uint64()) return static_cast<std::int64_t>(v.as_uint64());  // from 2^63 on the file has negative ones
    wrong(std::string(what) + " is no whole number");
  }
  std::string hex(const char* what) const { return hex_in(at(what), what); }
  std::string hex_in(const bj::value& v, const char* what) const {
    std::string bytes;
    if (!v.is_string() || v.as_string().size() % 2 != 0) wrong(std::string(what) + " is no hex");
    const bj::string& digits = v.as_string();
    for (std::size_t i = 0; i < digits.size(); i += 2) {
      const int high = digit(digits[i]), low = digit(digits[i + 1]);
      if (high < 0 || low < 0) wrong(std::string(what) + " is no hex");
      bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
  }

 private:
  const std::string& path_;
  std::int64_t number_;
  bj::object object_;
};

class importing {
 public:
  importing(const std::string& facts, const std::string& path) : facts_(facts), in_(facts == "-" ? stdin : std::fopen(facts.c_str(), "rb")), to_(checked(path), file::access::write) {
    if (in_ == nullptr) throw trouble{trouble::access, facts + ": " + std::strerror(errno)};
    to_.execute("begin immediate");
    to_.execute(gesta::detail::sqlite_tables);
    to_.execute(gesta::detail::sqlite_ledger().text());
    to_.execute("pragma application_id=" + std::to_string(gesta::detail::sqlite_application) + "; pragma user_version=" + std::to_string(gesta::detail::sqlite_format));
    add_type_ = std::make_unique<query>(to_.connection(), "insert into types(type, kind, id, version, form) values(?, ?, ?, ?, ?)");
    add_stream_ = std::make_unique<query>(to_.connection(), "insert into streams(stream, aggregate, key, version, last) values(?, ?, ?, 0, 0)");
    add_event_ = std::make_unique<query>(to_.connection(), "insert into events(position, stream, version, previous, type, time, correlation, causation, payload) values(?, ?, ?, ?, ?, ?, ?, ?, ?)");
    add_outcome_ = std::make_unique<query>(to_.connection(), "insert into outcomes(source, number, verdict, version, position, rejection, payload) values(?, ?, ?, ?, ?, ?, ?)");
  }
  importing(const importing&) = delete;
  importing& operator=(const importing&) = delete;
  ~importing() {
    if (in_ != nullptr && in_ != stdin) std::fclose(in_);
    for (std::unique_ptr<query>* q : {&add_type_, &add_stream_, &add_event_, &add_outcome_}) q->reset();
  }

  int run() {
    for (std::string text; read(text);) {
      ++line_;
      const fact_line line(facts_, line_, text);
      if (line_ == 1) {
        if (!line.has("gesta") || line.text("gesta") != "facts") line.wrong("is no begin of facts: {\"gesta\":\"facts\",...}");
        if (line.number("format") != 1) line.wrong("made by a newer gesta");
      } else if (ended_) {
        line.wrong("stands behind the end");
      } else {
        take(line);
      }
    }
    if (!ended_) throw trouble{trouble::content, facts_ + ": has no end; it was cut short"};
    finish();
    print_line(to_.path() + ": " + counted(position_, "event") + ", " + counted(static_cast<std::int64_t>(streams_.size()), "stream") + ", " +
               counted(outcomes_, "outcome"));
    return 0;
  }

 private:
  struct entry {
    std::int64_t number;
    std::string kind, id;
    std::int64_t version;
    std::string form;
    gesta::form_reader read;
  };
  struct stream {
    std::int64_t number, version = 0, last = 0;
  };

  static std::string checked(const std::string& path) {
    if (content_of(path) != content::nothing) throw trouble{trouble::access, path + ": is there already; import makes a new file, copy goes on with one"};
    return path;
  }

  bool read(std::string& line) {
    line.clear();
    for (int c; (c = std::getc(in_)) != EOF && c != '\n';) line += static_cast<char>(c);
    if (std::ferror(in_) != 0) throw trouble{trouble::access, facts_ + ": " + std::strerror(errno)};
    return !line.empty();
  }

  void take(const fact_line& line) {
    if (line.has("position") && line.has("event")) event(line);
    else if (line.has("once")) outcome(line);
    else if (line.has("type")) type(line);
    else if (line.has("stream")) cut(line);
    else if (line.has("incarnation")) incarnation(line);
    else if (line.has("end")) end(line);
    else line.wrong("is none of the lines of facts");
  }

  static std::string name_of(const std::string& kind, const std::string& id, std::int64_t version) { return kind + '\0' + id + '\0' + version; }

  void type(const fact_line& line) {
    entry t{static_cast<std::int64_t>(types_.size()) + 1, line.text("type"), line.text("id"), line.number("version"), {}, {}};
    if (t.kind != "event" && t.kind != "rejection" && t.kind != "aggregate") line.wrong("the kind " + t.kind + " is none of event, rejection, aggregate");
    if (const bj::value* const form = line.find("form")) {
      t.form = bj::serialize(*form);
      t.read = gesta::read_form(t.form);
      if (!t.read) line.wrong("form is none, from character " + std::to_string(t.read.wrong_at()) + " on: " + t.form);
    }
    const std::string name = name_of(t.kind, t.id, t.version);
    if (types_.contains(name)) line.wrong("the type stands there twice");
    add_type_->set(1, t.number).set(2, t.kind).set(3, t.id).set(4, t.version).set(5, t.form).run();
    types_.emplace(name, std::move(t));
  }
  const entry& find(const fact_line& line, const char* kind, const std::string& id, std::int64_t version) const {
    const auto found = types_.find(name_of(kind, id, version));
    if (found == types_.end()) line.wrong(std::string("no line before says the ") + kind + " " + id + " version " + version);
    return found->second;
  }
  const entry& aggregate(const fact_line& line, const std::string& id) const {
    const auto found = aggregates_.find(id);
    if (found != aggregates_.end()) return *found->second;
    for (const auto& [name, t] : types_)
      if (t.kind == "aggregate" && t.id == id) return *(aggregates_[id] = &t);
    line.wrong("no line before says the aggregate " + id);
  }

  // A key as the column has it, and under a name by which its stream is found.
  struct key {
    int type;
    std::int64_t number = 0;
    std::string bytes = {};
    std::string name(std::int64_t aggregate) const { return (std::to_string(aggregate) + ' ') + type + ' ' + number + ' ' + bytes; }
    void bind(query& q, int parameter) const {
      if (type == SQLITE_INTEGER) q.set(parameter, number);
      else if (type == SQLITE_TEXT) q.set(parameter, std::string_view(bytes));
      else q.set_bytes(parameter, bytes);
    }
  };
  key key_in(const fact_line& line) const {
    const bj::value& v = line.at("key");
    if (v.is_string()) {
      key k{SQLITE_TEXT, 0, line.text("key")};
      if (k.bytes.find('\0') != std::string::npos) k.type = SQLITE_BLOB;
      return k;
    }
    if (const bj::object* const o = v.if_object(); o != nullptr && o->size() == 1) {
      if (const bj::value* const hex = o->if_contains("hex")) return {SQLITE_BLOB, 0, line.hex_in(*hex, "key")};
      if (const bj::value* const hex = o->if_contains("text_in_hex")) return {SQLITE_TEXT, 0, line.hex_in(*hex, "key")};
    }
    return {SQLITE_INTEGER, line.number_in(v, "key")};
  }

  stream& stream_of(const fact_line& line, const entry& of, bool may_make) {
    const key k = key_in(line);
    const auto [at, is_new] = streams_.try_emplace(k.name(of.number), stream{static_cast<std::int64_t>(streams_.size()) + 1});
    if (is_new && !may_make) line.wrong("has no events");
    if (is_new) {
      add_stream_->set(1, at->second.number).set(2, of.number);
      k.bind(*add_stream_, 3);
      add_stream_->run();
    }
    return at->second;
  }

  // The bytes, which are those of the form; the payload beside them, where there is one, says the same.
  std::string bytes_in(const fact_line& line, const entry& what) const {
    const std::string bytes = line.hex("bytes");
    if (!what.read) return bytes;
    std::string shown;
    if (!what.read.to_json(bytes.data(), bytes.size(), shown)) line.wrong("bytes is no " + what.id + " version " + what.version + ": " + what.form);
    bj::error_code why;
    if (const bj::value* const payload = line.find("payload"); payload != nullptr && parse(shown, why) != *payload)
      line.wrong("payload and bytes differ; bytes is what counts: " + shown);
    return bytes;
  }

  void event(const fact_line& line) {
    if (line.number("position") != position_ + 1) line.wrong(std::string("is not position ") + (position_ + 1));
    const entry& of = aggregate(line, line.text("aggregate"));
    const entry& what = find(line, "event", line.text("event"), line.number("event_version"));
    stream& s = stream_of(line, of, true);
    if (line.number("version") != s.version + 1) line.wrong(std::string("is not version ") + (s.version + 1) + " of its stream");
    query& q = *add_event_;
    q.set(1, ++position_).set(2, s.number).set(3, ++s.version).set(5, what.number).set(6, line.number("time"));
    if (s.last == 0) q.set_null(4);
    else q.set(4, s.last);
    for (const auto& [column, id] : {std::pair(7, "correlation"), std::pair(8, "causation")}) {
      if (!line.has(id)) {
        q.set_null(column);
        continue;
      }
      const std::string bytes = line.hex(id);
      if (bytes.size() != 16) line.wrong(std::string(id) + " is no id of 16 bytes");
      q.set_bytes(column, bytes);
    }
    if (line.has("bytes")) q.set_bytes(9, bytes_in(line, what));
    else q.set_null(9), erased_[s.number] = std::pair(s.version, line_);
    q.run();
    s.last = position_;
  }

  void cut(const fact_line& line) {
    stream& s = stream_of(line, aggregate(line, line.text("stream")), false);
    const std::int64_t first = line.number("first");
    const bj::value& closed = line.at("closed");
    if (!closed.is_bool()) line.wrong("closed is neither true nor false");
    query(to_.connection(), "update streams set first = ?, closed = ? where stream = ?").set(1, first).set(2, std::int64_t{closed.as_bool()}).set(3, s.number).run();
    if (const auto found = erased_.find(s.number); found != erased_.end() && found->second.first < first) erased_.erase(found);
  }

  void incarnation(const fact_line& line) {
    const std::string name = line.hex("incarnation");
    if (name.size() != 16) line.wrong("incarnation is no id of 16 bytes");
    query q(to_.connection(), "insert into incarnations(incarnation, after, time) values(?, ?, ?)");
    q.set_bytes(1, name).set(2, line.number("after")).set(3, line.number("time")).run();
    has_incarnation_ = true;
  }

  void outcome(const fact_line& line) {
    const std::string source = line.text("once");
    const auto [at, is_new] = sources_.try_emplace(source, static_cast<std::int64_t>(sources_.size()) + 1);
    if (is_new) query(to_.connection(), "insert into sources(source, name) values(?, ?)").set(1, at->second).set(2, std::string_view(source)).run();
    const std::string verdict = line.text("verdict");
    int number = 0;
    while (number < 3 && verdict != verdicts[number]) ++number;
    if (number == 3) line.wrong("the verdict " + verdict + " is none of accepted, nothing, rejected");
    query& q = *add_outcome_;
    q.set(1, at->second).set(2, line.number("number")).set(3, std::int64_t{number}).set(4, line.number("version")).set_null(5).set_null(6).set_null(7);
    if (line.has("position")) {
      if (line.number("position") < 1 || line.number("position") > position_) line.wrong("points at an event that is not there");
      q.set(5, line.number("position"));
    }
    if ((number == 0) != line.has("position")) line.wrong("an accepted one, and no other, has a position");
    if ((number == 2) != line.has("rejection")) line.wrong("a rejected one, and no other, has a rejection");
    if (number == 2) {
      const entry& what = find(line, "rejection", line.text("rejection"), line.number("rejection_version"));
      const std::string bytes = bytes_in(line, what);
      q.set(6, what.number);
      if (!bytes.empty()) q.set_bytes(7, bytes);  // as the store does it
    }
    try {
      q.run();
    } catch (const trouble& t) {
      line.wrong("stands there twice: " + t.words);
    }
    ++outcomes_;
  }

  void end(const fact_line& line) {
    const bj::value& all = line.at("end");
    if (!all.is_object()) line.wrong("end is no object");
    const auto said = [&](const char* what) {
      const bj::value* const v = all.as_object().if_contains(what);
      return v == nullptr ? -1 : line.number_in(*v, what);
    };
    if (said("events") != position_ || said("outcomes") != outcomes_) line.wrong(std::string("says another number than the ") + position_ + " events and " + outcomes_ + " outcomes before");
    ended_ = true;
  }

  void finish() {
    for (const auto& [number, where] : erased_)
      throw trouble{trouble::content, facts_ + ":" + where.second + ": has no bytes, and no line says that its stream was erased up to there"};
    to_.execute("update streams set version = h.version, last = h.last from (select stream, max(version) as version, max(position) as last from events group by stream) h "
                "where h.stream = streams.stream");
    if (!has_incarnation_) {
      const gesta::message_id id = gesta::random_id();
      if (id == gesta::message_id{} || gesta::detail::add_incarnation(to_.connection(), id) != SQLITE_OK)
        throw trouble{trouble::access, to_.path() + ": no name can be given to it"};
    }
    for (std::unique_ptr<query>* q : {&add_type_, &add_stream_, &add_event_, &add_outcome_}) q->reset();
    to_.execute("commit");
  }

  std::string facts_;
  std::FILE* in_;
  file to_;
  std::unique_ptr<query> add_type_, add_stream_, add_event_, add_outcome_;
  std::map<std::string, entry> types_;
  mutable std::map<std::string, const entry*> aggregates_;
  std::unordered_map<std::string, stream> streams_;
  std::map<std::string, std::int64_t> sources_;
  std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> erased_;  ///< by stream: the last version without bytes, and its line
  std::int64_t line_ = 0, position_ = 0, outcomes_ = 0;
  bool ended_ = false, has_incarnation_ = false;
};

}  // namespace

int import_facts(const std::string& facts, const std::string& path) {
  bool made = content_of(path) == content::nothing;
  try {
    const int code = importing(facts, path).run();
    end_output();
    return code;
  } catch (...) {
    // Nothing of it was kept: what SQLite left is an empty file.
    if (made && content_of(path) == content::nothing) std::remove(path.c_str());
    throw;
  }
}

}  // namespace tool
