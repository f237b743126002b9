// The second level of exploring: a saga with its real aggregates and its real runner, through every way in which they can be disturbed.
// Floor: testing.
// May include: all above, testing.
//
//   CHECK(gesta::testing::explore_app<shop, fulfilment>(order::placed{1, 5, 100}).each([](auto& app, gesta::ended how) {
//     return app.template state<payment::payments>(1).held == (how == gesta::ended::completed ? 100 : 0);
//   }));
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include <gesta/detail/hana.hpp>
#include <gesta/detail/names.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/detail/select.hpp>
#include <gesta/message/about.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/react/ended.hpp>
#include <gesta/react/saga_course.hpp>
#include <gesta/runtime/export.hpp>
#include <gesta/runtime/facts.hpp>
#include <gesta/runtime/saga_runner.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/testing/choices.hpp>
#include <gesta/testing/explored.hpp>
#include <gesta/testing/explored_elsewhere.hpp>
#include <gesta/testing/mortal_store.hpp>
#include <gesta/testing/print.hpp>
#include <gesta/testing/told.hpp>

namespace gesta {

namespace testing {

/// How much goes wrong in one story, at most.
struct app_options {
  std::uint32_t duplicates = 1;  ///< what begins it comes again, or the answer of another service
  std::uint32_t timeouts = 1;    ///< time passes before a command with `within` is decided or its answer is here, or the saga's deadline
  std::uint32_t crashes = 1;     ///< the program ends at a commit, before it or behind it, and a further one goes on
  std::uint32_t interrupts = 1;  ///< one of the further messages comes
  std::uint32_t refusals = 1;    ///< a command is refused that its aggregate would have accepted; of another service an outcome but the first listed
  std::uint32_t stories = 1'000'000;  ///< it gives up when there are more
};

}  // namespace testing

namespace detail::exploring {

/// The first aggregate that emits an event; void: none does.
template <class Event, class Handlers>
struct emitter_of;
template <class Event, class... Handler>
struct emitter_of<Event, types<Handler...>> {
  static constexpr std::size_t which = first_true({contains<Event, typename Handler::events>..., false});
  static constexpr auto aggregate() {
    if constexpr (which != npos) return type_is<typename at<which, types<Handler...>>::aggregate>{};
    else return type_is<void>{};
  }
  using type = typename decltype(aggregate())::type;
};

// A clock that stands where the test puts it.
struct test_clock {
  const std::int64_t* now;
  timestamp operator()() const noexcept { return {*now}; }
};

template <class Model, class Saga, class Beginning, class... Further>
class app_explorer {
  using flow_type = flow<Model>;
  using stream = typename flow_type::template stream_of<Saga>;
  using reading = typename stream::reading;
  using instance = typename stream::state_type;
  template <std::size_t I>
  using step_of = typename reading::template step<I>;
  using death = gesta::testing::afterlife::death;

 public:
  app_explorer(const Beginning& beginning, const Further&... further) : beginning_(beginning), further_(further...) {}
  app_explorer(const gesta::testing::app_options& options, const Beginning& beginning, const Further&... further)
      : options_(options), beginning_(beginning), further_(further...) {}

  /// Tells every story, and calls check(app, gesta::ended) where it is over: what the check requires of the states has to hold whatever happened. A
  /// check that returns bool says so itself, and the result says which story it was that did not; one that takes a third argument is given
  /// the story as a const char*.
  template <class Check>
  gesta::testing::explored each(Check check) {
    gesta::testing::choices choose;
    choose_ = &choose;
    do {
      if (result_.states == options_.stories) {
        result_.problem = "there are more stories than app_options::stories allows to tell";
        break;
      }
      ++result_.states;
      tell(check);
    } while (result_.problem.empty() && choose.next());
    return result_;
  }

 private:
  enum class went : std::uint8_t { on, over, died };

  template <class Check>
  void tell(Check& check) {
    life_ = {};
    life_.who = this;
    life_.dies_at_commit = [](void* who) { return static_cast<app_explorer*>(who)->dies(); };
    left_ = options_;
    now_ = 1;
    retries_ = 2;
    story_.clear();
    elsewhere_.forget();
    for (int programs = 0; programs < 100; ++programs) {
      life_.is_dead = false;
      auto app = gesta::start<Model>(gesta::testing::mortal_store{&life_}, test_clock{&now_});
      auto runner = gesta::run_sagas(app, test_clock{&now_});
      went how = went::on;
      for (int steps = 0; how == went::on; ++steps) {
        how = steps < 1000 ? go_on(app, runner, check) : wrong("it does not end");
        if (life_.is_dead) how = went::died;
      }
      if (how == went::over) return;
      say("  a further program goes on");
    }
    wrong("it does not end");
  }
  death dies() {
    if (left_.crashes == 0) return death::none;
    const auto how = static_cast<death>(choose_->among(3));
    if (how == death::none) return how;
    --left_.crashes;
    say(how == death::before ? "  the program ends before this commit" : "  the program ends behind this commit");
    return how;
  }

