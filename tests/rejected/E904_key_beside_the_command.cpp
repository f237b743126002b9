// [gesta E904] the key given with the Command is not of its aggregate's Key type; give a Key, or none where the command carries it
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
  app.handle(7, place{8});
}
