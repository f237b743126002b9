#include <gesta/delivery/edge.hpp>

struct orders {
  static constexpr gesta::guarantee promises = gesta::in_order;
};
struct post {
  static constexpr gesta::guarantee promises{.comes = gesta::arrival::at_least_once, .order = gesta::ordering::by_key, .nak = gesta::handing_back::keeps_order};
};
struct ledger {
  using needs = gesta::edge<gesta::in_order>;
};

int main() { gesta::check_connection<ledger, orders, post>(); }
