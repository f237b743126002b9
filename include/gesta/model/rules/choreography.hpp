// Rules about choreographies: every path of reactions from a beginning comes to an end, and to one only, with nothing left undone.
// Floor: model.
// May include: detail, message, decide, react, model.
//
// The flow of one choreography becomes tables of indices: happenings (events, refusals, `unchanged`), which command a reaction to each sends, and
// which outcomes a command has. A depth-first search goes through them as the engine does, each reaction to its end before the next one; types are
// looked up only to print a path. What is still to be asked is a chain of cells that paths share, so a step copies no more than four sets of bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/message/key_bytes.hpp>
#include <gesta/model/danced.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/rules/flow.hpp>
#include <gesta/model/rules/report.hpp>

namespace gesta {

struct needless;

namespace rules {

// ---- the tables

enum class happening_kind : std::uint8_t { event, refused, unchanged, all_done };

/// No index.
inline constexpr std::uint16_t nobody = 0xffff;
/// An event that undoes what begins outside of the choreography.
inline constexpr std::uint16_t outside = 0xfffe;

template <std::size_t N>
struct index_set {
  std::uint64_t words[(N + 63) / 64 + 1] = {};

  constexpr bool has(std::size_t at) const { return (words[at / 64] >> (at % 64) & 1) != 0; }
  constexpr void add(std::size_t at) { words[at / 64] |= std::uint64_t{1} << (at % 64); }
  constexpr void remove(std::size_t at) { words[at / 64] &= ~(std::uint64_t{1} << (at % 64)); }
};

struct happening_row {
  happening_kind kind = happening_kind::event;
  std::uint16_t undoes = nobody;
  bool may_remain = false;  ///< it says  using undo = gesta::needless
  bool completes = false;
  bool gives_up = false;
};
struct reaction_row {
  std::uint16_t cause = nobody;
  std::uint16_t command = nobody;
  bool several = false;
  std::uint16_t facts[gesta::detail::most_further] = {nobody, nobody, nobody, nobody};
  std::uint8_t fact_count = 0;
};
struct command_row {
  std::uint16_t first = 0;  ///< in the list of outcomes
  std::uint16_t last = 0;   ///< behind the last one
  std::uint16_t all_done = nobody;  ///< what happens behind several of them, where somebody hears it
  bool may_be_none = false;  ///< of an open number of events
};

struct dance_problem {
  enum class kind : std::uint8_t { none, nowhere, left, both, fact, too_large };
  static constexpr std::size_t most = 64;

  kind what = kind::none;
  std::uint16_t first = nobody;   ///< what remains; the completing event; the trigger
  std::uint16_t second = nobody;  ///< the event that gives up; the fact
  std::uint16_t path[most] = {};
  std::size_t length = 0;
};

/// The search. Steps are bounded, so that it ends in what a compiler evaluates, whatever the model is.
template <std::size_t Happenings, std::size_t Reactions, std::size_t Commands, std::size_t Outcomes>
struct dance_walk {
  using set = index_set<Happenings>;
  static constexpr std::size_t most_steps = 4096;

  happening_row happenings[Happenings + 1] = {};
  reaction_row reactions[Reactions + 1] = {};
  command_row commands[Commands + 1] = {};
  std::uint16_t outcomes[Outcomes + 1] = {};
  bool may_go_round = false;  ///< some reactor says gesta::allow_cycle: a path is not followed beyond the third time of a happening

  struct cell {
    std::uint16_t command = 0;
    std::uint8_t more = 0;  ///< of several commands: how many there can be from here, and their end; of one command 0
    std::uint16_t next = nobody;
    set known{};
  };
  struct status {
    set happened{};
    set stands{};
    bool completed = false;
    bool given_up = false;
  };

  cell cells[4 * dance_problem::most] = {};
  std::size_t cell_count = 0;
  std::size_t steps = 0;
  set reached{};
  dance_problem found{};

  constexpr bool report(dance_problem::kind what, std::uint16_t first = nobody, std::uint16_t second = nobody) {
    found.what = what;
    found.first = first;
    found.second = second;
    return true;
  }

