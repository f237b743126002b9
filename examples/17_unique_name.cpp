// A name that only one user may have: neither the user nor the name alone could decide it. Who takes another name gives the old one back.
// On SQLite: any number of programs may run on the file at once.
#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <cstdio>

#include "forum.hpp"

using namespace users;

struct forum : gesta::model<names> {};

int main() {
  auto app = gesta::start<forum>(gesta::sqlite_store{.path = "forum.db"});
  const auto take = [&](const char* wanted, int user) {
    app.handle(take_name{wanted, {user}})
        .match([&](const name& n, const struct user& u) { std::printf("user %d: %s is held by %d\n", user, u.name.c_str(), n.holder); },
               [&](const in_use& no) { std::printf("user %d: %s is in use by %d\n", user, wanted, no.by); },
               [](const gesta::failure& why) { std::printf("%s\n", why.describe()); });
  };
  take("anna", 1);
  take("anna", 2);
  take("bob", 2);
  take("anne", 1);  // gives "anna" back
  take("anna", 2);  // gives "bob" back
  if (const auto left = app.handle(leave{{1}}); !left) return 1;
  take("anne", 3);

  for (const char* one : {"anna", "anne", "bob"}) std::printf("%s: %d\n", one, app.state<name>(one).holder);
  std::printf("anna at position 1: %d\n", app.state<name>("anna", gesta::at_position{1})->holder);

  // Another app on the file, here or in another program: it knows all that was kept.
  auto other = gesta::start<forum>(gesta::sqlite_store{.path = "forum.db"});
  other.handle(take_name{"anna", {4}})
      .match([](const name&, const user&) {}, [](const in_use& no) { std::printf("elsewhere: anna is in use by %d\n", no.by); },
             [](const gesta::failure& why) { std::printf("%s\n", why.describe()); });
}
