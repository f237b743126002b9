#include <gesta/delivery/edge.hpp>

struct radio {
  static constexpr gesta::guarantee promises{.comes = gesta::arrival::at_least_once, .order = gesta::ordering::by_key};
};
struct counter {
  int count = 0;
};

int main() { gesta::check_connection<counter, radio>(); }
