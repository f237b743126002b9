#include <gesta/model/model.hpp>

struct paid { int cents; static constexpr auto id = "order.paid"; };
struct pay { int cents; };
struct order { int cents = 0; };
constexpr void evolve(order& o, const paid& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const pay& c) -> gesta::emits<paid> { return paid{c.cents}; }
struct orders : gesta::aggregate<order, gesta::commands<pay>> { static constexpr auto id = "order"; };

struct post { int sent = 0; };
struct turnover { int cents = 0; };
inline void project(turnover& t, const paid& e) { t.cents += e.cents; }
struct of_turnover : gesta::projection<turnover> { static constexpr auto id = "turnover"; };
struct shop : gesta::model<orders, of_turnover> {};
