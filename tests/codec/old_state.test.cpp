#include <gesta/codec/old_state.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

// Bytes of a state that was stored by an older program.
namespace bank {

struct account_1 {
  int euros = 0;
};
struct account_2 {
  using was = account_1;
  long long cents = 0;
};
struct account {
  using was = account_2;
  long long cents = 0;
  std::string owner = "nobody";
};
inline auto upcast(const account_1& old) -> account_2 { return {old.euros * 100LL}; }
inline auto upcast(const account_2& old) -> account { return {old.cents, "unknown"}; }

struct plain_account {
  int euros = 0;
};

}  // namespace bank

using namespace bank;
using gesta::detail::state_read;

namespace {

struct numbers {
  std::uint64_t operator()(gesta::detail::type_is<account_1>) const { return 11; }
  std::uint64_t operator()(gesta::detail::type_is<account_2>) const { return 22; }
  std::uint64_t operator()(gesta::detail::type_is<account>) const { return 33; }
  std::uint64_t operator()(gesta::detail::type_is<plain_account>) const { return 44; }
};
template <class State>
std::vector<std::byte> bytes_of(const State& state) {
  std::vector<std::byte> bytes(gesta::encoded_size(state));
  gesta::encode(state, bytes.data());
  return bytes;
}
template <class State>
state_read read(std::uint64_t stored, const std::vector<std::byte>& bytes, State& state) {
  return gesta::detail::read_state(stored, bytes.data(), bytes.size(), state, numbers{});
}

}  // namespace

TEST_CASE("the state of today is read as it is") {
  account a;
  REQUIRE(read(33, bytes_of(account{7, "ann"}), a) == state_read::ready);
  CHECK(a.cents == 7);
  CHECK(a.owner == "ann");
}

TEST_CASE("an older state is brought to today, step by step") {
  account a;
  REQUIRE(read(22, bytes_of(account_2{250}), a) == state_read::ready);
  CHECK(a.cents == 250);
  CHECK(a.owner == "unknown");
  REQUIRE(read(11, bytes_of(account_1{3}), a) == state_read::ready);
  CHECK(a.cents == 300);
  CHECK(a.owner == "unknown");
}

TEST_CASE("a fingerprint that no state of the chain has is unknown, and so is every other where nothing older is named") {
  account a;
  CHECK(read(44, bytes_of(plain_account{1}), a) == state_read::unknown);
  plain_account p;
  CHECK(read(33, bytes_of(account{7, "ann"}), p) == state_read::unknown);
  CHECK(read(44, bytes_of(plain_account{5}), p) == state_read::ready);
  CHECK(p.euros == 5);
}

TEST_CASE("bytes that are not what the fingerprint says are unreadable, at each step") {
  auto cut = [](auto bytes) {
    bytes.pop_back();
    return bytes;
  };
  account a;
  CHECK(read(33, cut(bytes_of(account{7, "ann"})), a) == state_read::unreadable);
  CHECK(read(22, cut(bytes_of(account_2{250})), a) == state_read::unreadable);
  CHECK(read(11, cut(bytes_of(account_1{3})), a) == state_read::unreadable);
}

TEST_CASE("only a state that says so was another one") {
  static_assert(gesta::names_old_state<account> && gesta::names_old_state<account_2>);
  static_assert(!gesta::names_old_state<account_1> && !gesta::names_old_state<plain_account>);
}
