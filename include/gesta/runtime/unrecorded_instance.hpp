// One instance of a saga that nobody records: the facts that its steps ask for, and which steps stand.
// Floor: runtime. Between gesta::unrecorded_sagas and what the saga's type says.
// May include: detail, message, react.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

#include <gesta/detail/pack.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/many.hpp>
#include <gesta/react/saga_course.hpp>
#include <gesta/react/saga_flow.hpp>

namespace gesta::detail {

/// Room for one value, number I of its owner, who knows whether it is there.
template <std::size_t I, class T, bool Trivial = std::is_trivially_copyable_v<T> && trivially_destructible<T>>
struct room_for {
  union {
    char none;
    T value;
  };

  constexpr room_for() noexcept : none{} {}
  [[gnu::always_inline]] constexpr void put(const T& given) { ::new (static_cast<void*>(__builtin_addressof(value))) T(given); }
  constexpr void drop() noexcept {}
};
template <std::size_t I, class T>
struct room_for<I, T, false> {
  union {
    char none;
    T value;
  };
  bool is_there = false;

  room_for() noexcept : none{} {}
  room_for(const room_for& other) : none{} {
    if (other.is_there) put(other.value);
  }
  room_for& operator=(const room_for& other) {
    if (this == &other) return *this;
    drop();
    if (other.is_there) put(other.value);
    return *this;
  }
  ~room_for() { drop(); }

  void put(const T& given) {
    drop();
    ::new (static_cast<void*>(__builtin_addressof(value))) T(given);
    is_there = true;
  }
  void drop() noexcept {
    if (is_there) value.~T();
    is_there = false;
  }
};
template <std::size_t I>
struct room_for<I, void, false> {
  constexpr void drop() noexcept {}
};

template <class List, class Indices = make_indices<List::size>>
struct rooms;
template <class... T, std::size_t... I>
struct rooms<types<T...>, indices<I...>> : room_for<I, T>... {
  template <std::size_t K>
  [[gnu::always_inline]] constexpr auto& room() noexcept {
    return static_cast<room_for<K, at<K, types<T...>>>&>(*this);
  }
  template <std::size_t K>
  [[gnu::always_inline]] constexpr const auto& room() const noexcept {
    return static_cast<const room_for<K, at<K, types<T...>>>&>(*this);
  }
  constexpr void drop_all() noexcept { (static_cast<room_for<I, T>&>(*this).drop(), ...); }
};

template <std::size_t Count>
using bits_for = std::conditional_t<(Count <= 32), std::uint32_t, std::uint64_t>;
template <class Bits>
constexpr Bits bit(std::size_t i) noexcept {
  return static_cast<Bits>(Bits{1} << i);
}

template <class Facts>
struct types_of_facts;
template <class... Fact>
struct types_of_facts<types<Fact...>> : type_is<types<typename Fact::type...>> {};

/// One command of a step that asks many, and what became of it.
template <class Plan, std::size_t Step>
struct asked_element {
  using says = typename Plan::template step<Step>;
  using events = typename says::events;

  typename says::command command{};
  bool stands = false;
  std::uint64_t known = 0;
  rooms<events> happened;

  template <class Fact>
  constexpr const Fact* get() const noexcept {
    if constexpr (same<Fact, typename says::command>) return &command;
    else return (known & bit<std::uint64_t>(index_of<Fact, events>)) != 0 ? &happened.template room<index_of<Fact, events>>().value : nullptr;
  }
};
/// The commands of a step that asks many; `next` is open.
template <class Plan, std::size_t Step>
struct asked_elements {
  many<asked_element<Plan, Step>> all;
  std::size_t next = 0;
};

/// How a saga may go on, read from its table.
template <class Plan>
struct plan_facts {
  static constexpr const course_table& table = Plan::table;
  static constexpr std::size_t steps = Plan::step_count;
  static constexpr std::size_t groups = Plan::shape::group_count;
  static_assert(steps >= 1 && steps <= 64);  // unrecorded_sagas has said so
  using bits = bits_for<steps>;

  static constexpr std::size_t group_of(std::size_t step) { return table.steps[step].group; }
  static constexpr bool is_grouped(std::size_t step) { return table.groups[group_of(step)].steps > 1; }
  static constexpr std::size_t first_of(std::size_t group) { return table.groups[group].first; }
  static constexpr std::size_t last_of(std::size_t group) { return table.groups[group].first + table.groups[group].steps - std::size_t{1}; }
  /// The steps of a group.
  static constexpr bits mask_of(std::size_t group) {
    bits mask = 0;
    for (std::size_t i = first_of(group); i <= last_of(group); ++i) mask = static_cast<bits>(mask | bit<bits>(i));
    return mask;
  }
  /// Whether something has to be done to undo a step; of the others nobody asks whether they stand.
  static constexpr bool has_undo(std::size_t step) { return table.steps[step].undo == undo_is::a_command; }
  /// How many commands an instance may have open at once.
  static constexpr std::size_t widest = [] {
    std::size_t most = 1;
    for (std::size_t i = 0; i < groups; ++i) most = table.groups[i].steps > most ? table.groups[i].steps : most;
    return most;
  }();
  template <std::size_t... I>
  static constexpr bool any_many(indices<I...>) {
    return (Plan::template step<I>::asks_many || ... || false);
  }
  static constexpr bool has_many = any_many(make_indices<steps>{});
  /// Whether some command may be asked again.
  static constexpr bool may_ask_again = [] {
    for (std::size_t i = 0; i < steps; ++i)
      for (std::size_t k = 0; k < std::size_t{table.steps[i].outcomes} + table.steps[i].undo_outcomes; ++k) {
        const auto says = table.outcomes[table.steps[i].first_outcome + k].answer;
        if (says == outcome_rule::says::again || says == outcome_rule::says::until_answered) return true;
      }
    return false;
  }();

