// What one file sees of the verbs, as a number: files of one program compare theirs, so that a verb which is declared in one and
// otherwise, or not at all, in another cannot silently differ.
// Floor: decide.
// May include: detail, decide.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/decide/verbs.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/detail/names.hpp>

namespace gesta::detail {

/// Where the name begins in what `naming::of_type` gives; the same for all types, so it is sought once.
inline constexpr std::size_t before_name = [] {
  const char* const any = naming::of_type<void>();
  std::size_t at = 0;
  while (any[at] != '=' || any[at + 1] != ' ') ++at;
  return at + 2;
}();

/// The whole name of a type, namespaces included: "[with Type = shop::sold]" by GCC, "[Type = shop::sold]" by Clang.
constexpr name_view whole_name(const char* signature) noexcept {
  return {signature + before_name, __builtin_strlen(signature) - before_name - 1};
}

/// A type by its name.
template <class Type>
inline constexpr std::uint64_t name_seen = [] {
  constexpr name_view name = detail::whole_name(naming::of_type<Type>());
  return fnv1a(name.data, name.size);
}();

/// Collects what is seen, in its order.
struct fingerprint {
  std::uint64_t value = 0;

  constexpr fingerprint& add(std::uint64_t seen) noexcept {
    value = mix(value ^ seen);
    return *this;
  }
};

/// Types by their names.
template <class... Type>
constexpr void add_names(fingerprint& print, types<Type...>) noexcept {
  print.add(sizeof...(Type));
  (print.add(name_seen<Type>), ...);
}
/// Types with their sizes too: values of them pass from file to file.
template <class... Type>
constexpr void add_values(fingerprint& print, types<Type...> all) noexcept {
  detail::add_names(print, all);
  (print.add(sizeof(Type)), ...);
}

/// What a file sees of one command: its contract, and the values that go in and come out. Use it in constant expressions only: as a
/// function it would be one for all files.
template <class State, class Command>
constexpr std::uint64_t contract_seen() noexcept {
  using seen = contract<State, Command>;
  fingerprint print;
  detail::add_names(print, types<State>{});
  detail::add_values(print, types<Command>{});
  detail::add_names(print, typename seen::event_list{});
  detail::add_values(print, typename seen::rejection_list{});
  return print.add(seen::may_do_nothing).value;
}

}  // namespace gesta::detail
