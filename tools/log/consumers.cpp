// gesta-log consumers, letters, retry, discard, pause, resume: who keeps views in a file, and what they have put aside.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gesta/runtime/clock.hpp>
#include <gesta/runtime/letters.hpp>
#include <gesta/store/sqlite_views.hpp>
#ifdef GESTA_LOG_POSTGRES
#include <gesta/store/postgres_views.hpp>
#endif

#include "catalog.hpp"
#include "commands.hpp"
#include "file.hpp"
#include "postgres.hpp"

namespace tool {

namespace {

/// The letters of one consumer, as the library changes them.
template <class Store>
class desk : public gesta::detail::letter_desk<typename Store::template opened<>> {
  using base = gesta::detail::letter_desk<typename Store::template opened<>>;

 public:
  /// `path`: for people.
  desk(const Store& store, const std::string& path, const std::string& consumer)
      : base(store, consumer, {}, gesta::observed_by<>{}), path_(path), consumer_(consumer) {
    if (const gesta::failure* const cause = views_.broken()) throw trouble{trouble::access, path + ": " + cause->describe()};
  }
  using base::close;
  using base::go_on;
  using base::make_all_due;
  using base::make_due;

  /// The first open letter at a position, of a key where one is given.
  gesta::letter find(std::int64_t position, const std::optional<std::string>& key) {
    std::optional<gesta::letter> found;
    int count = 0;
    expect(base::letters([&](const gesta::letter& one) {
      if (one.position != static_cast<std::uint64_t>(position) || !one.discarded.empty() || (key && one.key != *key)) return;
      ++count;
      if (!found) found = one;
    }));
    if (!found) throw trouble{trouble::usage, path_ + ": " + consumer_ + " has no open letter at position " + position};
    if (count > 1) throw trouble{trouble::usage, path_ + ": " + consumer_ + " has letters of several keys at position " + position + "; say which key"};
    return *found;
  }
  void set_paused(bool is_paused) {
    gesta::progress state;
    if (!views_.begin() || !views_.load(consumer_, state)) throw trouble{trouble::access, path_ + ": " + views_.last_failure().describe()};
    state.is_paused = is_paused;
    if (!views_.save(consumer_, state) || !views_.commit()) throw trouble{trouble::access, path_ + ": " + views_.last_failure().describe()};
  }
  void expect(const gesta::read_result& done) const {
    if (!done) throw trouble{done.why().why == gesta::failure::kind::conflict ? trouble::usage : trouble::access, path_ + ": " + done.why().describe()};
  }

