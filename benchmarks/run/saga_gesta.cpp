// W6 through the library's public surface: the steps as structs, gesta::unrecorded_sagas.
#include "saga_model.hpp"

#include <gesta/runtime/unrecorded_sagas.hpp>

namespace saga {

namespace {

template <class Way>
class gesta_shop {
 public:
  [[gnu::always_inline]] bool place(const placed& p) { return sagas_.begin(p) == gesta::saga_stands::completed; }
  template <class Ended>
  void run(Ended&& ended) {
    sagas_.run([&](number order, gesta::ended how) __attribute__((always_inline)) { ended(order, how == gesta::ended::completed); });
  }
  void add_to(checksum& sum) {
    for (number order = 0; order < under_way; ++order) {
      const auto& o = states_.of<orders>(order);
      sum << o.confirmed << o.cancelled << states_.of<payments>(order).held << states_.of<parcels>(order).shipped;
    }
    for (number item = 0; item < item_count; ++item) sum << states_.of<stocks>(item).left;
  }

 private:
  gesta::unrecorded_states<shop> states_{{.dense = under_way}};
  gesta::unrecorded_sagas<shop, fulfilment, Way> sagas_{states_, under_way};
};

}  // namespace

void add_gesta(bench::group& g, way how, std::size_t orders) {
  using bench::role;
  switch (how) {
    case way::one_by_one: g.add<one_by_one<gesta_shop<gesta::to_completion>>>(role::gesta, "gesta, to_completion", true, orders); break;
    case way::in_rounds: g.add<at_once<gesta_shop<gesta::in_rounds>>>(role::gesta, "gesta, in_rounds", true, orders); break;
    case way::in_order: g.add<at_once<gesta_shop<gesta::in_order>>>(role::gesta, "gesta, in_order", true, orders); break;
  }
}

}  // namespace saga
