// The promises of store/sodium.hpp and store/sodium_sqlite.hpp: what is sealed is opened by its keys alone, what is forgotten stays so, and whatever was
// tampered with is told.
#include <gesta/gesta.hpp>
#include <gesta/store/sodium_sqlite.hpp>
#include <gesta/testing/laws/key_store.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "../folder.hpp"

namespace {

struct customer_id {
  gesta::text<20> value;
  static constexpr auto id = "customer";
};
struct account_no {
  std::uint32_t value;
  static constexpr auto id = "account";
};
using name = gesta::personal<customer_id, std::string>;
using short_name = gesta::personal<customer_id, gesta::text<40>>;

struct registered {
  customer_id customer;
  name called;
  name mail;
  static constexpr auto id = "customer.registered";
};
struct moved {
  customer_id customer;
  name called;
  static constexpr auto id = "customer.moved";
};
struct entry {
  account_no account;
  gesta::personal<account_no, std::int64_t> amount;
};
struct noted {  // every place in which a value may stand
  customer_id customer;
  short_name in_place;
  std::optional<name> maybe;
  std::vector<name> several;
  std::vector<entry> entries;
  std::map<int, name> by_number;
  std::array<short_name, 2> two;
  static constexpr auto id = "customer.noted";
};

// Bytes that a test knows: the same sequence for each object is begun by seed().
std::uint64_t drawn = 0;
void counted(void* to, std::size_t size) {
  auto* const bytes = static_cast<unsigned char*>(to);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<unsigned char>(gesta::detail::mix(++drawn));
}

gesta::master_key master(char fill) { return gesta::master_key(std::string(32, fill).data(), 32); }

template <class Message>
std::vector<std::byte> bytes_of(const Message& message) {
  std::vector<std::byte> bytes(gesta::encoded_size(message));
  gesta::encode(message, bytes.data());
  return bytes;
}
template <class Message>
Message read(const std::vector<std::byte>& bytes) {
  Message message{};
  REQUIRE(gesta::decode(bytes.data(), bytes.size(), message));
  gesta::detail::settle_personal(message);
  return message;
}
template <class Bytes>
bool holds(const Bytes& bytes, std::string_view text) {
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()).find(text) != std::string_view::npos;
}
std::string hex(const std::vector<std::byte>& bytes) {
  std::string out;
  for (const std::byte byte : bytes) {
    out += "0123456789abcdef"[static_cast<unsigned>(byte) >> 4];
    out += "0123456789abcdef"[static_cast<unsigned>(byte) & 15];
  }
  return out;
}
std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
template <class Opened>
bool is(const Opened& opened, gesta::failure::kind why) {
  return !opened && !opened.is_forgotten() && opened.why().why == why;
}

}  // namespace

TEST_CASE("keys in memory keep the laws of a store of keys") {
  gesta::memory_keys keys;
  std::size_t broken = 0;
  const std::size_t cases = gesta::laws::of_key_store(keys, [&](const char* law) {
    ++broken;
    MESSAGE(law);
  });
  CHECK(broken == 0);
  CHECK(cases > 300);
}

TEST_CASE("keys in a file keep the laws of a store of keys") {
  const folder here;
  gesta::sqlite_keys keys(here / "keys.db", master('m'));
  REQUIRE(keys.broken() == nullptr);
  std::size_t broken = 0;
  const std::size_t cases = gesta::laws::of_key_store(keys, [&](const char* law) {
    ++broken;
    MESSAGE(law);
  });
  CHECK(broken == 0);
  CHECK(cases > 300);
}

