// The places where the laws of transports are tested: in the tests, and by the program that the mutations are tried with.
#pragma once

#include <cstdint>

#include <gesta/transport/in_process.hpp>

struct hand_clock {
  std::int64_t* at;
  gesta::timestamp operator()() const { return {*at}; }
};

/// Within the program, and time goes by hand.
template <gesta::in_process_limits Limits>
struct at_a_hub {
  using transport = gesta::in_process<hand_clock, Limits>;
  static constexpr gesta::duration unit = gesta::seconds(1), patience{}, silence{};
  static constexpr std::size_t room = 4;

  transport where() { return transport(hub); }
  void pass(gesta::duration time) { now += time.nanoseconds; }
  bool restart() { return false; }
  bool cut() { return false; }

  std::int64_t now = 1'000'000'000;
  typename transport::hub hub{hand_clock{&now}, gesta::message_room{.messages = room}};
};
using in_process_rig = at_a_hub<gesta::in_process_limits{}>;
using in_process_without_ids_rig = at_a_hub<gesta::in_process_limits{.dedup_window = {}, .largest_message = 500}>;
