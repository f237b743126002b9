// What the explorer looks at: a saga's status, what each service has done, and what is under way between them.
// Floor: testing.
// May include: detail, react/saga_course.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <gesta/detail/chars.hpp>
#include <gesta/react/saga_course.hpp>

namespace gesta::detail::exploring {

/// A saga as it is explored: its table, and what people call what is in it.
struct subject {
  course_table table;
  const chars* steps = nullptr;          ///< of each step its name
  const chars* commands = nullptr;       ///< of each step what it asks
  const chars* undo_commands = nullptr;  ///< of each step what undoes it
  const chars* outcomes = nullptr;       ///< as in table.outcomes
  const bool* asks_many = nullptr;       ///< of each step
  chars beginning;
  const chars* interrupts = nullptr;
  std::size_t interrupt_count = 0;
  const chars* deadlines = nullptr;
  std::size_t deadline_count = 0;
};

inline constexpr std::size_t most_commands = 3;  // of one step
inline constexpr std::uint8_t well = 0xff;       // of an undo: its event, or nothing

// What a message is about: which command of its step, the command itself or its undo, and how often it was refused before and asked anew. It is the
// message's id: a command that is asked again because nobody answered is the same message.
struct message {
  std::uint8_t round = 0;
  std::uint8_t element = 0;
  bool is_undo = false;

  friend bool operator==(const message&, const message&) = default;
};
struct reply {
  std::uint8_t step = 0;  // 0 with no undo: the beginning
  message to;
  std::uint8_t outcome = 0;  // of the step's; of an undo: a rejection, or well

  friend bool operator==(const reply&, const reply&) = default;
};

enum class known_is : std::uint8_t { nothing, not_done, done, unknown };

// One command of a step: in the service that does it, and what the saga was told.
struct element_state {
  // The last message that the service has done, and what it said: it says so again when it hears the message once more.
  std::uint8_t run_rounds = 0, run_outcome = 0;
  std::uint8_t undo_rounds = 0, undo_outcome = 0;
  std::uint8_t done = 0, undone = 0;  // how often, in the world
  known_is known = known_is::nothing;
  bool is_back = false;  // the saga was told that it is undone

  bool stands() const noexcept { return done > undone; }
};
struct step_state {
  step_status status;
  std::uint8_t size = 1;
  std::uint8_t round = 0;           // of the open command
  std::uint8_t tries = 0;           // how often it was asked again
  enum : std::uint8_t { open, succeeded, failed } verdict = open;
  element_state of[most_commands];
  std::uint8_t queued = 0;
  message queue[12];                // on their way to the service, in order
};

struct budget {
  std::uint8_t duplicates, timeouts, crashes, interrupts, retries;

  bool covers(const budget& b) const noexcept {
    return duplicates >= b.duplicates && timeouts >= b.timeouts && crashes >= b.crashes && interrupts >= b.interrupts && retries >= b.retries;
  }
};

struct world {
  course_status whole;
  bool goes_back = false;  // by what it was told: it must not complete
  budget left{};
  std::vector<step_state> steps;
  std::vector<reply> replies;  // on their way to the saga, in no order
};

// ---- as bytes

/// A world without its budget as bytes, the same for the same.
inline void encode(const world& w, std::vector<unsigned char>& code) {
  const auto put = [&](std::uint32_t byte) { code.push_back(static_cast<unsigned char>(byte)); };
  const auto put_message = [&](const message& m) { put(m.round * 8u + m.element * 2u + (m.is_undo ? 1u : 0u)); };
  put(static_cast<std::uint32_t>(w.whole.is) * 4u + (w.whole.failing ? 2u : 0u) + (w.goes_back ? 1u : 0u));
  put(w.whole.group);
  for (const step_state& s : w.steps) {
    put(static_cast<std::uint32_t>(s.status.is) * 16u + (s.status.won ? 8u : 0u) + (s.queued != 0 ? 4u : 0u) + s.verdict);
    put(s.size * 16u + s.status.size * 4u + s.status.overdue);
    put(s.status.answered * 4u + s.status.standing);
    put(s.status.attempts);
    put(s.round);
    put(s.tries);
    for (std::size_t i = 0; i < s.size; ++i) {
      const element_state& e = s.of[i];
      put(e.run_rounds);
      put(e.undo_rounds);
      put(e.run_outcome);
      put(e.undo_outcome);
      put(e.done * 64u + e.undone * 16u + static_cast<std::uint32_t>(e.known) * 2u + (e.is_back ? 1u : 0u));
    }
    if (s.queued == 0) continue;
    put(s.queued);
    for (std::size_t i = 0; i < s.queued; ++i) put_message(s.queue[i]);
  }
  for (const reply& r : w.replies) {
    put(r.step);
    put_message(r.to);
    put(r.outcome);
  }
}
/// The world that was encoded so.
inline void decode(const unsigned char* at, const unsigned char* const end, std::size_t steps, world& w) {
  const auto get_message = [&] {
    const unsigned byte = *at++;
    return message{static_cast<std::uint8_t>(byte / 8), static_cast<std::uint8_t>(byte / 2 % 4), byte % 2 != 0};
  };
  const unsigned first = *at++;
  w.whole = {static_cast<course_is>(first / 4), (first & 2u) != 0, *at++};
  w.goes_back = first % 2 != 0;
  w.steps.resize(steps);
  for (step_state& s : w.steps) {
    const unsigned a = at[0], b = at[1], c = at[2], d = at[3];
    s.round = at[4];
    s.tries = at[5];
    at += 6;
    s.status.is = static_cast<step_is>(a / 16);
    s.status.won = (a & 8u) != 0;
    s.verdict = static_cast<decltype(s.verdict)>(a % 4);
    s.size = static_cast<std::uint8_t>(b / 16);
    s.status.size = b / 4 % 4;
    s.status.overdue = static_cast<std::uint16_t>(b % 4);
    s.status.answered = c / 4;
    s.status.standing = c % 4;
    s.status.attempts = d;
    for (std::size_t i = 0; i < s.size; ++i, at += 5)
      s.of[i] = {at[0], at[2], at[1], at[3], static_cast<std::uint8_t>(at[4] / 64), static_cast<std::uint8_t>(at[4] / 16 % 4),
                 static_cast<known_is>(at[4] / 2 % 8), at[4] % 2 != 0};
    s.queued = 0;
    if ((a & 4u) == 0) continue;
    s.queued = *at++;
    for (std::size_t i = 0; i < s.queued; ++i) s.queue[i] = get_message();
  }
  w.replies.clear();
  while (at != end) {
    const std::uint8_t step = *at++;
    const message to = get_message();
    w.replies.push_back({step, to, *at++});
  }
}

}  // namespace gesta::detail::exploring
