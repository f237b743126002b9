// Steps that are asked at the same time, steps of which one is enough, and steps of many commands, each ended by any store at any commit.
#include <gesta/runtime/sagas.hpp>

#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/runtime/saga_runner.hpp>

#include <string>

#include "saga_lab.hpp"
#include "shared_store.hpp"

using is = gesta::saga_standing::is;
using lab::answers;
using lab::decided;
using lab::script;

namespace many {

struct line { int number; };
struct filled   { int job, lines; std::string who; static constexpr auto id = "cart.filled"; };
struct fill     { int job, lines; };
struct cart     {};
inline void evolve(cart&, const filled&) {}
inline auto decide(const cart&, const fill& c) -> gesta::emits<filled> { return filled{c.job, c.lines, "somebody with a name that does not lie in place"}; }
struct carts : gesta::aggregate<cart, gesta::commands<fill>, gesta::by<"job">> { static constexpr auto id = "cart"; };

struct taken    { int job, line, cost; std::string who; static constexpr auto id = "shelf.taken"; };
struct returned { int job, line, cost; static constexpr auto id = "shelf.returned"; };
struct gone     { static constexpr auto id = "shelf.gone"; };
struct take     { int job, line; std::string who; };
struct give     { int job, line, cost; };
struct shelf    { int out = 0; };
inline void evolve(shelf& s, const taken& e)    { s.out += e.cost; }
inline void evolve(shelf& s, const returned& e) { s.out -= e.cost; }
inline auto decide(const shelf&, const take& c) -> gesta::emits<taken>::or_nothing::or_rejects<gone> {
  const answers now = lab::next(("t" + std::to_string(c.line)).c_str());
  if (now == answers::refuses) return gone{};
  if (now == answers::nothing) return gesta::no_change;
  return taken{c.job, c.line, 10 * c.line, c.who};
}
inline auto decide(const shelf&, const give& c) -> gesta::emits<returned>::or_rejects<gone> {
  if (lab::next(("-t" + std::to_string(c.line)).c_str()) == answers::refuses) return gone{};
  return returned{c.job, c.line, c.cost};
}
struct shelves : gesta::aggregate<shelf, gesta::commands<take, give>, gesta::by<"line">> { static constexpr auto id = "shelf"; };

struct sent  { int job; static constexpr auto id = "van.sent"; };
struct full  { static constexpr auto id = "van.full"; };
struct send  { int job; };
struct van   { int sent = 0; };
inline void evolve(van& v, const struct sent&) { ++v.sent; }
inline auto decide(const van&, const send& c) -> gesta::emits<sent>::or_rejects<full> {
  if (lab::next("send") == answers::refuses) return full{};
  return sent{c.job};
}
struct vans : gesta::aggregate<van, gesta::commands<send>, gesta::by<"job">> { static constexpr auto id = "van"; };

struct begins { static constexpr auto id = "begins"; using begun_by = filled; using undo = gesta::needless; };
struct lines {
  static constexpr auto id = "lines";
  auto run(const filled& f) -> gesta::many<take> {
    gesta::many<take> all;
    for (int i = 1; i <= f.lines; ++i) all.push_back({f.job, i, f.who});
    return all;
  }
  auto undo(const taken& t) -> give { return {t.job, t.line, t.cost}; }
  auto on(const gone&) -> gesta::compensate { return {}; }
  auto on_undo(const gone&) -> gesta::stuck { return {}; }
};
struct sends {
  static constexpr auto id = "sends";
  using undo = gesta::irreversible;
  auto run(const filled& f) -> send { return {f.job}; }
  auto on(const full&) -> gesta::compensate { return {}; }
};
struct selling : gesta::saga<gesta::by<"job">, begins, lines, sends> { static constexpr auto id = "selling"; };
struct model : gesta::model<carts, shelves, vans, selling> {};

}  // namespace many

namespace groups {

using lab::a_done;
using lab::started;

struct together : lab::a {
  static constexpr auto id = "together";
  auto run(const started& s) -> lab::do_a { return {s.job}; }
  auto on(const lab::no&) -> gesta::compensate { return {}; }
};
struct beside {
  static constexpr auto id = "beside";
  auto run(const started& s) -> lab::do_b { return {s.job}; }
  auto undo(const lab::do_b& c) -> lab::undo_b { return {c.job}; }
  auto on(const lab::no&) -> gesta::compensate { return {}; }
  auto on_undo(const lab::no&) -> gesta::stuck { return {}; }
};
struct last {
  static constexpr auto id = "last";
  using undo = gesta::irreversible;
  auto run(const started& s) -> lab::do_c { return {s.job}; }
  auto on(const lab::no&) -> gesta::compensate { return {}; }
};
struct all : gesta::saga<gesta::by<"job">, lab::beginning, gesta::all_of<together, beside>, last> { static constexpr auto id = "all"; };
struct any : gesta::saga<gesta::by<"job">, lab::beginning, gesta::any_of<together, beside>, last> { static constexpr auto id = "any"; };
struct all_model : gesta::model<lab::jobs, lab::services, all> {};
struct any_model : gesta::model<lab::jobs, lab::services, any> {};

}  // namespace groups

