// [gesta E716] a receiver is connected to an Edge that promises nothing; add to it  static constexpr gesta::guarantee promises{...};  or name a transport or a  gesta::edge<...>
// in edge_without_promise<false, radio>
#include <gesta/delivery/edge.hpp>

struct radio {
  int channel = 0;
};
struct counter {
  int count = 0;
};

int main() { gesta::check_connection<counter, radio>(); }
