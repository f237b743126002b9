// Personal data in a running app: nothing that is kept or shown holds it, and whoever is forgotten is forgotten everywhere, while all else stays as it is.
#include <gesta/gesta.hpp>
#include <gesta/runtime/export.hpp>
#include <gesta/runtime/inbox.hpp>
#include <gesta/runtime/inlined.hpp>
#include <gesta/runtime/relay.hpp>
#include <gesta/runtime/saga_runner.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/store/sodium_sqlite.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>
#include <gesta/transport/in_process.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "../folder.hpp"

namespace {

// ---- a shop whose customers have names

struct customer_id {
  gesta::text<20> value;
  static constexpr auto id = "customer";
};
using name = gesta::personal<customer_id, std::string>;

struct registered {
  customer_id customer;
  name called;
  static constexpr auto id = gesta::event_id{"customer.registered", 2};
};
struct registered_1 {
  customer_id customer;
  name full_name;
  int age;
  static constexpr auto id = "customer.registered";
};
inline registered upcast(const registered_1& old) { return {old.customer, old.full_name}; }
struct sent {
  customer_id customer;
  name to;
  static constexpr auto id = "parcel.sent";
};
struct opened_note {
  customer_id customer;
  gesta::personal<customer_id, gesta::text<24>> words;  // a flat event
  static constexpr auto id = "note.opened";
};
struct visited {
  customer_id customer;
  name guest;
  static constexpr auto id = "customer.visited";
};

struct guest_told {
  customer_id customer;
  name guest;
  static constexpr auto id = gesta::integration_id{"crm.guest_told"};
};
inline guest_told publish(const visited& e) { return {e.customer, e.guest}; }

struct enroll { customer_id customer; std::string called; };
struct send { customer_id customer; name to; static constexpr auto id = "parcel.send"; };
struct note { customer_id customer; gesta::text<24> words; };
struct visit { customer_id customer; std::vector<std::string> guests; };
struct refused { static constexpr auto id = "customer.refused"; };

struct customer {
  name called;
  name last_guest;
  gesta::personal<customer_id, gesta::text<24>> words;
  int parcels = 0, guests = 0;
};
inline void evolve(customer& c, const registered& e) { c.called = e.called; }
inline void evolve(customer& c, const sent&) { ++c.parcels; }
inline void evolve(customer& c, const opened_note& e) { c.words = e.words; }
inline void evolve(customer& c, const visited& e) { ++c.guests, c.last_guest = e.guest; }
inline auto decide(const customer&, const enroll& c) -> gesta::emits<registered> { return registered{c.customer, c.called}; }
inline auto decide(const customer& was, const send& c) -> gesta::emits<sent>::or_rejects<refused> {
  if (was.called.is_blank()) return refused{};
  return sent{c.customer, c.to};
}
inline auto decide(const customer&, const note& c) -> gesta::emits<opened_note> { return opened_note{c.customer, c.words}; }
inline auto decide(const customer&, const visit& c) -> gesta::emits<gesta::many<visited>> {
  return gesta::each(c.guests, [who = &c.customer](const std::string& guest) { return visited{*who, guest}; });
}
struct customers : gesta::aggregate<customer, gesta::commands<enroll, send, note, visit>, gesta::by<"customer">> { static constexpr auto id = "customer"; };

// Who is registered gets a parcel.
struct welcome { static constexpr auto id = "welcome"; };
inline send react(const welcome&, const registered& e) { return {e.customer, e.called}; }
inline void react(const welcome&, const send&, const refused&) {}

struct row {
  customer_id customer;
  name called;
  int parcels = 0;
};
inline void project(row& r, const registered& e) { r.called = e.called; }
inline void project(row& r, const sent&) { ++r.parcels; }
struct people : gesta::projection<gesta::rows<row, "customer">> { static constexpr auto id = "people"; };

using later = gesta::delayed<send>;
struct hotel : gesta::model<customers, gesta::from_outside<guest_told>, gesta::history<registered_1>> {};
struct outlet { static constexpr auto id = "crm.outlet"; };
struct inlet { static constexpr auto id = "hotel.inlet"; };
struct strange_inlet { static constexpr auto id = "strange.inlet"; };
struct shop : gesta::model<customers, people, gesta::reactors<welcome>, later, gesta::history<registered_1>> {};

std::int64_t now = 0;
struct test_clock {
  gesta::timestamp operator()() const noexcept { return {now}; }
};

gesta::master_key master(char fill) { return gesta::master_key(std::string(32, fill).data(), 32); }

template <class Outcome>
std::string cause(const Outcome& outcome) {
  std::string why;
  outcome.match([&](const auto& was) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(was)>, gesta::failure>) why = was.describe();
  });
  return why;
}
/// Every byte of every file of a folder.
std::string all_bytes(const std::string& path) {
  std::string all;
  for (const auto& file : std::filesystem::recursive_directory_iterator(path)) {
    std::ifstream in(file.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), {});
    all += '\0';
  }
  return all;
}
bool holds(const std::string& bytes, std::string_view text) { return bytes.find(text) != std::string::npos; }

