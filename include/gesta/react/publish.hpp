// What is told to others: a domain event stays inside, and `publish` says which integration event is made of it.
// Floor: react. Rules about it are the model's; who sends is runtime/relay.hpp.
// May include: detail, message, decide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/detail/exact.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/id.hpp>
#include <gesta/message/many.hpp>

namespace gesta {

/// Event has `publish(const Event&)`, with or without a last `const gesta::about&`. It returns an integration event, or a std::optional or a gesta::many of
/// one: then it is told to others in that many messages. Pure: the same event gives the same, whenever and by whomever it is asked.
template <class Event>
concept publishes = detail::publishes_exactly<Event> || detail::publishes_exactly_about<Event>;

namespace detail {

/// What `publish` returns, taken apart.
template <class Returned>
struct told_in : type_is<Returned> {};
template <class Integration>
struct told_in<many<Integration>> : type_is<Integration> {};
template <class Optional>
  requires requires(const Optional& one) {
    typename Optional::value_type;
    one.has_value();
    *one;
  }
struct told_in<Optional> : type_is<typename Optional::value_type> {};

/// The type that Event is told to others as; `missing` where it is not.
template <class Event>
using told_as = typename told_in<std::remove_cvref_t<publish_result<Event>>>::type;

template <class Event, class About>
constexpr auto call_publish(const Event& event, About&& make) {
  if constexpr (publishes_exactly_about<Event>) return publish(event, static_cast<const about&>(make()));
  else return publish(event);
}

/// Calls visit(const Integration&, part) for each message that Event is told to others in; part counts them from 0.
template <class Event, class About, class Visit>
constexpr void each_told(const Event& event, About&& make, Visit&& visit) {
  const auto told = detail::call_publish(event, make);
  using returned = std::remove_cvref_t<decltype(told)>;
  if constexpr (same<typename told_in<returned>::type, returned>) {
    visit(told, std::uint32_t{0});
  } else if constexpr (requires { told.has_value(); }) {
    if (told.has_value()) visit(*told, std::uint32_t{0});
  } else {
    std::uint32_t part = 0;
    for (const auto& one : told) visit(one, part++);
  }
}

template <class Event>
using is_published = std::bool_constant<publishes<Event>>;

}  // namespace detail

}  // namespace gesta
