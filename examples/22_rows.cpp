// A view of many rows: one for each country. It is kept in memory, asked for as it was, or folded when somebody asks.
#include <gesta/gesta.hpp>

#include <cstdio>

struct sold { gesta::text<8> country; int cents; static constexpr auto id = "order.sold"; };
struct returned { gesta::text<8> country; int cents; static constexpr auto id = "order.returned"; };
struct sell { gesta::text<8> country; int cents; };
struct take_back { gesta::text<8> country; int cents; };
struct order { int cents = 0; };
constexpr void evolve(order& o, const sold& e) { o.cents += e.cents; }
constexpr void evolve(order& o, const returned& e) { o.cents -= e.cents; }
constexpr auto decide(const order&, const sell& c) -> gesta::emits<sold> { return sold{c.country, c.cents}; }
constexpr auto decide(const order&, const take_back& c) -> gesta::emits<returned> { return returned{c.country, c.cents}; }
struct orders : gesta::aggregate<order, gesta::commands<sell, take_back>> { static constexpr auto id = "order"; };

// A row has its key as a field. An event belongs to the row that its field of the same name says.
struct country_row { gesta::text<8> country; int cents = 0, orders = 0; };
constexpr void project(country_row& r, const sold& e) { r.cents += e.cents, ++r.orders; }
constexpr gesta::row project(country_row& r, const returned& e) {
  r.cents -= e.cents;
  return r.cents == 0 ? gesta::row::goes : gesta::row::stays;
}
struct by_country : gesta::projection<gesta::rows<country_row, "country">, gesta::follows<orders>> { static constexpr auto id = "by_country"; };

// Or `locate` says it: here by a number from 0 on, so that the rows lie in an array. It may name none or several.
struct size_row { unsigned hundreds = 0; int orders = 0; };
constexpr void project(size_row& r, const sold&) { ++r.orders; }
struct by_size : gesta::projection<gesta::rows<size_row, "hundreds", gesta::dense>> { static constexpr auto id = "by_size"; };
constexpr unsigned locate(const by_size&, const sold& e) { return static_cast<unsigned>(e.cents) / 100; }

struct shop : gesta::model<orders, by_country> {};

static_assert(gesta::given<by_country>(sold{"FR", 300}, sold{"DE", 50}, sold{"FR", 1}).then(country_row{"FR", 301, 2}, country_row{"DE", 50, 1}));
static_assert(gesta::given<by_country>(sold{"FR", 300}, returned{"FR", 300}).then());

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  app.handle("1", sell{"FR", 300});
  app.handle("2", sell{"DE", 50});
  app.handle("3", sell{"FR", 120});
  app.handle("2", take_back{"DE", 50});

  // [rows]
  // As it is: kept by the app with each command.
  std::printf("FR %d\n", app.row<by_country>("FR")->cents);
  std::printf("DE %s\n", app.row<by_country>("DE") == nullptr ? "has no row" : "has one");
  // As it was.
  const auto were = app.rows<by_country>(gesta::at_position{2});
  if (!were) return 1;
  std::printf("after two events: %zu rows, DE %d\n", were->size(), were->find("DE")->cents);
  // On demand: nobody keeps by_size, the model does not list it.
  if (const auto row = app.live<by_size>(3)) std::printf("orders of 3 hundred: %d\n", row->orders);
  // [/rows]
}
