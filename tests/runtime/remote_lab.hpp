// A shop and a depot as two services, whose programs die and whose messages are lost, doubled and late at a place that is counted.
#pragma once

#include <gesta/gesta.hpp>
#include <gesta/runtime/ask.hpp>
#include <gesta/runtime/saga_runner.hpp>
#include <gesta/runtime/serve.hpp>
#include <gesta/testing/mortal_store.hpp>
#include <gesta/transport/in_process.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lab {

inline std::int64_t time_now = 0;  // in seconds
struct test_clock {
  gesta::timestamp operator()() const noexcept { return {time_now * 1'000'000'000}; }
};

// ---- the contracts, which both services know

struct reserved { int order, item; static constexpr auto id = gesta::integration_id{"depot.reserved"}; };
struct released { int order, item; static constexpr auto id = gesta::integration_id{"depot.released"}; };
struct shipped  { int order; static constexpr auto id = gesta::integration_id{"depot.shipped"}; };
struct sold_out { int left; static constexpr auto id = "depot.sold_out"; };
struct undeliverable { static constexpr auto id = "depot.undeliverable"; };
struct reserve { int order, item; static constexpr auto id = "depot.reserve"; };
struct release { int order, item; static constexpr auto id = "depot.release"; };
struct ship    { int order; static constexpr auto id = "depot.ship"; };
struct remind  { int order; static constexpr auto id = "depot.remind"; };
auto decide(const gesta::elsewhere&, const reserve&) -> gesta::emits<reserved>::or_rejects<sold_out>;
auto decide(const gesta::elsewhere&, const release&) -> gesta::emits<released>::or_nothing;
auto decide(const gesta::elsewhere&, const ship&) -> gesta::emits<shipped>::or_rejects<undeliverable>;
auto decide(const gesta::elsewhere&, const remind&) -> gesta::sent;

// ---- the depot

struct taken    { int order, item; static constexpr auto id = "taken"; };
struct put_back { int order, item; static constexpr auto id = "put_back"; using undoes = taken; };
struct left_us  { int order; static constexpr auto id = "left_us"; };
struct reminded { int order; static constexpr auto id = "reminded"; };
inline auto publish(const taken& e) -> reserved { return {e.order, e.item}; }
inline auto publish(const put_back& e) -> released { return {e.order, e.item}; }
inline auto publish(const left_us& e) -> shipped { return {e.order}; }

struct shelf {
  int out = 0;
  std::array<bool, 16> holds{};  // for an order
};
inline void evolve(shelf& s, const taken& e) { ++s.out, s.holds[static_cast<std::size_t>(e.order)] = true; }
inline void evolve(shelf& s, const put_back& e) { --s.out, s.holds[static_cast<std::size_t>(e.order)] = false; }
inline auto decide(const shelf& s, const reserve& c) -> gesta::emits<taken>::or_rejects<sold_out> {
  if (c.item == 13) return sold_out{s.out};
  return taken{c.order, c.item};
}
inline auto decide(const shelf& s, const release& c) -> gesta::emits<put_back>::or_nothing {
  if (!s.holds[static_cast<std::size_t>(c.order)]) return gesta::no_change;
  return put_back{c.order, c.item};
}
struct parcel { int sent = 0, reminders = 0; };
inline void evolve(parcel& p, const left_us&) { ++p.sent; }
inline void evolve(parcel& p, const reminded&) { ++p.reminders; }
inline auto decide(const parcel&, const ship& c) -> gesta::emits<left_us>::or_rejects<undeliverable> {
  if (c.order % 3 == 2) return undeliverable{};
  return left_us{c.order};
}
inline auto decide(const parcel&, const remind& c) -> gesta::emits<reminded> { return reminded{c.order}; }
struct shelves : gesta::aggregate<shelf, gesta::commands<reserve, release>, gesta::by<"item">> { static constexpr auto id = "shelf"; };
struct parcels : gesta::aggregate<parcel, gesta::commands<ship, remind>, gesta::by<"order">> { static constexpr auto id = "parcel"; };
struct depot : gesta::model<shelves, parcels> {};
struct counter { static constexpr auto id = "depot.counter"; };

// ---- the shop

struct placed    { int order, lines; static constexpr auto id = "placed"; };
struct cancelled { int order; static constexpr auto id = "cancelled"; using undoes = placed; };
struct confirmed { int order; static constexpr auto id = "confirmed"; };
struct place   { int order, lines; };
struct cancel  { int order; };
struct confirm { int order; };
struct order   { int placed = 0, cancelled = 0, confirmed = 0; };
inline void evolve(order& o, const placed&) { ++o.placed; }
inline void evolve(order& o, const cancelled&) { ++o.cancelled; }
inline void evolve(order& o, const confirmed&) { ++o.confirmed; }
inline auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.order, c.lines}; }
inline auto decide(const order&, const cancel& c) -> gesta::emits<cancelled> { return cancelled{c.order}; }
inline auto decide(const order&, const confirm& c) -> gesta::emits<confirmed> { return confirmed{c.order}; }
struct orders : gesta::aggregate<order, gesta::commands<place, cancel, confirm>, gesta::by<"order">> { static constexpr auto id = "order"; };

