// What one instance of a saga or a process went through, told by its records: as a tree of lines, and as a Mermaid sequence diagram.
// Floor: runtime. Beside gesta.hpp: include it where somebody looks at an instance.
// May include: all above.
//
//     std::puts(gesta::instance_tree<manager>(app, 7).c_str());
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include <gesta/describe/drawing.hpp>
#include <gesta/describe/mermaid.hpp>
#include <gesta/describe/sagas.hpp>
#include <gesta/detail/chars.hpp>
#include <gesta/message/about.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/react/process_records.hpp>
#include <gesta/react/saga_records.hpp>
#include <gesta/runtime/log_reading.hpp>
#include <gesta/store/slice.hpp>

namespace gesta {

namespace detail {

/// One thing that a record says.
struct told_line {
  enum class way : std::uint8_t { none, asks, answers, note };

  std::string subject;  ///< what it belongs to: one branch of the tree
  std::string text;     ///< empty: the subject alone
  way is = way::none;
  std::string with;     ///< of asks and answers: whom
  std::string what;     ///< what is said in the sequence
  std::int64_t time = 0;
};

inline std::string drawn_text(chars from) { return std::string(from.data, from.size); }
template <class T>
std::string drawn_word() {
  return drawn_text(drawn_input<T>::name());
}
template <class Key>
std::string drawn_key(const Key& key) {
  if constexpr (std::is_enum_v<Key>) return std::to_string(static_cast<std::int64_t>(key));
  else if constexpr (std::is_arithmetic_v<Key>) return std::to_string(key);
  else if constexpr (requires { chars_of(key); }) return drawn_text(chars_of(key));
  else return "...";
}

/// What both kinds of parts have in common.
template <class Flow>
struct told_instance {
  std::vector<told_line> lines;

  template <class Command>
  static std::string decider_of() {
    if constexpr (Flow::template knows<Command>) return drawn_text(drawn_name<typename Flow::template handler_of<Command>::aggregate>());
    else return "";
  }
  void add(const std::string& subject, const std::string& text, const about& at, told_line::way is = told_line::way::none,
           const std::string& with = "", const std::string& what = "") {
    lines.push_back({subject, text, is, with, what, at.time.nanoseconds});
  }
};

template <class Flow, class Part>
struct instance_story;

template <class Flow, process_part Process>
struct instance_story<Flow, Process> : told_instance<Flow> {
  using way = told_line::way;
  std::vector<std::string> asked = {};  ///< whom, by the number of the command
  std::size_t inputs = 0;
  std::string subject = {};

  template <class Input>
  void come(std::uint32_t answers, const char* how, const about& at) {
    subject = std::to_string(++inputs) + ". " + drawn_word<Input>();  // an input that comes twice is two branches
    const bool is_answer = answers != 0 && answers <= asked.size();
    const std::string what = drawn_word<Input>() + (*how != '\0' ? ": " : "") + how;
    this->add(subject, how, at, is_answer ? way::answers : way::note, is_answer ? asked[answers - 1] : "", what);
  }
  template <class Input>
  void operator()(const took<Process, Input>& r, const about& at) {
    come<Input>(r.answers, "", at);
  }
  template <class Input>
  void operator()(const put_off<Process, Input>& r, const about& at) {
    come<Input>(r.answers, "put off", at);
  }
  template <class Input>
  void operator()(const ignored<Process, Input>& r, const about& at) {
    come<Input>(r.answers, "ignored", at);
  }
  template <class Input>
  void operator()(const turned_away<Process, Input>& r, const about& at) {
    come<Input>(r.answers, "turned away", at);
  }
  template <class State>
  void operator()(const moved<Process, State>&, const about& at) {
    std::string name = drawn_text(drawn_name<State>());
    if constexpr (ending_state<State>) name += State::ends == ended::completed ? ": completed" : ": compensated";
    this->add(subject, "becomes " + name, at, way::note, "", name);
  }
  template <class Command>
  void operator()(const process_records::asked<Process, Command>&, const about& at) {
    asked.push_back(told_instance<Flow>::template decider_of<Command>());
    this->add(subject, "asks " + drawn_word<Command>(), at, way::asks, asked.back(), drawn_word<Command>());
  }
};

template <class Flow, saga_part Saga>
struct instance_story<Flow, Saga> : told_instance<Flow> {
  using way = told_line::way;
  using reading = typename Flow::template stream_of<Saga>::reading;
  template <class Step>
  using says = typename reading::template step<index_of<Step, typename reading::steps>>;

