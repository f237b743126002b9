// A command that another service decides. Its contract is declared beside it and has no body; a step of a saga asks it as any other command, and waits:
// the answer comes as a message, or does not come in time. Here both services are in one program and the transport is memory; the code is the same
// for two programs and a socket.
#include <gesta/gesta.hpp>
#include <gesta/runtime/ask.hpp>
#include <gesta/runtime/serve.hpp>
#include <gesta/transport/in_process.hpp>

#include <cstdio>

// ---- what both services know: commands, how they may end, and what is told about it
namespace stock {
struct reserved { int order, item; static constexpr auto id = gesta::integration_id{"stock.reserved"}; };
struct released { int order, item; static constexpr auto id = gesta::integration_id{"stock.released"}; };
struct sold_out { int left;        static constexpr auto id = "stock.sold_out"; };
struct reserve  { int order, item; static constexpr auto id = "stock.reserve"; };
struct release  { int order, item; static constexpr auto id = "stock.release"; };
auto decide(const gesta::elsewhere&, const reserve&) -> gesta::emits<reserved>::or_rejects<sold_out>;
auto decide(const gesta::elsewhere&, const release&) -> gesta::emits<released>::or_nothing;
}  // namespace stock

// ---- the stock service: it keeps events of its own, and says what others are told of them
namespace depot {
struct taken    { int order, item; static constexpr auto id = "depot.taken"; };
struct put_back { int order, item; static constexpr auto id = "depot.put_back"; using undoes = taken; };
constexpr auto publish(const taken& e) -> stock::reserved { return {e.order, e.item}; }
constexpr auto publish(const put_back& e) -> stock::released { return {e.order, e.item}; }
struct shelf { int left = 1; };
constexpr void evolve(shelf& s, const taken&) { --s.left; }
constexpr void evolve(shelf& s, const put_back&) { ++s.left; }
}  // namespace depot
namespace stock {
constexpr auto decide(const depot::shelf& s, const reserve& c) -> gesta::emits<depot::taken>::or_rejects<sold_out> {
  if (s.left == 0) return sold_out{s.left};
  return depot::taken{c.order, c.item};
}
constexpr auto decide(const depot::shelf& s, const release& c) -> gesta::emits<depot::put_back>::or_nothing {
  if (s.left == 1) return gesta::no_change;                        // it may be asked for what was never taken
  return depot::put_back{c.order, c.item};
}
}  // namespace stock
namespace depot {
struct shelves : gesta::aggregate<shelf, gesta::commands<stock::reserve, stock::release>, gesta::by<"item">> { static constexpr auto id = "shelf"; };
struct house : gesta::model<shelves> {};
struct counter { static constexpr auto id = "stock.counter"; };    // under this name it shares the commands with others of its kind
}  // namespace depot

// ---- the order service: it knows the contract, and no more
namespace shop {
struct placed    { int order, item; static constexpr auto id = "shop.placed"; };
struct cancelled { int order;       static constexpr auto id = "shop.cancelled"; using undoes = placed; };
struct confirmed { int order;       static constexpr auto id = "shop.confirmed"; };
struct place   { int order, item; };
struct cancel  { int order; };
struct confirm { int order; };
struct order   { const char* is = "not placed"; };
constexpr void evolve(order& o, const placed&)    { o.is = "open"; }
constexpr void evolve(order& o, const cancelled&) { o.is = "cancelled"; }
constexpr void evolve(order& o, const confirmed&) { o.is = "confirmed"; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.order, c.item}; }
constexpr auto decide(const order&, const cancel& c) -> gesta::emits<cancelled> { return cancelled{c.order}; }
constexpr auto decide(const order&, const confirm& c) -> gesta::emits<confirmed> { return confirmed{c.order}; }
struct orders : gesta::aggregate<order, gesta::commands<place, cancel, confirm>, gesta::by<"order">> { static constexpr auto id = "order"; };

struct begins {
  static constexpr auto id = "begins";
  using begun_by = placed;
  constexpr auto undo(const placed& e) const -> cancel { return {e.order}; }
};
struct takes_it {
  static constexpr auto id = "takes_it";
  static constexpr auto within = gesta::seconds(30);               // a step that asks elsewhere says how long it waits
  constexpr auto run(const placed& e) const -> stock::reserve { return {e.order, e.item}; }
  constexpr auto undo(const stock::reserve& c) const -> stock::release { return {c.order, c.item}; }
  constexpr auto on(const stock::sold_out&) const -> gesta::compensate { return {}; }
  constexpr auto on(const gesta::timed_out&) const -> gesta::again<3> { return {}; }   // the same request: it is not done twice
};
struct says_yes {
  static constexpr auto id = "says_yes";
  using undo = gesta::irreversible;
  constexpr auto run(const placed& e) const -> confirm { return {e.order}; }
};
struct fulfilment : gesta::saga<gesta::by<"order">, begins, takes_it, says_yes> { static constexpr auto id = "fulfilment"; };
struct office : gesta::model<orders, fulfilment> {};
struct desk { static constexpr auto id = "shop.desk"; };           // under this name it asks, and is answered
}  // namespace shop

int main() {
  gesta::in_process_hub hub(gesta::system_clock{});
  const gesta::in_process wire(hub);                               // of two programs: gesta::socket, gesta::nats
  auto shop_app = gesta::start<shop::office>(gesta::memory_store{});
  auto sagas = gesta::run_sagas(shop_app);
  auto asks = gesta::ask_by<shop::desk>(shop_app, wire);
  auto house = gesta::start<depot::house>(gesta::memory_store{});
  auto serves = gesta::serve<depot::counter, stock::reserve, stock::release>(house, wire);

  shop_app.handle(shop::place{1, 7});
  shop_app.handle(shop::place{2, 7});                              // there is one of item 7
  const auto told = [&](const char* when) {
    std::printf("%-28s order 1 is %s, order 2 is %s, %d left\n", when, shop_app.state<shop::orders>(1).is, shop_app.state<shop::orders>(2).is,
                house.state<depot::shelves>(7).left);
  };
  const auto count = [](const char* who, const gesta::exchanged& made) {
    if (!made) return std::printf("%s failed: %s\n", who, made.why().describe());
    return std::printf("%s: %d sent, %d handled\n", who, static_cast<int>(made.sent), static_cast<int>(made.handled));
  };
  told("placed:");
  count("the shop asks", asks.poll());
  count("the depot answers", serves.poll());
  told("decided, and not yet heard:");
  count("the shop hears", asks.poll());
  const bool all = sagas.poll().caught_up;                         // what follows is decided here
  told(all ? "the sagas went on:" : "something is left:");
}
