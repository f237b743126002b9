#include <doctest/doctest.h>

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/store/memory.hpp>

#include <string>
#include <vector>

// What a reactor is told of its event, and what the events that follow say of their origin.
namespace {
using lines = std::vector<std::string>;
lines seen;
}  // namespace

namespace told {

struct asked {
  int n;
  static constexpr auto id = "asked";
};
struct answered {
  int n;
  static constexpr auto id = "answered";
};
struct ask {
  int n;
};
struct answer {
  int n;
};
struct talk {
  int last = 0;
};
void evolve(talk& t, const asked& e) { t.last = e.n; }
void evolve(talk& t, const answered& e) { t.last = e.n; }
std::string told_of(const gesta::about& a) {
  return "key " + std::to_string(gesta::key_from<int>(a.key)) + " v" + std::to_string(a.version) + " p" + std::to_string(a.position);
}
gesta::message_id correlation, causation;
auto decide(const talk&, const ask& c) -> gesta::emits<asked> { return asked{c.n}; }
auto decide(const talk&, const answer& c, const gesta::about& a) -> gesta::emits<answered> {
  seen.push_back("decides " + told_of(a));
  correlation = a.correlation;
  causation = a.causation;
  return answered{c.n};
}
struct talks : gesta::aggregate<talk, gesta::commands<ask, answer>> {
  static constexpr auto id = "talk";
  using key = int;
};
struct first {
  static constexpr auto id = "first";
};
auto react(const first&, const asked& e, const gesta::about& a) {
  seen.push_back("first " + told_of(a));
  return gesta::to(2, answer{e.n});
}
struct second {
  static constexpr auto id = "second";
};
auto react(const second&, const asked& e, const gesta::about& a) {
  seen.push_back("second " + told_of(a));
  return gesta::to(3, answer{e.n});
}
struct model : gesta::model<talks, gesta::reactors<first, second>> {};

}  // namespace told

TEST_CASE("every reactor of an event is told the event's own key, version and position, whatever the one before it did") {
  auto app = gesta::start<told::model>(gesta::memory_store{});
  seen.clear();
  app.handle(1, told::ask{5});
  CHECK(seen == lines{"first key 1 v1 p1", "decides key 2 v0 p1", "second key 1 v1 p1", "decides key 3 v0 p2"});
}

TEST_CASE("what follows has the correlation of its beginning and a causation of its own") {
  auto app = gesta::start<told::model>(gesta::memory_store{});
  std::vector<gesta::about> all;
  app.handle(1, told::ask{5}, gesta::once{"test", 1});
  app.each_event([&](const auto&, const gesta::about& a) { all.push_back(a); });
  REQUIRE(all.size() == 3);
  CHECK(all[0].correlation == all[0].causation);
  CHECK(all[1].correlation == all[0].correlation);
  CHECK(all[2].correlation == all[0].correlation);
  CHECK(all[1].causation != all[0].causation);
  CHECK(all[2].causation != all[1].causation);
  CHECK(told::correlation == all[0].correlation);
  CHECK(told::causation == all[2].causation);
  CHECK(all[2].time == all[0].time);

  // Ids are made of who sends and why, so that another run gives the same.
  auto other = gesta::start<told::model>(gesta::memory_store{});
  other.handle(1, told::ask{5}, gesta::once{"test", 1});
  other.each_event([&](const auto&, const gesta::about& a) { CHECK(a.causation == all[a.position - 1].causation); });
}
