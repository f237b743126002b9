// Consumers whose view store fails, whose program is killed and whose handlers fail, at each step in turn and at steps that are drawn: in the end
// everything is as without all that.
#include <gesta/runtime/consumer.hpp>
#include <gesta/runtime/effects.hpp>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>

#include "../folder.hpp"

namespace {

// ---- a model, its view, its effect

struct sold {
  gesta::text<8> country;
  std::int64_t cents;
  static constexpr auto id = "order.sold";
};
struct moved {
  gesta::text<8> from, to;
  static constexpr auto id = "order.moved";
};
struct sell {
  gesta::text<8> country;
  std::int64_t cents;
};
struct move {
  gesta::text<8> from, to;
};
struct order {
  std::int64_t cents = 0;
};
constexpr void evolve(order& o, const sold& e) { o.cents += e.cents; }
constexpr void evolve(order&, const moved&) {}
constexpr auto decide(const order&, const sell& c) -> gesta::emits<sold> { return sold{c.country, c.cents}; }
constexpr auto decide(const order&, const move& c) -> gesta::emits<moved> { return moved{c.from, c.to}; }
struct orders : gesta::aggregate<order, gesta::commands<sell, move>> {
  static constexpr auto id = "order";
};
struct shop : gesta::model<orders> {};

// Which sales fail, and how often yet: the handlers of this program ask it.
std::map<std::int64_t, int> failures_left;
bool fails(std::int64_t cents) {
  const auto at = failures_left.find(cents);
  return at != failures_left.end() && at->second-- > 0;
}

struct country_row {
  gesta::text<8> country;
  std::int64_t cents = 0;
  std::int64_t order = 0;  // what depends on the order of events
};
void project(country_row& r, const sold& e) {
  r.cents += e.cents;
#if __cpp_exceptions
  if (fails(e.cents)) throw std::runtime_error("poison");
#endif
  r.order = r.order * 31 % 1'000'003 + e.cents;
}
void project(country_row& r, const moved& e) { r.order = r.order * 31 % 1'000'003 + (r.country == e.from ? 7 : 11); }
struct by_country : gesta::projection<gesta::rows<country_row, "country">> {
  static constexpr auto id = "by_country";
};
gesta::list<gesta::text<8>, 2> locate(const by_country&, const moved& e) { return {e.from, e.to}; }

struct unreachable {};
struct post {
  std::string path;  // of a file, which outlives the program
  void (*step)() = [] {};
  void note(const std::string& line) {
    step();
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const std::string text = line + "\n";
    REQUIRE(::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    ::close(file);
    step();
  }
};
struct mailer {
  static constexpr auto id = "mailer";
};
auto perform(const mailer&, const sold& e, post& p) -> gesta::done::or_fails<unreachable> {
  if (fails(e.cents)) return unreachable{};
  p.note(std::string(e.country.data(), e.country.size()) + " " + std::to_string(e.cents));
  return gesta::done{};
}
gesta::text<8> locate(const mailer&, const sold& e) { return e.country; }
gesta::retry on_failure(const mailer&, const unreachable&) { return {.times = 2, .first = gesta::duration{10}, .most = gesta::duration{20}}; }

std::int64_t now = 1'000;
struct counting_clock {
  gesta::timestamp operator()() const { return {now}; }
};

// ---- a view store that fails

struct faults {
  std::uint64_t steps = 0;
  std::uint64_t at = 0;     // the step that fails; 0: none
  bool is_killed = false;   // there the program ends
  bool go() {
    ++steps;
    if (steps != at) return true;
    if (is_killed) ::_exit(9);
    return false;
  }
};
faults plan;

struct failing_views {
  gesta::sqlite_views views;
  template <class... Projection>
  struct opened : gesta::sqlite_views::opened<Projection...> {
    using base = gesta::sqlite_views::opened<Projection...>;
    explicit opened(const failing_views& of) : base(of.views) {}
    bool begin() { return plan.go() && base::begin() && (plan.go() || (base::rollback(), false)); }
    bool commit() {
      if (!plan.go()) return base::rollback(), false;
      const bool kept = base::commit();
      if (plan.is_killed) plan.go();
      return kept;
    }
    bool load(std::string_view name, gesta::progress& state) { return plan.go() && base::load(name, state); }
    bool save(std::string_view name, const gesta::progress& state) { return plan.go() && base::save(name, state); }
    bool put(std::string_view name, const gesta::letter& one) { return plan.go() && base::put(name, one); }
    bool drop(std::string_view name, const gesta::letter& one) { return plan.go() && base::drop(name, one); }
    bool is_blocked(std::string_view name, std::string_view key, bool& blocked) { return plan.go() && base::is_blocked(name, key, blocked); }
  };
};

// ---- what is compared

std::vector<std::string> lines_of(const std::string& path) {
  std::vector<std::string> all;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) all.push_back(line);
  return all;
}
/// By country: what was sent, in order.
std::map<std::string, std::vector<std::string>> by_key(const std::vector<std::string>& lines) {
  std::map<std::string, std::vector<std::string>> keys;
  for (const std::string& line : lines) keys[line.substr(0, line.find(' '))].push_back(line);
  return keys;
}
template <class Keeper>
std::string rows_of(Keeper& keeper) {
  std::string text;
  CHECK(keeper.rows().each([&](const country_row& r) {
    text += std::string(r.country.data(), r.country.size()) + " " + std::to_string(r.cents) + " " + std::to_string(r.order) + "; ";
    return true;
  }));
  return text;
}
template <class Consumer>
std::string letters_of(Consumer& consumer) {
  std::string text;
  CHECK(consumer.letters([&](const gesta::letter& l) {
    text += std::to_string(l.position) + " " + l.key + " " + std::to_string(l.attempts) + (l.discarded.empty() ? "; " : " discarded; ");
  }));
  return text;
}

constexpr const char* countries[] = {"FR", "DE", "IT"};
constexpr int sales = 8;
template <class App>
void fill(App& app) {
  for (int i = 1; i <= sales; ++i) {
    REQUIRE(static_cast<bool>(app.handle("1", sell{gesta::text<8>(countries[i % 3]), i})));
    if (i % 3 == 0) REQUIRE(static_cast<bool>(app.handle("1", move{gesta::text<8>(countries[0]), gesta::text<8>(countries[i % 2 + 1])})));
  }
}
gesta::sqlite_store store_at(const std::string& path) { return {.path = path, .level = gesta::durability::process}; }
failing_views views_at(const std::string& path) { return {{.path = path, .level = gesta::durability::process}}; }

/// What fails on the way, as it is at the beginning of each run: two sales once, one of them until a person says so.
void plant() { failures_left = {{2, 1}, {4, 1}, {6, 3}}; }

template <class Consumer>
void run_to_the_end(Consumer& consumer) {
  for (int i = 0; i < 14; ++i) {
    (void)consumer.poll(3);
    now += 15;
    if (i % 5 == 4) (void)consumer.retry_all();
  }
}

void keep_view(const std::string& path) {
  auto app = gesta::start<shop>(store_at(path));
  auto keeper = gesta::consume<by_country>(app, views_at(path), counting_clock{});
  run_to_the_end(keeper);
}
void send_mails(const std::string& path, const std::string& sent) {
  auto app = gesta::start<shop>(store_at(path));
  post out{sent, [] { (void)plan.go(); }};
  auto mails = gesta::perform_by<mailer>(app, views_at(path), out, gesta::from_beginning{}, counting_clock{});
  run_to_the_end(mails);
}
std::string view_at(const std::string& path) {
  auto app = gesta::start<shop>(store_at(path));
  auto keeper = gesta::consume<by_country>(app, views_at(path), counting_clock{});
  CHECK(letters_of(keeper).empty());
  CHECK(keeper.poll().caught_up);
  return rows_of(keeper);
}
void copy(const std::string& from, const std::string& to) {
  std::ifstream in(from, std::ios::binary);
  std::ofstream(to, std::ios::binary) << in.rdbuf();
}

/// act() with the fault at each step in turn, in a program of its own where it is killed; then check(step). Gives how many steps there were.
template <class Prepare, class Act, class Check>
std::uint64_t at_each_step(bool is_killed, Prepare&& prepare, Act&& act, Check&& check) {
  for (std::uint64_t step = 1;; ++step) {
    prepare();
    plant();
    plan = {.at = step, .is_killed = is_killed};
    bool is_over = false;
    if (is_killed) {
      const pid_t child = ::fork();
      REQUIRE(child >= 0);
      if (child == 0) {
        act();
        ::_exit(plan.steps < plan.at ? 0 : 1);
      }
      int status = 0;
      REQUIRE(::waitpid(child, &status, 0) == child);
      REQUIRE(WIFEXITED(status));
      is_over = WEXITSTATUS(status) == 0;
      if (!is_over) REQUIRE(WEXITSTATUS(status) == 9);
    } else {
      act();
      is_over = plan.steps < plan.at;
    }
    plan = {};
    if (is_over) return step - 1;
    CAPTURE(step);
    check(step);
  }
}

}  // namespace

