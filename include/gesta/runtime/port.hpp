// Where files that only send commands to one aggregate come in: cheap to include, and naming neither model nor store.
// Floor: runtime.
// May include: detail, message, decide, model/diagnostic.hpp, runtime/outcome.hpp, runtime/options.hpp. No other part of the runtime, no
// container, no list library.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/decide/aggregate.hpp>
#include <gesta/decide/fingerprint.hpp>
#include <gesta/decide/key_rule.hpp>
#include <gesta/decide/verbs.hpp>
#include <gesta/detail/generated/bind_wide.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/key.hpp>
#include <gesta/message/id.hpp>
#include <gesta/message/once.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/runtime/options.hpp>
#include <gesta/runtime/outcome.hpp>

namespace gesta {

namespace diagnostic {

/// Defined in the file that makes the port, for the contracts which that file sees. That the linker misses it is the report.
template <class Aggregate, class Command, class Contract>
void E909_two_files_see_different_contracts_of_one_command();

}  // namespace diagnostic

namespace detail {

/// How one command passes through a port: what the file that makes the port sees of its contract, and the functions that carry it
/// out. Their type is a port_call, known where the contracts are equal.
struct port_entry {
  std::uint64_t contract;
  void (*seen_alike)();
  void (*plain)();
  void (*expecting)();
};

/// How a key travels through a port: as its value; not at all where the command carries it.
struct within_command {};
template <class Aggregate, bool Carried = carries_key<Aggregate>>
struct port_key_of : type_is<within_command> {};
template <class Aggregate>
struct port_key_of<Aggregate, false> : type_is<key_value<typename key_rule<Aggregate>::key_type>> {};
template <class Aggregate>
using port_key = typename port_key_of<Aggregate>::type;

template <class Aggregate, class Command, bool Expects>
using port_outcome =
    outcome_for<typename Aggregate::state_type, typename contract<typename Aggregate::state_type, Command>::rejection_list, Expects, true>;

/// The request is nullptr where the sender gave no gesta::once; the expected version counts in `expecting` only.
template <class Aggregate, class Command, bool Expects>
using port_call = port_outcome<Aggregate, Command, Expects> (*)(void* app, const port_key<Aggregate>&, const Command&, const once* request, expected);

template <class... Command>
constexpr types<Command...> list_of(commands<Command...>) noexcept {
  return {};
}
template <class Aggregate>
using port_commands = decltype(list_of(typename Aggregate::command_list{}));

template <class... Rejection>
constexpr bool all_named(types<Rejection...>) noexcept {
  return (identified<Rejection> && ...);
}

/// What a sender gave beside the command.
struct port_options {
  const once* request = nullptr;
  expected version{};

  constexpr void take(const once& given) noexcept { request = &given; }
  constexpr void take(const expected& given) noexcept { version = given; }
};

[[gnu::cold, gnu::noinline]] inline failure sees_differently(const char* aggregate) {
  return failure(failure::kind::differs, 0, "a file sees another contract of a command of \"", aggregate,
                 "\" than the file that runs the model; let both include the header that declares its decide, and build both");
}

}  // namespace detail

/// A way into a running app, for the commands of one aggregate: `gesta::port<accounts> p = app.port<accounts>();`. A small value that
/// is copied and handed to other files; the app outlives it. A file that only sends needs this header and the domain's own: the price
/// is one indirect call. The file that calls `app.port` needs <gesta/gesta.hpp>, or <gesta/runtime/port_table.hpp>.
/// Every outcome can be a gesta::failure, since a port does not know the store. A file that sees another contract of a command than the
/// file that made the port gets failure::kind::differs, and nothing is done; where both are linked into one executable the linker
/// refuses already.
template <class Aggregate>
class port {
  using state = typename Aggregate::state_type;
  template <class Type>
  static constexpr bool takes = detail::contains<Type, detail::port_commands<Aggregate>>;

 public:
  /// As app::handle: a command that carries its key, or a key and a command; then, in any order, gesta::once and gesta::expected.
  template <class First, class... Rest>
  [[gnu::always_inline]] auto handle(const First& first, const Rest&... rest) const {
    if constexpr (takes<First>) {
      (void)sizeof(diagnostic::command_needs_key<detail::carries_key<Aggregate>, First>);
      if constexpr (!detail::carries_key<Aggregate>) return detail::mistaken{};
      else if constexpr (!detail::options_fit<Rest...>) return detail::report_options<First, Rest...>();
      else return send<detail::contract<state, First>>(detail::within_command{}, first, rest...);
    } else {
      return handle_at(first, rest...);
    }
  }

  // The rest is for the runtime that makes ports.
  port(void* app, const detail::port_entry* entries) noexcept : app_(app), entries_(entries) {}

 private:
  // The linker keeps one of equally named functions. So what depends on a contract has it in its name (`send`), or no name at all:
  // inlined, in every build.
  template <class Key, class Command, class... Option>
  [[gnu::always_inline]] auto handle_at(const Key& key, const Command& command, const Option&... option) const {
    constexpr bool alone = detail::same<Command, once> || detail::same<Command, expected>;
    (void)sizeof(diagnostic::command_not_in_model<takes<Command>, std::conditional_t<alone, Key, Command>>);
    if constexpr (takes<Command>) {
      using key_type = typename detail::key_rule<Aggregate>::key_type;
      constexpr bool fits = key_argument<Key, key_type> && !detail::carries_key<Aggregate>;
      (void)sizeof(diagnostic::wrong_key<fits, Command, key_type>);
      if constexpr (!fits) return detail::mistaken{};
      else if constexpr (!detail::options_fit<Option...>) return detail::report_options<Command, Option...>();
      else return send<detail::contract<state, Command>>(key_value_of<key_type>(key), command, option...);
    } else {
      return detail::mistaken{};
    }
  }
  template <class Unknown>
  [[gnu::always_inline]] auto handle_at(const Unknown&) const {
    (void)sizeof(diagnostic::command_not_in_model<takes<Unknown>, Unknown>);
    return detail::mistaken{};
  }

  template <class Contract, class Command, class... Option>
  auto send(const detail::port_key<Aggregate>& key, const Command& command, const Option&... option) const {
    (void)sizeof(diagnostic::command_without_decide<decides<state, Command>, Aggregate, Command>);
    constexpr bool expects = (detail::same<Option, expected> || ...);
    if constexpr ((detail::same<Option, once> || ...)) must_be_named<Command>(typename Contract::rejection_list{});

#if !defined(__PIC__) || defined(__PIE__)  // code of a shared library may meet the app's file at run time only
    [[maybe_unused]] void (*volatile seen_alike)() = &diagnostic::E909_two_files_see_different_contracts_of_one_command<Aggregate, Command, Contract>;
#endif
    const detail::port_entry& entry = entries_[detail::index_of<Command, detail::port_commands<Aggregate>>];
    constexpr std::uint64_t seen = detail::contract_seen<state, Command>();
    if (entry.contract != seen) [[unlikely]]
      return detail::port_outcome<Aggregate, Command, expects>(detail::sees_differently(id_of<Aggregate>.name));
    detail::port_options given;
    (given.take(option), ...);
    const auto call = reinterpret_cast<detail::port_call<Aggregate, Command, expects>>(expects ? entry.expecting : entry.plain);
    return call(app_, key, command, given.request, given.version);
  }

  template <class Command, class... Rejection>
  static constexpr void must_be_named(detail::types<Rejection...>) {
    ((void)sizeof(diagnostic::stored_rejection_without_id<identified<Rejection>, Command, Rejection>), ...);
  }

  void* app_;
  const detail::port_entry* entries_;
};

}  // namespace gesta
