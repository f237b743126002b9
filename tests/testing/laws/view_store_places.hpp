// Where the laws of view stores are tried: each kind that there is, empty whenever a place is made.
#pragma once

#include <gesta/store/memory_views.hpp>
#include <gesta/store/sqlite_views.hpp>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

struct views_in_memory {
  static constexpr bool outlives = false, shared = false;
  gesta::memory_views views() { return {}; }
};
struct views_in_sqlite {
  static constexpr bool outlives = true, shared = true;
  // A folder that is no disk where there is one: the laws open hundreds of files.
  std::string folder = std::string(std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : "/tmp") + "/gesta-views-XXXXXX";
  views_in_sqlite() {
    if (::mkdtemp(folder.data()) == nullptr) std::abort();
  }
  views_in_sqlite(const views_in_sqlite&) = delete;
  views_in_sqlite& operator=(const views_in_sqlite&) = delete;
  ~views_in_sqlite() { std::filesystem::remove_all(folder); }
  gesta::sqlite_views views() const { return {.path = folder + "/a.db", .level = gesta::durability::process, .patience_milliseconds = 1}; }
};
