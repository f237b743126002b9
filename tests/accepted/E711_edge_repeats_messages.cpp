#include <gesta/delivery/edge.hpp>

struct post {
  static constexpr gesta::guarantee promises{.comes = gesta::arrival::at_least_once};
};
struct till {
  using needs = gesta::edge<gesta::guarantee{.comes = gesta::arrival::once}>;
};

int main() { gesta::check_connection<till, gesta::recognised<post>>(); }
