// W6, the work: orders are paid, reserved, shipped and confirmed by a saga of four steps; 3 % are declined at the payment and cancelled.
// The messages, the services and the orders to come; the contenders bring what leads an order from its beginning to its end.
// Includes the harness and gesta's domain words, which the services of all contenders are written with.
//
// Twelve kinds of messages; a completed order takes nine of them, a cancelled one five. 1024 orders are under way; where one has ended, the next
// one with its number begins. What an order wants depends only on its number and its turn: whoever leads them in whatever order
// comes to the same states.
#pragma once
#include "harness.hpp"
#include "random.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <gesta/domain.hpp>

namespace saga {

using number = std::uint32_t;
using cents = std::int64_t;

inline constexpr number under_way = 1024;
inline constexpr number item_count = 64;

struct placed { number order, item; cents price; static constexpr auto id = "order.placed"; };
struct confirmed { number order; static constexpr auto id = "order.confirmed"; };
struct cancelled { number order; static constexpr auto id = "order.cancelled"; };
struct place { number order, item; cents price; static constexpr auto id = "order.place"; };
struct confirm { number order; static constexpr auto id = "order.confirm"; };
struct cancel { number order; static constexpr auto id = "order.cancel"; };

struct charged { number order; cents price; static constexpr auto id = "payment.charged"; };
struct refunded { number order; cents price; static constexpr auto id = "payment.refunded"; };
struct charge { number order; cents price; static constexpr auto id = "payment.charge"; };
struct refund { number order; cents price; static constexpr auto id = "payment.refund"; };
struct declined { static constexpr auto id = "payment.declined"; };

struct reserved { number order, item; static constexpr auto id = "stock.reserved"; };
struct released { number order, item; static constexpr auto id = "stock.released"; };
struct reserve { number order, item; static constexpr auto id = "stock.reserve"; };
struct release { number order, item; static constexpr auto id = "stock.release"; };
struct sold_out { static constexpr auto id = "stock.sold_out"; };

struct shipped { number order; static constexpr auto id = "shipping.shipped"; };
struct ship { number order; static constexpr auto id = "shipping.ship"; };

struct order_state { std::uint32_t confirmed = 0, cancelled = 0; };
struct payment_state { cents held = 0; };
struct stock_state { std::int64_t left = std::int64_t{1} << 40; };
struct parcel_state { std::uint32_t shipped = 0; };

/// Above this a card is declined.
inline constexpr cents most = 50'000;

/// What one order wants.
[[gnu::always_inline]] inline placed make_order(number order, std::uint32_t turn) {
  std::uint64_t bits = (std::uint64_t{order} << 32 | turn) * 0x9e3779b97f4a7c15U;
  bits = (bits ^ (bits >> 32)) * 0xd6e8feb86659fd93U;
  bits ^= bits >> 32;
  const cents dear = (bits & 1023) < 31 ? most : 0;
  return {order, static_cast<number>(bits >> 58), 1 + static_cast<cents>(bits >> 20 & 0x7fff) + dear};
}

/// How many of an order's number have begun, and how many are to begin.
class turns {
 public:
  explicit turns(std::size_t orders) : each_(static_cast<std::uint32_t>(orders / under_way)), begun_(under_way) {}
  /// The next order of this number; only when there is one.
  [[gnu::always_inline]] placed next(number order) { return make_order(order, begun_[order]++); }
  [[gnu::always_inline]] bool has_more(number order) const { return begun_[order] != each_; }
  std::uint32_t each() const { return each_; }

 private:
  std::uint32_t each_;
  std::vector<std::uint32_t> begun_;
};

/// What whoever asked for the orders sees of their ends.
struct tally {
  std::uint64_t completed = 0, compensated = 0;
};

/// The checksum of a finished run: all ends, then all states.
class checksum {
 public:
  explicit checksum(const tally& t) { *this << t.completed << t.compensated; }
  template <class Number>
  checksum& operator<<(Number n) {
    bench::splitmix64 mix{value_ ^ static_cast<std::uint64_t>(n)};
    value_ = mix();
    return *this;
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
};

/// What the services hold, for those who write them by hand: what belongs to one order lies together.
struct hand_order {
  cents held = 0;
  std::uint32_t confirmed = 0, cancelled = 0, shipped = 0;
};
struct hand_services {
  hand_order orders[under_way];
  std::int64_t left[item_count];

  hand_services() {
    for (std::int64_t& l : left) l = std::int64_t{1} << 40;
  }
  void add_to(checksum& sum) const {
    for (const hand_order& o : orders) sum << o.confirmed << o.cancelled << o.held << o.shipped;
    for (const std::int64_t l : left) sum << l;
  }
};

/// A contender that leads one order after the other to its end, the numbers in random order. A Shop has place(placed) -> whether it was completed,
/// and add_to(checksum).
template <class Shop>
struct one_by_one final : bench::contender {
  explicit one_by_one(std::size_t orders) : numbers_(orders) {
    bench::splitmix64 chance{42};
    for (std::size_t i = 0; i < orders; ++i) numbers_[i] = static_cast<std::uint16_t>(i % under_way);
    for (std::size_t i = orders; i-- > 1;) std::swap(numbers_[i], numbers_[chance.below(i + 1)]);
  }
  void prepare() override {
    shop_ = std::make_unique<Shop>();
    turns_ = std::make_unique<turns>(numbers_.size());
    tally_ = {};
  }
  [[gnu::noinline]] void run() override {
    std::uint64_t completed = 0;
    turns& next = *turns_;
    Shop& shop = *shop_;
    for (const std::uint16_t order : numbers_) completed += shop.place(next.next(order));
    tally_ = {completed, numbers_.size() - completed};
  }
  std::uint64_t finish() override {
    checksum sum(tally_);
    shop_->add_to(sum);
    shop_.reset();
    return sum.value();
  }

 private:
  std::vector<std::uint16_t> numbers_;
  std::unique_ptr<Shop> shop_;
  std::unique_ptr<turns> turns_;
  tally tally_;
};

/// A contender that leads 1024 orders at once. A Shop has place(placed), run(ended), which goes on until nothing is under way and calls
/// ended(order, whether it was completed), where place may be called, and add_to(checksum).
template <class Shop>
struct at_once final : bench::contender {
  explicit at_once(std::size_t orders) : orders_(orders) {}
  void prepare() override {
    shop_ = std::make_unique<Shop>();
    turns_ = std::make_unique<turns>(orders_);
    tally_ = {};
  }
  [[gnu::noinline]] void run() override {
    turns& next = *turns_;
    Shop& shop = *shop_;
    tally t;
    for (number order = 0; order < under_way; ++order)
      if (next.has_more(order)) shop.place(next.next(order));
    shop.run([&](number order, bool is_completed) {
      t.completed += is_completed;
      t.compensated += !is_completed;
      if (next.has_more(order)) shop.place(next.next(order));
    });
    tally_ = t;
  }
  std::uint64_t finish() override {
    checksum sum(tally_);
    shop_->add_to(sum);
    shop_.reset();
    return sum.value();
  }

 private:
  std::size_t orders_;
  std::unique_ptr<Shop> shop_;
  std::unique_ptr<turns> turns_;
  tally tally_;
};

enum class way : std::uint8_t { one_by_one, in_rounds, in_order };

/// Each file adds its contenders.
void add_limits(bench::group&, way, std::size_t orders);
void add_gesta(bench::group&, way, std::size_t orders);
void add_peers(bench::group&, way, std::size_t orders);

}  // namespace saga
