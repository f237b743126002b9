// [gesta E573] the lock holds a version of a process, Locked, that left the model, and instances of it may be under way; keep its struct in the model as  gesta::pinned<Old>
// in process_left_the_model<false, gesta::locked<
#include <gesta/gesta.hpp>
#include <gesta/describe/schema.hpp>

struct placed { int order; static constexpr auto id = "placed"; };
struct paid { int order; static constexpr auto id = "paid"; };
struct place { int order; };
struct pay { int order; static constexpr auto id = "pay"; };
struct broke { static constexpr auto id = "broke"; };
struct state {};
constexpr void evolve(state&, const placed&) {}
constexpr void evolve(state&, const paid&) {}
constexpr auto decide(const state&, const place& c) -> gesta::emits<placed> { return placed{c.order}; }
constexpr auto decide(const state&, const pay& c) -> gesta::emits<paid>::or_rejects<broke> { return paid{c.order}; }
struct orders : gesta::aggregate<state, gesta::commands<place, pay>, gesta::by<"order">> { static constexpr auto id = "order"; };

struct idle { static constexpr auto id = "idle"; };
struct paying { static constexpr auto id = "paying"; };
struct done { static constexpr auto id = "done"; static constexpr auto ends = gesta::ended::completed; };
struct gone { static constexpr auto id = "gone"; static constexpr auto ends = gesta::ended::compensated; };
constexpr auto on(const idle&, const placed& e) -> gesta::becomes<paying>::asks<pay> { return {paying{}, pay{e.order}}; }
constexpr auto on(const paying&, const paid&) -> gesta::becomes<done> { return done{}; }
constexpr auto on(const paying&, const broke&) -> gesta::becomes<gone> { return gone{}; }
struct till : gesta::process<gesta::by<"order">, gesta::begins<placed>, gesta::states<idle, paying, done, gone>> { static constexpr auto id = "till"; };

namespace later {
struct idle { static constexpr auto id = "idle"; };
struct paying { static constexpr auto id = "paying"; };
constexpr auto on(const idle&, const placed& e) -> gesta::becomes<paying>::asks<pay> { return {paying{}, pay{e.order}}; }
constexpr auto on(const paying&, const paid&) -> gesta::becomes<done> { return done{}; }
constexpr auto on(const paying&, const broke&) -> gesta::becomes<done> { return done{}; }
}  // namespace later
struct till_2 : gesta::process<gesta::by<"order">, gesta::begins<placed>, gesta::states<later::idle, later::paying, done>> {
  static constexpr auto id = gesta::event_id{"till", 2};
};
struct shop : gesta::model<orders, till_2> {};

using shop_lock = gesta::schema_lock<gesta::locked<"till (process)", 1, gesta::shape_id<gesta::detail::process_in_lock<gesta::flow<shop>::of_deciders, till>>>>;
struct shop_is_locked : gesta::locked_model<shop, shop_lock> {};
