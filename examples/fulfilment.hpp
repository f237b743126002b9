// An order's way through payment, stock and shipping as a saga: what each step does and what undoes it stand side by side.
#pragma once

#include <gesta/react/saga.hpp>

#include "shop.hpp"

namespace fulfil {
using order::cause;
using gives_up = gesta::compensate_with<cause>;

struct place_order {
  static constexpr auto id = "place_order";
  using begun_by = order::placed;
  constexpr auto undo(const order::placed& o, cause why)  -> order::cancel   { return {o.order, why}; }
};
struct take_payment {
  static constexpr auto id = "take_payment";
  constexpr auto run(const order::placed& o)              -> payment::charge { return {o.order, o.cents}; }
  constexpr auto undo(const payment::charge& c)           -> payment::refund { return {c.order, c.cents}; }
  constexpr auto on(const payment::card_declined&)        -> gives_up        { return cause::payment; }
};
struct reserve_stock {
  static constexpr auto id = "reserve_stock";
  constexpr auto run(const order::placed& o)              -> stock::reserve  { return {o.order, o.item}; }
  constexpr auto undo(const stock::reserved& r)           -> stock::release  { return {r.order, r.item}; }
  constexpr auto on(const stock::sold_out&)               -> gives_up        { return cause::stock; }
};
struct ship_parcel {
  static constexpr auto id = "ship_parcel";
  using undo = gesta::irreversible;                       // after this only forward
  constexpr auto run(const order::placed& o)              -> shipping::ship  { return {o.order}; }
  constexpr auto on(const shipping::undeliverable&)       -> gives_up        { return cause::shipping; }
};
struct confirm_order {
  static constexpr auto id = "confirm_order";
  using undo = gesta::irreversible;
  constexpr auto run(const order::placed& o)              -> order::confirm  { return {o.order}; }
};
}  // namespace fulfil

struct fulfilment : gesta::saga<gesta::by<"order">, fulfil::place_order, fulfil::take_payment, fulfil::reserve_stock, fulfil::ship_parcel,
                                fulfil::confirm_order> {
  static constexpr auto id = "fulfilment";
};
