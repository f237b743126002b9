// A long life in short: snapshots of states beside the events, and an app that keeps few states in memory.
//
// The domain: turnstile.hpp. Nothing depends on a snapshot. It saves folding; whoever deletes or damages it loses time and no fact.
#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "turnstile.hpp"

using namespace gates;

template <class App>
void add(App& app, const std::string& gate, int visitors) {
  app.handle(gate, count{visitors}).match([](const turnstile&) {}, [](const gesta::failure& f) { std::printf("failed: %s\n", f.describe()); });
}

/// How many events are folded by work().
template <class Work>
int folded(Work&& work) {
  folds = 0;
  work();
  return folds;
}

int main() {
  std::string folder = (std::filesystem::temp_directory_path() / "gesta-snapshots-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  const gesta::sqlite_store store{.path = folder + "/museum.db"};

  {
    auto app = gesta::start<museum>(store, gesta::snapshots{.every = 100});
    auto day = app.batch();
    for (int i = 1; i <= 250; ++i) add(day, "north", i % 7);
    for (int i = 1; i <= 30; ++i) add(day, "south", i % 5);
    if (!day.commit()) return 1;  // a snapshot of north is in the same commit
    for (int i = 1; i <= 70; ++i) add(app, "north", i % 3);
    if (!app.snapshot<turnstiles>("south")) return 1;  // and one on demand

    const auto then = [&](std::uint64_t version) { return app.state<turnstiles>("north", gesta::at_version{version}); };
    std::printf("north after 310 events: %ld visitors, %d events folded\n", then(310)->visitors, folded([&] { (void)then(310); }));
    std::printf("north after 260 events: %ld visitors, %d events folded\n", then(260)->visitors, folded([&] { (void)then(260); }));
  }

  // Few states in memory: the app starts without reading the log, and reads an entity when it is needed.
  folds = 0;
  auto app = gesta::start<museum>(store, gesta::cached_states{.most = 1}, gesta::snapshots{.every = 100});
  std::printf("started: %d events folded\n", folds);
  std::printf("south is needed: %d event folded, its own\n", folded([&] { add(app, "south", 9); }));
  std::printf("north is needed: %d events folded, its own included\n", folded([&] { add(app, "north", 4); }));
  std::printf("south: %ld visitors, %d at most\n", app.state<turnstiles>("south").visitors, app.state<turnstiles>("south").largest);

  std::filesystem::remove_all(folder);
}
