// [gesta E727] the Receiver hears the Event and does not take it; add  void receive(const Handler&, const Event&, Capability&)  with exactly these types, where it is a projection  void project(View&, const Event&),  and  locate  where no field of the event says its row
// A handler straight on a transport.
#include <gesta/gesta.hpp>
#include <gesta/runtime/receive.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/transport/in_process.hpp>

struct placed { int number; static constexpr auto id = gesta::integration_id{"order.placed"}; };
struct smtp { int sent = 0; };

struct mailing {
  static constexpr auto id = "mailing";
  using hears = gesta::from_outside<placed>;
  using idempotent = gesta::by_position;
};
void receive(const mailing&, long, smtp& s) { ++s.sent; }

int main() {
  gesta::in_process_hub hub{gesta::system_clock{}};
  gesta::in_process bus{hub};
  smtp post;
  auto mails = gesta::receive_by<mailing>(bus, gesta::memory_views{}, post, gesta::from_now{});
  (void)mails.poll();
}
