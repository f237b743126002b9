#include <gesta/gesta.hpp>

class amount_of_money {
 public:
  int cents() const { return cents_; }

 private:
  int cents_ = 0;
};
struct painted { int amount; static constexpr auto id = "account.painted"; };
struct paint {};
struct account { int paints = 0; };

inline void evolve(account& a, const painted&) { ++a.paints; }
inline auto decide(const account&, const paint&) -> gesta::emits<painted> { return painted{}; }

struct accounts : gesta::aggregate<account, gesta::commands<paint>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{});
  app.handle("alice", paint{}).match([](const account&) {});
  app.each_event([](const auto&, const gesta::about&) {});
}
