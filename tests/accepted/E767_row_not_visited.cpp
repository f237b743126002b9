#include <gesta/gesta.hpp>

#include <gesta/capture/deliver.hpp>
#include <gesta/capture/sqlite.hpp>

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
struct purchase {
  int id;
  static constexpr auto table = "purchases";
  using key = gesta::by<"id">;
};

struct visitor {
  void operator()(const gesta::change<customer>&) {}
  void operator()(const gesta::change<purchase>&) {}
};

int main() {
  gesta::sqlite_capture<customer, purchase> changes(nullptr, "crm");
  return changes.poll(visitor{}) ? 0 : 1;
}
