// An inbox keeps what others tell as facts in its own log, each once, and then acknowledges: what comes again changes nothing.
#include <gesta/gesta.hpp>
#include <gesta/runtime/inbox.hpp>
#include <gesta/runtime/relay.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/transport/in_process.hpp>

#include <cstdio>
#include <string>

// ---- the shop tells

struct order_placed { int cents; static constexpr auto id = gesta::integration_id{"shop.order_placed"}; };

struct placed { int cents; static constexpr auto id = "order.placed"; };
struct place { int cents; };
struct order { int cents = 0; };
constexpr void evolve(order& o, const placed& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.cents}; }
constexpr order_placed publish(const placed& e) { return {e.cents}; }
struct orders : gesta::aggregate<order, gesta::commands<place>> { static constexpr auto id = "order"; };
struct shop : gesta::model<orders> {};
struct outlet { static constexpr auto id = "shop.outlet"; };

// ---- billing hears

struct billed { int cents; static constexpr auto id = "bill.billed"; };
struct add { int cents; };
struct bill { int cents = 0; };
constexpr void evolve(bill& b, const billed& e) { b.cents += e.cents; }
constexpr auto decide(const bill&, const add& c) -> gesta::emits<billed> { return billed{c.cents}; }
struct bills : gesta::aggregate<bill, gesta::commands<add>> { static constexpr auto id = "bill"; };

// [hears]
struct biller { static constexpr auto id = "biller"; };
auto react(const biller&, const order_placed& e, const gesta::about& about) { return gesta::to(std::string(about.key.data, about.key.size), add{e.cents}); }
struct billing : gesta::model<bills, gesta::from_outside<order_placed>, gesta::reactors<biller>> {};
struct inlet { static constexpr auto id = "billing"; };  // the group by which it receives
// [/hears]

int main() {
  gesta::in_process_hub<gesta::system_clock, gesta::in_process_limits{.dedup_window = {}}> hub{gesta::system_clock{}};  // it recognises nothing
  gesta::in_process bus{hub};
  auto app = gesta::start<billing>(gesta::memory_store{});
  // [inbox]
  auto in = gesta::inbox<inlet>(app, bus, gesta::from_beginning{});
  // [/inbox]

  auto from = gesta::start<shop>(gesta::memory_store{});
  from.handle("7", place{500});
  from.handle("8", place{300});
  decltype(bus)::connection wire(bus);
  for (int i = 0; i < 2; ++i) {  // the second relay has lost its checkpoint
    auto out = gesta::relay<outlet>(from, gesta::memory_views{}, wire, gesta::from_beginning{});
    (void)out.poll();
  }
  (void)wire.publish({.topic = "shop.order_placed", .id = "?", .key = "9", .payload = "no event"});

  int kept = 0, repeated = 0, aside = 0;
  // [poll]
  for (gesta::received got = in.poll(); !got.caught_up; got = in.poll()) {
    if (!got) return std::printf("%s\n", got.why().describe()), 1;
    kept += static_cast<int>(got.handled - got.repeated);
    repeated += static_cast<int>(got.repeated);
    aside += static_cast<int>(got.put_aside);
  }
  // [/poll]
  std::printf("kept %d, known already %d, put aside %d\n", kept, repeated, aside);
  std::printf("7 owes %d, 8 owes %d\n", app.state<bills>("7").cents, app.state<bills>("8").cents);
  (void)in.letters([](const gesta::dead_letter& one) { std::printf("%.*s\n", static_cast<int>(one.cause.size()), one.cause.data()); });
}
