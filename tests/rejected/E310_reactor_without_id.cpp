// [gesta E310] the Part, an aggregate, a projection, a reactor, a saga or a process, does not say the name it is kept under; add  static constexpr auto id = "...";  to it, and never change it
// in part_without_id<false, refill>
// What a reactor sends is remembered under its name.
#include <gesta/model/model.hpp>

struct sold { int product; static constexpr auto id = "product.sold"; };
struct restocked { static constexpr auto id = "shelf.restocked"; };
struct sell { int product; };
struct restock { int product; };
struct product { int sold = 0; };
struct shelf { int refills = 0; };

constexpr void evolve(product& p, const sold&) { ++p.sold; }
constexpr auto decide(const product&, const sell& c) -> gesta::emits<sold> { return sold{c.product}; }
constexpr void evolve(shelf& s, const restocked&) { ++s.refills; }
constexpr auto decide(const shelf&, const restock&) -> gesta::emits<restocked> { return restocked{}; }

struct refill {};
constexpr auto react(const refill&, const sold& e) -> restock { return {e.product}; }

struct products : gesta::aggregate<product, gesta::commands<sell>, gesta::by<"product">> {
  static constexpr auto id = "product";
  using key = int;
};
struct shelves : gesta::aggregate<shelf, gesta::commands<restock>, gesta::by<"product">> {
  static constexpr auto id = "shelf";
  using key = int;
};
struct shop : gesta::model<products, shelves, gesta::reactors<refill>> {};
