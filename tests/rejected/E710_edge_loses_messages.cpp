// [gesta E710] the Receiver needs every message, and the Edge before it may lose some; connect it by one that promises  gesta::arrival::at_least_once,  or add to it what it can live with:  using needs = gesta::edge<gesta::guarantee{}>;
// in edge_loses_messages<false, counter, radio>
#include <gesta/delivery/edge.hpp>

struct radio {
  static constexpr gesta::guarantee promises{.order = gesta::ordering::by_key};
};
struct counter {
  int count = 0;
};

int main() { gesta::check_connection<counter, radio>(); }
