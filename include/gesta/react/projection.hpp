// The declaration of a read model: a view, the aggregates it follows, the events it leaves out.
// Floor: react.
// May include: detail, message, decide.
#pragma once

namespace gesta {

/// The aggregates whose every event a projection projects or ignores.
template <class... Aggregate>
struct follows {};

/// The events of followed aggregates that a projection leaves out on purpose.
template <class... Event>
struct ignoring {};

/// Base of a projection's own struct: `struct revenue : gesta::projection<by_country, gesta::follows<accounts>>`. The struct says
/// `static constexpr auto id`. Its verb is `void project(View&, const Event&)`, with `const gesta::about&` where it needs it. It is
/// exhaustive for the aggregates it follows; without gesta::follows it takes the events that it has a `project` for.
/// Views of one event are projected in the order in which the model lists them, after all events of the commit are recorded.
template <class View, class Follows = follows<>, class Ignoring = ignoring<>>
struct projection {
  using view_type = View;
  using followed = Follows;
  using ignored = Ignoring;
};

}  // namespace gesta
