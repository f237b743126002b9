#include <gesta/react/rows.hpp>

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <gesta/message/list.hpp>
#include <gesta/message/text.hpp>

namespace {

struct sold {
  gesta::text<8> country;
  int amount;
};
struct moved {
  gesta::text<8> from, to;
};
struct counted {
  int amount;
};

struct country_row {
  int amount = 0;
  gesta::text<8> country;
};
constexpr void project(country_row& r, const sold& e) { r.amount += e.amount; }
constexpr gesta::row project(country_row& r, const moved&) { return --r.amount == 0 ? gesta::row::goes : gesta::row::stays; }
constexpr void project(country_row& r, const counted& e, const gesta::about&) { r.amount = e.amount; }

struct by_country : gesta::projection<gesta::rows<country_row, "country">> {};
constexpr gesta::list<gesta::text<8>, 2> locate(const by_country&, const moved& e) { return {e.from, e.to}; }
constexpr gesta::text<8> locate(const by_country&, const counted&, const gesta::about& about) {
  return gesta::text<8>(about.key.data, about.key.size);
}
struct total : gesta::projection<country_row> {};

using rows = gesta::detail::projected_rows<by_country>;
static_assert(rows::has_key && rows::key_field == 1 && std::is_same_v<rows::key_type, gesta::text<8>>);
static_assert(!gesta::detail::has_rows<total> && std::is_same_v<gesta::detail::projected_rows<total>::key_type, gesta::only_row>);
static_assert(gesta::detail::has_place<by_country, sold> && !gesta::locates<by_country, sold>);
static_assert(gesta::locates<by_country, moved> && gesta::locates<by_country, counted>);

template <class Projection, class Event>
std::vector<std::string> places(const Event& event) {
  std::vector<std::string> found;
  const auto visit = [&](const auto& key) {
    if constexpr (std::is_same_v<decltype(key), const gesta::only_row&>) found.push_back("only");
    else found.push_back(key.c_str());
  };
  gesta::detail::each_place<Projection>(event, [] { return gesta::about{.key = {"IT", 2}}; }, visit);
  return found;
}

}  // namespace

TEST_CASE("an event belongs to the row that its field says, or that locate says") {
  CHECK(places<by_country>(sold{"FR", 3}) == std::vector<std::string>{"FR"});
  CHECK(places<by_country>(moved{"FR", "DE"}) == std::vector<std::string>{"FR", "DE"});
  CHECK(places<by_country>(counted{1}) == std::vector<std::string>{"IT"});
  CHECK(places<total>(sold{"FR", 3}) == std::vector<std::string>{"only"});
}

TEST_CASE("a row goes when project says so") {
  const auto nothing = [] { return gesta::about{}; };
  country_row row;
  rows::set_key(row, gesta::text<8>("FR"));
  CHECK(rows::key_of(row) == gesta::text<8>("FR"));
  CHECK(gesta::detail::project_to_row(row, sold{"FR", 2}, nothing));
  CHECK(gesta::detail::project_to_row(row, moved{"FR", "DE"}, nothing));
  CHECK_FALSE(gesta::detail::project_to_row(row, moved{"FR", "DE"}, nothing));
  CHECK(gesta::detail::project_to_row(row, counted{5}, nothing));
  CHECK(row.amount == 5);
}
