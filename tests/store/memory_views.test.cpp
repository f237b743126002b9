// The promises of store/memory_views.hpp: what happens between begin and commit is kept as a whole or not at all.
#include <gesta/store/memory_views.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <gesta/message/text.hpp>
#include <gesta/store/view_store.hpp>

namespace {

struct country_row {
  std::string country;
  std::int64_t cents = 0;
  std::string note;
};
struct number_row {
  std::uint32_t number = 0;
  std::int64_t cents = 0;
};
struct total {
  std::int64_t cents = 0;
};
struct by_country : gesta::projection<gesta::rows<country_row, "country">> {};
struct by_number : gesta::projection<gesta::rows<number_row, "number", gesta::dense>> {};
struct turnover : gesta::projection<total> {};

using views = gesta::memory_views::opened<by_country, by_number, turnover>;
static_assert(gesta::opened_views<views, by_country> && gesta::opened_views<views, by_number> && gesta::opened_views<views, turnover>);

gesta::letter letter_at(std::uint64_t position, std::string key) {
  gesta::letter one;
  one.position = position;
  one.key = std::move(key);
  return one;
}
std::vector<std::uint64_t> letters_of(const views& all, const char* consumer) {
  std::vector<std::uint64_t> positions;
  CHECK(all.each_letter(consumer, [&](const gesta::letter& one) { positions.push_back(one.position); }));
  return positions;
}
bool blocks(const views& all, const char* consumer, const char* key) {
  bool blocked = false;
  CHECK(all.is_blocked(consumer, key, blocked));
  return blocked;
}

struct dice {
  std::uint64_t state = 0;
  std::uint64_t operator()(std::uint64_t below) { return gesta::detail::mix(++state) % below; }
};

}  // namespace

TEST_CASE("nothing is wrong with memory") {
  const views all(gesta::memory_views{});
  CHECK(all.broken() == nullptr);
}

TEST_CASE("the rows of a unit that is rolled back are as they were") {
  views all;
  auto& countries = all.table<by_country>();
  auto& numbers = all.table<by_number>();
  auto& one = all.table<turnover>();
  countries.find_or_add("FR")->cents = 3;
  countries.find_or_add("FR")->note = "a note that is longer than a short string";
  numbers.find_or_add(7)->cents = 4;

  REQUIRE(all.begin());
  countries.find_or_add("FR")->cents = 30;
  countries.find_or_add("FR")->note.clear();
  countries.find_or_add("DE")->cents = 5;
  countries.erase("FR");
  countries.find_or_add("FR")->cents = 31;
  numbers.find_or_add(7)->cents = 40;
  numbers.find_or_add(1000)->cents = 1;
  one.find_or_add({})->cents = 9;
  all.rollback();

  CHECK(countries.size() == 1);
  CHECK(countries.find("FR")->cents == 3);
  CHECK(countries.find("FR")->note == "a note that is longer than a short string");
  CHECK(numbers.size() == 1);
  CHECK(numbers.find(7)->cents == 4);
  CHECK(numbers.find(1000) == nullptr);
  CHECK(one.size() == 0);
}

TEST_CASE("the rows of a unit that is committed stay, and a later unit does not take them back") {
  views all;
  auto& countries = all.table<by_country>();
  REQUIRE(all.begin());
  countries.find_or_add("FR")->cents = 3;
  REQUIRE(all.commit());
  REQUIRE(all.begin());
  countries.find_or_add("DE");
  all.rollback();
  CHECK(countries.size() == 1);
  CHECK(countries.find("FR")->cents == 3);
  countries.find_or_add("IT");  // outside of a unit
  REQUIRE(all.begin());
  all.rollback();
  CHECK(countries.size() == 2);
}

TEST_CASE("a table that is cleared comes back with a rollback") {
  views all;
  auto& countries = all.table<by_country>();
  countries.find_or_add("FR")->cents = 3;
  countries.find_or_add("DE")->cents = 4;
  REQUIRE(all.begin());
  countries.find_or_add("DE")->cents = 5;
  REQUIRE(countries.clear());
  CHECK(countries.size() == 0);
  countries.find_or_add("FR")->cents = 30;
  REQUIRE(countries.clear());
  countries.find_or_add("IT");
  all.rollback();
  CHECK(countries.size() == 2);
  CHECK(countries.find("FR")->cents == 3);
  CHECK(countries.find("DE")->cents == 4);
  REQUIRE(all.begin());
  REQUIRE(countries.clear());
  REQUIRE(all.commit());
  CHECK(countries.size() == 0);
}