  // ---- one move

  enum class kind : std::uint8_t { go_on, duplicate, further, refusal, undo_refusal, time, deadline, answer, late_answer, heard, heard_again, patience };
  struct move {
    kind is;
    std::size_t step = 0;
    std::size_t which = 0;
  };

  template <class App, class Runner, class Check>
  went go_on(App& app, Runner& runner, Check& check) {
    auto& engine = facts_of_app::engine(app);
    auto& table = engine.template table_of<stream>();
    const auto& key = reading::key_in(beginning_);
    const auto found = table.find(key);
    if (!found || found->version == 0) {
      if (!hear(app, beginning_, "")) return went::over;
      const auto begun = table.find(key);
      if (!life_.is_dead && (!begun || begun->version == 0)) return wrong("the saga does not begin");
      if (!life_.is_dead && reading::deadlines::size != 0 && begun->state.deadline.nanoseconds <= now_)
        return wrong("it has begun without its deadline");
      return went::on;
    }
    const instance& state = found->state;
    if (!state.is_under_way()) return ends(app, state, check);
    for (std::size_t i = 0; i < reading::step_count; ++i)
      if (state.steps[i].is == step_is::stuck) return unstick(runner);
    moves_.clear();
    if constexpr (reading::asks_elsewhere) list_requests(state, make_indices<reading::step_count>{});
    if (moves_.empty() || performer<Saga>::look(engine, found.number, {now_}).has_work) moves_.push_back({kind::go_on});
    if (left_.duplicates != 0) moves_.push_back({kind::duplicate});
    if (left_.interrupts != 0)
      for (std::size_t i = 0; i < sizeof...(Further); ++i) moves_.push_back({kind::further, 0, i});
    if (left_.timeouts != 0 && state.deadline.nanoseconds > now_ && state.can_be_interrupted()) moves_.push_back({kind::deadline});
    list_steps(state, make_indices<reading::step_count>{});
    const move m = moves_[choose_->among(static_cast<std::uint32_t>(moves_.size()))];
    switch (m.is) {
      case kind::go_on: return step(app, runner);
      case kind::duplicate:
        --left_.duplicates;
        return hear(app, beginning_, "again, ") ? went::on : went::over;
      case kind::further: {
        --left_.interrupts;
        bool kept = true;
        select<sizeof...(Further) + 1>(m.which, [&](auto at) {
          if constexpr (at() < sizeof...(Further)) kept = hear(app, value_at<at()>(further_), "");
        });
        return kept ? went::on : went::over;
      }
      case kind::time:
        --left_.timeouts;
        now_ = state.until(m.step).nanoseconds;
        return run_out(app, runner, state, m.step);
      case kind::deadline:
        --left_.timeouts;
        now_ = state.deadline.nanoseconds;
        say("  the time of the saga passes");
        if (const went how = step(app, runner); how != went::on) return how;
        return state.whole.failing || !state.is_under_way() ? went::on : wrong("it goes on although its time had passed");
      case kind::refusal:
      case kind::undo_refusal: return refuse(engine, found.number, m);
      default:
        if constexpr (reading::asks_elsewhere) return go_on_elsewhere(app, runner, found.number, m);
        else return went::over;
    }
  }
  /// The time of a step passes, and the runner sees it.
  template <class App, class Runner>
  went run_out(App& app, Runner& runner, const instance& state, std::size_t which) {
    say("  time passes");
    for (std::size_t i = 0; i < reading::step_count; ++i) {  // others of its group may have something to do before it
      if (const went how = step(app, runner); how != went::on) return how;
      if (state.steps[which].overdue != 0 || state.steps[which].attempts != 0) return went::on;
      if (!reading::asks_elsewhere) break;
    }
    return wrong("a command was decided although its time had passed");
  }

