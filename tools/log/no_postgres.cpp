// Logs in PostgreSQL, where the tool is built without libpq.
#include "file.hpp"
#include "postgres.hpp"

namespace tool {

namespace {

[[noreturn]] void refuse() { throw trouble{trouble::usage, "this gesta-log was built without PostgreSQL"}; }

}  // namespace

bool is_postgres(const std::string& name) {
  gesta::postgres_place place;
  if (gesta::read_postgres_place(name, place)) refuse();
  return false;
}
gesta::postgres_place place_of(const std::string&) { refuse(); }
std::string shown(const std::string& name) { return name; }
postgres_layout lay_out(sqlite3*, const std::string&, const std::string&, bool) { refuse(); }
void append_to_postgres(const std::string&, const std::function<appended()>&) { refuse(); }
int copy_to_postgres(const std::string&, const std::string&) { refuse(); }

}  // namespace tool
