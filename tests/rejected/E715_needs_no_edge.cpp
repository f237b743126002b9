// [gesta E715] the Receiver says what it needs by something that is no edge; write  using needs = gesta::edge<gesta::in_order>;  or  gesta::edge<gesta::guarantee{...}>
// in needs_no_edge<false, counter>
#include <gesta/delivery/edge.hpp>

struct radio {
  static constexpr gesta::guarantee promises{.comes = gesta::arrival::at_least_once};
};
struct counter {
  using needs = radio;
};

int main() { gesta::check_connection<counter, radio>(); }
