// gesta-log sagas, saga-retry, saga-resolve: how instances of sagas stand, by their records, and what a person says to one that is stuck. And
// gesta-log delayed: the commands that app.later keeps.
//
// The program that runs them takes in what is said here as it takes in what other processes record: with its next poll.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <gesta/model/delay_stream.hpp>
#include <gesta/runtime/clock.hpp>
#include <gesta/store/sqlite_schema.hpp>

#include "catalog.hpp"
#include "commands.hpp"
#include "postgres.hpp"

namespace tool {

namespace {

/// How one instance stands.
struct instance {
  std::int64_t stream = 0, version = 0, last = 0;
  std::string key;  ///< as JSON
  const char* state = "open";
  std::string record, step, refusal;
  std::int64_t time = 0;
};

void name(const char* text, std::string& out) { ((out += out.empty() ? "{\"" : ",\"") += text) += "\":"; }

/// The first text of a payload, which is taken off. Its length stands before it, seven bits a byte.
std::string take_text(std::string_view& bytes) {
  std::size_t size = 0;
  unsigned shift = 0;
  while (!bytes.empty()) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    size |= std::size_t{byte & 0x7fu} << shift;
    if (byte < 0x80) break;
    shift += 7;
  }
  const std::string text(bytes.substr(0, size));
  bytes.remove_prefix(size < bytes.size() ? size : bytes.size());
  return text;
}
std::string as_text(const std::string& text) {
  std::string bytes;
  std::size_t size = text.size();
  for (; size >= 0x80; size >>= 7) bytes += static_cast<char>(0x80 | (size & 0x7f));
  return (bytes += static_cast<char>(size)) += text;
}

/// The number of a type; 0 where the file has none.
std::int64_t number_of(file& in, const char* kind, const std::string& id) {
  query q(in.connection(), "select type from types where kind = ? and id = ? order by version desc");
  q.set(1, kind).set(2, id);
  return q.next() ? q.number(0) : 0;
}
bool is_saga(file& in, const std::string& id) { return number_of(in, "event", id + ".begun") != 0; }

/// What a record makes of an instance.
void take(instance& one, const std::string& saga, const std::string& record, std::string_view payload) {
  if (record == saga + ".begun") one.state = "open";
  else if (record == saga + ".completed") one.state = "completed";
  else if (record == saga + ".compensated") one.state = "compensated";
  else if (record.starts_with(saga + ".failed") || record == saga + ".retried" || record == saga + ".resolved") one.state = "going back";
  one.record = record;
  one.step.clear();
  one.refusal.clear();
  if (record != saga + ".got_stuck") return;
  one.state = "stuck";
  one.step = take_text(payload);
  one.refusal = take_text(payload);
}

/// Calls visit(instance) for each of a saga, in the order in which they began. Reads every event of the file.
template <class Visit>
void each_instance(file& in, const std::string& saga, Visit&& visit) {
  const catalog types(in);
  const std::int64_t aggregate = number_of(in, "aggregate", saga);
  std::map<std::int64_t, instance> all;
  query q(in.connection(), "select e.stream, s.aggregate, s.key, e.type, e.time, e.payload, e.version, e.position from events e join streams s on "
                           "s.stream = e.stream where s.aggregate = ? order by e.position");
  for (q.set(1, aggregate); q.next();) {
    const type* const record = types.find(q.number(3));
    if (record == nullptr) throw trouble{trouble::content, in.path() + ": position " + q.number(7) + " is of no type; see gesta-log verify"};
    instance& one = all[q.number(0)];
    if (one.stream == 0) types.put_key(types.find(aggregate), value_in(q, 2), one.key);
    one.stream = q.number(0);
    one.version = q.number(6);
    one.last = q.number(7);
    one.time = q.number(4);
    take(one, saga, record->id, q.bytes(5));
  }
  for (const auto& [stream, one] : all) visit(one);
}

/// A person's word on the one undo that is stuck: the record, and behind it the fields of its form. Trouble where there is no such undo.
appended record_of(file& in, const std::string& saga, const std::string& key, const std::string& word, const std::string& who, const std::string* why, std::string& step) {
  if (!is_saga(in, saga)) throw trouble{trouble::usage, in.path() + ": there is no saga " + saga};
  instance found;
  each_instance(in, saga, [&](const instance& one) {
    if (one.key == key || one.key == '"' + key + '"') found = one;
  });
  if (found.stream == 0) throw trouble{trouble::usage, in.path() + ": " + saga + " has no instance " + key};
  if (std::string_view(found.state) != "stuck") throw trouble{trouble::usage, in.path() + ": " + saga + " " + key + " is not stuck, it is " + found.state};
  step = found.step;
  return {.stream = found.stream,
          .version = found.version,
          .last = found.last,
          .event = saga + "." + word,
          .form = why == nullptr ? R"({"fields":{"step":"text","who":"text"}})" : R"({"fields":{"step":"text","who":"text","why":"text"}})",
          .time = gesta::system_clock{}().nanoseconds,
          .payload = as_text(found.step) + as_text(who) + (why == nullptr ? std::string() : as_text(*why))};
}

void append(file& to, const appended& one) {
  if (number_of(to, "event", one.event) == 0) {
    query add(to.connection(), "insert into types(type, kind, id, version, form) values((select max(type) + 1 from types), 'event', ?, 1, ?)");
    add.set(1, one.event).set(2, one.form).run();
  }
  const std::int64_t position = to.ask("select max(position) + 1 from events");
  query add(to.connection(), "insert into events(position, stream, version, previous, type, time, correlation, causation, payload) values(?, ?, ?, ?, ?, ?, null, null, ?)");
  add.set(1, position).set(2, one.stream).set(3, one.version + 1).set(4, one.last).set(5, number_of(to, "event", one.event));
  add.set(6, one.time).set_bytes(7, one.payload).run();
  query(to.connection(), "update streams set version = ?, last = ? where stream = ?").set(1, one.version + 1).set(2, position).set(3, one.stream).run();
}

int say(const std::string& path, const std::string& saga, const std::string& key, const char* word, const std::string& who, const std::string* why) {
  const bool is_file = !is_postgres(path);
  if (is_file && content_of(path) != content::gesta) throw trouble{trouble::access, path + ": not a file of gesta"};
  if (who.size() > 64) throw trouble{trouble::usage, "a name has at most 64 bytes"};
  if (why != nullptr && why->size() > 200) throw trouble{trouble::usage, "a reason has at most 200 bytes"};
  std::string step;
  if (is_file) {
    file in(path, file::access::write);
    in.execute("begin immediate");
    if (const std::int64_t format = in.ask("pragma user_version"); format != gesta::detail::sqlite_format)
      throw trouble{trouble::access, path + ": is of format " + format + ", and this tool writes to logs of format " + std::int64_t{gesta::detail::sqlite_format}};
    append(in, record_of(in, saga, key, word, who, why, step));
    in.execute("commit");
  } else {
    append_to_postgres(path, [&] {
      file in(path, file::access::read);
      return record_of(in, saga, key, word, who, why, step);
    });
  }
  print_line(saga + " " + key + ": " + step + " " + word);
  end_output();
  return 0;
}

}  // namespace

