// [gesta E409] the Row of a Projection has an index by a field that it does not have; name fields of the row in  gesta::indexes<"field", "field, field">
// in index_of_no_field<false, by_country, country_row>
#include <gesta/model/model.hpp>

struct sold { gesta::text<8> country; int amount; static constexpr auto id = "order.sold"; };
struct sell { gesta::text<8> country; int amount; };
struct order { int paid = 0; };

constexpr void evolve(order& o, const sold& e) { o.paid += e.amount; }
constexpr auto decide(const order&, const sell& c) -> gesta::emits<sold> { return sold{c.country, c.amount}; }

struct orders : gesta::aggregate<order, gesta::commands<sell>> { static constexpr auto id = "order"; };

struct country_row {
  gesta::text<8> country;
  int amount = 0, orders = 0;
  using indexes = gesta::indexes<"amount", "orders, sum">;
};
constexpr void project(country_row& r, const sold& e) { r.amount += e.amount; }
struct by_country : gesta::projection<gesta::rows<country_row, "country">, gesta::follows<orders>> { static constexpr auto id = "by_country"; };
struct shop : gesta::model<orders, by_country> {};
