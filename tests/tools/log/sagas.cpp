// Leaves instances of a saga in a file, runs those of a file, and says how they stand.
//
// usage: log.sagas FILE begin | run
#include <gesta/gesta.hpp>
#include <gesta/runtime/saga_runner.hpp>
#include <gesta/store/sqlite.hpp>

#include <cstdio>
#include <cstring>
#include <string>

#include "../../runtime/saga_lab.hpp"

int main(int count, char** words) {
  if (count != 3) return 2;
  const bool begins = std::strcmp(words[2], "begin") == 0;
  auto app = gesta::start<lab::model>(gesta::sqlite_store{words[1]}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  if (begins) {
    for (int job = 1; job <= 4; ++job) {
      lab::script["b"] = {job == 4 ? lab::answers::well : lab::answers::refuses};
      lab::script["-a"] = {lab::answers::refuses};
      if (!lab::done(app, job)) return 1;
      if (!sagas.poll({.steps = job == 3 ? 1u : 100u})) return 1;
    }
  } else if (!sagas.poll()) {
    return 1;
  }
  for (int job = 1; job <= 4; ++job)
    std::printf("%d %d held %d\n", job, static_cast<int>(sagas.state<lab::work>(job).what), app.state<lab::services>(job).held);
  return app.broken() == nullptr ? 0 : 1;
}
