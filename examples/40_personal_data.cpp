// Personal data: sealed under a key per person before anything is kept. Who is forgotten is forgotten everywhere, and the log stays as it is.
#include <gesta/gesta.hpp>
#include <gesta/store/sodium_sqlite.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/testing/print.hpp>

#include <cstdio>
#include <string>

#include "customers.hpp"

template <class Outcome>
void say(const Outcome& outcome) {
  outcome.match([](const customer&) {}, [](const gesta::failure& why) { std::printf("failed: %s\n", why.describe()); });
}

const customer_id ada{"ada"}, bob{"bob"};

// [open]
template <class Keys>
std::string shown(Keys& keys, const gesta::personal<customer_id, std::string>& sealed) {
  const auto name = keys.open(sealed);
  if (name) return *name;
  return name.is_forgotten() ? "(forgotten)" : name.why().describe();
}
// [/open]

int main() {
  // [start]
  const auto master = gesta::master_key::random();  // a program has it from where its secrets are
  gesta::sqlite_keys keys("keys.db", master);
  auto app = gesta::start<shop>(gesta::sqlite_store{.path = "shop.db"}, gesta::sealed_by(keys));
  // [/start]
  say(app.handle(enroll{ada, "Ada Lovelace", "ada@example.org"}));
  say(app.handle(order{ada, 1200}));
  say(app.handle(enroll{bob, "Bob Marley", "bob@example.org"}));
  std::printf("%s has spent %d\n", shown(keys, app.state<customers>(ada).name).c_str(), app.state<customers>(ada).cents);

  // Whoever prints an event, by gesta-log, as JSON or in a test, shows this:
  if (!app.read({.limit = 1}, [](const auto& event, const gesta::about&) {
        char words[120];
        gesta::print(event, words, sizeof words);
        std::printf("%s\n", words);
      }))
    return 1;

  // [forget]
  if (const auto done = keys.forget(ada); !done) std::printf("not forgotten: %s\n", done.why().describe());
  // [/forget]
  std::printf("%s has spent %d\n", shown(keys, app.state<customers>(ada).name).c_str(), app.state<customers>(ada).cents);
  std::printf("%s is there, and so are all %d events\n", shown(keys, app.state<customers>(bob).name).c_str(), static_cast<int>(app.last_position()));

  // Another program with another master key is told so; nothing looks forgotten that is not.
  gesta::sqlite_keys others("keys.db", gesta::master_key::random());
  std::printf("another master key: %s\n", shown(others, app.state<customers>(bob).name).c_str());
}
