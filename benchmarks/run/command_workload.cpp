// W3: makes the commands, and works out on the way what the right answers are.
// The account rules are written out here a second time, without a log, so that a contender is not its own judge.
#include "command.hpp"

namespace command {
namespace {

struct entity {
  account state;
  std::uint64_t version = 0;
};

// The rules, once more: what a request does to an entity and to the caller's tally.
void apply(entity& e, const request& r, tally& t) {
  if (r.expected != e.version) {
    ++t.conflicts;
    return;
  }
  account& a = e.state;
  const cents total = r.amount + (r.what == kind::transfer_out ? transfer_fee : 0);
  if (r.what == kind::withdraw || r.what == kind::transfer_out) {
    if (a.balance + a.overdraft < total) {
      t.missing += total - a.balance - a.overdraft;
      return;
    }
    a.balance -= total;
    a.last_at = r.at;
    e.version += r.what == kind::withdraw ? 1 : 2;
  } else if (r.what == kind::deposit) {
    a.balance += r.amount;
    a.last_at = r.at;
    ++e.version;
  } else if (a.overdraft != r.amount) {
    a.overdraft = r.amount;
    ++e.version;
  }
  t.balances += a.balance;
}

request random_request(bench::splitmix64& next, std::uint32_t entities) {
  request r{};
  r.entity = static_cast<std::uint32_t>(next.below(entities));
  const auto percent = next.below(100);
  if (percent < 40) {
    r.what = kind::deposit;
    r.amount = static_cast<cents>(1 + next.below(1000));
  } else if (percent < 80) {
    r.what = kind::withdraw;
    r.amount = static_cast<cents>(1 + next.below(1000));
  } else if (percent < 95) {
    r.what = kind::transfer_out;
    r.amount = static_cast<cents>(1 + next.below(400));
  } else {
    r.what = kind::change_overdraft;
    r.amount = static_cast<cents>(500 * next.below(2));
  }
  return r;
}

// The same mix in a cycle of twenty; deposits outweigh the rest, and each overdraft differs from the one before.
request cyclic_request(bench::splitmix64& next, std::uint32_t entities, std::size_t i, const std::vector<entity>& bank) {
  static constexpr auto d = kind::deposit, w = kind::withdraw, t = kind::transfer_out, c = kind::change_overdraft;
  static constexpr kind cycle[20] = {d, w, d, t, d, w, d, w, t, d, w, d, w, c, d, w, t, w, d, w};
  request r{};
  r.entity = static_cast<std::uint32_t>(next.below(entities));
  r.what = cycle[i % 20];
  if (r.what == d) r.amount = static_cast<cents>(500 + next.below(500));
  else if (r.what == c) r.amount = 500 - bank[r.entity].state.overdraft;
  else r.amount = static_cast<cents>(1 + next.below(300));
  return r;
}

}  // namespace

workload make_workload(std::uint32_t entities, std::size_t requests, order how) {
  bench::splitmix64 next{42};
  std::vector<entity> bank(entities);
  workload w{entities, {}, 0};
  w.requests.reserve(requests);
  tally t;
  for (std::size_t i = 0; i < requests; ++i) {
    request r = how == order::random ? random_request(next, entities) : cyclic_request(next, entities, i, bank);
    r.at = static_cast<std::int64_t>(i);
    const bool stale = how == order::random && next.below(100) == 0;
    const std::uint64_t version = bank[r.entity].version;
    r.expected = !stale ? version : version == 0 ? 1 : version - 1;
    apply(bank[r.entity], r, t);
    w.requests.push_back(r);
  }
  std::uint64_t events = 0;
  for (const entity& e : bank) events += e.version;
  checksum sum(t, events);
  for (const entity& e : bank) sum.entity(e.state, e.version);
  w.checksum = sum.value();
  return w;
}

}  // namespace command
