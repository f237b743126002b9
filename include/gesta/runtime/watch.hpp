// What an app knows for its observers: notes of what was decided, until the unit of work is kept, and then they are told.
// Floor: runtime. Held with the log and the entities; the unit of work and the engine write the notes.
// May include: detail, message, decide, model, runtime/observed.hpp.
//
// Without observers it is an empty class whose functions are never called.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <gesta/decide/key_rule.hpp>
#include <gesta/decide/together.hpp>
#include <gesta/detail/names.hpp>
#include <gesta/message/id.hpp>
#include <gesta/message/key.hpp>
#include <gesta/runtime/observed.hpp>

namespace gesta::detail {

// Named so that a debugger says it: `observe` gave a command to the app that was telling it something.
[[noreturn, gnu::cold]] inline void observer_used_the_app() { __builtin_abort(); }

/// What people call a type: its id, else its name in C++.
template <class T>
struct name_in_cpp {
  char chars[type_name<T>.size + 1] = {};

  constexpr name_in_cpp() noexcept { detail::copy_chars(type_name<T>, chars); }
};
template <class T>
inline constexpr name_in_cpp<T> name_with_end{};
template <class T>
constexpr const char* spoken_name() noexcept {
  if constexpr (identified<T>) return id_of<T>.name;
  else return name_with_end<T>.chars;
}

/// Stands in the place of a command where facts were appended.
struct appending_facts {
  static constexpr auto id = "append";
};

/// A command and its aggregate, for people.
struct subject {
  const char* command;
  const char* aggregate;
  void (*put_key)(key_bytes key, char* text, std::size_t room);
};
template <class Aggregate>
void put_key_of(key_bytes bytes, char* text, std::size_t room) {
  using key = typename key_rule<Aggregate>::key_type;
  if constexpr (same<key, whole>) text[0] = '\0';
  else (void)gesta::key_text(gesta::key_from<key>(bytes), text, room);
}
template <class Command, class Aggregate>
inline constexpr subject subject_of{spoken_name<Command>(), spoken_name<Aggregate>(), &put_key_of<Aggregate>};

/// What was decided in a unit of work that is not kept yet, in order.
class decision_notes {
 public:
  /// What a note is of; `actual` is the position that a decision came to, and what a conflict found.
  struct note {
    const subject* what;
    const char* rejection;  ///< of a rejection only
    gesta::expected expected;
    bool conflicts;
    std::uint64_t version, actual, events;
    std::uint64_t records;  ///< of the unit, when it was noted
  };

  void add(const note& one, key_bytes key) {
    const std::size_t at = keys_.size();
    keys_.insert(keys_.end(), key.data, key.data + key.size);
    all_.push_back({one, at, key.size});
  }
  void forget() noexcept {
    all_.clear();
    keys_.clear();
  }
  /// Forgets what was noted when the unit had more records than these.
  void forget_behind(std::uint64_t records) noexcept {
    while (!all_.empty() && all_.back().what.records > records) {
      keys_.resize(all_.back().key_at);
      all_.pop_back();
    }
  }

  template <class Observers>
  void tell(const Observers& observers) const noexcept {
    char text[96];
    for (const kept& one : all_) {
      const note& n = one.what;
      const key_bytes key{keys_.data() + one.key_at, one.key_size};
      n.what->put_key(key, text, sizeof text);
      if (n.conflicts) observers.tell(conflicted{n.what->command, n.what->aggregate, key, text, n.expected, n.actual});
      else if (n.rejection != nullptr) observers.tell(rejected{n.what->command, n.rejection, n.what->aggregate, key, text, n.version});
      else observers.tell(decided{n.what->command, n.what->aggregate, key, text, n.version, n.actual, n.events});
    }
  }

 private:
  struct kept {
    note what;
    std::size_t key_at;
    std::uint32_t key_size;
  };

  std::vector<kept> all_;
  std::vector<char> keys_;
};

/// The observers of an app, and what they are to be told. One thread at a time.
template <class Observers>
class watch {
 public:
  static constexpr bool any = true;
  template <class What>
  static constexpr bool hears = Observers::template hears<What>;

  template <class Store>
  explicit watch(const Store& store) : observers_(static_cast<const Observers&>(store)) {}

  /// Tells at once what no unit of work could take back.
  template <class What>
  void tell(const What& what) noexcept {
    if constexpr (hears<What>) {
      is_telling_ = true;
      observers_.tell(what);
      is_telling_ = false;
    }
  }

  template <class Command, class Aggregate>
  void note_decided(key_bytes key, std::uint64_t version, std::uint64_t position, std::uint64_t events, std::uint64_t records) {
    if constexpr (hears<decided>) notes_.add({&subject_of<Command, Aggregate>, nullptr, {}, false, version, position, events, records}, key);
  }
  template <class Command, class Aggregate>
  void note_rejected(const char* rejection, key_bytes key, std::uint64_t version, std::uint64_t records) {
    if constexpr (hears<rejected>) notes_.add({&subject_of<Command, Aggregate>, rejection, {}, false, version, 0, 0, records}, key);
  }
  template <class Command, class Aggregate>
  void note_conflict(key_bytes key, const gesta::expected& expected, std::uint64_t actual, std::uint64_t records) {
    if constexpr (hears<conflicted>) notes_.add({&subject_of<Command, Aggregate>, nullptr, expected, true, 0, actual, 0, records}, key);
  }
  /// The unit of work is kept.
  void tell_notes() noexcept {
    is_telling_ = true;
    notes_.tell(observers_);
    is_telling_ = false;
    notes_.forget();
  }
  void forget() noexcept { notes_.forget(); }
  void forget_behind(std::uint64_t records) noexcept { notes_.forget_behind(records); }

  /// A command begins.
  void is_used() const noexcept {
    if (is_telling_) observer_used_the_app();
  }

 private:
  Observers observers_;
  decision_notes notes_;
  bool is_telling_ = false;
};

template <>
class watch<observed_by<>> {
 public:
  static constexpr bool any = false;
  template <class Store>
  explicit watch(const Store&) noexcept {}
};

/// The observers among the options that a store carries.
template <class... Observer>
observed_by<Observer...> observers_among(const observed_by<Observer...>*) noexcept;
observed_by<> observers_among(const void*) noexcept;
template <class Store>
using watch_of = watch<decltype(detail::observers_among(static_cast<const Store*>(nullptr)))>;

}  // namespace gesta::detail
