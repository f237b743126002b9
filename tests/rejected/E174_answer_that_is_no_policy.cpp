// [gesta E174] on_failure of the Reactor returns neither  gesta::retry  nor  gesta::park;  return one of them
// in strange_answer<false, mailer, gesta::rules::error_of<paid, unreachable> >
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
auto perform(const mailer&, const paid&, post& p) -> gesta::done::or_fails<unreachable> {
  if (p.sent > 9) return unreachable{p.sent};
  return gesta::done{};
}
int on_failure(const mailer&, const unreachable&) { return 3; }

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  post out;
  auto mails = gesta::perform_by<mailer>(app, gesta::memory_views{}, out, gesta::from_now{});
  (void)mails.poll();
}
