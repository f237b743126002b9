// [gesta E410] the Row of a view is kept in a table, and this Member of it cannot be a column; hold plain values: numbers, enums with a stated type, text, structs, and ordered containers, optionals and variants of them
// in member_without_column<false, country_row, counter*>
#include <gesta/store/sqlite_views.hpp>

struct sold { gesta::text<8> country; int amount; };

struct counter {
  int count = 0;
};
struct country_row {
  gesta::text<8> country;
  int amount = 0;
  counter* last{};
};
constexpr void project(country_row& r, const sold& e) { r.amount += e.amount; }
struct by_country : gesta::projection<gesta::rows<country_row, "country">> { static constexpr auto id = "by_country"; };

int main() {
  gesta::sqlite_views::opened<by_country> views(gesta::sqlite_views{"shop.db"});
  return views.find<by_country>("FR") == nullptr ? 0 : 1;
}