struct begins {
  static constexpr auto id = "begins";
  using begun_by = placed;
  auto undo(const placed& e) const -> cancel { return {e.order}; }
};
struct takes_lines {  // the third line of an order is sold out
  static constexpr auto id = "takes_lines";
  static constexpr auto within = gesta::seconds(30);
  auto run(const placed& e) const -> gesta::many<reserve> {
    gesta::many<reserve> all;
    for (int i = 0; i < e.lines; ++i) all.push_back({e.order, 11 + i});
    return all;
  }
  auto undo(const reserve& c) const -> release { return {c.order, c.item}; }
  auto on(const sold_out&) const -> gesta::compensate { return {}; }
  auto on(const gesta::timed_out&) const -> gesta::until_answered { return {}; }
};
struct ships {
  static constexpr auto id = "ships";
  static constexpr auto within = gesta::seconds(30);
  using undo = gesta::irreversible;
  auto run(const placed& e) const -> ship { return {e.order}; }
  auto on(const undeliverable&) const -> gesta::compensate { return {}; }
  auto on(const gesta::timed_out&) const -> gesta::until_answered { return {.after = gesta::seconds(5)}; }
};
struct reminds {
  static constexpr auto id = "reminds";
  static constexpr auto within = gesta::seconds(30);
  using undo = gesta::needless;
  auto run(const placed& e) const -> remind { return {e.order}; }
  auto on(const gesta::timed_out&) const -> gesta::until_answered { return {}; }
};
struct confirms {
  static constexpr auto id = "confirms";
  using undo = gesta::irreversible;
  auto run(const placed& e) const -> confirm { return {e.order}; }
};
struct fulfilment : gesta::saga<gesta::by<"order">, begins, takes_lines, ships, reminds, confirms> { static constexpr auto id = "fulfilment"; };
struct shop : gesta::model<orders, fulfilment> {};
struct desk { static constexpr auto id = "shop.desk"; };

// ---- faults

enum class fault {
  none,
  dies_before_commit,  // the program that commits
  dies_behind_commit,
  lost,                // the message, which the transport said it had accepted
  doubled,             // it comes a second time, at once
  doubled_late,        // it comes a second time after 100 seconds
  late,                // it comes after the next that is published
  very_late,           // it comes after 100 seconds
  unknown,             // it comes, and nobody is told that it was accepted
  dies_published,      // the program, before it knows that it was accepted
  unsettled,           // what was acknowledged is handed out again
};
inline constexpr fault all_faults[] = {fault::dies_before_commit, fault::dies_behind_commit, fault::lost,    fault::doubled,        fault::doubled_late,
                                       fault::late,               fault::very_late,          fault::unknown, fault::dies_published, fault::unsettled};

