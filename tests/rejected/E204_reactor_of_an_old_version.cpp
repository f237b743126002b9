// [gesta E204] the Handler takes an Event that nobody in the model emits; an old version is upcast before anybody sees it: take the event that a decision emits
#include <gesta/model/model.hpp>

struct sold_1 { int product; static constexpr auto id = "product.sold"; };
struct sold { int product; int pieces; static constexpr auto id = gesta::event_id{"product.sold", 2}; };
constexpr auto upcast(const sold_1& old) -> sold { return {old.product, 1}; }
struct restocked { static constexpr auto id = "shelf.restocked"; };
struct sell { int product; };
struct restock { int product; };
struct product { int sold = 0; };
struct shelf { int refills = 0; };

constexpr void evolve(product& p, const sold&) { ++p.sold; }
constexpr auto decide(const product&, const sell& c) -> gesta::emits<sold> { return sold{c.product, 1}; }
constexpr void evolve(shelf& s, const restocked&) { ++s.refills; }
constexpr auto decide(const shelf&, const restock&) -> gesta::emits<restocked> { return restocked{}; }

struct refill { static constexpr auto id = "refill"; };
constexpr auto react(const refill&, const sold_1& e) -> restock { return {e.product}; }
constexpr auto react(const refill&, const sold& e) -> restock { return {e.product}; }

struct products : gesta::aggregate<product, gesta::commands<sell>, gesta::by<"product">> {
  static constexpr auto id = "product";
  using key = int;
};
struct shelves : gesta::aggregate<shelf, gesta::commands<restock>, gesta::by<"product">> {
  static constexpr auto id = "shelf";
  using key = int;
};
struct shop : gesta::model<products, shelves, gesta::reactors<refill>, gesta::history<sold_1>> {};
