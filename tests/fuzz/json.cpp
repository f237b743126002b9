// Any text is refused with a sentence, or is a message that is written and read again as the same.
#include <gesta/codec/json.hpp>

#include "message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  fuzz::all::choose(data[0], [&](auto message) {
    if (const auto read = gesta::from_json(text, message); !read) return fuzz::demand(!read.why().describe().empty());
    const std::string written = gesta::to_json(message);
    decltype(message) again{};
    fuzz::demand(static_cast<bool>(gesta::from_json(written, again)));
    fuzz::demand(gesta::to_json(again) == written);
  });
  return 0;
}
