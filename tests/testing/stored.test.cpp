#include <gesta/testing/stored.hpp>

#include <doctest/doctest.h>

#include <gesta/domain.hpp>

#include <string>

namespace {

struct left { int place; };
struct entered { int place; };
struct lit { int lamp; };
struct moved_1 { int from, to; };
constexpr auto upcast(const moved_1& old) -> gesta::emits<left, entered>::or_nothing {
  if (old.from == old.to) return gesta::no_change;
  return gesta::emit(left{old.from}, entered{old.to});
}
struct entered_1 { int room; };
constexpr auto upcast(const entered_1& old) -> entered { return {old.room + 100}; }
struct blinked_1 { gesta::list<int, 4> lamps; };
constexpr auto upcast(const blinked_1& old) -> gesta::emits<gesta::many<lit>> {
  return gesta::each(old.lamps, [](int lamp) { return lit{lamp}; });
}

// At compile time, like all tests of flat messages.
static_assert(gesta::stored(moved_1{1, 2}).becomes(left{1}, entered{2}));
static_assert(!gesta::stored(moved_1{1, 2}).becomes(entered{2}, left{1}));
static_assert(!gesta::stored(moved_1{1, 2}).becomes(left{1}));
static_assert(!gesta::stored(moved_1{1, 2}).becomes(left{1}, entered{3}));
static_assert(gesta::stored(moved_1{2, 2}).becomes());
static_assert(!gesta::stored(moved_1{1, 2}).becomes());
static_assert(gesta::stored(entered_1{5}).becomes(entered{105}));
static_assert(!gesta::stored(entered_1{5}).becomes());
static_assert(gesta::stored(blinked_1{{3, 4}}).becomes(lit{3}, lit{4}));
static_assert(gesta::stored(blinked_1{}).becomes());

}  // namespace

TEST_CASE("what an old version becomes is compared at run time too, and said where it is something else") {
  CHECK(gesta::stored(blinked_1{{3, 4}}).becomes(lit{3}, lit{4}));
  CHECK(std::string(gesta::stored(moved_1{1, 2}).becomes(left{1}).describe().c_str()) ==
        "stored moved_1{from: 1, to: 2}\n  expected: left{place: 1}\n  actual:   left{place: 1}, entered{place: 2}");
  CHECK(std::string(gesta::stored(moved_1{2, 2}).becomes(left{2}).describe().c_str()) ==
        "stored moved_1{from: 2, to: 2}\n  expected: left{place: 2}\n  actual:   nothing");
}
