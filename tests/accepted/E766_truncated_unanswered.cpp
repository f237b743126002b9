#include <gesta/gesta.hpp>

#include <gesta/capture/change.hpp>

#include <cstdint>
#include <optional>
#include <string>

struct customer {
  std::int64_t id;
  gesta::text<40> name;
  std::optional<std::string> city;
  static constexpr auto table = "customers";
  using key = gesta::by<"id">;
};

inline int count(const gesta::change<customer>& one) {
  return one.match([](const gesta::inserted<customer>&) { return 1; }, [](const gesta::updated<customer>&) { return 0; },
                   [](const gesta::deleted<customer>&) { return -1; }, [](const gesta::truncated<customer>&) { return 0; });
}