  constexpr bool can_happen(const status& now, const command_row& command, std::uint16_t outcome) const {
    const happening_row& row = happenings[outcome];
    if (row.kind == happening_kind::refused) return true;
    if (row.kind == happening_kind::event) {
      if (row.undoes == nobody) return true;
      return row.undoes == outside ? !now.happened.has(outcome) : now.stands.has(row.undoes);
    }
    bool any_event = false;
    for (std::uint16_t i = command.first; i != command.last; ++i) {
      const std::uint16_t event = outcomes[i];
      if (happenings[event].kind != happening_kind::event) continue;
      any_event = true;
      const std::uint16_t undoes = happenings[event].undoes;
      if (now.stands.has(event) || undoes == outside || (undoes != nobody && !now.stands.has(undoes))) return true;
    }
    return command.may_be_none || !any_event;
  }

  /// True: something was found. `known`: what surely happened before, being a cause of it.
  constexpr bool happens(status now, std::uint16_t what, std::uint16_t agenda, set known) {
    if (found.length == dance_problem::most) return report(dance_problem::kind::too_large);
    if (may_go_round) {
      std::size_t times = 0;
      for (std::size_t i = 0; i != found.length; ++i) times += found.path[i] == what ? 1 : 0;
      if (times == 3) return false;
    }
    const happening_row& row = happenings[what];
    const std::size_t cells_before = cell_count;
    found.path[found.length++] = what;
    reached.add(what);
    known.add(what);
    now.happened.add(what);
    if (row.kind == happening_kind::event) now.stands.add(what);
    if (row.undoes < outside) now.stands.remove(row.undoes);
    now.completed |= row.completes;
    now.given_up |= row.gives_up;

    bool is_heard = false;
    for (std::size_t i = Reactions; i-- != 0;) {  // the first of them is asked first
      const reaction_row& reaction = reactions[i];
      if (reaction.cause != what) continue;
      is_heard = true;
      for (std::uint8_t f = 0; f != reaction.fact_count; ++f)
        if (reaction.facts[f] == nobody || !known.has(reaction.facts[f])) return report(dance_problem::kind::fact, static_cast<std::uint16_t>(i), f);
      if (reaction.command == nobody) continue;
      if (cell_count == sizeof cells / sizeof cells[0]) return report(dance_problem::kind::too_large);
      cells[cell_count] = {reaction.command, static_cast<std::uint8_t>(reaction.several ? 3 : 0), agenda, known};
      agenda = static_cast<std::uint16_t>(cell_count++);
    }
    if (row.kind == happening_kind::refused && !is_heard && !now.completed && !now.given_up) return report(dance_problem::kind::nowhere, what);
    if (follow(now, agenda)) return true;
    cell_count = cells_before;
    --found.length;
    return false;
  }

  /// Goes on with what is still to be asked.
  constexpr bool follow(const status& now, std::uint16_t agenda) {
    if (++steps > most_steps) return report(dance_problem::kind::too_large);
    if (agenda == nobody) return ends(now);
    const cell asked = cells[agenda];
    const command_row& command = commands[asked.command];
    if (asked.more != 0)  // none of them, or no further one
      if (command.all_done == nobody ? follow(now, asked.next) : happens(now, command.all_done, asked.next, asked.known)) return true;
    if (asked.more == 1) return false;
    bool any = false;
    for (std::uint16_t i = command.first; i != command.last; ++i)
      if (can_happen(now, command, outcomes[i])) {
        any = true;
        if (answers(now, asked, outcomes[i])) return true;
      }
    if (any) return false;
    for (std::uint16_t i = command.first; i != command.last; ++i)  // against the laws, but it has to answer
      if (answers(now, asked, outcomes[i])) return true;
    return false;
  }
  constexpr bool answers(const status& now, const cell& asked, std::uint16_t outcome) {
    if (asked.more == 0 || happenings[outcome].kind == happening_kind::refused) return happens(now, outcome, asked.next, asked.known);
    if (cell_count == sizeof cells / sizeof cells[0]) return report(dance_problem::kind::too_large);
    const std::size_t again = cell_count++;
    cells[again] = {asked.command, static_cast<std::uint8_t>(asked.more - 1), asked.next, asked.known};
    const bool stop = happens(now, outcome, static_cast<std::uint16_t>(again), asked.known);
    cell_count = again;
    return stop;
  }

