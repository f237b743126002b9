#include <gesta/gesta.hpp>

#include <gesta/capture/change.hpp>

#include <cstdint>
#include <optional>
#include <string>

struct address {
  std::string street;
  int number;
};
struct customer {
  std::int64_t id;
  std::string street;
  int number;
  static constexpr auto table = "customers";
  using key = gesta::by<"id">;
};

inline auto make() { return gesta::change<customer>::of_truncated(); }
