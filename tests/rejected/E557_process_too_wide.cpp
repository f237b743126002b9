// [gesta E557] the process can be in more than 512 situations (a state, and what is open and waits in it), more than are looked at; wait for answers before asking more, or split it
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
struct paid_3 { int claim; static constexpr auto id = "account.paid_3"; };
struct pay_3 { int claim; static constexpr auto id = "account.pay_3"; };
constexpr void evolve(account& a, const paid_3&) { --a.left; }
constexpr auto decide(const account&, const pay_3& c) -> gesta::emits<paid_3> { return paid_3{c.claim}; }
struct paid_4 { int claim; static constexpr auto id = "account.paid_4"; };
struct pay_4 { int claim; static constexpr auto id = "account.pay_4"; };
constexpr void evolve(account& a, const paid_4&) { --a.left; }
constexpr auto decide(const account&, const pay_4& c) -> gesta::emits<paid_4> { return paid_4{c.claim}; }
struct paid_5 { int claim; static constexpr auto id = "account.paid_5"; };
struct pay_5 { int claim; static constexpr auto id = "account.pay_5"; };
constexpr void evolve(account& a, const paid_5&) { --a.left; }
constexpr auto decide(const account&, const pay_5& c) -> gesta::emits<paid_5> { return paid_5{c.claim}; }
struct paid_6 { int claim; static constexpr auto id = "account.paid_6"; };
struct pay_6 { int claim; static constexpr auto id = "account.pay_6"; };
constexpr void evolve(account& a, const paid_6&) { --a.left; }
constexpr auto decide(const account&, const pay_6& c) -> gesta::emits<paid_6> { return paid_6{c.claim}; }
struct paid_7 { int claim; static constexpr auto id = "account.paid_7"; };
struct pay_7 { int claim; static constexpr auto id = "account.pay_7"; };
constexpr void evolve(account& a, const paid_7&) { --a.left; }
constexpr auto decide(const account&, const pay_7& c) -> gesta::emits<paid_7> { return paid_7{c.claim}; }
struct paid_8 { int claim; static constexpr auto id = "account.paid_8"; };
struct pay_8 { int claim; static constexpr auto id = "account.pay_8"; };
constexpr void evolve(account& a, const paid_8&) { --a.left; }
constexpr auto decide(const account&, const pay_8& c) -> gesta::emits<paid_8> { return paid_8{c.claim}; }
struct paid_9 { int claim; static constexpr auto id = "account.paid_9"; };
struct pay_9 { int claim; static constexpr auto id = "account.pay_9"; };
constexpr void evolve(account& a, const paid_9&) { --a.left; }
constexpr auto decide(const account&, const pay_9& c) -> gesta::emits<paid_9> { return paid_9{c.claim}; }
struct paid_10 { int claim; static constexpr auto id = "account.paid_10"; };
struct pay_10 { int claim; static constexpr auto id = "account.pay_10"; };
constexpr void evolve(account& a, const paid_10&) { --a.left; }
constexpr auto decide(const account&, const pay_10& c) -> gesta::emits<paid_10> { return paid_10{c.claim}; }

struct fresh { static constexpr auto id = "fresh"; };
struct paying { int claim; static constexpr auto id = "paying"; using ignores = gesta::inputs<paid_0, paid_1, paid_2, paid_3, paid_4, paid_5, paid_6, paid_7, paid_8, paid_9, paid_10>; };
constexpr auto on(const fresh&, const opened& e) -> gesta::becomes<paying>::asks<pay_0, pay_1, pay_2, pay_3, pay_4, pay_5, pay_6, pay_7, pay_8, pay_9, pay_10> {
  return {paying{e.claim}, pay_0{e.claim}, pay_1{e.claim}, pay_2{e.claim}, pay_3{e.claim}, pay_4{e.claim}, pay_5{e.claim}, pay_6{e.claim}, pay_7{e.claim}, pay_8{e.claim}, pay_9{e.claim}, pay_10{e.claim}};
}

struct claims : gesta::aggregate<claim, gesta::commands<open>, gesta::by<"claim">> { static constexpr auto id = "claim"; };
struct accounts : gesta::aggregate<account, gesta::commands<pay_0, pay_1, pay_2, pay_3, pay_4, pay_5, pay_6, pay_7, pay_8, pay_9, pay_10>, gesta::by<"claim">> { static constexpr auto id = "account"; };
struct payout : gesta::process<gesta::by<"claim">, gesta::begins<opened>, gesta::states<fresh, paying>> { static constexpr auto id = "payout"; };
struct office : gesta::model<claims, accounts, payout> {};
