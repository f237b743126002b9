#include <gesta/model/model.hpp>

struct sold { unsigned country; int amount; static constexpr auto id = "order.sold"; };
struct refunded { int amount; static constexpr auto id = "order.refunded"; };
struct sell { unsigned country; int amount; };
struct refund { int amount; };
struct order { int paid = 0; };

constexpr void evolve(order& o, const sold& e) { o.paid += e.amount; }
constexpr void evolve(order& o, const refunded& e) { o.paid -= e.amount; }
constexpr auto decide(const order&, const sell& c) -> gesta::emits<sold> { return sold{c.country, c.amount}; }
constexpr auto decide(const order&, const refund& c) -> gesta::emits<refunded> { return refunded{c.amount}; }

struct orders : gesta::aggregate<order, gesta::commands<sell, refund>> { static constexpr auto id = "order"; };

struct country_row { unsigned country; int amount = 0; };
constexpr void project(country_row& r, const sold& e) { r.amount += e.amount; }
constexpr void project(country_row& r, const refunded& e) { r.amount -= e.amount; }
struct by_country : gesta::projection<gesta::rows<country_row, "country", gesta::dense>, gesta::follows<orders>> { static constexpr auto id = "by_country"; };
constexpr unsigned locate(const by_country&, const refunded&) { return 3u; }
struct shop : gesta::model<orders, by_country> {};
