// [gesta E763] the Row does not say its table and its key; add  static constexpr auto table = "customers";  and  using key = gesta::by<"id">;  or, where several columns are the key, the name of a struct of them
// in row_without_table<false, customer>
#include <gesta/gesta.hpp>

#include <gesta/capture/change.hpp>

#include <cstdint>
#include <optional>
#include <string>

struct customer {
  std::int64_t id;
  std::string name;
  static constexpr auto table = "customers";
};

inline auto make() { return gesta::change<customer>::of_truncated(); }
