// The model whose flow the tests of this folder describe: two aggregates, two views, two reactors and an old version.
#pragma once

#include <gesta/domain.hpp>
#include <gesta/message/list.hpp>
#include <gesta/model/model.hpp>

namespace shop {

// ---- orders, found by a field

struct placed_1  { int order; static constexpr auto id = "order.placed"; };
struct placed    { int order; int item; static constexpr auto id = gesta::event_id{"order.placed", 2}; };
struct tagged    { int tag; static constexpr auto id = "order.tagged"; };
struct cancelled { int order; int item; static constexpr auto id = "order.cancelled"; using undoes = placed; };

struct place  { int order; int item; gesta::list<int, 4> tags; };
struct cancel { int order; };
struct already_placed { static constexpr auto id = "order.already_placed"; };

struct order { int item = 0; };

constexpr placed upcast(const placed_1& old) { return {old.order, 1}; }
constexpr void evolve(order& o, const placed& e) { o.item = e.item; }
constexpr void evolve(order&, const tagged&) {}
constexpr void evolve(order& o, const cancelled&) { o.item = 0; }

constexpr auto decide(const order& o, const place& c) -> gesta::emits<placed, gesta::many<tagged>>::or_rejects<already_placed> {
  if (o.item != 0) return already_placed{};
  return gesta::emit(placed{c.order, c.item}, gesta::each(c.tags, [](int tag) { return tagged{tag}; }));
}
constexpr auto decide(const order& o, const cancel& c) -> gesta::emits<cancelled>::or_nothing {
  if (o.item == 0) return gesta::no_change;
  return cancelled{c.order, o.item};
}

struct orders : gesta::aggregate<order, gesta::commands<place, cancel>, gesta::by<"order">> {
  static constexpr auto id = "order";
  using key = int;
};

// ---- stock, whose key is given beside the command

struct reserved  { static constexpr auto id = "stock.reserved"; };
struct released  { static constexpr auto id = "stock.released"; using undoes = reserved; };
struct delivered { int pieces; static constexpr auto id = "stock.delivered"; };

struct reserve { int order; };
struct release {};
struct deliver { int pieces; };
struct out_of_stock { int order; static constexpr auto id = "stock.out_of_stock"; };

struct stock { int pieces = 0; int reserved = 0; };

constexpr void evolve(stock& s, const reserved&) { ++s.reserved; }
constexpr void evolve(stock& s, const released&) { --s.reserved; }
constexpr void evolve(stock& s, const delivered& e) { s.pieces += e.pieces; }

constexpr auto decide(const stock& s, const reserve& c) -> gesta::emits<reserved>::or_rejects<out_of_stock> {
  if (s.reserved == s.pieces) return out_of_stock{c.order};
  return reserved{};
}
constexpr auto decide(const stock& s, const release&) -> gesta::emits<released>::or_nothing {
  if (s.reserved == 0) return gesta::no_change;
  return released{};
}
constexpr auto decide(const stock&, const deliver& c) -> gesta::emits<delivered> { return delivered{c.pieces}; }

struct stocks : gesta::aggregate<stock, gesta::commands<reserve, release, deliver>> {
  static constexpr auto id = "stock";
  using key = int;
};

// ---- what follows

struct reserving { static constexpr auto id = "reserving"; };
constexpr auto react(const reserving&, const placed& e) { return gesta::to(e.item, reserve{e.order}); }
constexpr cancel react(const reserving&, const reserve&, const out_of_stock& no) { return {no.order}; }
constexpr void react(const reserving&, const cancel&, gesta::nothing) {}

struct releasing { static constexpr auto id = "releasing"; };
constexpr auto react(const releasing&, const cancelled& e) { return gesta::to(e.item, release{}); }

struct open { int orders = 0; };
constexpr void project(open& v, const placed&) { ++v.orders; }
constexpr void project(open& v, const cancelled&) { --v.orders; }

struct pieces { int held = 0; int promised = 0; };
constexpr void project(pieces& v, const delivered& e) { v.held += e.pieces; }
constexpr void project(pieces& v, const reserved&) { ++v.promised; }
constexpr void project(pieces& v, const released&) { --v.promised; }

struct open_orders : gesta::projection<open, gesta::follows<orders>, gesta::ignoring<tagged>> { static constexpr auto id = "open_orders"; };
struct stock_list  : gesta::projection<pieces> { static constexpr auto id = "stock_list"; };

struct model : gesta::model<orders, stocks, gesta::history<placed_1>, gesta::reactors<reserving, releasing>, open_orders, stock_list> {};

}  // namespace shop
