#include <gesta/model/model.hpp>
#include <gesta/runtime/unrecorded_sagas.hpp>

#include <cstddef>
#include <utility>

#include "shop/order.hpp"

struct place_order {
  static constexpr auto id = "place_order";
  using begun_by = order::placed;
  using undo = gesta::needless;
};
template <std::size_t I>
struct confirms {
  static constexpr char name[] = {'a' + I / 26, 'a' + I % 26, 0};
  static constexpr const char* id = name;
  using undo = gesta::irreversible;
  constexpr auto run(const order::placed& o) const -> order::confirm { return {o.order}; }
};
template <std::size_t... I>
gesta::saga<gesta::by<"order">, place_order, confirms<I>...> steps_of(std::index_sequence<I...>);
struct long_one : decltype(steps_of(std::make_index_sequence<63>{})) { static constexpr auto id = "long_one"; };
struct shop : gesta::model<order::orders, long_one> {};

bool runs() {
  gesta::unrecorded_states<shop> states;
  gesta::unrecorded_sagas<shop, long_one> sagas(states);
  return sagas.begin(order::placed{1, 5, 100}) == gesta::saga_stands::completed;
}
