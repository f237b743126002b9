// A faulty version of the program that keeps the revenue by country, and the one in which the fault is mended: `poison FILE COUNTRY` polls a consumer
// that cannot project a sale in that country, `poison FILE` lets the mended one try again what was put aside. Both print what is put aside.
#include <gesta/gesta.hpp>
#include <gesta/runtime/consumer.hpp>
#include <gesta/runtime/reader.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>

#include <cstdio>
#include <stdexcept>
#include <string>

#include "../../examples/retail/ledger.hpp"

namespace {

std::string country_of_poison;

struct row {
  retail::country_name name;
  retail::money revenue = 0;
};
template <class Event>
void add(row& r, const Event& e, retail::money amount) {
  r.revenue += amount;  // is taken back where it throws
  if (e.goods.country == retail::country_name(country_of_poison.data(), country_of_poison.size())) throw std::runtime_error("no sales in this country");
}
void project(row& r, const retail::items_sold& e) { add(r, e, retail::worth(e.goods)); }
void project(row& r, const retail::items_returned& e) { add(r, e, -retail::worth(e.goods)); }
struct revenue : gesta::projection<gesta::rows<row, "name">> {
  static constexpr auto id = "revenue_by_country";
};
retail::country_name locate(const revenue&, const retail::items_sold& e) { return e.goods.country; }
retail::country_name locate(const revenue&, const retail::items_returned& e) { return e.goods.country; }

}  // namespace

int main(int count, char** words) {
  if (count < 2) return 2;
  if (count > 2) country_of_poison = words[2];
  auto log = gesta::reader<retail::ledger>(gesta::sqlite_store{.path = words[1]});
  auto keeper = gesta::consume<revenue>(log, gesta::sqlite_views{.path = words[1]}, gesta::stop_after{.keys = 0, .in_a_row = 0});
  if (count == 2 && !keeper.retry_all()) return 1;
  for (bool caught_up = false; !caught_up;) {
    const gesta::consumed done = keeper.poll();
    if (!done) return std::fprintf(stderr, "%s\n", done.why().describe()), 1;
    caught_up = done.caught_up;
  }
  int failed = 0, waiting = 0;
  const gesta::read_result read = keeper.letters([&](const gesta::letter& one) { ++(one.attempts == 0 ? waiting : failed); });
  std::printf("%d failed, %d wait\n", failed, waiting);
  return read ? 0 : 1;
}
