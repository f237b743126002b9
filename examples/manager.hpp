// The fulfilment of an order as a process manager, over the four services of shop.hpp: a state is a struct, and one function says what an
// input means in it; the rest of its row stands in the struct.
#pragma once

#include <gesta/domain.hpp>

#include "shop.hpp"

namespace managing {
using namespace order;
using namespace payment;
using namespace stock;
using namespace shipping;
using gesta::becomes;
using gesta::unchanged;
using a_wish_to_cancel = gesta::inputs<cancel_asked>;

struct data { int order, item, cents; };
struct idle       {                     static constexpr auto id = "idle"; };
// [states]
struct paying     { data of;            static constexpr auto id = "paying";     using defers  = a_wish_to_cancel; };  // first the card's answer
struct reserving  { data of;            static constexpr auto id = "reserving"; };
// [/states]
struct stopping   { data of; cause why; static constexpr auto id = "stopping";   using ignores = a_wish_to_cancel; };  // it may be reserved yet
struct sending    { data of;            static constexpr auto id = "sending";    using ignores = a_wish_to_cancel; };  // too late
struct releasing  { data of; cause why; static constexpr auto id = "releasing";  using ignores = a_wish_to_cancel; };
struct refunding  { data of; cause why; static constexpr auto id = "refunding";  using ignores = a_wish_to_cancel; };
struct confirming { data of;            static constexpr auto id = "confirming"; using ignores = a_wish_to_cancel; };
struct cancelling { data of;            static constexpr auto id = "cancelling"; using ignores = a_wish_to_cancel; };
struct done       {                     static constexpr auto id = "done"; static constexpr auto ends = gesta::ended::completed; };
struct gone       {                     static constexpr auto id = "gone"; static constexpr auto ends = gesta::ended::compensated; };

// clang-format off
constexpr auto on(const idle&, const placed& e)             -> becomes<paying>::asks<charge>      { return {paying{{e.order, e.item, e.cents}}, charge{e.order, e.cents}}; }
// [cells]
constexpr auto on(const paying& s, const charged&)          -> becomes<reserving>::asks<reserve>  { return {reserving{s.of}, reserve{s.of.order, s.of.item}}; }
constexpr auto on(const paying& s, const card_declined&)    -> becomes<cancelling>::asks<cancel>  { return {cancelling{s.of}, cancel{s.of.order, cause::payment}}; }
// [/cells]
constexpr auto on(const reserving& s, const reserved&)      -> becomes<sending>::asks<ship>       { return {sending{s.of}, ship{s.of.order}}; }
constexpr auto on(const reserving& s, const sold_out&)      -> becomes<refunding>::asks<refund>   { return {refunding{s.of, cause::stock}, refund{s.of.order, s.of.cents}}; }
constexpr auto on(const reserving& s, const cancel_asked&)  -> becomes<stopping>                  { return stopping{s.of, cause::customer}; }
constexpr auto on(const stopping& s, const reserved&)       -> becomes<releasing>::asks<release>  { return {releasing{s.of, s.why}, release{s.of.order, s.of.item}}; }
constexpr auto on(const stopping& s, const sold_out&)       -> becomes<refunding>::asks<refund>   { return {refunding{s.of, s.why}, refund{s.of.order, s.of.cents}}; }
constexpr auto on(const sending& s, const shipped&)         -> becomes<confirming>::asks<confirm> { return {confirming{s.of}, confirm{s.of.order}}; }
constexpr auto on(const sending& s, const undeliverable&)   -> becomes<releasing>::asks<release>  { return {releasing{s.of, cause::shipping}, release{s.of.order, s.of.item}}; }
constexpr auto on(const releasing& s, const released&)      -> becomes<refunding>::asks<refund>   { return {refunding{s.of, s.why}, refund{s.of.order, s.of.cents}}; }
constexpr auto on(const releasing& s, unchanged<release>)   -> becomes<refunding>::asks<refund>   { return {refunding{s.of, s.why}, refund{s.of.order, s.of.cents}}; }
constexpr auto on(const refunding& s, const refunded&)      -> becomes<cancelling>::asks<cancel>  { return {cancelling{s.of}, cancel{s.of.order, s.why}}; }
constexpr auto on(const refunding& s, unchanged<refund>)    -> becomes<cancelling>::asks<cancel>  { return {cancelling{s.of}, cancel{s.of.order, s.why}}; }
constexpr auto on(const confirming&, const confirmed&)      -> becomes<done>                      { return done{}; }
constexpr auto on(const confirming&, unchanged<confirm>)    -> becomes<done>                      { return done{}; }
constexpr auto on(const cancelling&, const cancelled&)      -> becomes<gone>                      { return gone{}; }
constexpr auto on(const cancelling&, unchanged<cancel>)     -> becomes<gone>                      { return gone{}; }
// clang-format on
}  // namespace managing

struct manager : gesta::process<gesta::by<"order">, gesta::begins<order::placed>, gesta::listens_to<order::cancel_asked>,
                                gesta::states<managing::idle, managing::paying, managing::reserving, managing::stopping, managing::sending, managing::releasing,
                                              managing::refunding, managing::confirming, managing::cancelling, managing::done, managing::gone>> {
  static constexpr auto id = "manager";
};