TEST_CASE("a sealed value is opened by its keys, wherever it stands in an event, and nothing of it is written") {
  gesta::memory_keys keys;
  noted event{{"ada"}, "in the place", name("maybe Ada"), {"several one", "several two"}, {{{7}, 4711}, {{8}, -4711}}, {{3, "by the number"}}, {"two one", "two two"}};
  CHECK(bytes_of(event).size() == 4 + 1 + 2 + 3 + (1 + 2 * 5) + (1 + 5) + 2);  // a value in the open is written by nobody
  REQUIRE(keys.seal(event));
  CHECK(event.in_place.given() == nullptr);
  const auto bytes = bytes_of(event);
  for (const char* const secret : {"in the place", "maybe Ada", "several one", "several two", "by the number", "two one", "two two"}) CHECK(!holds(bytes, secret));
  const auto again = read<noted>(bytes);
  CHECK(keys.open(again.in_place)->size() == 12);
  CHECK(keys.open(*again.maybe).value_or("") == "maybe Ada");
  CHECK(keys.open(again.several[1]).value_or("") == "several two");
  CHECK(keys.open(again.entries[0].amount).value_or(0) == 4711);
  CHECK(keys.open(again.entries[1].amount).value_or(0) == -4711);
  CHECK(keys.open(again.by_number.at(3)).value_or("") == "by the number");
  CHECK(keys.open(again.two[1]).value_or("") == gesta::text<40>("two two"));

  REQUIRE(keys.forget(account_no{7}));
  CHECK(keys.open(again.entries[0].amount).is_forgotten());
  CHECK(keys.open(again.entries[1].amount).value_or(0) == -4711);  // of another subject
  CHECK(keys.open(again.in_place));
  REQUIRE(keys.forget(customer_id{"ada"}));
  CHECK(keys.open(again.in_place).is_forgotten());
  CHECK(keys.open(again.several[0]).is_forgotten());
  CHECK(bytes_of(again) == bytes);
}

TEST_CASE("an empty value is a value, and a blank one is not") {
  gesta::memory_keys keys;
  registered event{{"ada"}, std::string(), {}};
  REQUIRE(keys.seal(event));
  CHECK(event.called.is_sealed());
  CHECK(event.mail.is_blank());
  CHECK(keys.open(event.called).value_or("?").empty());
  CHECK(keys.open(event.mail).value_or("?").empty());
  REQUIRE(keys.forget(customer_id{"ada"}));
  CHECK(keys.open(event.called).is_forgotten());
  CHECK(!keys.open(event.mail).is_forgotten());
}

TEST_CASE("the same value in the same place is the same bytes, and in any other place others") {
  gesta::memory_keys keys;
  registered one{{"ada"}, "Ada", "Ada"}, same = one, other{{"bob"}, "Ada", "Ada"}, longer{{"ada"}, "Ada ", "Ada"};
  moved next{{"ada"}, "Ada"};
  REQUIRE(keys.seal(one));
  REQUIRE(keys.seal(same));
  REQUIRE(keys.seal(other));
  REQUIRE(keys.seal(longer));
  REQUIRE(keys.seal(next));
  CHECK(bytes_of(one) == bytes_of(same));
  CHECK(one.called == same.called);
  CHECK(!(one.called == one.mail));
  CHECK(!(one.called == other.called));
  CHECK(!(one.called == longer.called));
  CHECK(!(one.called == next.called));
  const auto before = bytes_of(one);
  REQUIRE(keys.seal(one));  // it is sealed already
  CHECK(bytes_of(one) == before);
}

TEST_CASE("the bytes of a sealed value are pinned") {
  drawn = 0;
  gesta::memory_keys keys(&counted);
  moved event{{"ada"}, "Ada Lovelace"};
  REQUIRE(keys.seal(event));
  CHECK(hex(bytes_of(event)) == "036164615b0158c703c29aa6ac090c637573746f6d657200616461c1ceedca5a00d73664ca9d03ff3e0507f0d393596a190000ae085a9eb04228321f7fc8ad0b8ced6efbc8dc834b592c30abb788a71f824df0a6cdc1b4030e7644b50750024b");
}

TEST_CASE("any bit that is changed in a sealed value is told, and nothing is read of it") {
  gesta::memory_keys keys;
  moved event{{"ada"}, "Ada Lovelace"};
  REQUIRE(keys.seal(event));
  const auto bytes = bytes_of(event);
  const std::size_t begin = 4 + 1;  // behind the customer and the number of sealed bytes
  std::size_t unknown = 0;
  for (std::size_t bit = begin * 8; bit < bytes.size() * 8; ++bit) {
    auto changed = bytes;
    changed[bit / 8] ^= static_cast<std::byte>(1u << bit % 8);
    const auto opened = keys.open(read<moved>(changed).called, 17);
    REQUIRE(!opened);
    REQUIRE(!opened.is_forgotten());
    if (opened.why().why == gesta::failure::kind::no_key) ++unknown;  // its name was changed
    else REQUIRE(opened.why().why == gesta::failure::kind::corrupt);
    REQUIRE(opened.why().position == 17);
  }
  CHECK(unknown == 16 * 8);
}

