// Rules about who performs effects: it has some, its errors are answered, its name is its own.
// Floor: model.
// May include: detail, message, decide, react, model.
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/detail/pack.hpp>
#include <gesta/message/id.hpp>
#include <gesta/message/key_bytes.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/rules/report.hpp>
#include <gesta/react/effect.hpp>
#include <gesta/react/rows.hpp>

namespace gesta::rules {

template <class Reactor, class Event, class Capability>
constexpr bool performs_with_strange_result() {
  using returned = gesta::detail::perform_result<Reactor, Event, Capability>;
  return !std::is_void_v<returned> && !std::is_same_v<returned, done> && !gesta::detail::is_effected<returned>;
}

/// What `locate` says of an event: a key, as it may be written down.
template <class Reactor, class Event>
constexpr bool locates_strangely() {
  if constexpr (!locates<Reactor, Event>) return false;
  else return !entity_key<std::remove_cvref_t<gesta::detail::locate_result<Reactor, Event>>> ||
              std::is_same_v<std::remove_cvref_t<gesta::detail::locate_result<Reactor, Event>>, dense>;
}

/// One error of the effect of one event.
template <class Event, class Error>
struct error_of {};

template <class Reactor, class Event, class Error>
constexpr bool answers_strangely() {
  const auto is_policy = []<class Answer>(gesta::detail::type_is<Answer>) { return std::is_same_v<Answer, retry> || std::is_same_v<Answer, park>; };
  if constexpr (gesta::detail::answers_event_exactly<Reactor, Event, Error>)
    return !is_policy(gesta::detail::type_is<std::remove_cvref_t<gesta::detail::answer_result<Reactor, Event, Error>>>{});
  else if constexpr (gesta::detail::answers_exactly<Reactor, Error>)
    return !is_policy(gesta::detail::type_is<std::remove_cvref_t<gesta::detail::general_answer_result<Reactor, Error>>>{});
  else return false;
}

/// All errors of a reactor, told by their events.
template <class Reactor, class Pairs>
struct error_list;
template <class Reactor, class... Event, class... Error>
struct error_list<Reactor, gesta::detail::types<error_of<Event, Error>...>> {
  static constexpr std::size_t unanswered =
      first_true({!(gesta::detail::answers_event_exactly<Reactor, Event, Error> || gesta::detail::answers_exactly<Reactor, Error>)...});
  static constexpr std::size_t strange = first_true({answers_strangely<Reactor, Event, Error>()...});
  /// Where each effect that has the error answers it alone, the common answer is never asked.
  template <class Wanted>
  static constexpr bool common_in_vain() {
    if constexpr (!gesta::detail::answers_exactly<Reactor, Wanted>) return false;
    else return ((!std::is_same_v<Error, Wanted> || gesta::detail::answers_event_exactly<Reactor, Event, Error>) && ...);
  }
};

template <class Event, class Errors>
struct pairs_of;
template <class Event, class... Error>
struct pairs_of<Event, gesta::detail::types<Error...>> : gesta::detail::type_is<gesta::detail::types<error_of<Event, Error>...>> {};

template <class Reactor, class Capability, class Errors, class Events>
struct answers_of_none;
template <class Reactor, class Capability, class... Error, class... Event>
struct answers_of_none<Reactor, Capability, gesta::detail::types<Error...>, gesta::detail::types<Event...>> {
  template <class E>
  static constexpr auto of() {
    return gesta::detail::concat<std::conditional_t<gesta::detail::answers_event_exactly<Reactor, E, Error> &&
                                                        !gesta::detail::contains<Error, gesta::detail::errors_of<Reactor, E, Capability>>,
                                                    gesta::detail::types<error_of<E, Error>>, gesta::detail::types<>>...>{};
  }
  using type = gesta::detail::concat<decltype(of<Event>())...>;
};

/// Not by __builtin_strcmp: for GCC that of a name that was made, as a saga's is, is no constant.
constexpr bool same_name(const char* a, const char* b) noexcept {
  for (; *a != '\0' && *a == *b; ++a) ++b;
  return *a == *b;
}

template <class Reactor, class... Part>
constexpr std::size_t part_of_same_name(gesta::detail::types<Part...>) {
  const auto is_same = []<class P>(gesta::detail::type_is<P>) {
    if constexpr (requires { P::id; }) return same_name(event_id{P::id}.name, event_id{Reactor::id}.name);
    else return false;
  };
  return first_true({is_same(gesta::detail::type_is<Part>{})...});
}

template <class Flow, class Reactor, class Capability, class Events>
struct effect_rules_of;
template <class Flow, class Reactor, class Capability, class... Event>
struct effect_rules_of<Flow, Reactor, Capability, gesta::detail::types<Event...>> {
  using events = gesta::detail::types<Event...>;
  using pairs = gesta::detail::concat<typename pairs_of<Event, gesta::detail::errors_of<Reactor, Event, Capability>>::type...>;
  using all_errors = gesta::detail::unique<gesta::detail::concat<gesta::detail::errors_of<Reactor, Event, Capability>...>>;
  template <class... Error>
  static constexpr auto common_in_vain(gesta::detail::types<Error...>) {
    return gesta::detail::concat<std::conditional_t<error_list<Reactor, pairs>::template common_in_vain<Error>(), gesta::detail::types<Error>,
                                                    gesta::detail::types<>>...>{};
  }
  using vain = gesta::detail::concat<typename answers_of_none<Reactor, Capability, all_errors, events>::type, decltype(common_in_vain(all_errors{}))>;
  static constexpr bool has_id = requires { Reactor::id; };
  using parts = gesta::detail::concat<typename Flow::aggregates, typename Flow::projections, typename Flow::reactors>;
  static constexpr std::size_t namesake() {
    if constexpr (has_id) return part_of_same_name<Reactor>(parts{});
    else return npos;
  }
  template <class... Old>
  static constexpr std::size_t old(gesta::detail::types<Old...>) {
    return first_true({performs<Reactor, Old, Capability>...});
  }

