// [gesta E740] the Integration event may be larger on the wire than the largest message that the Connection takes; make it smaller, or let a payload that is too large stay behind:  gesta::relay<outlet>(..., gesta::claim_check{blobs})
// in integration_above_connection<false, order_placed
#include <gesta/gesta.hpp>
#include <gesta/message/text.hpp>
#include <gesta/runtime/relay.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/transport/in_process.hpp>

struct placed { int cents; static constexpr auto id = "order.placed"; };
struct place { int cents; };
struct order { int cents = 0; };
constexpr void evolve(order& o, const placed& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.cents}; }

struct order_placed { gesta::text<4000> lines; static constexpr auto id = gesta::integration_id{"shop.order_placed"}; };
inline order_placed publish(const placed& e) { return {e.cents == 0 ? gesta::text<4000>("nothing") : gesta::text<4000>("something")}; }

struct orders : gesta::aggregate<order, gesta::commands<place>> { static constexpr auto id = "order"; };
struct shop : gesta::model<orders> {};

struct outlet { static constexpr auto id = "shop.outlet"; };

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  gesta::in_process_hub<gesta::system_clock, gesta::in_process_limits{.largest_message = 1000}> hub{gesta::system_clock{}};
  gesta::in_process bus{hub};
  decltype(bus)::connection wire(bus);
  auto out = gesta::relay<outlet>(app, gesta::memory_views{}, wire, gesta::from_beginning{});
  (void)out.poll();
}
