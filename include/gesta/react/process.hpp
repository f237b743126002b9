// The words of a process manager: states as structs, and one function for what an input means in one of them.
// Floor: react. What a process says is read by react/process_cells.hpp, held against the rules by model/rules/processes.hpp, run by
// runtime/processes.hpp.
// May include: detail, message, decide.
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/decide/aggregate.hpp>
#include <gesta/decide/boundary.hpp>
#include <gesta/detail/one_of.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/message/many.hpp>
#include <gesta/react/begins.hpp>
#include <gesta/react/ended.hpp>
#include <gesta/react/happening.hpp>
#include <gesta/react/saga.hpp>

namespace gesta {

/// Of a process: what it hears beside the answers to what it asks. Each of these events has the field that `gesta::by` names. One that finds no
/// instance, or one that has ended, is passed over.
template <class... Event>
struct listens_to {};

/// Inside a state: the inputs of one of its lists, `using ignores = gesta::inputs<order::cancel_asked>;`.
template <class... Input>
struct inputs {};

/// Base of a process' own struct, a part of the model:
///   struct manager : gesta::process<gesta::by<"order">, gesta::begins<order::placed>, gesta::listens_to<order::cancel_asked>,
///                                   gesta::states<idle, paying, sending, done>> {
///     static constexpr auto id = "manager";
///   };
/// Its states are plain structs with `static constexpr auto id`; the first is the one before the beginning.
/// `gesta::by` names the field by which an event finds its instance; its streams are `<id>/<key>`. What an input means in a state says one function,
///   constexpr auto on(const paying&, const payment::charged&) -> gesta::becomes<sending>::asks<shipping::ship>;
/// or one of the state's lists, each `gesta::inputs<Input...>`:
///   using ignores = ...   nothing happens
///   using defers = ...    it waits, and comes again behind the next move, before anything else, in the order in which it came
///   using rejects = ...   it should not have come: it is recorded as gesta::turned_away<Process, Input>, and the state stays
/// A state behind which nothing comes says how it ended: `static constexpr auto ends = gesta::ended::completed;`.
/// Inputs are the events it begins with and listens to, and the outcomes of the commands it asks: each event, each rejection, and
/// gesta::unchanged<Command> where there was nothing to do; and gesta::timed_out in a state that says
/// `static constexpr auto within = gesta::seconds(30);`. Which inputs can come in which state is found while compiling, from which commands can be
/// open there: for each of those something is said, and for no other one.
///
/// Each input is one unit: its record, the move, what is asked, and for an answer the events of the command too. Commands are asked in their order.
template <class By, class... Part>
struct process {
  using managed_by = By;
  using process_list = detail::types<Part...>;
};

namespace detail {

template <std::size_t I, class Command>
struct asked_command {
  Command command;
};

/// A move: the next state, and the commands that are asked with it.
template <class Next, class Commands, class Indices>
struct move_to;
template <class Next, class... Command, std::size_t... I>
struct move_to<Next, types<Command...>, indices<I...>> : asked_command<I, Command>... {
  using next_state = Next;
  using asked = types<Command...>;
  Next state;

  constexpr move_to(Next next, Command... command)
      : asked_command<I, Command>{static_cast<Command&&>(command)}..., state(static_cast<Next&&>(next)) {}

  template <std::size_t At>
  constexpr const at<At, asked>& command() const {
    return static_cast<const asked_command<At, at<At, asked>>&>(*this).command;
  }
};

}  // namespace detail

/// What `on` returns: the process is in the state Next now. `gesta::becomes<Next>::asks<Command...>` asks commands as well:
/// `return {sending{s.of}, ship{s.of.order}};`; gesta::many<Command> among them is any number of one command.
template <class Next>
struct becomes : detail::move_to<Next, detail::types<>, detail::indices<>> {
  using detail::move_to<Next, detail::types<>, detail::indices<>>::move_to;

  template <class... Command>
  using asks = detail::move_to<Next, detail::types<Command...>, detail::make_indices<sizeof...(Command)>>;
};

namespace detail {

/// Whether it is the move to this state that asks exactly these commands.
template <class Move, class Next, class... Command>
concept moves_so = same<typename Move::next_state, Next> && same<typename Move::asked, types<Command...>>;

}  // namespace detail

/// What `on` returns where it depends on the values: one of these moves,
/// `-> gesta::either<becomes<paying>::asks<charge>, becomes<cancelling>::asks<cancel>>`, as its state and its commands:
/// `return {paying{s.of}, charge{s.of.order}};`.
template <class... Move>
struct either : detail::one_of<detail::types<Move...>> {
  using moves = detail::types<Move...>;
  using detail::one_of<detail::types<Move...>>::one_of;

  template <class Next, class... Command>
    requires(detail::moves_so<Move, Next, Command...> || ...)
  constexpr either(const Next& next, const Command&... command)
      : either(detail::at<detail::first_true({detail::moves_so<Move, Next, Command...>...}), moves>(next, command...)) {}
};

namespace detail {

template <class Part>
concept process_part = requires {
  typename Part::managed_by;
  typename Part::process_list;
};
template <class Part>
using is_process_part = std::bool_constant<process_part<Part>>;

/// The arguments of one kind among the parts of a process.
template <template <class...> class Kind, class... Part>
struct in_process;
template <template <class...> class Kind>
struct in_process<Kind> : type_is<types<>> {};
template <template <class...> class Kind, class... T, class... Rest>
struct in_process<Kind, Kind<T...>, Rest...> : type_is<concat<types<T...>, typename in_process<Kind, Rest...>::type>> {};
template <template <class...> class Kind, class Other, class... Rest>
struct in_process<Kind, Other, Rest...> : in_process<Kind, Rest...> {};
template <template <class...> class Kind, class List>
struct said_by;
template <template <class...> class Kind, class... Part>
struct said_by<Kind, types<Part...>> : in_process<Kind, Part...> {};
/// What a process says of one kind: its states, the events it begins with.
template <template <class...> class Kind, class Process>
using said_in_process = typename said_by<Kind, typename Process::process_list>::type;

}  // namespace detail

}  // namespace gesta