  constexpr bool ends(const status& now) {
    if (!now.completed && !now.given_up) return report(dance_problem::kind::nowhere, found.path[found.length - 1]);
    if (now.completed && now.given_up) {
      std::uint16_t completing = nobody;
      std::uint16_t giving_up = nobody;
      for (std::size_t i = found.length; i-- != 0;) {
        if (happenings[found.path[i]].completes) completing = found.path[i];
        if (happenings[found.path[i]].gives_up) giving_up = found.path[i];
      }
      return report(dance_problem::kind::both, completing, giving_up);
    }
    if (now.given_up)
      for (std::size_t i = 0; i != found.length; ++i) {
        const happening_row& row = happenings[found.path[i]];
        if (row.kind == happening_kind::event && row.undoes == nobody && !row.gives_up && !row.may_remain && now.stands.has(found.path[i]))
          return report(dance_problem::kind::left, found.path[i]);
      }
    return false;
  }
};

// ---- from types to tables

/// The outcomes of one command that a choreography sends.
template <class Flow, class Command>
constexpr auto outcomes_in_dance() {
  using handler = typename Flow::template handler_of<Command>;
  constexpr bool may_be_none = handler::contract::may_do_nothing || gesta::detail::has_open_number<typename handler::contract::event_list>;
  return []<class... R>(gesta::detail::types<R...>) {
    return gesta::detail::concat<typename handler::events, gesta::detail::types<refused<Command, R>...>,
                                 std::conditional_t<may_be_none, gesta::detail::types<unchanged<Command>>, gesta::detail::types<>>>{};
  }(typename handler::rejections{});
}

template <class Happening>
inline constexpr happening_kind kind_of_happening = happening_kind::event;
template <class Command, class Rejection>
inline constexpr happening_kind kind_of_happening<refused<Command, Rejection>> = happening_kind::refused;
template <class Command>
inline constexpr happening_kind kind_of_happening<unchanged<Command>> = happening_kind::unchanged;

template <class Command>
inline constexpr happening_kind kind_of_happening<all_done<Command>> = happening_kind::all_done;

template <class List, class Type>
constexpr std::uint16_t place_in() {
  constexpr std::size_t at = gesta::detail::index_of<Type, List>;
  return at == npos ? nobody : static_cast<std::uint16_t>(at);
}

template <class Nodes, class Event>
constexpr std::uint16_t undone_in() {
  if constexpr (requires { typename Event::undoes; }) {
    constexpr std::uint16_t at = place_in<Nodes, typename Event::undoes>();
    return at == nobody ? outside : at;
  } else {
    return nobody;
  }
}
/// The one event that a command undoes, where all that it records does so.
template <class Nodes, class... Event>
constexpr std::uint16_t undone_by_all(gesta::detail::types<Event...>) {
  const std::uint16_t undone[] = {undone_in<Nodes, Event>()..., nobody};
  for (std::size_t i = 1; i < sizeof...(Event); ++i)
    if (undone[i] != undone[0]) return nobody;
  return undone[0];
}
/// What stands no more once this has happened.
template <class Flow, class Nodes, class Happening>
struct undone_when {
  static constexpr std::uint16_t place = undone_in<Nodes, Happening>();
};
template <class Flow, class Nodes, class Command>
struct undone_when<Flow, Nodes, all_done<Command>> {
  static constexpr std::uint16_t place = undone_by_all<Nodes>(typename Flow::template handler_of<Command>::events{});
};

template <class Event>
constexpr bool needs_no_undo() {
  if constexpr (requires { typename Event::undo; }) return gesta::detail::same<typename Event::undo, needless>;
  else return false;
}

template <class Flow, class Choreography, class Reactions, class Commands>
struct dance_table;
template <class Flow, class Choreography, class... R, class... C>
struct dance_table<Flow, Choreography, gesta::detail::types<R...>, gesta::detail::types<C...>> {
  using beginning = gesta::detail::danced_in<begins, Choreography>;
  using completing = gesta::detail::danced_in<completes, Choreography>;
  using giving_up = gesta::detail::danced_in<gives_up, Choreography>;
  using nodes = gesta::detail::unique<
      gesta::detail::concat<beginning, gesta::detail::types<typename R::cause...>, decltype(outcomes_in_dance<Flow, C>())...>>;
  using reactions = gesta::detail::types<R...>;
  static constexpr std::size_t outcome_count = (decltype(outcomes_in_dance<Flow, C>())::size + ... + 0);
  using walk = dance_walk<nodes::size, sizeof...(R), sizeof...(C), outcome_count>;

