// The states that boundaries read: one table for each, by the values of its tags, kept up by every event that belongs to a state.
// Floor: runtime. Between the unit of work, which hands each event over, and the decisions, which read.
// May include: detail, message, decide, model, store, runtime/one_entity.hpp, runtime/reading.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <gesta/detail/hana.hpp>
#include <gesta/model/queries.hpp>
#include <gesta/runtime/one_entity.hpp>
#include <gesta/runtime/reading.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// What a state about tags knows of its events, beside how many there are.
struct last_event {
  std::uint64_t position = 0;  ///< of the last one; 0: there is none
  bool is_stale = false;       ///< it has to be folded anew
};

/// In the place of an aggregate: the table asks for no more.
template <class State>
struct tag_state {
  using state_type = State;
};
template <class Flow, class State>
using tag_table = entities<tag_state<State>, last_event, typename key_of<Flow, State>::type>;

/// What one decision has read, and up to where.
template <class... State>
struct query_result {
  read_states<State...> states;
  std::uint64_t last = 0;  ///< the position of the last event that belongs to one of the states
};

/// All states about tags of a model. Each event costs one look-up for each state that it belongs to, a decision one for each state that
/// it reads.
template <class Flow, class States = tag_states_of<Flow>>
class tag_states {
  template <class State>
  using table_of = tag_table<Flow, State>;

 public:
  static constexpr bool any = States::size != 0;
  /// Whether an event of this type belongs to any state.
  template <class Event>
  static constexpr bool take = states_evolved_by<Flow, Event>::size != 0;

  template <class State>
  const auto& table() const noexcept {
    return value_at<index_of<State, States>>(tables_);
  }

  /// Room for so many states of each kind, touched now; where it is bounded there are never more.
  void reserve(std::size_t count, bool bounded) {
    each_table([&](auto& table) { table.reserve(count, bounded); });
  }

  /// Takes an event in. False: there is no room for a further state.
  template <class Event, class About>
  bool fold(const Event& event, std::uint64_t position, About&& make) {
    return for_states_of<Event>([&](auto state) {
      using type = typename decltype(state)::type;
      auto& table = own<type>();
      const auto& key = key_of<Flow, type>::in(event);
      auto place = table.find(key);
      if (!place) place = table.add(key);
      if (!place) return false;
      call_evolve(place->state, event, make);
      place->stream.position = position;
      ++place->version;
      return true;
    });
  }

  /// What a command's decision reads.
  template <class... State, class Command>
  query_result<State...> read(types<State...>, const Command& command) const {
    query_result<State...> found;
    (read_one<State>(key_of<Flow, State>::in(command), found), ...);
    return found;
  }

  // ---- taking back: first each event that is taken back is marked, then those that stay are folded again where they belong to a
  // state that was marked

  template <class Event>
  void mark(const Event& event) {
    for_states_of<Event>([&](auto state) {
      using type = typename decltype(state)::type;
      const auto place = own<type>().find(key_of<Flow, type>::in(event));
      if (!place || place->stream.is_stale) return true;
      place->state = type{};
      place->version = 0;
      place->stream = {0, true};
      marked_.push_back(&place->stream);
      return true;
    });
  }
  /// Whether any state is marked.
  bool is_stale() const noexcept { return !marked_.empty(); }
  template <class Event, class About>
  void fold_again(const Event& event, std::uint64_t position, About&& make) {
    for_states_of<Event>([&](auto state) {
      using type = typename decltype(state)::type;
      const auto place = own<type>().find(key_of<Flow, type>::in(event));
      if (!place || !place->stream.is_stale) return true;
      call_evolve(place->state, event, make);
      place->stream.position = position;
      ++place->version;
      return true;
    });
  }
  /// All are folded again.
  void settle() {
    for (last_event* const one : marked_) one->is_stale = false;
    marked_.clear();
    each_table([](auto& table) { table.drop_unused(); });
  }

 private:
  template <class State>
  auto& own() noexcept {
    return value_at<index_of<State, States>>(tables_);
  }
  template <class Visit>
  void each_table(Visit&& visit) {
    const auto all = [&]<std::size_t... I>(indices<I...>) { (visit(value_at<I>(tables_)), ...); };
    all(make_indices<States::size>{});
  }
  template <class Event, class Visit>
  static bool for_states_of(Visit&& visit) {
    const auto all = [&]<class... S>(types<S...>) { return (visit(type_is<S>{}) && ...); };
    return all(states_evolved_by<Flow, Event>{});
  }
  template <class State, class Key, class Result>
  void read_one(const Key& key, Result& found) const {
    const auto& t = table<State>();
    const auto place = t.find(key);
    static_cast<one_read<State>&>(found.states).state = place ? &place->state : &t.blank();
    if (place && place->stream.position > found.last) found.last = place->stream.position;
  }

  values_of<mapped<table_of, States>> tables_{};
  std::vector<last_event*> marked_;  // entities never move
};

/// In a model without boundaries.
template <class Flow>
class tag_states<Flow, types<>> {
 public:
  static constexpr bool any = false;
  template <class Event>
  static constexpr bool take = false;
};

}  // namespace gesta::detail
