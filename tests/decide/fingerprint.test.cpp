#include <doctest/doctest.h>

#include <gesta/decide/fingerprint.hpp>

namespace seen {

struct done {};
struct other {};
struct refused {
  int why;
};
struct refused_too {
  long why;
};
struct wide {
  int a, b;
};

struct act {};
struct state {};
auto decide(const state&, const act&) -> gesta::emits<done>::or_rejects<refused>;

}  // namespace seen

namespace {

template <class Contract>
constexpr std::uint64_t seen_as() {
  gesta::detail::fingerprint print;
  gesta::detail::add_names(print, typename Contract::event_list{});
  gesta::detail::add_values(print, typename Contract::rejection_list{});
  return print.add(Contract::may_do_nothing).value;
}
using gesta::emits;
using namespace seen;
constexpr auto base = seen_as<emits<done>::or_rejects<refused>>();

}  // namespace

TEST_CASE("the whole name of a type has its namespaces") {
  const auto name = gesta::detail::whole_name(gesta::detail::naming::of_type<seen::act>());
  CHECK(name == gesta::detail::chars_of("seen::act"));
}

TEST_CASE("contracts that differ in anything are seen differently") {
  CHECK(base == seen_as<emits<done>::or_rejects<refused>>());
  CHECK(base != seen_as<emits<other>::or_rejects<refused>>());
  CHECK(base != seen_as<emits<done, other>::or_rejects<refused>>());
  CHECK(base != seen_as<emits<gesta::many<done>>::or_rejects<refused>>());
  CHECK(base != seen_as<emits<done>>());
  CHECK(base != seen_as<emits<done>::or_rejects<refused_too>>());
  CHECK(base != seen_as<emits<done>::or_rejects<refused, refused_too>>());
  CHECK(base != seen_as<emits<done>::or_rejects<refused>::or_nothing>());
  CHECK(seen_as<emits<done, other>>() != seen_as<emits<other, done>>());
  CHECK(seen_as<emits<done>::or_rejects<other>>() != seen_as<emits<done, other>>());
}

TEST_CASE("what is seen of a command is known while compiling") {
  constexpr auto print = gesta::detail::contract_seen<state, act>();
  static_assert(print != 0);
  CHECK(print != gesta::detail::contract_seen<state, wide>());
}
