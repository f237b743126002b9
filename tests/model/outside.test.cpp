#include <gesta/model/outside.hpp>

#include <optional>
#include <string>

#include <gesta/describe/graph.hpp>
#include <gesta/describe/mermaid.hpp>
#include <gesta/gesta.hpp>

#include <doctest/doctest.h>

namespace {

struct placed { int cents; static constexpr auto id = "order.placed"; };
struct noted { static constexpr auto id = "order.noted"; };
struct packed { int boxes; static constexpr auto id = "order.packed"; };
struct place { int cents; };
struct note {};
struct pack { int boxes; };
struct order { int cents = 0; };

constexpr void evolve(order& o, const placed& e) { o.cents += e.cents; }
constexpr void evolve(order&, const noted&) {}
constexpr void evolve(order&, const packed&) {}
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.cents}; }
constexpr auto decide(const order&, const note&) -> gesta::emits<noted> { return noted{}; }
constexpr auto decide(const order&, const pack& c) -> gesta::emits<packed> { return packed{c.boxes}; }

struct order_placed { int cents; unsigned long position; static constexpr auto id = gesta::integration_id{"shop.order_placed", 2}; };
struct box_packed { int number; static constexpr auto id = gesta::integration_id{"shop.box_packed"}; };

std::optional<order_placed> publish(const placed& e, const gesta::about& about) {
  if (e.cents == 0) return {};
  return order_placed{e.cents, static_cast<unsigned long>(about.position)};
}
gesta::many<box_packed> publish(const packed& e) {
  gesta::many<box_packed> all;
  for (int i = 0; i < e.boxes; ++i) all.push_back({i});
  return all;
}

struct shipped_3 { short order; static constexpr auto id = gesta::integration_id{"stock.shipped", 3}; };
struct shipped { int order; static constexpr auto id = gesta::integration_id{"stock.shipped", 4}; };
constexpr shipped upcast(const shipped_3& old) { return {old.order}; }

struct shipments { int sum = 0; };
constexpr void project(shipments& s, const shipped& e) { s.sum += e.order; }

struct orders : gesta::aggregate<order, gesta::commands<place, note, pack>> { static constexpr auto id = "order"; };
using stock = gesta::from_outside<shipped>;
struct shipped_orders : gesta::projection<shipments, gesta::follows<stock>> { static constexpr auto id = "shipped_orders"; };
struct shop : gesta::model<orders, stock, shipped_orders, gesta::history<shipped_3>> {};

// What looks like publishing, and is not.
struct wide { int n; };
struct from_wide : wide {};
struct converted { operator placed() const { return {1}; } };
template <class T>
void publish(const T&, int);

using flow = gesta::flow<shop>;
static_assert(gesta::publishes<placed> && gesta::publishes<packed> && !gesta::publishes<noted> && !gesta::publishes<shipped>);
static_assert(!gesta::publishes<from_wide> && !gesta::publishes<converted>);
static_assert(gesta::detail::same<gesta::detail::published_events<flow>, gesta::detail::types<placed, packed>>);
static_assert(gesta::detail::same<gesta::detail::integrations_in<flow>, gesta::detail::types<order_placed, box_packed>>);
static_assert(gesta::told_to_others<order_placed> && !gesta::told_to_others<placed> && !gesta::told_to_others<shop>);
static_assert(gesta::detail::same<gesta::detail::outside_in<flow>, stock>);

template <class Event>
std::string told(const Event& event) {
  std::string all;
  const gesta::about where{.position = 7};
  gesta::detail::each_told(event, [&]() -> const gesta::about& { return where; }, [&](const auto& one, std::uint32_t part) {
    if constexpr (requires { one.cents; }) all += std::to_string(one.cents) + "@" + std::to_string(one.position);
    else all += std::to_string(one.number) + " in " + std::to_string(part) + "; ";
  });
  return all;
}

}  // namespace

TEST_CASE("an event is told to others once, several times or not at all, as publish says") {
  CHECK(told(placed{5}) == "5@7");
  CHECK(told(placed{0}).empty());
  CHECK(told(packed{2}) == "0 in 0; 1 in 1; ");
  CHECK(told(packed{0}).empty());
}

TEST_CASE("what comes from outside lies in a stream of its key, and is heard as any event") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  const gesta::once request{"shop", 1};
  const auto first = app.append(gesta::facts<stock>("7", gesta::expected::any(), shipped{3}), request);
  REQUIRE(first);
  CHECK(app.append(gesta::facts<stock>("7", gesta::expected::any(), shipped{3}), request).repeated());
  CHECK(app.append(gesta::facts<stock>("8", gesta::expected::any(), shipped{4}, shipped{5})));
  CHECK(app.view<shipments>().sum == 12);
  CHECK(app.version<stock>("8") == 2);
  app.handle("7", place{5});
  app.handle("7", note{});
  app.handle("7", pack{2});
  CHECK(app.view<shipments>().sum == 12);
}

TEST_CASE("the flow shows what is told to others, and what is heard from them") {
  constexpr const gesta::flow_graph& graph = gesta::graph_of<shop>;
  using gesta::node_kind;
  const auto event = graph.find(node_kind::event, "order.placed"), told_as = graph.find(node_kind::integration, "shop.order_placed");
  const auto outside = graph.find(node_kind::aggregate, "outside"), heard = graph.find(node_kind::event, "stock.shipped");
  CHECK(graph.has(gesta::edge_kind::publishes, event, told_as));
  CHECK(graph.nodes[told_as].version == 2);
  CHECK(graph.has(gesta::edge_kind::receives, outside, heard));
  CHECK(graph.nodes[heard].aggregate == outside);
  std::size_t published = 0;
  for (const gesta::flow_edge& edge : graph.edges) published += edge.kind == gesta::edge_kind::publishes;
  CHECK(published == 2);
  std::string drawn;
  gesta::print_mermaid(graph, [&](const char* text, std::size_t size) { drawn.append(text, size); });
  CHECK(drawn.find("event2 -->|many| integration1\n") != std::string::npos);
  CHECK(drawn.find("integration0>\"shop.order_placed v2\"]:::integration\n") != std::string::npos);
}
