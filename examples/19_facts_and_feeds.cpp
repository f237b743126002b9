// Facts that nobody here decides: a bank sends the lines of its statements. They are appended, read in slices, followed from a checkpoint,
// and those of last year are erased once a later event says what they came to.
#include <gesta/gesta.hpp>

#include <cstdint>
#include <cstdio>

struct booked          { int cents;         static constexpr auto id = "book.booked"; };
struct carried_forward { int year, balance; static constexpr auto id = "book.carried_forward"; };
struct enter      { int cents; };  // by hand
struct close_year { int year; };
struct already_closed { int year; };

struct book { int closed = 0, balance = 0; };

constexpr void evolve(book& b, const booked& e)          { b.balance += e.cents; }
constexpr void evolve(book& b, const carried_forward& e) { b = {e.year, e.balance}; }  // says all that came before

constexpr auto decide(const book&, const enter& c) -> gesta::emits<booked> { return booked{c.cents}; }
constexpr auto decide(const book& b, const close_year& c) -> gesta::emits<carried_forward>::or_rejects<already_closed> {
  if (c.year <= b.closed) return already_closed{b.closed};
  return carried_forward{c.year, b.balance};
}

struct books : gesta::aggregate<book, gesta::commands<enter, close_year>> { static constexpr auto id = "book"; };
struct office : gesta::model<books> {};

int number(std::uint64_t n) { return static_cast<int>(n); }

void show(const booked& e, const gesta::about& a) { std::printf("  %d: booked %d\n", number(a.position), e.cents); }
void show(const carried_forward& e, const gesta::about& a) { std::printf("  %d: %d at the end of %d\n", number(a.position), e.balance, e.year); }

void answer(const char* what, const gesta::appended& r) {
  if (r) std::printf("%s: up to position %d%s\n", what, number(r.position()), r.repeated() ? ", as the first time" : "");
  else if (r.conflict()) std::printf("%s: nothing is written, %s\n", what, r.why().describe());
  else std::printf("%s: %s\n", what, r.why().describe());
}

int main() {
  auto app = gesta::start<office>(gesta::memory_store{});
  const auto print = [](const auto& event, const gesta::about& a) { show(event, a); };

  // [append]
  const auto statement = [&] {
    return app.append(gesta::facts<books>("giro", gesta::expected::none(), booked{500}, booked{-120}),
                      gesta::facts<books>("savings", gesta::expected::none(), booked{120}));
  };
  answer("statement", statement());
  answer("statement again", statement());  // its answer may have been lost: nothing is there twice
  answer("another line", app.append(gesta::facts<books>("savings", gesta::expected::exists(), booked{1}),
                                    gesta::facts<books>("giro", gesta::expected{1}, booked{99})));
  answer("line 7", app.append(gesta::facts<books>("giro", gesta::expected::any(), booked{-30}), gesta::once{"bank", 7}));
  answer("line 7 again", app.append(gesta::facts<books>("giro", gesta::expected::any(), booked{-30}), gesta::once{"bank", 7}));
  // [/append]

  // [read]
  std::printf("the last two of giro\n");
  if (!app.read<books>("giro", {.limit = 2, .backwards = true}, print)) return 1;
  // [/read]

  // [follow]
  gesta::checkpoint kept;  // whoever follows keeps it with what he made of the events
  {
    auto feed = app.follow(kept);
    std::printf("followed, two at a time\n");
    if (!feed.poll(print, 2)) return 1;
    kept = feed.checkpoint();
  }
  app.handle("savings", enter{7});
  auto feed = app.follow(kept);
  std::printf("went on behind %d\n", number(kept.position));
  if (!feed.poll(print)) return 1;
  std::printf("%s\n", feed.is_live() ? "from here on it comes live" : "there is more");
  // [/follow]

  // [erase]
  const gesta::committed early = app.truncate_before<books>("giro", app.version<books>("giro"));
  std::printf("too early: %s\n", early ? "erased" : early.why().describe());  // and nothing is erased
  app.handle("giro", close_year{2025}).match([](const book&) {}, [](const already_closed&) {});
  if (!app.truncate_before<books>("giro", app.version<books>("giro"))) return 1;
  std::printf("closed: %d at version %d\n", app.state<books>("giro").balance, number(app.version<books>("giro")));
  const gesta::read_result all = app.read<books>("giro", {}, print);
  std::printf("all of giro: %s; the first that is kept is %d\n", all ? "read" : all.why().describe(), number(all.why().position));
  if (!app.read<books>("giro", {.after = all.why().position - 1}, print)) return 1;
  // [/erase]

  std::printf("the feed\n");
  return feed.poll(print) ? 0 : 1;
}
