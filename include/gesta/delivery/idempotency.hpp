// How a handler bears that a message comes again: it says so itself, and the verb by which it takes what others tell without a log between.
// Floor: delivery. Who calls it is the runtime's (runtime/receive.hpp).
// May include: detail, message, decide, react, model, delivery.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/detail/exact.hpp>
#include <gesta/detail/fixed_string.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/model/outside.hpp>
#include <gesta/react/effect.hpp>

namespace gesta {

struct envelope;

// ---- in a handler: `using idempotent = gesta::by_id<>;`

/// A message is known by the place that it has in the log of its source, for ever: one row of the view store for each message. Where another system has
/// named it, by its source and id. It needs no order of the edge: places are marked one by one, because what was put aside may come long after others.
struct by_position {};

/// A message is known by its source and id, as long as the window says, by the clock of who receives: its row goes then, and what comes again later is
/// handled again.
template <duration Window = days(7)>
struct by_id {
  static constexpr duration window = Window;
};

/// The other system recognises what is handed to it twice: by the id of the message. So each `receive` takes the envelope, whose `source` and `id` name
/// the message for ever. Nothing is kept here.
struct by_key {};

/// To do it twice is to do it once: a value is set, a file is replaced. Nothing is kept here.
struct naturally {};

/// What comes again is done again, and this is why that does no harm. Nothing is kept here.
template <detail::fixed_string Reason>
struct accepts_duplicates {
  static constexpr auto reason = Reason;
};

namespace detail {

enum class idempotency : std::uint8_t { not_said, unknown, by_position, by_id, by_key, naturally, accepts };

template <class Said>
struct idempotency_kind {
  static constexpr idempotency kind = idempotency::unknown;
  static constexpr bool is_sound = true;
};
template <>
struct idempotency_kind<by_position> {
  static constexpr idempotency kind = idempotency::by_position;
  static constexpr bool is_sound = true;
};
template <duration Window>
struct idempotency_kind<by_id<Window>> {
  static constexpr idempotency kind = idempotency::by_id;
  static constexpr bool is_sound = Window.nanoseconds > 0;
};
template <>
struct idempotency_kind<by_key> {
  static constexpr idempotency kind = idempotency::by_key;
  static constexpr bool is_sound = true;
};
template <>
struct idempotency_kind<naturally> {
  static constexpr idempotency kind = idempotency::naturally;
  static constexpr bool is_sound = true;
};
template <fixed_string Reason>
struct idempotency_kind<accepts_duplicates<Reason>> {
  static constexpr idempotency kind = idempotency::accepts;
  static constexpr bool is_sound = Reason.size() != 0;
};

template <class Handler>
constexpr idempotency idempotency_of() noexcept {
  if constexpr (requires { typename Handler::idempotent; }) return idempotency_kind<typename Handler::idempotent>::kind;
  else return idempotency::not_said;
}
template <class Handler>
constexpr bool has_sound_idempotency() noexcept {
  if constexpr (requires { typename Handler::idempotent; }) return idempotency_kind<typename Handler::idempotent>::is_sound;
  else return true;
}
/// Whether what was handled is marked in a view store.
template <class Handler>
inline constexpr bool keeps_marks =
    idempotency_of<Handler>() == idempotency::by_position || idempotency_of<Handler>() == idempotency::by_id;

/// What it hears: the list of its `using hears = gesta::from_outside<...>`.
template <class Handler>
struct heard_by : type_is<types<>> {};
template <class Handler>
  requires requires { typename Handler::hears; }
struct heard_by<Handler> : type_is<types<>> {
  template <class... Integration>
  static types<Integration...> list(from_outside<Integration...>*);
  static types<> list(void*);
  using type = decltype(list(static_cast<typename Handler::hears*>(nullptr)));
};

namespace probing {

rival receive(...);

struct receiving_straight {
  template <class First, class Second, class... More>
  struct rivals {
    friend rival receive(First, const Second&, More...) { return {}; }
  };
  template <class... Arguments>
  using call = decltype(receive(real<Arguments>()...));
  template <class First, class... Rest>
  using call_in_braces = decltype(receive({real<First>()}, real<Rest>()...));
};

}  // namespace probing

/// receive(const Handler&, const Event&, Capability&), with or without a last `const gesta::envelope&`.
template <class Handler, class Event, class Capability>
inline constexpr bool receives_exactly = probing::reads<probing::receiving_straight, Handler, Event, Capability&>() ||
                                         probing::reads<probing::receiving_straight, Handler, Event, const Capability&>();
template <class Handler, class Event, class Capability>
inline constexpr bool receives_exactly_enveloped =
    probing::reads<probing::receiving_straight, Handler, Event, Capability&, const envelope&>() ||
    probing::reads<probing::receiving_straight, Handler, Event, const Capability&, const envelope&>();

template <class Handler, class Event, class Capability>
decltype(auto) call_receive(const Event& event, Capability& capability, const envelope& what) {
  if constexpr (receives_exactly_enveloped<Handler, Event, Capability>) return receive(static_cast<const Handler&>(Handler{}), event, capability, what);
  else return receive(static_cast<const Handler&>(Handler{}), event, capability);
}
template <class Handler, class Event, class Capability>
using receive_result =
    decltype(detail::call_receive<Handler>(probing::real<const Event&>(), probing::real<Capability&>(), probing::real<const envelope&>()));

}  // namespace detail

/// Handler has `receive(const Handler&, const Event&, Capability&)`, for exactly these types, with or without a last `const gesta::envelope&`. It returns
/// void, gesta::done, or `gesta::done::or_fails<unreachable, refused>`.
template <class Handler, class Event, class Capability>
concept receives = detail::receives_exactly<Handler, Event, Capability> || detail::receives_exactly_enveloped<Handler, Event, Capability>;

}  // namespace gesta
