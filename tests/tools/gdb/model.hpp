// The model that the debugger is shown.
#pragma once

#include <gesta/gesta.hpp>

#include <cstdint>
#include <string>

namespace shown {

struct order_no {
  std::uint32_t value;
};

struct deposited {
  int amount;
  static constexpr auto id = "account.deposited";
};
struct noted {
  std::string text;
  static constexpr auto id = "account.noted";
};
struct deposit {
  int amount;
};
struct note {
  std::string text;
};
struct too_much {
  int most;
  static constexpr auto id = "account.too_much";
};
struct account {
  int balance = 0;
  int notes = 0;
};
constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
inline void evolve(account& a, const noted&) { ++a.notes; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited>::or_nothing::or_rejects<too_much> {
  if (c.amount == 0) return gesta::no_change;
  if (c.amount > 1000) return too_much{1000};
  return deposited{c.amount};
}
inline auto decide(const account&, const note& c) -> gesta::emits<noted> { return noted{c.text}; }
struct accounts : gesta::aggregate<account, gesta::commands<deposit, note>> {
  static constexpr auto id = "account";
};

struct counted {
  static constexpr auto id = "counter.counted";
};
struct count {};
struct counter {
  std::uint64_t value = 0;
};
constexpr void evolve(counter& c, const counted&) { ++c.value; }
constexpr auto decide(const counter&, const count&) -> gesta::emits<counted> { return counted{}; }
struct counters : gesta::aggregate<counter, gesta::commands<count>> {
  static constexpr auto id = "counter";
  using key = order_no;
};

struct total {
  long deposits = 0;
};
constexpr void project(total& t, const deposited&) { ++t.deposits; }

struct totals : gesta::projection<total> {
  static constexpr auto id = "totals";
};

struct bank : gesta::model<accounts, counters, totals> {};

struct claimed {
  gesta::text<8> name;
  static constexpr auto id = "name.claimed";
  using tags = gesta::tags<"name">;
};
struct claim {
  gesta::text<8> name;
};
struct taken {
  int times;
  static constexpr auto id = "name.taken";
};
struct owner {
  bool known = false;
  using tags = gesta::tags<"name">;
};
constexpr void evolve(owner& o, const claimed&) { o.known = true; }
constexpr auto decide(const owner& o, const claim& c) -> gesta::emits<claimed>::or_rejects<taken> {
  if (o.known) return taken{1};
  return claimed{c.name};
}
struct names : gesta::boundary<gesta::states<owner>, gesta::commands<claim>> {
  static constexpr auto id = "names";
};
struct register_of_names : gesta::model<names> {};

struct ticking {
  std::int64_t* now;
  gesta::timestamp operator()() const { return {*now += 1'000'000'001}; }
};

/// Where the debugger stops and shows what the caller has.
[[gnu::noinline]] inline void stop([[maybe_unused]] const char* where) { asm volatile("" ::: "memory"); }

}  // namespace shown