  template <std::size_t... I>
  void list_steps(const instance& state, indices<I...>) {
    (list_step<I>(state), ...);
  }
  template <std::size_t I>
  void list_step(const instance& state) {
    const step_is is = state.steps[I].is;
    const bool is_elsewhere = state.is_open_elsewhere(I);
    if (is_elsewhere && is == step_is::undo_asked && left_.timeouts != 0 && state.until(I).nanoseconds > now_) moves_.push_back({kind::patience, I});
    if (is_elsewhere && is == step_is::undo_asked) return;
    if (is == step_is::asked) {
      if (left_.timeouts != 0 && step_of<I>::has_within && state.until(I).nanoseconds > now_) moves_.push_back({kind::time, I});
      if (left_.refusals != 0 && !is_elsewhere)
        for (std::size_t k = 0; k < step_of<I>::contract::rejections::size; ++k) moves_.push_back({kind::refusal, I, k});
    }
    if (is == step_is::undo_asked && left_.refusals != 0)
      for (std::size_t k = 0; k < step_of<I>::undo_rejections::size; ++k)  // who says that it is undone already, does not say so here
        if (reading::table.undo_outcome(I, k).answer != outcome_rule::says::proceed) moves_.push_back({kind::undo_refusal, I, k});
  }

  // ---- what other services do

  template <std::size_t... I>
  void list_requests(const instance& state, indices<I...>) {
    (list_request<I>(state), ...);
    for (std::size_t i = 0; i < elsewhere_.all().size(); ++i) {
      const request_told& one = elsewhere_.all()[i];
      if (!one.is_decided() || is_open(state, one)) continue;
      if (!one.is_heard) moves_.push_back({kind::heard, one.step, i});
      else if (left_.duplicates != 0) moves_.push_back({kind::heard_again, one.step, i});
    }
  }
  static bool is_open(const instance& state, const request_told& one) {
    return state.is_open_elsewhere(one.step) && state.requests[one.step].number == one.number;
  }
  template <std::size_t I>
  void list_request(const instance& state) {
    if (!state.is_open_elsewhere(I)) return;
    const bool is_undo = state.steps[I].is == step_is::undo_asked;
    const request_told& one = elsewhere_.of(state.requests[I].number, I, is_undo);
    if (one.is_decided()) return moves_.push_back({kind::heard, I, static_cast<std::size_t>(&one - elsewhere_.all().data())});
    if (state.due(I).nanoseconds > now_) return;  // it is not sent before
    const bool may_be_late = !is_undo && left_.timeouts != 0 && state.until(I).nanoseconds > now_;
    if (is_undo) list_outcomes<I, typename step_of<I>::undo_contract>(true, false);
    else list_outcomes<I, typename step_of<I>::contract>(false, may_be_late && !step_of<I>::contract::is_sent);
  }
  /// The first outcome of a contract is what is meant by it; any other one costs a refusal.
  template <std::size_t I, class Contract>
  void list_outcomes(bool is_undo, bool may_be_late) {
    for (std::size_t k = 0; k < outcomes_elsewhere<Contract>::size && (k == 0 || left_.refusals != 0); ++k) {
      if (is_undo && k != 0 && (k < first_rejection<Contract> || undo_is_done_when(I, k - first_rejection<Contract>))) continue;
      moves_.push_back({kind::answer, I, k});
      if (may_be_late) moves_.push_back({kind::late_answer, I, k});
    }
  }
  static constexpr bool undo_is_done_when(std::size_t step, std::size_t rejection) {
    return reading::table.undo_outcome(step, rejection).answer == outcome_rule::says::proceed;
  }

