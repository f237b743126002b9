// Recorded histories of a saga held against today's code: the same inputs, and whether the same follows from them.
// Floor: testing.
// May include: all above, testing.
//
//   auto app = gesta::start<shop>(gesta::sqlite_store{"yesterday.db"});
//   CHECK(gesta::testing::replays<shop, fulfilment>(app));
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include <gesta/detail/fields.hpp>
#include <gesta/detail/names.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/detail/writer.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/key_bytes.hpp>
#include <gesta/message/many.hpp>
#include <gesta/react/saga_course.hpp>
#include <gesta/react/saga_records.hpp>
#include <gesta/runtime/export.hpp>
#include <gesta/runtime/sagas.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/testing/mortal_store.hpp>
#include <gesta/testing/print.hpp>

namespace gesta {

namespace testing {

/// What came of a history that was replayed.
struct [[nodiscard]] replayed {
  std::string problem;        ///< empty, or for each instance that went another way where it first did, a few lines each
  std::size_t instances = 0;  ///< that were replayed
  std::size_t records = 0;    ///< that were compared

  explicit operator bool() const noexcept { return problem.empty(); }

  template <class Stream>
    requires requires(Stream& out, const char* text) { out << text; }
  friend Stream& operator<<(Stream& out, const replayed& r) {
    out << (r.problem.empty() ? "the same" : r.problem.c_str());
    return out;
  }
};

}  // namespace testing

namespace detail::exploring {

// A record in words, without its times and without the definition's fingerprint: those may be others.
template <class Value>
void put_value(const Value& value, writer& out) {
  printing::put(value, out);
}
template <class Message>
void put_value(const many<Message>& all, writer& out) {
  printing::comma between{out};
  out.put('[');
  for (const Message& one : all) between.next(), printing::put(one, out);
  out.put(']');
}
template <class Record, std::size_t... I>
void put_record([[maybe_unused]] const Record& record, indices<I...>, writer& out) {
  [[maybe_unused]] const auto one = [&]([[maybe_unused]] chars name, [[maybe_unused]] const auto& value) {
    if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(value)>, timestamp>) {
      if (name == "definition") return;
      out.put(' ');
      exploring::put_value(value, out);
    }
  };
  (one(field_name<Record, I>(), get_field<I>(record)), ...);
}
template <class Record>
std::string record_in_words(const Record& record) {
  char room[2000];
  writer out{room, sizeof room};
  out.put(id_of<Record>.name);
  exploring::put_record(record, make_indices<field_count<Record>>{}, out);
  return std::string(room, out.size < sizeof room ? out.size : sizeof room);
}

template <class Model, class Saga, class App>
class replay {
  using stream = typename flow<Model>::template stream_of<Saga>;
  using reading = typename stream::reading;
  using records = typename stream::record_list;
  template <std::size_t I>
  using step_of = typename reading::template step<I>;
  using histories = std::map<std::string, std::vector<std::string>>;

 public:
  explicit replay(App& app) : app_(app), probe_(gesta::start<Model>(gesta::testing::mortal_store{&kept_})) {}

  gesta::testing::replayed run() {
    histories were, are;
    const auto read = app_.read(slice{}, [&](const auto& event, const about& at) {
      using record = std::remove_cvref_t<decltype(event)>;
      if constexpr (contains<record, records> && !same<record, migrated<Saga>>) {
        const std::string key(at.key.data, at.key.size);
        were[key].push_back(exploring::record_in_words(event));
        auto& engine = facts_of_app::engine(probe_);
        const bool kept = engine.begin() && input(engine, at.key, event) && engine.commit();
        if (!kept && engine.open()) engine.roll_back();
      }
    });
    if (!read) {
      result_.problem = std::string("the history cannot be read: ") + read.why().describe();
      return result_;
    }
    (void)collect(are);
    for (const auto& [key, history] : were) compare(history, are[key]);
    return result_;
  }

