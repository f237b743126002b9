// What has to hold where the explorer finds a saga at its end.
// Floor: testing.
// May include: detail, react/saga_course.hpp, testing.
#pragma once

#include <cstddef>
#include <string>

#include <gesta/detail/chars.hpp>
#include <gesta/react/saga_course.hpp>
#include <gesta/testing/explorer_world.hpp>

namespace gesta::detail::exploring {

inline std::string text_of(chars c) { return std::string(c.data, c.size); }

inline bool has_won_with_nothing(const course_table& table, const world& w, const group_rule& group) {
  // It did nothing, or what it did needs no undo, so that nobody counts it.
  for (std::size_t i = group.first; i < std::size_t{group.first} + group.steps; ++i) {
    const step_state& s = w.steps[i];
    bool was_done = false;
    for (std::size_t k = 0; k < s.size; ++k) was_done = was_done || s.of[k].done != 0;
    if (s.verdict == step_state::succeeded && (!was_done || table.steps[i].undo != undo_is::a_command)) return true;
  }
  return false;
}

/// What is wrong with a world in which nothing is under way and the saga has gone back; empty: nothing.
inline std::string wrong_with_compensated(const subject& what, const world& w) {
  const course_table& table = what.table;
  for (std::size_t i = 0; i < w.steps.size(); ++i) {
    if (table.steps[i].undo == undo_is::needless) continue;
    for (std::size_t k = 0; k < w.steps[i].size; ++k)
      if (w.steps[i].of[k].stands()) return "compensated, but " + text_of(what.steps[i]) + " still stands";
  }
  return {};
}

/// The same where it is completed.
inline std::string wrong_with_completed(const subject& what, const world& w) {
  const course_table& table = what.table;
  for (std::size_t g = 0; g < table.group_count; ++g) {
    const group_rule& group = table.groups[g];
    std::size_t stand = 0;
    for (std::size_t i = group.first; i < std::size_t{group.first} + group.steps; ++i) {
      const step_state& s = w.steps[i];
      bool any = false;
      for (std::size_t k = 0; k < s.size; ++k) {
        const element_state& e = s.of[k];
        any = any || e.stands();
        if (group.is == group_is::any_of) continue;
        if (e.known == known_is::nothing) return "completed, but " + text_of(what.steps[i]) + " was never done";
        if (e.known == known_is::done && !e.stands()) return "completed, but " + text_of(what.steps[i]) + " does not stand";
      }
      if (any && table.steps[i].undo == undo_is::a_command) ++stand;
    }
    if (group.is == group_is::all_of) continue;
    const std::string those = "completed, but of " + text_of(what.steps[group.first]) + " and those beside it ";
    if (stand > 1) return those + "more than one stands";
    if (stand == 0 && !has_won_with_nothing(table, w, group)) return those + "none stands";
  }
  return {};
}

}  // namespace gesta::detail::exploring
