#include <doctest/doctest.h>

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/store/memory.hpp>

#include <cstdlib>
#include <new>

#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// On the fixed memory store, with flat messages, a command that has warmed up allocates nothing, calls no system and touches no new
// page. The commands are those of the benchmark: four kinds, 40, 40, 15 and 5 of a hundred, no to two events, one stale version in
// a hundred, entities at random.

namespace {

std::size_t allocations = 0;

void* counted(std::size_t size, std::size_t alignment) {
  ++allocations;
  void* const p = alignment <= alignof(std::max_align_t) ? std::malloc(size) : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (p == nullptr) std::abort();
  return p;
}

}  // namespace

void* operator new(std::size_t size) { return counted(size, 1); }
void* operator new[](std::size_t size) { return counted(size, 1); }
void* operator new(std::size_t size, std::align_val_t a) { return counted(size, static_cast<std::size_t>(a)); }
void* operator new[](std::size_t size, std::align_val_t a) { return counted(size, static_cast<std::size_t>(a)); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

namespace {

struct deposited {
  std::int64_t amount;
  static constexpr auto id = "deposited";
};
struct withdrawn {
  std::int64_t amount;
  static constexpr auto id = "withdrawn";
};
struct fee_taken {
  std::int64_t amount;
  static constexpr auto id = "fee_taken";
};
struct deposit {
  std::int64_t amount;
};
struct withdraw {
  std::int64_t amount;
};
struct withdraw_with_fee {
  std::int64_t amount, fee;
};
struct touch {};
struct insufficient_funds {
  std::int64_t missing;
  static constexpr auto id = "insufficient_funds";
};
struct account {
  std::int64_t balance = 0;
  std::uint64_t count = 0;
};
void evolve(account& a, const deposited& e) { a.balance += e.amount, ++a.count; }
void evolve(account& a, const withdrawn& e) { a.balance -= e.amount, ++a.count; }
void evolve(account& a, const fee_taken& e) { a.balance -= e.amount, ++a.count; }
auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }
auto decide(const account& a, const withdraw& c) -> gesta::emits<withdrawn>::or_rejects<insufficient_funds> {
  if (c.amount > a.balance) return insufficient_funds{c.amount - a.balance};
  return withdrawn{c.amount};
}
auto decide(const account& a, const withdraw_with_fee& c) -> gesta::emits<withdrawn, fee_taken>::or_rejects<insufficient_funds> {
  if (c.amount + c.fee > a.balance) return insufficient_funds{c.amount + c.fee - a.balance};
  return gesta::emit(withdrawn{c.amount}, fee_taken{c.fee});
}
auto decide(const account&, const touch&) -> gesta::emits<deposited>::or_nothing { return gesta::no_change; }

template <class Key>
struct accounts : gesta::aggregate<account, gesta::commands<deposit, withdraw, withdraw_with_fee, touch>> {
  static constexpr auto id = "account";
  using key = Key;
};
struct total {
  std::int64_t sum = 0;
};
void project(total& t, const deposited& e) { t.sum += e.amount; }
void project(total& t, const withdrawn& e) { t.sum -= e.amount; }
struct totals : gesta::projection<total> {
  static constexpr auto id = "total";
};

struct lean_dense : gesta::model<accounts<gesta::dense>, totals, gesta::lean> {};
struct traced_numbers : gesta::model<accounts<std::uint32_t>, totals> {};
struct traced_texts : gesta::model<accounts<gesta::text<16>>, totals> {};

/// Time that stands still: the system's clock may be a system call.
struct still {
  gesta::timestamp operator()() const { return {1}; }
};

/// A key of the model for a random number below `entities`.
template <class Model>
auto key_of(std::uint32_t n) {
  if constexpr (std::is_same_v<Model, traced_texts>) {
    char name[] = "customer-00000";
    for (char* at = name + 13; n != 0; n /= 10) *at-- = static_cast<char>('0' + n % 10);
    return gesta::text<16>(name);
  } else {
    return n;
  }
}

struct random {
  std::uint64_t state = 1;
  std::uint32_t below(std::uint32_t bound) {
    state += 0x9e3779b97f4a7c15u;
    std::uint64_t x = state;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return static_cast<std::uint32_t>((x ^ (x >> 31)) % bound);
  }
};

constexpr std::uint32_t entities = 1000;
constexpr int round_length = 20000;

template <class Model>
struct workload {
  static constexpr auto failed = [](const auto&) { return 0; };

  decltype(gesta::start<Model>(gesta::fixed_memory_store{}, still{})) app =
      gesta::start<Model>(gesta::fixed_memory_store{std::size_t{64} << 20, entities, 200000}, still{});
  random dice;
  std::uint64_t requests = 0;

  template <class Command>
  int send(const Command& command) {
    const auto key = key_of<Model>(dice.below(entities));
    const auto one = [](const account&) { return 1; };
    if (dice.below(100) == 0) return app.handle(key, command, gesta::expected{1u << 30}).match(one, failed);
    if (dice.below(100) == 0) return app.handle(key, command, gesta::once{"test", ++requests}).match(one, failed);
    return app.handle(key, command).match(one, failed);
  }
  /// Returns how many commands were accepted.
  int round() {
    int accepted = 0;
    for (int i = 0; i < round_length; ++i) {
      const std::uint32_t kind = dice.below(100);
      const std::int64_t amount = dice.below(1000);
      if (kind < 40) accepted += send(deposit{amount});
      else if (kind < 80) accepted += send(withdraw{amount});
      else if (kind < 95) accepted += send(withdraw_with_fee{amount, 1});
      else accepted += send(touch{});
    }
    return accepted;
  }
  void warm_up() {
    for (std::uint32_t n = 0; n < entities; ++n) (void)static_cast<bool>(app.handle(key_of<Model>(n), deposit{1000}));
    (void)round();
  }
};

/// Runs f in a child that may only end; true when it did.
template <class F>
bool makes_no_system_call(F&& f) {
  const pid_t child = fork();
  if (child == 0) {
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) _exit(77);
    f();
    syscall(SYS_exit, 0);  // not _exit: that ends the whole group, which is another call
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE_FALSE((WIFEXITED(status) && WEXITSTATUS(status) == 77));  // this kernel has no such mode
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE_TEMPLATE("a command allocates nothing", Model, lean_dense, traced_numbers, traced_texts) {
  workload<Model> work;
  work.warm_up();
  const std::size_t before = allocations;
  const int accepted = work.round();
  CHECK(allocations == before);
  CHECK(accepted > round_length / 2);
  CHECK(accepted < round_length);
  delete new int(1);
  CHECK(allocations == before + 1);  // the counter counts
}

TEST_CASE_TEMPLATE("a command makes no system call", Model, lean_dense, traced_numbers, traced_texts) {
  workload<Model> work;
  work.warm_up();
  CHECK(makes_no_system_call([&] { (void)work.round(); }));
  CHECK_FALSE(makes_no_system_call([] { (void)getppid(); }));
}

#if defined(__SANITIZE_ADDRESS__)
#define GESTA_SHADOW_MEMORY  // of the sanitizer: touched as the program goes
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GESTA_SHADOW_MEMORY
#endif
#endif

#ifndef GESTA_SHADOW_MEMORY
namespace {

long page_faults() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return used.ru_minflt + used.ru_majflt;
}

}  // namespace

TEST_CASE_TEMPLATE("a command touches no new page", Model, lean_dense, traced_numbers, traced_texts) {
  workload<Model> work;
  work.warm_up();
  // The kernel may move pages of its own will, so one round of five has to be clean; a log that is not there from the start would
  // show in each, since each fills a megabyte.
  long fewest = 1;
  for (int i = 0; i < 5 && fewest != 0; ++i) {
    const auto place = work.app.last_position();
    const long before = page_faults();
    (void)work.round();
    const long now = page_faults() - before;
    if (i == 0 || now < fewest) fewest = now;
    CHECK((work.app.last_position() - place) * 32 > 400000);
  }
  CHECK(fewest == 0);
}

TEST_CASE("a new page is counted") {
  constexpr std::size_t size = std::size_t{8} << 20;
  const long before = page_faults();
  void* const fresh = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(fresh != MAP_FAILED);
  for (std::size_t at = 0; at < size; at += 4096) static_cast<volatile char*>(fresh)[at] = 1;
  CHECK(page_faults() > before);
  munmap(fresh, size);
}
#endif
