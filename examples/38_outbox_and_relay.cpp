// The log is the outbox: a relay publishes what others are told of it, in order per key, and a crash repeats at most what nobody had noted.
#include <gesta/gesta.hpp>
#include <gesta/runtime/relay.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/transport/in_process.hpp>

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

struct placed { int cents; static constexpr auto id = "order.placed"; };
struct place { int cents; };
struct order { int cents = 0; };
constexpr void evolve(order& o, const placed& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.cents}; }

struct order_placed { int cents; static constexpr auto id = gesta::integration_id{"shop.order_placed"}; };
constexpr order_placed publish(const placed& e) { return {e.cents}; }

struct orders : gesta::aggregate<order, gesta::commands<place>> { static constexpr auto id = "order"; };
struct shop : gesta::model<orders> {};

// [outlet]
struct outlet { static constexpr auto id = "shop.outlet"; };  // names its checkpoint, and says who speaks
// [/outlet]

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  app.handle("7", place{500});
  app.handle("8", place{300});
  app.handle("7", place{20});

  gesta::in_process_hub hub{gesta::system_clock{}};
  gesta::in_process bus{hub};
  // [relay]
  decltype(bus)::connection wire(bus);
  auto out = gesta::relay<outlet>(app, gesta::memory_views{}, wire, gesta::from_beginning{});
  const gesta::consumed made = out.poll();  // after commands, or gesta::keep_up(out, bell) in a thread; or in a process of its own, over a gesta::reader
  // [/relay]
  std::printf("published %d, up to position %d\n", static_cast<int>(made.handled), static_cast<int>(out.checkpoint().position));

  // A relay that begins anew, as after a crash that lost its checkpoint: the messages have the same ids, and the transport knows them.
  auto again = gesta::relay<outlet>(app, gesta::memory_views{}, wire, gesta::from_beginning{});
  std::printf("published again %d\n", static_cast<int>(again.poll().handled));

  constexpr std::string_view topics[] = {"shop.order_placed"};
  auto others = wire.subscribe({.topics = topics, .group = "somebody", .from_beginning = true});
  while (others.receive(10, {}, [&](const gesta::delivered& message) {
    std::printf("order %.*s, sequence %.*s\n", static_cast<int>(message.key.size()), message.key.data(),
                static_cast<int>(message.value_of("ce-sequence").size()), message.value_of("ce-sequence").data());
    (void)others.ack(message.token);
  }) != 0) {}
}
