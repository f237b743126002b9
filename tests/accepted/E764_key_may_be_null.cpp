#include <gesta/gesta.hpp>

#include <gesta/capture/change.hpp>

#include <cstdint>
#include <optional>
#include <string>

struct customer {
  std::int64_t id;
  int number;
  static constexpr auto table = "customers";
  using key = gesta::by<"number">;
};

inline auto make() { return gesta::change<customer>::of_truncated(); }