  template <class... Node>
  static constexpr void add_happenings(walk& w, gesta::detail::types<Node...>) {
    const happening_row rows[] = {{kind_of_happening<Node>, undone_when<Flow, nodes, Node>::place, needs_no_undo<Node>(), gesta::detail::contains<Node, completing>,
                                   gesta::detail::contains<Node, giving_up>}...};
    for (std::size_t i = 0; i != sizeof...(Node); ++i) w.happenings[i] = rows[i];
  }
  template <class Reaction, class... Fact>
  static constexpr reaction_row row_of(gesta::detail::types<Fact...>) {
    return {place_in<nodes, typename Reaction::cause>(), place_in<gesta::detail::types<C...>, typename Reaction::command>(),
            gesta::detail::is_many<typename Reaction::returned>, {place_in<nodes, Fact>()...}, sizeof...(Fact)};
  }
  template <class... Outcome>
  static constexpr void add_command(walk& w, std::size_t at, std::uint16_t& next, bool may_be_none, std::uint16_t all_done, gesta::detail::types<Outcome...>) {
    w.commands[at].first = next;
    ((w.outcomes[next++] = place_in<nodes, Outcome>()), ...);
    w.commands[at].last = next;
    w.commands[at].may_be_none = may_be_none;
    w.commands[at].all_done = all_done;
  }
  template <class... Event>
  static constexpr bool begin(walk& w, gesta::detail::types<Event...>) {
    return (w.happens({}, place_in<nodes, Event>(), nobody, {}) || ...);
  }

  static constexpr walk walked() {
    walk w;
    add_happenings(w, nodes{});
    const reaction_row rows[] = {row_of<R>(gesta::detail::sure_facts_of_reaction<R>{})..., {}};
    for (std::size_t i = 0; i != sizeof...(R); ++i) w.reactions[i] = rows[i];
    std::uint16_t next = 0;
    std::size_t at = 0;
    (add_command(w, at++, next,
                 gesta::detail::has_open_number<typename Flow::template handler_of<C>::contract::event_list>, place_in<nodes, all_done<C>>(), outcomes_in_dance<Flow, C>()),
     ...);
    w.may_go_round = (allows_cycle<typename R::reactor> || ...);
    begin(w, beginning{});
    return w;
  }
  static constexpr walk result = walked();
};

// ---- the rules

/// What has to hold before paths are walked.
template <class Flow, class Choreography, class Parts = typename Choreography::dance_list, class Reactions = void>
struct dance_declared;
template <class Flow, class Choreography, class... Part>
struct dance_declared<Flow, Choreography, gesta::detail::types<Part...>, void> {
  template <template <class...> class Kind>
  using said = gesta::detail::danced_in<Kind, Choreography>;
  using reactions = typename gesta::detail::group_of<Flow, Choreography>::reactions;

  static constexpr std::size_t kinds =
      ((gesta::detail::listed_in<begins, Part>::type::size != 0) + ... + 0) + ((gesta::detail::listed_in<completes, Part>::type::size != 0) + ... + 0) +
      ((gesta::detail::listed_in<gives_up, Part>::type::size != 0) + ... + 0) + ((gesta::detail::listed_in<reactors, Part>::type::size != 0) + ... + 0);
  static constexpr bool whole = said<begins>::size != 0 && said<completes>::size + said<gives_up>::size != 0 && said<reactors>::size != 0 &&
                                kinds == sizeof...(Part) && gesta::detail::correlation_field<typename Choreography::danced_by>[0] != '\0';

  template <class... E>
  static constexpr std::size_t first_strange(gesta::detail::types<E...>) {
    return first_true({!gesta::detail::contains<E, typename Flow::current_events>..., false});
  }
  using ends = gesta::detail::concat<said<begins>, said<completes>, said<gives_up>>;
  static constexpr std::size_t strange = first_strange(ends{}) == ends::size ? npos : first_strange(ends{});

  template <class Mark, class... R>
  static constexpr std::size_t first_with(gesta::detail::types<R...>) {
    return first_true({gesta::detail::same<typename R::returned, Mark>...});
  }
  static constexpr std::size_t several = first_with<gesta::detail::several_lists>(reactions{});
  static constexpr std::size_t unknown = first_with<gesta::detail::unknown_parameter>(reactions{});

