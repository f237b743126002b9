// An old event means nothing today when it led nowhere: that is no refusal.
#include <gesta/model/model.hpp>

struct moved_1 { int from; int to; static constexpr auto id = "desk.moved"; };
struct left { int place; static constexpr auto id = "desk.left"; };
struct entered { int place; static constexpr auto id = "desk.entered"; };
constexpr auto upcast(const moved_1& old) -> gesta::emits<left, entered>::or_nothing {
  if (old.to == 0) return gesta::no_change;
  return gesta::emit(left{old.from}, entered{old.to});
}
struct leave { int place; };
struct enter { int place; };
struct desk { int place = 0; };

constexpr void evolve(desk& d, const left&) { d.place = 0; }
constexpr void evolve(desk& d, const entered& e) { d.place = e.place; }
constexpr auto decide(const desk&, const leave& c) -> gesta::emits<left> { return left{c.place}; }
constexpr auto decide(const desk&, const enter& c) -> gesta::emits<entered> { return entered{c.place}; }

struct desks : gesta::aggregate<desk, gesta::commands<leave, enter>> { static constexpr auto id = "desk"; };
struct office : gesta::model<desks, gesta::history<moved_1>> {};
