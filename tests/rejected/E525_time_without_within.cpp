// [gesta E525] the process says what this Input means in this State, but it can never come there: no command it answers is open, or the State is the first, which hears only what begins; remove it, ask the command, or list an event from outside in  gesta::listens_to
// in cell_impossible<false, payout, paying, gesta::timed_out>
// It says what comes when the time is over, and no time.
#include <gesta/model/model.hpp>

struct opened { int claim; static constexpr auto id = "claim.opened"; };
struct withdrawn { int claim; static constexpr auto id = "claim.withdrawn"; };
struct open { int claim; };
struct withdraw { int claim; };
struct claim { bool is_open = false; };
constexpr void evolve(claim& c, const opened&) { c.is_open = true; }
constexpr void evolve(claim& c, const withdrawn&) { c.is_open = false; }
constexpr auto decide(const claim&, const open& c) -> gesta::emits<opened> { return opened{c.claim}; }
constexpr auto decide(const claim&, const withdraw& c) -> gesta::emits<withdrawn> { return withdrawn{c.claim}; }

struct paid { int claim; static constexpr auto id = "account.paid"; };
struct pay { int claim; static constexpr auto id = "account.pay"; };
struct no_money { static constexpr auto id = "account.no_money"; };
struct account { int left = 3; };
constexpr void evolve(account& a, const paid&) { --a.left; }
constexpr auto decide(const account& a, const pay& c) -> gesta::emits<paid>::or_rejects<no_money> {
  if (a.left == 0) return no_money{};
  return paid{c.claim};
}

struct fresh { static constexpr auto id = "fresh"; };
struct paying { int claim; static constexpr auto id = "paying"; using ignores = gesta::inputs<withdrawn>; };
struct done { static constexpr auto id = "done"; static constexpr auto ends = gesta::ended::completed; };
struct lost { static constexpr auto id = "lost"; static constexpr auto ends = gesta::ended::compensated; };
constexpr auto on(const fresh&, const opened& e) -> gesta::becomes<paying>::asks<pay> { return {paying{e.claim}, pay{e.claim}}; }
constexpr auto on(const paying&, const paid&) -> gesta::becomes<done> { return done{}; }
constexpr auto on(const paying&, const no_money&) -> gesta::becomes<lost> { return lost{}; }
constexpr auto on(const paying& s, gesta::timed_out) -> gesta::becomes<paying> { return s; }

struct claims : gesta::aggregate<claim, gesta::commands<open, withdraw>, gesta::by<"claim">> { static constexpr auto id = "claim"; };
struct accounts : gesta::aggregate<account, gesta::commands<pay>, gesta::by<"claim">> { static constexpr auto id = "account"; };
struct payout : gesta::process<gesta::by<"claim">, gesta::begins<opened>, gesta::listens_to<withdrawn>,
                               gesta::states<fresh, paying, done, lost>> {
  static constexpr auto id = "payout";
};
struct office : gesta::model<claims, accounts, payout> {};
