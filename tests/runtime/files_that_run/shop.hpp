// A small model that two files of one program run. SEES says which verb a file sees otherwise than a file without it, as if a header
// were missing in it or had changed: PROJECT, REACT, ABOUT or CONTRACT.
#pragma once

#include <gesta/gesta.hpp>

#define ALL 0
#define PROJECT 1
#define REACT 2
#define ABOUT 3
#define CONTRACT 4

namespace shop {

struct sold {
  int cents;
  static constexpr auto id = "shop.sold";
};
struct given_back {
  int cents;
  static constexpr auto id = "shop.given_back";
};
struct noted {
  static constexpr auto id = "shop.noted";
};
struct sell {
  int cents;
};
struct give_back {
  int cents;
};
struct note {};
struct till {
  int notes = 0;
  int cents = 0;
};

#if SEES == ABOUT
constexpr void evolve(till& t, const sold& e, const gesta::about&) { t.cents += e.cents; }
#else
constexpr void evolve(till& t, const sold& e) { t.cents += e.cents; }
#endif
constexpr void evolve(till& t, const given_back& e) { t.cents -= e.cents; }
constexpr void evolve(till& t, const noted&) { ++t.notes; }
#if SEES == CONTRACT
constexpr auto decide(const till&, const sell& c) -> gesta::emits<sold>::or_nothing { return sold{c.cents}; }
#else
constexpr auto decide(const till&, const sell& c) -> gesta::emits<sold> { return sold{c.cents}; }
#endif
constexpr auto decide(const till&, const give_back& c) -> gesta::emits<given_back> { return given_back{c.cents}; }
constexpr auto decide(const till&, const note&) -> gesta::emits<noted> { return noted{}; }

struct tills : gesta::aggregate<till, gesta::commands<sell, give_back, note>> {
  static constexpr auto id = "till";
};

struct turnover {
  int sold = 0, given_back = 0;
};
constexpr void project(turnover& t, const sold& e) { t.sold += e.cents; }
#if SEES != PROJECT
constexpr void project(turnover& t, const given_back& e) { t.given_back += e.cents; }
#endif
struct of_the_day : gesta::projection<turnover> {
  static constexpr auto id = "turnover";
};

struct half_back {
  static constexpr auto id = "half_back";
};
constexpr auto react(const half_back&, const sold& e) { return gesta::to("one", give_back{e.cents / 2}); }
#if SEES != REACT
constexpr auto react(const half_back&, const given_back&) { return gesta::to("one", note{}); }
#endif

struct whole : gesta::model<tills, of_the_day, gesta::reactors<half_back>> {};

}  // namespace shop
