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

inline bool has_town(const gesta::change<customer>& one) { return one.after().get<"city">() != nullptr; }