  template <class App, class Runner>
  went go_on_elsewhere(App& app, Runner& runner, std::uint32_t entity, const move& m) {
    auto& engine = facts_of_app::engine(app);
    const instance& state = engine.template table_of<stream>().at(entity).state;
    if (m.is == kind::patience) {
      --left_.timeouts;
      now_ = state.until(m.step).nanoseconds;
      say("  time passes");
      return step(app, runner);
    }
    if (m.is == kind::heard || m.is == kind::heard_again) {
      if (m.is == kind::heard_again) --left_.duplicates;
      return is_heard(engine, entity, elsewhere_.all()[m.which]);
    }
    const std::uint64_t number = state.requests[m.step].number;
    if (m.which != 0) --left_.refusals;
    select<reading::step_count>(m.step, [&](auto at) { decide<at()>(state, *elsewhere_.find(number), m.which); });
    if (m.is == kind::answer) return is_heard(engine, entity, *elsewhere_.find(number));
    --left_.timeouts;
    say("  ", name_of(m.step), " is done elsewhere, and its answer is on its way");
    now_ = state.until(m.step).nanoseconds;
    return run_out(app, runner, state, m.step);
  }
  /// The service decides a request.
  template <std::size_t I>
  void decide(const instance& state, request_told& one, std::size_t which) {
    using undo = typename step_of<I>::undo_contract;
    one.outcome = which;
    if (!one.is_undo) {
      one.is_done = which < doing_outcomes<typename step_of<I>::contract>;
    } else if (which == 0 && step_of<I>::is_remote) {
      const bool was_there = elsewhere_.undo(I, state.requests[I].run);
      if (!was_there && undo::may_do_nothing) one.outcome = doing_outcomes<undo>;
    }
  }
  /// The saga is told, as gesta::ask_by tells it: of what is open the outcome, of what is not, that it came late, or nothing.
  template <class Engine>
  went is_heard(Engine& engine, std::uint32_t entity, request_told& one) {
    went how = went::on;
    select<reading::step_count>(one.step, [&](auto at) {
      if (one.is_undo) how = is_heard_as<at(), true>(engine, entity, one, outcomes_elsewhere<typename step_of<at()>::undo_contract>{});
      else how = is_heard_as<at(), false>(engine, entity, one, outcomes_elsewhere<typename step_of<at()>::contract>{});
    });
    return how;
  }
  template <std::size_t I, bool IsUndo, class Engine, class... Outcome>
  went is_heard_as([[maybe_unused]] Engine& engine, [[maybe_unused]] std::uint32_t entity, [[maybe_unused]] request_told& one, types<Outcome...>) {
    went how = went::on;
    [[maybe_unused]] std::size_t k = 0;
    ((k++ == one.outcome ? void(how = hear_outcome<I, IsUndo, Outcome>(engine, entity, one)) : void()), ...);
    return how;
  }
  template <std::size_t I, bool IsUndo, class Outcome, class Engine>
  went hear_outcome(Engine& engine, std::uint32_t entity, request_told& one) {
    const instance& state = engine.template table_of<stream>().at(entity).state;
    const char* const again = one.is_heard ? ", once more" : "";
    went how = went::on;
    if (is_open(state, one)) {
      say(IsUndo ? "  the undo of " : "  ", name_of(I), " is answered with ", type_name<Outcome>, again);
      how = in_unit(engine, [&] {
        if constexpr (IsUndo) return performer<Saga>::template answer<I, true>(engine, entity, {now_}, outcome_of<Outcome>(state.template open_undo<I>()));
        else return performer<Saga>::template answer<I, false>(engine, entity, {now_}, outcome_of<Outcome>(state.template open_command<I>()));
      });
    } else {
      say("  too late, ", IsUndo ? "the undo of " : "", name_of(I), " is answered with ", type_name<Outcome>, again);
      const step_is before = state.steps[I].is;
      const bool was_failing = state.whole.failing;
      if (!IsUndo && state.is_under_way() && state.steps[I].overdue != 0 && state.requests[I].run == one.number)
        how = in_unit(engine, [&] { return performer<Saga>::answer_late(engine, entity, {now_}, static_cast<std::uint16_t>(I), "late"); });
      if (!life_.is_dead && (state.steps[I].is != before || state.whole.failing != was_failing)) return wrong("an answer behind its time has changed something");
    }
    if (how == went::on && !life_.is_dead) one.is_heard = true;
    return how;
  }
  static chars name_of(std::size_t step) {
    chars name{};
    select<reading::step_count>(step, [&](auto at) { name = chars_of(type_name<typename step_of<at()>::type>); });
    return name;
  }
  /// What has to be true of other services where a story is over, whatever the check asks.
  template <std::size_t... I>
  bool are_right(const instance& state, ended how, indices<I...>) {
    return (is_right<I>(state, how) && ...);
  }
  template <std::size_t I>
  bool is_right([[maybe_unused]] const instance& state, [[maybe_unused]] ended how) {
    using says = step_of<I>;
    if constexpr (says::is_remote) {
      const std::size_t standing = elsewhere_.standing(I);
      if (!says::asks_many && standing > 1) return wrong(I, " is done twice elsewhere");
      if constexpr (says::undo_is_remote) {
        if (how == ended::compensated && standing != 0) return wrong(I, " still stands elsewhere");
        if (how == ended::compensated && elsewhere_.may_be_done(I)) return wrong(I, " may still be done elsewhere");
      }
      if (how == ended::completed && state.steps[I].is == step_is::done && standing == 0)
        return wrong(I, " does not stand elsewhere");
    }
    return true;
  }
  bool wrong(std::size_t step, const char* words) {
    const chars name = name_of(step);
    (void)wrong(std::string(name.data, name.size) + words);
    return false;
  }

