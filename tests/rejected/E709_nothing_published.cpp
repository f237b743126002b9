// [gesta E709] no event of the Model is told to others, so the relay would send nothing; add  auto publish(const Event&) -> Integration  beside the event that is to be told
// A relay sends what publish makes.
#include <gesta/gesta.hpp>
#include <gesta/runtime/relay.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/transport/in_process.hpp>

struct placed { int cents; static constexpr auto id = "order.placed"; };
struct place { int cents; };
struct order { int cents = 0; };
constexpr void evolve(order& o, const placed& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.cents}; }

struct order_placed { int cents; static constexpr auto id = gesta::integration_id{"shop.order_placed"}; };

struct orders : gesta::aggregate<order, gesta::commands<place>> { static constexpr auto id = "order"; };
struct shop : gesta::model<orders> {};

struct outlet { static constexpr auto id = "shop.outlet"; };

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  gesta::in_process_hub hub{gesta::system_clock{}};
  gesta::in_process bus{hub};
  decltype(bus)::connection wire(bus);
  auto out = gesta::relay<outlet>(app, gesta::memory_views{}, wire, gesta::from_beginning{});
  (void)out.poll();
}
