#include <gesta/gesta.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/store/sqlite_views.hpp>

struct sold { gesta::text<2> country; int cents; static constexpr auto id = "sold"; };
struct country_row { gesta::text<2> country; long cents = 0; };
struct by_country : gesta::projection<gesta::rows<country_row, "country">> { static constexpr auto id = "by_country"; };
struct by_land : gesta::projection<gesta::rows<country_row, "country">> { static constexpr auto id = "by_land"; };

inline bool is_there() {
  gesta::sqlite_views::opened<by_country, by_land> views(gesta::sqlite_views{"shop.db"});
  gesta::memory_views::opened<by_country, by_land> kept;
  return views.find<by_land>("FR") != nullptr && kept.table<by_land>().find("FR") != nullptr;
}
