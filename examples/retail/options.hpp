// What the command line asks for. Every word must be known; the first that is not is the answer.
// Stands before the ledger's way. May include: gesta, std.
#pragma once

#include <gesta/describe/diagram.hpp>
#include <gesta/store/postgres_place.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "moment.hpp"

namespace retail {

inline constexpr std::string_view usage =
    R"(usage: retail [--data FILE|-] [--store memory|sqlite:PATH|postgres:ADDRESS] [--batch N] [--report text|json]
              [--at POSITION | --as-of DATE] [--snapshot-every N] [--views memory|inline|async|live]
       retail query country|month|top --store sqlite:PATH [--min-position N | --as-of DATE] [--report text|json]
       retail rebuild --store sqlite:PATH
       retail fulfil OPTION...  (see retail fulfil --help)
       retail --flow mermaid|dot|json

Posts each line of an Online Retail CSV file to a ledger of accounts and reports what it holds. `query` asks the views of a ledger in a
file, also while another process posts; `rebuild` makes them anew; `fulfil` leads the file's orders through payment, stock and shipping.

  --data FILE    the file; - is standard input. Without it: a made-up file of 20,000 lines
  --store KIND   memory (the default), sqlite:PATH to keep the ledger in a file, or postgres:ADDRESS, "host=... dbname=..." or a URL, to keep it in
                 the schema retail, or postgres:ADDRESS?SCHEMA, of a PostgreSQL database. One file of the store for one of the data:
                 a line is posted once, by its number, so that a second run adds nothing and reports the same
  --batch N      lines that are committed together
  --report FORM  text (the default) or json; money is counted in thousandths
  --at POSITION  reports what the ledger was after the event at this position, before the next one
  --as-of DATE   reports the lines and events whose own date is at most this: YYYY-MM-DD, or "YYYY-MM-DD HH:MM:SS"
  --snapshot-every N  keeps the state of an account beside its events each time there are N more; the report is the same
  --views WAY    memory (the default): by the program, rebuilt when it starts; inline: in tables of the store, in the commit of the events, and on
                 the memory store as memory; async: by consumers behind the log, in tables of the store; live: folded for the report
  --min-position N  query waits until the view shows the event at this position, for five seconds
  --flow FORM    prints who causes what, as the compiler knows it, and ends

Lines are counted from 1 after the header. Exit code: 0; 1 when the store fails; 2 for a wrong command line or a malformed line,
and then the lines before it are in the ledger; 3 when a view does not show in time what was asked for.
)";

/// How the views are kept.
enum class way { in_memory, inlined, async, live };
/// What is done: lines are posted, a view is asked, or made anew.
enum class question { none, country, month, top, rebuild };

struct options {
  enum class report_form { text, json };

  std::string data;         ///< empty: the sample; "-": standard input
  std::string sqlite_path;  ///< empty: in memory, or in a database
  std::string postgres;     ///< the address of a database; empty: none
  std::string schema;       ///< of the database; empty: the program's own
  std::uint64_t batch = 100'000;
  report_form report = report_form::text;
  std::optional<std::uint64_t> at;  ///< a position of the log
  std::optional<moment> as_of;      ///< a moment of the shop's calendar
  question asks = question::none;
  way views = way::in_memory;
  std::uint64_t min_position = 0;
  std::uint64_t snapshot_every = 0;  ///< events of an account; 0: no snapshots
  const gesta::diagram* flow = nullptr;  ///< not null: print the flow instead
  bool help = false;
  std::string wrong;  ///< not empty: why this command line cannot be followed
};

namespace detail {

inline bool take(options& o, std::string_view name, std::string_view value) {
  const bool sqlite = value.starts_with("sqlite:") && value.size() > 7;
  if (name == "--data" && !value.empty()) return o.data = value, true;
  gesta::postgres_place place;
  if (name == "--store" && (gesta::read_postgres_place(value, place) || sqlite || value == "memory")) {
    o.sqlite_path = sqlite ? value.substr(7) : "";
    o.postgres = place.address;
    o.schema = place.schema;
    return true;
  }
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
  if (name == "--min-position") return number(o.min_position);
  if (name == "--views") {
    constexpr std::string_view ways[] = {"memory", "inline", "async", "live"};
    for (int i = 0; i < 4; ++i)
      if (value == ways[i]) return o.views = static_cast<way>(i), true;
    return false;
  }
  return name == "--batch" && number(o.batch) && o.batch != 0;
}

inline bool is_known(std::string_view name) {
  for (const std::string_view known : {"--data", "--store", "--batch", "--report", "--flow", "--at", "--as-of", "--snapshot-every", "--min-position", "--views"})
    if (name == known) return true;
  return false;
}

}  // namespace detail

inline options read_options(int count, const char* const* words) {
  options o;
  int first = 1;
  if (count > 1 && std::string_view(words[1]) == "rebuild") {
    o.asks = question::rebuild;
    first = 2;
  } else if (count > 1 && std::string_view(words[1]) == "query") {
    const std::string_view what = count > 2 ? words[2] : "";
    o.asks = what == "country" ? question::country : what == "month" ? question::month : question::top;
    if (what != "country" && what != "month" && what != "top") o.wrong = "query needs country, month or top";
    first = 3;
  }
  for (int i = first; i < count && o.wrong.empty(); ++i) {
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
  if (o.wrong.empty() && o.asks != question::none && !o.help && o.sqlite_path.empty() && o.postgres.empty()) o.wrong = "views are asked in a file: --store sqlite:PATH";
  if (o.wrong.empty() && o.min_position != 0 && (o.as_of || o.asks == question::none)) o.wrong = "--min-position is for a query of what the views show now";
  return o;
}

}  // namespace retail
