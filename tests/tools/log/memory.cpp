// A log that began in memory: `memory facts` writes what is there as lines; `memory show` and `memory show FILE` go on, in memory or in a
// file made of those lines, and print states, views and outcomes on the way. `memory begin FILE` begins the same log in a file.
#include <gesta/gesta.hpp>
#include <gesta/runtime/export.hpp>
#include <gesta/store/sqlite.hpp>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace {

struct ordered { std::string what; std::int32_t pieces; static constexpr auto id = "order.ordered"; };
struct cancelled { static constexpr auto id = "order.cancelled"; };
struct too_many { std::int32_t most; static constexpr auto id = "order.too_many"; };
struct place { std::string what; std::int32_t pieces; };
struct cancel {};

struct order { std::vector<std::string> lines; std::int64_t pieces = 0; };
inline void evolve(order& o, const ordered& e) { o.lines.push_back(e.what), o.pieces += e.pieces; }
inline void evolve(order& o, const cancelled&) { o = {}; }
inline auto decide(const order&, const place& c) -> gesta::emits<ordered>::or_rejects<too_many> {
  if (c.pieces > 10) return too_many{10};
  return ordered{c.what, c.pieces};
}
inline auto decide(const order& o, const cancel&) -> gesta::emits<cancelled>::or_nothing {
  if (o.lines.empty()) return gesta::no_change;
  return cancelled{};
}
struct customer { std::string name; std::int16_t branch; };
struct orders : gesta::aggregate<order, gesta::commands<place, cancel>> {
  static constexpr auto id = "order";
  using key = customer;
};

struct wished { std::int64_t pieces; static constexpr auto id = "stock.wished"; };
struct wish { std::string what; std::int64_t pieces; };
struct stock { std::int64_t pieces = 0; };
constexpr void evolve(stock& s, const wished& e) { s.pieces += e.pieces; }
inline auto decide(const stock&, const wish& c) -> gesta::emits<wished> { return wished{c.pieces}; }
struct stocks : gesta::aggregate<stock, gesta::commands<wish>, gesta::by<"what">> {
  static constexpr auto id = "stock";
};
/// What is ordered is wished for: an event that a reactor caused, with its own outcome.
struct restocking { static constexpr auto id = "restocking"; };
inline wish react(const restocking&, const ordered& e) { return {e.what, e.pieces}; }

struct totals { std::int64_t orders = 0, pieces = 0, cancelled_orders = 0; };
inline void project(totals& t, const ordered& e) { ++t.orders, t.pieces += e.pieces; }
inline void project(totals& t, const cancelled&) { ++t.cancelled_orders; }
struct sums : gesta::projection<totals> { static constexpr auto id = "sums"; };

struct shop : gesta::model<orders, stocks, gesta::reactors<restocking>, sums> {};

struct ticking {
  const std::int64_t* now;
  gesta::timestamp operator()() const { return {*now}; }
};

const customer alice{"alice", 1}, bob{std::string("bob\0by", 6), -2};

template <class Outcome>
void print(const char* what, const Outcome& outcome) {
  outcome.match([&](const order& state) { std::printf("%s: %lld pieces", what, static_cast<long long>(state.pieces)); },
                [&](const too_many& no) { std::printf("%s: at most %d", what, no.most); },
                [&](const gesta::failure& why) { std::printf("%s: %s", what, why.describe()); });
  std::printf(", version %llu, position %llu%s\n", static_cast<unsigned long long>(outcome.version()), static_cast<unsigned long long>(outcome.position()),
              outcome.repeated() ? ", repeated" : "");
}

template <class App>
void begin(App& app, std::int64_t& now) {
  (void)app.handle(alice, place{"jam", 3}, gesta::once{"web", 1});
  (void)app.handle(bob, place{"tea", 2}, gesta::once{"web", 2});
  (void)app.handle(bob, place{"tea", 99}, gesta::once{"web", ~std::uint64_t{0}});
  now += 1'500'000'000;
  (void)app.handle(bob, cancel{}, gesta::once{"desk", 1});
  (void)app.handle(bob, cancel{}, gesta::once{"desk", 2});
  (void)app.handle(alice, place{"\xff", 1});
}

template <class App>
void show(App& app) {
  for (const customer& who : {alice, bob}) {
    const order& o = app.template state<orders>(who);
    std::printf("%s: version %llu, %lld pieces:", who.name.c_str(), static_cast<unsigned long long>(app.template version<orders>(who)), static_cast<long long>(o.pieces));
    for (const std::string& line : o.lines) std::printf(" %zu", line.size());
    std::printf("\n");
  }
  for (const char* const what : {"jam", "tea", "\xff"}) std::printf("stock: %lld\n", static_cast<long long>(app.template state<stocks>(what).pieces));
  const totals& t = app.template view<totals>();
  std::printf("totals: %lld orders, %lld pieces, %lld cancelled\n", static_cast<long long>(t.orders), static_cast<long long>(t.pieces), static_cast<long long>(t.cancelled_orders));
  (void)app.each_event([](const auto&, const gesta::about& about) {
    std::printf("%llu: version %llu, %lld, %016llx%016llx %016llx%016llx\n", static_cast<unsigned long long>(about.position), static_cast<unsigned long long>(about.version),
                static_cast<long long>(about.time.nanoseconds), static_cast<unsigned long long>(about.correlation.high), static_cast<unsigned long long>(about.correlation.low),
                static_cast<unsigned long long>(about.causation.high), static_cast<unsigned long long>(about.causation.low));
  });
}

// Repeated requests get their first outcomes, new ones go on.
template <class App>
void go_on(App& app) {
  show(app);
  print("again", app.handle(alice, place{"jam", 3}, gesta::once{"web", 1}));
  print("again", app.handle(bob, place{"tea", 99}, gesta::once{"web", ~std::uint64_t{0}}));
  print("again", app.handle(bob, cancel{}, gesta::once{"desk", 2}));
  print("new", app.handle(alice, place{"tea", 4}, gesta::once{"web", 3}));
  print("new", app.handle(customer{"carol", 3}, place{"jam", 1}));
  show(app);
}

}  // namespace

int main(int count, char** words) {
  const std::string what = count > 1 ? words[1] : "";
  std::int64_t now = 1'700'000'000'000'000'000;
  if (what == "begin" && count == 3) {
    auto app = gesta::start<shop>(gesta::sqlite_store{words[2]}, ticking{&now});
    begin(app, now);
    return app.broken() == nullptr ? 0 : 1;
  }
  auto app = gesta::start<shop>(gesta::memory_store{}, ticking{&now});
  begin(app, now);
  if (what == "facts") {
    // [export]
    const auto told = gesta::export_facts(app, [](const char* line, std::size_t size) { std::fwrite(line, 1, size, stdout); });
    if (!told) std::fprintf(stderr, "%s\n", told.why().describe());
    // [/export]
    return told ? 0 : 1;
  }
  now += 60'000'000'000;
  if (count == 2) return go_on(app), 0;
  auto in_file = gesta::start<shop>(gesta::sqlite_store{words[2]}, ticking{&now});
  if (const gesta::failure* const why = in_file.broken()) return std::fprintf(stderr, "%s\n", why->describe()), 1;
  go_on(in_file);
}
