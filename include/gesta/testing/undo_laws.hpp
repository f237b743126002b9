// The two laws on which the proofs of sagas and choreographies rest, tried on every aggregate of a model.
// Floor: testing.
// May include: detail, message, decide, codec, model, testing.
//
//   CHECK(gesta::testing::undo_laws<shop>());
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include <gesta/codec/form.hpp>
#include <gesta/decide/aggregate.hpp>
#include <gesta/decide/verbs.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/detail/names.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/about.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/testing/given.hpp>
#include <gesta/testing/print.hpp>

namespace gesta {

namespace testing {

/// Whether the laws held in all that was tried.
struct [[nodiscard]] lawful {
  std::string problem;       ///< empty, or what was broken, and by which commands
  std::size_t decisions = 0; ///< how many were looked at

  explicit operator bool() const noexcept { return problem.empty(); }

  template <class Stream>
    requires requires(Stream& out, const char* text) { out << text; }
  friend Stream& operator<<(Stream& out, const lawful& l) {
    out << (l.problem.empty() ? "lawful" : l.problem.c_str());
    return out;
  }
};

}  // namespace testing

namespace detail::exploring {

// Every field of a message as a small value, each the same: so that commands mean the same thing.
template <class T>
void make_small(T& value, int small);
template <class T, std::size_t... I>
void make_fields_small(T& value, int small, indices<I...>) {
  (exploring::make_small(get_field<I>(value), small), ...);
}
template <class T>
void make_small(T& value, int small) {
  constexpr form f = form_of_type<T>;
  if constexpr (std::is_same_v<T, bool>) value = true;
  else if constexpr (f == form::number || f == form::enumeration) value = static_cast<T>(small);
  else if constexpr (f == form::fields) exploring::make_fields_small(value, small, make_indices<field_count<T>>{});
  else if constexpr (requires { value = small == 1 ? "a" : "b"; }) value = small == 1 ? "a" : "b";
}

template <class Event>
constexpr auto undone_by() {
  if constexpr (requires { typename Event::undoes; }) return type_is<typename Event::undoes>{};
  else return type_is<void>{};
}
/// What an event undoes; void: nothing.
template <class Event>
using undone_by_event = typename decltype(undone_by<Event>())::type;

template <class Aggregate, class Events, class Commands>
class law_walk;
template <class Aggregate, class... Event, class... Command>
class law_walk<Aggregate, types<Event...>, commands<Command...>> {
  using events = types<Event...>;
  using state_type = typename Aggregate::state_type;
  static constexpr std::size_t count = sizeof...(Event);

 public:
  law_walk(gesta::testing::lawful& result, unsigned most) : result_(result), most_(most) {}

  void walk(int small) {
    small_ = small;
    go(state_type{}, standing{}, 0);
  }

 private:
  // Of each event: how many stand, and whether the last that was heard of it is that it happened.
  struct standing {
    int number[count + 1] = {};
    bool is_last[count + 1] = {};
  };

  void go(const state_type& state, const standing& now, unsigned depth) {
    if (depth == most_ || !result_.problem.empty()) return;
    (try_one<Command>(state, now, depth), ...);
  }
  template <class C>
  void try_one(const state_type& state, const standing& before, unsigned depth) {
    if (!result_.problem.empty()) return;
    C command{};
    exploring::make_small(command, small_);
    ++result_.decisions;
    const auto make = [&] { return detail::testing::place(about{}, way_.size()); };
    auto decision = detail::call_decide(state, command, make);
    if (decision.refused()) return;
    way_.push_back(printed(command));
    state_type after = state;
    standing now = before;
    bool any = false;
    auto each = [&](const auto& event) {
      any = true;
      hear<std::remove_cvref_t<decltype(event)>>(now);
      detail::call_evolve(after, event, make);
    };
    detail::testing::each_event(decision, each);
    using contract = std::remove_cvref_t<decltype(decision)>;
    if (any) go(after, now, depth + 1);
    else if constexpr (contract::may_do_nothing) look_at_nothing(now, contract_events<contract>{});
    way_.pop_back();
  }
  template <class E>
  void hear(standing& now) {
    using undone = undone_by_event<E>;
    constexpr std::size_t own = index_of<E, events>;
    if constexpr (contains<undone, events>) {
      constexpr std::size_t d = index_of<undone, events>;
      if (now.number[d] <= 0) broken(type_name<E>, " undoes ", type_name<undone>, ", and it happens while none stands");
      --now.number[d];
      now.is_last[d] = false;
    }
    ++now.number[own];
    now.is_last[own] = true;
  }
  template <class... E>
  void look_at_nothing(const standing& now, types<E...>) {
    if (!(may_be_nothing<E>(now) || ...)) broken("it answers nothing, and neither stands its event already nor is there nothing to undo", "", "", "");
  }
  // Nothing was to be done: it was done before, or what it would undo does not stand. What another aggregate has done is not known here.
  template <class E>
  static bool may_be_nothing(const standing& now) {
    using undone = undone_by_event<E>;
    if constexpr (std::is_void_v<undone>) {
      return now.number[index_of<E, events>] > 0;
    } else if constexpr (contains<undone, events>) {
      constexpr std::size_t d = index_of<undone, events>;
      return now.number[d] <= 0 || !now.is_last[d];
    } else {
      return true;
    }
  }

  template <class Message>
  static std::string printed(const Message& message) {
    char room[400];
    const std::size_t size = print(message, room, sizeof room);
    return std::string(room, size < sizeof room ? size : sizeof room - 1);
  }
  template <class... Part>
  void broken(const Part&... part) {
    if (!result_.problem.empty()) return;
    const auto add = [&](const auto& p) {
      const chars c = chars_of(p);
      result_.problem.append(c.data, c.size);
    };
    for (std::size_t i = 0; i < way_.size(); ++i) add(i == 0 ? "" : ", "), add(way_[i]);
    add(": ");
    (add(part), ...);
  }

  gesta::testing::lawful& result_;
  const unsigned most_;
  int small_ = 1;
  std::vector<std::string> way_;
};

template <class Aggregate>
void try_laws(gesta::testing::lawful& result, unsigned most) {
  if constexpr (!boundary_part<Aggregate>) {
    for (const int small : {1, 2}) law_walk<Aggregate, events_in<Aggregate>, typename Aggregate::command_list>(result, most).walk(small);
  }
}
template <class... Aggregate>
void try_all_laws(gesta::testing::lawful& result, unsigned most, types<Aggregate...>) {
  (try_laws<Aggregate>(result, most), ...);
}

}  // namespace detail::exploring

namespace testing {

/// Tries the two laws on every aggregate of a model, with all sequences of at most `most` of its commands that each change something, whose fields
/// are all 1, and then all 2:
///   an event that undoes D happens only while a D of its stream stands;
///   a command with `or_nothing` answers nothing only where its event stands already, or what its event would undo does not.
/// What an event undoes of another aggregate is not looked at, nor are boundaries. One of the shortest sequences that break a law is told. Costs a
/// decision for each sequence: with n commands up to n to the power of `most`.
template <class Model>
lawful undo_laws(unsigned most = 5) {
  lawful result;
  for (unsigned length = 1; length <= most && result; ++length) {  // so that the sequence that is told is one of the shortest
    result.decisions = 0;
    detail::exploring::try_all_laws(result, length, typename flow<Model>::deciders{});
  }
  return result;
}

}  // namespace testing

}  // namespace gesta
