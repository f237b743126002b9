// A consumer with letters, for the tests of gesta-log: `keeper FILE sell` posts six sales; `keeper FILE poll [POISON]` lets the consumer act, which cannot
// handle sales of this amount, and prints what it did and the rows; `keeper FILE relay SHARES [POISON]` lets a relay act that tells of them.
#include <gesta/gesta.hpp>
#include <gesta/runtime/consumer.hpp>
#include <gesta/runtime/reader.hpp>
#include <gesta/runtime/relay.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>
#include <gesta/transport/in_process.hpp>

#include <cstdint>
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
struct told {
  int cents;
  static constexpr auto id = gesta::integration_id{"shop.sold"};
};
told publish(const sold& e) {
  if (e.cents == poison) throw std::runtime_error("no sale of " + std::to_string(poison));
  return {e.cents};
}
struct outlet {
  static constexpr auto id = "shop.outlet";
};
std::string locate(const outlet&, const sold& e) { return e.country; }
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

int tell(const gesta::sqlite_store& store, const char* path, std::uint32_t shares) {
  gesta::in_process_hub hub{gesta::system_clock{}};
  gesta::in_process bus{hub};
  decltype(bus)::connection link(bus);
  auto log = gesta::reader<shop>(store);
  auto out = gesta::relay<outlet>(log, gesta::sqlite_views{.path = path}, link, gesta::from_beginning{}, gesta::shares{shares});
  out.under({{1, 2}, gesta::hours(1)});
  const gesta::consumed done = out.poll();
  std::printf("%d handled, %d aside\n", static_cast<int>(done.handled), static_cast<int>(done.put_aside));
  return done ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) return 2;
  const gesta::sqlite_store store{.path = words[1]};
  if (std::strcmp(words[2], "sell") == 0) return post(store) ? 0 : 1;
  if (std::strcmp(words[2], "relay") == 0) {
    if (count > 4) poison = std::atoi(words[4]);
    return tell(store, words[1], static_cast<std::uint32_t>(std::atoi(words[3])));
  }
  if (count > 3) poison = std::atoi(words[3]);
  auto log = gesta::reader<shop>(store);
  auto keeper = gesta::consume<by_country>(log, gesta::sqlite_views{.path = words[1]}, gesta::stop_after{.keys = 1, .in_a_row = 0});
  const gesta::consumed done = keeper.poll();
  std::printf("%d handled, %d aside%s%s\n", static_cast<int>(done.handled), static_cast<int>(done.put_aside), done.is_paused ? ", paused" : "",
              done ? "" : ", stopped");
  return keeper.rows().each([](const country_row& r) { return std::printf("%s %d\n", r.country.c_str(), r.cents), true; }) ? 0 : 1;
}
