// What stands in the place of a part that could not be made, because its model or its arguments broke a rule: it swallows what is said to it.
// Floor: runtime.
// May include: message, store.
#pragma once

#include <string_view>

#include <gesta/message/about.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

namespace detail {

struct mistaken_app;

/// Whether it is no app or reader, since its model broke a rule. That has been reported, so whoever is given one reports nothing.
template <class Log>
concept is_mistaken = __is_same(Log, mistaken_app);

/// Any answer, of a question that never runs.
struct mistaken_answer {
  template <class T>
  operator T() const;
  const failure& why() const;
};

/// Has what the parts of a program have that are polled, so that one mistake stays one error. Nothing of it ever runs. What stands in for one of them adds
/// its poll.
struct stand_in {
  static constexpr std::string_view name() noexcept { return ""; }
  timestamp now() { return {}; }

  template <class Part = void, class... Argument>
  mistaken_answer letters(const Argument&...) {
    return {};
  }
  template <class Part = void, class... Argument>
  mistaken_answer retry(const Argument&...) {
    return {};
  }
  template <class... Argument>
  mistaken_answer discard(const Argument&...) {
    return {};
  }
  template <class... Argument>
  mistaken_answer measure(const Argument&...) {
    return {};
  }
  template <class... Argument>
  void under(const Argument&...) {}
  mistaken_answer retry_all() { return {}; }
  mistaken_answer pause() { return {}; }
  mistaken_answer resume() { return {}; }
  mistaken_answer release() { return {}; }
};

}  // namespace detail

}  // namespace gesta