  template <class Step>
  static std::string of() {
    return drawn_text(drawn_name<Step>());
  }
  template <class Command>
  static std::string whom() {
    if constexpr (std::is_void_v<Command>) return "";
    else return told_instance<Flow>::template decider_of<Command>();
  }
  template <class Text>
  static std::string word(const Text& text) {
    return drawn_text(chars_of(text));
  }

  void operator()(const begun<Saga>&, const about& at) {
    const std::string event = drawn_word<typename reading::beginning>();
    this->add("begun by " + event, "", at, way::note, "", event);
  }
  template <class Step, class Command>
  void operator()(const saga_records::asked<Saga, Step, Command>& r, const about& at) {
    std::string what;
    if constexpr (is_many_commands<Command>) what = drawn_word<typename Command::value_type>() + " x " + std::to_string(r.command.size());
    else what = drawn_word<Command>();
    this->add(of<Step>(), "asks " + what, at, way::asks, whom<typename says<Step>::command>(), what);
  }
  template <class Step, class Outcome>
  void operator()(const saga_records::answered<Saga, Step, Outcome>&, const about& at) {
    if constexpr (same<Outcome, timed_out>) this->add(of<Step>(), "timed out", at, way::note, "", of<Step>() + " timed out");
    else this->add(of<Step>(), "answered " + drawn_word<Outcome>(), at, way::answers, whom<typename says<Step>::command>(), drawn_word<Outcome>());
  }
  void operator()(const saga_records::asked_again<Saga>& r, const about& at) {
    this->add(word(r.step), "asked again", at, way::note, "", word(r.step) + " asked again");
  }
  template <class Cause, unsigned N>
  void operator()(const saga_records::failed<Saga, Cause, N>& r, const about& at) {
    this->add("failed by " + word(r.step), "", at, way::note, "", "failed by " + word(r.step));
  }
  template <class Step, class Command>
  void operator()(const saga_records::undo_asked<Saga, Step, Command>&, const about& at) {
    this->add("undo of " + of<Step>(), "asks " + drawn_word<Command>(), at, way::asks, whom<Command>(), drawn_word<Command>());
  }
  template <class Step>
  void operator()(const saga_records::undone<Saga, Step>&, const about& at) {
    this->add("undo of " + of<Step>(), "undone", at, way::answers, whom<typename says<Step>::undo_command>(), "undone");
  }
  template <class Step>
  void operator()(const saga_records::passed_over<Saga, Step>&, const about& at) {
    this->add("undo of " + of<Step>(), "needless", at);
  }
  void operator()(const got_stuck<Saga>& r, const about& at) {
    this->add("undo of " + word(r.step), "stuck: " + word(r.refusal), at, way::note, "", "stuck: " + word(r.refusal));
  }
  void operator()(const saga_records::retried<Saga>& r, const about& at) {
    this->add("undo of " + word(r.step), "retried by " + word(r.who), at, way::note, "", "retried by " + word(r.who));
  }
  void operator()(const saga_records::resolved<Saga>& r, const about& at) {
    const std::string who = "resolved by " + word(r.who) + ": " + word(r.why);
    this->add("undo of " + word(r.step), who, at, way::note, "", who);
  }
  void operator()(const saga_records::late<Saga>& r, const about& at) { this->add(word(r.step), "late: " + word(r.outcome), at); }
  void operator()(const completed<Saga>&, const about& at) { this->add("completed", "", at, way::note, "", "completed"); }
  void operator()(const compensated<Saga>&, const about& at) { this->add("compensated", "", at, way::note, "", "compensated"); }
  void operator()(const migrated<Saga>&, const about& at) { this->add("goes on by a later version", "", at, way::note, "", "goes on by a later version"); }

