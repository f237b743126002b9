// Writes inputs to begin with, one for each message of messages.hpp: seeds binary|json FOLDER. Then `fuzz.<codec> -merge=1` keeps what counts.
#include <gesta/codec/json.hpp>

#include <cstdio>
#include <fstream>
#include <string_view>

#include "message.hpp"

int main(int count, char** words) {
  if (count != 3) return std::fputs("usage: seeds binary|json FOLDER\n", stderr), 2;
  const bool text = std::string_view(words[1]) == "json";
  int type = 0, number = 0;
  codec_tests::for_all_messages([&](const auto& messages) {
    for (const auto& message : messages) {
      std::string form = text ? gesta::to_json(message) : std::string(gesta::encoded_size(message), '\0');
      if (!text) gesta::encode(message, reinterpret_cast<std::byte*>(form.data()));
      std::ofstream out(std::string(words[2]) + "/seed-" + std::to_string(++number), std::ios::binary);
      out << static_cast<char>(type) << form;
    }
    ++type;
  });
}
