// Who sits where, as two programs know it: what was one event last year is two of today, and two rejections have changed.
#pragma once

#include <gesta/domain.hpp>

// What the program of last year recorded. The structs stay as they were; `upcast` says what each means today.
struct moved_1   { int from, to; static constexpr auto id = "desk.moved"; };
struct blinked_1 { bool on;      static constexpr auto id = "desk.blinked"; };
struct refused_1 { int floor;    static constexpr auto id = "desk.refused"; };

struct left    { int place; static constexpr auto id = "desk.left"; };
struct entered { int place; static constexpr auto id = "desk.entered"; };
struct refused { int place; static constexpr auto id = gesta::event_id{"desk.refused", 2}; };

// In the words of a decision: several events, or none. A rejection has one later version.
constexpr auto upcast(const moved_1& old) -> gesta::emits<left, entered>::or_nothing {
  if (old.from == old.to) return gesta::no_change;
  return gesta::emit(left{old.from}, entered{old.to});
}
constexpr auto upcast(const blinked_1&) -> gesta::emits<>::or_nothing { return gesta::no_change; }
constexpr auto upcast(const refused_1& old) -> refused { return {old.floor * 100}; }

namespace last_year {

struct move  { int from, to; };
struct blink { bool on; };
struct climb { int floor; };
struct desk {};
constexpr void evolve(desk&, const moved_1&) {}
constexpr void evolve(desk&, const blinked_1&) {}
constexpr auto decide(const desk&, const move& c)  -> gesta::emits<moved_1> { return moved_1{c.from, c.to}; }
constexpr auto decide(const desk&, const blink& c) -> gesta::emits<blinked_1> { return blinked_1{c.on}; }
constexpr auto decide(const desk&, const climb& c) -> gesta::emits<moved_1>::or_rejects<refused_1> { return refused_1{c.floor}; }
struct desks : gesta::aggregate<desk, gesta::commands<move, blink, climb>> { static constexpr auto id = "desk"; };

}  // namespace last_year

struct leave { int place; };
struct enter { int place; };
struct desk { int place = 0; };
constexpr void evolve(desk& d, const left&)      { d.place = 0; }
constexpr void evolve(desk& d, const entered& e) { d.place = e.place; }
constexpr auto decide(const desk&, const leave& c) -> gesta::emits<left> { return left{c.place}; }
constexpr auto decide(const desk&, const enter& c) -> gesta::emits<entered>::or_rejects<refused> {
  if (c.place >= 300) return refused{c.place};
  return entered{c.place};
}
struct desks : gesta::aggregate<desk, gesta::commands<leave, enter>> { static constexpr auto id = "desk"; };
