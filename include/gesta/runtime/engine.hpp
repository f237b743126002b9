// What follows from a command: it is decided, its events are kept, reactors act on them, outcomes are remembered.
// Floor: runtime. `app` is its public face.
// May include: all above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <gesta/detail/hash.hpp>
#include <gesta/message/address.hpp>
#include <gesta/message/once.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/runtime/facts.hpp>
#include <gesta/runtime/options.hpp>
#include <gesta/runtime/outcome.hpp>
#include <gesta/runtime/unit_of_work.hpp>

namespace gesta::detail {

/// The bound that a reactor sets itself by `using cycle`; 0: it stands on no cycle.
template <class Reactor>
inline constexpr unsigned cycle_bound = 0;
template <class Reactor>
  requires requires { Reactor::cycle::bound; }
inline constexpr unsigned cycle_bound<Reactor> = Reactor::cycle::bound;

template <class Reactors>
inline constexpr bool any_cycle_allowed = false;
template <class... R>
inline constexpr bool any_cycle_allowed<types<R...>> = ((cycle_bound<R> != 0) || ...);

template <class Flow, class Event, class Reactors = typename Flow::reactors>
inline constexpr bool anybody_reacts = false;
template <class Flow, class Event, class... R>
inline constexpr bool anybody_reacts<Flow, Event, types<R...>> = ((reaction_of<Flow, R, Event>::size != 0) || ...);

template <class Flow, class Events, class Reactors>
inline constexpr bool any_is_reacted_to = false;
template <class Flow, class... E, class Reactors>
inline constexpr bool any_is_reacted_to<Flow, types<E...>, Reactors> = (anybody_reacts<Flow, E, Reactors> || ...);

/// Whether some event may turn out to be larger than the model's budget.
template <class Flow, class Events>
inline constexpr bool any_above_budget = false;
template <class Flow, class... E>
inline constexpr bool any_above_budget<Flow, types<E...>> = ((Flow::budget != 0 && most_bytes<E>() == npos) || ...);

/// Whether whoever sent a command wants to hear its events.
template <class Answer>
inline constexpr bool hears_events = false;
template <class Answer>
  requires requires { Answer::hears_events; }
inline constexpr bool hears_events<Answer> = Answer::hears_events;

/// Whether something follows from some of these events: reactors act, or performers are told.
template <class Flow, class Events, class Reactors>
inline constexpr bool anything_follows = any_is_reacted_to<Flow, Events, Reactors> || any_is_heard<Flow, Events>;

template <class Events, class Projections>
inline constexpr bool any_is_projected = false;
template <class... E, class Projections>
inline constexpr bool any_is_projected<types<E...>, Projections> = (anybody_projects<E, Projections> || ...);

/// The name under which the requests of a reactor are remembered: no sender outside has it.
template <std::size_t Size>
struct reserved_name {
  char chars[Size + sizeof reactor_source] = {};

  constexpr explicit reserved_name(const char* id) {
    for (std::size_t i = 0; i + 1 < sizeof reactor_source; ++i) chars[i] = reactor_source[i];
    for (std::size_t i = 0; i < Size; ++i) chars[sizeof reactor_source - 1 + i] = id[i];
  }
};
template <class Reactor>
inline constexpr reserved_name<__builtin_strlen(id_of<Reactor>.name)> sender_name{id_of<Reactor>.name};

// Named so that a debugger says it: one gesta::once was used for two commands, and the first was refused as the second cannot be.
[[noreturn, gnu::cold]] inline void outcome_of_another_command() { __builtin_abort(); }

/// How often a decision is made anew when others changed the entity meanwhile.
inline constexpr unsigned conflict_retries = 16;

/// Decides commands in the unit of work.
template <class Model, class Store, class Clock>
class engine : public unit_of_work<Model, Store, Clock> {
  using base = unit_of_work<Model, Store, Clock>;

 public:
  using typename base::flow_type;
  using typename base::log_type;
  using typename base::mark_type;
  /// The reactors that act in the commit of what they hear.
  using reactor_list = decltype(reactors_in_commit<flow_type, Store>());
  using base::is_memory;
  static constexpr bool can_fail = log_type::can_fail || base::has_keys || any_above_budget<flow_type, typename flow_type::current_events> || any_cycle_allowed<typename flow_type::reactors>;
  static constexpr bool some_follow_the_log = reactor_list::size != flow_type::reactors::size;

