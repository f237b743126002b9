// The tables that tests capture, how their changes are told in words, and the model that they are delivered to.
#pragma once

#include <gesta/capture/change.hpp>
#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

struct customer {
  std::int64_t id;
  gesta::text<40> name;
  std::optional<std::string> city;
  static constexpr auto table = "customers";
  using key = gesta::by<"id">;
};

struct line_key {
  std::int64_t book;
  int line;
};
struct line {
  std::int64_t book;
  int line;
  std::optional<double> price;
  std::optional<std::vector<std::byte>> note;
  static constexpr auto table = "lines";
  using key = line_key;
};

inline std::string words(gesta::absence why) {
  switch (why) {
    case gesta::absence::never_was: return "(never was)";
    case gesta::absence::not_told: return "(not told)";
    case gesta::absence::unchanged: return "(unchanged)";
    case gesta::absence::no_column: return "(no column)";
    default: return "";
  }
}
inline std::string words(std::int64_t id) { return std::to_string(id); }
inline std::string words(const line_key& key) { return std::to_string(key.book) + '/' + std::to_string(key.line); }

inline std::string words(const gesta::image<customer>& one) {
  if (!one.is_known()) return words(one.why());
  const auto* const city = one.get<"city">();
  return words(*one.get<"id">()) + ' ' + (one.get<"name">() != nullptr ? one.get<"name">()->c_str() : words(one.why<"name">())) + ' ' +
         (city == nullptr ? words(one.why<"city">()) : city->has_value() ? **city : "-");
}
inline std::string words(const gesta::image<line>& one) {
  if (!one.is_known()) return words(one.why());
  const auto* const price = one.get<"price">();
  const auto* const note = one.get<"note">();
  std::string said = words(line_key{*one.get<"book">(), *one.get<"line">()}) + ' ';
  char digits[40];
  if (price != nullptr && price->has_value()) std::snprintf(digits, sizeof digits, "%g", **price);
  said += price == nullptr ? words(one.why<"price">()) : price->has_value() ? digits : "-";
  said += ' ';
  if (note == nullptr) return said + words(one.why<"note">());
  if (!note->has_value()) return said + '-';
  for (const std::byte b : **note) {
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(b));
    said += digits;
  }
  return said;
}

/// "+ after", "before -> after", "- before", "* table"; a key that changed behind it.
struct telling {
  std::vector<std::string>& told;

  template <class Row>
  void operator()(const gesta::change<Row>& one) const {
    told.push_back(one.match([](const gesta::inserted<Row>& c) { return "+ " + words(c.after()); },
                             [](const gesta::updated<Row>& c) {
                               return words(c.before()) + " -> " + words(c.after()) +
                                      (c.key_changed() ? " (key " + words(c.old_key()) + " -> " + words(c.key()) + ")" : "");
                             },
                             [](const gesta::deleted<Row>& c) { return "- " + words(c.before()); },
                             [](const gesta::truncated<Row>&) { return std::string("* ") + Row::table; }));
  }
};

// ---- a model that counts

struct opened {
  int by;
  static constexpr auto id = "account.opened";
};
struct closed {
  static constexpr auto id = "account.closed";
};
struct open_account {
  std::int64_t who;
};
struct close_account {
  std::int64_t who;
};
struct never_opened {
  static constexpr auto id = "account.never_opened";
};
struct account {
  int changes = 0;
  bool is_open = false;
};
inline void evolve(account& a, const opened&) { ++a.changes, a.is_open = true; }
inline void evolve(account& a, const closed&) { ++a.changes, a.is_open = false; }
inline auto decide(const account&, const open_account&) -> gesta::emits<opened> { return opened{1}; }
inline auto decide(const account& a, const close_account&) -> gesta::emits<closed>::or_rejects<never_opened> {
  if (!a.is_open) return never_opened{};
  return closed{};
}
struct accounts : gesta::aggregate<account, gesta::commands<open_account, close_account>, gesta::by<"who">> {
  static constexpr auto id = "account";
  using key = std::int64_t;
};
struct bank : gesta::model<accounts> {};

struct crm {
  static constexpr auto id = "crm";
  std::string* heard = nullptr;
};
inline open_account translate(const crm&, const gesta::inserted<customer>& c) { return {c.key()}; }
inline std::optional<close_account> translate(const crm&, const gesta::updated<customer>& c) {
  if (!c.key_changed()) return std::nullopt;
  return close_account{c.old_key()};
}
inline close_account translate(const crm&, const gesta::deleted<customer>& c) { return {c.key()}; }
inline void translate(const crm&, const gesta::truncated<customer>&) {}
inline open_account translate(const crm&, const gesta::inserted<line>& c) { return {1000 + c.key().book}; }
inline void translate(const crm&, const gesta::updated<line>&) {}
inline void translate(const crm&, const gesta::deleted<line>&) {}
inline void translate(const crm&, const gesta::truncated<line>&) {}
inline void on_refusal(const crm& who, const close_account& c, const never_opened&) {
  if (who.heard != nullptr) *who.heard += "refused " + std::to_string(c.who) + ';';
}
