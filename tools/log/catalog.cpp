#include "catalog.hpp"

#include <charconv>
#include <ctime>
#include <limits>

#include <gesta/detail/json_text.hpp>

namespace tool {

namespace json = gesta::detail::json;

// ---- JSON text

void put_text(std::string_view text, std::string& out) {
  json::appended to{out};
  json::put_text({text.data(), text.size()}, to);
}
void put_hex(std::string_view bytes, std::string& out) {
  json::appended to{out};
  json::put_hex(bytes, to);
}
void put_bytes(std::string_view bytes, std::string& out) {
  out += "{\"hex\":";
  put_hex(bytes, out);
  out += '}';
}
void put_time(std::int64_t nanoseconds, std::string& out) {
  if (nanoseconds == 0) {
    out += "null";
    return;
  }
  constexpr std::int64_t second = 1'000'000'000;
  const std::int64_t rest = (nanoseconds % second + second) % second;
  const std::time_t seconds = static_cast<std::time_t>((nanoseconds - rest) / second);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  std::snprintf(text, sizeof text, "\"%04d-%02d-%02dT%02d:%02d:%02d.%09lldZ\"", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                parts.tm_min, parts.tm_sec, static_cast<long long>(rest));
  out += text;
}

// ---- types

column_value value_in(const query& row, int column) {
  const int type = row.type(column);
  return {type, type == SQLITE_INTEGER ? row.number(column) : 0, type == SQLITE_INTEGER ? std::string_view() : row.bytes(column)};
}

catalog::catalog(file& from) {
  const bool has_forms = from.format() >= 2;
  for (query q(from.connection(), std::string("select type, kind, id, version, ") + (has_forms ? "form" : "''") + " from types order by type"); q.next();) {
    const std::int64_t number = q.number(0);
    if (number < 1 || number > 1'000'000) throw trouble{trouble::content, from.path() + ": a type has the number " + number};
    types_.resize(static_cast<std::size_t>(number));
    type& t = types_.back();
    t.kind = q.bytes(1);
    t.id = q.bytes(2);
    t.version = q.number(3);
    t.form = q.bytes(4);
    if (!t.form.empty()) t.read = gesta::read_form(t.form);
  }
}

const type* catalog::find(std::int64_t number) const {
  const bool known = number >= 1 && number <= static_cast<std::int64_t>(types_.size());
  const type* const found = known ? &types_[static_cast<std::size_t>(number - 1)] : nullptr;
  return found != nullptr && !found->kind.empty() ? found : nullptr;
}

namespace {

template <class Number>
bool put_if_holds(std::int64_t number, std::string& out) {
  json::appended to{out};
  if constexpr (sizeof(Number) < 8) {
    if (number < static_cast<std::int64_t>(std::numeric_limits<Number>::min()) || number > static_cast<std::int64_t>(std::numeric_limits<Number>::max()))
      return false;
  }
  json::put_number(static_cast<Number>(number), to);
  return true;
}

bool put_number_key(std::string_view word, std::int64_t number, std::string& out) {
  if (word == "i8") return put_if_holds<std::int8_t>(number, out);
  if (word == "i16") return put_if_holds<std::int16_t>(number, out);
  if (word == "i32") return put_if_holds<std::int32_t>(number, out);
  if (word == "i64") return put_if_holds<std::int64_t>(number, out);
  if (word == "u8") return put_if_holds<std::uint8_t>(number, out);
  if (word == "u16") return put_if_holds<std::uint16_t>(number, out);
  if (word == "u32") return put_if_holds<std::uint32_t>(number, out);
  if (word == "u64") return put_if_holds<std::uint64_t>(number, out);  // from 2^63 on it stands as a negative number
  if (word == "bool") return put_if_holds<bool>(number, out);
  if (word == "char") return put_if_holds<char>(number, out);
  return false;
}

}  // namespace

bool catalog::put_key(const type* aggregate, const column_value& key, std::string& out) const {
  const std::size_t begin = out.size();
  const bool is_said = aggregate != nullptr && aggregate->read;
  const std::string_view word = is_said ? aggregate->read.word() : std::string_view();
  const bool holds_zero = key.bytes.find('\0') != std::string_view::npos;
  if (key.type == SQLITE_INTEGER) {
    if (is_said && put_number_key(word, key.number, out)) return true;
    out.resize(begin);
    out += std::to_string(key.number);
    return !is_said && (aggregate == nullptr || aggregate->form.empty());
  }
  if (key.type == SQLITE_TEXT) {
    put_text(key.bytes, out);
    return (!is_said || word == "text") && !holds_zero;
  }
  if (key.type == SQLITE_BLOB) {
    if (is_said && word == "text") {
      put_text(key.bytes, out);
      return holds_zero;  // SQL sees text up to its first zero, so only such a key stands as bytes
    }
    if (is_said && word.empty() && aggregate->read.key_to_json(key.bytes.data(), key.bytes.size(), out)) return true;
    out.resize(begin);
    put_bytes(key.bytes, out);
    return !is_said;
  }
  out += "null";
  return false;
}

bool catalog::put_payload(const type* what, std::string_view payload, std::string& out) const {
  const std::size_t begin = out.size();
  if (what != nullptr && what->read) {
    if (what->read.to_json(payload.data(), payload.size(), out)) return true;
    out.resize(begin);
  }
  put_bytes(payload, out);
  return what != nullptr && what->form.empty();
}

}  // namespace tool
