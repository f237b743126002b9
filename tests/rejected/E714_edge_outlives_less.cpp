// [gesta E714] the Receiver needs messages to outlive more than the Edge before it promises, a killed process or a power failure; connect it by a transport that keeps them so, or let the receiver need a lower  gesta::survival
// in edge_outlives_less<false, archive, wire>
#include <gesta/delivery/edge.hpp>

struct disk {
  static constexpr gesta::guarantee promises{.comes = gesta::arrival::at_least_once, .outlives = gesta::survival::disk};
};
struct wire {
  static constexpr gesta::guarantee promises{.comes = gesta::arrival::at_least_once, .outlives = gesta::survival::process};
};
struct archive {
  using needs = gesta::edge<gesta::guarantee{.comes = gesta::arrival::at_least_once, .outlives = gesta::survival::disk}>;
};

int main() { gesta::check_connection<archive, disk, wire>(); }