const customer_id ada{"ada"}, bob{"bob"};

/// Two customers of whom much is known.
template <class App>
void fill(App& app) {
  CHECK(cause(app.handle(enroll{ada, "Ada Lovelace"})).empty());
  CHECK(cause(app.handle(note{ada, "likes engines"})).empty());
  CHECK(cause(app.handle(visit{ada, {"Charles Babbage", "Mary Somerville"}})).empty());
  CHECK(app.append(gesta::facts<customers>(bob, gesta::expected::none(), registered{bob, "Bob Marley"}, visited{bob, "Rita Marley"})));
}
template <class App, class Keys>
void check_all_there(App& app, Keys& keys) {
  const auto& state = app.template state<customers>(ada);
  CHECK(keys.open(state.called).value_or("") == "Ada Lovelace");
  CHECK(keys.open(state.words).value_or("") == gesta::text<24>("likes engines"));
  CHECK(keys.open(state.last_guest).value_or("") == "Mary Somerville");
  CHECK(state.parcels == 1);
  CHECK(state.guests == 2);
  std::vector<std::string> names;
  CHECK(app.read({}, [&](const auto& event, const gesta::about& about) {
    using type = std::remove_cvref_t<decltype(event)>;
    if constexpr (std::is_same_v<type, sent>) names.push_back(*keys.open(event.to, about.position));
    if constexpr (std::is_same_v<type, visited>) names.push_back(*keys.open(event.guest));
  }));
  CHECK(names == std::vector<std::string>{"Ada Lovelace", "Charles Babbage", "Mary Somerville", "Rita Marley", "Bob Marley"});
}
template <class App, class Keys>
void check_ada_forgotten(App& app, Keys& keys) {
  const auto& state = app.template state<customers>(ada);
  CHECK(keys.open(state.called).is_forgotten());
  CHECK(keys.open(state.words).is_forgotten());
  CHECK(keys.open(state.last_guest).is_forgotten());
  CHECK(state.parcels == 1);  // and all else is as it was
  CHECK(state.guests == 2);
  CHECK(app.template version<customers>(ada) == 5);
  CHECK(keys.open(app.template state<customers>(bob).called).value_or("") == "Bob Marley");
}

}  // namespace

TEST_CASE("in memory a value is sealed before anybody has it, and forgotten by all at once") {
  gesta::memory_keys keys;
  auto app = gesta::start<shop>(gesta::memory_store{}, gesta::sealed_by(keys));
  fill(app);
  check_all_there(app, keys);
  CHECK(app.state<customers>(ada).called.given() == nullptr);
  std::string lines;
  CHECK(gesta::export_facts(app, [&](const char* text, std::size_t size) { lines.append(text, size); }));
  for (const char* const secret : {"Lovelace", "engines", "Babbage", "Marley"}) CHECK(!holds(lines, secret));
  CHECK(holds(lines, "\"called\":\"<personal>\""));
  const auto row_of_ada = keys.open(app.row<people>(ada)->called);
  CHECK(row_of_ada.value_or("") == "Ada Lovelace");

  REQUIRE(keys.forget(ada));
  check_ada_forgotten(app, keys);
  CHECK(keys.open(app.row<people>(ada)->called).is_forgotten());
  CHECK(app.row<people>(ada)->parcels == 1);
  auto past = app.state<customers>(ada, gesta::at_version{1});
  REQUIRE(past);
  CHECK(keys.open(past->called).is_forgotten());
}

