// The stream of a desk holds the old event, and only rooms record one of those that it becomes.
#include <gesta/model/model.hpp>

struct moved_1 { int from; int to; static constexpr auto id = "desk.moved"; };
struct left { int place; static constexpr auto id = "desk.left"; };
struct entered { int place; static constexpr auto id = "room.entered"; };
constexpr auto upcast(const moved_1& old) -> gesta::emits<left, entered> { return gesta::emit(left{old.from}, entered{old.to}); }
struct leave { int place; };
struct move { int from; int to; };
struct enter { int place; };
struct desk { int place = 0; };
struct room { int place = 0; };

constexpr void evolve(desk& d, const left&) { d.place = 0; }
constexpr void evolve(room& r, const entered& e) { r.place = e.place; }
constexpr void evolve(desk& d, const entered& e) { d.place = e.place; }
constexpr auto decide(const desk&, const leave& c) -> gesta::emits<left> { return left{c.place}; }
constexpr auto decide(const desk&, const move& c) -> gesta::emits<left, entered> { return gesta::emit(left{c.from}, entered{c.to}); }
constexpr auto decide(const room&, const enter& c) -> gesta::emits<entered> { return entered{c.place}; }

struct desks : gesta::aggregate<desk, gesta::commands<leave, move>> { static constexpr auto id = "desk"; };
struct rooms : gesta::aggregate<room, gesta::commands<enter>> { static constexpr auto id = "room"; };
struct office : gesta::model<desks, rooms, gesta::history<moved_1>> {};