TEST_CASE("no bytes are too wild to be opened") {
  gesta::memory_keys keys;
  moved event{{"ada"}, "Ada Lovelace"};
  REQUIRE(keys.seal(event));
  const auto whole = bytes_of(event.called);
  std::uint64_t random = 1;
  const auto draw = [&](std::uint64_t n) { return gesta::detail::mix(++random) % n; };
  std::size_t read_well = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::byte> bytes(whole.begin() + 1, whole.end());
    if (round % 3 == 0) bytes.resize(draw(bytes.size() + 1));
    for (std::uint64_t changes = draw(4); changes != 0 && !bytes.empty(); --changes) bytes[draw(bytes.size())] = static_cast<std::byte>(draw(256));
    if (round % 7 == 0)
      for (auto& byte : bytes) byte = static_cast<std::byte>(draw(256));
    name value;
    REQUIRE(gesta::detail::personal_access::put(value, bytes.data(), bytes.size()));
    const auto opened = keys.open(value);
    if (opened) ++read_well, REQUIRE((*opened == "Ada Lovelace" || (bytes.empty() && opened->empty())));
    gesta::detail::sealed_parts parts;
    (void)gesta::detail::take_apart(bytes.data(), bytes.size(), parts);
  }
  CHECK(read_well > 100);
}

TEST_CASE("a sealed value that was put into another field, or into the event of another subject, is damaged there") {
  gesta::memory_keys keys;
  registered ada{{"ada"}, "Ada", "ada@example.org"}, bob{{"bob"}, "Bob", "bob@example.org"};
  REQUIRE(keys.seal(ada));
  REQUIRE(keys.seal(bob));
  registered swapped = ada;
  std::swap(swapped.called, swapped.mail);
  swapped = read<registered>(bytes_of(swapped));
  CHECK(is(keys.open(swapped.called), gesta::failure::kind::corrupt));
  CHECK(is(keys.open(swapped.mail), gesta::failure::kind::corrupt));
  registered stolen = ada;
  stolen.called = bob.called;
  stolen = read<registered>(bytes_of(stolen));
  CHECK(is(keys.open(stolen.called), gesta::failure::kind::corrupt));
  CHECK(keys.open(stolen.mail).value_or("") == "ada@example.org");
  const auto elsewhere = read<moved>(bytes_of(moved{{"ada"}, ada.called}));
  CHECK(is(keys.open(elsewhere.called), gesta::failure::kind::corrupt));
}

TEST_CASE("a value that another event takes over is sealed for it, stays forgotten, and never changes its subject") {
  gesta::memory_keys keys;
  registered ada{{"ada"}, "Ada", "ada@example.org"};
  REQUIRE(keys.seal(ada));
  moved next{{"ada"}, ada.called};
  REQUIRE(keys.seal(next));
  CHECK(keys.open(read<moved>(bytes_of(next)).called).value_or("") == "Ada");

  moved of_bob{{"bob"}, ada.called};
  CHECK(!keys.seal(of_bob));
  CHECK(keys.last_failure().why == gesta::failure::kind::differs);

  moved broken{{"ada"}, {}};
  constexpr std::byte none{0xff};
  REQUIRE(gesta::detail::personal_access::put(broken.called, &none, 1));
  CHECK(!keys.seal(broken));
  CHECK(keys.last_failure().why == gesta::failure::kind::corrupt);

  REQUIRE(keys.forget(customer_id{"ada"}));
  moved later{{"ada"}, ada.called};
  REQUIRE(keys.seal(later));
  const auto stored = read<moved>(bytes_of(later));
  CHECK(keys.open(stored.called).is_forgotten());
  registered back{{"ada"}, stored.called, "ada@example.com"};  // who comes back has a new key; what was forgotten is not brought back by it
  REQUIRE(keys.seal(back));
  const auto kept = read<registered>(bytes_of(back));
  CHECK(keys.open(kept.called).is_forgotten());
  CHECK(keys.open(kept.mail).value_or("") == "ada@example.com");

  gesta::memory_keys others;  // a forgotten mark is no proof: keys that never forgot it do not know it
  CHECK(is(others.open(kept.called), gesta::failure::kind::no_key));
  CHECK(is(others.open(kept.mail), gesta::failure::kind::no_key));
  moved unknown{{"ada"}, kept.mail};
  CHECK(!others.seal(unknown));
  CHECK(others.last_failure().why == gesta::failure::kind::no_key);
}

