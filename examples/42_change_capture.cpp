// The rows of a table that another program part keeps, as typed changes: translated into commands of a model, each handled once.
#include "bank.hpp"

#include <gesta/gesta.hpp>

#include <gesta/capture/deliver.hpp>
#include <gesta/capture/sqlite.hpp>

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

// [row]
// A row of a table that is there already: which columns of it, by their names, and its key. Nothing else is said to anybody.
struct customer {
  std::int64_t id;
  gesta::text<40> name;
  std::optional<std::string> city;
  static constexpr auto table = "customers";
  using key = gesta::by<"id">;
};
// [/row]

struct bank : gesta::model<accounts> {};  // has words of its own: who is a customer there has an account here

// [translate]
// What a change means here. Each operation is answered, or it does not compile.
struct crm { static constexpr auto id = "crm"; };
auto account_of(std::int64_t customer) { return "customer " + std::to_string(customer); }

auto translate(const crm&, const gesta::inserted<customer>& c) { return gesta::to(account_of(c.key()), deposit{10}); }  // a welcome
std::optional<gesta::addressed<std::string, deposit>> translate(const crm&, const gesta::updated<customer>& c) {
  const auto* const before = c.before().get<"city">();
  const auto* const after = c.after().get<"city">();
  if (before == nullptr || after == nullptr || *before == *after) return std::nullopt;  // nullptr: not told, which is not NULL
  return gesta::to(account_of(c.key()), deposit{5});  // moved
}
auto translate(const crm&, const gesta::deleted<customer>& c) { return gesta::to(account_of(c.key()), withdraw{10}); }
void translate(const crm&, const gesta::truncated<customer>&) {}
void on_refusal(const crm&, const withdraw&, const insufficient_funds& no) { std::printf("  short by %d\n", no.missing); }
// [/translate]

// [visitor]
void print(const gesta::change<customer>& change) {
  change.match([](const gesta::inserted<customer>& c) { std::printf("  %d came\n", static_cast<int>(c.key())); },
               [](const gesta::updated<customer>& c) {
                 const customer* const now = c.after().whole();
                 std::printf("  %d is %s, %s\n", static_cast<int>(c.key()), now->name.c_str(), now->city ? now->city->c_str() : "nobody knows where");
               },
               [](const gesta::deleted<customer>& c) { std::printf("  %d left\n", static_cast<int>(c.key())); },
               [](const gesta::truncated<customer>&) { std::printf("  all left\n"); });
}
// [/visitor]

int main() {
  sqlite3* db = nullptr;
  sqlite3_open("crm.db", &db);
  const auto sql = [&](const char* text) { sqlite3_exec(db, text, nullptr, nullptr, nullptr); };
  sql("create table customers(id integer primary key, name text not null, city text); insert into customers values(1, 'Ann', 'Ulm')");
  auto app = gesta::start<bank>(gesta::memory_store{});
  {
    // [capture]
    gesta::sqlite_capture<customer> changes(db, "crm");
    if (!changes) return std::printf("%s\n", changes.why().describe()), 1;

    (void)gesta::deliver_backfill<crm>(changes, app);  // who is there already
    sql("insert into customers values(2, 'Bob', 'Bonn'), (3, 'Cem', null)");
    sql("begin; delete from customers; rollback");  // never told
    sql("update customers set city = 'Ulm' where id = 2");
    const gesta::captured done = gesta::deliver<crm>(changes, app);
    // [/capture]
    std::printf("delivered %d, Bob has %d\n", static_cast<int>(done.changes()), app.state<accounts>(account_of(2)).balance);
    sql("update customers set name = 'Annie' where id = 1; delete from customers where id = 3");
  }
  {
    gesta::sqlite_capture<customer> again(db, "crm");  // another start of the program: it goes on behind what was delivered
    std::printf("since then\n");
    if (!again.poll(print)) return 1;
    // It ends before it acknowledges, so the changes come once more. Who delivers them would decide nothing twice.
  }
  {
    gesta::sqlite_capture<customer> once_more(db, "crm");
    std::printf("again %d\n", static_cast<int>(gesta::deliver<crm>(once_more, app).changes()));
    std::printf("then %d\n", static_cast<int>(gesta::deliver<crm>(once_more, app).changes()));
  }
  sqlite3_close(db);
}
