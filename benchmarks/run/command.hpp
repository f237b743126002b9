// W3, the work: commands are decided against an entity's state, their events appended to a log and folded into the state.
// The messages, the state and the order of the commands; the contenders bring everything between command and answer.
// Includes the harness.
//
// Four commands (deposit 40 %, withdraw 40 %, transfer_out 15 %, change_overdraft 5 %) over uniform entities; none, one or two
// events each; one command of a hundred expects a version that is gone and is refused. In random order each command costs about
// two mispredicted branches, which hide 5 ns of everything else: so there is a predictable order too, with no refusals and no
// stale versions.
#pragma once
#include "harness.hpp"
#include "random.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace command {

using cents = std::int64_t;

struct deposit { cents amount; std::int64_t at; };
struct withdraw { cents amount; std::int64_t at; };
struct transfer_out { cents amount; std::int64_t at; };
struct change_overdraft { cents limit; };

struct deposited { cents amount; std::int64_t at; static constexpr auto id = "bank.deposited"; };
struct withdrawn { cents amount; std::int64_t at; static constexpr auto id = "bank.withdrawn"; };
struct transferred { cents amount; std::int64_t at; static constexpr auto id = "bank.transferred"; };
struct fee_charged { cents fee; static constexpr auto id = "bank.fee_charged"; };
struct overdraft_changed { cents limit; static constexpr auto id = "bank.overdraft_changed"; };

struct insufficient_funds { cents missing; };

inline constexpr cents transfer_fee = 5;

struct account {
  cents balance = 1000;
  cents overdraft = 500;
  std::int64_t last_at = 0;
};

enum class kind : std::uint32_t { deposit, withdraw, transfer_out, change_overdraft };

/// One command as it comes in: for which entity, which version its sender has seen.
struct request {
  std::uint32_t entity;
  kind what;
  std::uint64_t expected;
  cents amount;
  std::int64_t at;
};

/// What a caller does with its answers: the least that needs each of them.
struct tally {
  cents balances = 0;           ///< of accepted commands, "nothing to do" included
  cents missing = 0;            ///< of refused ones
  std::uint64_t conflicts = 0;  ///< a version that is gone
};

enum class order : std::uint8_t { random, predictable };

/// Entities, their commands, and what must come out (computed by a fold of its own, without any log).
struct workload {
  std::uint32_t entities;
  std::vector<request> requests;
  std::uint64_t checksum;
};
workload make_workload(std::uint32_t entities, std::size_t requests, order how);

/// The checksum of a finished run: answers, position of the log, then every entity's state and version.
class checksum {
 public:
  checksum(const tally& t, std::uint64_t position) { *this << t.balances << t.missing << t.conflicts << position; }
  void entity(const account& a, std::uint64_t version) { *this << a.balance << a.overdraft << a.last_at << version; }
  std::uint64_t value() const { return value_; }

 private:
  template <class Number>
  checksum& operator<<(Number n) {
    bench::splitmix64 mix{value_ ^ static_cast<std::uint64_t>(n)};
    value_ = mix();
    return *this;
  }
  std::uint64_t value_ = 0;
};

/// Hands every request to `bank.handle(entity, command, expected, tally)`. `ahead` requests before its turn, an entity is
/// announced to `bank.soon(entity)`; 0: never.
template <std::size_t Ahead = 0, class Bank>
[[gnu::always_inline]] inline tally handle_all(Bank& bank, const request* first, std::size_t count) {
  tally t;
  for (const request* r = first; r != first + count; ++r) {
    if constexpr (Ahead != 0) bank.soon(r + Ahead < first + count ? r[Ahead].entity : 0);
    switch (r->what) {
      case kind::deposit: bank.handle(r->entity, deposit{r->amount, r->at}, r->expected, t); break;
      case kind::withdraw: bank.handle(r->entity, withdraw{r->amount, r->at}, r->expected, t); break;
      case kind::transfer_out: bank.handle(r->entity, transfer_out{r->amount, r->at}, r->expected, t); break;
      case kind::change_overdraft: bank.handle(r->entity, change_overdraft{r->amount}, r->expected, t); break;
      default: __builtin_unreachable();
    }
  }
  return t;
}

/// A contender over any Bank: constructed from (entities, bytes of log), with handle() as above, position() (the number of events
/// so far) and each_entity(visit(const account&, version)) in the order of the entities.
template <class Bank, std::size_t Ahead = 0>
struct over final : bench::contender {
  explicit over(const workload& w) : work_(w) {}

  void prepare() override { bank_ = std::make_unique<Bank>(work_.entities, log_bytes); }
  [[gnu::noinline]] void run() override { tally_ = handle_all<Ahead>(*bank_, work_.requests.data(), work_.requests.size()); }
  std::uint64_t finish() override {
    checksum sum(tally_, bank_->position());
    bank_->each_entity([&](const account& a, std::uint64_t version) { sum.entity(a, version); });
    bank_.reset();
    return sum.value();
  }

 private:
  /// The size of the ring that keeps the last records: far more than the caches, touched before the run.
  static constexpr std::size_t log_bytes = std::size_t{1} << 26;

  const workload& work_;
  std::unique_ptr<Bank> bank_;
  tally tally_;
};

/// Each file adds its contenders.
void add_limits(bench::group&, const workload&);
void add_maps(bench::group&, const workload&);
void add_naive(bench::group&, const workload&);
void add_gesta(bench::group&, const workload&);

}  // namespace command
