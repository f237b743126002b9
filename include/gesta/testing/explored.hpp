// How much goes wrong in the stories that an explorer tells of a saga, and what it found.
// Floor: testing.
// May include: nothing of gesta.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace gesta::testing {

/// How much goes wrong in one story, at most, each at every place where it can.
struct explore_options {
  std::uint32_t duplicates = 1;  ///< a message is delivered twice: at once, or behind all that is under way
  std::uint32_t timeouts = 1;    ///< a command is not answered in time, or the time of the saga passes
  std::uint32_t crashes = 1;     ///< of the saga's process (before a commit, after it, and with all that is under way lost too), or of a service
  std::uint32_t interrupts = 1;  ///< an event from outside that says: back
  std::uint32_t refusals = 2;    ///< of one command, where each is answered by gesta::until_answered
  std::uint32_t retries = 1;     ///< a person lets an undo that is stuck be asked again; that a person resolves it, is always tried
  std::uint32_t many = 2;        ///< steps that ask gesta::many are walked through with none up to so many commands (3 at most)
  std::size_t states = 4'000'000;  ///< it gives up when there are more
};

/// What a walk through a saga has found.
struct [[nodiscard]] explored {
  std::string problem;      ///< empty, or the shortest story that ends wrong, a line for each step of it, the last says what is wrong
  std::size_t states = 0;   ///< how many were looked at
  std::size_t completed = 0, compensated = 0, stuck = 0;  ///< ends: states in which nothing is under way any more

  bool sound() const noexcept { return problem.empty(); }
  explicit operator bool() const noexcept { return sound(); }

  template <class Stream>
    requires requires(Stream& out, const char* text) { out << text; }
  friend Stream& operator<<(Stream& out, const explored& e) {
    out << (e.sound() ? "sound" : e.problem.c_str());
    return out;
  }
};

}  // namespace gesta::testing
