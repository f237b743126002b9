// Rules about the kinds of events: a domain event stays inside, an integration event comes from `publish` or from outside, and from nowhere else.
// Floor: model.
// May include: detail, message, react, model.
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/detail/pack.hpp>
#include <gesta/message/id.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/outside.hpp>
#include <gesta/model/rules/ids.hpp>
#include <gesta/model/rules/report.hpp>
#include <gesta/react/publish.hpp>

namespace gesta::rules {

template <class Event>
constexpr bool publishes_no_integration() {
  if constexpr (publishes<Event>) return !told_to_others<gesta::detail::told_as<Event>>;
  else return false;
}

/// Which of these events are told to others as what is no integration event, and which are integration events themselves.
template <class Events>
struct kinds_of;
template <class... E>
struct kinds_of<gesta::detail::types<E...>> {
  using list = gesta::detail::types<E...>;
  static constexpr std::size_t strangely_told = first_true({publishes_no_integration<E>()..., false});
  static constexpr std::size_t integration = first_true({told_to_others<E>..., false});
  static constexpr std::size_t domain = first_true({!told_to_others<E>..., false});
  /// Told without a look at what is known about it: enough to see a mistake, and half of what the question costs a model of many commands.
  static constexpr std::size_t published = first_true({gesta::detail::publishes_exactly<E>..., false});
};

/// The first decider, not from_outside, that records an integration event.
template <class Flow, class Deciders>
struct deciders_told;
template <class Flow, class... Decider>
struct deciders_told<Flow, gesta::detail::types<Decider...>> {
  template <class D>
  static constexpr std::size_t which() {
    if constexpr (gesta::detail::is_from_outside<D>) return npos;
    else return kinds_of<typename Flow::template events_of<D>>::integration;
  }
  static constexpr std::size_t first = first_true({(which<Decider>() != npos)..., false});
  static constexpr auto named() {
    if constexpr (first == npos) return gesta::detail::type_is<gesta::detail::types<void, void>>{};
    else {
      using decider = gesta::detail::at<first, gesta::detail::types<Decider...>>;
      return gesta::detail::type_is<gesta::detail::types<decider, gesta::detail::at<which<decider>(), typename Flow::template events_of<decider>>>>{};
    }
  }
  using pair = typename decltype(named())::type;
};

template <class Integrations>
constexpr auto twins_of_integrations() {
  using names = names_of<Integrations>;
  struct places {
    std::size_t later, earlier;
  };
  return places{names::twins.id, names::twins.at};
}

/// The rules about kinds of a model. Nothing is asked of a model in which nothing is told to others, and nothing heard.
template <class Flow>
struct publishing_rules {
  using events = kinds_of<typename Flow::of_deciders::current_events>;
  using told = gesta::detail::published_events<Flow>;
  using returned = kinds_of<told>;
  using decided = deciders_told<Flow, std::conditional_t<events::integration == npos, gesta::detail::types<>, typename Flow::deciders>>;
  using heard = kinds_of<typename gesta::detail::outside_in<Flow>::heard_list>;
  using olds = kinds_of<gesta::detail::concat<typename Flow::old_versions, typename Flow::rejections, typename Flow::commands>>;

  static constexpr auto integrations() {
    if constexpr (returned::strangely_told == npos) return gesta::detail::type_is<gesta::detail::integrations_in<Flow>>{};
    else return gesta::detail::type_is<gesta::detail::types<>>{};
  }
  using integration_list = typename decltype(integrations())::type;
  static constexpr auto twins = twins_of_integrations<integration_list>();
  template <std::size_t At>
  using one = gesta::detail::at<At == npos ? 0 : At, gesta::detail::concat<integration_list, gesta::detail::types<void>>>;
  static constexpr auto strange() {
    if constexpr (returned::strangely_told == npos) return gesta::detail::type_is<void>{};
    else return gesta::detail::type_is<gesta::detail::told_as<gesta::detail::at<returned::strangely_told, told>>>{};
  }

  using sent_outside = report_if<returned::strangely_told != npos, diagnostic::domain_event_published,
                                 gesta::detail::at<returned::strangely_told == npos ? 0 : returned::strangely_told, gesta::detail::concat<told, gesta::detail::types<void>>>,
                                 typename decltype(strange())::type>;
  using decided_here = report_if<decided::first != npos, diagnostic::integration_event_decided, gesta::detail::at<0, typename decided::pair>,
                                 gesta::detail::at<1, typename decided::pair>>;
  using same_id = report_if<twins.later != npos, diagnostic::same_integration_id, one<twins.later>, one<twins.earlier>>;
  using never_emitted = report_at<diagnostic::published_and_never_emitted, typename olds::list, olds::published>;
  using heard_domain = report_at<diagnostic::domain_event_heard, typename heard::list, heard::domain>;
};

}  // namespace gesta::rules
