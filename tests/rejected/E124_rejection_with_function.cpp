// [gesta E124] the Message is stored, and this Member of it cannot be written as bytes and read back; hold plain values: numbers, enums with a stated type, text, structs, and ordered containers, optionals and variants of them
// in message_without_wire_form<false, std::function<void()>, frozen>
// An outcome is remembered where the rejection says a name to store it under.
#include <functional>

#include <gesta/gesta.hpp>

struct painted { static constexpr auto id = "account.painted"; };
struct paint {};
struct frozen { std::function<void()> thaw; static constexpr auto id = "account.frozen"; };
struct account { int paints = 0; };

constexpr void evolve(account& a, const painted&) { ++a.paints; }
inline auto decide(const account& a, const paint&) -> gesta::emits<painted>::or_rejects<frozen> {
  if (a.paints > 1) return frozen{};
  return painted{};
}

struct accounts : gesta::aggregate<account, gesta::commands<paint>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{});
  app.handle("alice", paint{}, gesta::once{"brush", 1}).match([](const account&) {}, [](const frozen&) {});
}