  using base::base;

  template <class Command>
  using handler_of = typename flow_type::template handler_of<Command>;

  /// Decides a command and all that follows from it, in the open unit or, in memory, on its own. `answer` makes the result:
  /// refused(decision, index, state, version), settled(state, version, position), unexpected(version), failed().
  template <class Command, class Key, class Request, class Answer>
  [[gnu::always_inline]] auto decide_one(const Key& key, const Command& command, const Request& request, const origin& from, Answer&& answer) {
    using handler = handler_of<Command>;
    using state = typename handler::state;
    constexpr bool remembers = same<Request, once>;
    constexpr bool is_reacted_to = anything_follows<flow_type, typename handler::events, reactor_list>;

    auto& table = this->template table_of<typename handler::aggregate>();
    auto found = table.find(key);
    if constexpr (base::template is_cached<typename handler::aggregate>)
      if (!this->template load<typename handler::aggregate>(key, found)) return answer.failed();
    const std::uint64_t version = found ? found->version : 0;
    if (!answer.expects(version)) [[unlikely]] {
      if constexpr (base::is_observed) note_conflict<handler>(table.bytes_of(key), answer, version);
      return answer.unexpected(version);
    }
    if (!this->template is_whole<typename handler::aggregate>(found)) [[unlikely]] return answer.failed();

    const mark_type start = this->unit().here();
    const std::size_t outcomes = this->outcome_count();
    auto d = call_decide<state>(found ? found->state : table.blank(), command, [&] { return this->about_now(table, key, version, from); });
    if (d.refused()) {
      const std::size_t which = d.refusal_index();
      if constexpr (remembers)
        if (!remember_refusal<handler>(request, d, which, version)) return answer.failed();
      if constexpr (base::is_observed) note_rejected<handler>(d, which, table.bytes_of(key), version);
      return answer.refused(d, which, found ? found->state : table.blank(), version);
    }
    std::uint64_t last = 0;
    if (!d.empty()) {
      if (!found) {
        found = table.add(key);
        if (!found) [[unlikely]] {
          this->no_room_for_entities();
          return answer.failed();
        }
      }
      if (!keep<handler>(table, found, d, from)) [[unlikely]] {
        this->give_up(start, outcomes);
        return answer.failed();
      }
      if (found->version != version) last = this->log_.last_position();  // an open number may be none
      if constexpr (hears_events<std::remove_cvref_t<Answer>>)
        if (last != 0) show<handler>(d, start, answer);
    }
    if constexpr (base::is_observed)
      if (last != 0) note_decided<handler>(table.bytes_of(key), found->version, last, found->version - version);
    if constexpr (is_reacted_to) {
      if (last != 0 && !follow<handler>(table, found, d, start, version, from)) [[unlikely]] {
        this->give_up(start, outcomes);
        return answer.failed();
      }
    }
    if constexpr (remembers) {
      const remembered outcome{last == 0 ? verdict::nothing : verdict::accepted, 0, found ? found->version : 0, last, nullptr, 0};
      if (!this->log_.remember(request, outcome)) [[unlikely]] {
        this->fails(this->log_.last_failure());
        this->give_up(start, outcomes);
        return answer.failed();
      }
    }
    if constexpr (!is_reacted_to && is_memory && !has_open_number<typename handler::contract::event_list>) {
      // The common case: the events are still at hand and nothing can take them back.
      if constexpr (any_is_projected<typename handler::events, typename base::views_type::projections>)
        if constexpr (std::remove_cvref_t<Answer>::is_root)
          if (!this->open_) project_own<handler>(table, found, d, version, start.records, from);
    }
    if constexpr (base::is_observed)
      if (last == 0) note_decided<handler>(table.bytes_of(key), version, 0, 0);
    return answer.settled(found ? found->state : table.blank(), found ? found->version : 0, last);
  }