TEST_CASE("a view whose consumer fails or is killed at each step is in the end as without that") {
  const folder place;
  const std::string whole = place / "whole.db", path = place / "shop.db";
  {
    auto app = gesta::start<shop>(store_at(whole));
    fill(app);
  }
  copy(whole, path);
  failures_left = {};
  keep_view(path);
  const std::string undisturbed = view_at(path);
  REQUIRE(undisturbed.find("FR ") != std::string::npos);

  for (const bool is_killed : {false, true}) {
    const std::uint64_t steps = at_each_step(
        is_killed, [&] { copy(whole, path); }, [&] { keep_view(path); },
        [&](std::uint64_t) {
          failures_left = {};
          keep_view(path);
          CHECK(view_at(path) == undisturbed);
        });
    MESSAGE(steps, std::string(is_killed ? " steps at which it was killed" : " steps that failed"));
    CHECK(steps > 40);
  }
}

TEST_CASE("effects whose consumer fails or is killed at each step: none is lost, one at most comes twice, each key in order") {
  const folder place;
  const std::string whole = place / "whole.db", path = place / "shop.db", sent = place / "sent";
  {
    auto app = gesta::start<shop>(store_at(whole));
    fill(app);
  }
  std::map<std::string, std::vector<std::string>> undisturbed;
  for (int i = 1; i <= sales; ++i) undisturbed[countries[i % 3]].push_back(std::string(countries[i % 3]) + " " + std::to_string(i));

  for (const bool is_killed : {false, true}) {
    int repeated = 0;
    const std::uint64_t steps = at_each_step(
        is_killed,
        [&] {
          copy(whole, path);
          std::remove(sent.c_str());
        },
        [&] { send_mails(path, sent); },
        [&](std::uint64_t) {
          failures_left = {};
          send_mails(path, sent);
          auto keys = by_key(lines_of(sent));
          int twice = 0;
          for (auto& [key, lines] : keys) {
            for (std::size_t i = 1; i < lines.size();) {  // what comes twice comes at once
              if (lines[i] != lines[i - 1]) ++i;
              else lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i)), ++twice;
            }
          }
          CHECK(keys == undisturbed);
          CHECK(twice <= 1);
          repeated += twice;
        });
    MESSAGE(steps, std::string(is_killed ? " steps at which it was killed, repeated: " : " steps that failed, repeated: "), repeated);
    CHECK(steps > 80);
    CHECK(repeated > 5);  // so the test has seen the window
  }
}

