// The words of a saga: a list of steps, what undoes each, and what each outcome means.
// Floor: react. What a step says is read by react/saga_steps.hpp, held against the rules by model/rules/sagas.hpp, run by runtime/sagas.hpp.
// May include: detail, message, decide.
#pragma once

#include <cstdint>

#include <gesta/decide/aggregate.hpp>
#include <gesta/decide/elsewhere.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/message/many.hpp>

namespace gesta {

/// Base of a saga's own struct: `struct fulfilment : gesta::saga<gesta::by<"order">, place_order, take_payment, ship_parcel>`. The struct says
/// `static constexpr auto id`, the name of its instances' streams. `By` names the field by which an event finds its instance: every event and every
/// command of the saga has it, with one type. The steps stand in the order in which they are done; each is a plain struct with `static constexpr auto
/// id`, and one of these:
///
///   a beginning  `using begun_by = order::placed;` the first; it may have an `undo`
///   a step       `run(facts...) -> command` (or gesta::many<command>: asked in order, the first refusal stops), and how it is undone:
///                `undo(facts...) -> command`, `using undo = gesta::irreversible;` or `using undo = gesta::needless;`
///                `on(const Outcome&) -> answer` for outcomes of its command: an event, a rejection, gesta::nothing, and with
///                `static constexpr auto within = gesta::seconds(30);` also gesta::timed_out. One event, nothing and sent need no answer: it goes
///                on. A command that another service decides (gesta::elsewhere) needs a `within`.
///                `on_undo(const Rejection&) -> gesta::proceed, gesta::again or gesta::stuck` for rejections of the undo's command
///   an interrupt only `on(const Event&) -> gesta::compensate`, an event from outside, with `not_found(const Event&) -> gesta::drop, or a command`
///   a deadline   `within` and only `on(gesta::timed_out) -> gesta::compensate`: of the whole saga
///   a group      gesta::all_of<step...>, gesta::any_of<step...>
///
/// A parameter is a fact: the beginning event, an earlier step's command or its event, the cause of the failure (in `undo`). It is proved to be known
/// where it is asked for; `const Fact*` is one that may be missing.
template <class By, class... Step>
struct saga {
  using correlated_by = By;
  using step_list = detail::types<Step...>;
};

/// Steps that are asked at the same time. All answers are awaited; then it goes on, or where one failed, back.
template <class... Step>
struct all_of {};
/// Steps that are asked at the same time, one of which is enough. All answers are awaited; the first that succeeded stands, the others are undone.
template <class... Step>
struct any_of {};

/// Of a step: it cannot be undone. After it nothing may fail.
struct irreversible {};
/// Of a step: nothing has to be undone.
struct needless {};

/// The outcome of a command that was not answered within the time that its step says: nobody knows whether it was done.
struct timed_out {};

// ---- answers

/// It failed: what was done so far is undone, the last first.
struct compensate {};
/// The same, with a cause that `undo` may ask for.
template <class Cause>
struct compensate_with {
  using cause_type = Cause;
  Cause cause;

  constexpr compensate_with(Cause why) : cause(why) {}
};
/// It is no failure: the saga goes on, and there is nothing of this step to be undone. Of an undo: it is undone already.
struct proceed {};
/// The command is asked again, so many times at most, each time after `after` has passed, on the clock of the runner; behind the last it counts as
/// failed. Where nothing is said that is a second. `gesta::again<3>::every<gesta::seconds(60)>` says it in the type, `return {.after = ...};` in the
/// value; of no length it is asked again at once, within the same poll.
template <std::uint32_t Times, class Then = compensate, duration Wait = seconds(1)>
struct again {
  static constexpr std::uint32_t times = Times;
  duration after = Wait;
  Then then{};

  template <duration Each>
  using every = again<Times, Then, Each>;
};
/// The command is asked again, as often as it takes, each time after `after` has passed: a second, or what the value or
/// `gesta::until_answered::every<gesta::seconds(60)>` says.
struct until_answered {
  duration after = seconds(1);

  template <duration Each>
  struct every;
};
template <duration Each>
struct until_answered::every {
  duration after = Each;
};
/// Of an undo: it waits until a person retries or resolves it, and so do the undos behind it.
struct stuck {};
/// Of an interrupt that finds no instance: nothing happens.
struct drop {};

/// As a parameter: the event that this step yielded, where several steps yield the same type: `run(gesta::from<outbound, flight::booked> f)`.
template <class Step, class Event>
struct from {
  using step = Step;
  using event_type = Event;
  const Event* event;

  constexpr const Event& operator*() const noexcept { return *event; }
  constexpr const Event* operator->() const noexcept { return event; }
};

namespace detail {

template <class Part>
concept saga_part = requires {
  typename Part::correlated_by;
  typename Part::step_list;
};

}  // namespace detail

}  // namespace gesta
