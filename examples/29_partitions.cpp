// A statement for each account, written by two threads: the events of one account in their order, the accounts beside each other. Where one
// account cannot be written, the others go on.
#include <gesta/gesta.hpp>
#include <gesta/runtime/partitions.hpp>

#include <cstdio>
#include <map>
#include <string>

#include "bank.hpp"

struct bank : gesta::model<accounts> {};

using statements = std::map<std::string, std::string>;

// What a worker does. It says which order it needs: without that it would not be given to several.
struct printer {
  using order = gesta::ordered_by_key;
  statements* mine;

  void operator()(const deposited& e, const gesta::about& a) { add(a, '+', e.amount); }
  bool operator()(const withdrawn& e, const gesta::about& a) {
    if (e.amount == 13) return false;  // the paper jams
    return add(a, '-', e.amount), true;
  }
  void add(const gesta::about& a, char sign, int amount) {
    (*mine)[std::string(a.key.data, a.key.size)] += std::string(" ") + sign + std::to_string(amount);
  }
};

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{});
  for (const char* who : {"alice", "bob", "carol"}) app.handle(who, deposit{100});
  for (const int amount : {5, 13, 20})
    for (const char* who : {"alice", "bob"})
      if (who[0] == 'b' || amount != 13) app.handle(who, withdraw{amount}).match([](const account&) {}, [](const insufficient_funds&) {});

  statements of[2];
  auto lanes = gesta::partition<bank>(gesta::workers{2}, [&](unsigned n) { return printer{&of[n]}; });
  auto feed = app.follow();
  if (!lanes.poll(feed)) return 1;
  const bool all_done = lanes.wait_until_done(app.last_position()) == gesta::awaited::done;
  std::printf("%s, up to position %d\n", all_done ? "all done" : "not all done", static_cast<int>(lanes.done()));

  // What is parked is the caller's, to be kept with the checkpoint; then it holds up nobody.
  lanes.park([](const gesta::undone& one) {
    std::printf("  %s waits at position %d: %s\n", one.key.c_str(), static_cast<int>(one.position), one.cause.describe());
    return true;
  });
  std::printf("done or parked up to position %d\n", static_cast<int>(lanes.done()));

  lanes.drain();  // from here on the statements are ours
  statements all = of[0];
  all.merge(of[1]);
  for (const auto& [who, lines] : all) std::printf("%s:%s\n", who.c_str(), lines.c_str());
}