  using performs_old = report_at<diagnostic::reaction_to_nothing_emitted, typename Flow::old_versions, old(typename Flow::old_versions{}), Reactor>;
  using nothing = report_if<(sizeof...(Event) == 0 && old(typename Flow::old_versions{}) == npos), diagnostic::performs_nothing, Reactor, Capability>;
  using result = report_at<diagnostic::strange_effect, events, first_true({performs_with_strange_result<Reactor, Event, Capability>()...}), Reactor>;
  using unanswered = report_at<diagnostic::failure_unanswered_by, pairs, error_list<Reactor, pairs>::unanswered, Reactor>;
  using in_vain = report_at<diagnostic::failure_answered_in_vain, vain, vain::size == 0 ? npos : 0, Reactor>;
  using strange = report_at<diagnostic::strange_answer, pairs, error_list<Reactor, pairs>::strange, Reactor>;
  using located = report_at<diagnostic::effect_without_key, events, first_true({locates_strangely<Reactor, Event>()...}), Reactor>;
  using unnamed = report_if<!has_id, diagnostic::effect_without_id, Reactor>;
  using same_name_as = report_at<diagnostic::effect_named_as_part, parts, namesake(), Reactor>;
};

/// The rules of one consumer of effects.
template <class Flow, class Reactor, class Capability>
using effect_rules =
    effect_rules_of<Flow, Reactor, Capability, typename gesta::detail::events_performed<Reactor, Capability, typename Flow::current_events>::type>;

/// Inherits what is reported.
template <class Flow, class Reactor, class Capability, class Rules = effect_rules<Flow, Reactor, Capability>>
struct of_effects : Rules::performs_old, Rules::nothing, Rules::result, Rules::unanswered, Rules::in_vain, Rules::strange, Rules::located, Rules::unnamed,
                    Rules::same_name_as {};

/// Whether no rule is broken. Not a member of the above: of a struct with broken bases Clang forgets it.
template <class Flow, class Reactor, class Capability, class Rules = effect_rules<Flow, Reactor, Capability>>
inline constexpr bool effects_sound = all_kept<typename Rules::performs_old, typename Rules::nothing, typename Rules::result, typename Rules::unanswered,
                                               typename Rules::in_vain, typename Rules::strange, typename Rules::located, typename Rules::unnamed,
                                               typename Rules::same_name_as>;

/// The one rule of a reactor behind a subscription that those of reactors do not say: what `locate` says is a key.
template <class Events, class Reactor>
struct reactions_located;
template <class... Event, class Reactor>
struct reactions_located<gesta::detail::types<Event...>, Reactor>
    : gesta::detail::type_is<report_at<diagnostic::effect_without_key, gesta::detail::types<Event...>, first_true({locates_strangely<Reactor, Event>()..., false}), Reactor>> {};
template <class Events, class Reactor>
struct of_reactions : reactions_located<Events, Reactor>::type {};
template <class Events, class Reactor>
inline constexpr bool reactions_sound = all_kept<typename reactions_located<Events, Reactor>::type>;

}  // namespace gesta::rules
