#include <gesta/testing/undo_laws.hpp>

#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include <gesta/message/text.hpp>
#include <gesta/model/model.hpp>

#include "../../examples/shop.hpp"

using gesta::testing::lawful;
using gesta::testing::undo_laws;

namespace {

struct services : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels> {};

// Opens and shuts; each of its laws can be broken.
enum class fault { none, undoes_what_is_not_there, does_nothing_although_it_could, does_nothing_at_first };
struct opened { int door; gesta::text<8> by; static constexpr auto id = "opened"; };
struct shut   { int door; static constexpr auto id = "shut"; using undoes = opened; };
struct open   { int door; gesta::text<8> by; };
struct close  { int door; };
fault planted = fault::none;  // verbs count on exact types, so it is no parameter of theirs
struct door { int open = 0; };
void evolve(door& d, const opened&) { ++d.open; }
void evolve(door& d, const shut&) { d.open = 0; }
auto decide(const door& d, const open& c) -> gesta::emits<opened>::or_nothing {
  if (planted == fault::does_nothing_at_first ? d.open == 0 : d.open != 0) return gesta::no_change;
  return opened{c.door, c.by};
}
auto decide(const door& d, const close& c) -> gesta::emits<shut>::or_nothing {
  if (planted == fault::undoes_what_is_not_there) return shut{c.door};
  if (planted == fault::does_nothing_although_it_could || d.open == 0) return gesta::no_change;
  return shut{c.door};
}
struct doors : gesta::aggregate<door, gesta::commands<open, close>, gesta::by<"door">> {
  static constexpr auto id = "door";
};
struct house : gesta::model<doors> {};

lawful with(fault one) {
  planted = one;
  const lawful found = undo_laws<house>();
  planted = fault::none;
  return found;
}

}  // namespace

TEST_CASE("they hold for the shop, and for doors") {
  const lawful shop = undo_laws<services>();
  CHECK(shop);
  CHECK(shop.decisions > 1000);
  const lawful sound = undo_laws<house>();
  CHECK(sound);
  CHECK(sound.decisions == 2 * 2 * 5);  // in each state one of two commands goes on
  CHECK(undo_laws<house>(2).decisions == 2 * 2 * 2);
}

TEST_CASE("what is undone while it does not stand, and what is left undone, is told with its commands") {
  CHECK(with(fault::undoes_what_is_not_there).problem ==
        "close{door: 1}: shut undoes opened, and it happens while none stands");
  CHECK(with(fault::does_nothing_although_it_could).problem ==
        "open{door: 1, by: \"a\"}, close{door: 1}: it answers nothing, and neither stands its event already nor is there nothing to undo");
  const lawful at_first = with(fault::does_nothing_at_first);
  CHECK(at_first.problem == "open{door: 1, by: \"a\"}: it answers nothing, and neither stands its event already nor is there nothing to undo");
  std::ostringstream out;
  out << at_first;
  CHECK(out.str() == at_first.problem);
}
