// Watching an app from outside: what was decided, refused or failed is told to plain structs, here lines of a log and counters.
#include <gesta/gesta.hpp>

#include <cstdio>

#include "bank.hpp"

struct bank : gesta::model<accounts> {};

int number(std::uint64_t n) { return static_cast<int>(n); }

// [observers]
// Lines as spdlog writes them; with it each is spdlog::info("decided {} on {} {}", d.command, d.aggregate, d.key_text).
struct log_lines {
  const char* logger;
};
void observe(const log_lines& l, const gesta::decided& d) {
  std::printf("[%s] [info] %s on %s %s: version %d, position %d\n", l.logger, d.command, d.aggregate, d.key_text, number(d.version),
              number(d.position));
}
void observe(const log_lines& l, const gesta::rejected& r) {
  std::printf("[%s] [info] %s on %s %s refused: %s\n", l.logger, r.command, r.aggregate, r.key_text, r.rejection);
}
void observe(const log_lines& l, const gesta::conflicted& c) {
  std::printf("[%s] [warn] %s on %s %s: version %d expected, it is %d\n", l.logger, c.command, c.aggregate, c.key_text,
              number(c.expected.version), number(c.actual));
}
void observe(const log_lines& l, const gesta::stalled& s) { std::printf("[%s] [error] %s: %s\n", l.logger, s.who, s.why.describe()); }
void observe(const log_lines& l, const gesta::caught_up& c) { std::printf("[%s] [debug] %s is at %d\n", l.logger, c.who, number(c.position)); }

// Counters hear what they count, and nothing else.
struct counters {
  int events = 0, refusals = 0, failures = 0;
};
void observe(counters& c, const gesta::decided& d) { c.events += number(d.events); }
void observe(counters& c, const gesta::rejected&) { ++c.refusals; }
void observe(counters& c, const gesta::stalled&) { ++c.failures; }
// [/observers]

template <class Outcome>
void ignore(const Outcome& outcome) {
  outcome.match([](const auto&) {});
}

int main() {
  // [start]
  const log_lines lines{"bank"};
  counters counted;
  auto app = gesta::start<bank>(gesta::fixed_memory_store{.streams = 2}, gesta::observed_by(lines, counted));
  // [/start]

  ignore(app.handle("alice", deposit{100}));
  ignore(app.handle("alice", withdraw{130}));
  ignore(app.handle("alice", withdraw{30}, gesta::expected{7}));

  {
    auto batch = app.batch();
    ignore(batch.handle("bob", deposit{1}));
    ignore(batch.handle("bob", deposit{2}));
    std::printf("(nothing of the batch is told yet)\n");
    if (!batch.commit()) return 1;
  }
  {
    auto batch = app.batch();
    ignore(batch.handle("bob", deposit{1'000'000}));
  }  // without a commit it never happened, and is never told

  ignore(app.handle("carol", deposit{5}));  // there is room for two accounts

  auto feed = app.follow();
  if (!feed.poll([](const auto&, const gesta::about&) {})) return 1;
  std::printf("%d events, %d refused, %d failed\n", counted.events, counted.refusals, counted.failures);
}
