// Fields to values: one line of the shop's export, every field checked. Nothing is guessed, rounded or cut off.
// Stands between csv.hpp, which knows no sale, and import.hpp, which makes wishes of rows.
// May include: own folder, gesta, std.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "csv.hpp"
#include "ledger.hpp"

namespace retail {

inline constexpr std::array<std::string_view, 8> columns = {"InvoiceNo",   "StockCode", "Description", "Quantity",
                                                            "InvoiceDate", "UnitPrice", "CustomerID",  "Country"};
using export_reader = csv_reader<columns.size()>;

/// One line as it stands there, the quantity with its sign; what it means is for others to say. The description is not kept.
struct row {
  account_id account;
  entry goods;
};

/// Quantities and prices beyond these are taken for mistakes; 9,000 lines of the largest still add up in 63 bits.
inline constexpr std::int32_t largest_quantity = 1'000'000;
inline constexpr money largest_price = 1'000'000'000;  // a million

namespace detail {

/// One field being read as a value. Each question returns false when it has told the reader what is wrong.
struct cell {
  export_reader& reader;
  std::size_t column;
  std::string_view text = reader.fields()[column];

  bool wrong(std::string_view what) const {
    std::string shown(text.substr(0, 60));
    for (char& c : shown) c = static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    reader.wrong(column, '"' + shown + (text.size() > 60 ? "...\" " : "\" ") + std::string(what));
    return false;
  }

  template <std::size_t N>
  bool into(gesta::text<N>& out) const {
    if (text.empty()) return reader.wrong(column, "empty"), false;
    const auto whole = gesta::text<N>::from(text);
    if (!whole) return wrong("is longer than " + std::to_string(N) + " bytes");
    for (const char c : text)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return wrong("holds a control character");
    return out = *whole, true;
  }
  bool into(std::int32_t& out) const {
    const char* const last = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), last, out);
    if (stop != last || error == std::errc::invalid_argument) return wrong("is not an integer");
    if (error != std::errc{} || out > largest_quantity || out < -largest_quantity)
      return wrong("is beyond " + std::to_string(largest_quantity));
    return true;
  }
  bool into(moment& out) const { return parse(text, out) || wrong("is not a time of the form YYYY-MM-DD HH:MM:SS"); }

  /// Digits with up to three decimals, counted in thousandths: "4.95" is 4950.
  bool into_thousandths(money& out) const {
    std::string_view rest = text;
    const bool negative = rest.starts_with('-');
    if (negative) rest.remove_prefix(1);
    money whole = 0;
    if (digits(rest, whole) == 0) return wrong("is not a decimal number");
    money part = 0;
    if (rest.starts_with('.')) {
      rest.remove_prefix(1);
      const std::size_t places = digits(rest, part);
      if (places == 0) return wrong("is not a decimal number");
      if (places > 3) return wrong("has more than three decimals");
      for (std::size_t i = places; i < 3; ++i) part *= 10;
    }
    if (!rest.empty()) return wrong("is not a decimal number");
    out = whole * 1000 + part;
    if (out > largest_price) return wrong("is beyond " + std::to_string(largest_price / 1000));
    if (negative) out = -out;
    return true;
  }
  /// Digits, with or without the ".0" that a spreadsheet has put behind them; or nothing, and then it is the invoice's guest.
  bool into_account(account_id& out, const invoice_no& invoice) const {
    if (text.empty()) return out = guest_of(invoice), true;
    std::string_view number = text;
    if (number.ends_with(".0")) number.remove_suffix(2);
    std::string_view rest = number;
    money ignored = 0;
    if (number.size() > 14 || digits(rest, ignored) == 0 || !rest.empty()) return wrong("is not a customer's number");
    return out = account_id(number), true;
  }

 private:
  /// Takes the digits from the front of `rest`; how many there were. The value stops growing beyond any that is allowed.
  static std::size_t digits(std::string_view& rest, money& value) {
    std::size_t n = 0;
    for (; n < rest.size() && rest[n] >= '0' && rest[n] <= '9'; ++n)
      if (value <= largest_price) value = value * 10 + (rest[n] - '0');
    rest.remove_prefix(n);
    return n;
  }
};

}  // namespace detail

/// Reads the fields of the line that `reader` stands at. False: the line is malformed, and the reader's problem says where and why.
inline bool parse(export_reader& reader, row& out) {
  const auto field = [&](std::size_t column) { return detail::cell{reader, column}; };
  entry& goods = out.goods;
  return field(0).into(goods.invoice) && field(1).into(goods.item) && field(3).into(goods.quantity) && field(4).into(goods.at) &&
         field(5).into_thousandths(goods.unit_price) && field(6).into_account(out.account, goods.invoice) && field(7).into(goods.country);
}

}  // namespace retail
