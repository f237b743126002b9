#include <gesta/gesta.hpp>
#include <gesta/runtime/receive.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/transport/in_process.hpp>

struct placed_1 { int number; static constexpr auto id = gesta::integration_id{"order.placed"}; };
struct placed { int number; bool gift = false; static constexpr auto id = gesta::integration_id{"order.placed", 2}; };
constexpr auto upcast(const placed_1& old) -> placed { return {old.number}; }
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