TEST_CASE("drawn units leave what a map says") {
  dice draw;
  views all;
  auto& countries = all.table<by_country>();
  auto& numbers = all.table<by_number>();
  std::map<std::uint64_t, std::int64_t> kept;
  for (int unit = 0; unit < 400; ++unit) {
    auto now = kept;
    REQUIRE(all.begin());
    for (std::uint64_t step = draw(40); step != 0; --step) {
      const std::uint64_t n = draw(60);
      const std::string country = std::to_string(n);
      if (draw(60) == 0) {
        countries.clear(), numbers.clear(), now.clear();
      } else if (draw(3) == 0) {
        countries.erase(country), numbers.erase(static_cast<std::uint32_t>(n)), now.erase(n);
      } else {
        now[n] = countries.find_or_add(country)->cents = numbers.find_or_add(static_cast<std::uint32_t>(n))->cents = static_cast<std::int64_t>(draw(1000));
      }
    }
    if (draw(2) == 0) {
      all.rollback();
    } else {
      REQUIRE(all.commit());
      kept = now;
    }
    REQUIRE(countries.size() == kept.size());
    REQUIRE(numbers.size() == kept.size());
    for (const auto& [n, cents] : kept) {
      REQUIRE(countries.find(std::to_string(n)) != nullptr);
      CHECK(countries.find(std::to_string(n))->cents == cents);
      REQUIRE(numbers.find(static_cast<std::uint32_t>(n)) != nullptr);
      CHECK(numbers.find(static_cast<std::uint32_t>(n))->cents == cents);
    }
  }
}

namespace {

gesta::progress progress_at(std::uint64_t position) {
  gesta::progress state;
  state.at = {{1, 2}, position};
  state.is_paused = true;
  return state;
}

}  // namespace

TEST_CASE("progress belongs to its consumer and to its unit") {
  views all;
  gesta::progress state = progress_at(3);
  CHECK(all.load("a", state));
  CHECK(state == gesta::progress{});
  REQUIRE(all.begin());
  CHECK(all.save("a", progress_at(5)));
  CHECK(all.load("a", state));
  CHECK(state == progress_at(5));
  CHECK(all.load("b", state));
  CHECK(state == gesta::progress{});
  REQUIRE(all.commit());
  REQUIRE(all.begin());
  CHECK(all.save("a", progress_at(9)));
  CHECK(all.save("b", progress_at(9)));
  all.rollback();
  CHECK(all.load("a", state));
  CHECK(state == progress_at(5));
  CHECK(all.load("b", state));
  CHECK(state == gesta::progress{});
}

TEST_CASE("letters come in the order of their positions, and one replaces that of its position") {
  views all;
  for (const std::uint64_t position : {9u, 2u, 30u, 1u}) CHECK(all.put("a", letter_at(position, "k")));
  CHECK(all.put("b", letter_at(5, "k")));
  CHECK(letters_of(all, "a") == std::vector<std::uint64_t>{1, 2, 9, 30});
  CHECK(letters_of(all, "b") == std::vector<std::uint64_t>{5});
  gesta::letter again = letter_at(2, "k");
  again.attempts = 7;
  CHECK(all.put("a", again));
  CHECK(all.each_letter("a", [&](const gesta::letter& one) {
    if (one.position == 2) CHECK(one == again);
    return one.position < 2;
  }));
  CHECK(letters_of(all, "a").size() == 4);
  CHECK(all.each_letter("a", [&](const gesta::letter& one) { all.drop("a", one); }));
  CHECK(letters_of(all, "a").empty());
  CHECK(all.drop("a", letter_at(2, "k")));
}

TEST_CASE("letters of one position are told apart by their keys") {
  views all;
  std::vector<std::string> keys;
  for (const char* key : {"m", "z", "k"}) CHECK(all.put("a", letter_at(4, key)));
  CHECK(all.drop("a", letter_at(4, "z")));
  CHECK(all.each_letter("a", [&](const gesta::letter& one) { keys.push_back(one.key); }));
  CHECK(keys == std::vector<std::string>{"k", "m"});
}

TEST_CASE("a key is blocked as long as an open letter of the consumer has it") {
  views all;
  CHECK_FALSE(blocks(all, "a", "k"));
  all.put("a", letter_at(1, "k"));
  all.put("a", letter_at(2, "k"));
  CHECK(blocks(all, "a", "k"));
  CHECK_FALSE(blocks(all, "a", "other"));
  CHECK_FALSE(blocks(all, "b", "k"));
  all.drop("a", letter_at(1, "k"));
  CHECK(blocks(all, "a", "k"));
  gesta::letter discarded = letter_at(2, "k");
  discarded.discarded = "no such country";
  all.put("a", discarded);
  CHECK_FALSE(blocks(all, "a", "k"));
  CHECK(letters_of(all, "a") == std::vector<std::uint64_t>{2});
  all.put("a", letter_at(3, "k"));
  all.drop("a", discarded);
  CHECK(blocks(all, "a", "k"));
  all.drop("a", letter_at(3, "k"));
  CHECK_FALSE(blocks(all, "a", "k"));
}

TEST_CASE("letters of a unit that is rolled back are as they were") {
  views all;
  all.put("a", letter_at(1, "k"));
  REQUIRE(all.begin());
  all.drop("a", letter_at(1, "k"));
  all.put("a", letter_at(2, "other"));
  CHECK_FALSE(blocks(all, "a", "k"));
  all.rollback();
  CHECK(letters_of(all, "a") == std::vector<std::uint64_t>{1});
  CHECK(blocks(all, "a", "k"));
  CHECK_FALSE(blocks(all, "a", "other"));
}
