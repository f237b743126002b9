// What a caller gets for a command: the state as it is now, or the reason why not; `match` answers each.
// Floor: runtime.
// May include: detail, decide, store, model/diagnostic.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/decide/decision.hpp>
#include <gesta/decide/together.hpp>
#include <gesta/detail/slot.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

namespace detail {

template <class... Arm>
struct answers : Arm... {
  using Arm::operator()...;
};
template <class... Arm>
answers(Arm...) -> answers<Arm...>;

/// Whether an outcome that is possible has its answer. The report stands apart: in a constant expression Clang would complain twice.
template <bool Possible, class Outcome, class Answers>
inline constexpr bool answered = !Possible || requires(Answers& all, const Outcome& outcome) { all(outcome); };

/// Stands for the value of a match that was never compiled: whoever uses it gets no second error.
struct anything {
  template <class T>
  operator T() const;
};

/// Swallows what follows a mistake that has been reported.
struct mistaken {
  template <class... Arm>
  anything match(Arm&&...) const {
    return {};
  }
  explicit operator bool() const { return false; }
  bool repeated() const { return false; }
  std::uint64_t version() const { return 0; }
  std::uint64_t position() const { return 0; }
};

/// How an outcome holds the state that it shows, and gives it to an answer.
template <class State>
struct shown {
  using given = const State&;
  const State* state = nullptr;

  shown() = default;
  [[gnu::always_inline]] shown(const State& of) : state(&of) {}
  template <class Answers>
  [[gnu::always_inline]] decltype(auto) to(Answers& answers) const {
    return answers(*state);
  }
};
/// Of a boundary: the states that the decision read, an argument each.
template <class... State>
struct shown<states<State...>> {
  using given = const read_states<State...>&;
  read_states<State...> all;

  shown() = default;
  shown(given of) : all(of) {}
  template <class Answers>
  decltype(auto) to(Answers& answers) const {
    return answers(all.template get<State>()...);
  }
};
template <class State, class Answers>
inline constexpr bool shows = requires(Answers& all, const State& state) { all(state); };
template <class... State, class Answers>
inline constexpr bool shows<states<State...>, Answers> = requires(Answers& all, const State&... state) { all(state...); };

/// Reports an outcome that shows its state to nobody.
template <class State>
struct unshown {
  template <bool Ok>
  using report = diagnostic::outcome_unanswered<Ok, State>;
};
template <class... State>
struct unshown<states<State...>> {
  template <bool Ok>
  using report = diagnostic::states_unanswered<Ok, State...>;
};

/// What became of a command.
enum class became : std::uint8_t { settled, rejected, conflicted, failed };

}  // namespace detail

/// The outcome of a command on State: accepted (or nothing to do), one of its Rejections, gesta::conflict where a version was
/// expected, gesta::failure where the store can fail. The state it shows is the entity's own: read it before the next command.
template <class State, class Rejections, bool CanConflict, bool CanFail>
class outcome;

template <class State, class... R, bool CanConflict, bool CanFail>
class outcome<State, detail::types<R...>, CanConflict, CanFail> {
 public:
  using rejection_list = detail::types<R...>;
  static constexpr bool can_fail = CanFail;

  /// True when the command was decided and not refused.
  [[gnu::always_inline]] explicit operator bool() const noexcept { return became_ == detail::became::settled; }
  /// True when this is the remembered outcome of an earlier handling under the same gesta::once.
  bool repeated() const noexcept { return repeated_; }
  /// The entity's version after the command; at first handling when repeated.
  std::uint64_t version() const noexcept { return version_; }
  /// The position of the command's last event in the log, 0 when it recorded none; at first handling when repeated.
  std::uint64_t position() const noexcept { return position_; }

  /// Calls the answer that fits and returns its result. Every outcome that this command and this store can give has an answer, or it
  /// does not compile; more answers are allowed, so that one program fits every store.
  template <class... Arm>
  [[gnu::always_inline]] decltype(auto) match(Arm&&... arm) const {
    return dispatch(detail::answers<std::remove_cvref_t<Arm>...>{static_cast<Arm&&>(arm)...}, detail::make_indices<sizeof...(R)>{});
  }

