// Walks through everything that can happen to a saga between its table and the services that do its commands, and looks for a story that ends wrong.
// Floor: testing. It knows indices and names; testing/explore.hpp takes them from the type.
// May include: detail, react/saga_course.hpp, testing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gesta/detail/chars.hpp>
#include <gesta/react/saga_course.hpp>
#include <gesta/testing/explored.hpp>
#include <gesta/testing/explorer_ends.hpp>
#include <gesta/testing/explorer_seen.hpp>
#include <gesta/testing/explorer_world.hpp>

namespace gesta::detail::exploring {

class explorer {
 public:
  explorer(const subject& what, const gesta::testing::explore_options& options)
      : what_(what), table_(what.table), options_(options), seen_(what.table.step_count) {}

  gesta::testing::explored walk() {
    if (table_.step_count > 200) {
      result_.problem = "a saga of more than 200 steps is not explored";
      return result_;
    }
    start();
    std::vector<move> moves;
    world at, next;
    for (std::size_t i = 0; i < seen_.size() && result_.problem.empty(); ++i) {
      if (seen_.size() > options_.states) {
        result_.problem = "it has more states than explore_options::states allows to look at";
        break;
      }
      seen_.read(i, at);
      if (is_quiet(at)) judge_end(at, i);
      moves.clear();
      list_moves(at, moves);
      for (const move& m : moves) {
        next = at;
        play(next, m);
        if (!wrong_.empty()) {
          tell(i, &m, wrong_);
          break;
        }
        seen_.keep(next, static_cast<std::uint32_t>(i), m);
      }
    }
    result_.states = seen_.size();
    return result_;
  }

 private:
  void start() {
    world w;
    w.left = {small(options_.duplicates), small(options_.timeouts), small(options_.crashes), small(options_.interrupts), small(options_.retries)};
    w.steps.resize(table_.step_count);
    w.replies.push_back({});
    const std::uint32_t most = options_.many < most_commands ? options_.many : most_commands;
    for (;;) {  // each choice of the sizes
      seen_.keep(w, nowhere, move{});
      std::size_t i = 1;
      for (; i < w.steps.size(); ++i) {
        if (!what_.asks_many[i]) continue;
        step_state& s = w.steps[i];
        s.size = s.size == 1 ? (most > 1 ? 2 : 0) : s.size == 0 ? 1 : s.size < most ? static_cast<std::uint8_t>(s.size + 1) : 0;
        if (s.size != 1) break;
      }
      if (i >= w.steps.size()) return;
    }
  }
  static std::uint8_t small(std::uint32_t n) { return static_cast<std::uint8_t>(n < 200 ? n : 200); }

  // ---- what can happen

  static bool is_under_way(const world& w) { return w.whole.is == course_is::under_way; }
  bool is_quiet(const world& w) const {
    if (!w.replies.empty()) return false;
    for (const step_state& s : w.steps)
      if (s.queued != 0) return false;
    return true;
  }
  // The outcome that says that nobody answered; no_step where the step says no time.
  std::uint16_t unknown_of(std::size_t step) const {
    for (std::uint16_t i = 0; i < table_.steps[step].outcomes; ++i)
      if (table_.outcome(step, i).is_unknown) return i;
    return no_step;
  }

