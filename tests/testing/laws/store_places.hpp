// Where the laws of stores are tried: each kind of store that there is, empty whenever a place is made.
#pragma once

#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/testing/laws/store_model.hpp>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "../../runtime/shared_store.hpp"

using gesta::laws::law_book;

struct in_memory {
  static constexpr bool outlives = false, shared = false;
  auto open(gesta::laws::ticking clock) { return gesta::start<law_book>(gesta::memory_store{}, clock); }
};
struct in_fixed_memory {
  static constexpr bool outlives = false, shared = false;
  auto open(gesta::laws::ticking clock) { return gesta::start<law_book>(gesta::fixed_memory_store{.bytes = 1 << 20, .streams = 8}, clock); }
};
struct in_bytes {
  static constexpr bool outlives = true, shared = true;
  shared::disk disk;
  auto open(gesta::laws::ticking clock) { return gesta::start<law_book>(shared::store{&disk}, clock); }
};
/// A folder that is no disk where there is one: the laws open thousands of files.
inline std::string in_shared_memory() {
  return std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : std::filesystem::temp_directory_path().string();
}
struct in_sqlite {
  static constexpr bool outlives = true, shared = true;
  std::string folder = in_shared_memory() + "/gesta-laws-XXXXXX";
  in_sqlite() {
    if (::mkdtemp(folder.data()) == nullptr) std::abort();
  }
  in_sqlite(const in_sqlite&) = delete;
  in_sqlite& operator=(const in_sqlite&) = delete;
  ~in_sqlite() { std::filesystem::remove_all(folder); }
  auto open(gesta::laws::ticking clock) {
    return gesta::start<law_book>(gesta::sqlite_store{.path = folder + "/a.db", .level = gesta::durability::process}, clock);
  }
};
