// A made-up year of the same shop: 20,000 lines in the format of the real file, with everything that makes the real one difficult.
// Feeds the program when no file is given, and its tests. The same seed gives the same bytes everywhere.
// May include: own folder, std.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "moment.hpp"

namespace retail {

class sample_maker {
 public:
  explicit sample_maker(std::uint64_t seed) : state_(seed) {}

  /// The header and `lines` lines after it.
  std::string make(std::uint64_t lines) {
    text_ = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
    while (written_ < lines) {
      pass_time();
      begin_invoice();
      if (one_in(250)) adjust(lines);
      else if (one_in(6)) cancel(lines);
      else buy(lines);
    }
    return std::move(text_);
  }

 private:
  struct line {
    std::string invoice;
    unsigned product = 0;
    int quantity = 0;
    int price = 0;  // thousandths
    unsigned customer = 0;  // 0: a guest
  };

  std::uint64_t random() {  // splitmix64
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  unsigned below(unsigned n) { return static_cast<unsigned>(random() % n); }
  bool one_in(unsigned n) { return below(n) == 0; }

  void pass_time() {
    unsigned minutes = now_.minute + 60u * now_.hour + below(700);
    for (; minutes >= 24 * 60; minutes -= 24 * 60) next_day();
    now_.hour = static_cast<std::uint8_t>(minutes / 60);
    now_.minute = static_cast<std::uint8_t>(minutes % 60);
  }
  void next_day() {
    if (now_.day++ < days_in(now_.year, now_.month)) return;
    now_.day = 1;
    if (now_.month++ < 12) return;
    now_.month = 1;
    ++now_.year;
  }
  std::string invoice(const char* letter) const { return std::string(letter).append(std::to_string(invoice_)); }
  void begin_invoice() {
    ++invoice_;
    customer_ = one_in(4) ? 0 : 1 + below(300);
  }

  /// An order of some lines: now and then one that is no sale, and one that stands there twice.
  void buy(std::uint64_t lines) {
    for (unsigned left = 1 + below(30); left != 0 && written_ < lines; --left) {
      line l{invoice(""), below(400), 1 + static_cast<int>(below(one_in(8) ? 600 : 12)), 0, customer_};
      l.price = price_of(l.product);
      if (one_in(90)) l.price = 0;
      else if (one_in(400)) l.price = -l.price;
      else if (one_in(150)) l.quantity = -l.quantity, l.price = 0;  // stock written off
      else if (one_in(2000)) l.quantity = 0;
      else if (customer_ != 0 && one_in(4)) bought_.push_back(l);
      put(l);
      if (one_in(60) && written_ < lines) put(l);
    }
  }
  /// Goods come back: most were bought, some never or not so many, some by nobody we know, some with a positive quantity.
  void cancel(std::uint64_t lines) {
    for (unsigned left = 1 + below(4); left != 0 && written_ < lines; --left) {
      line l{invoice("C"), below(400), -1 - static_cast<int>(below(20)), 0, customer_};
      l.price = price_of(l.product);
      if (!bought_.empty() && !one_in(3)) {
        const line& b = bought_[below(static_cast<unsigned>(bought_.size()))];
        l.product = b.product, l.price = b.price, l.customer = b.customer;
        l.quantity = one_in(3) ? -b.quantity - 1 : -1 - static_cast<int>(below(static_cast<unsigned>(b.quantity)));
      }
      if (one_in(40)) l.quantity = -l.quantity;
      if (one_in(80)) l.quantity = 0;
      put(l);
      // What may have been refused above is bought afterwards: the refusal must stand.
      if (l.customer != 0 && l.quantity < 0 && one_in(3) && written_ < lines) {
        ++invoice_;
        l.invoice = invoice(""), l.quantity = -l.quantity * 2;
        put(l);
        if (one_in(2) || written_ >= lines) continue;
        ++invoice_;
        l.invoice = invoice("C"), l.quantity = -l.quantity / 2;
        put(l);
      }
    }
  }
  /// A correction in the books; no goods move.
  void adjust(std::uint64_t lines) {
    if (written_ >= lines) return;
    write(invoice("A"), "B", "Adjust bad debt", 1, one_in(2) ? -11062060 : 11062060, 0);
  }

  void put(const line& l) {
    static constexpr std::array<std::string_view, 8> descriptions = {
        "WHITE METAL LANTERN",
        "\"AIRLINE LOUNGE,METAL SIGN\"",
        "\"RECORD FRAME 7\"\" SINGLE SIZE \"",
        "SET OF 6 T-LIGHTS ",
        "\"LETTER \"\"D\"\" BLING KEY RING\"",
        "Gift Voucher \xc2\xa3" "10.00",
        "",
        "\"SWISS ROLL TOWEL, CHOCOLATE  SPOTS\""};
    static constexpr std::array<std::string_view, 5> endings = {"", "A", "a", "", "BL"};
    const bool gift = l.product % 50 == 49;
    std::string code = gift ? "gift_00_" : "";
    code.append(std::to_string(gift ? l.product : 20000 + 7 * l.product)).append(endings[l.product % endings.size()]);
    write(l.invoice, code, descriptions[l.product % descriptions.size()], l.quantity, l.price, l.customer);
  }
  void write(std::string_view invoice, std::string_view code, std::string_view description, int quantity, int price, unsigned customer) {
    static constexpr std::array<std::string_view, 7> countries = {"United Kingdom", "United Kingdom",  "EIRE",       "France",
                                                                  "Germany",        "Channel Islands", "Unspecified"};
    text_.append(invoice).append(",").append(code).append(",").append(description).append(",");
    text_.append(std::to_string(quantity)).append(",").append(date()).append(",").append(decimal(price)).append(",");
    if (customer != 0) text_.append(std::to_string(12000 + 3 * customer)).append(".0");
    text_.append(",").append(countries[customer % countries.size()]).append("\n");
    ++written_;
  }
  std::string date() const {
    char out[40];
    std::snprintf(out, sizeof out, "%04d-%02d-%02d %02d:%02d:00", now_.year, now_.month, now_.day, now_.hour, now_.minute);
    return out;
  }
  /// With one to three decimals, as few as will do.
  static std::string decimal(int thousandths) {
    const int size = thousandths < 0 ? -thousandths : thousandths;
    char out[40];
    int end = std::snprintf(out, sizeof out, "%s%d.%03d", thousandths < 0 ? "-" : "", size / 1000, size % 1000);
    while (out[end - 1] == '0' && out[end - 2] != '.') --end;
    return {out, static_cast<std::size_t>(end)};
  }
  static int price_of(unsigned product) {
    if (product % 97 == 5) return 1;
    if (product % 31 == 3) return 1255 + static_cast<int>(product);
    return 50 * (1 + static_cast<int>(product * 37 % 250));
  }

  std::uint64_t state_;
  std::uint64_t written_ = 0;
  std::string text_;
  moment now_{2010, 12, 1, 8, 26, 0};
  unsigned invoice_ = 536364;
  unsigned customer_ = 0;
  std::vector<line> bought_;
};

/// The sample: a header and `lines` lines.
inline std::string make_sample(std::uint64_t seed = 2010, std::uint64_t lines = 20000) { return sample_maker(seed).make(lines); }

}  // namespace retail
