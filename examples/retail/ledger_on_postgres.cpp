// The retail ledger in a PostgreSQL database.
#include <gesta/store/postgres.hpp>
#include <gesta/store/postgres_views.hpp>

#include "on_postgres.hpp"
#include "options.hpp"
#include "run_on_tables.hpp"

namespace {

struct in_postgres {
  static constexpr const char* name = "postgres";
  static gesta::postgres_store store(const retail::options& asked) { return {.address = asked.postgres, .schema = schema(asked)}; }
  static gesta::postgres_views views(const retail::options& asked) { return {.address = asked.postgres, .schema = schema(asked)}; }
  static std::string schema(const retail::options& asked) { return asked.schema.empty() ? "retail" : asked.schema; }
  static bool is_there(const retail::options&) { return true; }
};

}  // namespace

int retail::run_on_postgres(const options& asked) { return run_in_place<in_postgres>(asked); }