struct held_message {
  std::string topic, id, key, payload;
  std::vector<std::pair<std::string, std::string>> headers;
  std::int64_t due = 0;  // in seconds; below zero: behind the next one
};

/// What goes wrong: at the `at`-th place of its kind, counted from 0.
struct plan {
  fault what = fault::none;
  int at = 0;
  int places = 0;
  std::vector<held_message> waiting{};
  bool has_died = false;  // a program whose publishing it interrupted
  bool is_away = false;   // the transport, until somebody has waited for it so often
  int waits_until_back = 0;
  bool is_mute = false;   // the transport: it takes what is published and does not answer
  gesta::duration awaited{};  // for answers of a transport that is mute
  int looked = 0;         // for a connection, while there was none
  gesta::duration waited{};
  gesta::failure away{gesta::failure::kind::input_output, 0, "the connection is lost"};

  bool is_now(fault kind) {
    if (what != kind) return false;
    return places++ == at;
  }
};

using hub_type = gesta::in_process_hub<test_clock>;
using wire_type = gesta::in_process<test_clock>;

/// A transport that does what the plan says.
struct bad_wire {
  hub_type* hub;
  plan* faults;

  static constexpr gesta::guarantee promises = wire_type::promises;
  static constexpr gesta::duration dedup_window = wire_type::dedup_window;
  static constexpr std::size_t largest_message = wire_type::largest_message;

  class subscription {
   public:
    subscription(wire_type::subscription&& real, plan* faults) : real_(std::move(real)), faults_(faults) {}
    template <class Take>
    std::size_t receive(std::size_t most, gesta::duration time, Take&& take) {
      if (!faults_->is_away) return real_.receive(most, time, take);
      faults_->waited.nanoseconds += time.nanoseconds;
      if (--faults_->waits_until_back == 0) faults_->is_away = false;
      return 0;
    }
    bool ack(gesta::delivery_token token) {
      if (faults_->has_died) return false;
      if (faults_->is_now(fault::unsettled)) return real_.nak(token, gesta::seconds(1));
      return real_.ack(token);
    }
    bool nak(gesta::delivery_token token, gesta::duration time) { return faults_->has_died ? false : real_.nak(token, time); }
    bool term(gesta::delivery_token token, std::string_view reason) { return faults_->has_died ? false : real_.term(token, reason); }
    bool extend(gesta::delivery_token token) { return real_.extend(token); }
    const gesta::failure* broken() { return faults_->is_away ? &faults_->away : real_.broken(); }
    const gesta::failure& last_failure() { return real_.last_failure(); }

   private:
    wire_type::subscription real_;
    plan* faults_;
  };
  class connection {
   public:
    explicit connection(const bad_wire& to) : real_(wire_type(*to.hub)), faults_(to.faults) {}
    const gesta::failure* broken() const noexcept { return faults_->is_away ? ++faults_->looked, &faults_->away : nullptr; }
    std::size_t largest() const noexcept { return real_.largest(); }
    gesta::ticket publish(const gesta::parcel& one) {
      if (faults_->is_away) ++faults_->looked;
      if (faults_->has_died || faults_->is_away || faults_->is_mute) return fails();
      const bool is_late = faults_->is_now(fault::late), is_very_late = faults_->is_now(fault::very_late);
      if (faults_->is_now(fault::lost) || is_late || is_very_late) {
        if (is_late || is_very_late) hold(one, is_late ? -1 : time_now + 100);
        return pretended;
      }
      const gesta::ticket at = real_.publish(one);
      if (at == 0) failure_ = real_.last_failure();
      if (faults_->is_now(fault::doubled)) (void)send_again(one);
      if (faults_->is_now(fault::doubled_late)) hold(one, time_now + 100);
      if (faults_->is_now(fault::dies_published)) return faults_->has_died = true, fails();
      if (faults_->is_now(fault::unknown)) return (void)real_.wait(at, {}), not_known;
      release([](const held_message& held) { return held.due < 0; });
      return at;
    }
    gesta::acceptance wait(gesta::ticket at, gesta::duration time) {
      if (at == pretended) return gesta::acceptance::accepted;
      if (faults_->is_mute) faults_->awaited.nanoseconds += time.nanoseconds;
      if (at == not_known || faults_->has_died) return fails(), gesta::acceptance::unknown;
      return real_.wait(at, time);
    }
    subscription subscribe(const gesta::subscribing& how) { return subscription(real_.subscribe(how), faults_); }
    template <class Take>
    bool each_dead(std::string_view group, Take&& take) { return real_.each_dead(group, take); }
    bool revive(std::string_view group, gesta::delivery_token token) { return real_.revive(group, token); }
    bool discard(std::string_view group, gesta::delivery_token token) { return real_.discard(group, token); }
    const gesta::failure& last_failure() const noexcept { return failure_; }