  void list_moves(const world& w, std::vector<move>& out) const {
    using kind = move::kind;
    for (std::size_t i = 0; i < w.steps.size(); ++i) {
      // An edge keeps its order: only its first message can arrive.
      const std::size_t may_arrive = w.steps[i].queued != 0 ? 1 : 0;
      for (std::size_t q = 0; q < may_arrive; ++q) list_deliveries(w, i, q, out);
    }
    for (std::size_t r = 0; r < w.replies.size(); ++r) {
      move m{kind::hear, w.replies[r].step, static_cast<std::uint8_t>(r), 0, move::copy::none, dies::not_at_all, false};
      list_input(w, m, out);
      if (w.left.duplicates != 0) {
        m.copies = move::copy::stays;
        out.push_back(m);
      }
    }
    if (w.left.timeouts != 0) {
      for (std::size_t i = 1; i < w.steps.size(); ++i)
        if (w.steps[i].status.is == step_is::asked && unknown_of(i) != no_step) list_input(w, of_step(kind::time_passes, i), out);
      for (std::size_t i = 0; i < what_.deadline_count; ++i)
        if (is_under_way(w)) list_input(w, numbered(kind::deadline, i), out);
    }
    if (w.left.interrupts != 0)
      for (std::size_t i = 0; i < what_.interrupt_count; ++i) list_input(w, numbered(kind::interrupt, i), out);
    for (std::size_t i = 0; i < w.steps.size(); ++i) {
      if (w.steps[i].status.is != step_is::stuck || !is_quiet(w)) continue;
      if (w.left.retries != 0) out.push_back(of_step(kind::retry, i));
      out.push_back(of_step(kind::resolve, i));
    }
    if (w.left.crashes != 0 && is_under_way(w)) {
      move m{kind::restart};
      out.push_back(m);
      m.all_lost = true;
      out.push_back(m);
    }
  }
  static move of_step(move::kind is, std::size_t step) {
    move m{is};
    m.step = static_cast<std::uint8_t>(step);
    return m;
  }
  static move numbered(move::kind is, std::size_t which) {
    move m{is};
    m.which = static_cast<std::uint8_t>(which);
    return m;
  }
  // What the saga is told, and the crashes around the commit of it.
  static void list_input(const world& w, move m, std::vector<move>& out) {
    out.push_back(m);
    if (w.left.crashes == 0) return;
    m.dead = dies::before_the_commit;
    out.push_back(m);
    m.dead = dies::after_the_commit;
    out.push_back(m);
  }
  // Whether the service remembers that it has done this message.
  static bool remembers(const element_state& e, const message& m) { return (m.is_undo ? e.undo_rounds : e.run_rounds) > m.round; }

  void list_deliveries(const world& w, std::size_t step, std::size_t at, std::vector<move>& out) const {
    using copy = move::copy;
    const step_state& s = w.steps[step];
    const message& m = s.queue[at];
    const element_state& e = s.of[m.element];
    move d = of_step(move::kind::deliver, step);
    d.which = static_cast<std::uint8_t>(at);
    const auto add = [&](std::uint8_t outcome) {
      d.outcome = outcome;
      d.copies = copy::none;
      out.push_back(d);
      if (w.left.duplicates != 0) {
        d.copies = copy::stays;
        out.push_back(d);
        if (s.queued > 1) {
          d.copies = copy::behind;
          out.push_back(d);
        }
      }
      if (w.left.crashes != 0) {
        d.copies = copy::reply_lost;
        out.push_back(d);
      }
    };
    if (remembers(e, m)) return add(m.is_undo ? e.undo_outcome : e.run_outcome);
    const step_rule& rule = table_.steps[step];
    if (!m.is_undo) {
      for (std::uint16_t i = 0; i < rule.outcomes; ++i) {
        const outcome_rule& o = table_.outcome(step, i);
        if (!o.is_unknown && may_refuse(o, m)) add(static_cast<std::uint8_t>(i));
      }
      return;
    }
    add(well);
    for (std::uint16_t i = 0; i < rule.undo_outcomes; ++i) {
      const outcome_rule& o = table_.undo_outcome(step, i);
      // A refusal that says that it is undone already is only said where it is.
      if (may_refuse(o, m) && (o.answer != outcome_rule::says::proceed || !e.stands())) add(static_cast<std::uint8_t>(i));
    }
  }
  bool may_refuse(const outcome_rule& o, const message& m) const {
    if (m.round >= 30) return o.answer == outcome_rule::says::proceed;
    return o.answer != outcome_rule::says::until_answered || m.round < options_.refusals;
  }

  // ---- what happens

  void play(world& w, const move& m) {
    using kind = move::kind;
    switch (m.is) {
      case kind::deliver: return deliver(w, m);
      case kind::restart:
        --w.left.crashes;
        say("the saga's process crashes");
        return restart(w, m.all_lost);
      default: return take_input(w, m);
    }
  }

