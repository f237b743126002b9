// The JSON forms of the examples' events are those that were pinned, and every pinned form is still read.
#include <gesta/codec/json.hpp>

#include "examples.hpp"

namespace {

struct as_text {
  static constexpr const char* name = gesta::json::id;

  template <class Message>
  static std::string form(const Message& message) {
    return gesta::to_json(message);
  }
  template <class Message>
  static bool read(const std::string& form, Message& message) {
    // What JSON hides is nobody's: it is refused, whatever comes.
    const bool is_hidden = form.find("\"<personal>\"") != std::string::npos;
    return static_cast<bool>(gesta::from_json(form, message)) != is_hidden;
  }
};

}  // namespace

TEST_CASE("the JSON of the examples' events is what was pinned") { golden::all_examples<as_text>(); }

TEST_CASE("the forms of every kind of field are those that were pinned") { golden::all_kinds<as_text>(); }
