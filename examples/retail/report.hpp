// The figures of one run, and their two forms: a page for people and JSON for programs.
// The last step of the ledger's way: it only prints. The same figures give the same bytes.
// May include: std only.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace retail {

/// Everything the report says. Lists are in the order in which they are printed; money is in thousandths.
struct figures {
  using list = std::vector<std::pair<std::string, std::int64_t>>;
  std::uint64_t lines = 0;
  list events;
  list rejections;
  std::uint64_t accounts = 0;
  list revenue_by_country;
  list revenue_by_month;
  list top_products;
  std::string store;
  double seconds = 0;
  double events_per_second = 0;
};

namespace detail {

inline std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    char code[8];
    if (c == '"' || c == '\\') (out += '\\') += c;
    else if (static_cast<unsigned char>(c) >= 0x20) out += c;
    else out.append(code, static_cast<std::size_t>(std::snprintf(code, sizeof code, "\\u%04x", c)));
  }
  return out += '"';
}
inline std::string decimal(double value, int places) {
  char out[64];
  return {out, static_cast<std::size_t>(std::snprintf(out, sizeof out, "%.*f", places, value))};
}
/// 8587893624 -> "8,587,893.624"; 1200 -> "1.200"
inline std::string coins(std::int64_t thousandths) {
  const bool negative = thousandths < 0;
  const auto size = negative ? 0 - static_cast<std::uint64_t>(thousandths) : static_cast<std::uint64_t>(thousandths);
  std::string whole = std::to_string(size / 1000);
  for (auto at = static_cast<std::ptrdiff_t>(whole.size()) - 3; at > 0; at -= 3) whole.insert(static_cast<std::size_t>(at), ",");
  const std::string rest = std::to_string(1000 + size % 1000).substr(1);
  return (negative ? "-" : "") + whole + '.' + rest;
}
inline std::string object(const figures::list& list) {
  std::string out;
  for (const auto& [name, value] : list) out += (out.empty() ? "" : ",") + quoted(name) + ':' + std::to_string(value);
  return '{' + out + '}';
}
inline std::string pairs(const figures::list& list) {
  std::string out;
  for (const auto& [name, value] : list) out += (out.empty() ? "[" : ",[") + quoted(name) + ',' + std::to_string(value) + ']';
  return '[' + out + ']';
}
template <class Show>
void table(std::string& out, std::string_view title, const figures::list& list, Show show) {
  out.append("\n").append(title).append("\n");
  for (const auto& [name, value] : list) {
    const std::string shown = show(value);
    out.append("  ").append(name).append(name.size() < 24 ? 24 - name.size() : 1, ' ');
    out.append(shown.size() < 16 ? 16 - shown.size() : 0, ' ').append(shown).append("\n");
  }
}

}  // namespace detail

/// One list alone, for people.
inline std::string list_of(const figures::list& list, bool is_of_counts) {
  std::string out;
  detail::table(out, "", list, [&](std::int64_t n) { return is_of_counts ? std::to_string(n) : detail::coins(n); });
  return out.substr(2);
}

/// One JSON object on one line.
inline std::string json(const figures& f) {
  using namespace detail;
  return "{\"lines\":" + std::to_string(f.lines) + ",\"events\":" + object(f.events) + ",\"rejections\":" + object(f.rejections) +
         ",\"accounts\":" + std::to_string(f.accounts) + ",\"revenue_by_country\":" + object(f.revenue_by_country) +
         ",\"revenue_by_month\":" + object(f.revenue_by_month) + ",\"top_products\":" + pairs(f.top_products) +
         ",\"store\":" + quoted(f.store) + ",\"seconds\":" + decimal(f.seconds, 6) +
         ",\"events_per_second\":" + decimal(f.events_per_second, 0) + "}\n";
}

/// A page of text.
inline std::string text(const figures& f) {
  using namespace detail;
  const auto count = [](std::int64_t n) { return std::to_string(n); };
  std::string out = "lines " + std::to_string(f.lines) + ", accounts " + std::to_string(f.accounts) + "\n";
  table(out, "events", f.events, count);
  table(out, "lines refused, by reason", f.rejections, count);
  table(out, "revenue by country", f.revenue_by_country, coins);
  table(out, "revenue by month", f.revenue_by_month, coins);
  table(out, "products sold most, net of returns", f.top_products, count);
  out += "\n" + f.store + " store, " + decimal(f.seconds, 3) + " s, " + decimal(f.events_per_second, 0) + " events per second\n";
  return out;
}

}  // namespace retail
