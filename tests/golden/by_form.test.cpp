// By their forms alone, without the C++ types, the bytes of the examples' events give the JSON that was pinned.
#include <gesta/codec/by_form.hpp>
#include <gesta/codec/wire_form.hpp>

#include "examples.hpp"
#include "json_form.hpp"

namespace {

struct by_form : golden::json_form {
  template <class Message>
  static std::string form(const Message& message) {
    std::vector<std::byte> bytes(gesta::encoded_size(message));
    gesta::encode(message, bytes.data());
    const gesta::form_reader form = gesta::read_form(gesta::wire_form<Message>);
    std::string text;
    return form && form.to_json(bytes.data(), bytes.size(), text) ? text : "not read, after " + text;
  }
};

}  // namespace

TEST_CASE("the examples' events, by their forms") { golden::all_examples<by_form>(); }

TEST_CASE("every kind of field, by its form") { golden::all_kinds<by_form>(); }
