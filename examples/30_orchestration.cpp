// An order's way through four services, said as a list of steps: what each does, and what undoes it. The compiler has proved that no step
// is forgotten; what an instance does is recorded in a stream of its own, in the commits of what it hears and decides.
#include <gesta/gesta.hpp>

#include <cstdio>
#include <string>

#include "fulfilment.hpp"

// How a saga ended is an event as any: it can be projected, and reacted to.
struct ends { int well = 0, undone = 0; };
inline void project(ends& e, const gesta::completed<fulfilment>&)   { ++e.well; }
inline void project(ends& e, const gesta::compensated<fulfilment>&) { ++e.undone; }
struct ends_of_orders : gesta::projection<ends> { static constexpr auto id = "ends_of_orders"; };

struct shop : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, fulfilment, ends_of_orders> {};

const char* cause_of(order::cause why) {
  constexpr const char* names[] = {"none", "payment", "stock", "shipping", "customer"};
  return names[static_cast<unsigned>(why)];
}

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto sagas = gesta::run_sagas(app);

  app.handle(order::place{1, 5, 100'00});      // well
  app.handle(order::place{2, 5, 900'00});      // the card is declined
  app.handle(order::place{7, 5, 30'00});       // no parcel gets there
  const gesta::ran made = sagas.poll();        // each step is one commit: what was decided, and what follows from it
  std::printf("%d steps, %s\n", static_cast<int>(made.steps), made.caught_up ? "nothing is left to do" : "there is more");

  for (const int number : {1, 2, 7}) {
    const order::state& o = app.state<order::orders>(number);
    std::printf("order %d: %s", number, o.confirmed ? "confirmed" : "cancelled, ");
    std::printf("%s; %d cents held\n", o.confirmed ? "" : cause_of(o.cancelled), app.state<payment::payments>(number).held);
  }
  std::printf("%d of item 5 left; %d completed, %d compensated\n", app.state<stock::stocks>(5).left, app.view<ends>().well, app.view<ends>().undone);

  // The stream of one instance: what it heard, asked, and was answered.
  using instances = gesta::flow<shop>::stream_of<fulfilment>;
  (void)app.read<instances>(7, gesta::slice{}, [](const auto& record, const gesta::about& where) {
    std::printf("%2d %s\n", static_cast<int>(where.version), gesta::id_of<std::remove_cvref_t<decltype(record)>>.name);
  });

  // The beginning and all that follows from it in one commit: run to completion.
  {
    auto batch = app.batch();
    batch.handle(order::place{3, 5, 20'00});
    (void)sagas.poll();
    (void)batch.commit();
  }
  std::printf("order 3: %s\n", sagas.state<fulfilment>(3).what == gesta::saga_standing::is::completed ? "completed" : "under way");
}
