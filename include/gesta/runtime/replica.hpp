// The facts that reactions ask for: of each process of a choreography the last event of each type that some reaction names, and no others.
// Floor: runtime. Kept as states about tags are: every event is taken in before reactors act on it, and taken back with its unit.
// May include: detail, message, decide, react, model, store, runtime/boundaries.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <gesta/detail/fields.hpp>
#include <gesta/detail/hana.hpp>
#include <gesta/model/danced.hpp>
#include <gesta/runtime/boundaries.hpp>

namespace gesta::detail {

template <class Fact>
struct kept_fact {
  Fact value{};
  bool happened = false;
};
/// What has happened in one process.
template <class Facts>
struct kept_facts;
template <class... Fact>
struct kept_facts<types<Fact...>> : kept_fact<Fact>... {
  /// The last event of this type; nullptr: none has happened.
  template <class Event>
  const Event* find() const noexcept {
    const kept_fact<Event>& kept = *this;
    return kept.happened ? &kept.value : nullptr;
  }
  template <class Event>
  void keep(const Event& event) {
    kept_fact<Event>& kept = *this;
    kept.value = event;
    kept.happened = true;
  }
};

/// The processes of one choreography, by the field that its `gesta::by` names.
template <class Flow, class Choreography>
class replica {
  using facts_type = kept_facts<facts_asked_in<Flow, Choreography>>;
  using correlation = correlation_of<Flow, Choreography>;

 public:
  template <class Event>
  static constexpr bool take = contains<Event, facts_asked_in<Flow, Choreography>>;

  void reserve(std::size_t count, bool bounded) { table_.reserve(count, bounded); }

  /// The facts of the process that a message belongs to; none have happened where it is not known.
  template <class Message>
  const facts_type& facts(const Message& message) const {
    const auto place = table_.find(correlation::in(message));
    return place ? place->state : table_.blank();
  }

  template <class Event>
  bool fold(const Event& event) {
    if constexpr (take<Event>) {
      const auto& key = correlation::in(event);
      auto place = table_.find(key);
      if (!place) place = table_.add(key);
      if (!place) return false;
      place->state.keep(event);
      ++place->version;
    }
    return true;
  }
  template <class Event>
  void mark(const Event& event) {
    if constexpr (take<Event>) {
      const auto place = table_.find(correlation::in(event));
      if (!place || place->stream.is_stale) return;
      place->state = facts_type{};
      place->version = 0;
      place->stream.is_stale = true;
      marked_.push_back(&place->stream);
    }
  }
  bool is_stale() const noexcept { return !marked_.empty(); }
  template <class Event>
  void fold_again(const Event& event) {
    if constexpr (take<Event>) {
      const auto place = table_.find(correlation::in(event));
      if (!place || !place->stream.is_stale) return;
      place->state.keep(event);
      ++place->version;
    }
  }
  void settle() {
    for (last_event* const one : marked_) one->is_stale = false;
    marked_.clear();
    table_.drop_unused();
  }

 private:
  entities<tag_state<facts_type>, last_event, typename correlation::type> table_;
  std::vector<last_event*> marked_;  // entities never move
};

/// The states about tags and the facts of reactions, as one: what every event of the log goes through.
template <class Flow, class Choreographies>
class states_and_facts;
template <class Flow, class... Choreography>
class states_and_facts<Flow, types<Choreography...>> : public tag_states<Flow> {
  using base = tag_states<Flow>;

 public:
  static constexpr bool any = true;
  template <class Event>
  static constexpr bool take = base::template take<Event> || (replica<Flow, Choreography>::template take<Event> || ...);

  template <class Of>
  const auto& replica_of() const noexcept {
    return value_at<index_of<Of, types<Choreography...>>>(replicas_);
  }

  void reserve(std::size_t count, bool bounded) {
    if constexpr (base::any) base::reserve(count, bounded);
    each([&](auto& one) { one.reserve(count, bounded); });
  }
  template <class Event, class About>
  bool fold(const Event& event, std::uint64_t position, About&& make) {
    bool fits = true;
    if constexpr (base::template take<Event>) fits = base::fold(event, position, make);
    each([&](auto& one) { fits = fits && one.fold(event); });
    return fits;
  }
  template <class Event>
  void mark(const Event& event) {
    if constexpr (base::template take<Event>) base::mark(event);
    each([&](auto& one) { one.mark(event); });
  }
  bool is_stale() noexcept {
    bool stale = false;
    if constexpr (base::any) stale = base::is_stale();
    each([&](auto& one) { stale = stale || one.is_stale(); });
    return stale;
  }
  template <class Event, class About>
  void fold_again(const Event& event, std::uint64_t position, About&& make) {
    if constexpr (base::template take<Event>) base::fold_again(event, position, make);
    each([&](auto& one) { one.fold_again(event); });
  }
  void settle() {
    if constexpr (base::any) base::settle();
    each([](auto& one) { one.settle(); });
  }

 private:
  template <class Of>
  using replica_for = replica<Flow, Of>;
  template <class Visit>
  void each(Visit&& visit) {
    const auto all = [&]<std::size_t... I>(indices<I...>) { (visit(value_at<I>(replicas_)), ...); };
    all(make_indices<sizeof...(Choreography)>{});
  }

  values_of<types<replica_for<Choreography>...>> replicas_{};
};

template <class Flow>
constexpr auto derived_states_type() noexcept {
  if constexpr (choreographies_with_facts<Flow>::size == 0) return type_is<tag_states<Flow>>{};
  else return type_is<states_and_facts<Flow, choreographies_with_facts<Flow>>>{};
}
/// What a running model derives from all its events beside states of entities and views.
template <class Flow>
using derived_states = typename decltype(derived_states_type<Flow>())::type;

template <class Flow, class Events>
struct events_derived_from;
template <class Flow, class... E>
struct events_derived_from<Flow, types<E...>>
    : type_is<concat<std::conditional_t<derived_states<Flow>::template take<E>, types<E>, types<>>...>> {};

/// visit_events for those that anything is derived from.
template <class Flow, bool InPlace, class Visit>
bool visit_derived(const recorded& record, Visit&& visit) {
  return detail::visit_events<Flow, typename events_derived_from<Flow, typename Flow::current_events>::type, InPlace>(record, visit);
}

}  // namespace gesta::detail