 private:
  using base::views_;
  std::string path_, consumer_;
};

void name(const char* text, std::string& out) { ((out += out.empty() ? "{\"" : ",\"") += text) += "\":"; }
void number(const char* what, std::int64_t value, std::string& out) {
  name(what, out);
  out += std::to_string(value);
}
void truth(const char* what, bool value, std::string& out) {
  name(what, out);
  out += value ? "true" : "false";
}
void time_or_null(const char* what, std::int64_t nanoseconds, std::string& out) {
  name(what, out);
  if (nanoseconds == 0) out += "null";
  else put_time(nanoseconds, out);
}

void need_consumers(file& from) {
  if (!from.has("consumers") || !from.has("letters")) throw trouble{trouble::usage, from.path() + ": nobody keeps views in this file"};
}
/// Only who is there can be told something; what a name that is misspelt said would be lost.
void need_consumer(const std::string& path, const std::string& consumer) {
  file from(path, file::access::read, false);
  need_consumers(from);
  query q(from.connection(), "select 1 from consumers where name = ?1 union all select 1 from letters where consumer = ?1");
  if (!q.set(1, consumer).next()) throw trouble{trouble::usage, from.path() + ": there is no consumer " + consumer};
}
/// Calls act(desk) with the letters of a consumer who is there.
template <class Act>
int at_desk(const std::string& path, const std::string& consumer, Act&& act) {
  need_consumer(path, consumer);
#ifdef GESTA_LOG_POSTGRES
  if (is_postgres(path)) {
    const gesta::postgres_place place = place_of(path);
    desk of(gesta::postgres_views{.address = place.address, .schema = place.schema}, shown(path), consumer);
    act(of);
    return 0;
  }
#endif
  desk of(gesta::sqlite_views{.path = path}, path, consumer);
  act(of);
  return 0;
}

/// A row of `consumers`, with what is counted of its letters; of a relay what its rows come to.
struct keeper {
  std::string name;
  std::int64_t position = 0, time = 0;
  std::string owner;
  std::int64_t until = 0, failed = 0, waiting = 0, discarded = 0;
  bool is_paused = false, is_serving = false;
  std::string stopped;
  std::int64_t shares = 0;  ///< 0: no relay
};

bool is_number_between(std::string_view text, std::string_view before, std::string_view behind) {
  if (text.size() <= before.size() + behind.size() || text.substr(0, before.size()) != before || text.substr(text.size() - behind.size()) != behind) return false;
  const std::string_view number = text.substr(before.size(), text.size() - before.size() - behind.size());
  return number.find_first_not_of("0123456789") == std::string_view::npos;
}

/// A relay keeps rows of its own: OUTLET/shares, whose position is how many there are; the checkpoints, OUTLET or OUTLET/0/4 and so on; and OUTLET/member/0 and
/// so on, of those who run it. They become one, in the place of OUTLET: up to where all shares are; with an owner where all shares have the same.
std::vector<keeper> relays_are_one(std::vector<keeper>&& rows) {
  constexpr std::string_view says = "/shares";
  std::vector<keeper> all;
  for (const keeper& of : rows) {
    if (of.name.size() <= says.size() || std::string_view(of.name).substr(of.name.size() - says.size()) != says || of.position <= 0) continue;
    keeper relay;
    relay.name = of.name.substr(0, of.name.size() - says.size());
    relay.shares = of.position;
    const std::string member = relay.name + "/member/", before = relay.name + "/", behind = "/" + std::to_string(relay.shares);
    std::int64_t begun = 0;
    for (keeper& row : rows) {
      const std::string_view name = row.name;
      const bool is_share = relay.shares == 1 ? name == relay.name : is_number_between(name, before, behind);
      if (is_share) {
        const bool is_first = begun++ == 0;
        if (is_first || row.position < relay.position) relay.position = row.position, relay.time = row.time;
        relay.failed += row.failed;
        relay.waiting += row.waiting;
        relay.discarded += row.discarded;
        relay.is_paused = relay.is_paused || row.is_paused;
        if (relay.stopped.empty()) relay.stopped = row.stopped;
        if (is_first) relay.owner = row.owner, relay.until = row.until;
        else if (relay.owner != row.owner) relay.owner.clear(), relay.until = 0;
        else if (row.until < relay.until) relay.until = row.until;
      }
      if (is_share || is_number_between(name, member, "")) row.shares = -1;  // told with its relay
    }
    if (begun < relay.shares) relay.position = relay.time = 0, relay.owner.clear(), relay.until = 0;  // one of them has not begun
    all.push_back(std::move(relay));
  }
  for (keeper& row : rows) {
    const auto is_its = [&](const keeper& one) { return row.name == one.name + std::string(says); };
    const bool is_told = row.shares != 0 || std::any_of(all.begin(), all.end(), is_its);
    if (!is_told) all.push_back(std::move(row));
  }
  std::sort(all.begin(), all.end(), [](const keeper& a, const keeper& b) { return a.name < b.name; });
  return all;
}

}  // namespace

int list_consumers(const std::string& path, const std::optional<std::string>& log) {
  file from(path, file::access::read, false);
  need_consumers(from);
  std::optional<file> other;
  if (log) other.emplace(*log, file::access::read, false);
  file& followed = other ? *other : from;
  const std::int64_t end = followed.ask("select coalesce(max(position), 0) from events");
  query first(followed.connection(), "select time from events where position > ? order by position limit 1");
  query q(from.connection(),
          "select name, position, time, owner, until, paused, serving, "
          "(select count(*) from letters l where l.consumer = c.name and l.discarded = '' and l.position <> 0 and l.attempts <> 0), "
          "(select count(*) from letters l where l.consumer = c.name and l.discarded = '' and l.position <> 0 and l.attempts = 0), "
          "(select count(*) from letters l where l.consumer = c.name and l.discarded <> ''), "
          "coalesce((select cause from letters l where l.consumer = c.name and l.position = 0 and l.discarded = ''), '') from consumers c order by name");
  std::vector<keeper> all;
  while (q.next())
    all.push_back({std::string(q.bytes(0)), q.number(1), q.number(2), q.is_null(3) ? std::string() : std::string(q.bytes(3)), q.number(4), q.number(7), q.number(8),
                   q.number(9), q.number(5) != 0, q.number(6) != 0, std::string(q.bytes(10))});
  // A consumer of another log is told by its position alone: `behind` is then null.
  for (const keeper& one : relays_are_one(std::move(all))) {
    const bool is_of_log = (log || end != 0) && one.position <= end;
    std::string line;
    name(one.shares != 0 ? "relay" : "consumer", line);
    put_text(one.name, line);
    if (one.shares != 0) number("shares", one.shares, line);
    number("position", one.position, line);
    time_or_null("time", one.time, line);
    name("behind", line);
    line += is_of_log ? std::to_string(end - one.position) : "null";
    name("waiting_since", line);  // when the first event that it has not seen was recorded
    if (is_of_log && first.set(1, one.position).next() && first.number(0) != 0) put_time(first.number(0), line);
    else line += "null";
    first.again();
    number("failed", one.failed, line);
    number("waiting", one.waiting, line);
    number("discarded", one.discarded, line);
    if (one.shares == 0) truth("serving", one.is_serving, line);
    truth("paused", one.is_paused, line);
    name("stopped", line);
    if (one.stopped.empty()) line += "null";
    else put_text(one.stopped, line);
    name("owner", line);
    if (one.owner.empty()) line += "null";
    else put_hex(one.owner, line);
    time_or_null("until", one.until, line);
    print_line(line += '}');
  }
  end_output();
  return 0;
}

int list_letters(const std::string& path, const std::optional<std::string>& consumer, bool with_discarded) {
  file from(path, file::access::read, false);
  need_consumers(from);
  query q(from.connection(), std::string("select consumer, position, key, attempts, cause, since, due, discarded from letters where position <> 0") +
                                 (with_discarded ? "" : " and discarded = ''") + (consumer ? " and consumer = ?" : "") + " order by consumer, position, key");
  if (consumer) q.set(1, *consumer);
  while (q.next()) {
    std::string line;
    name("consumer", line);
    put_text(q.bytes(0), line);
    number("position", q.number(1), line);
    name("key", line);
    put_text(q.bytes(2), line);
    number("attempts", q.number(3), line);
    name("cause", line);
    put_text(q.bytes(4), line);
    time_or_null("since", q.number(5), line);
    time_or_null("due", q.number(6), line);
    if (!q.bytes(7).empty()) {
      name("discarded", line);
      put_text(q.bytes(7), line);
    }
    print_line(line += '}');
  }
  end_output();
  return 0;
}

int retry(const std::string& path, const std::string& consumer, const std::optional<std::int64_t>& position, const std::optional<std::string>& key) {
  const gesta::timestamp now = gesta::system_clock{}();
  return at_desk(path, consumer, [&](auto& of) { of.expect(position ? of.make_due(of.find(*position, key), now) : of.make_all_due(now)); });
}

int discard(const std::string& path, const std::string& consumer, std::int64_t position, const std::optional<std::string>& key, const std::string& reason) {
  return at_desk(path, consumer, [&](auto& of) { of.expect(of.close(of.find(position, key), reason, gesta::system_clock{}())); });
}

int pause(const std::string& path, const std::string& consumer) {
  return at_desk(path, consumer, [](auto& of) { of.set_paused(true); });
}

int resume(const std::string& path, const std::string& consumer) {
  return at_desk(path, consumer, [](auto& of) {
    of.set_paused(false);
    of.expect(of.go_on());
  });
}

}  // namespace tool
