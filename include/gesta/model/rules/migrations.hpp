// Rules about instances of an earlier version of a saga that go over to a later one.
// Floor: model.
// May include: detail, message, react, model.
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/detail/chars.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/rules/report.hpp>
#include <gesta/react/saga_flow.hpp>
#include <gesta/react/saga_migration.hpp>
#include <gesta/react/saga_records.hpp>

namespace gesta::rules {

template <class Flow, class Old>
struct migration_rules {
  using returned = gesta::detail::migration<Old>;
  using successor = gesta::detail::successor_of<Old>;
  static constexpr bool moves = !gesta::detail::same<returned, gesta::detail::unsaid>;
  static constexpr bool is_there = gesta::detail::contains<successor, typename Flow::sagas> && !gesta::detail::contains<successor, typename Flow::pinned_sagas>;
  using nowhere = report_if<moves && !is_there, diagnostic::migration_to_nowhere, Old, returned>;

  template <class Saga>
  using key_of = typename gesta::detail::saga_key<typename Saga::correlated_by, typename decltype(gesta::detail::beginning_of_saga<Saga>())::type>::type;
  static constexpr bool begins_alike() {
    if constexpr (!moves || !is_there) return true;
    else
      return gesta::detail::same<typename decltype(gesta::detail::beginning_of_saga<Old>())::type,
                                 typename decltype(gesta::detail::beginning_of_saga<successor>())::type> &&
             gesta::detail::same<key_of<Old>, key_of<successor>>;
  }
  static constexpr bool is_later() {
    if constexpr (!moves || !is_there) return true;
    else
      return gesta::detail::chars_of(gesta::detail::said_name<Old>) == gesta::detail::chars_of(gesta::detail::said_name<successor>) &&
             gesta::detail::said_id<Old>().version < gesta::detail::said_id<successor>().version;
  }
  using of_another = report_if<!begins_alike(), diagnostic::migration_begins_otherwise, Old, successor>;
  using earlier = report_if<!is_later(), diagnostic::migration_to_no_later_version, Old, successor>;

  template <class Says, class Outcome>
  static constexpr bool may_be_passed() {
    if constexpr (gesta::detail::same<Outcome, gesta::detail::unsaid>) return true;
    else if constexpr (Says::begins || Says::asks_many || !gesta::detail::contains<Outcome, typename Says::outcomes>) return false;
    else {
      constexpr auto rule = gesta::detail::rule_of_outcome<Says, Outcome>();
      return rule.answer == gesta::detail::outcome_rule::says::proceed && !rule.is_unknown && (!rule.may_stand || Says::is_needless);
    }
  }
  template <class... Step>
  static constexpr auto find_unfit(gesta::detail::types<Step...>) {
    using steps = gesta::detail::types<Step...>;
    constexpr std::size_t which = gesta::detail::first_true(
        {!may_be_passed<gesta::detail::step_says<typename Flow::of_deciders, Step>, gesta::detail::passed_outcome<Old, Step>>()..., false});
    if constexpr (which == npos) return gesta::detail::type_is<kept<diagnostic::step_cannot_be_passed, Old>>{};
    else {
      using step = gesta::detail::at<which, steps>;
      return gesta::detail::type_is<diagnostic::step_cannot_be_passed<false, step, gesta::detail::passed_outcome<Old, step>>>{};
    }
  }
  static constexpr auto find() {
    if constexpr (!moves || !is_there) return gesta::detail::type_is<kept<diagnostic::step_cannot_be_passed, Old>>{};
    else return find_unfit(typename gesta::detail::saga_shape<typename successor::step_list>::steps{});
  }
  using unfit = typename decltype(find())::type;
  using all = gesta::detail::types<nowhere, of_another, earlier, unfit>;
};

template <class Flow, class Pinned>
struct all_migration_rules;
template <class Flow, class... Old>
struct all_migration_rules<Flow, gesta::detail::types<Old...>> : gesta::detail::type_is<gesta::detail::concat<typename migration_rules<Flow, Old>::all...>> {};

}  // namespace gesta::rules
