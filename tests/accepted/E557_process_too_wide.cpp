// Eleven commands are open at once, and their answers come in any order. In the twin there are three.
#include <gesta/model/model.hpp>

struct opened { int claim; static constexpr auto id = "claim.opened"; };
struct open { int claim; };
struct claim { bool is_open = false; };
constexpr void evolve(claim& c, const opened&) { c.is_open = true; }
constexpr auto decide(const claim&, const open& c) -> gesta::emits<opened> { return opened{c.claim}; }

struct account { int left = 3; };
struct paid_0 { int claim; static constexpr auto id = "account.paid_0"; };
struct pay_0 { int claim; static constexpr auto id = "account.pay_0"; };
constexpr void evolve(account& a, const paid_0&) { --a.left; }
constexpr auto decide(const account&, const pay_0& c) -> gesta::emits<paid_0> { return paid_0{c.claim}; }
struct paid_1 { int claim; static constexpr auto id = "account.paid_1"; };
struct pay_1 { int claim; static constexpr auto id = "account.pay_1"; };
constexpr void evolve(account& a, const paid_1&) { --a.left; }
constexpr auto decide(const account&, const pay_1& c) -> gesta::emits<paid_1> { return paid_1{c.claim}; }
struct paid_2 { int claim; static constexpr auto id = "account.paid_2"; };
struct pay_2 { int claim; static constexpr auto id = "account.pay_2"; };
constexpr void evolve(account& a, const paid_2&) { --a.left; }
constexpr auto decide(const account&, const pay_2& c) -> gesta::emits<paid_2> { return paid_2{c.claim}; }

struct fresh { static constexpr auto id = "fresh"; };
struct paying { int claim; static constexpr auto id = "paying"; };
struct second { int claim; static constexpr auto id = "second"; };
struct third { int claim; static constexpr auto id = "third"; };
struct done { static constexpr auto id = "done"; static constexpr auto ends = gesta::ended::completed; };
constexpr auto on(const fresh&, const opened& e) -> gesta::becomes<paying>::asks<pay_0, pay_1, pay_2> {
  return {paying{e.claim}, pay_0{e.claim}, pay_1{e.claim}, pay_2{e.claim}};
}
constexpr auto on(const paying& s, const paid_0&) -> gesta::becomes<second> { return second{s.claim}; }
constexpr auto on(const paying& s, const paid_1&) -> gesta::becomes<second> { return second{s.claim}; }
constexpr auto on(const paying& s, const paid_2&) -> gesta::becomes<second> { return second{s.claim}; }
constexpr auto on(const second& s, const paid_0&) -> gesta::becomes<third> { return third{s.claim}; }
constexpr auto on(const second& s, const paid_1&) -> gesta::becomes<third> { return third{s.claim}; }
constexpr auto on(const second& s, const paid_2&) -> gesta::becomes<third> { return third{s.claim}; }
constexpr auto on(const third&, const paid_0&) -> gesta::becomes<done> { return done{}; }
constexpr auto on(const third&, const paid_1&) -> gesta::becomes<done> { return done{}; }
constexpr auto on(const third&, const paid_2&) -> gesta::becomes<done> { return done{}; }

struct claims : gesta::aggregate<claim, gesta::commands<open>, gesta::by<"claim">> { static constexpr auto id = "claim"; };
struct accounts : gesta::aggregate<account, gesta::commands<pay_0, pay_1, pay_2>, gesta::by<"claim">> { static constexpr auto id = "account"; };
struct payout : gesta::process<gesta::by<"claim">, gesta::begins<opened>, gesta::states<fresh, paying, second, third, done>> { static constexpr auto id = "payout"; };
struct office : gesta::model<claims, accounts, payout> {};