TEST_CASE("in a file nothing of a value ever stands: not in the log, its journal, snapshots or views; and it is forgotten in each") {
  const folder here;
  REQUIRE(::mkdir((here / "log").c_str(), 0700) == 0);
  const gesta::sqlite_store store{.path = here / "log/shop.db"};
  std::string untouched;
  {
    gesta::sqlite_keys keys(here / "keys.db", master('m'));
    auto app = gesta::start<shop>(store, gesta::sealed_by(keys), gesta::snapshots{2}, gesta::inlined<people>{});
    fill(app);
    check_all_there(app, keys);
    REQUIRE(app.snapshot());
    CHECK(keys.open(app.row<people>(ada)->called).value_or("") == "Ada Lovelace");
    const std::string bytes = all_bytes(here / "log");
    CHECK(holds(bytes, "customer.registered"));
    for (const char* const secret : {"Lovelace", "engines", "Babbage", "Somerville", "Marley"}) CHECK(!holds(bytes, secret));
  }
  {
    std::ifstream in(store.path, std::ios::binary);
    untouched.assign(std::istreambuf_iterator<char>(in), {});
  }
  {
    gesta::sqlite_keys keys(here / "keys.db", master('m'));
    auto app = gesta::start<shop>(store, gesta::sealed_by(keys), gesta::snapshots{2}, gesta::inlined<people>{});
    check_all_there(app, keys);
    gesta::sqlite_keys elsewhere(here / "keys.db", master('m'));
    REQUIRE(elsewhere.forget(ada));  // another process
    check_ada_forgotten(app, keys);
    CHECK(keys.open(app.row<people>(ada)->called).is_forgotten());
  }
  {
    gesta::sqlite_keys keys(here / "keys.db", master('m'));
    auto app = gesta::start<shop>(store, gesta::sealed_by(keys));
    check_ada_forgotten(app, keys);
    auto reader = gesta::reader<shop>(store);
    std::size_t forgotten = 0, told = 0;
    CHECK(reader.read({}, [&](const auto& event, const gesta::about&) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(event)>, visited>) keys.open(event.guest) ? ++told : ++forgotten;
    }));
    CHECK(forgotten == 2);
    CHECK(told == 1);
  }
  std::ifstream in(store.path, std::ios::binary);
  const std::string after{std::istreambuf_iterator<char>(in), {}};
  CHECK(after == untouched);  // not a byte of the log was changed by forgetting
}

TEST_CASE("the same append again is recognised, also of values that only keys can tell apart") {
  gesta::memory_keys keys;
  const folder here;
  const auto run = [&](auto& app) {
    const auto facts = [&](const char* called) {
      return app.append(gesta::facts<customers>(bob, gesta::expected::none(), registered{bob, called}, opened_note{bob, "sings"}));
    };
    const auto first = facts("Bob Marley"), again = facts("Bob Marley"), other = facts("Bob Dylan");
    REQUIRE(first);
    REQUIRE(again);
    CHECK(again.repeated());
    CHECK(!other);
    CHECK(other.conflict() != nullptr);
  };
  auto in_memory = gesta::start<shop>(gesta::memory_store{}, gesta::sealed_by(keys));
  run(in_memory);
  auto on_file = gesta::start<shop>(gesta::sqlite_store{.path = here / "shop.db"}, gesta::sealed_by(keys));
  run(on_file);
}

TEST_CASE("what a batch takes back is gone, what it keeps is sealed") {
  gesta::memory_keys keys;
  auto app = gesta::start<shop>(gesta::memory_store{}, gesta::sealed_by(keys));
  {
    auto batch = app.batch();
    CHECK(cause(batch.handle(enroll{ada, "Ada Lovelace"})).empty());
  }
  CHECK(app.state<customers>(ada).called.is_blank());
  auto batch = app.batch();
  CHECK(cause(batch.handle(visit{ada, {"Charles", "Mary"}})).empty());
  REQUIRE(batch.commit());
  CHECK(keys.open(app.state<customers>(ada).last_guest).value_or("") == "Mary");
}

TEST_CASE("a command that waits is sealed too, and of who was forgotten meanwhile it tells nothing") {
  now = 1;
  const folder here;
  gesta::memory_keys keys;
  auto app = gesta::start<shop>(gesta::sqlite_store{.path = here / "shop.db"}, gesta::sealed_by(keys), test_clock{});
  REQUIRE(cause(app.handle(enroll{ada, "Ada Lovelace"})).empty());
  REQUIRE(app.later("parcel", send{ada, "Augusta King"}, gesta::timestamp{100}));
  CHECK(!holds(all_bytes(here.path), "Augusta"));
  auto runner = gesta::run_sagas(app, test_clock{});
  REQUIRE(keys.forget(ada));
  now = 200;
  CHECK(runner.poll().steps == 1);
  std::size_t parcels = 0;
  CHECK(app.read<customers>(ada, {}, [&](const auto& event, const gesta::about&) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(event)>, sent>) ++parcels, CHECK(keys.open(event.to).is_forgotten());
  }));
  CHECK(parcels == 2);
}

