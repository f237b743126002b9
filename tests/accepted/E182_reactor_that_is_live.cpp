#include <gesta/gesta.hpp>

struct asked { int pieces; static constexpr auto id = "order.asked"; };
struct ask { int pieces; };
struct order { int pieces = 0; };
constexpr void evolve(order& o, const asked& e) { o.pieces += e.pieces; }
constexpr auto decide(const order&, const ask& c) -> gesta::emits<asked> { return asked{c.pieces}; }
struct orders : gesta::aggregate<order, gesta::commands<ask>> { static constexpr auto id = "order"; };

struct packed { int shelf; static constexpr auto id = "shelf.packed"; };
struct pack { int shelf; };
struct shelf { int packed = 0; };
constexpr void evolve(shelf& s, const packed&) { ++s.packed; }
constexpr auto decide(const shelf&, const pack& c) -> gesta::emits<packed> { return packed{c.shelf}; }
struct shelves : gesta::aggregate<shelf, gesta::commands<pack>, gesta::by<"shelf">> { static constexpr auto id = "shelf"; };

struct packer { static constexpr auto id = "packer"; };
constexpr auto react(const packer&, const asked& e) -> pack { return {e.pieces}; }
struct counter { static constexpr auto id = "counter"; };
constexpr auto react(const counter&, const asked& e) -> pack { return {e.pieces}; }
struct shop : gesta::model<orders, shelves, gesta::reactors<packer>> {};

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{}, gesta::async<packer>{});
  return static_cast<int>(app.last_position());
}
