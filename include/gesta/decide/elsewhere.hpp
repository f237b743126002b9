// A command that another service decides: its contract is declared here, and has no body.
// Floor: decide. Asked by the steps of a saga, sent by gesta::ask_by, decided by gesta::serve of the other service.
// May include: detail, message, decide.
//
//     auto decide(const gesta::elsewhere&, const ship&) -> gesta::emits<shipped>::or_rejects<undeliverable>;
#pragma once

#include <type_traits>

#include <gesta/decide/decision.hpp>
#include <gesta/decide/verbs.hpp>
#include <gesta/message/id.hpp>

namespace gesta {

/// Stands for the state of another service in the contract of a command that it decides. The contract is declared beside the command, in the header
/// that both services include, and is never defined. Its events are what the other service tells outside: their ids are gesta::integration_id. The
/// command and the rejections say their ids. A model that lists the command in one of its aggregates decides it itself, and the contract is not
/// asked: that is the service that gesta::serve makes.
struct elsewhere {};

/// What a contract returns whose command nobody answers: `auto decide(const gesta::elsewhere&, const remind&) -> gesta::sent;`. As the outcome of a
/// step: the transport has accepted the command, and whether it was done nobody will ever say; it is undone as if it was.
struct sent {};

namespace detail {

template <class Command>
constexpr auto contract_elsewhere() {
  if constexpr (std::is_void_v<Command> || !std::is_class_v<Command>) return type_is<missing>{};
  else return type_is<decide_result<elsewhere, Command>>{};
}
/// What the contract of a command elsewhere returns; `missing` where none is declared.
template <class Command>
using result_elsewhere = typename decltype(contract_elsewhere<Command>())::type;

/// Whether another service is declared to decide it.
template <class Command>
inline constexpr bool decided_elsewhere = !same<result_elsewhere<Command>, missing>;

/// A contract elsewhere as lists. `is_readable`: it returns a decision, or gesta::sent.
template <class Result>
struct said_elsewhere {
  using events = types<>;
  using rejections = types<>;
  using event_list = types<>;
  static constexpr bool may_do_nothing = false;
  static constexpr bool is_sent = same<Result, sent>;
  static constexpr bool is_readable = is_sent;
};
template <class Result>
  requires(is_decision<Result>)
struct said_elsewhere<Result> {
  using events = unique<contract_events<Result>>;
  using rejections = typename Result::rejection_list;
  using event_list = typename Result::event_list;
  static constexpr bool may_do_nothing = Result::may_do_nothing;
  static constexpr bool is_sent = false;
  static constexpr bool is_readable = true;
};
template <class Command>
using contract_of_elsewhere = said_elsewhere<result_elsewhere<Command>>;

}  // namespace detail

}  // namespace gesta