TEST_CASE("keys in a file outlive the program, and a forgotten one does not") {
  const folder here;
  registered ada{{"ada"}, "Ada", "ada@example.org"}, bob{{"bob"}, "Bob", "bob@example.org"};
  std::string before;
  {
    gesta::sqlite_keys keys(here / "keys.db", master('m'));
    REQUIRE(keys.seal(ada));
    REQUIRE(keys.seal(bob));
    before = content(here / "keys.db");
  }
  struct ::stat file {};
  REQUIRE(::stat((here / "keys.db").c_str(), &file) == 0);
  CHECK((file.st_mode & 0777) == 0600);
  CHECK(!holds(before, "ada"));  // the file names nobody
  {
    gesta::sqlite_keys keys(here / "keys.db", master('m')), others(here / "keys.db", master('m'));
    CHECK(keys.open(ada.called).value_or("") == "Ada");
    CHECK(others.open(ada.called).value_or("") == "Ada");
    REQUIRE(keys.forget(customer_id{"ada"}));
    CHECK(others.open(ada.called).is_forgotten());  // at once, for all
    CHECK(others.open(bob.called).value_or("") == "Bob");
  }
  gesta::sqlite_keys keys(here / "keys.db", master('m'));
  CHECK(keys.open(ada.called).is_forgotten());
  CHECK(keys.open(bob.called).value_or("") == "Bob");
  // Of the two wrapped keys that the file held one is left: of the other no 16 bytes stand anywhere.
  const std::string after = content(here / "keys.db");
  std::size_t left = 0, gone = 0;
  for (std::size_t at = 0; at + 16 <= before.size(); ++at) {
    const std::string piece = before.substr(at, 16);
    bool looks_random = true;
    for (std::size_t i = 0; i < 16; ++i) looks_random = looks_random && piece.find(piece[i]) == i;
    if (looks_random) ++(after.find(piece) == std::string::npos ? gone : left);
  }
  CHECK(left > 20);
  CHECK(gone > 20);
  CHECK(content(here / "keys.db-journal").empty());
}

TEST_CASE("two objects make one key for one subject") {
  const folder here;
  gesta::sqlite_keys one(here / "keys.db", master('m')), other(here / "keys.db", master('m'));
  registered first{{"ada"}, "Ada", ""}, second = first;
  REQUIRE(one.seal(first));
  REQUIRE(other.seal(second));
  CHECK(bytes_of(first) == bytes_of(second));
}

TEST_CASE("another master key, another file and what is no file of keys are told apart from what was forgotten") {
  const folder here;
  registered ada{{"ada"}, "Ada", ""};
  {
    gesta::sqlite_keys keys(here / "keys.db", master('m'));
    REQUIRE(keys.seal(ada));
  }
  gesta::sqlite_keys wrong(here / "keys.db", master('x'));
  REQUIRE(wrong.broken() != nullptr);
  CHECK(wrong.broken()->why == gesta::failure::kind::wrong_key);
  CHECK(is(wrong.open(ada.called), gesta::failure::kind::wrong_key));
  registered bob{{"bob"}, "Bob", ""};
  CHECK(!wrong.seal(bob));
  CHECK(wrong.last_failure().why == gesta::failure::kind::wrong_key);
  const auto refused = wrong.forget(customer_id{"ada"});
  REQUIRE(!refused);
  CHECK(refused.why().why == gesta::failure::kind::wrong_key);

  gesta::sqlite_keys other(here / "other.db", master('m'));
  CHECK(is(other.open(ada.called), gesta::failure::kind::no_key));
  gesta::sqlite_keys short_one(here / "keys.db", gesta::master_key("short", 5));
  REQUIRE(short_one.broken() != nullptr);
  CHECK(short_one.broken()->why == gesta::failure::kind::wrong_key);
  gesta::sqlite_keys nowhere(here / "no/such/folder/keys.db", master('m'));
  REQUIRE(nowhere.broken() != nullptr);
  CHECK(nowhere.broken()->why == gesta::failure::kind::cannot_open);
  {
    std::ofstream(here / "text.db") << "this is no file of keys, and no database either; it is some text of a certain length, which goes on for a while "
                                       "so that it has more bytes than the head of a database";
  }
  gesta::sqlite_keys text(here / "text.db", master('m'));
  REQUIRE(text.broken() != nullptr);
  CHECK(text.broken()->why == gesta::failure::kind::corrupt);
  gesta::sqlite_keys keys(here / "keys.db", master('m'));
  CHECK(keys.open(ada.called).value_or("") == "Ada");
}

