// The binary codec keeps the laws of codecs.
#include <gesta/codec/binary.hpp>

#include "laws.hpp"

TEST_CASE("the binary codec keeps every law, and every message has one form") {
  codec_tests::laws_hold_for_all_messages(gesta::binary{}, {.one_form = true, .factor = 32});
}
