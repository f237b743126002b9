// gesta-log streams, gesta-log events.
#include <cstdio>
#include <vector>

#include "catalog.hpp"
#include "commands.hpp"

namespace tool {

void print_line(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::putc('\n', stdout) == EOF) end_output();
}
void end_output() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) throw trouble{trouble::access, "standard output cannot be written"};
}

namespace {

void name(const char* text, std::string& out) { ((out += out.empty() ? "{\"" : ",\"") += text) += "\":"; }

std::int64_t number_of_aggregate(file& from, const std::string& id) {
  query q(from.connection(), "select type from types where kind = 'aggregate' and id = ?");
  if (!q.set(1, id).next()) throw trouble{trouble::usage, from.path() + ": has no aggregate " + id};
  return q.number(0);
}

// Where a file says the head of each stream it is taken from there; format 1 does not.
std::string streams_query(const file& from, const char* where) {
  const std::string heads = from.format() >= 2 ? "s.version, s.last, s.first, s.closed"
                                               : "(select max(version) from events e where e.stream = s.stream), "
                                                 "(select max(position) from events e where e.stream = s.stream), 1, 0";
  return "select s.stream, s.aggregate, s.key, " + heads + " from streams s " + where + " order by s.stream";
}

}  // namespace

int list_streams(const std::string& path, const std::optional<std::string>& aggregate) {
  file from(path, file::access::read);
  const catalog types(from);
  bool good = true;
  query q(from.connection(), streams_query(from, aggregate ? "where s.aggregate = ?" : ""));
  if (aggregate) q.set(1, number_of_aggregate(from, *aggregate));
  while (q.next()) {
    std::string line;
    const type* const of = types.find(q.number(1));
    name("aggregate", line);
    put_text(of == nullptr ? "" : of->id, line);
    name("key", line);
    good = types.put_key(of, value_in(q, 2), line) && of != nullptr && good;
    const char* const columns[] = {"version", "last", "first"};
    for (int i = 0; i < 3; ++i) {
      name(columns[i], line);
      line += std::to_string(q.number(3 + i));
    }
    name("closed", line);
    line += q.number(6) != 0 ? "true}" : "false}";
    print_line(line);
  }
  end_output();
  if (!good) throw trouble{trouble::content, from.path() + ": a key is none of its aggregate; see gesta-log verify"};
  return 0;
}

namespace {

constexpr const char* event_query =
    "select e.position, s.aggregate, s.key, e.version, e.type, e.time, e.correlation, e.causation, e.payload, e.stream, e.previous "
    "from events e left join streams s on s.stream = e.stream where ";

// False: something in it cannot be read; it is shown as it stands.
bool print_event(const catalog& types, const query& row) {
  std::string line;
  const type* const aggregate = types.find(row.number(1));
  const type* const event = types.find(row.number(4));
  bool good = aggregate != nullptr && event != nullptr;
  name("position", line);
  line += std::to_string(row.number(0));
  name("aggregate", line);
  put_text(aggregate == nullptr ? "" : aggregate->id, line);
  name("key", line);
  good = types.put_key(aggregate, value_in(row, 2), line) && good;
  name("version", line);
  line += std::to_string(row.number(3));
  name("event", line);
  put_text(event == nullptr ? "" : event->id, line);
  name("event_version", line);
  line += std::to_string(event == nullptr ? 0 : event->version);
  name("time", line);
  put_time(row.number(5), line);
  name("correlation", line);
  if (row.is_null(6)) line += "null";
  else put_hex(row.bytes(6), line);
  name("causation", line);  // where it is the correlation the file does not say it twice
  if (row.is_null(6) && row.is_null(7)) line += "null";
  else put_hex(row.bytes(row.is_null(7) ? 6 : 7), line);
  if (row.is_null(8)) {
    name("erased", line);
    line += "true";
  } else {
    std::string payload;
    const bool read = types.put_payload(event, row.bytes(8), payload);
    name(read ? "payload" : "unreadable", line);
    line += payload;
    good = good && read;
  }
  print_line(line += '}');
  return good;
}

// The stream whose key is given: as its text, or as the JSON that `streams` shows. 0: there is none.
std::int64_t find_stream(file& from, const catalog& types, const std::string& aggregate, const std::string& key, std::int64_t& last) {
  query q(from.connection(), streams_query(from, "where s.aggregate = ?"));
  q.set(1, number_of_aggregate(from, aggregate));
  while (q.next()) {
    const column_value value = value_in(q, 2);
    std::string shown;
    types.put_key(types.find(q.number(1)), value, shown);
    if (shown != key && (value.type == SQLITE_INTEGER || value.bytes != key)) continue;
    last = q.number(4);
    return q.number(0);
  }
  return 0;
}

// The links of a stream lead from its end to its begin: only what is wanted is read, and forwards its positions are kept.
bool list_stream(file& from, const catalog& types, const selection& which) {
  std::int64_t position = 0;
  const std::int64_t stream = find_stream(from, types, *which.aggregate, *which.key, position);
  if (stream == 0) throw trouble{trouble::usage, from.path() + ": " + *which.aggregate + " has no stream " + *which.key};
  std::vector<std::int64_t> wanted;
  query link(from.connection(), "select stream, previous from events where position = ?");
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  while (position > which.after && !(which.backwards && static_cast<std::int64_t>(wanted.size()) >= which.limit)) {
    if (position >= before || !link.set(1, position).next() || link.number(0) != stream)
      throw trouble{trouble::content, from.path() + ": the links of the stream are broken at position " + position + "; see gesta-log verify"};
    if (position <= which.to) wanted.push_back(position);
    before = position;
    position = link.number(1);
    link.again();
  }
  bool good = true;
  query event(from.connection(), std::string(event_query) + "e.position = ?");
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(wanted.size()) && i < which.limit; ++i) {
    event.set(1, which.backwards ? wanted[static_cast<std::size_t>(i)] : wanted[wanted.size() - 1 - static_cast<std::size_t>(i)]);
    if (event.next()) good = print_event(types, event) && good;
    event.again();
  }
  return good;
}

}  // namespace

int list_events(const std::string& path, const selection& which) {
  file from(path, file::access::read);
  const catalog types(from);
  bool good = true;
  if (which.aggregate) {
    good = list_stream(from, types, which);
  } else {
    query q(from.connection(), std::string(event_query) + "e.position > ? and e.position <= ? order by e.position" + (which.backwards ? " desc" : "") + " limit ?");
    for (q.set(1, which.after).set(2, which.to).set(3, which.limit); q.next();) good = print_event(types, q) && good;
  }
  end_output();
  if (!good) throw trouble{trouble::content, from.path() + ": something cannot be read by its form; see gesta-log verify"};
  return 0;
}

}  // namespace tool
