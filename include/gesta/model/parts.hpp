// What a model may list beside aggregates, projections and reactors.
// Floor: model.
// May include: detail.
#pragma once

#include <cstddef>

#include <gesta/detail/fixed_string.hpp>

namespace gesta {

/// Old versions of events, oldest shapes included. Each has `upcast(const Old&) -> Newer`; nobody else ever sees it.
template <class... Old>
struct history {};

/// Ids of events that are stored but no longer read: `gesta::retired<"order.noted">`. Their records are passed over.
template <detail::fixed_string... Id>
struct retired {};

/// The largest event in bytes that the model allows, as it is stored and sent in gesta's binary form. An event that may be larger and says so by its
/// type does not compile (E801); one that grows, as a string does, is measured when it is recorded: `failure::kind::too_large`, and nothing of its
/// unit of work is kept.
template <std::size_t Bytes>
struct budget {
  static constexpr std::size_t bytes = Bytes;
};

/// Commands that may be said for a later time, by anybody: `app.later("cart 17", remind{17}, when)`, `app.cancel("cart 17")`. They are kept in the
/// log, and handled once, by who runs gesta::run_sagas, when their time has come. Each says its id and carries its key.
template <class... Command>
struct delayed {};

/// An earlier version of a saga or of a process: its struct as it was, under its old id. What is under way under it goes on by it, and nothing begins by it:
/// `gesta::model<..., fulfilment, gesta::pinned<fulfilment_1>>`, where fulfilment says `id = gesta::event_id{"fulfilment", 2}`. It stays as long as
/// its records are in the log.
template <class Saga>
struct pinned {
  using saga = Saga;
};

/// The envelope of 24 bytes: no time, no correlation, no causation. For games and hot paths: no clock is read.
struct lean {};

/// The full envelope, which is the default: time, correlation and causation of every event.
struct traced {};

}  // namespace gesta
