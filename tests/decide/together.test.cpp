#include <doctest/doctest.h>

#include <gesta/decide/together.hpp>

namespace together_test {

using gesta::detail::read_states;
using gesta::detail::reading_of;
using gesta::detail::types;

struct moved { int from, to; };
struct account { int balance = 0; };
struct owner { int accounts = 0; };
struct limit { int most = 100; };

struct one {};
struct two {};
struct all {};
struct about_it {};
struct turned {};
struct twice {};
struct generic {};
struct none {};
struct odd {};

constexpr auto decide(const account&, const one&) -> gesta::emits<moved> { return moved{1, 1}; }
constexpr auto decide(const account& a, const limit& l, const two&) -> gesta::emits<moved> { return moved{a.balance, l.most}; }
constexpr auto decide(const account&, const owner&, const limit&, const all&) -> gesta::emits<moved>::or_nothing { return gesta::no_change; }
constexpr auto decide(const owner&, const limit&, const about_it&, const gesta::about& a) -> gesta::emits<moved> {
  return moved{static_cast<int>(a.position), 0};
}
constexpr auto decide(const limit&, const account&, const turned&) -> gesta::emits<moved> { return moved{}; }
constexpr auto decide(const account&, const twice&) -> gesta::emits<moved> { return moved{}; }
constexpr auto decide(const account&, const owner&, const twice&) -> gesta::emits<moved> { return moved{}; }
template <class A, class B>
constexpr auto decide(const A&, const B&, const generic&) -> gesta::emits<moved> {
  return moved{};
}
constexpr int decide(const owner&, const odd&) { return 0; }

using states = types<account, owner, limit>;
template <class Command>
using reads = typename reading_of<states, Command>::states;
template <class Command>
constexpr std::size_t functions = reading_of<states, Command>::all.count;

}  // namespace together_test

using namespace together_test;

TEST_CASE("what a decision reads is said by its parameters: some of the states, in their order") {
  static_assert(functions<one> == 1 && __is_same(reads<one>, types<account>));
  static_assert(functions<two> == 1 && __is_same(reads<two>, types<account, limit>));
  static_assert(functions<all> == 1 && __is_same(reads<all>, types<account, owner, limit>));
  static_assert(functions<about_it> == 1 && __is_same(reads<about_it>, types<owner, limit>));
}

TEST_CASE("states in another order, templates and nothing at all are no decision") {
  static_assert(functions<turned> == 0);
  static_assert(functions<generic> == 0);
  static_assert(functions<none> == 0);
}

TEST_CASE("two functions for one command are seen") { static_assert(functions<twice> == 2); }

TEST_CASE("the contract is that of the function; of another result there is none") {
  static_assert(__is_same(decltype(gesta::detail::contract_together<reads<all>, all>())::type, gesta::emits<moved>::or_nothing));
  static_assert(__is_same(decltype(gesta::detail::contract_together<reads<odd>, odd>())::type, gesta::emits<>));
  static_assert(__is_same(gesta::detail::decide_together_result<reads<odd>, odd>, int));
}

TEST_CASE("the call hands every state over, and what is known about the command where it is asked for") {
  const account a{7};
  const owner o{};
  const limit l{9};
  moved got{};
  const auto keep = [&got](const moved& m) { got = m; };
  auto first = gesta::detail::call_decide_together(read_states<account, limit>{{&a}, {&l}}, two{}, [] { return gesta::about{}; });
  first.for_each(keep);
  CHECK(got.from == 7);
  CHECK(got.to == 9);
  auto second = gesta::detail::call_decide_together(read_states<owner, limit>{{&o}, {&l}}, about_it{}, [] { return gesta::about{.position = 5}; });
  second.for_each(keep);
  CHECK(got.from == 5);
}