 private:
  template <class Command>
  static constexpr bool is_many_commands = requires { typename Command::value_type; };
};

template <class Part, class App, class Key>
auto story_of(App& app, const Key& key) {
  using flow_type = flow_of_log<App>;
  using stream = typename flow_type::template stream_of<Part>;
  instance_story<flow_type, Part> story{};
  const auto result = app.template read<stream>(key, slice{}, [&](const auto& record, const about& at) {
    if constexpr (requires { story(record, at); }) story(record, at);
  });
  if (!result) story.lines.clear();
  return story.lines;
}

/// "2.500" for two and a half seconds.
inline std::string seconds_text(std::int64_t nanoseconds) {
  const std::int64_t milliseconds = nanoseconds / 1'000'000;
  std::string rest = std::to_string(milliseconds % 1000);
  return std::to_string(milliseconds / 1000) + "." + std::string(3 - rest.size(), '0') + rest;
}

inline std::string tree_of(const std::string& head, const std::vector<told_line>& lines) {
  if (lines.empty()) return "";
  std::vector<std::size_t> first;  // of each branch
  for (std::size_t i = 0; i < lines.size(); ++i) {
    bool is_new = true;
    for (const std::size_t at : first) is_new = is_new && lines[at].subject != lines[i].subject;
    if (is_new) first.push_back(i);
  }
  std::string text = head + "\n";
  const std::int64_t begun = lines[0].time;
  for (std::size_t b = 0; b < first.size(); ++b) {
    const bool is_last = b + 1 == first.size();
    const told_line& branch = lines[first[b]];
    text += (is_last ? "`- " : "|- ") + branch.subject;
    if (branch.time - begun >= 1'000'000) text += " after " + seconds_text(branch.time - begun) + " s";
    text += "\n";
    std::vector<const told_line*> leaves;
    for (const told_line& line : lines)
      if (line.subject == branch.subject && !line.text.empty()) leaves.push_back(&line);
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      text += is_last ? "   " : "|  ";
      text += i + 1 == leaves.size() ? "`- " : "|- ";
      text += leaves[i]->text + "\n";
    }
  }
  return text;
}

inline std::string sequence_of(const std::string& head, const std::vector<told_line>& lines) {
  std::string text;
  if (lines.empty()) return text;
  const auto sink = [&](const char* piece, std::size_t size) { text.append(piece, size); };
  page out(sink);
  std::vector<std::string> others;
  const auto number = [&](const std::string& name) {
    std::size_t at = 0;
    while (at < others.size() && others[at] != name) ++at;
    if (at == others.size()) others.push_back(name);
    return at;
  };
  for (const told_line& line : lines)
    if (!line.with.empty()) (void)number(line.with);
  const auto quoted = [&](const std::string& what) { out.quote({what.data(), what.size()}, mermaid_escape); };
  out.say("sequenceDiagram\n  participant i as ");
  quoted(head);
  for (std::size_t p = 0; p < others.size(); ++p) {
    out.say("\n  participant p", p, " as ");
    quoted(others[p]);
  }
  for (const told_line& line : lines) {
    if (line.is == told_line::way::none) continue;
    if (line.with.empty()) out.say("\n  Note over i: ");
    else if (line.is == told_line::way::asks) out.say("\n  i->>p", number(line.with), ": ");
    else out.say("\n  p", number(line.with), "-->>i: ");
    quoted(line.what);
  }
  out.say("\n");
  return text;
}

template <class Part, class Key>
std::string instance_name(const Key& key) {
  return drawn_text(drawn_name<Part>()) + "/" + drawn_key(key);
}

}  // namespace detail

/// What an instance of a saga or a process went through, as a tree: each step, or each input, with what followed from it; behind its name how long
/// after the beginning, where that is not at once. Part: the saga or the process. App: an app or a reader. Empty: there is no such
/// instance, or the store could not read. Costs as many steps as the instance has records.
template <class Part, class App, class Key>
std::string instance_tree(App& app, const Key& key) {
  return detail::tree_of(detail::instance_name<Part>(key), detail::story_of<Part>(app, key));
}

/// The same as a Mermaid sequence diagram: the instance, whom it asked, and what they answered. Empty in the same cases.
template <class Part, class App, class Key>
std::string instance_sequence(App& app, const Key& key) {
  return detail::sequence_of(detail::instance_name<Part>(key), detail::story_of<Part>(app, key));
}

}  // namespace gesta
