// Makes the files that the tests of gesta-log look into: `writer FILE`, `writer FILE many N`, which ends with 1 where it cannot.
#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace written {

// ---- an account: keys are text

struct opened {
  std::string owner;
  std::optional<double> limit;
  static constexpr auto id = "account.opened";
};
struct paid_in {
  std::int64_t cents;
  static constexpr auto id = gesta::event_id{"account.paid_in", 2};
};
struct paid_in_v1 {
  int euros;
  static constexpr auto id = "account.paid_in";
};
inline paid_in upcast(const paid_in_v1& old) { return {std::int64_t{100} * old.euros}; }
struct labelled {
  std::map<std::string, std::vector<std::variant<bool, std::string>>> labels;
  static constexpr auto id = "account.labelled";
};
struct too_much {
  std::int64_t most;
  static constexpr auto id = "account.too_much";
};
struct frozen {
  static constexpr auto id = "account.frozen";
};

struct open { std::string owner; };
struct pay_in { std::int64_t cents; };
struct label { std::string words; };
struct freeze {};

struct account {
  std::int64_t cents = 0;
};
inline void evolve(account&, const opened&) {}
inline void evolve(account& a, const paid_in& e) { a.cents += e.cents; }
inline void evolve(account&, const labelled&) {}
inline auto decide(const account&, const open& c) -> gesta::emits<opened> { return opened{c.owner, 0.1}; }
inline auto decide(const account&, const pay_in& c) -> gesta::emits<paid_in>::or_nothing::or_rejects<too_much> {
  if (c.cents == 0) return gesta::no_change;
  if (c.cents > 1000) return too_much{1000};
  return paid_in{c.cents};
}
inline auto decide(const account&, const label& c) -> gesta::emits<labelled> { return labelled{{{c.words, {true, c.words}}}}; }
inline auto decide(const account&, const freeze&) -> gesta::emits<labelled>::or_rejects<frozen> { return frozen{}; }

struct accounts : gesta::aggregate<account, gesta::commands<open, pay_in, label, freeze>> {
  static constexpr auto id = "account";
};

// ---- tallies of other kinds of keys

struct counted {
  std::uint8_t by;
  static constexpr auto id = "tally.counted";
};
struct count_up { std::uint8_t by; };
struct tally {
  std::uint64_t sum = 0;
};
inline void evolve(tally& t, const counted& e) { t.sum += e.by; }
inline auto decide(const tally&, const count_up& c) -> gesta::emits<counted> { return counted{c.by}; }
struct shelf {
  std::string room;
  std::int16_t row;
};
struct by_number : gesta::aggregate<tally, gesta::commands<count_up>> {
  static constexpr auto id = "tally.number";
  using key = std::uint64_t;
};

struct placed {
  std::string what;
  static constexpr auto id = "shelf.placed";
};
struct place { std::string what; };
struct contents {
  int pieces = 0;
};
inline void evolve(contents& c, const placed&) { ++c.pieces; }
inline auto decide(const contents&, const place& c) -> gesta::emits<placed> { return placed{c.what}; }
struct shelves : gesta::aggregate<contents, gesta::commands<place>> {
  static constexpr auto id = "shelf";
  using key = shelf;
};

struct world : gesta::model<accounts, by_number, shelves, gesta::history<paid_in_v1>> {};

struct ticking {
  gesta::timestamp operator()() const {
    static std::int64_t now = 1'700'000'000'000'000'000;
    return {now += 1'500'000'000};
  }
};

void everything(const char* path) {
  auto app = gesta::start<world>(gesta::sqlite_store{path}, ticking{});
  (void)app.handle("alice", open{"Alice \"A\" \xc3\xa4"});
  (void)app.handle("alice", pay_in{100}, gesta::once{"shop", 1});
  (void)app.handle("alice", pay_in{0}, gesta::once{"shop", 2});
  (void)app.handle("alice", pay_in{5000}, gesta::once{"shop", 3});
  (void)app.handle("alice", freeze{}, gesta::once{"bank", 1});
  (void)app.handle("alice", label{"vip"});
  (void)app.handle(std::string("z\0ro", 4), open{"zero"});
  (void)app.handle("\xff", open{"no UTF-8 \xff"});
  (void)app.handle(std::uint64_t{7}, count_up{1});
  (void)app.handle(~std::uint64_t{0}, count_up{2});
  (void)app.handle(shelf{"north", -3}, place{"jam"});
  (void)app.handle("bob", open{"Bob"});
  for (int i = 1; i <= 4; ++i) (void)app.handle("bob", pay_in{i});
  (void)app.handle("eve", open{"Eve"});
  (void)app.handle("eve", pay_in{6}, gesta::once{"shop", ~std::uint64_t{0}});
}

bool many(const char* path, int events) {
  auto app = gesta::start<world>(gesta::sqlite_store{path, gesta::durability::process}, ticking{});
  auto batch = app.batch();
  for (int i = 0; i < events; ++i) (void)batch.handle("account " + std::to_string(i % 97), pay_in{i % 1000 + 1});
  return static_cast<bool>(batch.commit());
}

}  // namespace written

int main(int count, char** words) {
  if (count == 4 && std::strcmp(words[2], "many") == 0) return written::many(words[1], std::atoi(words[3])) ? 0 : 1;
  if (count == 2) written::everything(words[1]);
  else return std::fputs("usage: writer FILE [many N]\n", stderr), 2;
}
