// The whole as a type: `struct bank : gesta::model<accounts> {};`. Naming it as a base checks every rule.
// Floor: model.
// May include: detail, message, decide, react, model.
#pragma once

#include <gesta/detail/generated/bind_wide.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/rules/boundaries.hpp>
#include <gesta/model/rules/choreography.hpp>
#include <gesta/model/rules/decide.hpp>
#include <gesta/model/rules/delays.hpp>
#include <gesta/model/rules/flow.hpp>
#include <gesta/model/rules/handlers.hpp>
#include <gesta/model/rules/ids.hpp>
#include <gesta/model/rules/messages.hpp>
#include <gesta/model/rules/migrations.hpp>
#include <gesta/model/rules/processes.hpp>
#include <gesta/model/rules/publishing.hpp>
#include <gesta/model/rules/remote.hpp>
#include <gesta/model/rules/report.hpp>
#include <gesta/model/rules/sagas.hpp>
#include <gesta/model/rules/size.hpp>
#include <gesta/model/rules/views.hpp>

namespace gesta {

namespace rules {

/// Inherits reports. A static_assert in a base fires on both compilers; one in an unused static member stays silent on GCC.
template <class... Report>
struct reports : Report... {
  static constexpr bool sound = all_kept<Report...>;
};

template <class Flow, class Rules = message_rules<Flow>>
using of_messages = reports<typename Rules::no_struct, typename Rules::base, typename Rules::array, typename Rules::size, typename Rules::reference,
                            typename Rules::change, typename Rules::row, typename Rules::pointer>;

template <class Flow, class Rules = command_rules<Flow>>
using of_commands = reports<typename Rules::event_too, typename Rules::two_handlers>;

template <class Flow, class Aggregate, class Rules = aggregate_rules<Flow, Aggregate>>
using of_aggregate = reports<typename Rules::value, typename Rules::old_state, typename Rules::decided, typename Rules::contract,
                             typename Rules::evolved, typename Rules::key_missing, typename Rules::key_differs>;

template <class Flow, class Boundary, class Rules = boundary_rules<Flow, Boundary>>
using of_boundary = reports<typename Rules::size, typename Rules::value, typename Rules::decided, typename Rules::twice, typename Rules::contract,
                            typename Rules::untold, typename Rules::unknown, typename Rules::untagged, typename Rules::empty, typename Rules::unread,
                            typename Rules::missing, typename Rules::differs>;

template <class Flow, class Rules = tag_rules<Flow>>
using of_tags = reports<typename Rules::no_field, typename Rules::other_type, typename Rules::no_key>;

template <class Flow, class Decider>
constexpr auto chosen_for_decider() noexcept {
  if constexpr (gesta::detail::is_from_outside<Decider>) return gesta::detail::type_is<reports<kept<diagnostic::event_without_evolve, Decider>>>{};
  else if constexpr (gesta::detail::boundary_part<Decider>) return gesta::detail::type_is<of_boundary<Flow, Decider>>{};
  else return gesta::detail::type_is<of_aggregate<Flow, Decider>>{};
}
/// The rules of whoever decides, an aggregate or a boundary; what comes from outside was decided elsewhere. An alias: of a struct that is derived from broken reports Clang forgets `sound`.
template <class Flow, class Decider>
using of_decider = typename decltype(chosen_for_decider<Flow, Decider>())::type;

template <class Flow, class Reactor, class Rules = reactor_rules<Flow, Reactor>>
using of_reactor = reports<typename Rules::sends_no_command, typename Rules::sends_unhandled, typename Rules::sends_without_key,
                           typename Rules::refusal_unheard, typename Rules::refusal_unnamed, typename Rules::refusal_in_vain,
                           typename Rules::reacts_to_old, typename Rules::never_reached>;

template <class Flow, class Projection, class Rules = projection_rules<Flow, Projection>>
using of_projection = reports<typename Rules::missed, typename Rules::unknown, typename Rules::ignored, typename Rules::emits,
                              typename Rules::keyless, typename Rules::misplaced, typename Rules::located, typename Rules::misindexed,
                              typename Rules::projects_old, typename Rules::never_reached>;

template <class Flow, class Rules = id_rules<Flow>>
using of_ids = reports<typename Rules::same_event, typename Rules::same_part, typename Rules::unnamed_event, typename Rules::unnamed_part,
                       typename Rules::retired, typename Rules::predecessor, typename Rules::stuck, typename Rules::astray,
                       typename Rules::refusing, typename Rules::torn, typename Rules::same_rejection, typename Rules::unnamed_rejection>;

template <class Flow, class Rules = publishing_rules<Flow>>
using of_kinds = reports<typename Rules::sent_outside, typename Rules::decided_here, typename Rules::same_id, typename Rules::never_emitted,
                         typename Rules::heard_domain>;

template <class Flow, class Choreography, class Rules = choreography_rules<Flow, Choreography>>
using of_choreography = reports<typename Rules::incomplete, typename Rules::unemitted, typename Rules::twice, typename Rules::unknown,
                                typename Rules::lacking, typename Rules::path, typename Rules::unreached>;

template <class Flow>
using of_flow = reports<typename cycle_rules<Flow>::endless, typename size_rules<Flow>::above>;

template <class Flow, class Sagas, class Processes>
struct of_all_performers;
template <class Flow, class... Saga, class... Process>
struct of_all_performers<Flow, gesta::detail::types<Saga...>, gesta::detail::types<Process...>> {
  template <class... Report>
  static auto joined(gesta::detail::types<Report...>) -> gesta::detail::type_is<reports<Report...>>;
  using type = typename decltype(joined(
      gesta::detail::concat<typename saga_rules<Flow, Saga>::all..., typename remote_rules<Flow, Saga>::all..., typename process_rules<Flow, Process>::all...,
                            typename all_delay_rules<Flow, typename Flow::delays>::all,
                            typename all_migration_rules<Flow, typename Flow::pinned_sagas>::type>{}))::type;
};
/// The rules of sagas, processes and delays. One list of reports for all: there are many of them, or none.
template <class Flow>
using of_performers = typename of_all_performers<Flow, typename Flow::sagas, typename Flow::processes>::type;

template <class Part>
inline constexpr bool is_part = gesta::detail::aggregate_part<Part> || gesta::detail::projection_part<Part> || gesta::detail::saga_part<Part> ||
                                gesta::detail::process_part<Part> || gesta::detail::choreography_part<Part>;
template <class... R>
inline constexpr bool is_part<reactors<R...>> = true;
template <class... Old>
inline constexpr bool is_part<history<Old...>> = true;
template <gesta::detail::fixed_string... Id>
inline constexpr bool is_part<retired<Id...>> = true;
template <std::size_t Bytes>
inline constexpr bool is_part<budget<Bytes>> = true;
template <class... Command>
inline constexpr bool is_part<delayed<Command...>> = true;
template <class Part>
inline constexpr bool is_part<pinned<Part>> = gesta::detail::saga_part<Part> || gesta::detail::process_part<Part>;
template <>
inline constexpr bool is_part<lean> = true;
template <>
inline constexpr bool is_part<traced> = true;

template <class Flow, class Parts, class Aggregates, class Projections, class Reactors, class Choreographies>
struct all;
template <class Flow, class... Part, class... Aggregate, class... Projection, class... Reactor, class... Choreography>
struct all<Flow, gesta::detail::types<Part...>, gesta::detail::types<Aggregate...>, gesta::detail::types<Projection...>,
           gesta::detail::types<Reactor...>, gesta::detail::types<Choreography...>>
    : reports<report_at<diagnostic::not_a_part, gesta::detail::types<Part...>, first_true({!is_part<Part>...})>>,
      of_messages<Flow>,
      of_commands<Flow>,
      of_decider<Flow, Aggregate>...,
      of_reactor<Flow, Reactor>...,
      of_projection<Flow, Projection>...,
      of_choreography<Flow, Choreography>...,
      of_tags<Flow>,
      of_ids<Flow>,
      of_kinds<Flow>,
      of_performers<Flow>,
      of_flow<Flow> {
  static constexpr bool sound = first_true({!is_part<Part>...}) == npos && of_messages<Flow>::sound && of_commands<Flow>::sound &&
                                (of_decider<Flow, Aggregate>::sound && ...) && (of_reactor<Flow, Reactor>::sound && ...) &&
                                (of_projection<Flow, Projection>::sound && ...) && (of_choreography<Flow, Choreography>::sound && ...) &&
                                of_tags<Flow>::sound && of_ids<Flow>::sound && of_kinds<Flow>::sound && of_performers<Flow>::sound && of_flow<Flow>::sound;
};

/// What a model may list once. Of a part that stands there twice everything would be said twice, so nothing else is said.
template <class Flow>
using parts_once = gesta::detail::concat<typename Flow::deciders, typename Flow::projections, typename Flow::reactors, typename Flow::sagas,
                                         typename Flow::processes, typename Flow::choreographies>;
template <class Flow>
constexpr auto chosen_rules() noexcept {
  constexpr std::size_t twice = first_twice<parts_once<Flow>>::at;
  if constexpr (twice != npos) return gesta::detail::type_is<reports<report_at<diagnostic::part_listed_twice, parts_once<Flow>, twice>>>{};
  else
    return gesta::detail::type_is<
        all<Flow, typename Flow::parts, typename Flow::deciders, typename Flow::projections, typename Flow::reactors, typename Flow::choreographies>>{};
}
template <class Flow>
using checked = typename decltype(chosen_rules<Flow>())::type;

}  // namespace rules

/// Base of a model's own struct; its parts are aggregates, boundaries, projections, gesta::reactors, choreographies, sagas, processes,
/// gesta::from_outside, gesta::delayed, gesta::pinned, gesta::history, gesta::retired, gesta::budget, gesta::lean or gesta::traced. Every rule about the whole is checked where a model
/// is declared, and says in one numbered sentence what is wrong and what to write.
template <class... Part>
struct model {
  using parts = detail::types<Part...>;
  // Not a base: a broken base makes the model unusable on Clang, and every later mention of it would be a further error.
  static_assert(sizeof(rules::checked<flow_of_parts<parts>>) != 0);
};

namespace detail {

/// A model without a broken rule. What runs a model does nothing with another, so that one mistake stays one error.
template <class Model>
inline constexpr bool sound = rules::checked<flow<Model>>::sound;

}  // namespace detail

}  // namespace gesta
