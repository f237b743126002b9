// A program on a SQLite store that says what it was told, and the judge of what a loss of power leaves of it. Only for the power rig.
//
//   writer write FILE UNITS LEVEL COUNT   carries out the units 1 to UNITS, each of which is kept whole or not at all, at the level `disk` or
//                                         `process`; opens the store anew now and then. Units that are there already
//                                         are "repeated C" and acknowledged like others. Prints, each with the number that COUNT (see disk.c)
//                                         shows at that moment: "opened C"; "kept N C" when unit N was acknowledged; "moved C" when pages
//                                         of the write-ahead log were moved into the file, "anew C" when that log began anew.
//   writer judge FILE                     the store must be sound and hold exactly the units 1 to some N, with all their events and outcomes
//                                         snapshots, and no others; to carry on must give what a run without a loss gives. Prints "there N" or
//                                         "wrong WORDS".
#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

void add(std::string& to, const std::string& words) { to.append(words); }
void add(std::string& to, const char* words) { to.append(words); }
void add(std::string& to, std::int64_t number) { to.append(std::to_string(number)); }
/// Words and numbers as one text.
template <class... Part>
std::string text(const Part&... parts) {
  std::string out;
  (add(out, parts), ...);
  return out;
}

// ---- the model

struct part {
  std::int64_t unit, number, of, size;
};
struct filed {
  std::int64_t unit, number, of;
  std::string words;
  static constexpr auto id = "power.filed";
};
struct tallied {
  std::int64_t unit;
  static constexpr auto id = "power.tallied";
};
struct no_room {
  std::int64_t unit;
  static constexpr auto id = "power.no_room";
};
struct file_away {
  std::int64_t unit;
  std::vector<part> parts;
};
struct tally {
  std::int64_t drawer;
  std::int64_t unit;
};

