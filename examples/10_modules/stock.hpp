// The stock module's header: what others may know of it. `decide` and `evolve` are defined in stock.cpp.
#pragma once

#include <gesta/domain.hpp>

namespace stock {

struct taken_in { int pieces; static constexpr auto id = "stock.taken_in"; };
struct sent_out { int pieces; static constexpr auto id = "stock.sent_out"; };
struct take_in  { int pieces; };
struct send_out { int pieces; };
struct sold_out { int left; };

struct shelf { int pieces = 0; };
void evolve(shelf&, const taken_in&);
void evolve(shelf&, const sent_out&);
auto decide(const shelf&, const take_in&) -> gesta::emits<taken_in>;
auto decide(const shelf&, const send_out&) -> gesta::emits<sent_out>::or_rejects<sold_out>;

struct shelves : gesta::aggregate<shelf, gesta::commands<take_in, send_out>> { static constexpr auto id = "shelf"; };

}  // namespace stock
