// The promises of testing/given_rows.hpp.
#include <gesta/testing/given_rows.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include <gesta/message/list.hpp>
#include <gesta/message/text.hpp>

using gesta::given;

namespace {

struct sold {
  gesta::text<8> country;
  int cents;
};
struct returned {
  gesta::text<8> country;
  int cents;
};
struct moved {
  gesta::text<8> from, to;
};
struct counted {};
struct other {};

struct country_row {
  gesta::text<8> country;
  int cents = 0;
  std::uint64_t last = 0;
};
constexpr void project(country_row& r, const sold& e) { r.cents += e.cents; }
constexpr gesta::row project(country_row& r, const returned& e) {
  r.cents -= e.cents;
  return r.cents == 0 ? gesta::row::goes : gesta::row::stays;
}
constexpr void project(country_row& r, const moved&) { ++r.cents; }
constexpr void project(country_row& r, const counted&, const gesta::about& a) { r.last = a.position; }

struct by_country : gesta::projection<gesta::rows<country_row, "country">> {};
constexpr gesta::list<gesta::text<8>, 2> locate(const by_country&, const moved& e) { return {e.from, e.to}; }
constexpr gesta::text<8> locate(const by_country&, const counted&, const gesta::about& a) { return gesta::text<8>(a.key.data, a.key.size); }

static_assert(given<by_country>().then());
static_assert(given<by_country>(sold{"FR", 3}, sold{"DE", 4}, sold{"FR", 5}).then(country_row{"FR", 8}, country_row{"DE", 4}));
static_assert(given<by_country>(sold{"FR", 3}, sold{"DE", 4}, sold{"FR", 5}).then(country_row{"DE", 4}, country_row{"FR", 8}));
static_assert(!given<by_country>(sold{"FR", 3}, sold{"DE", 4}).then(country_row{"DE", 4}));
static_assert(!given<by_country>(sold{"FR", 3}, sold{"DE", 4}).then(country_row{"DE", 4}, country_row{"DE", 4}));
static_assert(!given<by_country>(sold{"FR", 3}).then(country_row{"FR", 4}));
static_assert(!given<by_country>(sold{"FR", 3}).then());
static_assert(given<by_country>(sold{"FR", 3}, returned{"FR", 3}).then());
static_assert(given<by_country>(sold{"FR", 3}, sold{"DE", 1}, returned{"FR", 3}, sold{"FR", 2}).then(country_row{"DE", 1}, country_row{"FR", 2}));
static_assert(given<by_country>(moved{"FR", "DE"}, other{}).then(country_row{"FR", 1}, country_row{"DE", 1}));
static_assert(given<by_country>(gesta::about{.key = {"IT", 2}, .position = 40}, other{}, counted{}).then(country_row{"IT", 0, 42}));

struct named {
  std::string name;
};
struct name_row {
  std::string name;
  std::vector<int> lengths;
};
void project(name_row& r, const named& e) { r.lengths.push_back(static_cast<int>(e.name.size())); }
struct by_name : gesta::projection<gesta::rows<name_row, "name">> {};

template <class Finding>
std::string words_of(const Finding& found) {
  return found.describe().c_str();
}

}  // namespace

TEST_CASE("rows with strings inside are asked for at run time") {
  CHECK(given<by_name>(named{"a name of some length"}, named{"b"}, named{"b"}).then(name_row{"b", {1, 1}}, name_row{"a name of some length", {21}}));
  CHECK_FALSE(given<by_name>(named{"b"}).then(name_row{"b", {1, 1}}));
}

TEST_CASE("what does not hold says what was given, expected and there") {
  CHECK(words_of(given<by_country>(sold{"FR", 3}, sold{"DE", 4}).then(country_row{"DE", 5})) ==
        "given sold{country: \"FR\", cents: 3}, sold{country: \"DE\", cents: 4}\n"
        "  expected: country_row{country: \"DE\", cents: 5, last: 0}\n"
        "  actual:   country_row{country: \"FR\", cents: 3, last: 0}, country_row{country: \"DE\", cents: 4, last: 0}");
  CHECK(words_of(given<by_country>(sold{"FR", 3}).then()) ==
        "given sold{country: \"FR\", cents: 3}\n"
        "  expected: no rows\n"
        "  actual:   country_row{country: \"FR\", cents: 3, last: 0}");
}
