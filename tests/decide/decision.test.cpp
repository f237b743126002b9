#include <doctest/doctest.h>

#include <gesta/decide/decision.hpp>
#include <gesta/message/list.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace {

struct opened {
  int n;
};
struct lined {
  int n;
};
struct closed {
  int n;
};
struct too_many {
  int limit;
};
struct shut {};
struct named {
  std::string name;
};

using contract = gesta::emits<opened, gesta::many<lined>, closed>::or_nothing::or_rejects<too_many>::or_rejects<shut>;
using trace = gesta::list<int, 16>;

/// 100, 200 or 300 for the type of the event, plus its number.
struct tracer {
  trace& out;
  constexpr void note(int what) { (void)out.push_back(what); }
  constexpr void operator()(const opened& e) { note(100 + e.n); }
  constexpr void operator()(const lined& e) { note(200 + e.n); }
  constexpr void operator()(const closed& e) { note(300 + e.n); }
  constexpr void operator()(const gesta::run<lined>& all) {
    note(1000);
    all.for_each(*this);
  }
};
constexpr trace events_of(const contract& d) {
  trace out;
  d.for_each(tracer{out});
  return out;
}

struct order {
  gesta::list<int, 8> numbers;
};
constexpr contract decide_by(int what, const order& o) {
  const auto line = [](int n) { return lined{n}; };
  switch (what) {
    case 0: return opened{1};
    case 1: return closed{2};
    case 2: return gesta::emit(opened{1}, closed{2});
    case 3: return gesta::emit(opened{1}, gesta::each(o.numbers, line), closed{2});
    case 4: return gesta::each(o.numbers, line);
    case 5: return gesta::no_change;
    case 6: return too_many{7};
    default: return shut{};
  }
}
constexpr order three{{4, 5, 6}};
constexpr order none{};

}  // namespace

TEST_CASE("a returned event is the only event of the decision") {
  static_assert(events_of(decide_by(0, three)) == trace{101});
  CHECK(events_of(decide_by(0, three)) == trace{101});
  CHECK(events_of(decide_by(1, three)) == trace{302});
}

TEST_CASE("emit leaves out what it is not given and keeps the order of the contract") {
  static_assert(events_of(decide_by(2, three)) == trace{101, 302});
  CHECK(events_of(decide_by(2, three)) == trace{101, 302});
}

TEST_CASE("each makes one event for each element, between its neighbours in the contract") {
  static_assert(events_of(decide_by(3, three)) == trace{101, 1000, 204, 205, 206, 302});
  CHECK(events_of(decide_by(3, three)) == trace{101, 1000, 204, 205, 206, 302});
  CHECK(events_of(decide_by(4, three)) == trace{1000, 204, 205, 206});
}

TEST_CASE("each over an empty range makes no event and is no refusal") {
  static_assert(events_of(decide_by(4, none)) == trace{1000});
  auto d = decide_by(4, none);
  CHECK_FALSE(d.refused());
  CHECK(events_of(d) == trace{1000});
}

TEST_CASE("no_change has no event and no refusal") {
  static_assert(decide_by(5, three).empty());
  auto d = decide_by(5, three);
  CHECK(d.empty());
  CHECK_FALSE(d.refused());
  CHECK(events_of(d).empty());
}

TEST_CASE("a refusal has its place in the contract, its value and no event") {
  static_assert(decide_by(6, three).refused());
  auto first = decide_by(6, three);
  REQUIRE(first.refused());
  CHECK(first.refusal_index() == 0);
  CHECK(first.refusal().get<0>().limit == 7);
  CHECK(events_of(first).empty());
  CHECK_FALSE(first.empty());

  auto second = decide_by(7, three);
  REQUIRE(second.refused());
  CHECK(second.refusal_index() == 1);
}

TEST_CASE("the contract is read from the type: its events, its rejections, whether it may do nothing") {
  CHECK(std::is_same_v<contract::event_list, gesta::detail::types<opened, gesta::many<lined>, closed>>);
  CHECK(std::is_same_v<contract::rejection_list, gesta::detail::types<too_many, shut>>);
  CHECK(contract::may_do_nothing);
  CHECK_FALSE(gesta::emits<opened>::may_do_nothing);
  CHECK(std::is_same_v<gesta::emits<opened>::or_rejects<shut>::or_nothing, gesta::emits<opened>::or_nothing::or_rejects<shut>>);
}

TEST_CASE("a decision is built by return, read once and never copied") {
  CHECK_FALSE(std::is_copy_constructible_v<contract>);
  CHECK_FALSE(std::is_copy_assignable_v<contract>);
  CHECK_FALSE(std::is_default_constructible_v<contract>);
}

TEST_CASE("an event that owns memory passes through a decision whole, and is freed once") {
  const auto decide_name = [](const std::string& name) -> gesta::emits<named>::or_nothing {
    if (name.empty()) return gesta::no_change;
    return named{name};
  };
  const std::string long_name(100, 'x');
  std::string heard;
  auto d = decide_name(long_name);
  d.for_each([&](const named& e) { heard = e.name; });
  CHECK(heard == long_name);
  auto nothing = decide_name("");
  CHECK(nothing.empty());
}
