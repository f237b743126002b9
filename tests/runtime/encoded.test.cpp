#include <doctest/doctest.h>

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/store/memory.hpp>

#include <map>
#include <string>
#include <vector>

// Messages that own memory: events are kept encoded and read back, rejections are remembered so, states hold what they like.
namespace {

struct line {
  std::string product;
  int quantity;
};
struct placed {
  std::string customer;
  std::vector<line> lines;
  static constexpr auto id = "order.placed";
};
struct noted {
  std::string words;
  static constexpr auto id = "order.noted";
};
struct place {
  std::string order;
  std::string customer;
  std::vector<line> lines;
};
struct note {
  std::string order;
  std::vector<std::string> all;
};
struct out_of_stock {
  std::vector<std::string> products;
  static constexpr auto id = "out_of_stock";
};
struct order {
  std::map<std::string, int> held;
  std::vector<std::string> notes;
};
void evolve(order& o, const placed& e) {
  for (const line& l : e.lines) o.held[l.product] += l.quantity;
}
void evolve(order& o, const noted& e) { o.notes.push_back(e.words); }
auto decide(const order&, const place& c) -> gesta::emits<placed>::or_rejects<out_of_stock> {
  out_of_stock missing;
  for (const line& l : c.lines)
    if (l.quantity > 10) missing.products.push_back(l.product);
  if (!missing.products.empty()) return missing;
  return placed{c.customer, c.lines};
}
auto decide(const order&, const note& c) -> gesta::emits<gesta::many<noted>> {
  return gesta::each(c.all, [](const std::string& words) { return noted{words}; });
}
struct orders : gesta::aggregate<order, gesta::commands<place, note>, gesta::by<"order">> {
  static constexpr auto id = "order";
};
struct by_customer {
  std::map<std::string, int> lines;
  int notes = 0;
};
void project(by_customer& v, const placed& e) { v.lines[e.customer] += static_cast<int>(e.lines.size()); }
void project(by_customer& v, const noted&) { ++v.notes; }
struct customers : gesta::projection<by_customer, gesta::follows<orders>> {
  static constexpr auto id = "customers";
};
struct greeter {
  static constexpr auto id = "greeter";
};
note react(const greeter&, const placed& e, const gesta::about& a) {
  return {std::string(a.key.data, a.key.size), {"thank you, " + e.customer, std::string(5000, '!')}};
}
struct shop : gesta::model<orders, customers, gesta::reactors<greeter>> {};

const std::string long_name(3000, 'n');

}  // namespace

TEST_CASE("events that own memory are kept, reacted to, projected and read back") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  for (int i = 0; i < 200; ++i)
    REQUIRE(static_cast<bool>(app.handle(place{"order " + std::to_string(i % 10), long_name + std::to_string(i % 3), {{"tea", 1}, {"milk", i % 5}}})));
  CHECK(app.view<by_customer>().lines.at(long_name + "0") == 134);
  CHECK(app.view<by_customer>().notes == 400);
  CHECK(app.state<orders>("order 3").held.at("tea") == 20);
  CHECK(app.state<orders>("order 3").notes.size() == 40);
  CHECK(app.state<orders>("order 3").notes[0] == "thank you, " + long_name + "0");
  CHECK(app.state<orders>("order 3").notes[1] == std::string(5000, '!'));
  int events = 0;
  app.each_event([&](const auto& e, const gesta::about&) {
    if constexpr (requires { e.lines; }) {
      REQUIRE(e.lines.size() == 2);
      REQUIRE(e.lines[0].product == "tea");
    }
    ++events;
  });
  CHECK(events == 600);
}

TEST_CASE("a rejection that owns memory is given, and given again") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  const auto told = [](const auto& outcome) {
    return outcome.match([](const order&) { return std::string("placed"); }, [](const out_of_stock& no) {
      std::string all;
      for (const std::string& product : no.products) all += product + ";";
      return all;
    });
  };
  const auto ask = [&] { return told(app.handle(place{"one", "ann", {{"gold", 11}, {"tea", 1}, {long_name, 12}}}, gesta::once{"test", 1})); };
  const std::string first = ask();
  CHECK(first == "gold;" + long_name + ";");
  CHECK(ask() == first);
}

TEST_CASE("what is taken back leaves a state that owns memory as it was") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  REQUIRE(static_cast<bool>(app.handle(place{"one", "ann", {{"tea", 1}}})));
  {
    auto batch = app.batch();
    REQUIRE(static_cast<bool>(batch.handle(place{"one", "ann", {{"milk", 1}}})));
    CHECK(app.state<orders>("one").held.size() == 2);
  }
  CHECK(app.state<orders>("one").held == std::map<std::string, int>{{"tea", 1}});
  CHECK(app.state<orders>("one").notes == std::vector<std::string>{"thank you, ann", std::string(5000, '!')});
}

TEST_CASE("a key of any length in a field finds its entity") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  REQUIRE(static_cast<bool>(app.handle(place{long_name, "ann", {{"tea", 1}}})));
  CHECK(app.version<orders>(long_name) == 3);
  CHECK(app.version<orders>(long_name + "x") == 0);
}

TEST_CASE("an encoded event larger than a segment of the store is kept whole") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  const std::string huge(std::size_t{3} << 20, 'h');
  REQUIRE(static_cast<bool>(app.handle(note{"one", {"small", huge, "small"}})));
  REQUIRE(app.state<orders>("one").notes.size() == 3);
  CHECK(app.state<orders>("one").notes[1] == huge);
  std::size_t sum = 0;
  app.each_event([&](const auto& e, const gesta::about&) {
    if constexpr (requires { e.words; }) sum += e.words.size();
  });
  CHECK(sum == huge.size() + 10);
}

TEST_CASE("an encoded event too large for a fixed store fails and leaves nothing") {
  auto app = gesta::start<shop>(gesta::fixed_memory_store{std::size_t{2} << 20, 16, 16});
  const auto kept = [&](const std::string& words) {
    return app.handle(note{"one", {"small", words}}).match([](const order&) { return true; }, [](const gesta::failure&) { return false; });
  };
  CHECK_FALSE(kept(std::string(std::size_t{3} << 20, 'h')));
  CHECK(app.version<orders>("one") == 0);
  CHECK(app.view<by_customer>().notes == 0);
  CHECK(kept(std::string(100, 'h')));
}
