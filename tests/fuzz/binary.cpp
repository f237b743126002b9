// Any bytes decode to nothing, or to the message whose only form they are.
#include <gesta/codec/binary.hpp>

#include <algorithm>

#include "message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto* const bytes = reinterpret_cast<const std::byte*>(data + 1);
  fuzz::all::choose(data[0], [&](auto message) {
    if (!gesta::decode(bytes, size - 1, message)) return;
    fuzz::demand(gesta::encoded_size(message) == size - 1);
    std::vector<std::byte> again(size - 1);
    gesta::encode(message, again.data());
    fuzz::demand(std::equal(again.begin(), again.end(), bytes));
  });
  return 0;
}
