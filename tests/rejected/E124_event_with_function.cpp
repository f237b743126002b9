// [gesta E124] the Message is stored, and this Member of it cannot be written as bytes and read back; hold plain values: numbers, enums with a stated type, text, structs, and ordered containers, optionals and variants of them
// in message_without_wire_form<false, std::function<void()>, painted>
#include <functional>

#include <gesta/gesta.hpp>

struct painted { std::function<void()> undo; static constexpr auto id = "account.painted"; };
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
