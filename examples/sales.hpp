// A shop that sells: the domain of several examples about views.
#pragma once

#include <gesta/gesta.hpp>

struct sold { gesta::text<8> country; int cents; static constexpr auto id = "order.sold"; };
struct sell { gesta::text<8> country; int cents; };
struct order { int cents = 0; };
constexpr void evolve(order& o, const sold& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const sell& c) -> gesta::emits<sold> { return sold{c.country, c.cents}; }
struct orders : gesta::aggregate<order, gesta::commands<sell>> { static constexpr auto id = "order"; };
struct shop : gesta::model<orders> {};
