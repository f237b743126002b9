#include <gesta/delivery/edge.hpp>

struct disk {
  static constexpr gesta::guarantee promises{.comes = gesta::arrival::at_least_once, .outlives = gesta::survival::disk};
};
struct wire {
  static constexpr gesta::guarantee promises{.comes = gesta::arrival::at_least_once, .outlives = gesta::survival::process};
};
struct archive {
  using needs = gesta::edge<gesta::guarantee{.comes = gesta::arrival::at_least_once, .outlives = gesta::survival::process}>;
};

int main() { gesta::check_connection<archive, disk, wire>(); }
