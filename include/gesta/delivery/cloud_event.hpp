// What surrounds a message that is told to others, as CloudEvents 1.0 has it: written as headers (binary content mode), and read back.
// Floor: delivery.
// May include: detail, message, delivery.
//
//     ce-specversion 1.0              ce-id, ce-source, ce-type      without these it is no event
//     ce-time        RFC 3339         ce-subject, ce-dataschema, content-type
//     ce-partitionkey, ce-sequence, ce-dataref, ce-traceparent, ce-correlationid, ce-causationid      documented extensions
//     ce-typeversion                  the version of the type's shape: an extension of ours; where it is not there it is 1
//     traceparent                     the same as ce-traceparent, for who knows nothing of CloudEvents
//
// Attributes that are not known are passed over, as the specification wants it; what is known and malformed is refused with its name. The same as one JSON
// object: delivery/cloud_event_json.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gesta/delivery/parcel.hpp>
#include <gesta/delivery/trace_context.hpp>
#include <gesta/detail/json_text.hpp>
#include <gesta/message/about.hpp>

namespace gesta {

/// What surrounds a message. Views of somebody else's characters; an empty one is not said.
struct envelope {
  std::string_view id{};          ///< of the message; with the source it names it for ever
  std::string_view source{};      ///< who tells it, a URI reference: `shop/0af7651916cd43dd8448eb211c80319c`
  std::string_view type{};        ///< the stable name of what happened
  std::uint32_t version = 1;     ///< of the type's shape
  timestamp time{};              ///< when it happened; zero: it is not said
  std::string_view subject{};    ///< what it happened to
  std::string_view key{};        ///< partition key: messages of one key have an order
  std::string_view sequence{};   ///< its place among those of its source: compared as text, later ones are greater
  std::string_view traceparent{};    ///< trace context of the W3C
  message_id correlation{};      ///< blank: it is not said
  message_id causation{};
  std::string_view content_type{};  ///< of the payload
  std::string_view schema{};        ///< a URI
  std::string_view dataref{};       ///< a URI reference: where the payload lies when it does not travel

  friend bool operator==(const envelope&, const envelope&) = default;
};

/// Bounds on what is read and written: a longer attribute, or more headers, is an error.
inline constexpr std::size_t largest_attribute = 1024;
inline constexpr std::size_t most_headers = 128;

/// Why an envelope cannot be read, or not be written. It names attributes, and never what stands in them.
struct [[nodiscard]] envelope_result {
  enum class kind : std::uint8_t {
    good,
    missing,      ///< id, source, type or specversion is not there
    twice,        ///< an attribute stands there more than once
    malformed,    ///< it is not what its name promises: no UTF-8, no time, no number, no hex digits
    too_long,     ///< the attribute is longer than gesta::largest_attribute
    too_many,     ///< more headers than gesta::most_headers
    unsupported,  ///< another specversion than 1.0
    no_json,      ///< in structured mode: it is no JSON object, or both data and data_base64 are there
  };
  kind what = kind::good;
  const char* attribute = "";  ///< of the CloudEvents' names, without `ce-`

  explicit constexpr operator bool() const noexcept { return what == kind::good; }
  /// In words, for people.
  std::string describe() const {
    constexpr const char* words[] = {"good", " is missing", " is there twice", " is malformed", " is too long", ": too many headers", " is not 1.0", ": no event in JSON"};
    return std::string(attribute) + words[static_cast<std::size_t>(what)];
  }
};

// ---- where a message stands in the log that tells it

/// Where an integration event comes from: the log, the position of the event in it, and which one it is of those that this event is told as. Whoever
/// publishes it, and whenever, it has the same; so the id is made of it.
struct source_place {
  message_id incarnation{};
  std::uint64_t position = 0;
  std::uint32_t part = 0;