  // A service hears a command.
  void deliver(world& w, const move& d) {
    step_state& s = w.steps[d.step];
    const message m = s.queue[d.which];
    element_state& e = s.of[m.element];
    say(name_of(d.step), m.is_undo ? ".undo -> " : ".run -> ", m.is_undo ? what_.undo_commands[d.step] : what_.commands[d.step], " ");
    if (is_telling_ && s.size > 1) say(std::to_string(m.element + 1), " of ", std::to_string(s.size), " ");
    say("arrives: ");
    const bool is_known = remembers(e, m);
    if (!is_known) decide(w, d, m, e);
    if (is_known) say("done before, ");
    say(said(d.step, m, d.outcome));
    using copy = move::copy;
    const bool stays = d.copies == copy::stays || d.copies == copy::reply_lost;
    if (!stays) {
      for (std::size_t i = d.which; i + 1 < s.queued; ++i) s.queue[i] = s.queue[i + 1];
      --s.queued;
    }
    if (d.copies == copy::behind) send(s, m);
    if (d.copies == copy::reply_lost) {
      --w.left.crashes;
      say(", and the service crashes before it answers");
      return;
    }
    if (stays || d.copies == copy::behind) {
      --w.left.duplicates;
      say(stays ? "; the same comes again" : "; the same comes again behind the others");
    }
    const reply answer{d.step, m, d.outcome};
    std::size_t at = 0;
    while (at < w.replies.size() && comes_before(w.replies[at], answer)) ++at;
    w.replies.insert(w.replies.begin() + static_cast<std::ptrdiff_t>(at), answer);
  }
  // They travel in no order, so they are kept in one: the same replies are the same world.
  static bool comes_before(const reply& a, const reply& b) {
    const auto number = [](const reply& r) {
      return ((r.step * 256u + r.to.element) * 2u + (r.to.is_undo ? 1u : 0u)) * 65536u + r.to.round * 256u + r.outcome;
    };
    return number(a) < number(b);
  }
  void decide(world& w, const move& d, const message& m, element_state& e) {
    if (m.is_undo) {
      if (table_.steps[d.step].undo != undo_is::a_command) return wrong(name_of(d.step), " was undone, and says no command for it");
      e.undo_rounds = static_cast<std::uint8_t>(m.round + 1);
      e.undo_outcome = d.outcome;
      if (e.known != known_is::unknown && e.done == 0) return wrong(name_of(d.step), " was undone without having been done");
      if (d.outcome != well) return;
      if (e.undone != 0) return wrong(name_of(d.step), " was undone twice");
      if (!e.stands()) return;
      ++e.undone;
      look_at_order(w, d.step, m.element);
      return;
    }
    e.run_rounds = static_cast<std::uint8_t>(m.round + 1);
    e.run_outcome = d.outcome;
    if (!table_.outcome(d.step, d.outcome).may_stand) return;
    if (e.done != 0) return wrong(name_of(d.step), " was done twice");
    ++e.done;
  }
  // The last one first: whatever stands behind it has to be undone before, unless it is the winner of a group whose others are undone.
  void look_at_order(const world& w, std::size_t step, std::size_t element) {
    for (std::size_t i = step; i < w.steps.size(); ++i) {
      if (table_.steps[i].undo != undo_is::a_command) continue;
      if (i != step && !w.whole.failing && table_.steps[i].group == table_.steps[step].group) continue;
      for (std::size_t k = i == step ? element + 1 : 0; k < w.steps[i].size; ++k) {
        const element_state& e = w.steps[i].of[k];
        if ((e.stands() || e.known == known_is::done || e.known == known_is::unknown) && !e.is_back)
          return wrong(name_of(step), " was undone before ", name_of(i));
      }
    }
  }

