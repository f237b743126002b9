// Leaves instances of a saga in a log, runs those of a log, and says how they stand.
//
// usage: log.sagas LOG begin | run | follow | later | lock
//
// LOG: a file, or postgres:ADDRESS?SCHEMA where it was built with that. follow: does it again for each line that it reads, and so ends with its input. later: says commands for later. lock: the number
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

struct noted {
  int note;
  static constexpr auto id = "note.noted";
};
struct remind {
  int note;
  std::string words;
  static constexpr auto id = "note.remind";
};
struct note {};
void evolve(note&, const noted&) {}
auto decide(const note&, const remind& r) -> gesta::emits<noted>::or_rejects<lab::no> {
  if (r.words.empty()) return lab::no{};
  return noted{r.note};
}
struct notes : gesta::aggregate<note, gesta::commands<remind>, gesta::by<"note">> {
  static constexpr auto id = "note";
};
struct model : gesta::model<lab::jobs, lab::services, lab::work, notes, gesta::delayed<remind>> {};

/// One is said twice, one taken back, one handled, one refused, and one refused and said again.
template <class App>
int say(App& app, auto& sagas) {
  lab::now = 1'700'000'000'000'000'000;
  const auto at = [](std::int64_t seconds) { return gesta::timestamp{lab::now + seconds * 1'000'000'000}; };
  bool good = static_cast<bool>(app.later("cart 17", remind{1, "pay"}, at(3600)));
  good = app.later("gone", remind{1, "never"}, at(5)) && app.cancel("gone") && good;
  good = app.later("done", remind{2, "well"}, at(1)) && app.later("refused", remind{3, ""}, at(1)) && app.later("again", remind{4, ""}, at(1)) && good;
  lab::now += 2'000'000'000;
  good = sagas.poll() && good;
  good = app.later("cart 17", remind{1, "pay, \"please\",\"due\":"}, at(60)) && app.later("again", remind{4, "ever"}, at(7)) && good;
  return good ? 0 : 1;
}

template <class App>
int stand(App& app, auto& sagas) {
  for (int job = 1; job <= 4; ++job)
    std::printf("%d %d held %d\n", job, static_cast<int>(sagas.template state<lab::work>(job).what), app.template state<lab::services>(job).held);
  std::fflush(stdout);
  return app.broken() == nullptr ? 0 : 1;
}

template <class Store>
int on(const Store& store, const char* what) {
  auto app = gesta::start<model>(store, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  if (std::strcmp(what, "later") == 0) return say(app, sagas);
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
