// What the command line asks for. Every word must be known; the first that is not is the answer.
// Stands before the ledger's way. May include: gesta, std.
#pragma once

#include <gesta/describe/diagram.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "moment.hpp"

namespace retail {

inline constexpr std::string_view usage =
    R"(usage: retail [--data FILE|-] [--store memory|sqlite:PATH] [--batch N] [--report text|json]
              [--at POSITION | --as-of DATE] [--snapshot-every N]
       retail --flow mermaid|dot|json

Posts each line of an Online Retail CSV file to a ledger of accounts and reports what it holds.

  --data FILE    the file; - is standard input. Without it: a made-up file of 20,000 lines
  --store KIND   memory (the default), or sqlite:PATH to keep the ledger in a file. One file of the store for one of the data:
                 a line is posted once, by its number, so that a second run adds nothing and reports the same
  --batch N      lines that are committed together
  --report FORM  text (the default) or json; money is counted in thousandths
  --at POSITION  reports what the ledger was after the event at this position, before the next one
  --as-of DATE   reports the lines and events whose own date is at most this: YYYY-MM-DD, or "YYYY-MM-DD HH:MM:SS"
  --snapshot-every N  keeps the state of an account beside its events each time there are N more; the report is the same
  --flow FORM    prints who causes what, as the compiler knows it, and ends

Lines are counted from 1 after the header. Exit code: 0; 1 when the store fails; 2 for a wrong command line or a malformed line,
and then the lines before it are in the ledger.
)";

struct options {
  enum class report_form { text, json };

  std::string data;         ///< empty: the sample; "-": standard input
  std::string sqlite_path;  ///< empty: in memory
  std::uint64_t batch = 100'000;
  report_form report = report_form::text;
  std::optional<std::uint64_t> at;  ///< a position of the log
  std::optional<moment> as_of;      ///< a moment of the shop's calendar
  std::uint64_t snapshot_every = 0;  ///< events of an account; 0: no snapshots
  const gesta::diagram* flow = nullptr;  ///< not null: print the flow instead
  bool help = false;
  std::string wrong;  ///< not empty: why this command line cannot be followed
};

namespace detail {

inline bool take(options& o, std::string_view name, std::string_view value) {
  const bool sqlite = value.starts_with("sqlite:") && value.size() > 7;
  if (name == "--data" && !value.empty()) return o.data = value, true;
  if (name == "--store" && (sqlite || value == "memory")) return o.sqlite_path = sqlite ? value.substr(7) : "", true;
  if (name == "--report" && (value == "text" || value == "json"))
    return o.report = value == "json" ? options::report_form::json : options::report_form::text, true;
  if (name == "--flow") return (o.flow = gesta::diagram_named(value)) != nullptr;
  const auto number = [&](std::uint64_t& out) {
    const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), out);
    return error == std::errc{} && stop == value.data() + value.size();
  };
  if (name == "--at") return number(o.at.emplace());
  if (name == "--as-of") return parse_up_to(value, o.as_of.emplace());
  if (name == "--snapshot-every") return number(o.snapshot_every) && o.snapshot_every != 0;
  return name == "--batch" && number(o.batch) && o.batch != 0;
}

inline bool is_known(std::string_view name) {
  for (const std::string_view known : {"--data", "--store", "--batch", "--report", "--flow", "--at", "--as-of", "--snapshot-every"})
    if (name == known) return true;
  return false;
}

}  // namespace detail

inline options read_options(int count, const char* const* words) {
  options o;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = words[i];
    if (name == "--help" || name == "-h") {
      o.help = true;
    } else if (!detail::is_known(name)) {
      o.wrong = "unknown option " + std::string(name);
    } else if (++i == count) {
      o.wrong = std::string(name) + " needs a value";
    } else if (!detail::take(o, name, words[i])) {
      o.wrong = std::string(name) + " cannot be \"" + words[i] + '"';
    }
    if (!o.wrong.empty()) break;
  }
  if (o.wrong.empty() && o.at && o.as_of) o.wrong = "--at and --as-of are two questions";
  return o;
}

}  // namespace retail
