// [gesta E101] the Aggregate emits an Event that its state does not evolve by; add  void evolve(State&, const Event&)  beside the state, for exactly this Event
// in event_without_evolve<false, shop::orders, shop::confirmed>
// All that is made of the app, and all that is said to it, adds nothing to the one sentence.
#include <gesta/gesta.hpp>
#include <gesta/runtime/ask.hpp>
#include <gesta/runtime/effects.hpp>
#include <gesta/runtime/inbox.hpp>
#include <gesta/runtime/keeping_up.hpp>
#include <gesta/runtime/relay.hpp>
#include <gesta/runtime/serve.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/testing/explore.hpp>
#include <gesta/testing/explore_app.hpp>
#include <gesta/testing/given_saga.hpp>
#include <gesta/transport/in_process.hpp>

namespace told {
struct sold    { int order; static constexpr auto id = gesta::integration_id{"shop.sold"}; };
struct packed  { int order; static constexpr auto id = gesta::integration_id{"depot.packed"}; };
struct counted { int order; static constexpr auto id = gesta::integration_id{"shop.counted"}; };
struct pack    { int order; static constexpr auto id = "depot.pack"; };
struct count   { int order; static constexpr auto id = "shop.count"; };
auto decide(const gesta::elsewhere&, const pack&) -> gesta::emits<packed>;
auto decide(const gesta::elsewhere&, const count&) -> gesta::emits<counted>;
}  // namespace told

namespace shop {
struct placed    { int order; static constexpr auto id = "order.placed"; };
struct cancelled { int order; static constexpr auto id = "order.cancelled"; using undoes = placed; };
struct confirmed { int order; static constexpr auto id = "order.confirmed"; };
struct noted     { int order; static constexpr auto id = "order.noted"; };
struct place   { int order; };
struct cancel  { int order; };
struct confirm { int order; };
struct order   { bool is_placed = false; };
constexpr void evolve(order& o, const placed&)    { o.is_placed = true; }
constexpr void evolve(order& o, const cancelled&) { o.is_placed = false; }
constexpr void evolve(order&, const noted&)       {}
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.order}; }
constexpr auto decide(const order&, const cancel& c) -> gesta::emits<cancelled> { return cancelled{c.order}; }
constexpr auto decide(const order&, const confirm& c) -> gesta::emits<confirmed> { return confirmed{c.order}; }
constexpr auto decide(const order&, const told::count& c) -> gesta::emits<noted> { return noted{c.order}; }
constexpr auto publish(const placed& e) -> told::sold { return {e.order}; }
constexpr auto publish(const noted& e) -> told::counted { return {e.order}; }
struct orders : gesta::aggregate<order, gesta::commands<place, cancel, confirm, told::count>, gesta::by<"order">> { static constexpr auto id = "order"; };

struct begins {
  static constexpr auto id = "begins";
  using begun_by = placed;
  constexpr auto undo(const placed& e) const -> cancel { return {e.order}; }
};
struct has_it_packed {
  static constexpr auto id = "has_it_packed";
  static constexpr auto within = gesta::seconds(30);
  using undo = gesta::needless;
  constexpr auto run(const placed& e) const -> told::pack { return {e.order}; }
  constexpr auto on(gesta::timed_out) const -> gesta::compensate { return {}; }
};
struct says_yes {
  static constexpr auto id = "says_yes";
  using undo = gesta::irreversible;
  constexpr auto run(const placed& e) const -> confirm { return {e.order}; }
};
struct fulfilment : gesta::saga<gesta::by<"order">, begins, has_it_packed, says_yes> { static constexpr auto id = "fulfilment"; };
struct office : gesta::model<orders, gesta::from_outside<told::packed>, fulfilment> {};

struct desk   { static constexpr auto id = "shop.desk"; };
struct outlet { static constexpr auto id = "shop.outlet"; };
struct inlet  { static constexpr auto id = "shop.inlet"; };
struct mailer { static constexpr auto id = "shop.mailer"; };
struct mail   { int sent = 0; };
inline auto perform(const mailer&, const placed&, mail& out) -> gesta::done { return ++out.sent, gesta::done{}; }
}  // namespace shop

static_assert(gesta::testing::given<shop::office, shop::fulfilment>(shop::placed{1}).asks(told::pack{1}).after(gesta::seconds(31)).asks(shop::cancel{1}));

int main() {
  gesta::in_process_hub hub(gesta::system_clock{});
  const gesta::in_process bus(hub);
  decltype(bus)::connection wire(bus);
  shop::mail out;
  auto app = gesta::start<shop::office>(gesta::memory_store{});
  auto sagas = gesta::run_sagas(app);
  auto by_hand = gesta::run_sagas(app, gesta::system_clock{});
  auto tells = gesta::relay<shop::outlet>(app, gesta::memory_views{}, wire, gesta::from_beginning{});
  auto hears = gesta::inbox<shop::inlet>(app, bus, gesta::from_beginning{});
  auto asks = gesta::ask_by<shop::desk>(app, bus);
  auto serves = gesta::serve<shop::desk, told::count>(app, bus, gesta::seconds(2));
  auto mails = gesta::perform_by<shop::mailer>(app, gesta::memory_views{}, out, gesta::from_now{});

  bool is_well = app.handle(shop::place{1}) && by_hand.poll() && sagas.poll({.steps = 1}) && asks.poll({.wait = gesta::milliseconds(1)}) && serves.poll();
  const gesta::received heard = hears.poll(100, gesta::milliseconds(1));
  const gesta::consumed performed = mails.poll(10);
  if (const auto made = tells.poll(); !made) is_well = made.why().why == gesta::failure::kind::busy;

  const gesta::saga_standing one = sagas.state<shop::fulfilment>(1);
  sagas.open<shop::fulfilment>([](int, const gesta::saga_standing&) {});
  sagas.stuck([](const char*, const auto&, const gesta::saga_standing&) {});
  if (const auto asked = sagas.retry<shop::fulfilment>(1, "ann"); !asked) is_well = asked.why().why == gesta::failure::kind::conflict;
  is_well = is_well && heard && performed && one.step.empty() && sagas.resolve<shop::fulfilment>(1, "ann", "by hand") &&
            sagas.ignored<shop::fulfilment>().late == 0;
  is_well = is_well && hears.letters([](const gesta::dead_letter&) {}) && mails.letters([](const gesta::letter&) {}) && mails.retry_all() && tells.resume();

  gesta::bell bell;
  gesta::in_turns all(sagas, asks, serves, hears, tells, mails);
  if (const auto ended = gesta::keep_up(all, bell); !ended) return 1;
  const auto whole = gesta::testing::explore<shop::office, shop::fulfilment>();
  const auto real = gesta::testing::explore_app<shop::office, shop::fulfilment>(shop::place{1}).each([](auto& told, gesta::ended) {
    return !told.template state<shop::orders>(1).is_placed;
  });
  return is_well && whole && real ? 0 : 1;
}
