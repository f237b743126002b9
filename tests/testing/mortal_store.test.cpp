#include <gesta/testing/mortal_store.hpp>

#include <gesta/gesta.hpp>
#include <gesta/testing/laws/store.hpp>
#include <gesta/testing/laws/store_model.hpp>

#include <string>

#include <doctest/doctest.h>

using gesta::laws::law_book;
using gesta::testing::afterlife;

namespace {

struct place {
  static constexpr bool outlives = true, shared = false;
  afterlife kept;
  auto open(gesta::laws::ticking clock) { return gesta::start<law_book>(gesta::testing::mortal_store{&kept}, clock); }
};

struct added { int amount; static constexpr auto id = "added"; };
struct add   { int amount; };
struct total { int amount = 0; };
void evolve(total& t, const added& e) { t.amount += e.amount; }
auto decide(const total&, const add& c) -> gesta::emits<added> { return added{c.amount}; }
struct totals : gesta::aggregate<total, gesta::commands<add>> {
  static constexpr auto id = "total";
};
struct sums : gesta::model<totals> {};

bool adds(auto& app, int amount) {
  return app.handle("a", add{amount}).match([](const total&) { return true; }, [](const gesta::failure&) { return false; });
}

}  // namespace

TEST_CASE("the laws of stores hold for it") {
  const auto found = gesta::laws::hold_for_store<place>([](const char* law, const std::string& how) { FAIL_CHECK(std::string(law), ": ", how); });
  CHECK(found.cases > 200);
}

TEST_CASE("who dies before a commit has kept nothing of it, who dies behind it all of it, and neither knows; a further program finds what was kept") {
  for (const auto how : {afterlife::death::before, afterlife::death::behind}) {
    afterlife kept;
    kept.who = const_cast<afterlife::death*>(&how);
    {
      auto app = gesta::start<sums>(gesta::testing::mortal_store{&kept});
      CHECK(adds(app, 1));
      kept.dies_at_commit = [](void* who) { return *static_cast<afterlife::death*>(who); };
      CHECK_FALSE(adds(app, 10));
      kept.dies_at_commit = nullptr;
      CHECK_FALSE(adds(app, 100));  // it is dead
    }
    kept.is_dead = false;
    const afterlife copy = kept;
    auto app = gesta::start<sums>(gesta::testing::mortal_store{&kept});
    CHECK(app.state<totals>("a").amount == (how == afterlife::death::before ? 1 : 11));
    CHECK(adds(app, 1000));
    CHECK(kept.events.size() == copy.events.size() + 1);
  }
}
