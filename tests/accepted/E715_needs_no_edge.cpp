#include <gesta/delivery/edge.hpp>

struct radio {
  static constexpr gesta::guarantee promises{.comes = gesta::arrival::at_least_once};
};
struct counter {
  using needs = gesta::edge<radio::promises>;
};

int main() { gesta::check_connection<counter, radio>(); }