 private:
  bool collect(histories& are) {
    return static_cast<bool>(probe_.read(slice{}, [&](const auto& event, const about& at) {
      if constexpr (contains<std::remove_cvref_t<decltype(event)>, records>)
        are[std::string(at.key.data, at.key.size)].push_back(exploring::record_in_words(event));
    }));
  }
  void compare(const std::vector<std::string>& was, const std::vector<std::string>& is) {
    ++result_.instances;
    result_.records += was.size();
    std::size_t at = 0;
    while (at < was.size() && at < is.size() && was[at] == is[at]) ++at;
    if (at == was.size() && at == is.size()) return;
    result_.problem += was.front() + "\n  record " + std::to_string(at + 1) + " was: " + (at < was.size() ? was[at] : "none") +
                       "\n  today it is:  " + (at < is.size() ? is[at] : "none") + "\n";
  }

  // ---- inputs; what follows from them is left to today's code

  template <class Engine, class Act>
  bool with_turn(Engine& engine, key_bytes bytes, Act act) {
    key_value<typename stream::key> key{};
    if (!read_key(bytes, key)) return false;
    auto& table = engine.template table_of<stream>();
    const auto found = table.find(key);
    saga_turn<Engine, Saga> turn(engine, key, found ? found->state : table.blank(), {}, {1});
    return act(turn);
  }
  template <class Step>
  static constexpr std::size_t index = index_of<Step, typename reading::steps>;

  template <class Engine, class Record>
  bool input(Engine&, key_bytes, const Record&) {
    return true;
  }
  template <class Engine>
  bool input(Engine& engine, key_bytes key, const begun<Saga>& r) {
    return with_turn(engine, key, [&](auto& turn) { return turn.begins(r.event, r.until); });
  }
  template <class Engine, class Step, class Outcome>
  bool input(Engine& engine, key_bytes key, const saga_records::answered<Saga, Step, Outcome>& r) {
    return with_turn(engine, key, [&](auto& turn) {
      if constexpr (same<Outcome, nothing> || same<Outcome, timed_out>) return turn.template answers<index<Step>>(Outcome{});
      else return turn.template answers<index<Step>>(r.outcome);
    });
  }
  template <class Engine, class Step>
  bool input(Engine& engine, key_bytes key, const saga_records::undone<Saga, Step>&) {
    return with_turn(engine, key, [](auto& turn) { return turn.template is_undone<index<Step>>(); });
  }
  template <class Engine>
  bool input(Engine& engine, key_bytes key, const saga_records::retried<Saga>& r) {
    return with_turn(engine, key, [&](auto& turn) { return turn.retried(named(r.step), r.who); });
  }
  template <class Engine>
  bool input(Engine& engine, key_bytes key, const saga_records::resolved<Saga>& r) {
    return with_turn(engine, key, [&](auto& turn) { return turn.resolved(named(r.step), r.who, r.why); });
  }
  // The refusal is known by its name alone.
  template <class Engine>
  bool input(Engine& engine, key_bytes key, const got_stuck<Saga>& r) {
    return with_turn(engine, key, [&](auto& turn) {
      bool kept = true;
      at_step(named(r.step), [&](auto at) {
        constexpr std::size_t I = decltype(at)::value;
        each_of(typename step_of<I>::undo_rejections{}, [&](auto type) {
          using rejection = typename decltype(type)::type;
          if (kept && r.refusal == said_name<rejection>) kept = turn.template undo_is_refused<I>(rejection{});
        });
      });
      return kept;
    });
  }
  // Which outcome it was that asked again, is not recorded: one that does so today.
  template <class Engine>
  bool input(Engine& engine, key_bytes key, const saga_records::asked_again<Saga>& r) {
    return with_turn(engine, key, [&](auto& turn) {
      const auto& state = engine.template table_of<stream>().find(key_of(key))->state;
      const std::size_t step = named(r.step);
      bool kept = true, is_said = false;
      at_step(step, [&](auto at) {
        constexpr std::size_t I = decltype(at)::value;
        const std::uint32_t attempts = state.steps[I].attempts;
        if (state.steps[I].is == step_is::undo_asked) {
          each_of(typename step_of<I>::undo_rejections{}, [&](auto type) {
            using rejection = typename decltype(type)::type;
            constexpr outcome_rule rule = reading::table.undo_outcome(I, reading::template undo_outcome_index<I, rejection>);
            if (!is_said && asks_again(rule, attempts)) is_said = true, kept = turn.template undo_is_refused<I>(rejection{});
          });
        } else {
          each_of(typename step_of<I>::outcomes{}, [&](auto type) {
            using outcome = typename decltype(type)::type;
            constexpr outcome_rule rule = reading::table.outcome(I, reading::template outcome_index<I, outcome>);
            const bool is_wanted = !state.whole.failing || rule.may_stand;
            if (!is_said && is_wanted && asks_again(rule, attempts)) is_said = true, kept = turn.template answers<I>(outcome{});
          });
        }
      });
      return kept;
    });
  }
  static constexpr bool asks_again(const outcome_rule& rule, std::uint32_t attempts) {
    using says = outcome_rule::says;
    return rule.answer == says::until_answered || (rule.answer == says::again && attempts < rule.times);
  }
  // By a step: it follows from its answer. By an interrupt: its event is not recorded, only its name and the cause.
  template <class Engine, class Cause, unsigned N>
  bool input(Engine& engine, key_bytes key, const saga_records::failed<Saga, Cause, N>& r) {
    bool kept = true;
    each_of(typename reading::interrupts{}, [&](auto type) {
      using interrupt = typename decltype(type)::type;
      if (r.step == said_name<interrupt>)
        kept = with_turn(engine, key, [](auto& turn) { return turn.template interrupted<interrupt>(typename interrupt_says<interrupt>::event{}); });
    });
    each_of(typename reading::deadlines{}, [&](auto type) {
      using deadline = typename decltype(type)::type;
      if (r.step == said_name<deadline>)
        kept = with_turn(engine, key, [](auto& turn) { return turn.template interrupted<deadline>(timed_out{}); });
    });
    return kept;
  }

