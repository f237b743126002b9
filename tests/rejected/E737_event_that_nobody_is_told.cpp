// [gesta E737] here the Command can end with an Outcome (an event, by what  publish  makes of it, a rejection, or gesta::nothing) that its contract,  decide(const gesta::elsewhere&, const Command&),  does not name, so that who asks could not read it; name it there, or let  publish(const Event&)  return an event that it names
// in outcome_beyond_contract<false, stock::reserve, taken>
#include <gesta/gesta.hpp>
#include <gesta/runtime/serve.hpp>
#include <gesta/transport/in_process.hpp>

namespace stock {
struct reserved { int order, item; static constexpr auto id = gesta::integration_id{"stock.reserved"}; };
struct released { int order, item; static constexpr auto id = gesta::integration_id{"stock.released"}; };
struct sold_out { static constexpr auto id = "stock.sold_out"; };
struct reserve { int order, item; static constexpr auto id = "stock.reserve"; };
struct release { int order, item; static constexpr auto id = "stock.release"; };
auto decide(const gesta::elsewhere&, const reserve&) -> gesta::emits<reserved>::or_rejects<sold_out>;
auto decide(const gesta::elsewhere&, const release&) -> gesta::emits<released>::or_nothing;
}  // namespace stock

struct taken { int order, item; static constexpr auto id = "taken"; };
struct shelf { int left = 3; };
constexpr void evolve(shelf& s, const taken&) { --s.left; }
namespace stock {
constexpr auto decide(const shelf& s, const reserve& c) -> gesta::emits<taken>::or_rejects<sold_out> {
  if (s.left == 0) return sold_out{};
  return taken{c.order, c.item};
}
}  // namespace stock
struct shelves : gesta::aggregate<shelf, gesta::commands<stock::reserve>, gesta::by<"item">> { static constexpr auto id = "shelf"; };
struct depot : gesta::model<shelves> {};
struct desk { static constexpr auto id = "depot.desk"; };

int main() {
  gesta::in_process_hub hub(gesta::system_clock{});
  auto app = gesta::start<depot>(gesta::memory_store{});
  auto serves = gesta::serve<desk, stock::reserve>(app, gesta::in_process(hub));
  return serves.poll() ? 0 : 1;
}
