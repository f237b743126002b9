#include <gesta/gesta.hpp>

#include <gesta/capture/change.hpp>

#include <cstdint>
#include <optional>
#include <string>

struct customer {
  std::int64_t id;
  std::string name;
  static constexpr auto table = "customers";
  using key = gesta::by<"id">;
};

inline auto make() { return gesta::change<customer>::of_truncated(); }
