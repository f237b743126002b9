// The stock module: a static library.
#include "stock.hpp"

namespace stock {

void evolve(shelf& s, const taken_in& e) { s.pieces += e.pieces; }
void evolve(shelf& s, const sent_out& e) { s.pieces -= e.pieces; }

auto decide(const shelf&, const take_in& c) -> gesta::emits<taken_in> { return taken_in{c.pieces}; }
auto decide(const shelf& s, const send_out& c) -> gesta::emits<sent_out>::or_rejects<sold_out> {
  if (c.pieces > s.pieces) return sold_out{s.pieces};
  return sent_out{c.pieces};
}

}  // namespace stock
