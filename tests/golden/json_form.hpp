// What the tests have in common that compare with pinned JSON: how it is read.
#pragma once

#include <string>

#include <gesta/codec/json.hpp>

namespace golden {

struct json_form {
  static constexpr const char* name = gesta::json::id;

  /// What JSON hides is nobody's: it is refused, whatever comes.
  template <class Message>
  static bool read(const std::string& form, Message& message) {
    const bool is_hidden = form.find("\"<personal>\"") != std::string::npos;
    return static_cast<bool>(gesta::from_json(form, message)) != is_hidden;
  }
};

}  // namespace golden
