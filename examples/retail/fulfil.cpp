// `retail fulfil`: the same orders through the same shop, led by a saga or by services that react to each other. A file of its own, for the compiler's
// sake. See --help.
#include "fulfil.hpp"

#include <gesta/store/memory.hpp>
#ifdef RETAIL_SQLITE
#include <gesta/store/sqlite.hpp>
#endif

#include "fulfilment/choreography.hpp"
#include "fulfilment/options.hpp"
#include "fulfilment/orchestration.hpp"
#include "fulfilment/run.hpp"
#include "on_postgres.hpp"

namespace {

template <class Way>
int fulfil_by(const retail::fulfil_options& asked) {
  if (asked.sqlite_path.empty()) return retail::fulfil_on<Way>(asked, gesta::memory_store{});
#ifdef RETAIL_SQLITE
  return retail::fulfil_on<Way>(asked, gesta::sqlite_store{.path = asked.sqlite_path});
#else
  return retail::complain("--store sqlite: this program was built without SQLite", retail::input_wrong);
#endif
}

}  // namespace

int retail::fulfil(int count, const char* const* words) {
  const fulfil_options asked = read_fulfil_options(count, words);
  if (!asked.wrong.empty()) return complain(asked.wrong + "; fulfil --help shows what there is", input_wrong);
  if (asked.help) return print(std::string(fulfil_usage));
  if (!asked.postgres.empty()) {
#ifdef RETAIL_POSTGRES
    return fulfil_on_postgres(asked);
#else
    return complain("--store postgres: this program was built without PostgreSQL", input_wrong);
#endif
  }
  return asked.choreography ? fulfil_by<choreography>(asked) : fulfil_by<orchestration>(asked);
}
