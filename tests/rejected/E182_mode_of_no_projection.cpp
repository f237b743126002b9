// [gesta E182] an option of gesta::start names a Part that is no projection of the model, nor a reactor in gesta::async, or names it twice; name each projection of the model at most once in  gesta::inlined, gesta::async, gesta::live,  and a reactor in  gesta::async  alone
// in view_mode_of_no_part<false, orders>
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
struct total { int amount = 0; };
constexpr void project(total& t, const sold& e) { t.amount += e.amount; }
struct in_all : gesta::projection<total> { static constexpr auto id = "in_all"; };
struct shop : gesta::model<orders, by_country, in_all> {};

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{}, gesta::live<orders>{});
  return static_cast<int>(app.last_position());
}
