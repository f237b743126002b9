// What the debugger is shown of apps on SQLite: one at work, one whose file belongs to another program.
#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <cstdint>
#include <cstdio>

#include "model.hpp"

namespace shown {

namespace {

std::int64_t start = 1'700'000'000'000'000'000;

void at_work() {
  auto app = gesta::start<bank>(gesta::sqlite_store{"bank.db"}, ticking{&start});
  (void)app.handle("alice", deposit{100});
  auto refused = app.handle(order_no{7}, count{}, gesta::expected{3});
  auto batch = app.batch();
  (void)batch.handle("alice", note{"x"});
  stop("at work");
}

void broken() {
  if (std::FILE* const other = std::fopen("other.db", "w")) {
    std::fputs("not a database", other);
    std::fclose(other);
  }
  auto app = gesta::start<bank>(gesta::sqlite_store{"other.db"}, ticking{&start});
  auto failed = app.handle("alice", deposit{1});
  stop("broken");
}

}  // namespace

}  // namespace shown

int main() {
  shown::at_work();
  shown::broken();
}
