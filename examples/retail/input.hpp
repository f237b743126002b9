// Where lines come from, and what a run of the program ends with.
// The beginning and the end of the ledger's way and of fulfilment's. May include: own folder, std.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>

#include "csv.hpp"
#include "sample.hpp"

namespace retail {

/// What the process ends with.
inline constexpr int all_well = 0, store_failed = 1, input_wrong = 2, not_shown = 3, does_not_add_up = 4;

inline int complain(const std::string& why, int code) {
  std::fprintf(stderr, "retail: %s\n", why.c_str());
  return code;
}
/// Prints the page that was asked for.
inline int print(const std::string& page) {
  if (std::fwrite(page.data(), 1, page.size(), stdout) == page.size() && std::fflush(stdout) == 0) return all_well;
  return complain("the report cannot be written", input_wrong);
}

/// Where the lines come from. Blocks are large, so that the C library need not keep another.
struct input {
  explicit input(const std::string& name) : made_up(name.empty() ? make_sample() : "") {
    if (name.empty()) return;
    file = name == "-" ? stdin : std::fopen(name.c_str(), "rb");
    if (file == nullptr) return;
    std::setvbuf(file, nullptr, _IONBF, 0);
    if (file == stdin || std::fseek(file, 0, SEEK_END) != 0) return;
    bytes = static_cast<std::uint64_t>(std::max(0L, std::ftell(file)));
    std::rewind(file);
  }
  input(const input&) = delete;
  input& operator=(const input&) = delete;
  ~input() {
    if (file != nullptr && file != stdin) std::fclose(file);
  }
  source from() const { return file != nullptr ? source(file) : source(made_up); }

  std::string made_up;
  std::FILE* file = nullptr;
  std::uint64_t bytes = made_up.size();  ///< 0: nobody knows
};

}  // namespace retail
