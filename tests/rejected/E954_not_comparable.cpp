// [gesta E954] the test compares values of a Type that is no plain struct and has no operator==; give it one
// in not_comparable<false, total>
#include <gesta/gesta.hpp>

class total {
 public:
  constexpr void add(int amount) { sum_ += amount; }

 private:
  int sum_ = 0;
};
struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct report { total in; };
constexpr void project(report& r, const deposited& e) { r.in.add(e.amount); }

static_assert(gesta::given(deposited{0}).then(report{}));
