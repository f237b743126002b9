// [gesta E612] the log of the Store has no place for snapshots; start without  gesta::snapshots,  or take a store that has one
// in store_without_snapshots<false, paper>
#include <gesta/gesta.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; };

inline void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

// Keeps nothing: a log that only counts.
struct no_log {
  struct stream {};
  static constexpr bool can_fail = true, is_memory = false;
  template <class Store>
  explicit no_log(const Store&) {}
  std::uint64_t last_position() const { return 0; }
  const gesta::failure& last_failure() const { return why; }
  const gesta::failure* broken() const { return nullptr; }
  gesta::recall_result recall(gesta::once, gesta::remembered&) { return gesta::recall_result::fresh; }
  bool remember(gesta::once, gesta::remembered) { return true; }
  bool begin() { return true; }
  bool commit() { return true; }
  void rollback() {}
  template <class Take>
  bool catch_up(Take&&) {
    return true;
  }
  template <class Take>
  bool read(std::uint16_t, const stream&, gesta::key_bytes, const gesta::slice&, Take&&) {
    return true;
  }
  template <class Take>
  bool read_all(const gesta::slice&, Take&&) {
    return true;
  }
  template <class Aggregate, class Event>
  gesta::append_result append(stream&, std::uint32_t, gesta::key_bytes, std::uint64_t, const gesta::origin&, const Event&) {
    return gesta::append_result::ok;
  }
  gesta::failure why;
};
struct paper {
  template <class Model>
  using log = no_log;
};

int main() {
  auto app = gesta::start<bank>(paper{}, gesta::snapshots{});
  return app.broken() == nullptr ? 0 : 1;
}
