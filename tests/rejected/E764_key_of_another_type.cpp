// [gesta E764] the key of the Row is no field of it, has another type there, or may be NULL; name fields that it has, with their types, and without std::optional
// in row_key_not_there<false, customer>
#include <gesta/gesta.hpp>

#include <gesta/capture/change.hpp>

#include <cstdint>
#include <optional>
#include <string>

struct customer_key {
  std::int64_t id;
  long number;
};
struct customer {
  std::int64_t id;
  int number;
  static constexpr auto table = "customers";
  using key = customer_key;
};

inline auto make() { return gesta::change<customer>::of_truncated(); }
