// Writes to a SQLite store and says what it was told. Only for the fault tests.
//
//   writer write FILE COUNT SIZE   records the numbers 1 to COUNT, each by a command of its own under gesta::once, in events of up to SIZE
//                                  bytes; after a failure the store is opened again and the same command repeated, at most twice. Prints
//                                  "kept N" for each that was acknowledged, "failed N KIND WORDS" for each failure. Ends with 3 when it
//                                  gives up.
//   writer restore FROM FILE       makes the file of a backup; prints "restored POSITION", or "failed KIND WORDS" and ends with 3.
//   writer list FILE               prints the recorded numbers in order of position.
#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace {

struct noted {
  std::int64_t number;
  std::string words;
  static constexpr auto id = "noted";
};
struct note {
  std::int64_t number;
  std::int64_t size;
};
struct notebook {
  std::int64_t count = 0;
};
void evolve(notebook& n, const noted&) { ++n.count; }
auto decide(const notebook&, const note& c) -> gesta::emits<noted> {
  return noted{c.number, std::string(static_cast<std::size_t>(c.number % 4 * c.size / 3), 'x')};
}
struct notebooks : gesta::aggregate<notebook, gesta::commands<note>> {
  static constexpr auto id = "notebook";
};
struct desk : gesta::model<notebooks> {};

constexpr int tries = 3;

auto open(const std::string& path) { return gesta::start<desk>(gesta::sqlite_store{.path = path}); }

int write(const std::string& path, std::int64_t count, std::int64_t size) {
  using app_type = decltype(open(path));
  std::unique_ptr<app_type> app;
  const auto reopen = [&] {
    app.reset();
    app.reset(new app_type(open(path)));
  };
  reopen();
  for (std::int64_t i = 1; i <= count; ++i) {
    for (int left = tries;;) {
      const bool kept = app->handle(std::string(1, static_cast<char>('a' + i % 3)), note{i, size}, gesta::once{"writer", static_cast<std::uint64_t>(i)})
                            .match([](const notebook&) { return true; },
                                   [&](const gesta::failure& f) {
                                     std::printf("failed %lld %d %s\n", static_cast<long long>(i), static_cast<int>(f.why), f.describe());
                                     return false;
                                   });
      if (kept) break;
      if (--left == 0) return 3;
      reopen();
    }
    std::printf("kept %lld\n", static_cast<long long>(i));
    std::fflush(stdout);
  }
  return 0;
}

int restore(const std::string& from, const std::string& path) {
  const gesta::copy_result made = gesta::restore(from, gesta::sqlite_store{.path = path});
  if (!made) return std::printf("failed %d %s\n", static_cast<int>(made.why().why), made.why().describe()), 3;
  return std::printf("restored %llu\n", static_cast<unsigned long long>(made.last_position())), 0;
}

int list(const std::string& path) {
  auto app = open(path);
  if (const gesta::failure* const cause = app.broken()) return std::fprintf(stderr, "%s\n", cause->describe()), 1;
  const bool read = app.each_event([](const noted& n, const gesta::about&) { std::printf("%lld\n", static_cast<long long>(n.number)); });
  return read ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  const std::string what = count > 2 ? words[1] : "";
  if (what == "write" && count == 5) return write(words[2], std::atoll(words[3]), std::atoll(words[4]));
  if (what == "restore" && count == 4) return restore(words[2], words[3]);
  if (what == "list" && count == 3) return list(words[2]);
  return std::fprintf(stderr, "usage: writer write FILE COUNT SIZE | restore FROM FILE | list FILE\n"), 2;
}
