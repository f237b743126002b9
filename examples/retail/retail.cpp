// The retail ledger: a shop's transactions as decisions, events and read models, on the store you name. See --help.
#include <gesta/describe/diagram.hpp>
#include <gesta/gesta.hpp>
#include <gesta/store/memory.hpp>
#ifdef RETAIL_SQLITE
#include "run_on_sqlite.hpp"
#endif

#include <cstddef>
#include <cstdio>
#include <string_view>

#include "fulfil.hpp"
#include "large_pages.hpp"
#include "ledger.hpp"
#include "on_postgres.hpp"
#include "options.hpp"
#include "run.hpp"

int main(int count, char** words) {
  if (count > 1 && std::string_view(words[1]) == "fulfil") {
    retail::use_large_pages();
    return retail::fulfil(count - 2, words + 2);
  }
  const retail::options asked = retail::read_options(count, words);
  if (!asked.wrong.empty()) return retail::complain(asked.wrong + "; --help shows what there is", retail::input_wrong);
  if (asked.help) return std::fputs(retail::usage.data(), stdout) < 0;
  if (asked.flow != nullptr) {
    gesta::print_flow<retail::ledger>(*asked.flow, [](const char* text, std::size_t size) { std::fwrite(text, 1, size, stdout); });
    return retail::all_well;
  }
  retail::use_large_pages();
  if (!asked.postgres.empty()) {
#ifdef RETAIL_POSTGRES
    return retail::run_on_postgres(asked);
#else
    return retail::complain("--store postgres: this program was built without PostgreSQL", retail::input_wrong);
#endif
  }
  if (asked.sqlite_path.empty()) {
    if (asked.snapshot_every == 0) return retail::run_in_memory(asked, gesta::memory_store{});
    return retail::run_in_memory(asked, gesta::memory_store{}, gesta::snapshots{.every = asked.snapshot_every});
  }
#ifdef RETAIL_SQLITE
  return retail::run_in_place<retail::in_sqlite>(asked);
#else
  return retail::complain("--store sqlite: this program was built without SQLite", retail::input_wrong);
#endif
}
