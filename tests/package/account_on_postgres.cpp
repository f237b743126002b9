// The same in a database: ends with 0 when it is said that nobody is there. No server is needed for that.
#include <gesta/gesta.hpp>
#include <gesta/store/postgres.hpp>

#include "account.hpp"

struct bank : gesta::model<accounts> {};

int main() {
  auto app = gesta::start<bank>(gesta::postgres_store{.address = "host=/nowhere"});
  const gesta::failure* const why = app.broken();
  return why != nullptr && why->why == gesta::failure::kind::cannot_open ? 0 : 1;
}
