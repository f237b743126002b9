// Drawn histories of three aggregates, flat, with text and with positions, and what they must come to: for tests of snapshots and caches.
#pragma once

#include <doctest/doctest.h>

#include <gesta/gesta.hpp>

#include <cstdint>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace histories {


struct added { int amount; static constexpr auto id = "snap.added"; };
struct add { int amount; };
struct sum {
  int total = 0;
  bool operator==(const sum&) const = default;
};
inline void evolve(sum& s, const added& e) { s.total = (s.total * 31 + e.amount) % 1'000'003; }  // the order matters
inline auto decide(const sum&, const add& c) -> gesta::emits<added> { return added{c.amount}; }
struct sums : gesta::aggregate<sum, gesta::commands<add>> {
  static constexpr auto id = "snap.sum";
};

struct noted { std::string words; static constexpr auto id = "snap.noted"; };
struct note { std::string words; };
struct notes {
  std::string last;
  std::vector<std::string> all;
  std::map<std::string, int> times;
  bool operator==(const notes&) const = default;
};
inline void evolve(notes& n, const noted& e) {
  n.last = e.words;
  n.all.push_back(e.words);
  ++n.times[e.words];
}
inline auto decide(const notes&, const note& c) -> gesta::emits<noted> { return noted{c.words}; }
struct note_books : gesta::aggregate<notes, gesta::commands<note>> {
  static constexpr auto id = "snap.notes";
};

// Its state asks where its events lie.
struct placed { static constexpr auto id = "snap.placed"; };
struct place {};
struct places {
  std::uint64_t last = 0, sum = 0;
  bool operator==(const places&) const = default;
};
inline void evolve(places& p, const placed&, const gesta::about& a) { p = {a.position, p.sum * 7 + a.position * a.version}; }
inline auto decide(const places&, const place&) -> gesta::emits<placed> { return placed{}; }
struct all_places : gesta::aggregate<places, gesta::commands<place>> {
  static constexpr auto id = "snap.place";
};

struct model : gesta::model<sums, note_books, all_places> {};

inline const auto fine = [](const auto&) {};

/// What happened, computed beside the app.
struct fact {
  int kind;
  std::string key;
  std::uint64_t version, position;
  sum s;
  notes n;
  places p;
};
struct world {
  std::vector<fact> facts;
  std::map<std::pair<int, std::string>, fact> now;
  std::uint64_t position = 0;

  /// The fact as of a moment: the last one that `is_upto` of this entity.
  template <class IsUpto>
  fact as_of(int kind, const std::string& key, IsUpto&& is_upto) const {
    fact last{};
    for (const fact& f : facts)
      if (f.kind == kind && f.key == key && is_upto(f)) last = f;
    return last;
  }
};

template <class App>
void act(App& app, world& w, std::mt19937& random, const char* keys) {
  const int kind = static_cast<int>(random() % 3);
  const std::string key(1, keys[random() % std::strlen(keys)]);
  fact& f = w.now[{kind, key}];
  f.kind = kind, f.key = key, ++f.version, f.position = ++w.position;
  const gesta::about about{{}, f.version, f.position, {}, {}, {}};
  if (kind == 0) {
    const int amount = static_cast<int>(random() % 1000);
    app.handle(key, add{amount}).match(fine);
    evolve(f.s, added{amount});
  } else if (kind == 1) {
    const std::string words(random() % 40, static_cast<char>('a' + random() % 26));
    app.handle(key, note{words}).match(fine);
    evolve(f.n, noted{words});
  } else {
    app.handle(key, place{}).match(fine);
    evolve(f.p, placed{}, about);
  }
  w.facts.push_back(f);
}

/// Asks for every entity at every version and position, and for some that never were.
template <class App>
void check_all(App& app, const world& w, const char* keys) {
  for (const char* key = keys; *key != 0; ++key) {
    const std::string name(1, *key);
    for (int kind = 0; kind < 3; ++kind) {
      const auto found = w.now.find({kind, name});
      const std::uint64_t versions = found == w.now.end() ? 0 : found->second.version;
      const auto same = [&](const fact& was, const auto& when) {
        if (kind == 0) CHECK(*app.template state<sums>(name, when) == was.s);
        if (kind == 1) CHECK(*app.template state<note_books>(name, when) == was.n);
        if (kind == 2) CHECK(*app.template state<all_places>(name, when) == was.p);
      };
      for (std::uint64_t v = 0; v <= versions + 1; ++v) same(w.as_of(kind, name, [&](const fact& f) { return f.version <= v; }), gesta::at_version{v});
      for (std::uint64_t p = 0; p <= w.position + 1; ++p)
        same(w.as_of(kind, name, [&](const fact& f) { return f.position <= p; }), gesta::at_position{p});
    }
  }
}

/// One drawn history: acts on an app, then holds it to what happened; `check` does the last again, with another app on the same store.
struct history {
  std::mt19937 random;
  const char* keys = "";
  world happened{};

  template <class App>
  void operator()(App& app) {
    keys = random() % 2 == 0 ? "a" : "abc";
    for (auto i = 20 + random() % 60; i != 0; --i) {
      switch (random() % 12) {
        case 0: CHECK(app.template snapshot<sums>("a")); break;
        case 1: CHECK(app.template snapshot<note_books>()); break;
        case 2: CHECK(app.snapshot()); break;
        case 3: {
          const world before = happened;
          auto batch = app.batch();
          for (auto n = random() % 8; n != 0; --n) act(batch, happened, random, keys);
          if (random() % 2 == 0) CHECK(batch.commit());
          else happened = before;
          break;
        }
        default: act(app, happened, random, keys);
      }
    }
    check(app);
  }
  template <class App>
  void check(App& app) {
    check_all(app, happened, keys);
  }
};

/// Drawn histories with snapshots as drawn: by number, by hand, within batches. open(snapshots, history&) runs one.
template <class Open>
void drawn(unsigned count, Open&& open) {
  for (unsigned seed = 0; seed < count; ++seed) {
    CAPTURE(seed);
    history one{std::mt19937(seed)};
    constexpr std::uint64_t often[] = {1, 2, 3, 7, 20, 0};
    const gesta::snapshots asked{.every = often[one.random() % 6]};
    CAPTURE(asked.every);
    open(asked, one);
  }
}

}  // namespace histories
