// [gesta E188] the second argument says where the Reactor keeps how far it is, and Given is no store of views; write  gesta::perform_by<Reactor>(log, gesta::sqlite_views{"shop.db"}, capability, start)  or  gesta::memory_views{}  (gesta::react_by  takes no capability)
// in no_view_store<false, mailer, char
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
  auto mails = gesta::perform_by<mailer>(app, "shop.db", out, gesta::from_now{});
  (void)mails.poll();
}
