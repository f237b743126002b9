// What is kept about a consumer beside what it made: how far it is, who may go on, whether it is held.
// Floor: store.
// May include: message, store/checkpoint.hpp.
#pragma once

#include <gesta/message/about.hpp>
#include <gesta/store/checkpoint.hpp>

namespace gesta {

/// The state of one consumer, by its name. A view store keeps it in one row, and changes it in the transaction that changes the view: what it says
/// is true of the rows. The blank one is that of a consumer that never acted.
struct progress {
  gesta::checkpoint at{};    ///< everything up to here was handled or put aside
  timestamp time{};          ///< when the last event before there was recorded; zero: there is none, or the model keeps no times
  message_id owner{};        ///< the only one who may go on until `until`; blank: whoever comes first
  timestamp until{};         ///< when the owner's claim ends
  bool is_paused = false;    ///< it stands still until somebody lets it go on
  bool is_serving = false;   ///< queries are answered from this version of the view: it came up to where the one before it stood

  friend constexpr bool operator==(const progress&, const progress&) = default;
};

}  // namespace gesta
