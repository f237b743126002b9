#include <doctest/doctest.h>

#include <gesta/runtime/outcome.hpp>

#include <string>
#include <type_traits>

namespace {

struct account {
  int balance;
};
struct short_of {
  int missing;
};
struct closed {
  std::string why;
};

template <class... Rejection>
using rejections = gesta::detail::types<Rejection...>;
template <class Rejections, bool CanConflict = false, bool CanFail = false>
using outcome = gesta::detail::outcome_for<account, Rejections, CanConflict, CanFail>;

const account holder{70};

using two = outcome<rejections<short_of, closed>, true, true>;
two accepted() { return two(two::to_settle{}, holder, 3, 9); }
template <class Rejection>
two refused(Rejection rejection) {
  gesta::detail::rejection_slots<two::rejection_list> slots(rejection);
  return two(slots, gesta::detail::index_of<Rejection, two::rejection_list>, holder, 3);
}

std::string told(const two& o) {
  return o.match([](const account& now) { return "balance " + std::to_string(now.balance); },
                 [](const short_of& no) { return "short of " + std::to_string(no.missing); },
                 [](const closed& no) { return "closed: " + no.why; },
                 [](const gesta::conflict& c) { return "version " + std::to_string(c.actual); },
                 [](const gesta::failure& f) { return std::string("failed: ") + f.describe(); });
}

}  // namespace

TEST_CASE("match calls the one answer that fits and returns what it returns") {
  CHECK(told(accepted()) == "balance 70");
  CHECK(told(refused(short_of{5})) == "short of 5");
  CHECK(told(refused(closed{"by the bank"})) == "closed: by the bank");
  CHECK(told(two(gesta::conflict{4})) == "version 4");
  CHECK(told(two(gesta::failure(gesta::failure::kind::full, 0, "no ", "room"))) == "failed: no room");
}

TEST_CASE("the order of the answers does not matter, and more than needed are allowed") {
  const outcome<rejections<short_of>> o(outcome<rejections<short_of>>::to_settle{}, holder, 1, 1);
  const int said = o.match([](const gesta::failure&) { return 1; }, [](const gesta::conflict&) { return 2; }, [](const short_of&) { return 3; },
                           [](const closed&) { return 4; }, [](const account&) { return 5; });
  CHECK(said == 5);
}

TEST_CASE("a generic answer takes what has no answer of its own") {
  const auto is_short = [](const two& o) { return o.match([](const short_of&) { return true; }, [](const auto&) { return false; }); };
  CHECK(is_short(refused(short_of{1})));
  CHECK_FALSE(is_short(refused(closed{})));
  CHECK_FALSE(is_short(accepted()));
  CHECK_FALSE(is_short(two(gesta::conflict{1})));
}

TEST_CASE("an answer may keep what it learns, and may be a named function object") {
  struct counter {
    int* calls;
    void operator()(const account&) { ++*calls; }
    void operator()(const short_of&) { *calls += 10; }
  };
  int calls = 0;
  counter count{&calls};
  const outcome<rejections<short_of>> o(outcome<rejections<short_of>>::to_settle{}, holder, 1, 1);
  o.match(count);
  o.match(count);
  CHECK(calls == 2);
}

TEST_CASE("an outcome is true when the command was decided and not refused") {
  CHECK(static_cast<bool>(accepted()));
  CHECK_FALSE(static_cast<bool>(refused(short_of{1})));
  CHECK_FALSE(static_cast<bool>(two(gesta::conflict{1})));
  CHECK_FALSE(static_cast<bool>(two(gesta::failure())));
}

TEST_CASE("an outcome tells version and position, and a conflict the version that was found") {
  CHECK(accepted().version() == 3);
  CHECK(accepted().position() == 9);
  CHECK_FALSE(accepted().repeated());
  CHECK(refused(short_of{1}).version() == 3);
  CHECK(refused(short_of{1}).position() == 0);
  CHECK(two(gesta::conflict{8}).version() == 8);
  CHECK(two(two::to_settle{}, holder, 3, 9, true).repeated());
}

TEST_CASE("an outcome must be answered exactly when it can be more than accepted") {
  // [[nodiscard]] stands on open_outcome alone.
  CHECK(std::is_same_v<outcome<rejections<>>, gesta::outcome<account, rejections<>, false, false>>);
  CHECK(std::is_same_v<outcome<rejections<short_of>>, gesta::open_outcome<account, rejections<short_of>, false, false>>);
  CHECK(std::is_same_v<outcome<rejections<>, true>, gesta::open_outcome<account, rejections<>, true, false>>);
  CHECK(std::is_same_v<outcome<rejections<>, false, true>, gesta::open_outcome<account, rejections<>, false, true>>);
}

TEST_CASE("an outcome of a store that cannot fail is handed on as one of a store that can") {
  using narrow = outcome<rejections<short_of, closed>>;
  using wide = outcome<rejections<short_of, closed>, false, true>;
  const auto told_wide = [](const wide& o) {
    return o.match([](const account& now) { return std::to_string(now.balance); }, [](const short_of& no) { return std::to_string(no.missing); },
                   [](const closed& no) { return no.why; }, [](const gesta::failure&) { return std::string("failed"); });
  };
  CHECK(told_wide(narrow(narrow::to_settle{}, holder, 3, 9, true)) == "70");
  const wide repeated = narrow(narrow::to_settle{}, holder, 3, 9, true);
  CHECK(repeated.repeated());
  CHECK(repeated.version() == 3);
  CHECK(repeated.position() == 9);
  closed why{std::string(100, 'w')};
  const gesta::detail::rejection_slots<narrow::rejection_list> slots(why);
  CHECK(told_wide(narrow(slots, 1, holder, 3)) == std::string(100, 'w'));
}
