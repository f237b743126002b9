// W1a, the work: 2^20 typed events of eight types are published to S subscribers, known at compile time or not.
// The events, the order of their types and the loop that publishes; the contenders only bring the bus.
// Includes the harness.
//
// The event is built where it is published, behind a switch over an array of tags. So each contender pays that switch: one
// mispredicted branch per event in random order (which hides up to 5 ns of a bus), nothing in runs of one type.
#pragma once
#include "harness.hpp"
#include "random.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace publish {

using word = std::uint64_t;

// Eight facts of 8 to 64 bytes.
struct fact_1 { word a; static constexpr auto id = "publish.fact_1"; };
struct fact_2 { word a, b; static constexpr auto id = "publish.fact_2"; };
struct fact_3 { word a, b, c; static constexpr auto id = "publish.fact_3"; };
struct fact_4 { word a, b, c, d; static constexpr auto id = "publish.fact_4"; };
struct fact_5 { word a, b, c, d, e; static constexpr auto id = "publish.fact_5"; };
struct fact_6 { word a, b, c, d, e, f; static constexpr auto id = "publish.fact_6"; };
struct fact_7 { word a, b, c, d, e, f, g; static constexpr auto id = "publish.fact_7"; };
struct fact_8 { word a, b, c, d, e, f, g, h; static constexpr auto id = "publish.fact_8"; };

// Eight wishes, one for each fact, for the part that publishes by handling a command.
struct tell_1 { word i; };
struct tell_2 { word i; };
struct tell_3 { word i; };
struct tell_4 { word i; };
struct tell_5 { word i; };
struct tell_6 { word i; };
struct tell_7 { word i; };
struct tell_8 { word i; };

/// The fact that a wish asks for. Its fields depend on i, so that no event can be made once and reused.
constexpr fact_1 told(const tell_1& c) { return {c.i}; }
constexpr fact_2 told(const tell_2& c) { return {c.i, c.i + 1}; }
constexpr fact_3 told(const tell_3& c) { return {c.i, 1, c.i + 2}; }
constexpr fact_4 told(const tell_4& c) { return {c.i, 1, 2, c.i + 3}; }
constexpr fact_5 told(const tell_5& c) { return {c.i, 1, 2, 3, c.i + 4}; }
constexpr fact_6 told(const tell_6& c) { return {c.i, 1, 2, 3, 4, c.i + 5}; }
constexpr fact_7 told(const tell_7& c) { return {c.i, 1, 2, 3, 4, 5, c.i + 6}; }
constexpr fact_8 told(const tell_8& c) { return {c.i, 1, 2, 3, 4, 5, 6, c.i + 7}; }

/// Everybody's subscriber: about three instructions per event, another field for each type.
struct subscriber {
  word sum = 0, k = 0;

  void on(const fact_1& x) { sum += x.a ^ k; }
  void on(const fact_2& x) { sum += x.b ^ k; }
  void on(const fact_3& x) { sum += x.c ^ k; }
  void on(const fact_4& x) { sum += x.d ^ k; }
  void on(const fact_5& x) { sum += x.e ^ k; }
  void on(const fact_6& x) { sum += x.f ^ k; }
  void on(const fact_7& x) { sum += x.g ^ k; }
  void on(const fact_8& x) { sum += x.h ^ k; }
};

enum class order : std::uint8_t { random, runs };

/// The types of the events, one byte each.
inline std::vector<std::uint8_t> tags(std::size_t count, order how) {
  bench::splitmix64 next{42};
  std::vector<std::uint8_t> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::uint8_t>(how == order::random ? next.below(8) : (i / 1024) % 8);
  return out;
}

/// Calls visit(tell_N{i}) for each tag.
template <class Visit>
[[gnu::always_inline]] inline void for_each_tag(const std::uint8_t* tag, std::size_t count, Visit visit) {
  word i = 0;
  for (const std::uint8_t* const end = tag + count; tag != end; ++tag, ++i) {
    switch (*tag) {
      case 0: visit(tell_1{i}); break;
      case 1: visit(tell_2{i}); break;
      case 2: visit(tell_3{i}); break;
      case 3: visit(tell_4{i}); break;
      case 4: visit(tell_5{i}); break;
      case 5: visit(tell_6{i}); break;
      case 6: visit(tell_7{i}); break;
      case 7: visit(tell_8{i}); break;
      default: __builtin_unreachable();
    }
  }
}

/// The checksum of S subscribers: every sum counts, at its own place.
inline word mixed(word so_far, const word sum, word place) {
  bench::splitmix64 mix{so_far ^ sum ^ (place << 56)};
  return mix();
}

/// A contender over any bus that has `publish(event)` and `sum(i)`. Its loop is a function of its own: contenders of one file
/// share no code and no registers.
template <class Bus>
struct over final : bench::contender {
  explicit over(const std::vector<std::uint8_t>& tags) : tags_(tags) {}

  void prepare() override { bus_ = std::make_unique<Bus>(); }
  [[gnu::noinline]] void run() override {
    Bus& bus = *bus_;
    for_each_tag(tags_.data(), tags_.size(), [&](const auto& wish) __attribute__((always_inline)) { bus.publish(told(wish)); });
  }
  word finish() override {
    word all = 0;
    for (std::size_t i = 0; i < Bus::subscribers; ++i) all = mixed(all, bus_->sum(i), i);
    bus_.reset();
    return all;
  }

 private:
  const std::vector<std::uint8_t>& tags_;
  std::unique_ptr<Bus> bus_;
};

/// The same for one that has `handle(wish)` and `told_count()`, the number of its events: what S views cost behind a command.
template <class Service>
struct over_handle final : bench::contender {
  explicit over_handle(const std::vector<std::uint8_t>& tags) : tags_(tags) {}

  void prepare() override { service_ = std::make_unique<Service>(); }
  [[gnu::noinline]] void run() override {
    Service& service = *service_;
    for_each_tag(tags_.data(), tags_.size(), [&](const auto& wish) __attribute__((always_inline)) { service.handle(wish); });
  }
  word finish() override {
    word all = service_->told_count();
    for (std::size_t i = 0; i < Service::subscribers; ++i) all = mixed(all, service_->sum(i), i);
    service_.reset();
    return all;
  }

 private:
  const std::vector<std::uint8_t>& tags_;
  std::unique_ptr<Service> service_;
};

/// Bytes of the log behind `handle`.
inline constexpr std::size_t log_bytes = std::size_t{1} << 26;

/// Each file adds its contenders for S subscribers; S is 1, 4 or 16, behind `handle` 0 too.
void add_limits(bench::group&, std::size_t subscribers, const std::vector<std::uint8_t>& tags);
void add_dynamic(bench::group&, std::size_t subscribers, const std::vector<std::uint8_t>& tags);
void add_gesta(bench::group&, std::size_t subscribers, const std::vector<std::uint8_t>& tags);
void add_handle_limits(bench::group&, std::size_t subscribers, const std::vector<std::uint8_t>& tags);
void add_handle_gesta(bench::group&, std::size_t subscribers, const std::vector<std::uint8_t>& tags);

}  // namespace publish
