// What a file says of its types and streams, and how keys, payloads and events are shown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gesta/codec/by_form.hpp>

#include "file.hpp"

namespace tool {

// ---- JSON text

void put_text(std::string_view text, std::string& out);   ///< a text, or {"hex":...} where it is no UTF-8
void put_hex(std::string_view bytes, std::string& out);   ///< "00ff"
void put_bytes(std::string_view bytes, std::string& out); ///< {"hex":"00ff"}
/// "2023-11-14T22:13:20.000000000Z"; null where no time was recorded.
void put_time(std::int64_t nanoseconds, std::string& out);

// ---- types

/// One row of the table types.
struct type {
  std::string kind, id;
  std::int64_t version = 0;
  std::string form;          ///< its text; empty where the file has none
  gesta::form_reader read;   ///< false where there is none, or it is none
};

/// A key as it stands in a column.
struct column_value {
  int type = SQLITE_NULL;
  std::int64_t number = 0;
  std::string_view bytes;
};
column_value value_in(const query& row, int column);

/// The dictionary of a file.
class catalog {
 public:
  explicit catalog(file& from);

  /// The type of this number; nullptr where there is none.
  const type* find(std::int64_t number) const;
  const std::vector<type>& all() const { return types_; }

  /// A key as JSON: a text, a number, or an object where it has several fields. False, and `out` shows the column, when it is none of the
  /// aggregate's form.
  bool put_key(const type* aggregate, const column_value& key, std::string& out) const;
  /// A payload as JSON; as {"hex":...} where the file does not say its form. False, and `out` shows the bytes, when it is none of that form.
  bool put_payload(const type* what, std::string_view payload, std::string& out) const;

 private:
  std::vector<type> types_;  ///< by number, from 1
};

}  // namespace tool
