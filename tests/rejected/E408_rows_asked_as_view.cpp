// [gesta E408] what is Asked for has rows and is asked for as one view, or has none in this model and is asked for as rows; write  app.rows<Projection>()  or  app.row<Projection>(key)  for a projection with rows,  app.view<View>()  for a view without
// in rows_asked_as_view<false, country_row>
#include <gesta/gesta.hpp>

struct sold { gesta::text<8> country; int amount; static constexpr auto id = "order.sold"; };
struct sell { gesta::text<8> country; int amount; };
struct order { int paid = 0; };

constexpr void evolve(order& o, const sold& e) { o.paid += e.amount; }
constexpr auto decide(const order&, const sell& c) -> gesta::emits<sold> { return sold{c.country, c.amount}; }

struct orders : gesta::aggregate<order, gesta::commands<sell>> { static constexpr auto id = "order"; };

struct country_row { gesta::text<8> country; int amount = 0; };
constexpr void project(country_row& r, const sold& e) { r.amount += e.amount; }
struct by_country : gesta::projection<gesta::rows<country_row, "country">, gesta::follows<orders>> { static constexpr auto id = "by_country"; };
struct shop : gesta::model<orders, by_country> {};

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  return app.view<country_row>().amount;
}
