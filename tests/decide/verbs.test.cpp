#include <doctest/doctest.h>

#include <gesta/decide/verbs.hpp>

#include <type_traits>

// detail/exact.test.cpp holds the many ways in which a verb does not count; here is what is built on it.
namespace shop {

struct placed {};
struct priced {};
struct place {};
struct price {};
struct cancel {};
struct closed {};
struct order {
  int seen = 0;
};

void evolve(order& o, const placed&) { o.seen = 1; }
void evolve(order& o, const priced&, const gesta::about& a) { o.seen = static_cast<int>(a.version); }
auto decide(const order&, const place&) -> gesta::emits<placed, gesta::many<priced>>::or_rejects<closed> { return closed{}; }
auto decide(const order&, const price&, const gesta::about& a) -> gesta::emits<priced>::or_nothing {
  if (a.version == 0) return gesta::no_change;
  return priced{};
}
template <class Command>
auto decide(const order&, const Command&) -> gesta::emits<placed>;

}  // namespace shop

using namespace shop;

TEST_CASE("a verb counts with and without about") {
  CHECK(gesta::evolves<order, placed>);
  CHECK(gesta::evolves<order, priced>);
  CHECK(gesta::decides<order, place>);
  CHECK(gesta::decides<order, price>);
}

TEST_CASE("a generic verb counts for nothing") {
  CHECK_FALSE(gesta::decides<order, cancel>);
  CHECK_FALSE(gesta::evolves<order, cancel>);
}

TEST_CASE("the contract of a command is what its decide returns; many<E> stands for E") {
  using contract = gesta::detail::contract<order, place>;
  CHECK(std::is_same_v<gesta::detail::contract_events<contract>, gesta::detail::types<placed, priced>>);
  CHECK(std::is_same_v<contract::rejection_list, gesta::detail::types<closed>>);
  CHECK(gesta::detail::has_open_number<contract::event_list>);
  CHECK_FALSE(gesta::detail::has_open_number<gesta::detail::contract<order, price>::event_list>);
}

TEST_CASE("a command without decide has an empty contract") {
  CHECK(std::is_same_v<gesta::detail::contract<order, cancel>, gesta::emits<>>);
}

TEST_CASE("about is made only for a verb that asks for it") {
  int made = 0;
  const auto make = [&] {
    ++made;
    gesta::about a;
    a.version = 7;
    return a;
  };
  order o;
  gesta::detail::call_evolve(o, placed{}, make);
  CHECK(o.seen == 1);
  CHECK(made == 0);
  gesta::detail::call_evolve(o, priced{}, make);
  CHECK(o.seen == 7);
  CHECK(made == 1);
  CHECK(gesta::detail::call_decide(o, place{}, make).refused());
  CHECK(made == 1);
  CHECK_FALSE(gesta::detail::call_decide(o, price{}, make).empty());
  CHECK(made == 2);
}
