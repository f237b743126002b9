// An inbox keeps what the model hears from outside.
#include <gesta/gesta.hpp>
#include <gesta/runtime/inbox.hpp>
#include <gesta/transport/in_process.hpp>

struct placed { int cents; static constexpr auto id = "order.placed"; };
struct place { int cents; };
struct order { int cents = 0; };
constexpr void evolve(order& o, const placed& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.cents}; }

struct shipped { int order; static constexpr auto id = gesta::integration_id{"stock.shipped"}; };

struct orders : gesta::aggregate<order, gesta::commands<place>> { static constexpr auto id = "order"; };
struct shop : gesta::model<orders, gesta::from_outside<shipped>> {};

struct inlet { static constexpr auto id = "shop.inlet"; };

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  gesta::in_process_hub hub{gesta::system_clock{}};
  gesta::in_process bus{hub};
  auto in = gesta::inbox<inlet>(app, bus, gesta::from_beginning{});
  (void)in.poll();
}