    /// What was held back and is to come now.
    template <class When>
    void release(When&& when) {
      std::vector<held_message> rest;
      for (held_message& one : faults_->waiting) {
        if (!when(one)) {
          rest.push_back(one);
          continue;
        }
        std::vector<gesta::header> headers;
        for (const auto& [name, value] : one.headers) headers.push_back({name, value});
        (void)send_again({one.topic, one.id, one.key, headers, one.payload});
      }
      faults_->waiting = std::move(rest);
    }

   private:
    static constexpr gesta::ticket pretended = 1'000'000'000, not_known = 1'000'000'001;
    gesta::ticket fails() {
      failure_ = gesta::failure(gesta::failure::kind::busy, 0, "the connection was cut");
      return not_known;
    }
    // Under another id: the hub would know it.
    gesta::acceptance send_again(gesta::parcel one) {
      const std::string id = std::string(one.id) + "-again";
      one.id = id;
      return real_.wait(real_.publish(one), {});
    }
    void hold(const gesta::parcel& one, std::int64_t due) {
      held_message copy{std::string(one.topic), std::string(one.id), std::string(one.key), std::string(one.payload), {}, due};
      for (const gesta::header& h : one.headers) copy.headers.push_back({std::string(h.name), std::string(h.value)});
      faults_->waiting.push_back(copy);
    }

    wire_type::connection real_;
    plan* faults_;
    gesta::failure failure_;
  };
};
static_assert(gesta::transport<bad_wire>);

inline gesta::testing::afterlife::death dies_by_plan(void* who) {
  using death = gesta::testing::afterlife::death;
  plan& faults = *static_cast<plan*>(who);
  if (faults.is_now(fault::dies_before_commit)) return death::before;
  if (faults.is_now(fault::dies_behind_commit)) return death::behind;
  return death::none;
}

/// A program: what it holds in memory goes when it dies.
struct shop_program {
  using app_type = decltype(gesta::start<shop>(gesta::testing::mortal_store{}, test_clock{}));
  app_type app;
  decltype(gesta::run_sagas(std::declval<app_type&>())) sagas;
  gesta::asker<desk, app_type, bad_wire> asks;
  shop_program(gesta::testing::afterlife& kept, const bad_wire& wire)
      : app(gesta::start<shop>(gesta::testing::mortal_store{&kept}, test_clock{})), sagas(gesta::run_sagas(app)), asks(app, wire) {}
};
struct depot_program {
  using app_type = decltype(gesta::start<depot>(gesta::testing::mortal_store{}, test_clock{}));
  app_type app;
  gesta::server<counter, app_type, bad_wire, reserve, release, ship, remind> serves;
  depot_program(gesta::testing::afterlife& kept, const bad_wire& wire)
      : app(gesta::start<depot>(gesta::testing::mortal_store{&kept}, test_clock{})), serves(app, wire) {}
};

}  // namespace lab
