// How a delayed command is handled when its time has come: it is decided, and that it was is recorded, in one unit of work.
// Floor: runtime. A part of the engine; included by it. gesta::run_sagas lets it act.
// May include: all above.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/detail/hash.hpp>
#include <gesta/detail/one_of.hpp>
#include <gesta/model/delay_stream.hpp>
#include <gesta/runtime/engine.hpp>
#include <gesta/runtime/facts.hpp>
#include <gesta/runtime/performers.hpp>

namespace gesta::detail {

/// Takes down what became of a delayed command.
struct delay_answer {
  delay_records::handled& became;

  static constexpr bool is_root = false;
  static constexpr bool expects(std::uint64_t) noexcept { return true; }
  static constexpr bool unexpected(std::uint64_t) noexcept { return false; }
  static constexpr bool failed() noexcept { return false; }
  template <class State>
  bool settled(const State&, std::uint64_t, std::uint64_t position) {
    became.how = position == 0 ? delay_ended::did_nothing : delay_ended::accepted;
    return true;
  }
  template <class Decision, class State>
  bool refused(const Decision& d, std::size_t which, const State&, std::uint64_t) {
    became.how = delay_ended::refused;
    select<Decision::rejection_list::size>(which, [&](auto at) {
      (void)became.refusal.append(said_name<std::remove_cvref_t<decltype(d.refusal().template get<at()>())>>);
    });
    return true;
  }
};

template <delayed_part Delayed>
struct performer<Delayed> {
  using stream = delay_stream<Delayed>;

  template <class Engine>
  static looked look(Engine& engine, std::uint32_t entity, timestamp now) {
    const auto& place = engine.template table_of<stream>().at(entity);
    if (place.version == 0 || !place.state.waits) return {};
    if (place.state.due.nanoseconds <= now.nanoseconds) return {true, never};
    return {false, place.state.due.nanoseconds};
  }
  template <class Engine>
  static bool act(Engine& engine, std::uint32_t entity, timestamp now) {
    if (!look(engine, entity, now).has_work) return true;
    auto& table = engine.template table_of<stream>();
    auto key = table.copy_of_key(entity);
    const auto command = table.at(entity).state.command;
    const origin from = origin_of(engine, key.bytes(), table.at(entity).version, now);
    delay_records::handled became{};
    bool kept = true;
    detail::visit(command, [&](const auto& one) { kept = decide(engine, one, from, delay_answer{became}); });
    return kept && engine.record(gesta::facts<stream>(key.value(), expected::any(), became), from);
  }
  template <class Engine>
  static saga_standing standing(Engine& engine, std::uint32_t entity) {
    const auto& place = engine.template table_of<stream>().at(entity);
    saga_standing told;
    if (place.version == 0) return told;
    told.since = place.state.changed;
    told.what = place.state.waits ? saga_standing::is::going_on : saga_standing::is::completed;
    if (place.state.waits) told.next = place.state.due;
    if (const auto* const aside = engine.template work_of<Delayed>().aside(entity)) {
      told.what = saga_standing::is::put_aside;
      told.cause = aside->cause;
    }
    return told;
  }

 private:
  /// One command a version of the name: a causation of its own for each.
  template <class Engine>
  static origin origin_of(Engine&, key_bytes key, std::uint64_t version, timestamp now) {
    if constexpr (!Engine::flow_type::is_traced) return {};
    const auto id = hash128{}.add("delayed", 7).add(key.data, key.size).add(version);
    return {now, message_id{id.high, id.low}, message_id{id.high, id.low}};
  }
  template <class Engine, class Command>
  static bool decide(Engine& engine, const Command& command, const origin& from, delay_answer answer) {
    using aggregate = typename Engine::template handler_of<Command>::aggregate;
    if constexpr (boundary_part<aggregate>) return engine.template decide_one<Command>(the_whole, command, unnumbered{}, from, answer);
    else return engine.template decide_one<Command>(key_in<aggregate>(command), command, unnumbered{}, from, answer);
  }
};

}  // namespace gesta::detail
