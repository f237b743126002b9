// `retail fulfil` in a PostgreSQL database.
#include <gesta/store/postgres.hpp>

#include "fulfilment/choreography.hpp"
#include "fulfilment/options.hpp"
#include "fulfilment/orchestration.hpp"
#include "fulfilment/run.hpp"
#include "on_postgres.hpp"

int retail::fulfil_on_postgres(const fulfil_options& asked) {
  const std::string schema = asked.choreography ? "retail_choreography" : "retail_fulfilment";
  const gesta::postgres_store store{.address = asked.postgres, .schema = asked.schema.empty() ? schema : asked.schema};
  return asked.choreography ? fulfil_on<choreography>(asked, store) : fulfil_on<orchestration>(asked, store);
}
