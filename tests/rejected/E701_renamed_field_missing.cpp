// [gesta E701] the Message renames a field for the wire that it does not have; write the field's name in C++ first, then its name on the wire:  static constexpr gesta::renamed wire[] = {{"field", "name"}};
// in renamed_field_missing<false, placed>
#include <gesta/describe/schema.hpp>

struct placed {
  int number;
  static constexpr auto id = "order.placed";
  static constexpr gesta::renamed wire[] = {{"orderNo", "number"}};
};

static_assert(gesta::shape_id<placed> != 0);