  // The saga hears an answer, its clock, somebody from outside, or a person. All of it is one commit; what it asks is sent behind that.
  void take_input(world& w, const move& m) {
    using kind = move::kind;
    if (m.dead != dies::not_at_all) {
      --w.left.crashes;
      before_ = w;
    }
    asked_.clear();
    switch (m.is) {
      case kind::hear: hear(w, m); break;
      case kind::time_passes:
        say(name_of(m.step), " is not answered in time: ");
        --w.left.timeouts;
        answer(w, m.step, static_cast<std::uint8_t>(unknown_of(m.step)));
        break;
      case kind::interrupt:
        say(what_.interrupts[m.which], ": ");
        --w.left.interrupts;
        interrupt(w);
        break;
      case kind::deadline:
        say(what_.deadlines[m.which], " passes: ");
        --w.left.timeouts;
        interrupt(w);
        break;
      case kind::retry:
        say("a person lets ", name_of(m.step), " be undone again: ");
        --w.left.retries;
        ++w.steps[m.step].round;
        with_machine(w, [&](auto& machine) { machine.retried(m.step); });
        break;
      default: {
        say("a person resolves ", name_of(m.step), ": ");
        element_state& e = w.steps[m.step].of[open_element(w.steps[m.step])];
        e.is_back = true;
        if (e.stands()) ++e.undone;
        with_machine(w, [&](auto& machine) { machine.resolved(m.step); });
        break;
      }
    }
    if (m.dead == dies::before_the_commit) {
      w = before_;  // nothing of it was kept, and the input comes again
      say("-- the saga's process crashes before the commit");
      return restart(w, false);
    }
    if (m.dead == dies::after_the_commit) {
      say("-- the saga's process crashes behind the commit");
      return restart(w, false);
    }
    for (const auto& [step, one] : asked_) send(w.steps[step], one);
  }

  void hear(world& w, const move& m) {
    const reply r = w.replies[m.which];
    if (m.copies == move::copy::stays) --w.left.duplicates;
    else w.replies.erase(w.replies.begin() + m.which);
    if (r.step == 0 && !r.to.is_undo) {
      say(what_.beginning, m.copies == move::copy::stays ? " (it will come again): " : ": ");
      if (w.whole.is == course_is::not_begun) {
        w.steps[0].of[0].done = 1;
        w.steps[0].of[0].known = known_is::done;
      }
      return with_machine(w, [](auto& machine) { machine.begin(); });
    }
    say(name_of(r.step), " is told ", said(r.step, r.to, r.outcome), m.copies == move::copy::stays ? " (and will be again): " : ": ");
    step_state& s = w.steps[r.step];
    element_state& e = s.of[r.to.element];
    if (!r.to.is_undo) {
      const bool is_open = s.status.is == step_is::asked && s.status.answered == r.to.element && s.round == r.to.round && is_under_way(w);
      if (is_open) return answer(w, r.step, r.outcome);
      return with_machine(w, [&](auto& machine) { machine.answered_late(r.step); });
    }
    const bool is_open = s.status.is == step_is::undo_asked && open_element(s) == r.to.element && s.round == r.to.round && is_under_way(w);
    if (!is_open) return say("heard before");
    const bool is_refused = r.outcome != well;
    if (!is_refused || table_.undo_outcome(r.step, r.outcome).answer == outcome_rule::says::proceed) e.is_back = true;
    with_machine(w, [&](auto& machine) { machine.undo_answered(r.step, is_refused ? r.outcome : no_step); });
  }

