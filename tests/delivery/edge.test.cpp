#include <gesta/delivery/edge.hpp>

#include <doctest/doctest.h>

namespace {

using enum gesta::arrival;
using enum gesta::ordering;
using enum gesta::handing_back;
using gesta::guarantee;
using gesta::survival;

struct log_of_orders {
  static constexpr guarantee promises{once, by_key, keeps_order, survival::disk};
};
struct queue {
  static constexpr guarantee promises{at_least_once, by_key, loses_order, survival::process};
};
struct radio {
  static constexpr guarantee promises{};
};
struct nothing {};
struct counter {};
struct strict {
  using needs = gesta::edge<guarantee{once, by_key, keeps_order, survival::disk}>;
};

TEST_CASE("of edges one behind the other the weaker promise of each is left") {
  CHECK(gesta::path<>::promises == log_of_orders::promises);
  CHECK(gesta::path<log_of_orders, queue>::promises == queue::promises);
  CHECK(gesta::path<queue, log_of_orders>::promises == queue::promises);
  CHECK(gesta::path<log_of_orders, queue, radio>::promises == guarantee{});
  using no_order = gesta::edge<guarantee{once, gesta::ordering::none, keeps_order, survival::disk}>;
  CHECK(gesta::path<queue, no_order>::promises == guarantee{at_least_once, gesta::ordering::none, loses_order, survival::process});
}

TEST_CASE("repetitions that are recognised make of at least once once, and of nothing else") {
  CHECK(gesta::recognised<queue>::promises == guarantee{once, by_key, loses_order, survival::process});
  CHECK(gesta::recognised<radio>::promises == radio::promises);
}

TEST_CASE("a receiver says what it needs, and every other one needs each message") {
  CHECK(gesta::needs_of<counter> == gesta::lossless);
  CHECK(gesta::needs_of<strict> == log_of_orders::promises);
  CHECK(gesta::connects<strict, log_of_orders>);
  CHECK(!gesta::connects<strict, log_of_orders, queue>);
  CHECK(gesta::connects<counter, log_of_orders, queue>);
  CHECK(!gesta::connects<counter, log_of_orders, radio>);
  CHECK(!gesta::connects<counter, nothing>);
  gesta::check_connection<strict, log_of_orders>();
  gesta::check_connection<counter, log_of_orders, queue>();
}

TEST_CASE("each part of a promise counts for itself") {
  constexpr guarantee all = log_of_orders::promises;
  for (const guarantee less : {guarantee{at_least_once, by_key, keeps_order, survival::disk},
                               guarantee{once, gesta::ordering::none, keeps_order, survival::disk},
                               guarantee{once, by_key, loses_order, survival::disk}, guarantee{once, by_key, keeps_order, survival::process}}) {
    CHECK(!less.gives(all));
    CHECK(all.gives(less));
    CHECK(along(all, less) == less);
    CHECK(along(less, all) == less);
  }
}

}  // namespace
