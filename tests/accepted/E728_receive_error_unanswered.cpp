#include <gesta/gesta.hpp>
#include <gesta/runtime/receive.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/transport/in_process.hpp>

struct placed { int number; static constexpr auto id = gesta::integration_id{"order.placed"}; };
struct smtp { int sent = 0; };
struct unreachable {};

struct mailing {
  static constexpr auto id = "mailing";
  using hears = gesta::from_outside<placed>;
  using idempotent = gesta::by_position;
};
gesta::done::or_fails<unreachable> receive(const mailing&, const placed&, smtp& s) { return ++s.sent, gesta::done{}; }
gesta::retry on_failure(const mailing&, const unreachable&) { return {}; }

int main() {
  gesta::in_process_hub hub{gesta::system_clock{}};
  gesta::in_process bus{hub};
  smtp post;
  auto mails = gesta::receive_by<mailing>(bus, gesta::memory_views{}, post, gesta::from_now{});
  (void)mails.poll();
}
