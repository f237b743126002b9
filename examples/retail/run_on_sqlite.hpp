// The ledger in a file of SQLite.
// May include: own folder, gesta, std.
#pragma once

#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>

#include <cstdio>

#include "options.hpp"
#include "run_on_tables.hpp"

namespace retail {

inline gesta::sqlite_views views_of(const options& asked) { return {.path = asked.sqlite_path}; }
inline gesta::sqlite_store store_of(const options& asked) { return {.path = asked.sqlite_path}; }

struct in_sqlite {
  static constexpr const char* name = "sqlite";
  static gesta::sqlite_store store(const options& asked) { return store_of(asked); }
  static gesta::sqlite_views views(const options& asked) { return views_of(asked); }
  static bool is_there(const options& asked) {
    std::FILE* const there = std::fopen(asked.sqlite_path.c_str(), "rb");
    return there != nullptr && std::fclose(there) == 0;
  }
};

/// Posts and reports, as run_in_memory. Store: gesta::sqlite_store, or one made of it.
template <class Store, class... Option>
int run_in_file(const options& asked, const Store& store, const Option&... option) {
  return run_in_tables<in_sqlite>(asked, store, option...);
}

}  // namespace retail
