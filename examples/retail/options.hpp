// What the command line asks for. Every word must be known; the first that is not is the answer.
// Stands before the ledger's way. May include: gesta, std.
#pragma once

#include <gesta/describe/diagram.hpp>

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace retail {

inline constexpr std::string_view usage =
    R"(usage: retail [--data FILE|-] [--store memory|sqlite:PATH] [--batch N] [--report text|json]
       retail --flow mermaid|dot|json

Posts each line of an Online Retail CSV file to a ledger of accounts and reports what it holds.

  --data FILE    the file; - is standard input. Without it: a made-up file of 20,000 lines
  --store KIND   memory (the default), or sqlite:PATH to keep the ledger in a file. One file of the store for one of the data:
                 a line is posted once, by its number, so that a second run adds nothing and reports the same
  --batch N      lines that are committed together
  --report FORM  text (the default) or json; money is counted in thousandths
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
  if (name != "--batch") return false;
  const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), o.batch);
  return error == std::errc{} && stop == value.data() + value.size() && o.batch != 0;
}

}  // namespace detail

inline options read_options(int count, const char* const* words) {
  options o;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = words[i];
    if (name == "--help" || name == "-h") {
      o.help = true;
    } else if (name != "--data" && name != "--store" && name != "--batch" && name != "--report" && name != "--flow") {
      o.wrong = "unknown option " + std::string(name);
    } else if (++i == count) {
      o.wrong = std::string(name) + " needs a value";
    } else if (!detail::take(o, name, words[i])) {
      o.wrong = std::string(name) + " cannot be \"" + words[i] + '"';
    }
    if (!o.wrong.empty()) break;
  }
  return o;
}

}  // namespace retail
