// What an effect is: an event is answered by something outside, a mail, a payment, a call of another system.
// Floor: react. Rules about effects are the model's; who performs them is the runtime's (runtime/effects.hpp).
// May include: detail, message, decide, model/diagnostic.hpp (the sentences, which include nothing).
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/decide/decision.hpp>
#include <gesta/detail/exact.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/model/diagnostic.hpp>

namespace gesta {

/// Reactor has `perform(const Reactor&, const Event&, Capability&)`, with or without a last `const gesta::about&`. It returns void, gesta::done, or
/// `gesta::done::or_fails<unreachable, refused>`.
template <class Reactor, class Event, class Capability>
concept performs = detail::performs_exactly<Reactor, Event, Capability> || detail::performs_exactly_about<Reactor, Event, Capability>;

/// The contract and the value of an effect that may fail. Users write it through gesta::done.
template <class... Error>
class effected;

/// Returned by an effect that was performed: `return gesta::done{};`. As a result type `-> gesta::done::or_fails<unreachable, refused>`: it lists the
/// values of the user's own that say why not, and each is answered by an `on_failure`.
struct done {
  template <class... Error>
  using or_fails = effected<Error...>;
};

template <class... Error>
class [[nodiscard]] effected {
 public:
  using errors = detail::types<Error...>;

  /// Built by `return`: gesta::done, or one of the errors.
  template <class Returned>
  constexpr effected(Returned returned) : which_(detail::index_of<Returned, errors> + 1), error_(returned) {
    constexpr bool is_listed = detail::same<Returned, done> || detail::contains<Returned, errors>;
    if constexpr (!is_listed) (void)sizeof(diagnostic::error_undeclared<is_listed, effected, Returned>);
  }
  effected(const effected&) = delete;
  effected& operator=(const effected&) = delete;

  constexpr bool failed() const noexcept { return which_ != 0; }
  /// Index of the error in the contract; only where it failed.
  constexpr std::size_t error_index() const noexcept { return which_ - 1; }
  /// Only for the index of the error.
  template <std::size_t I>
  constexpr const auto& error() const noexcept {
    return error_.template get<I>();
  }

 private:
  std::size_t which_;
  detail::rejection_slots<errors> error_;
};

/// Answer to an error: the event is tried again, `times` times at most, and then put aside for a person. Events of other keys go on meanwhile. Nothing
/// is drawn by chance: who wants waits to differ makes them differ in `on_failure`.
struct retry {
  std::uint32_t times = 5;
  duration first = seconds(1);    ///< what it waits before the first of them
  double factor = 2;              ///< each wait is so many times the one before
  duration most = seconds(3600);  ///< and no longer than this

  /// What it waits behind so many attempts, from 1 on.
  constexpr duration wait_after(std::uint32_t attempts) const noexcept {
    double wait = static_cast<double>(first.nanoseconds);
    const double longest = static_cast<double>(most.nanoseconds);
    for (std::uint32_t i = 1; i < attempts && wait < longest; ++i) wait *= factor;
    return wait < longest ? duration{static_cast<std::int64_t>(wait)} : most;
  }
};

/// Answer to an error: the event is put aside at once, until a person says what becomes of it.
struct park {};

/// Where a consumer of effects begins that has no checkpoint yet: with what is kept from now on. Nothing of the past is performed.
struct from_now {};
/// Where a consumer of effects begins that has no checkpoint yet: with the first event of the log. All of the past is performed.
struct from_beginning {};
/// Where a consumer of effects begins that has no checkpoint yet: exactly where that other consumer of the same view store stopped. It takes over
/// what that has put aside; that one can never go on. For a new version under a new id.
struct continues {
  const char* id;
};

namespace detail {

template <class Returned>
inline constexpr bool is_effected = false;
template <class... Error>
inline constexpr bool is_effected<effected<Error...>> = true;

/// The errors that an effect may return.
template <class Returned>
struct errors_in : type_is<types<>> {};
template <class... Error>
struct errors_in<effected<Error...>> : type_is<types<Error...>> {};
template <class Reactor, class Event, class Capability>
using errors_of = typename errors_in<perform_result<Reactor, Event, Capability>>::type;

template <class Reactor, class Capability, class Events>
struct events_performed;
template <class Reactor, class Capability, class... E>
struct events_performed<Reactor, Capability, types<E...>> : type_is<concat<std::conditional_t<performs<Reactor, E, Capability>, types<E>, types<>>...>> {};

template <class Reactor, class Event, class Capability, class About>
decltype(auto) call_perform(const Event& event, Capability& capability, About&& make) {
  if constexpr (performs_exactly_about<Reactor, Event, Capability>)
    return perform(static_cast<const Reactor&>(Reactor{}), event, capability, static_cast<const about&>(make()));
  else return perform(static_cast<const Reactor&>(Reactor{}), event, capability);
}

/// What becomes of an event after an error: a retry, where nothing is tried again it is of no times.
template <class Reactor, class Event, class Error>
retry answer_to(const Event& event, const Error& error) {
  const auto as_retry = [](const auto& answer) {
    if constexpr (same<std::remove_cvref_t<decltype(answer)>, park>) return retry{.times = 0};
    else return answer;
  };
  if constexpr (answers_event_exactly<Reactor, Event, Error>) return as_retry(on_failure(static_cast<const Reactor&>(Reactor{}), event, error));
  else return as_retry(on_failure(static_cast<const Reactor&>(Reactor{}), error));
}

template <class Start>
inline constexpr bool is_start = same<Start, from_now> || same<Start, from_beginning> || same<Start, continues>;

}  // namespace detail

}  // namespace gesta
