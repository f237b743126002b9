#include <gesta/gesta.hpp>

class total {
 public:
  constexpr void add(int amount) { sum_ += amount; }
  friend constexpr bool operator==(const total&, const total&) = default;

 private:
  int sum_ = 0;
};
struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct report { total in; };
constexpr void project(report& r, const deposited& e) { r.in.add(e.amount); }

static_assert(gesta::given(deposited{0}).then(report{}));