  // The rest is for the runtime that makes outcomes.
  struct to_settle {};
  [[gnu::always_inline]] outcome(to_settle, typename detail::shown<State>::given state, std::uint64_t version, std::uint64_t position,
                                 bool repeated = false)
      : refusals_(no_change), failure_(detail::vacant{}), state_(state), version_(version), position_(position), repeated_(repeated) {}
  [[gnu::always_inline]] outcome(const detail::rejection_slots<rejection_list>& refusals, std::size_t which,
                                 typename detail::shown<State>::given state, std::uint64_t version, bool repeated = false)
      : refusals_(refusals, which),
        failure_(detail::vacant{}),
        state_(state),
        version_(version),
        which_(static_cast<std::uint8_t>(which)),
        became_(detail::became::rejected),
        repeated_(repeated) {}
  outcome(const conflict& found) : refusals_(no_change), failure_(detail::vacant{}), version_(found.actual), became_(detail::became::conflicted) {}
  outcome(const failure& cause) : refusals_(no_change), failure_(kept(cause)), became_(detail::became::failed) {}
  /// The outcome of a store that cannot fail, for a caller who does not know the store.
  template <bool OtherFails>
    requires(CanFail && !OtherFails)
  outcome(const outcome<State, rejection_list, CanConflict, OtherFails>& other)
      : refusals_(other.refusals_, other.became_ == detail::became::rejected ? other.which_ : detail::npos),
        failure_(detail::vacant{}),
        state_(other.state_),
        version_(other.version_),
        position_(other.position_),
        which_(other.which_),
        became_(other.became_),
        repeated_(other.repeated_) {}

 private:
  template <class, class, bool, bool>
  friend class outcome;

  template <class Answers, std::size_t... I>
  [[gnu::always_inline]] decltype(auto) dispatch(Answers answers, detail::indices<I...>) const {
    constexpr bool settled = detail::shows<State, Answers>;
    constexpr bool complete = settled && (detail::answered<true, R, Answers> && ...) && detail::answered<CanConflict, conflict, Answers> &&
                              detail::answered<CanFail, failure, Answers>;
    if constexpr (!complete) {  // each report is a class: none where all is well
      (void)sizeof(typename detail::unshown<State>::template report<settled>);
      ((void)sizeof(diagnostic::outcome_unanswered<detail::answered<true, R, Answers>, R>), ...);
      (void)sizeof(diagnostic::outcome_unanswered<detail::answered<CanConflict, conflict, Answers>, conflict>);
      (void)sizeof(diagnostic::outcome_unanswered<detail::answered<CanFail, failure, Answers>, failure>);
    }
    if constexpr (complete) {
      using result = decltype(state_.to(answers));
      constexpr bool same = (detail::same<result, decltype(answers(refusals_.template get<I>()))> && ...);
      (void)sizeof(diagnostic::answers_differ<same, State>);
      if constexpr (same) {
        if constexpr (sizeof...(R) != 0)
          if (became_ == detail::became::rejected) return refused<result, 0>(answers);
        if constexpr (CanConflict)
          if (became_ == detail::became::conflicted) return static_cast<result>(answers(conflict{version_}));
        if constexpr (CanFail)
          if (became_ == detail::became::failed) return static_cast<result>(answers(static_cast<const failure&>(failure_.value)));
        return static_cast<result>(state_.to(answers));
      } else {
        return detail::anything{};
      }
    } else if constexpr (settled) {
      return state_.to(answers);
    } else {
      return detail::anything{};
    }
  }

  static auto kept(const failure& cause) {
    if constexpr (CanFail) return detail::filling<const failure>{cause};
    else return detail::vacant{};  // never reached: nothing that cannot fail makes this outcome
  }

  template <class Result, std::size_t I, class Answers>
  [[gnu::always_inline]] Result refused(Answers& answers) const {
    if constexpr (I + 1 < sizeof...(R))
      if (which_ != I) return refused<Result, I + 1>(answers);
    return static_cast<Result>(answers(refusals_.template get<I>()));
  }

  [[no_unique_address]] detail::rejection_slots<rejection_list> refusals_;
  [[no_unique_address]] detail::slot<0, std::conditional_t<CanFail, failure, detail::vacant>> failure_;
  detail::shown<State> state_;
  std::uint64_t version_ = 0;
  std::uint64_t position_ = 0;
  std::uint8_t which_ = 0;
  detail::became became_ = detail::became::settled;
  bool repeated_ = false;
};

/// An outcome that needs an answer: it can be a rejection, a conflict or a failure.
template <class State, class Rejections, bool CanConflict, bool CanFail>
class [[nodiscard]] open_outcome : public outcome<State, Rejections, CanConflict, CanFail> {
 public:
  using outcome<State, Rejections, CanConflict, CanFail>::outcome;
};

namespace detail {

template <class State, class Rejections, bool CanConflict, bool CanFail>
using outcome_for = std::conditional_t<(Rejections::size != 0 || CanConflict || CanFail), open_outcome<State, Rejections, CanConflict, CanFail>,
                                       outcome<State, Rejections, CanConflict, CanFail>>;

}  // namespace detail

}  // namespace gesta