  // The open command of a step is answered, or its time has passed. What follows for the whole is worked out here as well, by itself.
  void answer(world& w, std::uint8_t step, std::uint8_t outcome) {
    step_state& s = w.steps[step];
    const outcome_rule& o = table_.outcome(step, outcome);
    using says = outcome_rule::says;
    const bool is_wanted = !w.goes_back || o.may_stand;  // else nobody needs it any more, and nothing was done
    const bool again = is_wanted && (o.answer == says::until_answered || (o.answer == says::again && s.tries < o.times));
    if (again) {
      ++s.tries;
    } else {
      s.tries = 0;
      element_state& e = s.of[s.status.answered];
      e.known = o.is_unknown ? known_is::unknown : o.may_stand ? known_is::done : known_is::not_done;
      const bool fails = o.answer != says::proceed;
      if (fails) s.verdict = step_state::failed;
      else if (s.status.answered + 1u == s.size) s.verdict = step_state::succeeded;
      const group_rule& group = table_.groups[table_.steps[step].group];
      bool all_failed = true;
      for (std::size_t i = group.first; i < std::size_t{group.first} + group.steps; ++i)
        all_failed = all_failed && w.steps[i].verdict == step_state::failed;
      if (group.is == group_is::all_of ? fails : all_failed) w.goes_back = true;
    }
    if (again && !o.is_unknown) ++s.round;  // it is decided anew: another message
    const std::uint32_t asked_before = s.status.attempts;
    with_machine(w, [&](auto& machine) { machine.answered(step, outcome); });
    if (!is_wanted && s.status.is == step_is::asked && s.status.attempts > asked_before)
      wrong(name_of(step), " is asked again, although it was refused and the whole goes back");
  }
  void interrupt(world& w) {
    bool may = is_under_way(w);
    for (std::size_t i = 0; i < w.steps.size(); ++i)
      may = may && (table_.steps[i].undo != undo_is::impossible || w.steps[i].status.is == step_is::untouched);
    if (may) w.goes_back = true;
    with_machine(w, [](auto& machine) { machine.interrupted(); });
  }

  // The machine of the product on the status of this world.
  template <class Call>
  void with_machine(world& w, Call call) {
    status_.resize(w.steps.size());
    for (std::size_t i = 0; i < w.steps.size(); ++i) status_[i] = w.steps[i].status;
    const course_view view{w.whole, status_.data()};
    auto write = [&](const act& a) {
      note(table_, view, a, a.step == no_step ? 1 : w.steps[a.step].size);
      follow(w, a);
    };
    course<decltype(write)> machine(table_, view, write);
    call(machine);
    for (std::size_t i = 0; i < w.steps.size(); ++i) w.steps[i].status = status_[i];
  }
  // What is sent for an act.
  void follow(world& w, const act& a) {
    tell_act(a);
    if (a.step == no_step) return;
    step_state& s = w.steps[a.step];
    s.status = status_[a.step];
    const bool is_open = s.status.is == step_is::asked;
    switch (a.is) {
      case act_is::asked:
        s.round = 0;
        if (is_open) ask(a.step, s);
        break;
      case act_is::answered:
        if (!is_open) break;
        s.round = 0;
        ask(a.step, s);
        break;
      case act_is::undo_asked:
        s.round = 0;
        ask(a.step, s);
        break;
      case act_is::asked_again:
        if (s.status.is == step_is::undo_asked) ++s.round;
        ask(a.step, s);
        break;
      case act_is::retried: ask(a.step, s); break;
      default: break;
    }
  }
  void ask(std::size_t step, const step_state& s) { asked_.push_back({step, open_message(s)}); }

  // The last command of the step that stands, as far as the saga knows: whose undo is open.
  static std::uint8_t open_element(const step_state& s) {
    std::uint8_t last = 0;
    for (std::uint8_t i = 0; i < s.size; ++i)
      if ((s.of[i].known == known_is::done || s.of[i].known == known_is::unknown) && !s.of[i].is_back) last = i;
    return last;
  }
  static message open_message(const step_state& s) {
    if (s.status.is == step_is::asked) return {s.round, static_cast<std::uint8_t>(s.status.answered), false};
    return {s.round, open_element(s), true};
  }
  // The saga's process starts: whatever is asked and not answered is sent again. With all lost, nothing else is under way but what begins it.
  void restart(world& w, bool all_lost) {
    if (all_lost) {
      say(", and all that was under way is lost");
      for (step_state& s : w.steps) s.queued = 0;
      std::size_t kept = 0;
      for (const reply& r : w.replies)
        if (r.step == 0 && !r.to.is_undo) w.replies[kept++] = r;
      w.replies.resize(kept);
    }
    if (!is_under_way(w)) return;
    for (step_state& s : w.steps)
      if (s.status.is == step_is::asked || s.status.is == step_is::undo_asked) send(s, open_message(s));
  }
  void send(step_state& s, const message& m) {
    if (s.queued == sizeof s.queue / sizeof s.queue[0]) return wrong("more than 12 messages to one service are not explored");
    s.queue[s.queued++] = m;
  }