  // The runner goes one step.
  template <class App, class Runner>
  went step(App& app, Runner& runner) {
    const std::uint64_t before = app.last_position();
    const ran made = runner.poll({.steps = 1});
    if (life_.is_dead) return went::died;
    if (!made) return wrong(made.why().describe());
    if (made.put_aside != 0) return wrong("the instance was put aside");
    if (app.last_position() != before) return say("  it goes on"), went::on;
    if (made.next_due.nanoseconds <= now_) return wrong("it is not over, and nothing is left to do");
    now_ = made.next_due.nanoseconds;
    say("  time passes until it has something to do");
    return went::on;
  }

  // A command is refused before its aggregate is asked, as if the world were another one.
  template <class Engine>
  went refuse(Engine& engine, std::uint32_t entity, const move& m) {
    --left_.refusals;
    return in_unit(engine, [&] {
      bool kept = true;
      select<reading::step_count>(m.step, [&](auto at) {
        if (m.is == kind::refusal) kept = refuse_as<at(), false>(engine, entity, m.which, typename step_of<at()>::contract::rejections{});
        else kept = refuse_as<at(), true>(engine, entity, m.which, typename step_of<at()>::undo_rejections{});
      });
      return kept;
    });
  }
  template <std::size_t I, bool IsUndo, class Engine, class... Rejection>
  bool refuse_as([[maybe_unused]] Engine& engine, [[maybe_unused]] std::uint32_t entity, [[maybe_unused]] std::size_t which, types<Rejection...>) {
    bool kept = true;
    [[maybe_unused]] std::size_t k = 0;
    ((k++ == which ? void(kept = refuse_with<I, IsUndo, Rejection>(engine, entity)) : void()), ...);
    return kept;
  }
  template <std::size_t I, bool IsUndo, class Rejection, class Engine>
  bool refuse_with(Engine& engine, std::uint32_t entity) {
    say(IsUndo ? "  the undo of " : "  ", type_name<typename step_of<I>::type>, " is refused with ", type_name<Rejection>);
    auto& table = engine.template table_of<stream>();
    const auto key = table.copy_of_key(entity);
    const instance& state = table.at(entity).state;
    saga_turn<Engine, Saga> turn(engine, key.value(), state, {{now_}, state.correlation, {}}, {now_});
    if constexpr (IsUndo) return turn.template undo_is_refused<I>(Rejection{});
    else return turn.template answers<I>(Rejection{});
  }
  // What is stuck a person lets be undone again; who refuses each time is left alone.
  template <class Runner>
  went unstick(Runner& runner) {
    if (retries_ == 0) {
      ++result_.stuck;
      return went::over;
    }
    --retries_;
    say("  a person lets it be undone again");
    const committed kept = runner.template retry<Saga>(reading::key_in(beginning_), text<64>("explorer"));
    return kept || life_.is_dead ? went::on : wrong(kept.why().describe());
  }
  template <class Engine, class Act>
  went in_unit(Engine& engine, Act act) {
    if (!engine.begin()) return wrong(engine.last_failure().describe());
    engine.begin_chain();
    if (!act()) {
      engine.roll_back();
      return wrong(engine.last_failure().describe());
    }
    if (engine.commit() || life_.is_dead) return went::on;
    return wrong(engine.last_failure().describe());
  }

  // A command that comes from outside, or an event of which somebody says that it has happened. False: the store failed, and the story is over.
  template <class App, class Message>
  bool hear(App& app, const Message& message, const char* how) {
    char room[400];
    print(message, room, sizeof room);
    say("  ", how, static_cast<const char*>(room));
    bool kept = true;
    if constexpr (flow_type::template knows<Message>) {
      kept = app.handle(message).match([](const gesta::failure&) { return false; }, [](const auto&) { return true; });
    } else {
      using aggregate = typename emitter_of<Message, typename flow_type::handlers>::type;
      constexpr bool is_emitted = !std::is_void_v<aggregate>;
      (void)sizeof(diagnostic::event_of_another_model<is_emitted, Model, Message>);
      if constexpr (is_emitted) kept = static_cast<bool>(app.append(gesta::facts<aggregate>(key_for<aggregate>(message), expected::any(), message)));
    }
    return kept || life_.is_dead || (wrong("the store failed"), false);
  }
  template <class Aggregate, class Message>
  static const auto& key_for(const Message& message) {
    if constexpr (carries_key<Aggregate>) return key_in<Aggregate>(message);
    else return reading::key_in(message);
  }

