// Which further parameters a `react` has is found out place by place, and counts on exact types.
#include <gesta/detail/further.hpp>
#include <gesta/message/about.hpp>

#include <doctest/doctest.h>

namespace kitchen {

struct salted { int grams; };
struct boiled { int degrees; };
struct served { int plates; };
struct serve { int plates; };
struct empty {};
struct wash { int plates; };

struct cook {};
wash react(cook, const salted&);
wash react(cook, const salted&, const boiled&);
wash react(const cook&, const boiled&, const salted*, const served&);
wash react(cook, const served&, const salted*, const gesta::about&);
wash react(cook, const serve&, const empty&, const served*, boiled);

struct guest {};
wash react(guest, const salted&, const serve&);                                   // a command is no fact
wash react(guest, const boiled&, const salted&);
wash react(guest, const boiled&, const salted*);
wash react(guest, const served&, const gesta::about&);

struct generic {};
template <class Fact>
wash react(const generic&, const salted&, const Fact&);

struct nobody {};

}  // namespace kitchen

namespace {

using namespace gesta::detail;
using namespace kitchen;

using facts = types<const salted&, const salted*, const boiled&, const boiled*, const served&, const served*>;
template <class Reactor, class... Said>
using found = further_parameters<Reactor, facts, Said...>;

static_assert(same<found<cook, salted>, types<types<const boiled&>>>);
static_assert(same<found<cook, boiled>, types<types<const salted*, const served&>>>, "several, in their order");
static_assert(same<found<cook, served>, types<types<const salted*, const gesta::about&>>>, "about is the last");
static_assert(same<found<cook, serve, empty>, types<types<const served*, const boiled&>>>, "of a refusal; by value is as good as by reference");
static_assert(same<found<guest, salted>, types<unknown_parameter>>);
static_assert(same<found<guest, boiled>, types<several_lists>>);
static_assert(same<found<guest, served>, types<types<const gesta::about&>>>);
static_assert(found<nobody, salted>::size == 0);
static_assert(found<cook, empty, serve>::size == 0);
// A template counts for nothing, and is no silent yes.
static_assert(!same<found<generic, salted>, types<types<const boiled&>>>);

}  // namespace

TEST_CASE("further parameters are found at compile time") {}
