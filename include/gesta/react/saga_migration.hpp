// How instances of an earlier version of a saga go over to today's: what a user says, and what it is read as.
// Floor: react. Held to account by model/rules/migrations.hpp, carried out by runtime/saga_moving.hpp.
// May include: detail, message, decide, react.
//
//     auto migrate(const gesta::instance_of<fulfilment_1>&) -> gesta::moves_to<fulfilment> { return {}; }
//
// beside the old struct, which the model lists as gesta::pinned<fulfilment_1>. An instance moves when what was answered so far is a course of the
// new version too; another comes to its end by the old one.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include <gesta/detail/pack.hpp>
#include <gesta/react/saga.hpp>
#include <gesta/react/saga_records.hpp>
#include <gesta/react/saga_steps.hpp>

namespace gesta {

/// An instance of an earlier version of a saga that is under way, as `migrate` sees it. Lives as long as that call.
template <class Saga>
class instance_of {
 public:
  using saga = Saga;
  using event_type = typename decltype(detail::beginning_of_saga<Saga>())::type;

  explicit constexpr instance_of(const event_type& event) noexcept : event_(&event) {}

  /// The event that began it.
  constexpr const event_type& beginning() const noexcept { return *event_; }

 private:
  const event_type* event_;
};

/// What `migrate(const gesta::instance_of<Old>&)` returns: instances of Old may go on by New. Of a step of New that Old has not, and that lies before
/// what an instance has done already, `migrate(const gesta::instance_of<Old>&, const Step&)` returns the outcome that it counts as.
template <class New>
struct moves_to {
  bool now = true;  ///< false: this one stays with the old version for now; it is asked again at its next step
};

namespace detail {

template <class Returned>
struct moved_to : type_is<void> {};
template <class New>
struct moved_to<moves_to<New>> : type_is<New> {};

template <class Old>
constexpr auto migration_of() {
  if constexpr (requires(const instance_of<Old>& was) { migrate(was); }) return type_is<std::remove_cvref_t<decltype(migrate(std::declval<const instance_of<Old>&>()))>>{};
  else return type_is<unsaid>{};
}
/// What `migrate` returns for an instance of a saga; unsaid where there is none.
template <class Old>
using migration = typename decltype(detail::migration_of<Old>())::type;
/// The saga that instances of an earlier version move to; void: they come to their end by their own.
template <class Old>
using successor_of = typename moved_to<migration<Old>>::type;
template <class Old>
inline constexpr bool has_successor = !std::is_void_v<successor_of<Old>>;

template <class Old, class Step>
constexpr auto passed_outcome_of() {
  if constexpr (requires(const instance_of<Old>& was, const Step& step) { migrate(was, step); })
    return type_is<std::remove_cvref_t<decltype(migrate(std::declval<const instance_of<Old>&>(), std::declval<const Step&>()))>>{};
  else return type_is<unsaid>{};
}
/// The outcome that a new step counts as for an instance that is past it; unsaid where nothing is said.
template <class Old, class Step>
using passed_outcome = typename decltype(detail::passed_outcome_of<Old, Step>())::type;

}  // namespace detail

}  // namespace gesta
