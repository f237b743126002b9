#include <doctest/doctest.h>

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/store/memory.hpp>

#include <string>
#include <vector>

// A reactor hears what became of the commands it sends.
namespace {
using lines = std::vector<std::string>;
lines seen;
}  // namespace

namespace shop {

struct order_no {
  int value;
  friend bool operator==(order_no, order_no) = default;
};
struct placed {
  order_no order;
  int cents;
  static constexpr auto id = "order.placed";
};
struct confirmed {
  order_no order;
  static constexpr auto id = "order.confirmed";
};
struct cancelled {
  order_no order;
  int missing;
  static constexpr auto id = "order.cancelled";
};
struct place {
  order_no order;
  int cents;
};
struct confirm {
  order_no order;
};
struct cancel {
  order_no order;
  int missing;
};
struct already_placed {
  static constexpr auto id = "already_placed";
};
enum class stage { none, placed, confirmed, cancelled };
struct order {
  stage at = stage::none;
};
void evolve(order& o, const placed&) { o.at = stage::placed; }
void evolve(order& o, const confirmed&) { o.at = stage::confirmed; }
void evolve(order& o, const cancelled&) { o.at = stage::cancelled; }
auto decide(const order& o, const place& c) -> gesta::emits<placed>::or_rejects<already_placed> {
  if (o.at != stage::none) return already_placed{};
  return placed{c.order, c.cents};
}
auto decide(const order& o, const confirm& c) -> gesta::emits<confirmed>::or_nothing {
  if (o.at != stage::placed) return gesta::no_change;
  return confirmed{c.order};
}
auto decide(const order&, const cancel& c) -> gesta::emits<cancelled> { return cancelled{c.order, c.missing}; }
struct orders : gesta::aggregate<order, gesta::commands<place, confirm, cancel>, gesta::by<"order">> {
  static constexpr auto id = "order";
};

struct charged {
  order_no order;
  int cents;
  static constexpr auto id = "purse.charged";
};
struct filled {
  int cents;
  static constexpr auto id = "purse.filled";
};
struct charge {
  order_no order;
  int cents;
};
struct fill {
  int cents;
};
struct short_of {
  int missing;
  static constexpr auto id = "short_of";
};
struct purse {
  int cents = 0;
};
void evolve(purse& p, const charged& e) { p.cents -= e.cents; }
void evolve(purse& p, const filled& e) { p.cents += e.cents; }
auto decide(const purse& p, const charge& c) -> gesta::emits<charged>::or_nothing::or_rejects<short_of> {
  if (c.cents == 0) return gesta::no_change;
  if (c.cents > p.cents) return short_of{c.cents - p.cents};
  return charged{c.order, c.cents};
}
auto decide(const purse&, const fill& c) -> gesta::emits<filled> { return filled{c.cents}; }
struct purses : gesta::aggregate<purse, gesta::commands<charge, fill>> {
  static constexpr auto id = "purse";
};

struct payment {
  static constexpr auto id = "payment";
};
auto react(const payment&, const placed& e) { return gesta::to("purse", charge{e.order, e.cents}); }
cancel react(const payment&, const charge& asked, const short_of& no) { return {asked.order, no.missing}; }
void react(const payment&, const charge& asked, gesta::nothing) { seen.push_back("nothing to charge for " + std::to_string(asked.order.value)); }
struct confirmation {
  static constexpr auto id = "confirmation";
};
confirm react(const confirmation&, const charged& e) { return {e.order}; }

struct model : gesta::model<orders, purses, gesta::reactors<payment, confirmation>> {};

}  // namespace shop

TEST_CASE("a reactor's plain command finds its entity by its field") {
  auto app = gesta::start<shop::model>(gesta::memory_store{});
  app.handle("purse", shop::fill{100});
  CHECK(static_cast<bool>(app.handle(shop::place{{7}, 60})));
  CHECK(app.state<shop::orders>(shop::order_no{7}).at == shop::stage::confirmed);
  CHECK(app.state<shop::purses>("purse").cents == 40);
}

TEST_CASE("a reactor hears that its command was refused and answers with a further one, in the same commit") {
  auto app = gesta::start<shop::model>(gesta::memory_store{});
  app.handle("purse", shop::fill{10});
  const auto outcome = app.handle(shop::place{{7}, 60});
  CHECK(static_cast<bool>(outcome));
  CHECK(outcome.version() == 2);
  CHECK(app.state<shop::orders>(shop::order_no{7}).at == shop::stage::cancelled);
  CHECK(app.state<shop::purses>("purse").cents == 10);
  // Both steps are remembered: the refusal as the first, the answer to it as the second.
  const auto charge = app.handle("purse", shop::charge{{7}, 60}, gesta::once{"reactor:payment", 2 << 16});
  CHECK(charge.repeated());
  CHECK(charge.match([](const shop::short_of& no) { return no.missing; }, [](const shop::purse&) { return 0; }) == 50);
  CHECK(app.handle(shop::cancel{{7}, 50}, gesta::once{"reactor:payment", 2 << 16 | 1}).repeated());
}

TEST_CASE("a reactor hears that nothing was to be done") {
  auto app = gesta::start<shop::model>(gesta::memory_store{});
  seen.clear();
  CHECK(static_cast<bool>(app.handle(shop::place{{7}, 0})));
  CHECK(seen == lines{"nothing to charge for 7"});
  CHECK(app.state<shop::orders>(shop::order_no{7}).at == shop::stage::placed);
  CHECK(app.last_position() == 1);
}