TEST_CASE("drawn faults: whatever fails, is put aside, tried again or discarded, each row and each key is in the order of the log") {
  const char* const given = std::getenv("GESTA_HISTORIES");
  const int histories = given != nullptr ? std::atoi(given) / 10 : 60;
  const folder place;
  const std::string path = place / "shop.db", sent = place / "sent";
  std::uint64_t put_aside = 0, discarded_in_all = 0, failed_polls = 0;
  for (int history = 0; history < histories; ++history) {
    CAPTURE(history);
    std::mt19937_64 random(static_cast<std::uint64_t>(history));
    const auto draw = [&](std::uint64_t below) { return random() % below; };
    std::remove(path.c_str());
    std::remove((path + "-wal").c_str());
    std::remove((path + "-shm").c_str());
    std::remove(sent.c_str());
    failures_left = {};
    plan = {};
    auto app = gesta::start<shop>(store_at(path));
    std::set<std::pair<std::uint64_t, std::string>> closed;  // the model: what a person has discarded
    std::map<std::string, std::vector<std::string>> expected;
    std::vector<std::pair<std::uint64_t, std::string>> all;  // position and what is sent
    std::uint64_t position = 0;
    std::int64_t cents = 0;
    for (int life = 0; life < 3; ++life) {  // consumers come and go
      post out{sent};
      auto mails = gesta::perform_by<mailer>(app, views_at(path), out, gesta::from_beginning{}, counting_clock{}, gesta::stop_after{.keys = 2, .in_a_row = 6});
      for (int step = 0; step < 14; ++step) {
        switch (draw(8)) {
          case 0:
          case 1:
          case 2: {
            const std::string country = countries[draw(3)];
            ++cents;
            if (draw(3) == 0) failures_left[cents] = static_cast<int>(draw(5));
            REQUIRE(static_cast<bool>(app.handle("1", sell{gesta::text<8>(country.c_str()), cents})));
            all.emplace_back(++position, country + " " + std::to_string(cents));
            break;
          }
          case 3: now += static_cast<std::int64_t>(draw(25)); break;
          case 4: {
            gesta::letter some;
            (void)mails.letters([&](const gesta::letter& one) {
              if (one.discarded.empty() && one.position != 0 && draw(2) == 0) some = one;
            });
            if (some.position != 0 && draw(2) == 0 && mails.discard(some, "drawn")) closed.insert({some.position, some.key});
            else if (some.position != 0) (void)mails.retry(some);
            break;
          }
          case 5:
            if (draw(3) == 0) (void)mails.resume();
            [[fallthrough]];
          default: {
            plan = {.at = draw(4) == 0 ? 1 + draw(20) : 0};
            const auto result = mails.poll(1 + draw(5));
            failed_polls += result ? 0u : 1u;
            put_aside += result.put_aside;
            plan = {};
          }
        }
      }
    }
    failures_left = {};
    post out{sent};
    auto mails = gesta::perform_by<mailer>(app, views_at(path), out, gesta::from_now{}, counting_clock{});
    for (int i = 0; i < 30; ++i) {
      (void)mails.retry_all();
      (void)mails.poll();
    }
    for (const auto& [at, line] : all)
      if (!closed.contains({at, line.substr(0, 2)})) expected[line.substr(0, 2)].push_back(line);
    auto keys = by_key(lines_of(sent));
    for (auto& [key, lines] : keys)
      for (std::size_t i = 1; i < lines.size();) {
        if (lines[i] != lines[i - 1]) ++i;
        else lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i));
      }
    // An effect that was performed and not noted may have been discarded then.
    for (auto& [key, lines] : keys)
      std::erase_if(lines, [&](const std::string& line) {
        for (const auto& [at, sold_line] : all)
          if (line == sold_line) return closed.contains({at, key});
        return false;
      });
    std::erase_if(keys, [](const auto& one) { return one.second.empty(); });
    CHECK(keys == expected);
    discarded_in_all += closed.size();
    std::string open;
    (void)mails.letters([&](const gesta::letter& one) {
      if (one.discarded.empty()) open += one.key;
    });
    CHECK(open.empty());
  }
  MESSAGE(put_aside, " letters, ", discarded_in_all, " discarded, ", failed_polls, " polls that failed");
  CHECK(put_aside > 100);
  CHECK(discarded_in_all > 10);
  CHECK(failed_polls > 50);
}
