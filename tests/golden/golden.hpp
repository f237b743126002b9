// Pinned forms of messages: reads a file of them, compares what a codec writes today, and adds what is new.
//
// A line is  CODEC EVENT VERSION NUMBER FORM:  the bytes in hex, or the text of JSON, of the NUMBERth message of that event. A form
// that was replaced by a decision has `old` before it, and is still read. scripts/golden writes the lines.
#pragma once

#include <gesta/message/id.hpp>
#include <gesta/testing/same.hpp>

#include <cstddef>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace golden {

/// What to do about forms that are new, and about those that differ from what is pinned.
enum class mode {
  compare,  ///< refuse both
  add,      ///< add new ones, refuse a difference
  replace,  ///< add new ones; keep one that differs as `old` and add that of today
};

struct entry {
  bool old = false;
  std::string codec, key, form;  // key: event, version and number
  bool met = false;

  static entry read(const std::string& line) {
    std::istringstream words(line);
    entry e;
    std::string event, version, number;
    words >> e.codec;
    e.old = e.codec == "old";
    if (e.old) words >> e.codec;
    words >> event >> version >> number >> std::ws;
    std::getline(words, e.form);
    e.key = event + ' ' + version + ' ' + number;
    return e;
  }
  std::string line() const {
    std::string words = old ? "old " : "";
    return words += codec + ' ' + key + ' ' + form;
  }
};

/// The pinned forms of one example.
class file {
 public:
  file(const std::string& path, mode asked) : path_(path), mode_(asked) {
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with('#')) head_ += line + '\n';
      else if (!line.empty()) entries_.push_back(entry::read(line));
    }
  }

  /// Compares one message of an event with what is pinned.
  template <class Codec, class Message>
  void pin(const Message& message) {
    const gesta::event_id id = gesta::id_of<Message>;
    const std::string event = std::string(id.name) + ' ' + std::to_string(id.version);
    const std::string key = event + ' ' + std::to_string(++numbers_[event]);
    const std::string today = Codec::form(message);
    bool pinned = false;
    for (entry& e : entries_) {
      if (e.codec != Codec::name || e.key != key) continue;
      e.met = true;
      Message read{};
      if (!Codec::read(e.form, read) || !gesta::same_message(read, message)) refuse("can no longer be read", e.line());
      if (e.old) continue;
      pinned = true;
      if (e.form == today) continue;
      if (mode_ == mode::replace) e.old = changed_ = true, pinned = false;
      else refuse("stored forms change only by a decision, see CONTRIBUTING.md", e.line() + "\n  is written now as " + today);
    }
    if (pinned) return;
    if (mode_ == mode::compare) refuse("not pinned, run scripts/golden", std::string(Codec::name) + ' ' + key);
    entries_.push_back({false, Codec::name, key, today, true});
    changed_ = true;
  }

  /// Every line of the codec must have been met. What is wrong, in words; when nothing is, and it was asked for, writes the file.
  const std::vector<std::string>& end(std::string_view codec) {
    for (const entry& e : entries_)
      if (e.codec == codec && !e.met) refuse("belongs to no message any more", e.line());
    if (!changed_ || !wrong_.empty() || mode_ == mode::compare) return wrong_;
    std::ofstream out(path_);
    out << (head_.empty() ? "# codec, event, version, number, form; written by scripts/golden, changed only by a decision\n" : head_);
    for (const entry& e : entries_) out << e.line() << '\n';
    return wrong_;
  }

 private:
  void refuse(std::string why, const std::string& form) { wrong_.push_back((why += ": ") += form); }

  std::string path_, head_;
  mode mode_;
  std::vector<std::string> wrong_;
  std::vector<entry> entries_;
  std::map<std::string, int> numbers_;
  bool changed_ = false;
};

}  // namespace golden