  // ---- how it ends

  void judge_end(const world& w, std::size_t at) {
    std::string problem;
    bool is_stuck = false;
    for (const step_state& s : w.steps) is_stuck = is_stuck || s.status.is == step_is::stuck;
    if (w.whole.is == course_is::completed) {
      ++result_.completed;
      problem = w.goes_back ? "completed, although it had to go back" : wrong_with_completed(what_, w);
    } else if (w.whole.is == course_is::compensated) {
      ++result_.compensated;
      problem = w.goes_back ? wrong_with_compensated(what_, w) : "compensated, although nothing failed";
    } else if (is_stuck) {
      ++result_.stuck;
    } else {
      problem = "ends nowhere";
    }
    if (!problem.empty()) tell(at, nullptr, problem);
  }

  // ---- the story

  chars name_of(std::size_t step) const { return what_.steps[step]; }
  chars said(std::size_t step, const message& m, std::uint8_t outcome) const {
    if (!m.is_undo) return what_.outcomes[table_.steps[step].first_outcome + outcome];
    return outcome == well ? detail::chars_of("undone") : what_.outcomes[table_.steps[step].first_undo_outcome + outcome];
  }
  template <class... Part>
  void say(const Part&... part) {
    if (is_telling_) (put(part), ...);
  }
  void put(chars c) { story_.append(c.data, c.size); }
  void put(const std::string& s) { story_ += s; }
  void put(const char* s) { story_ += s; }
  template <class... Part>
  void wrong(const Part&... part) {
    if (!wrong_.empty()) return;
    const auto add = [&](const auto& p) {
      const chars c = detail::chars_of(p);
      wrong_.append(c.data, c.size);
    };
    (add(part), ...);
  }
  void tell_act(const act& a) {
    if (!is_telling_) return;
    static const char* const words[] = {"begun",       "asks ",      "",          "asks again ", "it fails",   "undoes ", "is undone",
                                        "passes over ", "is stuck", "is retried", "is resolved", "completed", "compensated",
                                        "too late", "no matter"};
    const char* const word = words[static_cast<std::size_t>(a.is)];
    if (*word == '\0') return;
    if (!story_.empty() && story_[story_.size() - 2] != ':') story_ += ", ";
    story_ += word;
    const bool names_step = a.is == act_is::asked || a.is == act_is::asked_again || a.is == act_is::undo_asked || a.is == act_is::passed_over;
    if (names_step) put(what_.steps[a.step]);
  }
  // The moves from the start to a place, and perhaps one more, played again aloud.
  void tell(std::size_t at, const move* then, const std::string& problem) {
    const std::string verdict = problem;
    std::vector<std::uint32_t> way;
    for (std::uint32_t i = static_cast<std::uint32_t>(at); i != nowhere; i = seen_.parent(i)) way.push_back(i);
    world w;
    seen_.read(way.back(), w);
    is_telling_ = true;
    wrong_.clear();
    for (std::size_t i = way.size() - 1; i-- != 0;) {
      play(w, seen_.by(way[i]));
      story_ += '\n';
    }
    if (then != nullptr) {
      play(w, *then);
      story_ += '\n';
    }
    is_telling_ = false;
    result_.problem = story_ + "=> " + verdict;
  }

  const subject& what_;
  const course_table& table_;
  gesta::testing::explore_options options_;
  gesta::testing::explored result_;
  seen_worlds seen_;
  std::vector<step_status> status_;
  std::vector<std::pair<std::size_t, message>> asked_;
  world before_;
  std::string wrong_, story_;
  bool is_telling_ = false;
};

}  // namespace gesta::detail::exploring
