// JSON keeps the laws of codecs.
#include <gesta/codec/json.hpp>

#include "laws.hpp"

TEST_CASE("JSON keeps every law, but for blanks and the order of fields, which others may choose") {
  codec_tests::laws_hold_for_all_messages(gesta::json{}, {.one_form = false, .factor = 32, .rounds = 500});
}
