// Other services, as the stories of explore_app tell them: what was requested of them, what they did, and what the saga has heard of it.
// Floor: testing.
// May include: detail, message, decide, react.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <gesta/decide/elsewhere.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/react/saga.hpp>

namespace gesta::detail::exploring {

/// How a command can end that another service decides: what does something first. Of gesta::sent nobody knows better.
template <class Contract>
using outcomes_elsewhere = concat<typename Contract::events, std::conditional_t<Contract::is_sent, types<sent>, types<>>,
                                  std::conditional_t<Contract::may_do_nothing, types<nothing>, types<>>, typename Contract::rejections>;
template <class Contract>
inline constexpr std::size_t doing_outcomes = Contract::events::size + (Contract::is_sent ? 1 : 0);
template <class Contract>
inline constexpr std::size_t first_rejection = doing_outcomes<Contract> + (Contract::may_do_nothing ? 1 : 0);

/// What a service would say to a command: fields of the same name and type have the command's values, all others are blank.
template <class Outcome, class Command>
Outcome outcome_of([[maybe_unused]] const Command& command) {
  Outcome made{};
  if constexpr (plain<Outcome> && plain<Command>) {
    const auto take = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
      const auto from = [&]<std::size_t K>(std::integral_constant<std::size_t, K>) {
        if constexpr (same<field_type<Outcome, I>, field_type<Command, K>>)
          if (field_name<Outcome, I>() == field_name<Command, K>()) get_field<I>(made) = get_field<K>(command);
      };
      [&]<std::size_t... K>(indices<K...>) { (from(std::integral_constant<std::size_t, K>{}), ...); }(make_indices<field_count<Command>>{});
    };
    [&]<std::size_t... I>(indices<I...>) { (take(std::integral_constant<std::size_t, I>{}), ...); }(make_indices<field_count<Outcome>>{});
  }
  return made;
}

/// One request, known by its number.
struct request_told {
  static constexpr std::size_t undecided = npos;

  std::uint64_t number = 0;
  std::size_t step = 0;
  bool is_undo = false;
  std::size_t outcome = undecided;  ///< in outcomes_elsewhere of its contract
  bool is_done = false;             ///< something stands because of it,
  bool is_undone = false;           ///< until it was undone
  bool is_barred = false;           ///< its undo came first: it is not done any more
  bool is_heard = false;            ///< the saga was told the outcome

  bool is_decided() const noexcept { return outcome != undecided; }
  bool stands() const noexcept { return is_done && !is_undone; }
  /// On its way still: nobody knows whether it will be done.
  bool may_be_done() const noexcept { return !is_undo && !is_decided() && !is_barred; }
};

/// All services together. They remember by a request's number what they have said, as gesta::serve does.
class services_elsewhere {
 public:
  void forget() { all_.clear(); }
  std::vector<request_told>& all() noexcept { return all_; }

  request_told* find(std::uint64_t number) noexcept {
    for (request_told& one : all_)
      if (one.number == number) return &one;
    return nullptr;
  }
  /// The request of this number, which is under way from now on.
  request_told& of(std::uint64_t number, std::size_t step, bool is_undo) {
    if (request_told* const known = find(number)) return *known;
    all_.push_back({number, step, is_undo});
    return all_.back();
  }
  /// Undoes what stands of a step: the request that is followed, or where that never came, or stands no more, the last one that does. False: nothing
  /// stood, and the request that is followed is not done any more.
  bool undo(std::size_t step, std::uint64_t follows) noexcept {
    if (request_told* const run = find(follows); run != nullptr && run->may_be_done()) return run->is_barred = true, false;
    for (std::size_t i = all_.size(); i-- != 0;)
      if (all_[i].step == step && !all_[i].is_undo && all_[i].stands()) return all_[i].is_undone = true;
    return false;
  }
  std::size_t standing(std::size_t step) const noexcept {
    std::size_t count = 0;
    for (const request_told& one : all_) count += one.step == step && !one.is_undo && one.stands() ? 1 : 0;
    return count;
  }
  bool may_be_done(std::size_t step) const noexcept {
    for (const request_told& one : all_)
      if (one.step == step && one.may_be_done()) return true;
    return false;
  }

 private:
  std::vector<request_told> all_;
};

}  // namespace gesta::detail::exploring
