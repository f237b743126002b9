#include <gesta/describe/schema.hpp>

struct placed {
  int number;
  static constexpr auto id = "order.placed";
  static constexpr gesta::renamed wire[] = {{"number", "orderNo"}};
};

static_assert(gesta::shape_id<placed> != 0);
