// [gesta E405] the Row of a Projection has no field of the name that  gesta::rows<Row, "name">  says, or one that can be no key; add the field to the row: a number, an enum, a text, or a struct of those, with  gesta::dense  an integer
// in rows_without_key<false, by_country, country_row>
#include <gesta/model/model.hpp>

struct sold { gesta::text<8> country; int amount; static constexpr auto id = "order.sold"; };
struct refunded { int amount; static constexpr auto id = "order.refunded"; };
struct sell { gesta::text<8> country; int amount; };
struct refund { int amount; };
struct order { int paid = 0; };

constexpr void evolve(order& o, const sold& e) { o.paid += e.amount; }
constexpr void evolve(order& o, const refunded& e) { o.paid -= e.amount; }
constexpr auto decide(const order&, const sell& c) -> gesta::emits<sold> { return sold{c.country, c.amount}; }
constexpr auto decide(const order&, const refund& c) -> gesta::emits<refunded> { return refunded{c.amount}; }

struct orders : gesta::aggregate<order, gesta::commands<sell, refund>> { static constexpr auto id = "order"; };

struct country_row { double country = 0; int amount = 0; };
constexpr void project(country_row& r, const sold& e) { r.amount += e.amount; }
constexpr void project(country_row& r, const refunded& e) { r.amount -= e.amount; }
struct by_country : gesta::projection<gesta::rows<country_row, "country">, gesta::follows<orders>> { static constexpr auto id = "by_country"; };
constexpr gesta::text<8> locate(const by_country&, const refunded&) { return "FR"; }
struct shop : gesta::model<orders, by_country> {};
