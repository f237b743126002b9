// A consumer with letters, for the tests of gesta-log: `keeper FILE sell` posts six sales; `keeper FILE poll [POISON]` lets the consumer act, which cannot
// handle sales of this amount, and prints what it did and the rows.
#include <gesta/gesta.hpp>
#include <gesta/runtime/consumer.hpp>
#include <gesta/runtime/reader.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

namespace {

int poison = -1;

struct sold {
  std::string country;
  int cents;
  static constexpr auto id = "order.sold";
};
struct sell {
  std::string country;
  int cents;
};
struct order {
  int cents = 0;
};
void evolve(order& o, const sold& e) { o.cents += e.cents; }
auto decide(const order&, const sell& c) -> gesta::emits<sold> { return sold{c.country, c.cents}; }
struct orders : gesta::aggregate<order, gesta::commands<sell>> {
  static constexpr auto id = "order";
};
struct country_row {
  std::string country;
  int cents = 0;
};
void project(country_row& r, const sold& e) {
  if (e.cents == poison) throw std::runtime_error("no sale of " + std::to_string(poison));
  r.cents += e.cents;
}
struct by_country : gesta::projection<gesta::rows<country_row, "country">> {
  static constexpr auto id = "by_country";
};
struct shop : gesta::model<orders, by_country> {};

bool post(const gesta::sqlite_store& store) {
  auto app = gesta::start<shop>(store, gesta::async<by_country>{});
  bool good = true;
  for (const sell& one : {sell{"FR", 1}, sell{"FR", 13}, sell{"DE", 2}, sell{"FR", 3}, sell{"DE", 13}, sell{"IT", 4}})
    app.handle("1", one).match([](const order&) {}, [&](const gesta::failure&) { good = false; });
  return good;
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) return 2;
  const gesta::sqlite_store store{.path = words[1]};
  if (std::strcmp(words[2], "sell") == 0) return post(store) ? 0 : 1;
  if (count > 3) poison = std::atoi(words[3]);
  auto log = gesta::reader<shop>(store);
  auto keeper = gesta::consume<by_country>(log, gesta::sqlite_views{.path = words[1]}, gesta::stop_after{.keys = 1, .in_a_row = 0});
  const gesta::consumed done = keeper.poll();
  std::printf("%d handled, %d aside%s%s\n", static_cast<int>(done.handled), static_cast<int>(done.put_aside), done.is_paused ? ", paused" : "",
              done ? "" : ", stopped");
  return keeper.rows().each([](const country_row& r) { return std::printf("%s %d\n", r.country.c_str(), r.cents), true; }) ? 0 : 1;
}