  static auto key_of(key_bytes bytes) {
    key_value<typename stream::key> key{};
    (void)read_key(bytes, key);
    return key;
  }
  static std::uint16_t named(const saga_word& step) { return static_cast<std::uint16_t>(stream::state_type::step_named(step)); }
  template <class F>
  static void at_step(std::size_t step, F f) {
    each_index(make_indices<reading::step_count>{}, [&](auto at) {
      if (step == decltype(at)::value) f(at);
    });
  }
  template <std::size_t... I, class F>
  static void each_index(indices<I...>, F f) {
    (f(std::integral_constant<std::size_t, I>{}), ...);
  }
  template <class... T, class F>
  static void each_of(types<T...>, [[maybe_unused]] F f) {
    (f(type_is<T>{}), ...);
  }

  App& app_;
  gesta::testing::afterlife kept_;
  decltype(gesta::start<Model>(gesta::testing::mortal_store{nullptr})) probe_;
  gesta::testing::replayed result_;
};

}  // namespace detail::exploring

namespace testing {

/// Runs the inputs of each instance of a saga that an app holds, as they were recorded, through today's code, and compares what follows with what was
/// recorded: the commands that are asked with their fields, causes, the order. Times are not compared. Of an event that interrupted, and of an outcome
/// that asked again, only the name was recorded: they are taken as blank. Nothing is decided, and the app is left as it is. Costs what its sagas cost.
template <class Model, class Saga, class App>
replayed replays(App& app) {
  return detail::exploring::replay<Model, Saga, App>(app).run();
}

}  // namespace testing

}  // namespace gesta
