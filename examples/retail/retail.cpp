// The retail ledger: a shop's transactions as decisions, events and read models, on the store you name. See --help.
#include <gesta/describe/diagram.hpp>
#include <gesta/gesta.hpp>
#include <gesta/store/memory.hpp>
#ifdef RETAIL_SQLITE
#include <gesta/store/sqlite.hpp>
#endif

#include <cstddef>
#include <cstdio>

#include "large_pages.hpp"
#include "ledger.hpp"
#include "options.hpp"
#include "run.hpp"

int main(int count, char** words) {
  const retail::options asked = retail::read_options(count, words);
  if (!asked.wrong.empty()) return retail::complain(asked.wrong + "; --help shows what there is", retail::input_wrong);
  if (asked.help) return std::fputs(retail::usage.data(), stdout) < 0;
  if (asked.flow != nullptr) {
    gesta::print_flow<retail::ledger>(*asked.flow, [](const char* text, std::size_t size) { std::fwrite(text, 1, size, stdout); });
    return retail::all_well;
  }
  retail::use_large_pages();
  if (asked.sqlite_path.empty()) return retail::run(asked, gesta::memory_store{}, "memory");
#ifdef RETAIL_SQLITE
  return retail::run(asked, gesta::sqlite_store{.path = asked.sqlite_path}, "sqlite");
#else
  return retail::complain("--store sqlite: this program was built without SQLite", retail::input_wrong);
#endif
}
