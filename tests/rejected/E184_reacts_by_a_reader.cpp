// [gesta E184] what the Reactor asks for is decided by an app, and a reader decides nothing; give  gesta::react_by  the app
// in reacts_without_app<false, packer>
#include <gesta/gesta.hpp>
#include <gesta/runtime/reacting.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>

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
  auto log = gesta::reader<shop>(gesta::sqlite_store{"shop.db"});
  auto packs = gesta::react_by<packer>(log, gesta::sqlite_views{"shop.db"}, gesta::from_now{});
  (void)packs.poll();
}