  /// Records facts that nobody here decided, in the open unit; they evolve the state, and reactors act on them. False: last_failure()
  /// says why, and the caller gives up what was recorded.
  template <class Facts>
  bool record(const Facts& facts, const origin& from) {
    if constexpr (base::has_keys && any_personal<contract_events<typename Facts::contract>>) {  // what is given stays as it is
      bool sealed = true;
      const auto seal = [&](auto& event) {
        if constexpr (holds_personal<std::remove_cvref_t<decltype(event)>>()) sealed = sealed && this->seal(event);
      };
      return facts.with_copies(seal, [&](const auto& copies) { return sealed && record_sealed(copies, from); });
    } else {
      return record_sealed(facts, from);
    }
  }

  /// The same for a command of a boundary; version: the position of the last event that belongs to what its decision reads.
  template <class Command, class Key, class Request, class Answer>
    requires boundary_part<typename handler_of<Command>::aggregate>
  auto decide_one(const Key&, const Command& command, const Request& request, const origin& from, Answer&& answer) {
    return decide_across<Command>(command, request, from, answer);
  }

  /// Records one event of an entity, as `record` does: what an instance of a performer keeps of what happens to it. Such records are of many types, so
  /// nothing is compiled for each of them but what depends on it.
  template <class Aggregate, class Key, class Event>
  bool record_one(const Key& key, const Event& event, const origin& from) {
    if constexpr (base::has_keys && holds_personal<Event>()) {
      Event sealed(event);
      return this->seal(sealed) && record_one_sealed<Aggregate>(key, sealed, from);
    } else {
      return record_one_sealed<Aggregate>(key, event, from);
    }
  }

  /// True when decide_one leaves the events of this command to `project_since`.
  template <class Command>
  static constexpr bool projects_later = is_memory && (anything_follows<flow_type, typename handler_of<Command>::events, reactor_list> ||
                                                       has_open_number<typename handler_of<Command>::contract::event_list>);

  /// The outcome of an earlier handling under the same gesta::once: the state is the one of now.
  template <class Outcome, class Command, class Key>
  Outcome first_outcome(const Key& key, const Command& command, const remembered& first) {
    using handler = handler_of<Command>;
    if constexpr (base::template is_cached<typename handler::aggregate>) {
      auto found = this->template table_of<typename handler::aggregate>().find(key);
      if (!this->template load<typename handler::aggregate>(key, found)) return Outcome(this->last_failure());
    }
    const auto& state = state_now<handler>(key, command);
    if (first.what != verdict::rejected) return Outcome(typename Outcome::to_settle{}, state, first.version, first.position, true);
    return first_refusal<Outcome, 0>(typename handler::rejections{}, first, state);
  }

  /// A new command from outside begins: reactors that may stand on a cycle count from zero.
  void begin_chain() noexcept {
    if constexpr (any_cycle_allowed<typename flow_type::reactors>)
      for (unsigned& count : acts_) count = 0;
    if constexpr (base::is_observed) this->watch_.is_used();
  }

