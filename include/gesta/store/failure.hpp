// What a store answers when it cannot keep its promise: a value with its cause, never an exception.
// Floor: store.
// May include: nothing of gesta.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace gesta {

/// Why a command, a commit, a reading or an opening failed. Nothing of the failed unit of work was kept; only after input_output nobody knows:
/// repeat it under the same gesta::once.
struct failure {
  enum class kind : std::uint8_t {
    full,            ///< no room left; the state is unchanged, and the store is good
    busy,            ///< another process holds the store longer than the store's patience; or a batch of this app is open, or over
    cannot_open,     ///< the store could not be opened: every outcome says so
    input_output,    ///< the disk or the operating system failed; open the store again
    corrupt,         ///< stored bytes cannot be read; `position` names the event where known
    conflict,        ///< others changed what was read each time it was decided again; or what was expected of a stream does not hold
    unknown_event,   ///< the store holds an event that the model neither knows nor retired
    chain_too_long,  ///< reactions went on beyond the bound of gesta::allow_cycle
    differs,         ///< two files of the program saw different declarations of one command; or erasing would change the state
    too_large,       ///< a message is larger than its store can keep
    interrupted,     ///< a decision of the batch, or a handler, did not come to its end
    duplicate,       ///< one append names a stream twice, or has the name of a refused command, or one that its batch had already
    ahead_of_log,    ///< a checkpoint lies behind the end of the log, or in another incarnation of it
    tombstoned,      ///< the stream was closed for ever
    truncated,       ///< the store no longer keeps what was asked for; `position` is the first that it keeps, where known
    stopped,         ///< a consumer has stopped by itself, after too many failures: a person lets it go on
    malformed,       ///< no transport takes such a topic, group, id or header
    wrong_key,       ///< the master key is not the one by which the keys of a key store are kept
    no_key,          ///< a personal value was sealed under a key that this key store has never had: it is of another one
  };

  kind why = kind::input_output;
  int code = 0;                ///< the engine's own error number; 0 where it has none
  std::uint64_t position = 0;  ///< the event concerned; 0 where none is
  char detail[208] = {};       ///< the cause in words, with names and paths; ends with a zero

  constexpr failure() = default;
  /// The parts of the cause are joined; what does not fit is cut off.
  template <class... Part>
  explicit failure(kind what, int engine_code, const Part&... part) : why(what), code(engine_code) {
    (add(part), ...);
  }

  /// The cause in words. Lives as long as this value.
  const char* describe() const noexcept { return detail; }

  /// Appends words to the cause.
  void add(const char* words) noexcept {
    const std::size_t used = std::strlen(detail);
    const std::size_t room = sizeof detail - 1 - used;
    const std::size_t size = std::strlen(words);
    std::memcpy(detail + used, words, size < room ? size : room);
  }
  /// Appends a number to the cause.
  void add(std::uint64_t number) noexcept {
    char digits[21] = {};
    char* at = digits + 20;
    do {
      *--at = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    add(static_cast<const char*>(at));
  }
};

/// The entity had another version than `gesta::expected` said. Nothing was decided.
struct conflict {
  std::uint64_t actual;  ///< the version it has
};

}  // namespace gesta