  template <class R>
  static constexpr bool can_be_walked() {
    constexpr bool answers_event = gesta::detail::contains<typename R::cause, typename Flow::current_events>;
    if constexpr (std::is_void_v<typename R::command>) return !answers_event && std::is_void_v<typename R::returned>;
    else return Flow::template knows<typename R::command>;
  }
  template <class... R>
  static constexpr bool all_can_be_walked(gesta::detail::types<R...>) {
    return (can_be_walked<R>() && ...);
  }
  static constexpr bool readable =
      whole && strange == npos && several == npos && unknown == npos && all_can_be_walked(reactions{}) && all_kept<typename cycle_rules<Flow>::endless>;
};

/// Whether every message that is asked for its process can say it.
template <class Flow, class Choreography, class Nodes, class Reactions>
struct dance_correlation;
template <class Flow, class Choreography, class... Node, class... R>
struct dance_correlation<Flow, Choreography, gesta::detail::types<Node...>, gesta::detail::types<R...>> {
  template <class Message>
  static constexpr auto if_event() {
    if constexpr (kind_of_happening<Message> == happening_kind::event) return gesta::detail::types<Message>{};
    else return gesta::detail::types<>{};
  }
  /// The command by which a refusal finds the facts that its reaction asks for, or that who hears the end of what it sends may ask for.
  template <class Reaction>
  static constexpr auto if_asked() {
    constexpr happening_kind kind = kind_of_happening<typename Reaction::cause>;
    if constexpr (kind == happening_kind::event || kind == happening_kind::all_done ||
                  (gesta::detail::facts_of_reaction<Reaction>::size == 0 && !gesta::detail::is_many<typename Reaction::returned>))
      return gesta::detail::types<>{};
    else
      return gesta::detail::types<typename Reaction::cause::command>{};
  }
  using messages = gesta::detail::unique<gesta::detail::concat<decltype(if_event<Node>())..., gesta::detail::facts_asked_in<Flow, Choreography>,
                                                               decltype(if_asked<R>())...>>;

  template <class Message>
  static constexpr bool lacks() {
    using first = gesta::detail::at<0, gesta::detail::danced_in<begins, Choreography>>;
    if constexpr (gesta::detail::correlation_place<Choreography, first> == npos) {
      return gesta::detail::same<Message, first>;
    } else if constexpr (gesta::detail::correlation_place<Choreography, Message> == npos) {
      return true;
    } else {
      using key = typename gesta::detail::correlation_of<Flow, Choreography>::type;
      using own = std::remove_cvref_t<gesta::detail::field_type<Message, gesta::detail::correlation_place<Choreography, Message>>>;
      return gesta::detail::same<Message, first> ? !gesta::entity_key<key> : !gesta::detail::same<own, key>;
    }
  }
  template <class... Message>
  static constexpr std::size_t first_lacking(gesta::detail::types<Message...>) {
    return first_true({lacks<Message>()...});
  }
  static constexpr std::size_t lacking = first_lacking(messages{});
};

/// What the walk found, in types.
template <class Table>
struct dance_found {
  static constexpr const dance_problem& problem = Table::result.found;
  using what = dance_problem::kind;
  template <std::size_t At>
  using node = gesta::detail::at<At, typename Table::nodes>;
  template <std::size_t I>
  using on_path = node<problem.path[I]>;

  template <std::size_t... I>
  static constexpr auto named(gesta::detail::indices<I...>) {
    if constexpr (problem.what == what::nowhere)
      return gesta::detail::type_is<diagnostic::path_ends_nowhere<false, node<problem.first>, on_path<I>...>>{};
    else if constexpr (problem.what == what::left)
      return gesta::detail::type_is<diagnostic::left_undone<false, node<problem.first>, on_path<I>...>>{};
    else
      return gesta::detail::type_is<diagnostic::both_ends<false, node<problem.first>, node<problem.second>, on_path<I>...>>{};
  }
  template <class Choreography>
  static constexpr auto report() {
    if constexpr (problem.what == what::none) {
      return gesta::detail::type_is<kept<diagnostic::path_ends_nowhere, Choreography>>{};
    } else if constexpr (problem.what == what::too_large) {
      return gesta::detail::type_is<diagnostic::choreography_too_large<false, Choreography>>{};
    } else if constexpr (problem.what == what::fact) {
      using reaction = gesta::detail::at<problem.first, typename Table::reactions>;
      return gesta::detail::type_is<diagnostic::reaction_fact_missing<
          false, typename reaction::cause, gesta::detail::at<problem.second, gesta::detail::sure_facts_of_reaction<reaction>>>>{};
    } else {
      return named(gesta::detail::make_indices<problem.length>{});
    }
  }

