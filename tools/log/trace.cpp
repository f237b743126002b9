// gesta-log trace: what followed from one request, in one log or in several, as a tree of what caused what.
//
// A causation is a number, and what it names is found again by making the numbers that it may be, as the library makes them: an event's place in its log
// (unit_of_work::origin_of, performers), its place in the log of others (message_of_place, what came by an inbox), a request under gesta::once (reactors,
// services that are asked), and a step of an instance of a saga or a process.
#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <gesta/delivery/cloud_event.hpp>
#include <gesta/delivery/trace_context.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/message/once.hpp>

#include "catalog.hpp"
#include "commands.hpp"
#include "file.hpp"

namespace tool {

namespace {

using gesta::message_id;
using gesta::detail::hash128;
using id = std::pair<std::uint64_t, std::uint64_t>;

constexpr std::size_t nowhere = ~std::size_t{0};
constexpr std::uint32_t most_parts = 256;      ///< of one event that are told to others: as many are looked for
constexpr std::size_t most_bars = 24;          ///< a branch that is deeper says how deep it is

id named(message_id of) { return {of.high, of.low}; }
id named(hash128 of) { return {of.high, of.low}; }
bool is_local(id of) { return of.first == 0; }
hash128 words(hash128 to, std::string_view text) { return to.add(text.data(), text.size()); }

id id_in(std::string_view bytes) {
  const auto half = [&](std::size_t from) {
    std::uint64_t number = 0;
    for (std::size_t i = from; i < from + 8; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
    return number;
  };
  return bytes.size() == 16 ? id{half(0), half(8)} : id{};
}
std::string bytes_of(id of) {
  std::string bytes;
  for (const std::uint64_t half : {of.first, of.second})
    for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(static_cast<unsigned char>(half >> shift));
  return bytes;
}
std::string text_of(id of) { return std::string(gesta::message_id_text({of.first, of.second}).view()); }

/// An id as people have it: 32 hex digits, the same with the dashes of a UUID, or a whole traceparent.
id read_id(const std::string& said) {
  gesta::trace_context trace;
  if (gesta::read_traceparent(said, trace)) return named(trace.trace);
  std::string digits;
  const bool is_uuid = said.size() == 36 && said[8] == '-' && said[13] == '-' && said[18] == '-' && said[23] == '-';
  for (const char c : said)
    if (!is_uuid || c != '-') digits += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  message_id read;
  if (!gesta::read_message_id(digits, read) || read == message_id{})
    throw trouble{trouble::usage, "an id is 32 hex digits, a UUID or a traceparent, not " + said + "; see gesta-log --help"};
  return named(read);
}

/// The byte form of a key that stands in a column: see store/sqlite_key.hpp.
std::string key_bytes_in(const type* aggregate, const column_value& key) {
  if (key.type != SQLITE_INTEGER) return std::string(key.bytes);
  const std::string_view word = aggregate != nullptr && aggregate->read ? aggregate->read.word() : std::string_view("i64");
  const bool is_signed = word == "char" || word.starts_with('i');
  const unsigned width = word == "bool" || word == "char" || word.ends_with("i8") || word == "u8" ? 1
                         : word.ends_with("16")                                                  ? 2
                         : word.ends_with("32")                                                  ? 4
                                                                                                  : 8;
  const std::uint64_t bits = static_cast<std::uint64_t>(key.number) ^ (is_signed ? std::uint64_t{1} << (8 * width - 1) : 0);
  std::string bytes;
  for (unsigned i = width; i-- != 0;) bytes += static_cast<char>(static_cast<unsigned char>(bits >> (8 * i)));
  return bytes;
}

/// Who records for an entity: an aggregate, or the instances of a saga or of a process.
enum class recorder : std::uint8_t { entity, saga, process };

struct one_log {
  file in;
  catalog types;
  std::vector<message_id> incarnations;
  std::map<std::int64_t, std::size_t> at{};  ///< the events of the trace by position

  explicit one_log(const std::string& path) : in(path, file::access::read), types(in) {
    for (query q(in.connection(), "select incarnation from incarnations order by number"); q.next();) {
      const id read = id_in(q.bytes(0));
      incarnations.push_back({read.first, read.second});
    }
  }
  recorder kind_of(const type* aggregate) const {
    if (aggregate == nullptr) return recorder::entity;
    for (const type& one : types.all()) {
      if (one.kind != "event" || !one.id.starts_with(aggregate->id + ".")) continue;
      if (one.id == aggregate->id + ".begun") return recorder::saga;
      if (one.id.ends_with(".moved")) return recorder::process;
    }
    return recorder::entity;
  }
};

struct node {
  std::size_t log = 0;
  std::int64_t position = 0, stream = 0, time = 0;
  id correlation{}, causation{};
  recorder by = recorder::entity;
  std::string aggregate{}, key{}, shown{};
  std::size_t parent = nowhere;
  std::string cause{};   ///< in words, where there is no parent
  std::size_t rank = 0;  ///< of this cause among those in words
  std::vector<std::size_t> children{};
};

class tracing {
 public:
  tracing(id wanted, const std::vector<std::string>& paths) : wanted_(wanted) {
    for (const std::string& path : paths) logs_.emplace_back(path);
    also_known_as();
    for (std::size_t i = 0; i < logs_.size(); ++i) collect(i);
    if (nodes_.empty()) throw trouble{trouble::usage, "no event has the correlation " + text_of(wanted_)};
    note_places();
    for (std::size_t i = 0; i < logs_.size(); ++i) note_requests(i), note_instances(i);
    for (std::size_t i = 0; i < nodes_.size(); ++i) find_cause(i);
    open_circles();
  }

  void print() {
    std::vector<std::size_t> roots;
    for (std::size_t i = 0; i < nodes_.size(); ++i) (nodes_[i].parent == nowhere ? roots : nodes_[nodes_[i].parent].children).push_back(i);
    sort(roots);
    for (const std::size_t root : roots) nodes_[root].rank = ranks_.try_emplace(nodes_[root].cause, ranks_.size()).first->second;
    sort(roots);  // those with one cause stand together, in the order of the first of them
    for (node& one : nodes_) sort(one.children);
    print_line("trace " + text_of(outside_) + ": " + counted(static_cast<std::int64_t>(nodes_.size()), "event") + " of " +
               counted(static_cast<std::int64_t>(logs_.size()), "log"));
    const std::string* said = nullptr;
    for (const std::size_t root : roots) {
      if (said == nullptr || *said != nodes_[root].cause) print_line(nodes_[root].cause);
      said = &nodes_[root].cause;
      print_tree(root);
    }
    end_output();
  }

 private:
  // ---- which events

  /// {0, n} is a name within one log; outside, and in the logs of others, it is that place.
  void also_known_as() {
    const auto told = [](const one_log& in, std::uint64_t n, const auto& use) {
      for (const message_id& incarnation : in.incarnations) use(named(gesta::told_id(incarnation, {0, n})));
    };
    outside_ = wanted_;
    if (is_local(wanted_)) {  // as the first log has it
      told(logs_.front(), wanted_.second, [&](id of) { names_.push_back(outside_ = of); });
      local_ = {0, wanted_.second};
      return;
    }
    names_.push_back(wanted_);
    for (std::size_t i = 0; i < logs_.size() && local_.first == nowhere; ++i) {
      const std::int64_t last = logs_[i].in.ask("select coalesce(max(position), 0) from events");
      for (std::int64_t n = 1; n <= last && local_.first == nowhere; ++n)
        told(logs_[i], static_cast<std::uint64_t>(n), [&](id of) {
          if (of == wanted_) local_ = {i, static_cast<std::uint64_t>(n)};
        });
    }
    if (local_.first == nowhere) return;
    names_.clear();
    told(logs_[local_.first], local_.second, [&](id of) { names_.push_back(of); });
  }

  void collect(std::size_t log) {
    one_log& from = logs_[log];
    std::vector<id> names = names_;
    if (local_.first == log) names.push_back({0, local_.second});
    std::string marks;
    for (std::size_t i = 0; i < names.size(); ++i) marks += i == 0 ? "?" : ",?";
    query q(from.in.connection(), "select e.position, s.aggregate, s.key, e.version, e.type, e.time, e.correlation, e.causation, e.payload, e.stream "
                                  "from events e left join streams s on s.stream = e.stream where e.correlation in (" + marks + ") order by e.position");
    for (std::size_t i = 0; i < names.size(); ++i) q.set_bytes(static_cast<int>(i) + 1, bytes_of(names[i]));
    while (q.next()) {
      const type* const aggregate = from.types.find(q.number(1));
      const type* const event = from.types.find(q.number(4));
      node one{.log = log, .position = q.number(0), .stream = q.number(9), .time = q.number(5), .correlation = id_in(q.bytes(6))};
      one.causation = q.is_null(7) ? one.correlation : id_in(q.bytes(7));
      one.by = from.kind_of(aggregate);
      one.aggregate = aggregate == nullptr ? "?" : aggregate->id;
      one.key = key_bytes_in(aggregate, value_in(q, 2));
      show(one, event, aggregate, q);
      from.at[one.position] = nodes_.size();
      nodes_.push_back(std::move(one));
    }
  }
  void show(node& one, const type* event, const type* aggregate, const query& row) {
    const one_log& from = logs_[one.log];
    one.shown = event == nullptr ? "?" : event->id;
    if (event != nullptr && event->version > 1) one.shown = one.shown + "@" + event->version;
    (one.shown += "  ") += one.aggregate + " ";
    from.types.put_key(aggregate, value_in(row, 2), one.shown);
    one.shown = one.shown + " version " + row.number(3) + ", position " + one.position;
    if (logs_.size() > 1) one.shown += " of " + from.in.path();
    if (one.time != 0) {
      std::string time;
      put_time(one.time, time);
      one.shown += ", " + time.substr(1, time.size() - 2);
    }
    std::string payload;
    if (row.is_null(8)) one.shown += "  erased";
    else if (from.types.put_payload(event, row.bytes(8), payload) && event != nullptr && event->read) one.shown += "  " + payload;  // personal: "<personal>"
  }

  // ---- what a causation may name

  void note_places() {
    std::map<id, bool> open;
    for (const node& one : nodes_)
      if (!is_local(one.causation)) open[one.causation] = true;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      for (const message_id& incarnation : logs_[nodes_[i].log].incarnations)
        for (std::uint32_t part = 0; part < most_parts; ++part) {
          const id of = named(gesta::message_of_place({incarnation, static_cast<std::uint64_t>(nodes_[i].position), part}));
          if (open.contains(of)) places_[of] = i;
        }
  }

  struct request {
    std::string source;
    std::uint64_t number = 0;
    std::size_t log = 0;
  };
  void note_requests(std::size_t log) {
    one_log& from = logs_[log];
    query q(from.in.connection(), "select s.name, o.number, o.position from outcomes o join sources s on s.source = o.source where o.position is not null");
    while (q.next()) {
      if (!from.at.contains(q.number(2))) continue;
      const std::string source(q.bytes(0));
      const auto number = static_cast<std::uint64_t>(q.number(1));
      requests_[named(words({}, source).add(number))] = {source, number, log};
    }
  }

  /// The records of the instances that are in the trace, whether they are of it or not: which step an answer is of depends on all of them.
  void note_instances(std::size_t log) {
    one_log& from = logs_[log];
    std::map<std::int64_t, std::size_t> streams;
    for (const auto& [position, at] : from.at)
      if (nodes_[at].by != recorder::entity) streams.emplace(nodes_[at].stream, at);
    for (const auto& [stream, at] : streams) {
      const node& one = nodes_[at];
      const hash128 instance = words(words({}, one.aggregate), one.key);
      std::map<std::string, std::int64_t, std::less<>> asked;  // by step, the last
      std::uint64_t count = 0;
      std::int64_t before = 0;
      query q(from.in.connection(), "select position, type from events where stream = ? order by position");
      for (q.set(1, stream); q.next(); before = q.number(0)) {
        const std::int64_t position = q.number(0);
        const type* const record = from.types.find(q.number(1));
        std::string_view what = record == nullptr ? std::string_view() : std::string_view(record->id);
        what.remove_prefix(std::min(what.size(), one.aggregate.size() + 1));
        const bool asks = what.ends_with(".asked"), undoes = what.ends_with(".undo_asked");
        before_[{log, position}] = one.by == recorder::saga && !asks && !undoes ? answered(what, asked, before) : before;
        if (!asks && !undoes) continue;
        const std::string step(what.substr(0, what.size() - (undoes ? 11 : 6)));
        asked[step] = position;
        steps_[named(one.by == recorder::saga ? words(instance, step) : hash128(instance).add(++count))].emplace_back(log, position);
      }
      instances_[named(one.by == recorder::saga ? words(instance, "") : hash128(instance).add(std::uint64_t{0}))] = {log, stream};
    }
  }
  /// `<step>.<what came>`: the record that asked it. Else the record before.
  static std::int64_t answered(std::string_view what, const std::map<std::string, std::int64_t, std::less<>>& asked, std::int64_t before) {
    for (std::size_t dot = what.rfind('.'); dot != std::string_view::npos && dot != 0; dot = what.rfind('.', dot - 1)) {
      const auto found = asked.find(what.substr(0, dot));
      if (found != asked.end()) return found->second;
    }
    return before;
  }

  // ---- what it names

  void find_cause(std::size_t at) {
    node& one = nodes_[at];
    const bool is_first = one.causation == one.correlation;
    if (one.causation == id{}) return void(one.cause = "its cause was not recorded");
    if (is_local(one.causation)) {
      const auto position = static_cast<std::int64_t>(one.causation.second);
      const bool is_of_command = position == one.position || (is_first && one.by == recorder::entity);
      if (is_of_command) return void(one.cause = "a command from outside");
      return hang(at, one.log, position);
    }
    if (const auto found = places_.find(one.causation); found != places_.end()) return void(one.parent = found->second);
    if (const auto found = requests_.find(one.causation); found != requests_.end()) return find_request(at, found->second);
    if (const auto found = instances_.find(one.causation); found != instances_.end() && found->second == std::pair(one.log, one.stream))
      return hang(at, one.log, before_[{one.log, one.position}]);
    if (const auto found = steps_.find(one.causation); found != steps_.end()) {
      std::int64_t last = 0;
      for (const auto& [log, position] : found->second)
        if (log == one.log && position < one.position) last = position;
      if (last != 0) return hang(at, one.log, last);
    }
    if (is_first) return void(one.cause = "a command from outside");
    one.cause = "caused by " + text_of(one.causation) + ", which is not here";
  }
  void find_request(std::size_t at, const request& asked) {
    node& one = nodes_[at];
    const std::string_view name = asked.source, reserved = gesta::detail::reactor_source;
    if (name.starts_with(reserved)) {
      const bool is_long = asked.number >> 63 != 0;  // see engine::request_number
      return hang(at, asked.log, static_cast<std::int64_t>(is_long ? (asked.number & ~(std::uint64_t{1} << 63)) >> 28 : asked.number >> 16));
    }
    message_id incarnation;
    const std::size_t slash = name.rfind('/');
    if (slash == std::string_view::npos || !gesta::read_message_id(name.substr(slash + 1), incarnation)) {
      one.cause = "a command from outside: " + asked.source + " " + std::to_string(asked.number);
      return;
    }
    for (std::size_t i = 0; i < logs_.size(); ++i)
      for (const message_id& known : logs_[i].incarnations)
        if (known == incarnation) return hang(at, i, static_cast<std::int64_t>(asked.number));
    one.cause = "caused by request " + std::to_string(asked.number) + " of " + std::string(name.substr(0, slash)) + ", whose log is not here";
  }
  void hang(std::size_t at, std::size_t log, std::int64_t position) {
    const auto found = logs_[log].at.find(position);
    if (found != logs_[log].at.end() && found->second != at) nodes_[at].parent = found->second;
    else nodes_[at].cause = std::string("caused by position ") + position + " of " + logs_[log].in.path() + ", which is not of this trace";
  }

  /// A log that was tampered with may say that two caused each other: then the first of them stands for itself.
  void open_circles() {
    std::vector<std::size_t> seen(nodes_.size(), nowhere);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      std::size_t at = i;
      for (; at != nowhere && seen[at] == nowhere; at = nodes_[at].parent) seen[at] = i;
      if (at == nowhere || seen[at] != i) continue;
      nodes_[at].parent = nowhere;
      nodes_[at].cause = "in a circle: it is caused by what it has caused";
    }
  }

  // ---- the tree

  void sort(std::vector<std::size_t>& some) const {
    std::sort(some.begin(), some.end(), [this](std::size_t a, std::size_t b) {
      const node &one = nodes_[a], &other = nodes_[b];
      return std::tie(one.rank, one.time, one.log, one.position) < std::tie(other.rank, other.time, other.log, other.position);
    });
  }
  void print_tree(std::size_t root) const {
    struct place {
      std::size_t at, depth;
      bool is_last;
    };
    std::vector<place> open{{root, 0, true}};
    std::string bars;
    while (!open.empty()) {
      const place here = open.back();
      open.pop_back();
      std::string line = "  ";
      if (here.depth != 0) {
        bars.resize(std::min(3 * (here.depth - 1), 3 * most_bars), ' ');
        line += bars;
        if (here.depth > most_bars) line = line + "(" + static_cast<std::int64_t>(here.depth) + ") ";
        else line += here.is_last ? "`- " : "|- ", bars += here.is_last ? "   " : "|  ";
      }
      print_line(line += nodes_[here.at].shown);
      const std::vector<std::size_t>& children = nodes_[here.at].children;
      for (std::size_t i = children.size(); i-- != 0;) open.push_back({children[i], here.depth + 1, i + 1 == children.size()});
    }
  }

  id wanted_, outside_{};
  std::pair<std::size_t, std::uint64_t> local_{nowhere, 0};  ///< in which log it is {0, n}, and n
  std::vector<id> names_;                                    ///< what it is in all of them
  std::deque<one_log> logs_;
  std::vector<node> nodes_;
  std::map<id, std::size_t> places_;
  std::map<id, request> requests_;
  std::map<id, std::pair<std::size_t, std::int64_t>> instances_;                       ///< log and stream
  std::map<id, std::vector<std::pair<std::size_t, std::int64_t>>> steps_;              ///< log and position of what asked them
  std::map<std::pair<std::size_t, std::int64_t>, std::int64_t> before_;                ///< of a record of an instance: what led to it
  std::map<std::string, std::size_t> ranks_;
};

}  // namespace

int trace(const std::string& said, const std::vector<std::string>& paths) {
  tracing(read_id(said), paths).print();
  return 0;
}

}  // namespace tool
