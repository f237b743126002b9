// What one request led to, through two services: what the shop asks the depot, and what it tells it, bears the correlation and the cause on.
// Behind it `gesta-log trace ID shop.db depot.db` prints both logs as one tree.
#include <gesta/gesta.hpp>
#include <gesta/runtime/ask.hpp>
#include <gesta/runtime/inbox.hpp>
#include <gesta/runtime/relay.hpp>
#include <gesta/runtime/serve.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/transport/in_process.hpp>

#include <cstdio>
#include <string>

// ---- what both know
struct reserved  { int order, item; static constexpr auto id = gesta::integration_id{"depot.reserved"}; };
struct sold_out  { int item;        static constexpr auto id = "depot.sold_out"; };
struct reserve   { int order, item; static constexpr auto id = "depot.reserve"; };
auto decide(const gesta::elsewhere&, const reserve&) -> gesta::emits<reserved>::or_rejects<sold_out>;
struct order_confirmed { int order; static constexpr auto id = gesta::integration_id{"shop.order_confirmed"}; };

// ---- the depot
namespace depot {
struct taken  { int order, item; static constexpr auto id = "shelf.taken"; };
struct packed { int order;       static constexpr auto id = "parcel.packed"; };
constexpr auto publish(const taken& e) -> reserved { return {e.order, e.item}; }
struct shelf { int left = 10; };
constexpr void evolve(shelf& s, const taken&) { --s.left; }
}  // namespace depot
constexpr auto decide(const depot::shelf& s, const reserve& c) -> gesta::emits<depot::taken>::or_rejects<sold_out> {
  if (s.left == 0) return sold_out{c.item};
  return depot::taken{c.order, c.item};
}
namespace depot {
struct pack { int order; };
struct parcel { bool is_packed = false; };
constexpr void evolve(parcel& p, const packed&) { p.is_packed = true; }
constexpr auto decide(const parcel&, const pack& c) -> gesta::emits<packed> { return packed{c.order}; }
struct packer { static constexpr auto id = "packer"; };
constexpr auto react(const packer&, const order_confirmed& e) -> pack { return {e.order}; }
struct shelves : gesta::aggregate<shelf, gesta::commands<reserve>, gesta::by<"item">> { static constexpr auto id = "shelf"; };
struct parcels : gesta::aggregate<parcel, gesta::commands<pack>, gesta::by<"order">> { static constexpr auto id = "parcel"; };
struct house : gesta::model<shelves, parcels, gesta::from_outside<order_confirmed>, gesta::reactors<packer>> {};
struct counter { static constexpr auto id = "depot.counter"; };
struct inlet { static constexpr auto id = "depot"; };
}  // namespace depot

// ---- the shop
namespace shop {
struct placed    { int order, item; static constexpr auto id = "order.placed"; };
struct confirmed { int order;       static constexpr auto id = "order.confirmed"; };
constexpr auto publish(const confirmed& e) -> order_confirmed { return {e.order}; }
struct place   { int order, item; };
struct confirm { int order; };
struct order { const char* is = "nothing"; };
constexpr void evolve(order& o, const placed&) { o.is = "placed"; }
constexpr void evolve(order& o, const confirmed&) { o.is = "confirmed"; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.order, c.item}; }
constexpr auto decide(const order&, const confirm& c) -> gesta::emits<confirmed> { return confirmed{c.order}; }
struct orders : gesta::aggregate<order, gesta::commands<place, confirm>, gesta::by<"order">> { static constexpr auto id = "order"; };

struct begins { static constexpr auto id = "begins"; using begun_by = placed; using undo = gesta::irreversible; };
struct takes_it {
  static constexpr auto id = "takes_it";
  static constexpr auto within = gesta::seconds(30);
  using undo = gesta::irreversible;
  constexpr auto run(const placed& e) const -> reserve { return {e.order, e.item}; }
  constexpr auto on(const sold_out&) const -> gesta::proceed { return {}; }
  constexpr auto on(const gesta::timed_out&) const -> gesta::until_answered { return {}; }
};
struct says_yes {
  static constexpr auto id = "says_yes";
  using undo = gesta::irreversible;
  constexpr auto run(const placed& e) const -> confirm { return {e.order}; }
};
struct fulfilment : gesta::saga<gesta::by<"order">, begins, takes_it, says_yes> { static constexpr auto id = "fulfilment"; };
struct office : gesta::model<orders, fulfilment> {};
struct desk { static constexpr auto id = "shop.desk"; };
struct outlet { static constexpr auto id = "shop"; };
}  // namespace shop

int main() {
  for (const char* name : {"shop.db", "depot.db"})
    for (const char* end : {"", "-wal", "-shm"}) std::remove((std::string(name) + end).c_str());
  gesta::in_process_hub hub{gesta::system_clock{}};
  gesta::in_process wire{hub};
  auto office = gesta::start<shop::office>(gesta::sqlite_store{.path = "shop.db"});
  auto sagas = gesta::run_sagas(office);
  auto asks = gesta::ask_by<shop::desk>(office, wire);
  decltype(wire)::connection link(wire);
  auto out = gesta::relay<shop::outlet>(office, gesta::memory_views{}, link, gesta::from_beginning{});
  auto house = gesta::start<depot::house>(gesta::sqlite_store{.path = "depot.db"});
  auto serves = gesta::serve<depot::counter, reserve>(house, wire);
  auto in = gesta::inbox<depot::inlet>(house, wire, gesta::from_beginning{});

  (void)office.handle(shop::place{1, 7});
  (void)office.handle(shop::place{2, 8});
  (void)asks.poll(), (void)serves.poll(), (void)asks.poll(), (void)sagas.poll(), (void)out.poll(), (void)in.poll();

  // The first order's trace: {0, position} is a name within one log; told_id says it as others know it.
  const gesta::message_id trace = gesta::told_id(office.incarnation(), {0, 1});
  const auto show = [&](const char* who, auto& app) {
    (void)app.read({}, [&](const auto& event, const gesta::about& where) {
      if (gesta::told_id(app.incarnation(), where.correlation) == trace)
        std::printf("%s, position %d: %s\n", who, static_cast<int>(where.position), gesta::id_of<std::remove_cvref_t<decltype(event)>>.name);
    });
  };
  show("shop", office);
  show("depot", house);
}
