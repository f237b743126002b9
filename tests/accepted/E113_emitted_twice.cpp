#include <gesta/domain.hpp>

struct line { int product; };
struct line_added { int product; static constexpr auto id = "order.line_added"; };
struct add_two { line both[2]; const line* begin() const { return both; } const line* end() const { return both + 2; } };
struct order { int lines = 0; };

inline auto decide(const order&, const add_two& c) -> gesta::emits<gesta::many<line_added>> {
  return gesta::each(c, [](const line& l) { return line_added{l.product}; });
}
