// What an instance of a saga records: each input and what followed from it, as events in a stream of its own.
// Floor: react. Folded by react/saga_instance.hpp, written by runtime/saga_turn.hpp.
// May include: detail, message, decide, react.
//
// The stream of an instance is `<saga>/<key>`; `<saga>` is the saga's id, and from version 2 on `id@version`. Each record has a name that is made
// of the saga's, the step's and what it says: "fulfilment.take_payment.asked". Those that users write about are in namespace gesta, so that they
// can be projected and reacted to as any event: `gesta::completed<fulfilment>`.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/decide/decision.hpp>
#include <gesta/detail/fixed_string.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/id.hpp>
#include <gesta/message/text.hpp>
#include <gesta/react/saga.hpp>

namespace gesta {

/// The name of a step, or of a refusal, in a record.
using saga_word = text<64>;

namespace detail {

// ---- names

template <std::size_t Size>
struct made_name {
  char chars[Size + 1] = {};

  constexpr std::size_t put(std::size_t at, const char* part) noexcept {
    for (; *part != '\0'; ++part) chars[at++] = *part;
    return at;
  }
  constexpr std::size_t put(std::size_t at, unsigned number) noexcept {
    if (number >= 10) at = put(at, number / 10);
    chars[at++] = static_cast<char>('0' + number % 10);
    return at;
  }
};

/// As __builtin_strlen, which GCC does not evaluate for an array within a struct.
constexpr std::size_t size_of_name(const char* name) noexcept {
  std::size_t size = 0;
  while (name[size] != '\0') ++size;
  return size;
}

/// The name and the version that a part of a saga says; empty where it says none, which a rule reports.
template <class Named>
constexpr event_id said_id() noexcept {
  if constexpr (identified<Named>) return id_of<Named>;
  else return event_id{""};
}

/// `id`, and from version 2 on `id@version`.
template <class Named>
struct versioned_name {
  static constexpr event_id id = said_id<Named>();
  static constexpr auto make() noexcept {
    made_name<size_of_name(id.name) + 11> name;
    const std::size_t at = name.put(0, id.name);
    if (id.version > 1) name.put(name.put(at, "@"), id.version);
    return name;
  }
  static constexpr auto made = make();
};
template <class Named>
inline constexpr const char* versioned_name_of = versioned_name<Named>::made.chars;

template <class Named>
inline constexpr const char* said_name = said_id<Named>().name;

/// `<saga>.<first>.<second>...What`, the names of a record.
template <fixed_string What, class Saga, class... Named>
struct record_name {
  static constexpr auto make() noexcept {
    made_name<size_of_name(versioned_name_of<Saga>) + (size_of_name(versioned_name_of<Named>) + ... + 0) + sizeof...(Named) + 1 + What.size()> name;
    std::size_t at = name.put(0, versioned_name_of<Saga>);
    ((at = name.put(name.put(at, "."), versioned_name_of<Named>)), ...);
    name.put(name.put(at, "."), What.chars);
    return name;
  }
  static constexpr auto made = make();
  static constexpr event_id id{made.chars};
};

/// The same with a number behind it, from 2 on.
template <fixed_string What, unsigned Number, class Saga>
struct numbered_record_name {
  static constexpr auto make() noexcept {
    made_name<size_of_name(versioned_name_of<Saga>) + 1 + What.size() + 10> name;
    const std::size_t at = name.put(name.put(name.put(0, versioned_name_of<Saga>), "."), What.chars);
    if (Number > 1) name.put(at, Number);
    return name;
  }
  static constexpr auto made = make();
  static constexpr event_id id{made.chars};
};

/// `<Prefix><id of the command>`.
template <fixed_string Prefix, class Command>
struct command_record_name {
  static constexpr auto make() noexcept {
    made_name<Prefix.size() + size_of_name(versioned_name_of<Command>)> name;
    name.put(name.put(0, Prefix.chars), versioned_name_of<Command>);
    return name;
  }
  static constexpr auto made = make();
  static constexpr event_id id{made.chars};
};

template <class Saga>
constexpr auto beginning_of_saga() {
  if constexpr (requires { typename at<0, typename Saga::step_list>::begun_by; }) return type_is<typename at<0, typename Saga::step_list>::begun_by>{};
  else return type_is<type_is<Saga>>{};  // a rule reports it
}

}  // namespace detail

// ---- what users may project and react to

/// An instance has begun, by this event. `definition` is the fingerprint of the saga as it was then; `until` the saga's deadline, zero where it
/// has none.
template <class Saga>
struct begun {
  static constexpr event_id id = detail::record_name<"begun", Saga>::id;
  typename decltype(detail::beginning_of_saga<Saga>())::type event;
  std::uint64_t definition;
  timestamp until;
};
/// Everything is done.
template <class Saga>
struct completed {
  static constexpr event_id id = detail::record_name<"completed", Saga>::id;
};
/// Everything that was done is undone.
template <class Saga>
struct compensated {
  static constexpr event_id id = detail::record_name<"compensated", Saga>::id;
};
/// An instance of an earlier version goes on by the one of today, whose stream for the same key has begun in the same commit.
template <class Saga>
struct migrated {
  static constexpr event_id id = detail::record_name<"migrated", Saga>::id;
};
/// The undo of a step was refused: a person has to look. Until then it waits, and so do the undos behind it.
template <class Saga>
struct got_stuck {
  static constexpr event_id id = detail::record_name<"got_stuck", Saga>::id;
  saga_word step;
  saga_word refusal;
};

namespace saga_records {

/// The command of a step, or its many commands; `until`: when it counts as timed out, zero where it never does.
template <class Saga, class Step, class Command>
struct asked {
  static constexpr event_id id = detail::record_name<"asked", Saga, Step>::id;
  Command command;
  timestamp until;
};
/// How the open command of a step ended.
template <class Saga, class Step, class Outcome>
struct answered {
  static constexpr event_id id = detail::record_name<"answered", Saga, Step, Outcome>::id;
  Outcome outcome;
};
template <class Saga, class Step>
struct answered<Saga, Step, nothing> {
  static constexpr event_id id = detail::record_name<"nothing", Saga, Step>::id;
};
template <class Saga, class Step>
struct answered<Saga, Step, timed_out> {
  static constexpr event_id id = detail::record_name<"timed_out", Saga, Step>::id;
};
/// The transport has accepted a command that nobody answers.
template <class Saga, class Step>
struct answered<Saga, Step, sent> {
  static constexpr event_id id = detail::record_name<"sent", Saga, Step>::id;
};
/// The open command of a step, or of its undo, is asked again: not before `due`, and until then.
template <class Saga>
struct asked_again {
  static constexpr event_id id = detail::record_name<"asked_again", Saga>::id;
  saga_word step;
  timestamp due;
  timestamp until;
};
/// The same of a command elsewhere that was refused: it is another request, with a number of its own.
template <class Saga>
struct asked_anew {
  static constexpr event_id id = detail::record_name<"asked_anew", Saga>::id;
  saga_word step;
  timestamp due;
  timestamp until;
};
/// The open command of a step, or of its undo, is to be sent elsewhere once more, as the same request: what was to be waited for has passed, or
/// nobody has answered an undo until then.
template <class Saga>
struct sent_again {
  static constexpr event_id id = detail::record_name<"sent_again", Saga>::id;
  saga_word step;
  timestamp until;
};
/// It goes back: because of this step, or interrupt, with a cause (the N-th type of one that the saga has, from 1), or without.
template <class Saga, class Cause, unsigned N>
struct failed {
  static constexpr event_id id = detail::numbered_record_name<"failed_because", N, Saga>::id;
  saga_word step;
  Cause cause;
};
template <class Saga>
struct failed<Saga, void, 0> {
  static constexpr event_id id = detail::record_name<"failed", Saga>::id;
  saga_word step;
};
template <class Saga, class Step, class Command>
struct undo_asked {
  static constexpr event_id id = detail::record_name<"undo_asked", Saga, Step>::id;
  Command command;
};
/// The last of what stands of a step is undone.
template <class Saga, class Step>
struct undone {
  static constexpr event_id id = detail::record_name<"undone", Saga, Step>::id;
};
/// Nothing of the step had to be undone.
template <class Saga, class Step>
struct passed_over {
  static constexpr event_id id = detail::record_name<"passed_over", Saga, Step>::id;
};
/// A person lets an undo that is stuck be asked again.
template <class Saga>
struct retried {
  static constexpr event_id id = detail::record_name<"retried", Saga>::id;
  saga_word step;
  text<64> who;
};
/// A person has undone by hand what was stuck.
template <class Saga>
struct resolved {
  static constexpr event_id id = detail::record_name<"resolved", Saga>::id;
  saga_word step;
  text<64> who;
  text<200> why;
};
/// An answer that came after its time had passed: it changes nothing.
template <class Saga>
struct late {
  static constexpr event_id id = detail::record_name<"late", Saga>::id;
  saga_word step;
  saga_word outcome;
};

/// An event from outside whose interrupt threw in the commit of that event: whoever lets the instance go on asks the interrupt again.
template <class Saga, class Event>
struct unheard {
  static constexpr event_id id = detail::record_name<"unheard", Saga, Event>::id;
  Event event;
};

}  // namespace saga_records

}  // namespace gesta
