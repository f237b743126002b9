// The far end of a port: one file of a program, the one that runs the model, makes the functions that other files send through.
// Floor: runtime.
// May include: all above.
#pragma once

#include <cstdint>

#include <gesta/runtime/app.hpp>
#include <gesta/runtime/port.hpp>

namespace gesta {

namespace diagnostic {

template <class Aggregate, class Command, class Contract>
void E909_two_files_see_different_contracts_of_one_command() {}

}  // namespace diagnostic

namespace detail {

/// Carries out one command that came through a port.
template <class App, class Aggregate, class Command>
struct port_passage {
  using state = typename Aggregate::state_type;
  using contract = detail::contract<state, Command>;

  template <bool Expects, class... Option>
  static port_outcome<Aggregate, Command, Expects> hand_on(App& app, const port_key<Aggregate>& key, const Command& command,
                                                           const Option&... option) {
    if constexpr (carries_key<Aggregate>) return app.handle(command, option...);
    else return app.handle(key, command, option...);
  }
  template <bool Expects, class... Option>
  static port_outcome<Aggregate, Command, Expects> pass(void* app, const port_key<Aggregate>& key, const Command& command, const once* request,
                                                        const Option&... option) {
    App& whole = *static_cast<App*>(app);
    if constexpr (all_named(typename contract::rejection_list{}))  // the port asks for the names where a gesta::once is given
      if (request != nullptr) return hand_on<Expects>(whole, key, command, *request, option...);
    return hand_on<Expects>(whole, key, command, option...);
  }

  static port_outcome<Aggregate, Command, false> plain(void* app, const port_key<Aggregate>& key, const Command& command,
                                                       const once* request, expected) {
    return pass<false>(app, key, command, request);
  }
  static port_outcome<Aggregate, Command, true> expecting(void* app, const port_key<Aggregate>& key, const Command& command, const once* request,
                                                          expected version) {
    return pass<true>(app, key, command, request, version);
  }

  static port_entry entry() noexcept {
    constexpr std::uint64_t seen = contract_seen<state, Command>();
    return {seen, &diagnostic::E909_two_files_see_different_contracts_of_one_command<Aggregate, Command, contract>,
            reinterpret_cast<void (*)()>(&plain), reinterpret_cast<void (*)()>(&expecting)};
  }
};

template <class App, class Aggregate, class... Command>
const port_entry* port_entries(types<Command...>) noexcept {
  static const port_entry all[] = {port_passage<App, Aggregate, Command>::entry()...};
  return all;
}

}  // namespace detail

template <class Model, class Store, class Clock, std::uint64_t Verbs>
template <class Aggregate>
port<Aggregate> app<Model, Store, Clock, Verbs>::port() {
  return {this, detail::port_entries<app, Aggregate>(detail::port_commands<Aggregate>{})};
}

}  // namespace gesta
