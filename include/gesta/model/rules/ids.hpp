// Rules about names and versions: whatever is stored says its own name, once, and every old version leads to one of today.
// Floor: model.
// May include: detail, message, model.
#pragma once

#include <cstdint>
#include <type_traits>

#include <gesta/detail/hash.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/newer.hpp>
#include <gesta/model/rules/report.hpp>

namespace gesta::rules {

/// A name hashed together with its version; zero where the type has none.
template <class Type>
constexpr std::uint64_t hashed_id() {
  if constexpr (identified<Type>) return gesta::detail::mix(gesta::detail::fnv1a(id_of<Type>.name) + id_of<Type>.version);
  else return 0;
}
template <class Type>
constexpr std::uint64_t predecessor() {
  if constexpr (told_to_others<Type>) return 0;  // another service's versions begin where this one began to hear it
  else if constexpr (identified<Type>) {
    if (id_of<Type>.version > 1) return gesta::detail::mix(gesta::detail::fnv1a(id_of<Type>.name) + id_of<Type>.version - 1);
  }
  return 0;
}

/// Names are hashed once and the hashes sorted: comparing every pair of strings exceeds what Clang evaluates at 256 events.
template <class... T>
struct id_table {
  static constexpr std::size_t count = sizeof...(T);
  struct entry {
    std::uint64_t id;
    std::size_t at;
  };
  entry sorted[count + 1];

  constexpr id_table() : sorted{} {
    const std::uint64_t all[] = {hashed_id<T>()..., 0};
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t to = i;
      for (; to != 0 && all[i] < sorted[to - 1].id; --to) sorted[to] = sorted[to - 1];
      sorted[to] = {all[i], i};
    }
  }
  constexpr bool has(std::uint64_t id) const {
    std::size_t low = 0;
    std::size_t high = count;
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (sorted[middle].id < id) low = middle + 1;
      else high = middle;
    }
    return low < count && sorted[low].id == id;
  }
  /// The later and the earlier of the first two that have one name; npos when there are none.
  constexpr entry twins() const {
    for (std::size_t i = 1; i < count; ++i)
      if (sorted[i].id != 0 && sorted[i].id == sorted[i - 1].id) return {sorted[i - 1].at, sorted[i].at};
    return {npos, npos};
  }
};

template <class List>
struct names_of;
template <class... T>
struct names_of<gesta::detail::types<T...>> {
  using list = gesta::detail::types<T...>;
  static constexpr id_table<T...> table{};
  static constexpr auto twins = table.twins();
  static constexpr std::size_t unnamed = first_true({(!identified<T> && !is_change<T>)...});
  static constexpr std::size_t without_predecessor = first_true({(predecessor<T>() != 0 && !table.has(predecessor<T>()))...});

  template <class Flow>
  static constexpr std::size_t retired() {
    std::size_t found = npos;
    Flow::each_retired([&](const char* id) {
      [[maybe_unused]] const std::uint64_t hash = gesta::detail::fnv1a(id);
      const std::size_t at = first_true({same_name<T>(hash)...});
      if (at < found) found = at;
    });
    return found;
  }

 private:
  template <class Type>
  static constexpr bool same_name(std::uint64_t hash) {
    if constexpr (identified<Type>) return gesta::detail::fnv1a(id_of<Type>.name) == hash;
    else return false;
  }
};

/// Whether all that the upcasts of Old can give ends in events of today.
template <class Flow, std::size_t Steps, class Old>
constexpr bool leads_to_today();
template <class Flow, std::size_t Steps, class... Newer>
constexpr bool all_lead_to_today(gesta::detail::types<Newer...>) {
  return (leads_to_today<Flow, Steps, Newer>() && ...);
}
template <class Flow, std::size_t Steps, class Old>
constexpr bool leads_to_today() {
  if constexpr (gesta::detail::contains<Old, typename Flow::current_events>) return true;
  else if constexpr (Steps == 0 || !gesta::detail::contains<Old, typename Flow::old_versions> || !upcasts<Old>) return false;
  else return all_lead_to_today<Flow, Steps - 1>(gesta::detail::newer_of<Old>{});
}
template <class Flow, class Next>
constexpr bool next_goes_astray() {
  if constexpr (gesta::detail::contains<Next, typename Flow::old_versions> && !upcasts<Next>) return false;  // that one is reported
  else return !leads_to_today<Flow, Flow::old_versions::size, Next>();
}
template <class Flow, class... Next>
constexpr bool any_goes_astray(gesta::detail::types<Next...>) {
  return (next_goes_astray<Flow, Next>() || ...);
}
template <class Flow, class Old>
constexpr bool goes_astray() {
  if constexpr (upcasts<Old>) return any_goes_astray<Flow>(gesta::detail::newer_of<Old>{});
  else return false;
}
template <class Flow, class Old>
constexpr bool refuses() {
  if constexpr (upcasts<Old>) return gesta::detail::upcast_refuses<std::remove_cvref_t<gesta::detail::upcast_result<Old>>>;
  else return false;
}

