// [gesta E185] the consumer of the Reactor got an Argument that is no option of it; give a start, and where wanted a clock (it returns a gesta::timestamp),  gesta::unknown_events,  gesta::stop_after,  gesta::events_a_commit  or  gesta::observed_by(...);  how often an effect is tried again says its  on_failure
// in no_consumer_option<false, mailer, gesta::retry>
#include <gesta/gesta.hpp>
#include <gesta/runtime/effects.hpp>
#include <gesta/store/memory_views.hpp>

#include <cstdint>

struct paid { int cents; static constexpr auto id = "order.paid"; };
struct pay { int cents; };
struct order { int cents = 0; };
constexpr void evolve(order& o, const paid& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const pay& c) -> gesta::emits<paid> { return paid{c.cents}; }
struct orders : gesta::aggregate<order, gesta::commands<pay>> { static constexpr auto id = "order"; };
struct shop : gesta::model<orders> {};

struct post { int sent = 0; };
struct unreachable { int code; };
struct refused {};

struct mailer { static constexpr auto id = "mailer"; };
void perform(const mailer&, const paid&, post& p) { ++p.sent; }


int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  post out;
  auto mails = gesta::perform_by<mailer>(app, gesta::memory_views{}, out, gesta::from_now{}, gesta::retry{.times = 3});
  (void)mails.poll();
}
