// The outcome of what a reactor sends is remembered, so that a repeated reaction is no second one.
#include <gesta/gesta.hpp>

struct sold { int product; static constexpr auto id = "product.sold"; };
struct restocked { static constexpr auto id = "shelf.restocked"; };
struct warehouse_empty { static constexpr auto id = "shelf.warehouse_empty"; };
struct sell { int product; };
struct restock { int product; };
struct product { int sold = 0; };
struct shelf { int refills = 0; };

constexpr void evolve(product& p, const sold&) { ++p.sold; }
constexpr auto decide(const product&, const sell& c) -> gesta::emits<sold> { return sold{c.product}; }
constexpr void evolve(shelf& s, const restocked&) { ++s.refills; }
constexpr auto decide(const shelf& s, const restock&) -> gesta::emits<restocked>::or_rejects<warehouse_empty> {
  if (s.refills == 10) return warehouse_empty{};
  return restocked{};
}

struct refill { static constexpr auto id = "refill"; };
constexpr auto react(const refill&, const sold& e) -> restock { return {e.product}; }
constexpr void react(const refill&, const restock&, const warehouse_empty&) {}

struct products : gesta::aggregate<product, gesta::commands<sell>, gesta::by<"product">> {
  static constexpr auto id = "product";
  using key = int;
};
struct shelves : gesta::aggregate<shelf, gesta::commands<restock>, gesta::by<"product">> {
  static constexpr auto id = "shelf";
  using key = int;
};
struct shop : gesta::model<products, shelves, gesta::reactors<refill>> {};

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  app.handle(sell{7});
}
