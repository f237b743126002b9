// What others are told is not what is kept: a domain event stays inside, and publish makes an integration event of it.
#include <gesta/describe/mermaid.hpp>
#include <gesta/gesta.hpp>

#include <cstdio>
#include <optional>

// [kinds]
struct placed { int cents; int discount; static constexpr auto id = "order.placed"; };      // kept here; it may change whenever this service does
struct noted { gesta::text<40> words; static constexpr auto id = "order.noted"; };

struct order_placed {                                                                       // told to others, who depend on it
  int cents;
  static constexpr auto id = gesta::integration_id{"shop.order_placed"};
};
// [/kinds]

struct place { int cents; int discount; };
struct note { gesta::text<40> words; };
struct order { int cents = 0; };

constexpr void evolve(order& o, const placed& e) { o.cents = e.cents - e.discount; }
constexpr void evolve(order&, const noted&) {}
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.cents, c.discount}; }
constexpr auto decide(const order&, const note& c) -> gesta::emits<noted> { return noted{c.words}; }

// [publish]
std::optional<order_placed> publish(const placed& e) {
  if (e.cents == e.discount) return {};  // a gift: nobody is told
  return order_placed{e.cents - e.discount};
}
// [/publish]

// What this service hears from another one is a part of its model, and a view takes it as any event.
struct shipped { int parcels; static constexpr auto id = gesta::integration_id{"stock.shipped"}; };
struct parcels { int count = 0; };
constexpr void project(parcels& p, const shipped& e) { p.count += e.parcels; }

struct orders : gesta::aggregate<order, gesta::commands<place, note>> { static constexpr auto id = "order"; };
using from_stock = gesta::from_outside<shipped>;
struct parcels_of_day : gesta::projection<parcels, gesta::follows<from_stock>> { static constexpr auto id = "parcels_of_day"; };
struct shop : gesta::model<orders, from_stock, parcels_of_day> {};

static_assert(gesta::publishes<placed> && !gesta::publishes<noted>);

int main() {
  gesta::print_mermaid(gesta::graph_of<shop>, [](const char* text, std::size_t size) { std::fwrite(text, 1, size, stdout); });
}
