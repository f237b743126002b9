// [gesta E101] the Aggregate emits an Event that its state does not evolve by; add  void evolve(State&, const Event&)  beside the state, for exactly this Event

#include <gesta/gesta.hpp>

struct noted { int number; static constexpr auto id = "noted"; };
struct summed { int sum; static constexpr auto id = "summed"; };
struct note { int number; };
struct sum {};
struct notes { int sum = 0; };
void evolve(notes& n, const noted& e) { n.sum += e.number; }
auto decide(const notes&, const note& c) -> gesta::emits<noted> { return noted{c.number}; }
auto decide(const notes& n, const sum&) -> gesta::emits<summed> { return summed{n.sum}; }
struct all_notes : gesta::aggregate<notes, gesta::commands<note, sum>> { static constexpr auto id = "notes"; };
struct book : gesta::model<all_notes> {};

int main() {
  auto app = gesta::start<book>(gesta::fixed_memory_store{.streams = 16});
  const auto pass = [](const auto&, const gesta::about&) {};
  app.handle("a", note{1}).match([](const notes&) {}, [](const gesta::failure&) {});
  if (!app.append(gesta::facts<all_notes>("a", gesta::expected{1}, noted{2}))) return 1;
  if (!app.append(gesta::facts<all_notes>("b", gesta::expected::none(), noted{2}), gesta::once{"other", 1})) return 1;
  app.handle("a", sum{}).match([](const notes&) {}, [](const gesta::failure&) {});
  if (!app.read<all_notes>("a", {.limit = 2}, pass) || !app.read({.after = 1}, pass)) return 1;
  gesta::checkpoint kept;
  auto feed = app.follow(kept);
  if (!feed.poll(pass, 1) || !feed.poll(pass) || !feed.is_live()) return 1;
  kept = feed.checkpoint();
  if (!app.holds(kept) || app.incarnation() != kept.incarnation || app.kept_position() != kept.position) return 1;
  if (!app.truncate_before<all_notes>("a", 3) || !app.close<all_notes>("b")) return 1;
  auto batch = app.batch();
  if (!batch.append(gesta::facts<all_notes>("c", gesta::expected::any(), noted{5}))) return 1;
  return batch.commit() ? 0 : 1;
}
