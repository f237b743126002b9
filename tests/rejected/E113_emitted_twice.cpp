// [gesta E113] decide emits two events of one type; list  gesta::many<Event>  in the contract and return  gesta::each(range, make)
#include <gesta/domain.hpp>

struct line { int product; };
struct line_added { int product; static constexpr auto id = "order.line_added"; };
struct add_two { line both[2]; const line* begin() const { return both; } const line* end() const { return both + 2; } };
struct order { int lines = 0; };

inline auto decide(const order&, const add_two& c) -> gesta::emits<line_added> {
  return gesta::emit(line_added{c.both[0].product}, line_added{c.both[1].product});
}
