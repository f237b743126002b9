// A time of day in a shop's own calendar, as its till prints it: without a time zone.
// A value that the ledger's messages carry. May include: std only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace retail {

/// 2011-12-09 12:50:00. Order is that of time.
struct moment {
  std::int16_t year = 0;
  std::uint8_t month = 0, day = 0, hour = 0, minute = 0, second = 0;

  friend constexpr auto operator<=>(const moment&, const moment&) = default;
};

/// Days of a month of the Gregorian calendar; 0 when there is no such month.
constexpr int days_in(int year, int month) {
  constexpr int days[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month < 1 || month > 12 ? 0 : days[month] + (month == 2 && leap ? 1 : 0);
}

/// Reads exactly `YYYY-MM-DD HH:MM:SS`; false for any other form and for days and times that do not exist.
constexpr bool parse(std::string_view text, moment& out) {
  constexpr std::string_view form = "0000-00-00 00:00:00";
  if (text.size() != form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i)
    if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]) return false;
  const auto two = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  const int year = two(0) * 100 + two(2);
  if (two(8) < 1 || two(8) > days_in(year, two(5)) || two(11) > 23 || two(14) > 59 || two(17) > 59) return false;
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(two(at)); };
  out = {static_cast<std::int16_t>(year), byte(5), byte(8), byte(11), byte(14), byte(17)};
  return true;
}

/// Reads a day, `YYYY-MM-DD`, as its last moment, or a moment as above.
constexpr bool parse_up_to(std::string_view text, moment& out) {
  if (text.size() != 10) return parse(text, out);
  char whole[] = "0000-00-00 23:59:59";
  for (std::size_t i = 0; i < text.size(); ++i) whole[i] = text[i];
  return parse({whole, sizeof whole - 1}, out);
}

}  // namespace retail
