// The command carries its key; a second one beside it could say something else.
#include <gesta/gesta.hpp>

struct placed { int order; static constexpr auto id = "order.placed"; };
struct place { int order; };
struct order { bool open = false; };

constexpr void evolve(order& o, const placed&) { o.open = true; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.order}; }

struct orders : gesta::aggregate<order, gesta::commands<place>, gesta::by<"order">> {
  static constexpr auto id = "order";
  using key = int;
};
struct shop : gesta::model<orders> {};

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  app.handle(place{8});
}
