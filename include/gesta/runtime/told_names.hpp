// Under which name a log tells its events to others: the one that it had when they were recorded.
// Floor: runtime. A part of who tells: relays, and who asks.
// May include: all above.
//
// A log that was restored from a backup has another name. What the backup holds may have been told before: under its old name receivers know it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gesta/delivery/cloud_event.hpp>
#include <gesta/message/about.hpp>
#include <gesta/store/failure.hpp>

namespace gesta::detail {

/// The names of one log, each with the place from which on it holds. Asked by position only where `learn` was true.
class told_names {
 public:
  struct named {
    message_id incarnation;
    std::uint64_t after;  ///< what lies behind it, and not behind that of a later one, was recorded under this name
    std::string source;   ///< `speaker/incarnation`
  };

  /// Asks the log, the first time. False: `cause` says why it cannot.
  template <class Log>
  bool learn(Log& log, std::string_view speaker, failure& cause) {
    if (!all_.empty()) return true;
    const auto known = log.each_incarnation([&](const message_id& incarnation, std::uint64_t after) { add(incarnation, after, speaker); });
    if (known) return true;
    all_.clear();
    cause = known.why();
    return false;
  }
  void add(const message_id& incarnation, std::uint64_t after, std::string_view speaker) {
    all_.push_back({incarnation, after, std::string(speaker) + '/' + std::string(message_id_text(incarnation).view())});
  }

  const named& at(std::uint64_t position) const noexcept {
    std::size_t i = all_.size() - 1;
    while (i != 0 && all_[i].after >= position) --i;
    return all_[i];
  }
  /// An id as others may know it: see gesta::told_id.
  message_id told(message_id id) const noexcept { return id.high == 0 ? told_id(at(id.low).incarnation, id) : id; }

 private:
  std::vector<named> all_;  ///< the first one first
};

}  // namespace gesta::detail