  friend constexpr bool operator==(const source_place&, const source_place&) = default;
};

namespace detail {

/// Digits without a sign and without zeros before them; false when it is another thing, or does not fit.
constexpr bool get_decimal(std::string_view text, std::uint64_t most, std::uint64_t& number) noexcept {
  if (text.empty() || text.size() > 20 || (text.size() > 1 && text[0] == '0')) return false;
  number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (number > (most - digit) / 10) return false;
    number = number * 10 + digit;
  }
  return true;
}

inline void put_decimal(std::uint64_t number, std::size_t width, std::string& out) {
  const std::string digits = std::to_string(number);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

}  // namespace detail

/// `0af7651916cd43dd8448eb211c80319c-17-0`: the id of what is told from that place.
inline std::string id_of_place(const source_place& place) {
  std::string id(message_id_text(place.incarnation).view());
  id += '-';
  id += std::to_string(place.position);
  id += '-';
  id += std::to_string(place.part);
  return id;
}
/// Reads an id that was made by id_of_place, and no other. False: another system made it.
constexpr bool read_place(std::string_view id, source_place& place) noexcept {
  source_place found;
  std::uint64_t part = 0;
  if (id.size() < 36 || id[32] != '-' || !read_message_id(id.substr(0, 32), found.incarnation)) return false;
  const std::string_view numbers = id.substr(33);
  const std::size_t middle = numbers.find('-');
  if (middle == std::string_view::npos || !detail::get_decimal(numbers.substr(0, middle), ~std::uint64_t{0}, found.position) ||
      !detail::get_decimal(numbers.substr(middle + 1), 0xffffffff, part))
    return false;
  found.part = static_cast<std::uint32_t>(part);
  place = found;
  return true;
}
/// `00000000000000000017.00000`: as text it is greater for what is told later.
inline std::string sequence_of_place(const source_place& place) {
  std::string text;
  detail::put_decimal(place.position, 20, text);
  text += '.';
  detail::put_decimal(place.part, 5, text);
  return text;
}

/// The message's own 128 bits: what it causes names them, and its span in a trace is made of them.
constexpr message_id message_of_place(const source_place& place) noexcept {
  const auto id = detail::hash128{}.add(place.incarnation.high).add(place.incarnation.low).add(place.position).add(place.part);
  return {id.high, id.low};
}
/// An id as others may know it. What nobody has named is {0, position} in its log; many logs have that, so outside it is the place in this one.
constexpr message_id told_id(message_id incarnation, message_id id) noexcept {
  return id.high == 0 && id.low != 0 ? message_of_place({incarnation, id.low, 0}) : id;
}
/// The same of a message that another system has named.
constexpr message_id message_of_id(std::string_view source, std::string_view id) noexcept {
  const auto both = detail::hash128{}.add(source.data(), source.size()).add(id.data(), id.size());
  return {both.high, both.low};
}

/// What somebody calls a conversation, or a cause: 32 hex digits or a UUID are its 128 bits; of any other text they are made.
constexpr message_id message_of_text(std::string_view text) noexcept {
  char digits[32] = {};
  std::size_t count = 0;
  const bool is_uuid = text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
  for (std::size_t i = 0; i < text.size() && count < 32; ++i) {
    if (is_uuid && (i == 8 || i == 13 || i == 18 || i == 23)) continue;
    digits[count++] = text[i] >= 'A' && text[i] <= 'F' ? static_cast<char>(text[i] + ('a' - 'A')) : text[i];
  }
  message_id id{};
  if ((text.size() == 32 || is_uuid) && read_message_id({digits, count}, id)) return id;
  const auto hash = detail::hash128{}.add(text.data(), text.size());
  return {hash.high, hash.low};
}

// ---- times as text

namespace detail {

constexpr std::int64_t days_before(std::int64_t year, std::int64_t month, std::int64_t day) noexcept {  // since 1970-01-01
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}
constexpr bool is_leap(std::int64_t year) noexcept { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }
constexpr std::int64_t days_of_month(std::int64_t year, std::int64_t month) noexcept {
  constexpr std::int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}
/// So many digits as a number; -1 where one is none.
constexpr std::int64_t digits_at(std::string_view text, std::size_t at, std::size_t count) noexcept {
  std::int64_t number = 0;
  if (at + count > text.size()) return -1;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

}  // namespace detail

/// `2018-04-05T17:31:00Z`, with as many digits of the second as it has, up to nine.
inline std::string time_text(timestamp moment) {
  constexpr std::int64_t billion = 1'000'000'000;
  std::int64_t seconds = moment.nanoseconds / billion, rest = moment.nanoseconds % billion;
  if (rest < 0) rest += billion, --seconds;
  std::int64_t days = seconds / 86400, of_day = seconds % 86400;
  if (of_day < 0) of_day += 86400, --days;
  std::int64_t year = 1970 + days / 366 - (days < 0 ? 2 : 0);
  while (detail::days_before(year + 1, 1, 1) <= days) ++year;
  std::int64_t of_year = days - detail::days_before(year, 1, 1), month = 1;
  for (; of_year >= detail::days_of_month(year, month); ++month) of_year -= detail::days_of_month(year, month);
  std::string text;
  const auto put = [&text](std::int64_t number, std::size_t width, char then) {
    detail::put_decimal(static_cast<std::uint64_t>(number), width, text);
    if (then != '\0') text += then;
  };
  put(year, 4, '-'), put(month, 2, '-'), put(of_year + 1, 2, 'T');
  put(of_day / 3600, 2, ':'), put(of_day / 60 % 60, 2, ':'), put(of_day % 60, 2, '\0');
  if (rest != 0) {
    text += '.';
    put(rest, 9, '\0');
    while (text.back() == '0') text.pop_back();
  }
  text += 'Z';
  return text;
}

/// Reads a time of RFC 3339, with `Z` or an offset. False: it is none, or one that nanoseconds of 64 bits do not reach. A leap second is the second
/// after it; digits beyond the ninth are passed over.
constexpr bool read_time(std::string_view text, timestamp& moment) noexcept {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':') return false;
  const std::int64_t year = detail::digits_at(text, 0, 4), month = detail::digits_at(text, 5, 2), day = detail::digits_at(text, 8, 2),
                     hour = detail::digits_at(text, 11, 2), minute = detail::digits_at(text, 14, 2), second = detail::digits_at(text, 17, 2);
  if (year < 1677 || year > 2262 || month < 1 || month > 12 || day < 1 || day > detail::days_of_month(year, month)) return false;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return false;
  std::size_t at = 19;
  std::int64_t rest = 0;
  if (text[at] == '.') {
    std::int64_t worth = 100'000'000;
    const std::size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, worth /= 10) rest += (text[at] - '0') * worth;
    if (at == first) return false;
  }
  std::int64_t offset = 0;
  const std::string_view zone = text.substr(at);
  if (zone != "Z" && zone != "z") {
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return false;
    const std::int64_t hours = detail::digits_at(zone, 1, 2), minutes = detail::digits_at(zone, 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return false;
    offset = (hours * 60 + minutes) * (zone[0] == '-' ? -60 : 60);
  }
  const std::int64_t seconds = detail::days_before(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
  std::int64_t whole = 0;
  // Of a second before 1970 the fraction is taken off the second behind it: so the first moment there is can be read.
  const bool is_early = seconds < 0 && rest != 0;
  if (__builtin_mul_overflow(seconds + (is_early ? 1 : 0), std::int64_t{1'000'000'000}, &whole) ||
      __builtin_add_overflow(whole, is_early ? rest - 1'000'000'000 : rest, &whole))
    return false;
  moment = {whole};
  return true;
}

// ---- attributes as text, both ways

namespace detail {

/// One attribute of the table by which all forms are written and read.
struct attribute {
  const char* name;
  std::string_view envelope::*text;
};
inline constexpr attribute text_attributes[] = {
    {"id", &envelope::id},           {"source", &envelope::source},     {"type", &envelope::type},
    {"subject", &envelope::subject}, {"partitionkey", &envelope::key},  {"sequence", &envelope::sequence},
    {"dataref", &envelope::dataref}, {"dataschema", &envelope::schema}, {"traceparent", &envelope::traceparent},
    {"datacontenttype", &envelope::content_type},
};

/// The places of text_attributes, and behind them those that are no plain text.
inline constexpr std::size_t text_count = sizeof text_attributes / sizeof text_attributes[0];
enum : std::size_t { of_specversion = text_count, of_time, of_typeversion, of_correlation, of_causation, attribute_count };

constexpr const char* attribute_name(std::size_t which) noexcept {
  constexpr const char* others[] = {"specversion", "time", "typeversion", "correlationid", "causationid"};
  return which < text_count ? text_attributes[which].name : others[which - text_count];
}
constexpr std::size_t attribute_of(std::string_view name) noexcept {
  for (std::size_t i = 0; i < attribute_count; ++i)
    if (name == attribute_name(i)) return i;
  return attribute_count;
}

/// Text as CloudEvents has it: UTF-8 without control characters.
constexpr bool is_attribute_text(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7f) return false;
    if (c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) return false;  // U+0080 to U+009F
  }
  return json::is_utf8({text.data(), text.size()});
}

/// Takes what was found of an attribute. `text` lives as long as the envelope.
constexpr envelope_result take_attribute(std::size_t which, std::string_view text, envelope& to) noexcept {
  using kind = envelope_result::kind;
  const char* const name = attribute_name(which);
  if (text.size() > largest_attribute) return {kind::too_long, name};
  if (!is_attribute_text(text) || text.empty()) return {kind::malformed, name};
  if (which < text_count) return to.*text_attributes[which].text = text, envelope_result{};
  std::uint64_t number = 0;
  bool good = true;
  switch (which) {
    case of_specversion:
      if (text != "1.0") return {kind::unsupported, name};
      break;
    case of_time: good = read_time(text, to.time); break;
    case of_typeversion:
      good = get_decimal(text, 0xffffffff, number) && number != 0;
      to.version = static_cast<std::uint32_t>(number);
      break;
    case of_correlation: to.correlation = message_of_text(text); break;
    case of_causation: to.causation = message_of_text(text); break;
    default: break;
  }
  return good ? envelope_result{} : envelope_result{kind::malformed, name};
}

/// Which of the attributes were met.
struct attributes_met {
  bool all[attribute_count] = {};
  constexpr envelope_result note(std::size_t which) noexcept {
    if (all[which]) return {envelope_result::kind::twice, attribute_name(which)};
    all[which] = true;
    return {};
  }
  constexpr envelope_result end() const noexcept {
    for (const std::size_t needed : {std::size_t{of_specversion}, attribute_of("id"), attribute_of("source"), attribute_of("type")})
      if (!all[needed]) return {envelope_result::kind::missing, attribute_name(needed)};
    return {};
  }
};

/// Calls put(name, text) for each attribute that is said, those first that must be there. False, with its name, for one that cannot be written.
template <class Put>
envelope_result each_attribute(const envelope& from, Put&& put) {
  using kind = envelope_result::kind;
  put(attribute_name(of_specversion), std::string_view("1.0"));
  for (std::size_t i = 0; i < text_count; ++i) {
    const std::string_view text = from.*text_attributes[i].text;
    if (text.empty() && i < 3) return {kind::missing, attribute_name(i)};
    if (text.size() > largest_attribute) return {kind::too_long, attribute_name(i)};
    if (!is_attribute_text(text)) return {kind::malformed, attribute_name(i)};
    if (!text.empty()) put(attribute_name(i), text);
  }
  if (from.time != timestamp{}) {
    const std::string text = time_text(from.time);
    put(attribute_name(of_time), std::string_view(text));
  }
  if (from.version == 0) return {kind::malformed, attribute_name(of_typeversion)};
  if (from.version != 1) {
    const std::string text = std::to_string(from.version);
    put(attribute_name(of_typeversion), std::string_view(text));
  }
  if (from.correlation != message_id{}) put(attribute_name(of_correlation), message_id_text(from.correlation).view());
  if (from.causation != message_id{}) put(attribute_name(of_causation), message_id_text(from.causation).view());
  return {};
}

constexpr bool stands_for_itself(char c) noexcept { return c > ' ' && c < 0x7f && c != '"' && c != '%'; }

}  // namespace detail

/// An envelope as headers. It is used again for the next message: the headers are good until then.
class cloud_event_headers {
 public:
  /// False, and nothing is to be sent: an attribute is missing, too long, or no text.
  envelope_result write(const envelope& from) {
    text_.clear();
    places_.clear();
    const auto put = [this](const char* prefix, const char* name, std::string_view value) {
      const std::size_t at = text_.size();
      text_ += prefix;
      text_ += name;
      const std::size_t middle = text_.size();
      put_value(value);
      places_.push_back({at, middle - at, text_.size() - middle});
    };
    const envelope_result result = detail::each_attribute(from, [&](std::string_view name, std::string_view value) {
      if (name == "datacontenttype") return put_content_type(value);
      put("ce-", name.data(), value);
      if (name == "traceparent") put("", "traceparent", value);
    });
    headers_.clear();
    if (!result) return result;
    for (const place& one : places_)
      headers_.push_back({{text_.data() + one.at, one.name}, {text_.data() + one.at + one.name, one.value}});
    return result;
  }
  std::span<const header> all() const noexcept { return headers_; }

 private:
  struct place {
    std::size_t at, name, value;
  };
  void put_content_type(std::string_view value) {  // a header of its own, with quotes and blanks of its own
    const std::size_t at = text_.size();
    text_ += "content-type";
    text_ += value;
    places_.push_back({at, 12, value.size()});
  }
  void put_value(std::string_view value) {
    for (const char c : value) {
      if (detail::stands_for_itself(c)) {
        text_ += c;
        continue;
      }
      const auto byte = static_cast<unsigned char>(c);
      text_ += '%';
      text_ += "0123456789ABCDEF"[byte >> 4];
      text_ += "0123456789ABCDEF"[byte & 15];
    }
  }

  std::string text_;
  std::vector<place> places_;
  std::vector<header> headers_;
};

/// An envelope that was read, with its characters. It is used again for the next message.
class cloud_event_read {
 public:
  /// Reads the headers of a message. False: it is no event of CloudEvents 1.0, and `why` names the attribute.
  envelope_result read(std::span<const header> headers) {
    what_ = {};
    text_.clear();
    std::size_t room = 0;
    for (const header& one : headers) room += one.value.size();
    if (headers.size() > most_headers) return {envelope_result::kind::too_many, "headers"};
    if (room > most_headers * 3 * largest_attribute) return {envelope_result::kind::too_long, "headers"};
    text_.reserve(room);  // views into it stay good
    detail::attributes_met met;
    std::string_view trace_of_transport;
    for (const header& one : headers) {
      const std::size_t which = which_attribute(one.name);
      if (is_named(one.name, "traceparent")) trace_of_transport = one.value;
      if (which == detail::attribute_count) continue;
      if (const envelope_result known = met.note(which); !known) return known;
      std::string_view value = one.value;
      if (value.size() > 3 * largest_attribute) return {envelope_result::kind::too_long, detail::attribute_name(which)};
      if (!is_named(one.name, "content-type") && !decode(one.value, value)) return {envelope_result::kind::malformed, detail::attribute_name(which)};
      if (const envelope_result taken = detail::take_attribute(which, value, what_); !taken) return taken;
    }
    if (what_.traceparent.empty() && detail::is_attribute_text(trace_of_transport)) what_.traceparent = trace_of_transport;
    return met.end();
  }
  /// Only where it was read.
  const envelope& what() const noexcept { return what_; }

 private:
  static constexpr char small(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
  static constexpr bool is_named(std::string_view name, std::string_view wanted) noexcept {
    bool same = name.size() == wanted.size();
    for (std::size_t i = 0; same && i < name.size(); ++i) same = small(name[i]) == wanted[i];
    return same;
  }
  static constexpr std::size_t which_attribute(std::string_view name) noexcept {
    if (is_named(name, "content-type")) return detail::attribute_of("datacontenttype");
    if (name.size() < 4 || !is_named(name.substr(0, 3), "ce-")) return detail::attribute_count;
    for (std::size_t i = 0; i < detail::attribute_count; ++i)
      if (is_named(name.substr(3), detail::attribute_name(i))) return i;
    return detail::attribute_count;
  }
  static constexpr int digit(char c) noexcept {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  }
  /// Takes off quotes, and then one layer of percent signs.
  bool decode(std::string_view from, std::string_view& out) {
    const std::size_t begin = text_.size();
    const bool quoted = from.size() >= 2 && from.front() == '"' && from.back() == '"';
    if (quoted) from = from.substr(1, from.size() - 2);
    for (std::size_t i = 0; i < from.size(); ++i) {
      char c = from[i];
      if (quoted && c == '\\') {
        if (++i == from.size()) return false;
        c = from[i];
      } else if (c == '%') {
        if (i + 2 >= from.size()) return false;
        const int high = digit(from[i + 1]), low = digit(from[i + 2]);
        if (high < 0 || low < 0) return false;
        c = static_cast<char>(high * 16 + low);
        i += 2;
      }
      text_ += c;
    }
    out = std::string_view(text_).substr(begin);
    return true;
  }

  envelope what_;
  std::string text_;
};

}  // namespace gesta