/// Whether some aggregate records all that Old becomes. A stream is read by its own aggregate alone, which would not know the others.
template <class Events, class Listed>
inline constexpr bool stand_all_in = false;
template <class... E, class Listed>
inline constexpr bool stand_all_in<gesta::detail::types<E...>, Listed> = (gesta::detail::contains<E, Listed> && ...);
template <class Flow, class Events, class... Aggregate>
constexpr bool one_records_all(gesta::detail::types<Aggregate...>) {
  return (stand_all_in<Events, typename Flow::template events_of<Aggregate>> || ...);
}
template <class Flow, class Old>
constexpr bool is_torn() {
  if constexpr (leads_to_today<Flow, Flow::old_versions::size, Old>()) {
    using become = gesta::detail::today_of<Flow, Old>;
    return become::size > 1 && !one_records_all<Flow, become>(typename Flow::aggregates{});
  } else {
    return false;  // that is reported
  }
}
template <class Flow, class Olds>
struct old_versions;
template <class Flow, class... Old>
struct old_versions<Flow, gesta::detail::types<Old...>> {
  static constexpr std::size_t stuck = first_true({!upcasts<Old>...});
  static constexpr std::size_t astray = first_true({goes_astray<Flow, Old>()...});
  static constexpr std::size_t refusing = first_true({refuses<Flow, Old>()...});
  static constexpr std::size_t torn = first_true({is_torn<Flow, Old>()...});
};

/// The rules about the names of a model.
template <class Flow>
struct id_rules {
  using events = names_of<typename Flow::events>;
  using parts = names_of<gesta::detail::concat<typename Flow::deciders, typename Flow::projections, typename Flow::reactors, typename Flow::sagas,
                                               typename Flow::processes, typename Flow::choreographies>>;
  using olds = old_versions<Flow, typename Flow::old_versions>;
  using refusals = names_of<typename Flow::stored_rejections>;
  template <class Names, std::size_t At>
  using one = gesta::detail::at<At == npos ? 0 : At, gesta::detail::concat<typename Names::list, gesta::detail::types<void>>>;

  using same_event = report_if<events::twins.id != npos, diagnostic::same_event_id, one<events, events::twins.id>, one<events, events::twins.at>>;
  using same_part = report_if<parts::twins.id != npos, diagnostic::same_part_id, one<parts, parts::twins.id>, one<parts, parts::twins.at>>;
  using unnamed_event = report_at<diagnostic::event_without_id, typename events::list, events::unnamed>;
  using unnamed_part = report_at<diagnostic::part_without_id, typename parts::list, parts::unnamed>;
  using retired = report_at<diagnostic::retired_id_in_use, typename events::list, events::template retired<Flow>()>;
  using predecessor = report_at<diagnostic::predecessor_missing, typename events::list, events::without_predecessor>;
  using stuck = report_at<diagnostic::old_without_upcast, typename Flow::old_versions, olds::stuck>;
  using astray = report_at<diagnostic::upcast_leads_nowhere, typename Flow::old_versions, olds::astray>;
  using refusing = report_at<diagnostic::upcast_refuses, typename Flow::old_versions, olds::refusing>;
  using torn = report_at<diagnostic::old_version_torn, typename Flow::old_versions, olds::torn>;
  using same_rejection = report_if<refusals::twins.id != npos, diagnostic::same_rejection_id, one<refusals, refusals::twins.id>,
                                   one<refusals, refusals::twins.at>>;
  using unnamed_rejection = report_at<diagnostic::old_rejection_without_id,
                                      typename Flow::old_rejections, names_of<typename Flow::old_rejections>::unnamed>;
};

}  // namespace gesta::rules
