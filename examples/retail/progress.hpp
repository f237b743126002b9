// A bar on stderr while lines are read, when a person is looking: a terminal gets it, a pipe or a file never does.
// Stands beside the ledger's way. May include: own folder, std, unistd.h to ask whether stderr is a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace retail {

class progress {
 public:
  /// `bytes`: how many there will be, 0 when nobody knows (a pipe).
  explicit progress(std::uint64_t bytes) : bytes_(bytes), on_(is_terminal()) {}
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress() { clear(); }

  /// Cheap to call for each line: looks at the clock every 4,096 lines and prints ten times a second at most.
  void at(std::uint64_t line, std::uint64_t bytes) {
    if (on_ && line % 4096 == 0) show(line, bytes);
  }
  /// Takes the bar away, so that other words can be printed.
  void clear() {
    if (shown_) std::fputs("\r\033[K", stderr);
    shown_ = false;
  }

 private:
  using clock = std::chrono::steady_clock;

  static bool is_terminal() {
#if __has_include(<unistd.h>)
    return ::isatty(2) != 0;
#else
    return false;
#endif
  }
  void show(std::uint64_t line, std::uint64_t bytes) {
    const auto now = clock::now();
    if (shown_ && now - last_ < std::chrono::milliseconds(100)) return;
    last_ = now;
    shown_ = true;
    constexpr int width = 40;
    const int filled = bytes_ == 0 ? 0 : static_cast<int>(bytes >= bytes_ ? width : bytes * width / bytes_);
    if (bytes_ != 0) std::fprintf(stderr, "\r[%-*.*s] ", width, filled, "########################################");
    else std::fputc('\r', stderr);
    std::fprintf(stderr, "%llu lines", static_cast<unsigned long long>(line));
    std::fflush(stderr);
  }

  std::uint64_t bytes_;
  bool on_;
  bool shown_ = false;
  clock::time_point last_{};
};

}  // namespace retail
