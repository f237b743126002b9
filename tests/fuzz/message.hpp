// What the fuzz targets share: the first byte of an input chooses the type of the message that the others are read as.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <type_traits>
#include <vector>

#include "../codec/messages.hpp"

namespace fuzz {

using namespace codec_tests;

/// Types that grow where the bytes say so, beside those of messages.hpp.
struct grows {
  std::vector<std::vector<std::string>> words;
  std::map<std::string, std::set<std::uint64_t>> sets;
  std::optional<std::vector<gesta::text<100>>> texts;
  std::vector<std::optional<std::array<std::int16_t, 3>>> optionals;
};

template <class... Message>
struct messages {
  /// Calls use(message) with an empty message of the chosen type.
  template <class Use>
  static void choose(unsigned number, Use use) {
    unsigned i = 0;
    ((i++ == number % sizeof...(Message) ? use(Message{}) : void()), ...);
  }
};
using all = messages<flat_order, rich_order, empty, numbers, fractions, attached, nested, grows>;

/// Ends the run: the input is kept by libFuzzer.
inline void demand(bool holds) {
  if (!holds) std::abort();
}

}  // namespace fuzz