TEST_CASE("an old version of an event gives its value to the next one") {
  gesta::memory_keys keys;
  const folder here;
  const gesta::sqlite_store store{.path = here / "shop.db"};
  {
    auto app = gesta::start<shop>(store, gesta::sealed_by(keys));
    REQUIRE(cause(app.handle(enroll{ada, "Ada Lovelace"})).empty());
  }
  // The event as the older program stored it.
  registered_1 old{ada, "Ada Byron", 20};
  REQUIRE(keys.seal(old));
  std::vector<std::byte> bytes(gesta::encoded_size(old));
  gesta::encode(old, bytes.data());
  sqlite3* file = nullptr;
  sqlite3_stmt* change = nullptr;
  REQUIRE(sqlite3_open(store.path.c_str(), &file) == SQLITE_OK);
  const std::string type = std::string("insert or ignore into types (kind, id, version, form) values ('event', 'customer.registered', 1, '") + gesta::wire_form<registered_1> + "')";
  REQUIRE(sqlite3_exec(file, type.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_prepare_v2(file, "update events set payload = ?, type = (select type from types where id = 'customer.registered' and version = 1) where position = 1", -1,
                             &change, nullptr) == SQLITE_OK);
  sqlite3_bind_blob(change, 1, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
  REQUIRE(sqlite3_step(change) == SQLITE_DONE);
  sqlite3_finalize(change);
  sqlite3_close(file);
  auto app = gesta::start<shop>(store, gesta::sealed_by(keys));
  CHECK(app.broken() == nullptr);
  CHECK(keys.open(app.state<customers>(ada).called).value_or("") == "Ada Byron");
}

TEST_CASE("what was tampered with is corrupt where it is opened, at its position, and stops nobody") {
  gesta::memory_keys keys;
  const folder here;
  const gesta::sqlite_store store{.path = here / "shop.db"};
  {
    auto app = gesta::start<shop>(store, gesta::sealed_by(keys));
    fill(app);
  }
  sqlite3* file = nullptr;
  REQUIRE(sqlite3_open(store.path.c_str(), &file) == SQLITE_OK);
  // The last byte of the first guest's name, which may be any, and Ada's registration in the place of Bob's second event.
  REQUIRE(sqlite3_exec(file,
                       "update events set payload = cast(substr(payload, 1, length(payload) - 1) ||"
                       " case when substr(payload, -1) = x'00' then x'01' else x'00' end as blob) where position = 4;"
                       "update events set payload = (select e.payload from events e where e.position = 5) where position = 7",
                       nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(file);
  auto app = gesta::start<shop>(store, gesta::sealed_by(keys));
  REQUIRE(app.broken() == nullptr);
  std::string told;
  CHECK(app.read({}, [&](const auto& event, const gesta::about& about) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(event)>, visited>) {
      const auto guest = keys.open(event.guest, about.position);
      if (guest) told += *guest + ";";
      else told += std::to_string(guest.why().position) + (guest.why().why == gesta::failure::kind::corrupt ? " corrupt;" : " ?;");
    }
  }));
  CHECK(told == "4 corrupt;Mary Somerville;Mary Somerville;");  // the third is a whole event of Ada's: of whom it is stands beside it
  CHECK(cause(app.handle(note{bob, "sings"})).empty());
  CHECK(keys.open(app.state<customers>(bob).called).value_or("") == "Bob Marley");
}

TEST_CASE("without its keys an app reads and folds, and keeps no new value") {
  const folder here;
  const gesta::sqlite_store store{.path = here / "shop.db"};
  {
    gesta::sqlite_keys keys(here / "keys.db", master('m'));
    auto app = gesta::start<shop>(store, gesta::sealed_by(keys));
    fill(app);
  }
  gesta::sqlite_keys wrong(here / "keys.db", master('x'));
  auto app = gesta::start<shop>(store, gesta::sealed_by(wrong));
  CHECK(app.broken() == nullptr);
  CHECK(app.state<customers>(ada).guests == 2);
  const std::uint64_t last = app.last_position();
  CHECK(holds(cause(app.handle(enroll{ada, "Ada King"})), "master key"));
  CHECK(holds(cause(app.handle(visit{ada, {"Charles"}})), "master key"));
  const auto appended = app.append(gesta::facts<customers>(bob, gesta::expected::any(), visited{bob, "Peter Tosh"}));
  REQUIRE(!appended);
  CHECK(appended.why().why == gesta::failure::kind::wrong_key);
  const auto expected = app.append(gesta::facts<customers>(bob, gesta::expected{1}, visited{bob, "Peter Tosh"}));
  REQUIRE(!expected);
  CHECK(expected.why().why == gesta::failure::kind::wrong_key);
  CHECK(app.last_position() == last);
  CHECK(cause(app.handle(visit{ada, {}})).empty());  // what holds nothing personal goes on
  auto memory = gesta::start<shop>(gesta::memory_store{}, gesta::sealed_by(wrong));
  CHECK(holds(cause(memory.handle(enroll{ada, "Ada King"})), "master key"));
  CHECK(memory.last_position() == 0);
  CHECK(memory.state<customers>(ada).called.is_blank());
}

TEST_CASE("a value of one subject is not recorded in an event of another") {
  gesta::memory_keys keys;
  auto app = gesta::start<shop>(gesta::memory_store{}, gesta::sealed_by(keys));
  fill(app);
  const auto& called = app.state<customers>(ada).called;
  const send of_bob{bob, called};
  const std::uint64_t last = app.last_position();
  CHECK(holds(cause(app.handle(of_bob)), "of one subject"));
  CHECK(app.last_position() == last);
  CHECK(cause(app.handle(send{ada, app.state<customers>(ada).last_guest})).empty());
}

TEST_CASE("what others sealed is sealed anew where it is heard; what cannot be opened there is put aside, and keeps nobody waiting") {
  now = 1'000'000;
  gesta::in_process_hub hub{test_clock{}};
  gesta::in_process bus{hub};
  decltype(bus)::connection wire(bus);
  gesta::memory_keys keys, other_keys;
  auto app = gesta::start<shop>(gesta::memory_store{}, gesta::sealed_by(keys));
  auto same = gesta::start<hotel>(gesta::memory_store{}, gesta::sealed_by(keys));
  auto strange = gesta::start<hotel>(gesta::memory_store{}, gesta::sealed_by(other_keys));
  auto out = gesta::relay<outlet>(app, gesta::memory_views{}, wire, gesta::from_beginning{}, test_clock{});
  auto in = gesta::inbox<inlet>(same, bus, gesta::from_beginning{}, test_clock{});
  auto strange_in = gesta::inbox<strange_inlet>(strange, bus, gesta::from_beginning{}, test_clock{});

  CHECK(cause(app.handle(visit{ada, {"Charles Babbage"}})).empty());
  CHECK(app.append(gesta::facts<customers>(bob, gesta::expected::none(), visited{bob, "Rita Marley"}, visited{bob, {}})));
  CHECK(out.poll().handled == 3);
  guest_told forged{bob, {}};  // with bytes in the place of a sealed value that are none
  const std::byte noise[40] = {};
  REQUIRE(gesta::detail::personal_access::put(forged.guest, noise, sizeof noise));
  std::string payload(gesta::encoded_size(forged), '\0');
  gesta::encode(forged, reinterpret_cast<std::byte*>(payload.data()));
  gesta::cloud_event_headers headers;
  REQUIRE(headers.write({.id = "1", .source = "/stranger", .type = "crm.guest_told", .content_type = "application/vnd.gesta.binary"}));
  REQUIRE(wire.publish({.topic = "crm.guest_told", .id = "1", .headers = headers.all(), .payload = payload}) != 0);
  CHECK(keys.forget(ada));  // while it is on its way

  const auto came = [&](auto& inbox, auto& heard, auto& its_keys) {
    std::string told;
    for (gesta::received got = inbox.poll(); !got.caught_up && told.find("!") == std::string::npos; got = inbox.poll())
      if (!got) told += std::string(got.why().describe()) + "!";
    CHECK(heard.read({}, [&](const auto& event, const gesta::about&) {
      if constexpr (requires { event.guest; }) {
        const auto guest = its_keys.open(event.guest);
        told += guest ? *guest + ";" : guest.is_forgotten() ? "forgotten;" : std::string(guest.why().describe()) + ";";
      }
    }));
    CHECK(inbox.letters([&](const gesta::dead_letter& one) { told += "dead: " + std::string(one.cause) + ";"; }));
    return told;
  };
  CHECK(came(in, same, keys) == "forgotten;Rita Marley;;dead: a personal value is not what was sealed in its place;");
  const std::string unknown = "dead: a personal value was sealed under a key that this key store has never had;";
  CHECK(came(strange_in, strange, other_keys) == ";" + unknown + unknown + "dead: a personal value is not what was sealed in its place;");
}
