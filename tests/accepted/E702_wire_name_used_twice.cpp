#include <gesta/codec/json.hpp>

struct placed {
  int number, cents;
  static constexpr auto id = "order.placed";
  static constexpr gesta::renamed wire[] = {{"number", "orderNo"}};
};

std::string shown(const placed& p) { return gesta::to_json(p); }
bool read(std::string_view text, placed& p) { return bool(gesta::from_json(text, p)); }
