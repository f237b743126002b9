// Where a log stands in PostgreSQL, as a command line says it.
// Floor: store. Needs no client library.
// May include: nothing of gesta.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gesta {

/// Words for postgres_store::address and postgres_store::schema.
struct postgres_place {
  std::string address;  ///< as libpq takes it: "host=... dbname=...", or postgresql://...
  std::string schema;   ///< empty: none was said
};

/// Reads `postgres:ADDRESS` or `postgres:ADDRESS?SCHEMA`. A schema is letters, digits and underscores behind the last `?`; where that stands in a
/// password or in a parameter of a URL it is a part of the address. False: the words are of another kind, or there is no address.
inline bool read_postgres_place(std::string_view words, postgres_place& place) {
  constexpr std::string_view kind = "postgres:";
  if (words.substr(0, kind.size()) != kind || words.size() == kind.size()) return false;
  words.remove_prefix(kind.size());
  const std::size_t mark = words.rfind('?');
  const std::string_view address = words.substr(0, mark), schema = mark == words.npos ? "" : words.substr(mark + 1);
  bool is_schema = !schema.empty() && !address.empty();
  for (const char c : schema) is_schema = is_schema && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_');
  // "... password=a?b": whoever takes this for a schema would show it.
  std::string_view before = address.substr(0, address.rfind('=') == address.npos ? 0 : address.rfind('='));
  while (!before.empty() && before.back() == ' ') before.remove_suffix(1);
  if (constexpr std::string_view secret = "password"; before.size() >= secret.size() && before.substr(before.size() - secret.size()) == secret) is_schema = false;
  place.address = is_schema ? address : words;
  place.schema = is_schema ? schema : "";
  return true;
}

}  // namespace gesta
