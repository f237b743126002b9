// [gesta E713] the Receiver needs the order of a key kept when a message is handed back, as sagas and processes do, and the Edge before it lets later ones pass; connect it by one that promises  gesta::handing_back::keeps_order,  or add to the receiver what it needs:  using needs = gesta::edge<gesta::guarantee{...}>;
// in edge_loses_order<false, ledger, post>
#include <gesta/delivery/edge.hpp>

struct orders {
  static constexpr gesta::guarantee promises = gesta::in_order;
};
struct post {
  static constexpr gesta::guarantee promises{.comes = gesta::arrival::at_least_once, .order = gesta::ordering::by_key};
};
struct ledger {
  using needs = gesta::edge<gesta::in_order>;
};

int main() { gesta::check_connection<ledger, orders, post>(); }