  /// Reactions to events that no path leads to.
  template <class... R>
  static constexpr std::size_t first_unreached(gesta::detail::types<R...>) {
    return first_true({((kind_of_happening<typename R::cause> == happening_kind::event || kind_of_happening<typename R::cause> == happening_kind::all_done) &&
                        !Table::result.reached.has(gesta::detail::index_of<typename R::cause, typename Table::nodes>))...});
  }
  static constexpr std::size_t unreached = problem.what == what::none ? first_unreached(typename Table::reactions{}) : npos;
};

struct dance_not_walked {
  template <class Choreography>
  static constexpr auto report() {
    return gesta::detail::type_is<kept<diagnostic::path_ends_nowhere, Choreography>>{};
  }
};

template <class Flow, class Choreography>
struct choreography_rules {
  using declared = dance_declared<Flow, Choreography>;
  using reactions = typename declared::reactions;
  template <std::size_t At>
  static constexpr auto reaction_at() {
    if constexpr (At == npos) return gesta::detail::reaction<void, void, void>{};
    else return gesta::detail::at<At, reactions>{};
  }
  static constexpr auto look() {
    if constexpr (declared::readable) {
      return gesta::detail::type_is<dance_table<Flow, Choreography, reactions, typename gesta::detail::group_of<Flow, Choreography>::sent>>{};
    } else {
      return gesta::detail::type_is<void>{};
    }
  }
  using table = typename decltype(look())::type;

  static constexpr auto find_lacking() {
    if constexpr (declared::readable) {
      using correlated = dance_correlation<Flow, Choreography, typename table::nodes, reactions>;
      return gesta::detail::type_is<report_at<diagnostic::choreography_without_field, typename correlated::messages, correlated::lacking, Choreography>>{};
    } else {
      return gesta::detail::type_is<kept<diagnostic::choreography_without_field, Choreography>>{};
    }
  }
  using lacking = typename decltype(find_lacking())::type;

  static constexpr auto walk() {
    if constexpr (declared::readable && all_kept<lacking>) return dance_found<table>{};
    else return dance_not_walked{};
  }
  using found = decltype(walk());

  static constexpr auto find_unreached() {
    if constexpr (requires { found::unreached; }) {
      using reaction = decltype(reaction_at<found::unreached>());
      return gesta::detail::type_is<
          report_if<found::unreached != npos, diagnostic::reaction_unreached, typename reaction::reactor, typename reaction::cause, Choreography>>{};
    } else {
      return gesta::detail::type_is<kept<diagnostic::reaction_unreached, Choreography>>{};
    }
  }
  using odd = decltype(reaction_at<declared::several>());
  using strange = decltype(reaction_at<declared::unknown>());

  using incomplete = report_if<!declared::whole, diagnostic::choreography_incomplete, Choreography>;
  using unemitted = report_at<diagnostic::choreography_of_unemitted, typename declared::ends, declared::strange, Choreography>;
  using twice = report_if<declared::several != npos, diagnostic::reaction_with_two_lists, typename odd::reactor, typename odd::cause, Choreography>;
  using unknown = report_if<declared::unknown != npos, diagnostic::reaction_to_no_fact, typename strange::reactor, typename strange::cause, Choreography>;
  using path = typename decltype(found::template report<Choreography>())::type;
  using unreached = typename decltype(find_unreached())::type;
  static constexpr bool sound = all_kept<incomplete, unemitted, twice, unknown, lacking, path>;
};

/// Whether all refusals that matter on a path are heard; a reactor of no choreography answers for itself.
template <class Flow, class Reactor>
constexpr bool paths_are_whole() {
  using choreography = gesta::detail::choreography_of<Flow, Reactor>;
  if constexpr (std::is_void_v<choreography>) return true;
  else return choreography_rules<Flow, choreography>::sound;
}

}  // namespace rules

}  // namespace gesta
