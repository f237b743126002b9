// How an event gets into the rows of a view.
// Floor: runtime. Views in memory and consumers project so.
// May include: detail, message, react, store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/detail/fields.hpp>
#include <gesta/message/flat.hpp>
#include <gesta/message/key.hpp>
#include <gesta/react/rows.hpp>

namespace gesta::detail {

/// Projects an event to each row of a table that it belongs to. False: the table could not, and its view store says why; of a table in memory
/// never. make() gives what is known about the event, and is called only where a verb asks for it.
template <class Projection, class Table, class Event, class About>
[[gnu::always_inline]] inline bool project_to_table(Table& table, const Event& event, About&& make) {
  bool done = true;
  detail::each_place<Projection>(event, make, [&](const auto& key) __attribute__((always_inline)) {
    auto* const row = done ? table.find_or_add(key) : nullptr;
    if (row == nullptr) done = false;
    else if (!detail::project_to_row(*row, event, make)) done = table.erase(key);
  });
  return done;
}

/// The same for one row alone, wherever it lies; events of other rows are passed over.
template <class Projection, class Event, class About, class Row, class Key>
[[gnu::always_inline]] inline void project_to_one(Row& row, bool& exists, const Key& wanted, const Event& event, About&& make) {
  detail::each_place<Projection>(event, make, [&](const auto& key) __attribute__((always_inline)) {
    if (!gesta::same_key(key, wanted)) return;
    if (!exists) projected_rows<Projection>::set_key(row, key);
    exists = detail::project_to_row(row, event, make);
    if (!exists) row = Row{};
  });
}

/// Where the events of a flow that lie in memory say their rows: how far into each its key stands, so that whoever looks ahead needs no branch
/// on the kind of the event.
template <class Flow, class Projection>
class keys_in_events {
 public:
  keys_in_events() { note(typename Flow::current_events{}); }

  /// Whether the projection takes events of this tag; of a tag that is no event of today it is not known.
  bool takes(std::uint16_t tag) const noexcept { return offsets_[tag] != not_taken; }
  /// Brings near the row of an event that lies at `payload` as it is, where a field of it says which.
  template <class Table>
  [[gnu::always_inline]] void look(const Table& table, std::uint16_t tag, const void* payload) const noexcept {
    using key = typename projected_rows<Projection>::key_type;
    const std::uint32_t offset = offsets_[tag];
    if (offset >= not_known) return;
    table.prefetch(Table::place_of(*reinterpret_cast<const key*>(static_cast<const char*>(payload) + offset)));
  }

 private:
  static constexpr std::uint32_t not_known = 0xfffffffeu, not_taken = 0xffffffffu;

  template <class Event>
  static std::uint32_t offset() noexcept {
    if constexpr (!projects<typename Projection::view_type, Event>) return not_taken;
    else if constexpr (!flat<Event> || locates<Projection, Event>) return not_known;
    else {
      const Event event{};
      const auto& key = get_field<detail::row_field<Projection, Event>()>(event);
      return static_cast<std::uint32_t>(reinterpret_cast<const char*>(&key) - reinterpret_cast<const char*>(&event));
    }
  }
  template <class... Event>
  void note(types<Event...>) noexcept {
    for (std::uint32_t& offset : offsets_) offset = not_known;
    ((offsets_[Flow::template tag<Event>] = offset<Event>()), ...);
  }

  std::uint32_t offsets_[Flow::event_count + 1];
};

/// How many events are on their way: more than the memory fetches at once, fewer than the nearest cache holds.
inline constexpr std::size_t events_ahead = 16;

/// act(item) for all that next(item) gives, in order; look(item) for the same items, as ahead(item) gives them, sixteen of them before. Two readers
/// of one log: were the items on their way kept, each kind of event, on which act branches, would be known later. False where act gave false,
/// which ends it.
template <class Item, class Ahead, class Look, class Next, class Act>
[[gnu::always_inline]] inline bool looking_ahead(Ahead&& ahead, Look&& look, Next&& next, Act&& act) {
  Item item, further;
  for (std::size_t i = 0; i < events_ahead && ahead(further); ++i) look(further);
  while (next(item)) {
    if (ahead(further)) look(further);
    if (!act(item)) return false;
  }
  return true;
}

}  // namespace gesta::detail
