// A saga whose steps ask other services: a payment that may be asked again, a parcel, and a mail that nobody answers.
#pragma once

#include <gesta/model/model.hpp>
#include <gesta/react/saga.hpp>

namespace web {

struct placed { int order, cents; static constexpr auto id = "web.placed"; };
struct cancelled { int order; static constexpr auto id = "web.cancelled"; };
struct confirmed { int order, parcel; static constexpr auto id = "web.confirmed"; };
struct place { int order, cents; };
struct cancel { int order; static constexpr auto id = "web.cancel"; };
struct confirm { int order, parcel; static constexpr auto id = "web.confirm"; };
struct order { bool is_cancelled = false, is_confirmed = false; int parcel = 0; };
constexpr void evolve(order&, const placed&) {}
constexpr void evolve(order& o, const cancelled&) { o.is_cancelled = true; }
constexpr void evolve(order& o, const confirmed& e) { o.is_confirmed = true, o.parcel = e.parcel; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.order, c.cents}; }
constexpr auto decide(const order&, const cancel& c) -> gesta::emits<cancelled> { return cancelled{c.order}; }
constexpr auto decide(const order&, const confirm& c) -> gesta::emits<confirmed> { return confirmed{c.order, c.parcel}; }
struct orders : gesta::aggregate<order, gesta::commands<place, cancel, confirm>, gesta::by<"order">> { static constexpr auto id = "web.order"; };

}  // namespace web

namespace till {  // another service

struct paid { int order, cents; static constexpr auto id = gesta::integration_id{"till.paid"}; };
struct paid_back { int order; static constexpr auto id = gesta::integration_id{"till.paid_back"}; };
struct busy { static constexpr auto id = "till.busy"; };
struct declined { static constexpr auto id = "till.declined"; };
struct closed { static constexpr auto id = "till.closed"; };
struct pay { int order, cents; static constexpr auto id = "till.pay"; };
struct pay_back { int order, cents; static constexpr auto id = "till.pay_back"; };
auto decide(const gesta::elsewhere&, const pay&) -> gesta::emits<paid>::or_rejects<busy, declined>;
auto decide(const gesta::elsewhere&, const pay_back&) -> gesta::emits<paid_back>::or_nothing::or_rejects<closed>;

}  // namespace till

namespace post {  // a third one

struct sent_off { int order, parcel; static constexpr auto id = gesta::integration_id{"post.sent_off"}; };
struct called_back { int order; static constexpr auto id = gesta::integration_id{"post.called_back"}; };
struct unknown_place { static constexpr auto id = "post.unknown_place"; };
struct send { int order, parcel; static constexpr auto id = "post.send"; };
struct call_back { int order; static constexpr auto id = "post.call_back"; };
struct mail { int order; static constexpr auto id = "post.mail"; };
auto decide(const gesta::elsewhere&, const send&) -> gesta::emits<sent_off>::or_rejects<unknown_place>;
auto decide(const gesta::elsewhere&, const call_back&) -> gesta::emits<called_back>::or_nothing;
auto decide(const gesta::elsewhere&, const mail&) -> gesta::sent;

}  // namespace post

namespace web {

struct begins {
  static constexpr auto id = "begins";
  using begun_by = placed;
  constexpr auto undo(const placed& e) const -> cancel { return {e.order}; }
};
struct takes_money {
  static constexpr auto id = "takes_money";
  static constexpr auto within = gesta::seconds(30);
  constexpr auto run(const placed& e) const -> till::pay { return {e.order, e.cents}; }
  constexpr auto undo(const till::pay& c) const -> till::pay_back { return {c.order, c.cents}; }
  constexpr auto on(const till::busy&) const -> gesta::again<1> { return {}; }
  constexpr auto on(const till::declined&) const -> gesta::compensate { return {}; }
  constexpr auto on(const gesta::timed_out&) const -> gesta::again<1> { return {}; }
  constexpr auto on_undo(const till::closed&) const -> gesta::stuck { return {}; }
};
struct sends_parcel {
  static constexpr auto id = "sends_parcel";
  static constexpr auto within = gesta::seconds(60);
  constexpr auto run(const placed& e) const -> post::send { return {e.order, 100 + e.order}; }
  constexpr auto undo(const post::send& c) const -> post::call_back { return {c.order}; }
  constexpr auto on(const post::unknown_place&) const -> gesta::compensate { return {}; }
  constexpr auto on(const gesta::timed_out&) const -> gesta::compensate { return {}; }
};
struct confirms {
  static constexpr auto id = "confirms";
  using undo = gesta::irreversible;
  constexpr auto run(const post::sent_off& e) const -> confirm { return {e.order, e.parcel}; }
};
struct mails {
  static constexpr auto id = "mails";
  static constexpr auto within = gesta::seconds(30);
  using undo = gesta::needless;
  constexpr auto run(const placed& e) const -> post::mail { return {e.order}; }
  constexpr auto on(const gesta::timed_out&) const -> gesta::proceed { return {}; }
};
struct selling : gesta::saga<gesta::by<"order">, begins, takes_money, sends_parcel, confirms, mails> { static constexpr auto id = "selling"; };
struct shop : gesta::model<orders, selling> {};

}  // namespace web
