// How a delayed command is handled when its time has come: it is decided, and that it was is recorded, in one unit of work.
// Floor: runtime. A part of the engine; included by it. gesta::run_sagas lets it act.
// May include: all above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <gesta/detail/hash.hpp>
#include <gesta/detail/one_of.hpp>
#include <gesta/message/about.hpp>
#include <gesta/model/delay_stream.hpp>
#include <gesta/runtime/engine.hpp>
#include <gesta/runtime/performers.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

/// How a command stands that app.later keeps, for a person: what app.delayed and sagas.state tell of it.
struct delay_standing {
  enum class is : std::uint8_t {
    none,       ///< nothing of this command is kept under the name: it is over, or was never said. app.delayed shows no such
    waiting,
    refused,    ///< its time had come, and it was decided; the record is kept, and it stays listed until its name is cancelled or said again
    put_aside,  ///< by a runner of this program: handling it ended with an exception, or cannot be kept; it waits, and another program tries it
  };

  is what = is::none;
  timestamp due{};             ///< when it is to be handled, or was to be
  std::uint64_t position = 0;  ///< in the log, of the record by which it was said
  origin asked{};              ///< of that: when it was said, and the message that led to it; nothing in a lean model
  saga_word refusal;           ///< the id of the rejection; only where it was refused
  timestamp since{};           ///< when it was refused, else when it was said
  failure cause{};             ///< only where it is put aside
};

}  // namespace gesta

namespace gesta::detail {

/// Whether somebody can be shown a delayed command.
template <class Visit, class Command>
concept visits_delayed = requires(Visit& visit, std::string_view name, const Command& command, const delay_standing& how) { visit(name, command, how); };

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
    return kept && engine.template record_one<stream>(key.value(), became, from);
  }
  /// What a name stands for.
  template <class Engine>
  static delay_standing standing(Engine& engine, std::uint32_t entity) {
    using is = delay_standing::is;
    const auto& place = engine.template table_of<stream>().at(entity);
    const auto& state = place.state;
    if (place.version == 0 || !(state.waits || state.was_refused)) return {};
    delay_standing told{state.waits ? is::waiting : is::refused, state.due, state.position, state.asked, state.refusal, state.changed, {}};
    if (const auto* const aside = engine.template work_of<Delayed>().aside(entity); aside != nullptr && aside->version == place.version) {
      told.what = is::put_aside;
      told.cause = aside->cause;
    }
    return told;
  }
  /// The same where it stands for this command.
  template <class Command, class Engine>
  static delay_standing standing_of(Engine& engine, std::uint32_t entity) {
    if (held_in<Command>(engine.template table_of<stream>().at(entity).state.command) == nullptr) return {};
    return standing(engine, entity);
  }
  /// Shows what a name stands for, if anything: copies, since who is shown it may say another command or cancel this one.
  template <class Engine, class Visit>
  static void show(Engine& engine, std::uint32_t entity, Visit& visit) {
    const delay_standing told = standing(engine, entity);
    if (told.what == delay_standing::is::none) return;
    const auto command = engine.template table_of<stream>().at(entity).state.command;
    auto key = engine.template table_of<stream>().copy_of_key(entity);
    const key_bytes name = key.bytes();
    detail::visit(command, [&](const auto& one) { visit(std::string_view(name.data, name.size), one, told); });
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
