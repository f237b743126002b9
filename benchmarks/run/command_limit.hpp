// W3 by hand: one switch, one array of entities, one ring of packed records. Nothing is general, nothing is looked up.
// The parts of it, for the limits and for the same with maps instead of the array.
#pragma once
#include "command.hpp"
#include "ring.hpp"

namespace command::by_hand {

using bench::placing;

template <class Event> inline constexpr std::uint16_t type_of = 0;
template <> inline constexpr std::uint16_t type_of<deposited> = 1;
template <> inline constexpr std::uint16_t type_of<withdrawn> = 2;
template <> inline constexpr std::uint16_t type_of<transferred> = 3;
template <> inline constexpr std::uint16_t type_of<fee_charged> = 4;
template <> inline constexpr std::uint16_t type_of<overdraft_changed> = 5;

/// An entity: state, version and head of its stream together.
struct entity {
  account state;
  bench::stream stream;
};
/// The same with a cache line of its own; 40 bytes straddle two lines in half of all cases.
struct alignas(64) line_entity : entity {};

/// What a handler answers, in two registers: the balance when accepted, what is missing when refused.
enum class became : std::uint64_t { accepted, refused, conflict };
struct answer {
  became what;
  cents amount;
};

[[gnu::always_inline]] inline void count(answer a, tally& t) {
  if (a.what == became::accepted) t.balances += a.amount;
  else if (a.what == became::refused) t.missing += a.amount;
  else ++t.conflicts;
}

template <class Log>
[[gnu::always_inline]] inline answer decide(entity& e, Log& log, std::uint32_t key, std::uint64_t expected, deposit c) {
  if (e.stream.version != expected) [[unlikely]] return {became::conflict, 0};
  log.append(type_of<deposited>, e.stream, key, deposited{c.amount, c.at});
  e.state.balance += c.amount;
  e.state.last_at = c.at;
  return {became::accepted, e.state.balance};
}

template <class Log>
[[gnu::always_inline]] inline answer decide(entity& e, Log& log, std::uint32_t key, std::uint64_t expected, withdraw c) {
  if (e.stream.version != expected) [[unlikely]] return {became::conflict, 0};
  const cents left = e.state.balance + e.state.overdraft - c.amount;
  if (left < 0) return {became::refused, -left};
  log.append(type_of<withdrawn>, e.stream, key, withdrawn{c.amount, c.at});
  e.state.balance -= c.amount;
  e.state.last_at = c.at;
  return {became::accepted, e.state.balance};
}

template <class Log>
[[gnu::always_inline]] inline answer decide(entity& e, Log& log, std::uint32_t key, std::uint64_t expected, transfer_out c) {
  if (e.stream.version != expected) [[unlikely]] return {became::conflict, 0};
  const cents left = e.state.balance + e.state.overdraft - c.amount - transfer_fee;
  if (left < 0) return {became::refused, -left};
  log.append(type_of<transferred>, e.stream, key, transferred{c.amount, c.at});
  log.append(type_of<fee_charged>, e.stream, key, fee_charged{transfer_fee});
  e.state.balance -= c.amount + transfer_fee;
  e.state.last_at = c.at;
  return {became::accepted, e.state.balance};
}

template <class Log>
[[gnu::always_inline]] inline answer decide(entity& e, Log& log, std::uint32_t key, std::uint64_t expected, change_overdraft c) {
  if (e.stream.version != expected) [[unlikely]] return {became::conflict, 0};
  if (e.state.overdraft != c.limit) {
    log.append(type_of<overdraft_changed>, e.stream, key, overdraft_changed{c.limit});
    e.state.overdraft = c.limit;
  }
  return {became::accepted, e.state.balance};
}

/// A bank over any way to find an entity, with its four handlers called or inlined into the switch.
enum class calls : std::uint8_t { out_of_line, inlined };

template <class Entities, placing How, calls Calls>
class bank {
 public:
  bank(std::uint32_t entities, std::size_t log_bytes) : entities_(entities), log_(log_bytes) {}

  template <class Command>
  [[gnu::always_inline]] void handle(std::uint32_t key, Command c, std::uint64_t expected, tally& t) {
    if constexpr (Calls == calls::inlined) count(decide(entities_.find(key), log_, key, expected, c), t);
    else count(called(*this, key, expected, c), t);
  }
  std::uint64_t position() const { return log_.position(); }
  [[gnu::always_inline]] void soon(std::uint32_t key) { __builtin_prefetch(&entities_.find(key), 1); }

  template <class Visit>
  void each_entity(Visit visit) {
    for (std::uint32_t key = 0; key < entities_.size(); ++key) {
      const entity& e = entities_.find(key);
      visit(e.state, e.stream.version);
    }
  }

 private:
  template <class Command>
  [[gnu::noinline]] static answer called(bank& self, std::uint32_t key, std::uint64_t expected, Command c) {
    return decide(self.entities_.find(key), self.log_, key, expected, c);
  }

  Entities entities_;
  bench::ring<How> log_;
};

}  // namespace command::by_hand