TEST_CASE("another master key takes the place of the old one, and nothing that was forgotten comes back") {
  const folder here;
  registered ada{{"ada"}, "Ada", ""}, bob{{"bob"}, "Bob", ""}, carol{{"carol"}, "Carol", ""};
  gesta::sqlite_keys keys(here / "keys.db", master('m')), late(here / "keys.db", master('m'));
  REQUIRE(keys.seal(ada));
  REQUIRE(keys.seal(bob));
  REQUIRE(keys.forget(customer_id{"bob"}));
  REQUIRE(keys.rotate(master('n')));
  CHECK(keys.open(ada.called).value_or("") == "Ada");
  CHECK(keys.open(bob.called).is_forgotten());
  REQUIRE(keys.seal(carol));

  CHECK(is(late.open(ada.called), gesta::failure::kind::wrong_key));  // it goes by the old one
  CHECK(!late.seal(ada = registered{{"dora"}, "Dora", ""}));
  CHECK(late.last_failure().why == gesta::failure::kind::wrong_key);
  CHECK(gesta::sqlite_keys(here / "keys.db", master('m')).broken() != nullptr);
  gesta::sqlite_keys again(here / "keys.db", master('n'));
  REQUIRE(again.broken() == nullptr);
  CHECK(again.open(carol.called).value_or("") == "Carol");
  CHECK(!again.rotate(gesta::master_key("short", 5)));
  CHECK(again.open(carol.called).value_or("") == "Carol");
}

TEST_CASE("a key that was changed in its file is corrupt, and no other key is") {
  const folder here;
  registered ada{{"ada"}, "Ada", ""}, bob{{"bob"}, "Bob", ""};
  gesta::sqlite_keys keys(here / "keys.db", master('m'));
  REQUIRE(keys.seal(ada));
  REQUIRE(keys.seal(bob));
  sqlite3* file = nullptr;
  REQUIRE(sqlite3_open((here / "keys.db").c_str(), &file) == SQLITE_OK);
  // Each gets what the other was wrapped as: the name and the subject are bound to it.
  REQUIRE(sqlite3_exec(file, "create temp table k as select * from keys; "
                       "update keys set wrapped = (select k.wrapped from k where k.name <> keys.name)", nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK(is(keys.open(ada.called), gesta::failure::kind::corrupt));
  CHECK(is(keys.open(bob.called), gesta::failure::kind::corrupt));
  REQUIRE(sqlite3_exec(file, "update keys set wrapped = (select k.wrapped from k where k.name = keys.name); "
                             "update keys set wrapped = x'00' where name = (select min(name) from keys)", nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK(is(keys.open(ada.called), gesta::failure::kind::corrupt) != is(keys.open(bob.called), gesta::failure::kind::corrupt));
  CHECK((keys.open(ada.called).value_or("") == "Ada") != (keys.open(bob.called).value_or("") == "Bob"));
  sqlite3_close(file);
}

TEST_CASE("a file that another program writes is busy when patience is over, and nothing is lost") {
  const folder here;
  gesta::sqlite_keys keys(here / "keys.db", master('m'), 20);
  registered ada{{"ada"}, "Ada", ""};
  sqlite3* file = nullptr;
  REQUIRE(sqlite3_open((here / "keys.db").c_str(), &file) == SQLITE_OK);
  REQUIRE(sqlite3_exec(file, "begin immediate", nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK(!keys.seal(ada));
  CHECK(keys.last_failure().why == gesta::failure::kind::busy);
  CHECK(ada.called.given() != nullptr);
  CHECK(!keys.forget(customer_id{"ada"}));
  REQUIRE(sqlite3_exec(file, "rollback", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(file);
  REQUIRE(keys.seal(ada));
  CHECK(keys.open(ada.called).value_or("") == "Ada");
}
