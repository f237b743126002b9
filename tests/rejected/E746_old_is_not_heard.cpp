// [gesta E746] the Receiver lists the Old version in its history, and it does not become an event that is heard there; it has an integration_id, and beside it stands  auto upcast(const Old&) -> Newer,  without or_rejects, where each Newer is heard or is listed as well
// A handler straight on a transport that understands a version of before.
#include <gesta/gesta.hpp>
#include <gesta/runtime/receive.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/transport/in_process.hpp>

struct placed_1 { int number; static constexpr auto id = gesta::integration_id{"order.placed"}; };
struct placed { int number; bool gift = false; static constexpr auto id = gesta::integration_id{"order.placed", 2}; };
struct smtp { int sent = 0; };

struct mailing {
  static constexpr auto id = "mailing";
  using hears = gesta::from_outside<placed>;
  using history = gesta::history<placed_1>;
  using idempotent = gesta::by_position;
};
void receive(const mailing&, const placed&, smtp& s) { ++s.sent; }

int main() {
  gesta::in_process_hub hub{gesta::system_clock{}};
  gesta::in_process bus{hub};
  smtp post;
  auto mails = gesta::receive_by<mailing>(bus, gesta::memory_views{}, post, gesta::from_now{});
  (void)mails.poll();
}