  /// Lets a reactor that follows the log act on an event of it, in the open unit. `part` counts what came of one stored event. A second time nothing
  /// is done: what was asked the first time is remembered, and a unit holds all of a reaction or nothing. False: last_failure() says why, and the
  /// unit is to be taken back.
  template <class Reactor, class Event>
  bool act_behind(const Event& event, const about& where, std::uint32_t part) {
    constexpr bool alone = std::is_void_v<choreography_of<flow_type, Reactor>>;
    constexpr auto place = static_cast<unsigned>(index_of<Reactor, typename flow_type::reactors>);
    if (part > 15 || place > 253) return this->fails(failure(failure::kind::too_large, 0, "too many events came of one, or too many reactors"));
    // Of who acts alone the first request tells it. Reactors of a choreography count together, and those in the commit of the event have counted from
    // zero: here each has numbers of its own, and a request without command stands for the whole.
    unsigned steps = alone ? part << 16 : (place + 1) << 20 | part << 16;
    const unsigned first = steps;
    const once mark{sender_name<Reactor>.chars, request_number(where.position, alone ? first : 0x0ff0'ffffu | part << 16)};
    remembered before;
    switch (this->log_.recall(mark, before)) {
      case recall_result::fresh: break;
      case recall_result::known: return true;
      case recall_result::failed: return this->doom(this->log_.last_failure()), false;
    }
    begin_chain();
    struct later {
      engine& whole;
      explicit later(engine& of) : whole(of) {
        if constexpr (flow_type::is_traced) whole.acts_at_ = whole.time_;
      }
      ~later() { whole.acts_at_ = {}; }
    } from_now_on(*this);
    if (!act_on(reaction_of<flow_type, Reactor, Event>{}, where, steps, event)) return false;
    if (alone || steps == first || this->log_.remember(mark, remembered{verdict::nothing, 0, 0, 0, nullptr, 0})) return true;
    return this->doom(this->log_.last_failure()), false;
  }

 private:
  template <class Handler, class Key, class Command>
  decltype(auto) state_now(const Key& key, [[maybe_unused]] const Command& command) {
    if constexpr (boundary_part<typename Handler::aggregate>) {
      return this->tag_states_.read(typename Handler::reads{}, command).states;
    } else {
      const auto& table = this->template table_of<typename Handler::aggregate>();
      const auto found = table.find(key);
      return (found ? found->state : table.blank());
    }
  }
  template <class Command, class Request, class Answer>
  auto decide_across(const Command& command, const Request& request, const origin& from, Answer&& answer);

  // ---- facts that nobody here decided

  template <class Facts>
  bool record_sealed(const Facts& facts, const origin& from) {
    using aggregate = typename Facts::aggregate;
    auto& table = this->template table_of<aggregate>();
    auto found = table.find(facts.key());
    if (!is_ready<aggregate>(facts.key(), found)) return false;
    if constexpr (Facts::contract::event_list::size != 0) {
      if (!found) found = table.add(facts.key());
      if (!found) return this->no_room_for_entities(), false;
      const std::uint64_t version = found->version;
      const mark_type start = this->unit().here();
      if (!keep<Facts>(table, found, facts, from)) return false;
      if constexpr (anything_follows<flow_type, contract_events<typename Facts::contract>, reactor_list>)
        if (found->version != version) return follow<Facts>(table, found, facts, start, version, from);
    }
    return true;
  }
  template <class Aggregate, class Key, class Event>
  bool record_one_sealed(const Key& key, const Event& event, const origin& from) {
    const auto place = place_to_record<Aggregate>(key);
    if (!place) return false;
    auto& table = this->template table_of<Aggregate>();
    const mark_type start = this->unit().here();
    if (!this->template append<Aggregate>(table, place, event, from)) return false;
    call_evolve(place->state, event, [&] { return this->about_event(table, place, place->version, this->log_.last_position(), from); });
    if constexpr (base::tag_states_type::any)
      if (!this->fold_appended(table, place, event, from)) return false;
    if constexpr (anything_follows<flow_type, types<Event>, reactor_list>) {
      const auto facts = gesta::facts<Aggregate>(key, expected::any(), event);
      return follow<std::remove_const_t<decltype(facts)>>(table, place, facts, start, place->version - 1, from);
    } else {
      return true;
    }
  }
  /// Where the next record of an entity goes. Nothing: last_failure() says why.
  template <class Aggregate, class Key>
  auto place_to_record(const Key& key) {
    auto& table = this->template table_of<Aggregate>();
    auto found = table.find(key);
    if (!is_ready<Aggregate>(key, found)) return decltype(found){};
    if (!found) found = table.add(key);
    if (!found) this->no_room_for_entities();
    return found;
  }
  /// Whether an entity is loaded and holds all its facts. False: last_failure() says why not.
  template <class Aggregate, class Key, class Place>
  bool is_ready([[maybe_unused]] const Key& key, Place& found) {
    if constexpr (base::template is_cached<Aggregate>)
      if (!this->template load<Aggregate>(key, found)) return false;
    return this->template is_whole<Aggregate>(found);
  }

  // ---- keeping events

  template <class Handler, class Table, class Place, class Decision>
  [[gnu::always_inline]] bool keep(Table& table, Place place, const Decision& d, const origin& from) {
    constexpr bool open_number = has_open_number<typename Handler::contract::event_list>;
    [[maybe_unused]] mark_type start;
    if constexpr (open_number) start = this->unit().here();
    bool kept = true;
    if constexpr (base::has_keys && is_decision<Decision>)
      if constexpr (any_personal<contract_events<typename Handler::contract>>) kept = seal_decided(d);
    d.for_each([&](const auto& part) __attribute__((always_inline)) {
      if constexpr (is_run<std::remove_cvref_t<decltype(part)>>) {
        part.for_each([&](const auto& event) { kept = kept && this->template append_sealed<typename Handler::aggregate>(table, place, event, from); });
      } else if (kept) {
        kept = this->template append<typename Handler::aggregate>(table, place, part, from);
        if constexpr (!open_number)
          if (kept) {
            call_evolve(place->state, part, [&] { return this->about_event(table, place, place->version, this->log_.last_position(), from); });
            if constexpr (base::tag_states_type::any) kept = this->fold_appended(table, place, part, from);
          }
      }
    });
    // The range of an open number may lie in the state, so nothing evolves before all events are built.
    if constexpr (open_number)
      if (kept)
        this->each_record(start, this->unit().here(), [&](const recorded& record) {
          this->template evolve_by<typename Handler::aggregate>(*place, record);
          if constexpr (base::tag_states_type::any) kept = kept && this->fold_tagged(record);
        });
    return kept;
  }

  /// Seals the events of a decision where they lie: whoever hears of them hears what is kept. Every decision is a local variable of whoever called
  /// decide, and not const.
  template <class Decision>
  bool seal_decided(const Decision& d) {
    bool sealed = true;
    d.for_each([&](const auto& part) {
      using type = std::remove_cvref_t<decltype(part)>;
      if constexpr (!is_run<type>)
        if constexpr (holds_personal<type>()) sealed = sealed && this->seal(const_cast<type&>(part));
    });
    return sealed;
  }

  // ---- what follows

  template <class Handler, class Table, class Place, class Decision>
  [[gnu::always_inline]] void project_own(Table& table, Place place, const Decision& d, std::uint64_t version, std::uint64_t position,
                                          const origin& from) {
    d.for_each([&](const auto& event) __attribute__((always_inline)) {
      ++version;
      ++position;
      this->views_.publish(event, [&] { return this->about_event(table, place, version, position, from); });
    });
  }

  /// Tells whoever sent a command its events: answer.hear_event(event).
  template <class Handler, class Decision, class Answer>
  void show(const Decision& d, mark_type start, Answer& answer) {
    const auto tell = [&](const auto& event) { answer.hear_event(event); };
    if constexpr (has_open_number<typename Handler::contract::event_list>) {  // whose range may lie in the state that has evolved
      this->each_record(start, this->unit().here(), [&](const recorded& record) {
        (void)read_event<flow_type, typename Handler::events, is_memory>(record, tell);
      });
    } else {
      d.for_each(tell);
    }
  }

  /// The reactors of each event of one decision, event by event, each to its end, and then the performers. False: the unit fails.
  template <class Handler, class Table, class Place, class Decision>
  [[gnu::noinline]] bool follow(Table& table, Place place, const Decision& d, mark_type start, std::uint64_t version, const origin& from) {
    bool goes_on = true;
    auto key = table.copy_of_key(place.number);  // what the reactors send writes over the table's own bytes
    about cause{key.bytes(), version, this->log_.last_position() - (place->version - version), from.time, from.correlation, from.causation};
    const auto react_to_next = [&](const auto& event) {
      ++cause.version;
      ++cause.position;
      using type = std::remove_cvref_t<decltype(event)>;
      if constexpr (anybody_reacts<flow_type, type, reactor_list>)
        if (goes_on) goes_on = react_to(event, cause);
      if constexpr (is_heard<flow_type, type>)
        if (goes_on) goes_on = tell_performers(event, cause, typename flow_type::performers{});
    };
    if constexpr (has_open_number<typename Handler::contract::event_list>) {
      this->each_record(start, this->unit().here(), [&](const recorded& record) {
        (void)read_event<flow_type, typename flow_type::current_events, is_memory>(record, react_to_next);
      });
    } else {
      d.for_each(react_to_next);
    }
    return goes_on;
  }

  /// The reactors of an event, in the order of the model. `steps` counts what is sent because of it by those who hear each other's refusals: with
  /// the event and who sends it, a step names a request.
  template <class Event>
  bool react_to(const Event& event, const about& cause) {
    [[maybe_unused]] unsigned danced = 0;
    const auto with = [&]<class R>(type_is<R>) {
      unsigned own = 0;
      constexpr bool alone = std::is_void_v<choreography_of<flow_type, R>>;
      return act_on(reaction_of<flow_type, R, Event>{}, cause, alone ? own : danced, event);
    };
    const auto all = [&]<class... R>(types<R...>) { return (with(type_is<R>{}) && ...); };
    return all(reactor_list{});
  }

  template <class Event, class... Part>
  bool tell_performers(const Event& event, const about& cause, types<Part...>) {
    return (tell_performer<Part>(event, cause) && ...);
  }
  template <class Part, class Event>
  bool tell_performer([[maybe_unused]] const Event& event, [[maybe_unused]] const about& cause) {
    if constexpr (performing<typename flow_type::of_deciders, Part>::template hears<Event>) return performer<Part>::hear(*this, event, cause);
    else return true;
  }

  static constexpr bool act_on(types<>, const about&, unsigned&, const auto&...) noexcept { return true; }

  /// Lets a reactor act on what is said, an event or a command and its refusal, with the facts that it asks for.
  template <class Reaction, class First, class... Said>
  bool act_on(types<Reaction> reaction, const about& cause, unsigned& steps, const First& first, const Said&... said) {
    return act_for(first, reaction, cause, steps, first, said...);
  }
  static constexpr bool act_for(const auto&, types<>, const about&, unsigned&, const auto&...) noexcept { return true; }
  /// `message` is of the process that it is about.
  template <class Message, class Reaction, class... Said>
  bool act_for(const Message& message, types<Reaction>, const about& cause, unsigned& steps, const Said&... said) {
    using reactor = typename Reaction::reactor;
    if constexpr (sure_facts_of_reaction<Reaction>::size != 0)
      if (!all_happened<reactor>(sure_facts_of_reaction<Reaction>{}, message)) return true;
    return with_further<reactor>(typename Reaction::further{}, message, cause, [&](auto&&... further) {
      if constexpr (std::is_void_v<typename Reaction::returned>) {
        react(reactor{}, said..., further...);
        return true;
      } else {
        if constexpr (cycle_bound<reactor> != 0)
          if (++acts_[index_of<reactor, typename flow_type::reactors>] > cycle_bound<reactor>)
            return this->fails(
                failure(failure::kind::chain_too_long, 0, "the reactor ", id_of<reactor>.name, " acted more often than its allow_cycle says"));
        return send_all<reactor>(message, react(reactor{}, said..., further...), cause, steps);
      }
    });
  }

  // ---- facts

  template <class Reactor, class Message>
  const auto& facts_for(const Message& message) const {
    return this->tag_states_.template replica_of<choreography_of<flow_type, Reactor>>().facts(message);
  }
  template <class Reactor, class... Fact, class Message>
  bool all_happened(types<Fact...>, const Message& message) const {
    const auto& facts = facts_for<Reactor>(message);
    return ((facts.template find<Fact>() != nullptr) && ...);
  }
  template <class Reactor, class... Parameter, class Message, class Call>
  bool with_further(types<Parameter...>, [[maybe_unused]] const Message& message, [[maybe_unused]] const about& cause, Call&& call) {
    if constexpr (facts_of_further<types<Parameter...>>::all::size == 0) {
      return call(static_cast<Parameter>(cause)...);
    } else {
      const auto& facts = facts_for<Reactor>(message);
      return call(further_as(type_is<Parameter>{}, facts, cause)...);
    }
  }
  template <class Fact, class Facts>
  static const Fact& further_as(type_is<const Fact&>, const Facts& facts, const about&) {
    return *facts.template find<Fact>();
  }
  template <class Fact, class Facts>
  static const Fact* further_as(type_is<const Fact*>, const Facts& facts, const about&) {
    return facts.template find<Fact>();
  }
  template <class Facts>
  static const about& further_as(type_is<const about&>, const Facts&, const about& cause) {
    return cause;
  }

  // ---- what reactions send

  template <class Reactor, class Message, class Returned>
  bool send_all(const Message& message, const Returned& returned, const about& cause, unsigned& steps) {
    bool refused = false;
    if constexpr (is_many<Returned>) {
      for (const auto& one : returned)
        if (refused) break;
        else if (!send<Reactor>(one, cause, steps, refused)) return false;
      using done = all_done<typename command_in<Returned>::type>;
      const auto all = [&]<class... R>(types<R...>) {
        return (act_for(message, end_reaction_of<flow_type, R, typename done::command>{}, cause, steps, done{}) && ...);
      };
      return refused || all(listeners_of<flow_type, Reactor>{});
    } else {
      return send<Reactor>(returned, cause, steps, refused);
    }
  }

  /// Which request of a reactor it is. The steps of one event are mostly few; beyond 16 bits the numbers are of another range.
  static constexpr std::uint64_t request_number(std::uint64_t position, unsigned step) noexcept {
    return step >> 16 == 0 ? position << 16 | step : std::uint64_t{1} << 63 | position << 28 | step;
  }

  /// In the commit of an event all that follows has its time; behind it, the time of the unit.
  timestamp time_to_act(const about& cause) const noexcept {
    if constexpr (some_follow_the_log)
      if (acts_at_.nanoseconds != 0) return acts_at_;
    return cause.time;
  }

  /// Sends one command that a reaction returned, under an id made of the reactor, the event that caused it, and the step.
  template <class Reactor, class Returned>
  bool send(const Returned& returned, const about& cause, unsigned& steps, bool& refused) {
    using command = typename command_in<Returned>::type;
    const once request{sender_name<Reactor>.chars, request_number(cause.position, steps++)};
    const auto id = hash128{}.add(request.source, __builtin_strlen(request.source)).add(request.number);
    const origin from{time_to_act(cause), cause.correlation, message_id{id.high, id.low}};
    if constexpr (command_in<Returned>::addressed)
      return decide_one<command>(returned.key, returned.command, request, from, heard<Reactor, command>{*this, returned.command, cause, steps, refused});
    else
      return decide_one<command>(key_in<typename handler_of<command>::aggregate>(returned), returned, request, from,
                                 heard<Reactor, command>{*this, returned, cause, steps, refused});
  }

  /// How a reactor, and those who listen to it, take the outcome of what it sent. The result says whether the unit goes on.
  template <class Reactor, class Command>
  struct heard {
    engine& whole;
    const Command& command;
    const about& cause;
    unsigned& steps;
    bool& was_refused;

    static constexpr bool is_root = false;
    static constexpr bool expects(std::uint64_t) noexcept { return true; }
    static constexpr bool unexpected(std::uint64_t) noexcept { return false; }
    static constexpr bool failed() noexcept { return false; }
    template <class State>
    bool settled(const State&, std::uint64_t, std::uint64_t position) const {
      if (position == 0) return hear(nothing{});
      return true;
    }
    template <class Decision, class State>
    bool refused(const Decision& d, std::size_t which, const State&, std::uint64_t) const {
      bool goes_on = true;
      was_refused = true;
      select<Decision::rejection_list::size>(which, [&](auto at) { goes_on = hear(d.refusal().template get<at()>()); });
      return goes_on;
    }
    template <class Refusal>
    bool hear(const Refusal& refusal) const {
      const auto all = [&]<class... R>(types<R...>) {
        return (whole.act_on(refusal_reaction_of<flow_type, R, Command, Refusal>{}, cause, steps, command, refusal) && ...);
      };
      return all(listeners_of<flow_type, Reactor>{});
    }
  };

  template <class Handler, class Decision>
  [[gnu::noinline]] bool remember_refusal(const once& request, const Decision& d, std::size_t which, std::uint64_t version) {
    bool kept = false;
    select<Decision::rejection_list::size>(which, [&](auto at) {
      const auto& rejection = d.refusal().template get<at()>();
      using type = std::remove_cvref_t<decltype(rejection)>;
      (void)sizeof(diagnostic::stored_rejection_without_id<identified<type>, typename Handler::command, type>);
      if constexpr (identified<type>) {
        scratch_.resize(encoded_size(rejection));
        encode(rejection, scratch_.data());
        kept = this->log_.remember(request, remembered{verdict::rejected, flow_type::template rejection_tag<type>, version, 0, scratch_.data(),
                                                 static_cast<std::uint32_t>(scratch_.size())});
      }
    });
    return kept || give_up_unit(this->log_.last_failure());
  }

  template <class Outcome, std::size_t I, class... R, class State>
  Outcome first_refusal(types<R...> contract, const remembered& first, const State& state) {
    if constexpr (I < sizeof...(R)) {
      using rejection = at<I, types<R...>>;
      if (first.rejection != flow_type::template rejection_tag<rejection>) return first_refusal<Outcome, I + 1>(contract, first, state);
      if constexpr (identified<rejection>) {
        rejection again{};
        if (decode(static_cast<const std::byte*>(first.payload), first.size, again))
          return Outcome(rejection_slots<types<R...>>(again), I, state, first.version, true);
      }
    }
    return old_refusal<Outcome>(typename flow_type::old_rejections{}, contract, first, state);
  }

  /// A rejection that an older program remembered, brought to the one of today.
  template <class Outcome, class Old, class... Older, class... R, class State>
  Outcome old_refusal(types<Old, Older...>, types<R...> contract, const remembered& first, const State& state) {
    if (first.rejection != flow_type::template rejection_tag<Old>) return old_refusal<Outcome>(types<Older...>{}, contract, first, state);
    using rejection = decltype(rejection_of_today<flow_type>(Old{}));
    if constexpr (contains<rejection, types<R...>>) {
      Old was{};
      if (decode(static_cast<const std::byte*>(first.payload), first.size, was)) {
        rejection again = rejection_of_today<flow_type>(was);
        return Outcome(rejection_slots<types<R...>>(again), index_of<rejection, types<R...>>, state, first.version, true);
      }
    }
    return old_refusal<Outcome>(types<>{}, contract, first, state);
  }
  template <class Outcome, class... R, class State>
  Outcome old_refusal(types<>, types<R...>, const remembered&, const State&) {
    if constexpr (Outcome::can_fail) {
      return Outcome(failure(failure::kind::corrupt, 0,
                             "the remembered outcome is a rejection that the command can no longer give, or cannot be read"));
    } else {
      outcome_of_another_command();
    }
  }

  // ---- notes for observers: the bytes of a key lie in its table until the next one is asked for

  template <class Handler>
  void note_decided(key_bytes key, std::uint64_t version, std::uint64_t position, std::uint64_t events) {
    this->watch_.template note_decided<typename Handler::command, typename Handler::aggregate>(key, version, position, events,
                                                                                           this->unit().here().records);
  }
  template <class Handler, class Decision>
  void note_rejected(const Decision& d, std::size_t which, key_bytes key, std::uint64_t version) {
    select<Decision::rejection_list::size>(which, [&](auto at) {
      using rejection = std::remove_cvref_t<decltype(d.refusal().template get<at()>())>;
      this->watch_.template note_rejected<typename Handler::command, typename Handler::aggregate>(spoken_name<rejection>(), key, version,
                                                                                              this->unit().here().records);
    });
  }
  template <class Handler, class Answer>
  void note_conflict(key_bytes key, const Answer& answer, std::uint64_t actual) {
    const auto note = [&](const gesta::expected& expected) {
      this->watch_.template note_conflict<typename Handler::command, typename Handler::aggregate>(key, expected, actual, this->unit().here().records);
    };
    if constexpr (requires { answer.expectation.holds(actual); }) note(answer.expectation);
    else if constexpr (requires { answer.expectation.position; }) note(gesta::expected{answer.expectation.position});
  }

  bool give_up_unit(const failure& cause) {
    if constexpr (!is_memory) this->doomed_ = true;
    return this->fails(cause);
  }

  unsigned acts_[flow_type::reactors::size + 1] = {};
  struct no_time {};
  [[no_unique_address]] std::conditional_t<some_follow_the_log, timestamp, no_time> acts_at_{};
  std::vector<std::byte> scratch_;
};

}  // namespace gesta::detail

#include <gesta/runtime/decide_across.hpp>
#include <gesta/runtime/delays.hpp>
#include <gesta/runtime/processes.hpp>
#include <gesta/runtime/sagas.hpp>
