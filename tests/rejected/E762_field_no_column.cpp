// [gesta E762] the Row is no plain struct whose fields are columns, or has a Field that none is; a field is a number, a bool, an enum,  gesta::text<N>,  std::string, a list of bytes, or a std::optional of these
// in row_not_of_columns<false, customer, address>
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
  address home;
  static constexpr auto table = "customers";
  using key = gesta::by<"id">;
};

inline auto make() { return gesta::change<customer>::of_truncated(); }