  /// Whether it has to be kept that a step is open. One that is alone is what its instance is about, unless it may be asked later.
  static constexpr bool keeps_open(std::size_t step) { return is_grouped(step) || may_ask_again; }

  /// What has to be kept of the command of a step beside the facts: steps of a group are all asked before the first is answered.
  template <std::size_t I>
  static constexpr auto command_kept() {
    using says = typename Plan::template step<I>;
    if constexpr (I == 0) return type_is<void>{};
    else if constexpr (says::asks_many) return type_is<asked_elements<Plan, I>>{};
    else if constexpr (is_grouped(I)) return type_is<typename says::command>{};
    else return type_is<void>{};
  }
  template <std::size_t... I>
  static constexpr auto commands_kept(indices<I...>) {
    return types<typename decltype(command_kept<I>())::type...>{};
  }
};

/// What only a saga that asks again needs: how often it did, and when it does so next.
template <std::size_t Steps, bool MayAskAgain>
struct repetitions {
  std::uint32_t attempts[Steps] = {};
  timestamp due[Steps] = {};
};
template <std::size_t Steps>
struct repetitions<Steps, false> {};

enum class instance_is : std::uint8_t { free, under_way };

template <class Plan>
class saga_instance_in_memory {
  using rules = plan_facts<Plan>;

 public:
  using bits = typename rules::bits;
  using fact_types = typename types_of_facts<typename Plan::facts>::type;
  static_assert(fact_types::size <= 64);  // likewise

  /// The fact of index K in Plan::facts; null: it is missing.
  template <std::size_t K>
  [[gnu::always_inline]] constexpr const at<K, fact_types>* get() const noexcept {
    return (known & bit<decltype(known)>(K)) != 0 ? __builtin_addressof(facts.template room<K>().value) : nullptr;
  }
  /// Keeps a fact of a step where somebody asks for it.
  template <std::size_t Step, class Fact>
  [[gnu::always_inline]] constexpr void learn(const Fact& fact) {
    constexpr std::size_t place = Plan::template fact_index<Step, Fact>;
    if constexpr (place != npos) {
      facts.template room<place>().put(fact);
      known = static_cast<decltype(known)>(known | bit<decltype(known)>(place));
    }
  }
  [[gnu::always_inline]] constexpr void begin() {
    known = 0;
    standing = rules::has_undo(0) ? 1 : 0;
    open = won = waiting = 0;
    group = 1;
    stuck_at = no_step;
    failing = false;
    is = instance_is::under_way;
    if constexpr (rules::may_ask_again) again.attempts[0] = 0;
  }
  /// Takes over another one, value by value: so what is copied from may lie in registers.
  [[gnu::always_inline]] void take(const saga_instance_in_memory& other) {
    take_facts(other, make_indices<fact_types::size>{});
    commands = other.commands;
    known = other.known;
    standing = other.standing;
    open = other.open;
    won = other.won;
    waiting = other.waiting;
    group = other.group;
    stuck_at = other.stuck_at;
    failing = other.failing;
    is = other.is;
    again = other.again;
  }
  /// Gives back what it kept.
  [[gnu::always_inline]] constexpr void end() {
    is = instance_is::free;
    facts.drop_all();
  }

  rooms<fact_types> facts;
  rooms<decltype(rules::commands_kept(make_indices<rules::steps>{}))> commands;
  bits_for<fact_types::size> known = 0;
  bits standing = 0;  ///< steps of which something stands
  bits open = 0;      ///< steps whose command was not answered
  bits won = 0;       ///< the first success of each any_of
  bits waiting = 0;   ///< steps whose command, or that of their undo, is asked again later
  std::uint16_t group = 0;
  std::uint16_t stuck_at = no_step;
  bool failing = false;
  instance_is is = instance_is::free;
  [[no_unique_address]] repetitions<rules::steps, rules::may_ask_again> again;

 private:
  template <std::size_t... K>
  [[gnu::always_inline]] void take_facts([[maybe_unused]] const saga_instance_in_memory& other, indices<K...>) {
    (((other.known & bit<decltype(known)>(K)) != 0 ? facts.template room<K>().put(other.facts.template room<K>().value) : void()), ...);
  }
};

}  // namespace gesta::detail