/// Words that no other part has, and that a lost or doubled page changes.
std::string words_of(const part& p) {
  std::string out(static_cast<std::size_t>(p.size), '\0');
  auto x = static_cast<std::uint64_t>(p.unit * 1'000 + p.number) * 0x9e3779b97f4a7c15;
  for (std::size_t at = 0; at < out.size(); at += sizeof x) {
    x = x * 0x5851f42d4c957f2d + 1;
    std::memcpy(out.data() + at, &x, out.size() - at < sizeof x ? out.size() - at : sizeof x);
  }
  return out;
}
/// Units whose events are tallied in a stream of another aggregate, by a reactor.
bool is_tallied(std::int64_t unit) { return unit % 5 == 2; }

struct shelf {
  std::int64_t parts = 0;
};
void evolve(shelf& s, const filed&) { ++s.parts; }
auto decide(const shelf&, const file_away& c) -> gesta::emits<gesta::many<filed>>::or_rejects<no_room> {
  if (c.parts.empty()) return no_room{c.unit};
  return gesta::each(c.parts, [](const part& p) { return filed{p.unit, p.number, p.of, words_of(p)}; });
}
struct shelves : gesta::aggregate<shelf, gesta::commands<file_away>> {
  static constexpr auto id = "power.shelf";
};

struct drawer {
  std::int64_t count = 0;
};
void evolve(drawer& d, const tallied&) { ++d.count; }
auto decide(const drawer&, const tally& c) -> gesta::emits<tallied>::or_nothing {
  if (!is_tallied(c.unit)) return gesta::no_change;
  return tallied{c.unit};
}
struct drawers : gesta::aggregate<drawer, gesta::commands<tally>, gesta::by<"drawer">> {
  static constexpr auto id = "power.drawer";
};
struct clerk {
  static constexpr auto id = "power.clerk";
};
auto react(const clerk&, const filed& e) -> tally { return {e.unit % 7, e.unit}; }

struct office : gesta::model<shelves, drawers, gesta::reactors<clerk>> {};

constexpr std::uint64_t events_a_snapshot = 20;
auto open(const std::string& path, gesta::durability level) {
  return gesta::start<office>(gesta::sqlite_store{.path = path, .level = level}, gesta::snapshots{.every = events_a_snapshot});
}
using app_type = decltype(open({}, {}));

// ---- the units: events of one page and of many, several events, several streams, several commands, none

constexpr std::int64_t in_batch = 5;
bool is_batch(std::int64_t unit) { return unit % 5 == 3; }
bool is_refused(std::int64_t unit) { return unit % 10 == 4; }

std::vector<part> parts_of(std::int64_t unit) {
  const auto times = [&](std::int64_t count, std::int64_t size) {
    std::vector<part> out;
    for (std::int64_t i = 1; i <= count; ++i) out.push_back({unit, i, count, size});
    return out;
  };
  if (is_refused(unit)) return {};
  if (is_batch(unit)) return times(in_batch, 700);
  switch (unit % 5) {
    case 0: return times(1, 200);
    case 1: return times(4, 3'000);
    case 2: return times(1, 500);
    default: return times(1, 100'000);
  }
}

std::string shelf_of(std::int64_t unit) { return text("shelf ", unit % 3); }

enum class became { kept, repeated, failed };

/// One command under a number of its own. It must be refused exactly where the unit is.
template <class To>
became send(To& to, const char* source, std::int64_t number, std::int64_t unit, std::vector<part> parts, gesta::failure& why) {
  const auto outcome =
      to.handle(shelf_of(unit), file_away{unit, std::move(parts)}, gesta::once{source, static_cast<std::uint64_t>(number)});
  const bool right = outcome.match([&](const shelf&) { return !is_refused(unit); },
                                   [&](const no_room& no) { return is_refused(unit) && no.unit == unit; },
                                   [&](const gesta::failure& f) { return why = f, false; });
  return !right ? became::failed : outcome.repeated() ? became::repeated : became::kept;
}

/// One unit of work. Repeated is one of which nothing was new.
became carry_out(app_type& app, std::int64_t unit, gesta::failure& why) {
  const std::vector<part> parts = parts_of(unit);
  if (!is_batch(unit)) return send(app, "unit", unit, unit, parts, why);
  int fresh = 0;
  auto batch = app.batch();
  for (std::int64_t i = 0; i < in_batch; ++i) {
    const became came = send(batch, "batch", unit * in_batch + i, unit, {parts[static_cast<std::size_t>(i)]}, why);
    if (came == became::failed) return came;
    fresh += came == became::kept;
  }
  if (const gesta::committed done = batch.commit(); !done) return why = done.why(), became::failed;
  return fresh == in_batch ? became::kept : fresh == 0 ? became::repeated : became::failed;
}

// ---- write

std::uint64_t number_in(const std::string& path, ::off_t at, std::size_t size) {
  std::uint64_t out = 0;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file >= 0 && ::pread(file, &out, size, at) < 0) out = 0;
  if (file >= 0) ::close(file);
  return out;
}

class reporter {
 public:
  reporter(const std::string& path, const char* count) : path_(path) {
    const int file = ::open(count, O_RDONLY | O_CLOEXEC);
    void* const at = file < 0 ? MAP_FAILED : ::mmap(nullptr, sizeof *count_, PROT_READ, MAP_SHARED, file, 0);
    if (at == MAP_FAILED) std::perror("writer"), std::exit(2);
    count_ = static_cast<const std::uint64_t*>(at);
  }
  void say(const char* what) {
    std::printf("%s %" PRIu64 "\n", what, __atomic_load_n(count_, __ATOMIC_SEQ_CST));
    std::fflush(stdout);
  }
  /// What became of the write-ahead log, by its header and its index as SQLite's file format has them.
  void say_of_log() {
    const std::uint64_t salt = number_in(path_ + "-wal", 16, 8), moved = number_in(path_ + "-shm", 96, 4);
    if (salt != salt_) say("anew");
    if (moved != moved_ && moved != 0) say("moved");
    salt_ = salt;
    moved_ = moved;
  }
  void forget_log() { salt_ = number_in(path_ + "-wal", 16, 8); }

 private:
  std::string path_;
  const std::uint64_t* count_ = nullptr;
  std::uint64_t salt_ = 0, moved_ = 0;
};

int write(const std::string& path, std::int64_t units, gesta::durability level, const char* count) {
  constexpr std::int64_t in_a_row = 300;  // then the store is opened anew
  reporter report(path, count);
  std::unique_ptr<app_type> app;
  for (std::int64_t unit = 1; unit <= units; ++unit) {
    if (unit % in_a_row == 1) {
      app.reset();
      app.reset(new app_type(open(path, level)));
      if (app->broken() != nullptr) return std::fprintf(stderr, "writer: %s\n", app->broken()->describe()), 1;
      report.say("opened");
    }
    gesta::failure why;
    const became came = carry_out(*app, unit, why);
    if (came == became::failed) return std::fprintf(stderr, "writer: unit %" PRId64 ": %s\n", unit, why.describe()), 1;
    if (came == became::repeated) report.say("repeated");
    report.say(text("kept ", unit).c_str());
    unit % in_a_row == 1 ? report.forget_log() : report.say_of_log();
  }
  return 0;
}

// ---- judge

/// Reads what other programs would see, by SQLite itself.
class witness {
 public:
  explicit witness(const std::string& path) { sqlite3_open_v2(path.c_str(), &connection_, SQLITE_OPEN_READONLY, nullptr); }
  witness(const witness&) = delete;
  witness& operator=(const witness&) = delete;
  ~witness() { sqlite3_close(connection_); }

  /// The first column of the answer, its rows joined by blanks.
  std::string ask(const std::string& query) const {
    std::string out;
    const auto take = [](void* to, int, char** values, char**) {
      std::string& all = *static_cast<std::string*>(to);
      all += all.empty() ? "" : " ";
      all += values[0] == nullptr ? "null" : values[0];
      return 0;
    };
    if (sqlite3_exec(connection_, query.c_str(), take, &out, nullptr) != SQLITE_OK) out = sqlite3_errmsg(connection_);
    return out;
  }

 private:
  sqlite3* connection_ = nullptr;
};

/// What the events of all units are, one by one.
class plan {
 public:
  /// Whether this is the next event.
  bool is_next(const filed& e) {
    go_on();
    if (at_ == parts_.size()) return false;
    const part& p = parts_[at_++];
    return e.unit == p.unit && e.number == p.number && e.of == p.of && e.words == words_of(p);
  }
  bool is_next(const tallied& e) {
    if (at_ != parts_.size() || tallies_ == 0) return false;
    --tallies_;
    return e.unit == unit_;
  }
  /// The last unit of which there was an event; of a unit that is not whole, no.
  bool is_at_end_of_unit() const { return at_ == parts_.size() && tallies_ == 0; }
  std::int64_t unit() const { return unit_; }

 private:
  void go_on() {
    while (is_at_end_of_unit()) {
      parts_ = parts_of(++unit_);
      at_ = 0;
      tallies_ = is_tallied(unit_) ? parts_.size() : 0;
    }
  }

  std::int64_t unit_ = 0;
  std::vector<part> parts_;
  std::size_t at_ = 0, tallies_ = 0;
};

int wrong(const std::string& words) {
  std::printf("wrong %s\n", words.c_str());
  return 1;
}

/// What is wrong with the store, which must hold the events of whole units alone; their last is given back.
std::string wrong_events(app_type& app, std::int64_t& last) {
  plan expected;
  std::int64_t position = 0, odd = 0;
  const bool readable = app.each_event([&](const auto& event, const gesta::about& about) {
    if (about.position == static_cast<std::uint64_t>(++position) && expected.is_next(event)) return;
    if (odd == 0) odd = position;
  });
  if (!readable) return "the events cannot be read";
  if (odd != 0) return text("the event at position ", odd, " is another one, in unit ", expected.unit());
  if (!expected.is_at_end_of_unit()) return text("unit ", expected.unit(), " is there in part");
  last = expected.unit();
  return app.last_position() == static_cast<std::uint64_t>(position) ? "" : text("the last position is not ", position);
}

/// The numbers of the outcomes that the units 1 to `last` have.
std::string numbers_of(const char* source, std::int64_t last) {
  std::string out;
  const auto put = [&](std::int64_t number) { add(out, out.empty() ? "" : " "), add(out, number); };
  for (std::int64_t unit = 1; unit <= last; ++unit) {
    if (is_batch(unit) != (std::strcmp(source, "batch") == 0)) continue;
    for (std::int64_t i = 0; i < (is_batch(unit) ? in_batch : 1); ++i) put(is_batch(unit) ? unit * in_batch + i : unit);
  }
  return out;
}

/// How many snapshots the units 1 to `last` leave.
std::int64_t snapshots_of(std::int64_t last) {
  std::uint64_t shelves[3] = {}, drawers[7] = {};
  std::int64_t count = 0;
  const auto add = [&](std::uint64_t& version, std::uint64_t events) {
    count += (version + events) / events_a_snapshot != version / events_a_snapshot;
    version += events;
  };
  for (std::int64_t unit = 1; unit <= last; ++unit) {
    const std::uint64_t events = parts_of(unit).size();
    add(shelves[unit % 3], events);
    if (is_tallied(unit)) add(drawers[unit % 7], events);
  }
  return count;
}
/// What is wrong with the states of the past, which snapshots shorten the way to.
std::string wrong_past(app_type& app) {
  for (std::int64_t number = 0; number < 3; ++number) {
    const std::string key = shelf_of(number);
    const std::uint64_t now = app.version<shelves>(key);
    for (const std::uint64_t version : {now / 3, 2 * now / 3, now}) {
      const auto was = app.state<shelves>(key, gesta::at_version{version});
      if (!was || was->parts != static_cast<std::int64_t>(version))
        return text(key, " is another one at version ", static_cast<std::int64_t>(version), ": ", was.why().describe());
    }
  }
  return {};
}

/// What is wrong with outcomes and events together; `last` becomes the last unit, which may have had an outcome alone.
std::string wrong_store(const std::string& path, app_type& app, std::int64_t& last) {
  if (const std::string words = wrong_events(app, last); !words.empty()) return words;
  const witness sees(path);
  if (const std::string words = sees.ask("pragma integrity_check"); words != "ok") return text("integrity_check: ", words);
  const auto outcomes = [&](const char* source) {
    return sees.ask(text("select number from outcomes join sources using (source) where name = '", source, "' order by number"));
  };
  const std::string units = outcomes("unit");
  if (is_refused(last + 1) && units == numbers_of("unit", last + 1)) ++last;
  if (units != numbers_of("unit", last)) return text("outcomes of units to ", last, ": ", units);
  if (outcomes("batch") != numbers_of("batch", last)) return text("outcomes of batches to ", last, ": ", outcomes("batch"));
  const std::string reactions = sees.ask("select count(*) from outcomes join sources using (source) where name like 'reactor:%'");
  const std::string causes = sees.ask("select count(*) from events join types using (type) where id = 'power.filed'");
  if (reactions != causes) return text(reactions, " outcomes of reactions, ", causes, " events that cause them");
  const std::string taken = sees.ask("select count(*) from snapshots");
  if (taken != text(snapshots_of(last))) return text(taken, " snapshots, not ", snapshots_of(last));
  return wrong_past(app);
}

int judge(const std::string& path) {
  std::int64_t last = 0;
  {
    app_type app = open(path, gesta::durability::process);
    if (app.broken() != nullptr) return wrong(app.broken()->describe());
    if (const std::string words = wrong_store(path, app, last); !words.empty()) return wrong(words);
    // What is there is repeated and changes nothing; what is not is done.
    for (std::int64_t unit = last > 10 ? last - 10 : 1; unit <= last + 5; ++unit) {
      gesta::failure why;
      const std::uint64_t before = app.last_position();
      const became came = carry_out(app, unit, why);
      if (came != (unit <= last ? became::repeated : became::kept) || (unit <= last && app.last_position() != before))
        return wrong(text("unit ", unit, " of ", last, " is done again as ", static_cast<std::int64_t>(came), ": ", why.describe()));
    }
  }
  app_type app = open(path, gesta::durability::process);
  if (app.broken() != nullptr) return wrong(app.broken()->describe());
  std::int64_t now = 0;
  if (const std::string words = wrong_store(path, app, now); !words.empty()) return wrong(text("after carrying on: ", words));
  if (now != last + 5) return wrong(text("after carrying on there is unit ", now, ", not ", last + 5));
  std::printf("there %" PRId64 "\n", last);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  const std::string what = count > 2 ? words[1] : "", level = count > 4 ? words[4] : "";
  if (what == "write" && count == 6 && (level == "disk" || level == "process"))
    return write(words[2], std::atoll(words[3]), level == "disk" ? gesta::durability::disk : gesta::durability::process, words[5]);
  if (what == "judge" && count == 3) return judge(words[2]);
  return std::fprintf(stderr, "usage: writer write FILE UNITS disk|process COUNT | judge FILE\n"), 2;
}
