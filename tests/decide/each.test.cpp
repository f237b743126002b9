#include <doctest/doctest.h>

#include <gesta/decide/decision.hpp>

#include <array>
#include <string>
#include <vector>

namespace {

struct moved {
  int item;
  int place;
};
struct noted {
  std::string words;
};

std::vector<int> places_of(const gesta::emits<gesta::many<moved>>& d) {
  std::vector<int> places;
  d.for_each([&](const gesta::run<moved>& all) { all.for_each([&](const moved& e) { places.push_back(e.place * 10 + e.item); }); });
  return places;
}

struct counted {
  int* calls;
  moved operator()(int item) const {
    ++*calls;
    return {item, 1};
  }
};

}  // namespace

TEST_CASE("each takes any range: a vector, an array, the elements of a message") {
  const std::vector<int> items{3, 4};
  const std::array<int, 2> others{5, 6};
  const auto decide = [](const auto& range) -> gesta::emits<gesta::many<moved>> { return gesta::each(range, [](int item) { return moved{item, 0}; }); };
  CHECK(places_of(decide(items)) == std::vector<int>{3, 4});
  CHECK(places_of(decide(others)) == std::vector<int>{5, 6});
}

TEST_CASE("the function given to each may hold three words") {
  const std::vector<int> items{1, 2};
  long a = 1, b = 2, c = 3;
  const auto decide = [&]() -> gesta::emits<gesta::many<moved>> {
    return gesta::each(items, [a, b, c](int item) { return moved{item, static_cast<int>(a + b + c)}; });
  };
  CHECK(places_of(decide()) == std::vector<int>{61, 62});
}

TEST_CASE("an event of each is built when it is visited, once for each visit") {
  const std::vector<int> items{1, 2, 3};
  int calls = 0;
  const auto decide = [&]() -> gesta::emits<gesta::many<moved>> { return gesta::each(items, counted{&calls}); };
  auto d = decide();
  CHECK(calls == 0);
  CHECK(places_of(d).size() == 3);
  CHECK(calls == 3);
}

TEST_CASE("events of each may own memory") {
  const std::vector<std::string> words{"a", std::string(100, 'b')};
  const auto decide = [&]() -> gesta::emits<gesta::many<noted>> { return gesta::each(words, [](const std::string& w) { return noted{w}; }); };
  std::string all;
  auto d = decide();
  d.for_each([&](const gesta::run<noted>& run) { run.for_each([&](const noted& e) { all += e.words; }); });
  CHECK(all == "a" + std::string(100, 'b'));
}