namespace {

/// What was decided, how the instance ended, and what is held, after the script was played to the end; each commit in turn fails, and the program is gone.
template <class Model, class Saga, class Begin, class Held>
std::string played(std::map<std::string, std::deque<answers>> answer, const Begin& begin, const Held& held) {
  std::string first;
  for (int failing = -1;; ++failing) {
    shared::disk disk;
    lab::begin();
    bool has_failed = false;
    const auto run = [&] {
      // Who was refused once is refused again: a decision that was taken back did not happen.
      lab::script.clear();
      for (const auto& [name, one] : answer)
        if (!one.empty()) lab::script[name] = std::deque<answers>(100, one.front());
      auto app = gesta::start<Model>(shared::store{&disk}, lab::clock{});
      auto sagas = gesta::run_sagas(app);
      begin(app);
      while (const gesta::ran made = sagas.poll({.steps = 1}))
        if (made.caught_up) break;
      const is what = sagas.template state<Saga>(1).what;
      return std::to_string(static_cast<int>(what)) + " held " + std::to_string(held(app));
    };
    if (failing >= 0) {
      int commits = failing;
      disk.fails_at_commit = gesta::failure::kind::input_output;
      disk.before_commit = [&] {
        if (commits-- == 0) disk.failing_commits = 1, has_failed = true;
      };
      (void)run();
      disk.before_commit = [] {};
      if (!has_failed) return first;
    }
    const std::string end = run();
    if (failing < 0) first = lab::decided + " => " + end;
    else CHECK(first.substr(first.find("=>") + 3) == end);
  }
}

const auto begins_job = [](auto& app) {
  if (app.template version<lab::jobs>(1) == 0) (void)lab::done(app, 1);
};
const auto held_by_services = [](auto& app) { return app.template state<lab::services>(1).held; };
template <class Model, class Saga>
std::string job(std::map<std::string, std::deque<answers>> answer) {
  return played<Model, Saga>(answer, begins_job, held_by_services);
}
std::string all(std::map<std::string, std::deque<answers>> answer) { return job<groups::all_model, groups::all>(answer); }
std::string any(std::map<std::string, std::deque<answers>> answer) { return job<groups::any_model, groups::any>(answer); }

std::string cart(int lines, std::map<std::string, std::deque<answers>> answer) {
  return played<many::model, many::selling>(
      answer,
      [lines](auto& app) {
        if (app.template version<many::carts>(1) == 0) app.handle(many::fill{1, lines}).match([](const many::cart&) {}, [](const gesta::failure&) {});
      },
      [](auto& app) {
        int out = 0;
        for (int i = 1; i < 6; ++i) out += app.template state<many::shelves>(i).out;
        return out + 1000 * app.template state<many::vans>(1).sent;
      });
}

const std::string completed = std::to_string(static_cast<int>(is::completed)) + " held ";
const std::string compensated = std::to_string(static_cast<int>(is::compensated)) + " held ";
const std::string stuck = std::to_string(static_cast<int>(is::stuck)) + " held ";

}  // namespace

TEST_CASE("all_of: everybody's answer is awaited, then it goes on, or back") {
  CHECK(all({}) == "a b c => " + completed + "10101");
  CHECK(all({{"a", {answers::refuses}}}) == "a b -b => " + compensated + "0");
  CHECK(all({{"b", {answers::refuses}}}) == "a b -a => " + compensated + "0");
  CHECK(all({{"a", {answers::refuses}}, {"b", {answers::refuses}}}) == "a b => " + compensated + "0");
  CHECK(all({{"b", {answers::nothing}}}) == "a b c => " + completed + "10001");
  CHECK(all({{"c", {answers::refuses}}}) == "a b c -b -a => " + compensated + "0");
  CHECK(all({{"c", {answers::refuses}}, {"-b", {answers::refuses}}}) == "a b c -b => " + stuck + "101");
}

TEST_CASE("any_of: the first success stands, the other is undone; none, and it goes back") {
  CHECK(any({}) == "a b -b c => " + completed + "10001");
  CHECK(any({{"a", {answers::refuses}}}) == "a b c => " + completed + "10100");
  CHECK(any({{"b", {answers::refuses}}}) == "a b c => " + completed + "10001");
  CHECK(any({{"a", {answers::refuses}}, {"b", {answers::refuses}}}) == "a b => " + compensated + "0");
  CHECK(any({{"c", {answers::refuses}}}) == "a b -b c -a => " + compensated + "0");
  CHECK(any({{"-b", {answers::refuses}}}) == "a b -b => " + stuck + "101");
}

TEST_CASE("many commands are asked in order, the first refusal stops, and what was answered is undone in reverse") {
  CHECK(cart(3, {}) == "t1 t2 t3 send => " + completed + "1060");
  CHECK(cart(0, {}) == "send => " + completed + "1000");
  CHECK(cart(3, {{"t3", {answers::refuses}}}) == "t1 t2 t3 -t2 -t1 => " + compensated + "0");
  CHECK(cart(3, {{"t1", {answers::refuses}}}) == "t1 => " + compensated + "0");
  CHECK(cart(4, {{"t2", {answers::nothing}}, {"t4", {answers::refuses}}}) == "t1 t2 t3 t4 -t3 -t1 => " + compensated + "0");
  CHECK(cart(3, {{"send", {answers::refuses}}}) == "t1 t2 t3 send -t3 -t2 -t1 => " + compensated + "0");
  CHECK(cart(3, {{"send", {answers::refuses}}, {"-t2", {answers::refuses}}}) == "t1 t2 t3 send -t3 -t2 => " + stuck + "30");
}
