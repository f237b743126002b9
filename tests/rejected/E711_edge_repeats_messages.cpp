// [gesta E711] the Receiver needs each message once, and the Edge before it may repeat some; recognise repetitions by an inbox before it,  gesta::recognised<Edge>,  or let the receiver need  gesta::arrival::at_least_once  and bear repetitions
// in edge_repeats_messages<false, till, post>
#include <gesta/delivery/edge.hpp>

struct post {
  static constexpr gesta::guarantee promises{.comes = gesta::arrival::at_least_once};
};
struct till {
  using needs = gesta::edge<gesta::guarantee{.comes = gesta::arrival::once}>;
};

int main() { gesta::check_connection<till, post>(); }