int list_sagas(const std::string& path, const std::optional<std::string>& saga, bool with_ended) {
  file in(path, file::access::read);
  const catalog types(in);
  if (saga && !is_saga(in, *saga)) throw trouble{trouble::usage, path + ": there is no saga " + *saga};
  for (const type& one : types.all()) {
    if (one.kind != "aggregate" || (saga && one.id != *saga) || !is_saga(in, one.id)) continue;
    each_instance(in, one.id, [&](const instance& i) {
      const std::string_view state = i.state;
      if (!with_ended && (state == "completed" || state == "compensated")) return;
      std::string line;
      name("saga", line);
      put_text(one.id, line);
      name("key", line);
      line += i.key;
      name("state", line);
      put_text(state, line);
      name("record", line);
      put_text(i.record, line);
      name("time", line);
      put_time(i.time, line);
      if (!i.step.empty()) {
        name("step", line);
        put_text(i.step, line);
        name("refusal", line);
        put_text(i.refusal, line);
      }
      print_line(line += '}');
    });
  }
  end_output();
  return 0;
}

int list_delayed(const std::string& path) {
  file in(path, file::access::read);
  const catalog types(in);
  const std::int64_t aggregate = number_of(in, "aggregate", "delayed");
  struct kept {
    std::string key, command, payload, refusal;
    std::int64_t position = 0, said = 0, due = 0, since = 0;
  };
  std::map<std::int64_t, kept> all;  // by the stream, so in the order in which their names were first said
  query q(in.connection(), "select e.stream, s.key, e.type, e.time, e.payload, e.position from events e join streams s on s.stream = e.stream where s.aggregate = ? order by e.position");
  for (q.set(1, aggregate); q.next();) {
    const type* const record = types.find(q.number(2));
    if (record == nullptr) throw trouble{trouble::content, in.path() + ": position " + q.number(5) + " is of no type; see gesta-log verify"};
    std::string_view payload = q.bytes(4);
    if (record->id == "delayed.handled") {
      const bool is_refused = !payload.empty() && payload.front() == static_cast<char>(gesta::delay_ended::refused);
      const auto found = all.find(q.number(0));
      if (is_refused && found != all.end()) {
        payload.remove_prefix(1);
        found->second.refusal = take_text(payload);
        found->second.since = q.number(3);
        continue;
      }
    }
    if (record->id == "delayed.handled" || record->id == "delayed.cancelled") {
      all.erase(q.number(0));
      continue;
    }
    kept one;
    one.command = record->id.substr(record->id.find('.') + 1);
    one.position = q.number(5);
    one.said = q.number(3);
    types.put_key(types.find(aggregate), value_in(q, 1), one.key);
    // The command, and behind it when it is due: eight bytes.
    for (std::size_t i = 0; i < 8 && payload.size() >= 8; ++i) one.due |= std::int64_t{static_cast<unsigned char>(payload[payload.size() - 8 + i])} << 8 * i;
    if (q.is_null(4)) {
      one.payload = "null";  // erased
    } else {
      types.put_payload(record, payload, one.payload);
      constexpr std::string_view begin = R"({"command":)";
      const std::size_t end = one.payload.rfind(R"(,"due":)");
      if (end != std::string::npos && one.payload.starts_with(begin)) one.payload = one.payload.substr(begin.size(), end - begin.size());
    }
    all[q.number(0)] = std::move(one);
  }
  for (const auto& [stream, one] : all) {
    std::string line;
    name("name", line);
    line += one.key;
    name("command", line);
    put_text(one.command, line);
    name("state", line);
    line += one.refusal.empty() ? "\"waiting\"" : "\"refused\"";
    name("due", line);
    put_time(one.due, line);
    name("position", line);
    line += std::to_string(one.position);
    name("time", line);
    put_time(one.said, line);
    if (!one.refusal.empty()) {
      name("refusal", line);
      put_text(one.refusal, line);
      name("since", line);
      put_time(one.since, line);
    }
    name("payload", line);
    line += one.payload;
    print_line(line += '}');
  }
  end_output();
  return 0;
}

int retry_saga(const std::string& path, const std::string& saga, const std::string& key, const std::string& who) {
  return say(path, saga, key, "retried", who, nullptr);
}
int resolve_saga(const std::string& path, const std::string& saga, const std::string& key, const std::string& who, const std::string& why) {
  return say(path, saga, key, "resolved", who, &why);
}

}  // namespace tool