  // ---- the end of a story

  template <class App, class Check>
  went ends(App& app, const instance& state, Check& check) {
    const ended how = state.whole.is == course_is::completed ? ended::completed : ended::compensated;
    ++(how == ended::completed ? result_.completed : result_.compensated);
    say(how == ended::completed ? "  completed" : "  compensated");
    if constexpr (reading::asks_elsewhere)
      if (!are_right(state, how, make_indices<reading::step_count>{})) return went::over;
    if constexpr (std::is_invocable_v<Check&, App&, ended, const char*>) judge([&] { return check(app, how, story_.c_str()); });
    else judge([&] { return check(app, how); });
    return went::over;
  }
  template <class Call>
  void judge(Call call) {
    if constexpr (std::is_void_v<decltype(call())>) {
      call();
    } else {
      if (!static_cast<bool>(call())) (void)wrong("the check does not hold");
    }
  }
  template <class Words>
  went wrong(const Words& words) {
    if (result_.problem.empty()) {
      result_.problem = story_ + "=> ";
      put(words);
    }
    return went::over;
  }
  void put(const char* words) { result_.problem += words; }
  template <class Words>
    requires requires(const Words& w) { w.c_str(); }
  void put(const Words& words) {
    result_.problem += words.c_str();
  }
  template <class... Part>
  void say(const Part&... part) {
    const auto add = [&](const auto& p) {
      const chars c = chars_of(p);
      story_.append(c.data, c.size);
    };
    (add(part), ...);
    story_ += '\n';
  }

  gesta::testing::app_options options_;
  Beginning beginning_;
  values<Further...> further_;
  gesta::testing::choices* choose_ = nullptr;
  gesta::testing::explored result_;
  gesta::testing::afterlife life_;
  services_elsewhere elsewhere_;
  gesta::testing::app_options left_;
  std::int64_t now_ = 0;
  std::uint32_t retries_ = 0;
  std::string story_;
  std::vector<move> moves_;
};

/// Of what cannot be explored: a sentence has said so.
struct unexplored {
  template <class Check>
  gesta::testing::explored each(const Check&) const {
    return {};
  }
};

}  // namespace detail::exploring

namespace testing {

/// Stories of one instance of a saga that is begun by a message, a command or an event, in an app of Model that is begun anew for each. The runner
/// of the product decides its commands in the real aggregates; between its steps, and at each of its commits, it is disturbed as often as
/// the options say: what began it comes again, one of the further messages comes (which may interrupt it), a command is refused with one of the
/// rejections of its contract although its aggregate would have accepted it, time passes, the program ends and a further one goes on with
/// what was kept.
///
/// What another service decides is decided by the stories: with each outcome of the contract, an event with the values of the command's fields of the
/// same name and type, all others blank; not at all, so that its time passes; or done, and the answer comes behind its time. The service remembers by
/// the request's number what it has said, and does not do what was undone before it came. At the end of each story, where it went back nothing may
/// stand elsewhere, or be on its way there, that an undo is for; where it completed, each step that was done stands, and once.
///
/// All that is stored needs a form as bytes. `.each(check)` tells them all; a story takes some microseconds for each of its steps.
template <class Model, class Saga, class Beginning, class... Further>
auto explore_app(const Beginning& beginning, const Further&... further) {
  if constexpr (detail::testing::has_broken_rule<Model>()) {
    return detail::exploring::unexplored{};
  } else if constexpr (detail::testing::has_parts<Model> && detail::saga_part<Saga>) {
    return detail::exploring::app_explorer<Model, Saga, Beginning, Further...>(beginning, further...);
  } else {
    (void)sizeof(diagnostic::explores_no_saga<false, Model, Saga>);
    return detail::exploring::unexplored{};
  }
}
template <class Model, class Saga, class Beginning, class... Further>
auto explore_app(const app_options& options, const Beginning& beginning, const Further&... further) {
  if constexpr (detail::testing::has_broken_rule<Model>()) {
    return detail::exploring::unexplored{};
  } else if constexpr (detail::testing::has_parts<Model> && detail::saga_part<Saga>) {
    return detail::exploring::app_explorer<Model, Saga, Beginning, Further...>(options, beginning, further...);
  } else {
    (void)sizeof(diagnostic::explores_no_saga<false, Model, Saga>);
    return detail::exploring::unexplored{};
  }
}

}  // namespace testing

}  // namespace gesta
