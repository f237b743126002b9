// What the command line of `retail fulfil` asks for.
// Stands before fulfilment's way. May include: gesta, std.
#pragma once

#include <gesta/store/postgres_place.hpp>

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace retail {

inline constexpr std::string_view fulfil_usage =
    R"(usage: retail fulfil [--choreography] [--data FILE|-] [--store memory|sqlite:PATH|postgres:ADDRESS] [--fail payment=P,shipping=P] [--stock FACTOR]
                     [--seed N] [--batch N | --steps-a-commit N] [--report text|json] [--time]

Places an order for each invoice of an Online Retail CSV file and leads it through payment, stock, shipping and confirmation, or back. An order
has the invoice's lines that the ledger would sell; cancellations (C) and adjustments (A) are none. Each is finished before the next.

  --choreography    the services react to each other's events; without it a saga leads them
  --data FILE       the file; - is standard input. Without it: a made-up file of 20,000 lines
  --store KIND      memory (the default), sqlite:PATH to keep all in a file, or postgres:ADDRESS in a PostgreSQL database. A second run goes on where the first was interrupted
  --fail WHO=P,...  payment and shipping refuse an order with probability P, 0 to 1 with up to six decimals; 0 unless it is said
  --stock FACTOR    each article starts with FACTOR times what the file sells of it, rounded down; 1 unless it is said
  --seed N          which orders are refused
  --batch N         orders that are committed together; 1,000 unless it is said
  --steps-a-commit N  each step of an order is a commit, or N together; not with --choreography, which does an order in one
  --report FORM     text (the default) or json; money is counted in thousandths, stock in pieces
  --time            says on stderr how long it took

Exit code: 0; 1 when the store fails; 2 for a wrong command line or a malformed line, and then nothing was done; 4 when the figures do not add up.
)";

struct fulfil_options {
  std::string data;         ///< empty: the sample; "-": standard input
  std::string sqlite_path;  ///< empty: in memory, or in a database
  std::string postgres;     ///< the address of a database; empty: none
  std::string schema;       ///< of the database; empty: the program's own
  bool choreography = false;
  std::int32_t payment_fails = 0, shipping_fails = 0;  ///< of a million orders
  std::int64_t stock = 1'000'000;                      ///< millionths
  std::uint64_t seed = 1;
  std::uint64_t batch = 1'000;
  std::uint32_t steps_a_commit = 0;  ///< 0: whole orders
  bool json = false, time = false, help = false;
  std::string wrong;  ///< not empty: why this command line cannot be followed
};

namespace detail {

template <class Number>
bool read_number(std::string_view text, Number& out) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && stop == text.data() + text.size();
}

/// Digits with up to six decimals, counted in millionths: "0.05" is 50000. Not above `most`.
inline bool read_millionths(std::string_view text, std::int64_t most, std::int64_t& out) {
  const auto point = text.find('.');
  std::string digits(text.substr(0, point));
  const std::string_view decimals = point == std::string_view::npos ? "" : text.substr(point + 1);
  if (digits.empty() || digits.size() > 6 || (point != std::string_view::npos && decimals.empty()) || decimals.size() > 6) return false;
  digits.append(decimals).append(6 - decimals.size(), '0');
  return digits.find_first_not_of("0123456789") == std::string::npos && read_number(digits, out) && out <= most;
}

inline bool read_failures(std::string_view text, fulfil_options& o) {
  for (bool more = true; more;) {
    const auto comma = text.find(',');
    const std::string_view one = text.substr(0, comma);
    more = comma != std::string_view::npos;
    if (more) text.remove_prefix(comma + 1);
    const auto equals = one.find('=');
    std::int64_t probability = 0;
    if (equals == std::string_view::npos || !read_millionths(one.substr(equals + 1), 1'000'000, probability)) return false;
    const std::string_view who = one.substr(0, equals);
    if (who != "payment" && who != "shipping") return false;
    (who == "payment" ? o.payment_fails : o.shipping_fails) = static_cast<std::int32_t>(probability);
  }
  return true;
}

inline bool is_fulfil_option(std::string_view name) {
  for (const std::string_view known : {"--data", "--store", "--fail", "--stock", "--seed", "--batch", "--steps-a-commit", "--report"})
    if (name == known) return true;
  return false;
}

inline bool take(fulfil_options& o, std::string_view name, std::string_view value) {
  const bool sqlite = value.starts_with("sqlite:") && value.size() > 7;
  if (name == "--data") return !value.empty() && (o.data = value, true);
  if (name == "--store") {
    gesta::postgres_place place;
    const bool postgres = gesta::read_postgres_place(value, place);
    o.sqlite_path = sqlite ? value.substr(7) : "";
    o.postgres = place.address;
    o.schema = place.schema;
    return sqlite || postgres || value == "memory";
  }
  if (name == "--fail") return read_failures(value, o);
  if (name == "--stock") return read_millionths(value, 1'000'000'000, o.stock);
  if (name == "--seed") return read_number(value, o.seed);
  if (name == "--batch") return read_number(value, o.batch) && o.batch != 0;
  if (name == "--steps-a-commit") return read_number(value, o.steps_a_commit) && o.steps_a_commit != 0;
  return (value == "text" || value == "json") && (o.json = value == "json", true);
}

}  // namespace detail

/// `words` are those behind "fulfil".
inline fulfil_options read_fulfil_options(int count, const char* const* words) {
  fulfil_options o;
  bool batch = false;
  for (int i = 0; i < count && o.wrong.empty(); ++i) {
    const std::string_view name = words[i];
    batch = batch || name == "--batch";
    if (name == "--help" || name == "-h") o.help = true;
    else if (name == "--choreography") o.choreography = true;
    else if (name == "--time") o.time = true;
    else if (!detail::is_fulfil_option(name)) o.wrong = "unknown option " + std::string(name);
    else if (++i == count) o.wrong = std::string(name) + " needs a value";
    else if (!detail::take(o, name, words[i])) o.wrong = std::string(name) + " cannot be \"" + words[i] + '"';
  }
  if (o.wrong.empty() && o.steps_a_commit != 0 && o.choreography) o.wrong = "--steps-a-commit is for the saga: reactors act in the commit of their cause";
  if (o.wrong.empty() && o.steps_a_commit != 0 && batch) o.wrong = "--batch and --steps-a-commit are two ways";
  return o;
}

}  // namespace retail
