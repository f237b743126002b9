// What gesta-log does. Each returns the exit code 0 or 1 (the file holds what it must not hold); what cannot be done is thrown as trouble.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace tool {

/// One JSON object per stream, in the order of their numbers.
int list_streams(const std::string& path, const std::optional<std::string>& aggregate);

struct selection {
  std::optional<std::string> aggregate, key;  ///< one stream
  std::int64_t after = 0;
  std::int64_t to = std::numeric_limits<std::int64_t>::max();
  std::int64_t limit = std::numeric_limits<std::int64_t>::max();
  bool backwards = false;
};
/// One JSON object per event.
int list_events(const std::string& path, const selection& which);

/// Everything that can be checked, each finding on a line.
int verify(const std::string& path, std::int64_t most_findings);

/// Brings `to` to what `from` holds.
int copy(const std::string& from, const std::string& to, std::int64_t events_at_a_time);

/// A file as lines of JSON, and a file made of such lines.
int export_facts(const std::string& path);
int import_facts(const std::string& facts, const std::string& path);

/// One JSON object per consumer that keeps views in the file, and per letter. `log`: the file of the log that is followed, where it is another one.
int list_consumers(const std::string& path, const std::optional<std::string>& log);
int list_letters(const std::string& path, const std::optional<std::string>& consumer, bool with_discarded);
/// What a person says of letters: tried again with the next poll, all or one; closed with a reason. And of a consumer: it stands still, or goes on.
int retry(const std::string& path, const std::string& consumer, const std::optional<std::int64_t>& position, const std::optional<std::string>& key);
int discard(const std::string& path, const std::string& consumer, std::int64_t position, const std::optional<std::string>& key, const std::string& reason);
int pause(const std::string& path, const std::string& consumer);
int resume(const std::string& path, const std::string& consumer);

/// One JSON object per instance of sagas that has not ended, or with those that have.
int list_sagas(const std::string& path, const std::optional<std::string>& saga, bool with_ended);
/// One JSON object per command that waits for its time, or was refused when it had come.
int list_delayed(const std::string& path);
/// What a person says of an instance that is stuck: its undo is asked again; or it counts as undone.
int retry_saga(const std::string& path, const std::string& saga, const std::string& key, const std::string& who);
int resolve_saga(const std::string& path, const std::string& saga, const std::string& key, const std::string& who, const std::string& why);

/// What followed from one request, of one log or of several, as a tree.
int trace(const std::string& id, const std::vector<std::string>& paths);

// ---- output

/// Writes a line to standard output.
void print_line(const std::string& text);
/// Writes what waits; trouble when it could not be written.
void end_output();

}  // namespace tool
