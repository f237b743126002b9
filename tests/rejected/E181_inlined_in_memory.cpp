// [gesta E181] the Store has no tables in which a view could be kept with its events; write  gesta::async<...>  and keep it by a consumer, leave the option away for a view in memory, or take  gesta::sqlite_store  or  gesta::postgres_store  and include its views,  <gesta/store/sqlite_views.hpp>  or  <gesta/store/postgres_views.hpp>
// in inlined_without_tables<false, gesta::memory_store>
#include <gesta/gesta.hpp>
#include <gesta/runtime/inlined.hpp>
struct sold { gesta::text<8> country; int amount; static constexpr auto id = "order.sold"; };
struct sell { gesta::text<8> country; int amount; };
struct order { int paid = 0; };

constexpr void evolve(order& o, const sold& e) { o.paid += e.amount; }
constexpr auto decide(const order&, const sell& c) -> gesta::emits<sold> { return sold{c.country, c.amount}; }
struct orders : gesta::aggregate<order, gesta::commands<sell>> { static constexpr auto id = "order"; };

struct country_row { gesta::text<8> country; int amount = 0; };
constexpr void project(country_row& r, const sold& e) { r.amount += e.amount; }
struct by_country : gesta::projection<gesta::rows<country_row, "country">, gesta::follows<orders>> { static constexpr auto id = "by_country"; };
struct total { int amount = 0; };
constexpr void project(total& t, const sold& e) { t.amount += e.amount; }
struct in_all : gesta::projection<total> { static constexpr auto id = "in_all"; };
struct shop : gesta::model<orders, by_country, in_all> {};

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{}, gesta::inlined<by_country>{});
  return static_cast<int>(app.last_position());
}
