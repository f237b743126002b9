// A process manager: the order of manager.hpp, where each state says what each input means in it; and what one order went through.
#include <gesta/describe/sagas.hpp>
#include <gesta/gesta.hpp>
#include <gesta/runtime/instance_pictures.hpp>
#include <gesta/testing/given_process.hpp>

#include <cstdio>

#include "manager.hpp"

// A view hears the moves of a process as any events, by the state that they lead to.
struct tally { int done = 0, gone = 0; };
constexpr void project(tally& t, const gesta::moved<manager, managing::done>&) { ++t.done; }
constexpr void project(tally& t, const gesta::moved<manager, managing::gone>&) { ++t.gone; }
struct tallies : gesta::projection<tally> { static constexpr auto id = "tally"; };

// What can come in which state was found while compiling: without one of the functions of manager.hpp, or with one more, this would not compile.
struct shop : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, manager, tallies> {};

// A test of it needs no app: what it hears, where it then is, and what it asks.
// [given]
static_assert(gesta::testing::given<shop, manager>(order::placed{8, 5, 100})
                  .is(managing::paying{{8, 5, 100}}).asks(payment::charge{8, 100})
                  .hears(order::cancel_asked{8}).defers(order::cancel_asked{8})                   // it waits for the card's answer
                  .answered(payment::charged{8, 100}).is<managing::stopping>().asks(stock::reserve{8, 5})
                  .answered(stock::sold_out{}).asks(payment::refund{8, 100})
                  .answered(payment::refunded{8, 100}).asks(order::cancel{8, order::cause::customer})
                  .answered(order::cancelled{8, order::cause::customer}).compensated());
// [/given]

int main(int count, char** words) {
  if (const auto form = gesta::diagram_named(count > 2 ? words[2] : ""))       // --course mermaid|dot|json
    return gesta::print_course<shop, manager>(*form, [](const char* text, std::size_t size) { std::fwrite(text, 1, size, stdout); }), 0;

  auto app = gesta::start<shop>(gesta::memory_store{}, [] { return gesta::timestamp{}; });  // times of its own, so that it always prints the same
  auto managers = gesta::run_sagas(app);

  app.handle(order::place{1, 5, 100'00});
  app.handle(order::place{2, 5, 900'00});      // more than the card allows
  app.handle(order::place{7, 5, 100'00});      // cannot be delivered
  app.handle(order::place{8, 5, 100'00});
  app.handle(order::ask_to_cancel{8});         // waits for the card's answer first
  if (!managers.poll()) return 1;

  for (const int number : {1, 2, 7, 8}) {
    const order::state& o = app.state<order::orders>(number);
    std::printf("order %d: %s, held %d\n", number, o.confirmed ? "confirmed" : "cancelled", app.state<payment::payments>(number).held);
  }
  std::printf("%d done, %d gone, %d pieces left\n\n", app.view<tally>().done, app.view<tally>().gone, app.state<stock::stocks>(5).left);
  std::fputs(gesta::instance_tree<manager>(app, 8).c_str(), stdout);
}
