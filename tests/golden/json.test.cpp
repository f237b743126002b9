// The JSON forms of the examples' events are those that were pinned, and every pinned form is still read.
#include "examples.hpp"
#include "json_form.hpp"

namespace {

struct as_text : golden::json_form {
  template <class Message>
  static std::string form(const Message& message) {
    return gesta::to_json(message);
  }
};

}  // namespace

TEST_CASE("the JSON of the examples' events is what was pinned") { golden::all_examples<as_text>(); }

TEST_CASE("the forms of every kind of field are those that were pinned") { golden::all_kinds<as_text>(); }
