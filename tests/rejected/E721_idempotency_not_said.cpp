// [gesta E721] the Edge may repeat messages, and the Handler does not say how it bears that; add to it  using idempotent = gesta::by_position;  (or by_id<>, by_key, naturally, accepts_duplicates<"why">)
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
};
void receive(const mailing&, const placed&, smtp& s) { ++s.sent; }

int main() {
  gesta::in_process_hub hub{gesta::system_clock{}};
  gesta::in_process bus{hub};
  smtp post;
  auto mails = gesta::receive_by<mailing>(bus, gesta::memory_views{}, post, gesta::from_now{});
  (void)mails.poll();
}
