// [gesta E702] two fields of the Message have the same name on the wire; rename one of them
// in wire_name_used_twice<false, placed>
#include <gesta/codec/json.hpp>

struct placed {
  int number, cents;
  static constexpr auto id = "order.placed";
  static constexpr gesta::renamed wire[] = {{"number", "cents"}};
};

std::string shown(const placed& p) { return gesta::to_json(p); }
bool read(std::string_view text, placed& p) { return bool(gesta::from_json(text, p)); }
