// Leaves instances of a saga in a log, runs those of a log, and says how they stand.
//
// usage: log.sagas LOG begin | run | follow | lock
//
// LOG: a file, or postgres:ADDRESS?SCHEMA where it was built with that. follow: does it again for each line that it reads, and so ends with its input. lock: the number
// of the lock of a log in PostgreSQL.
#include <gesta/gesta.hpp>
#include <gesta/runtime/saga_runner.hpp>
#include <gesta/store/sqlite.hpp>

#include <cstdio>
#include <cstring>
#include <string>

#include "../../runtime/saga_lab.hpp"
#ifdef GESTA_LOG_POSTGRES
#include "on_postgres.hpp"
#endif

namespace {

template <class App>
int stand(App& app, auto& sagas) {
  for (int job = 1; job <= 4; ++job)
    std::printf("%d %d held %d\n", job, static_cast<int>(sagas.template state<lab::work>(job).what), app.template state<lab::services>(job).held);
  std::fflush(stdout);
  return app.broken() == nullptr ? 0 : 1;
}

template <class Store>
int on(const Store& store, const char* what) {
  auto app = gesta::start<lab::model>(store, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  if (std::strcmp(what, "begin") == 0) {
    for (int job = 1; job <= 4; ++job) {
      lab::script["b"] = {job == 4 ? lab::answers::well : lab::answers::refuses};
      lab::script["-a"] = {lab::answers::refuses};
      if (!lab::done(app, job)) return 1;
      if (!sagas.poll({.steps = job == 3 ? 1u : 100u})) return 1;
    }
    return stand(app, sagas);
  }
  const bool follows = std::strcmp(what, "follow") == 0;
  do {
    if (!sagas.poll() || stand(app, sagas) != 0) return 1;
  } while (follows && std::getchar() == '\n');
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) return 2;
#ifdef GESTA_LOG_POSTGRES
  if (gesta::postgres_place place; gesta::read_postgres_place(words[1], place)) {
    if (std::strcmp(words[2], "lock") == 0) return std::printf("%lld\n", static_cast<long long>(gesta::detail::postgres_lock(place.schema))) < 0;
    return on(gesta::postgres_store{.address = place.address, .schema = place.schema}, words[2]);
  }
#endif
  return on(gesta::sqlite_store{words[1]}, words[2]);
}
