// [gesta E601] these reactions feed each other for ever (the path ends where it began); break it at one reaction, let one of its events undo something that begins outside the path, or say in a reactor  using cycle = gesta::allow_cycle<"reason", bound>;
// A refill asks for a count, and a count asks for a refill again. In the twin a person decides about the refill.
#include <gesta/model/model.hpp>

struct restocked { int product; static constexpr auto id = "shelf.restocked"; };
struct counted { int product; static constexpr auto id = "product.counted"; };
struct restock { int product; };
struct count { int product; };
struct shelf { int refills = 0; };
struct product { int counts = 0; };

constexpr void evolve(shelf& s, const restocked&) { ++s.refills; }
constexpr auto decide(const shelf&, const restock& c) -> gesta::emits<restocked> { return restocked{c.product}; }
constexpr void evolve(product& p, const counted&) { ++p.counts; }
constexpr auto decide(const product&, const count& c) -> gesta::emits<counted> { return counted{c.product}; }

struct refill { static constexpr auto id = "refill"; };
struct recount { static constexpr auto id = "recount"; };
constexpr auto react(const refill&, const counted& e) -> restock { return {e.product}; }
constexpr auto react(const recount&, const restocked& e) -> count { return {e.product}; }

struct shelves : gesta::aggregate<shelf, gesta::commands<restock>, gesta::by<"product">> {
  static constexpr auto id = "shelf";
  using key = int;
};
struct products : gesta::aggregate<product, gesta::commands<count>, gesta::by<"product">> {
  static constexpr auto id = "product";
  using key = int;
};
struct shop : gesta::model<shelves, products, gesta::reactors<refill, recount>> {};
