// Events that carry the state: a customer's event says the address before and after, so shipping keeps a replica of what it needs and never
// calls back. It ships while customers cannot be reached, and knows up to which position and which time its replica is right.
#include <gesta/gesta.hpp>
#include <gesta/runtime/query.hpp>
#include <gesta/store/memory_views.hpp>

#include <cstdio>

namespace customers {

struct address { gesta::text<32> street, town; };
struct registered { gesta::text<16> name; address lives_at;     static constexpr auto id = "customer.registered"; };
struct moved      { gesta::text<16> name; address before, after; static constexpr auto id = "customer.moved"; };

struct sign_up { gesta::text<16> name; address lives_at; };
struct move    { gesta::text<16> name; address to; };
struct customer { address lives_at; };
constexpr void evolve(customer& c, const registered& e) { c.lives_at = e.lives_at; }
constexpr void evolve(customer& c, const moved& e) { c.lives_at = e.after; }
constexpr auto decide(const customer&, const sign_up& c) -> gesta::emits<registered> { return registered{c.name, c.lives_at}; }
constexpr auto decide(const customer& now, const move& c) -> gesta::emits<moved> { return moved{c.name, now.lives_at, c.to}; }
struct people : gesta::aggregate<customer, gesta::commands<sign_up, move>, gesta::by<"name">> { static constexpr auto id = "customer"; };
struct model : gesta::model<people> {};

}  // namespace customers

namespace shipping {

// What shipping wants to know of a customer, in its own words. The event says all of it.
struct label { gesta::text<16> name; gesta::text<32> street, town; int moves = 0; };
constexpr void project(label& l, const customers::registered& e) { l.street = e.lives_at.street; l.town = e.lives_at.town; }
constexpr void project(label& l, const customers::moved& e) {
  l.street = e.after.street;
  l.town = e.after.town;
  if (!(e.before.town == e.after.town)) ++l.moves;  // what was before is there as well: no old label is needed to tell
}
struct labels : gesta::projection<gesta::rows<label, "name">> { static constexpr auto id = "shipping.labels"; };

template <class Replica>
void ship(Replica& replica, const gesta::text<16>& name, const gesta::at_least& wanted = {}) {
  gesta::find(replica, name, wanted).match(
      [](const label& l) { std::printf("%s, %s, %s\n", l.name.c_str(), l.street.c_str(), l.town.c_str()); },
      [&](gesta::no_row) { std::printf("nobody is called %s\n", name.c_str()); },
      [&](const gesta::not_yet& late) { std::printf("%s: known up to %d only\n", name.c_str(), static_cast<int>(late.reached)); },
      [](const gesta::failure& why) { std::printf("%s\n", why.describe()); });
}
template <class Replica>
void tell_age(Replica& replica) {
  gesta::reflected shown;
  if (gesta::reflects(replica, shown))
    std::printf("as of position %d, second %d\n", static_cast<int>(shown.at.position), static_cast<int>(shown.time.nanoseconds / 1'000'000'000));
}

}  // namespace shipping

int main() {
  using namespace customers;
  int second = 0;  // the clock of this example
  auto app = gesta::start<model>(gesta::memory_store{}, [&] { return gesta::timestamp{gesta::seconds(second).nanoseconds}; });
  auto replica = gesta::consume<shipping::labels>(app, gesta::memory_views{});

  second = 10;
  app.handle(sign_up{"anna", {"Elm Street 1", "York"}});
  app.handle(sign_up{"bob", {"Low Road 9", "Leeds"}});
  if (!replica.poll()) return 1;
  shipping::tell_age(replica);

  second = 20;
  const auto to_hull = app.handle(move{"anna", {"Pier 4", "Hull"}});
  std::printf("without asking anybody: ");
  shipping::ship(replica, "anna");  // what was true at second 10
  std::printf("as new as the move:     ");
  shipping::ship(replica, "anna", gesta::own_write(app, to_hull));
  shipping::tell_age(replica);
  shipping::ship(replica, "carol");
}
