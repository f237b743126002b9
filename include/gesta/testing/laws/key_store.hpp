// The laws of stores of keys, for whoever writes another one.
// Floor: testing. A new store of keys passes these first.
// May include: detail, store, testing, std.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include <gesta/store/keys.hpp>

namespace gesta::laws {

namespace detail {

template <class Keys, class Broken>
struct key_store_run {
  Keys& keys;
  Broken& broken;
  std::size_t cases = 0;

  struct key {
    key_name name;
    unsigned char bytes[32] = {};
    bool operator==(const key& other) const {
      return std::memcmp(name.bytes, other.name.bytes, sizeof name.bytes) == 0 && std::memcmp(bytes, other.bytes, sizeof bytes) == 0;
    }
  };

  void expect(bool holds, const char* law) {
    ++cases;
    if (!holds) broken(law);
  }
  static gesta::detail::chars as_chars(const std::string& text) { return {text.data(), text.size()}; }
  key now(const std::string& subject) {
    key made;
    expect(keys.key_of_now(as_chars(subject), made.name, made.bytes), "a subject has a key, or gets one");
    return made;
  }
  key_state named(const key& of) {
    unsigned char bytes[32] = {};
    const key_state state = keys.key_named(of.name, bytes);
    if (state == key_state::there) expect(std::memcmp(bytes, of.bytes, sizeof bytes) == 0, "a key is found by its name");
    return state;
  }
};

}  // namespace detail

/// Runs the laws on a store of keys that knows no subject yet. `broken(law)` is called for each that does not hold. Returns how often something was
/// expected.
template <key_store Keys, class Broken>
std::size_t of_key_store(Keys& keys, Broken&& broken) {
  detail::key_store_run<Keys, Broken> run{keys, broken};
  const std::string ada("customer\0ada", 12), long_one(5000, 'x'), none;
  const auto first = run.now(ada);
  run.expect(run.now(ada) == first, "the key of a subject stays");
  run.expect(run.named(first) == key_state::there, "what was made is there");
  const std::vector<std::string> others = {std::string("customer\0ad", 11), std::string("customer\0adaa", 13), std::string("employee\0ada", 12), long_one, none};
  auto all = std::vector{first};
  for (const auto& other : others) {
    const auto key = run.now(other);
    for (const auto& before : all) {
      run.expect(std::memcmp(before.bytes, key.bytes, 32) != 0, "two subjects have two keys");
      run.expect(std::memcmp(before.name.bytes, key.name.bytes, sizeof key.name.bytes) != 0, "two keys have two names");
    }
    all.push_back(key);
  }
  typename decltype(run)::key nobodys;
  run.expect(run.named(nobodys) == key_state::unknown, "a name that was never given is unknown");

  run.expect(keys.destroy(run.as_chars(ada)), "a key can be destroyed");
  run.expect(run.named(first) == key_state::forgotten, "what was destroyed is forgotten, and not unknown");
  run.expect(keys.destroy(run.as_chars(ada)), "to forget twice is to forget");
  run.expect(keys.destroy(run.as_chars("nobody")), "whom nobody knows is forgotten already");
  for (std::size_t i = 1; i < all.size(); ++i) run.expect(run.named(all[i]) == key_state::there, "who forgets one forgets no other");

  const auto second = run.now(ada);
  run.expect(std::memcmp(second.bytes, first.bytes, 32) != 0, "a subject that comes back has another key");
  run.expect(run.named(first) == key_state::forgotten, "and what was forgotten stays so");
  run.expect(run.named(second) == key_state::there, "what was made anew is there");
  run.expect(keys.destroy(run.as_chars(ada)) && run.named(second) == key_state::forgotten && run.named(first) == key_state::forgotten, "it can be forgotten again");
  for (int i = 0; i < 300; ++i) all.push_back(run.now("many " + std::to_string(i)));
  for (std::size_t i = 1; i < all.size(); ++i) run.expect(run.named(all[i]) == key_state::there, "many keys stay apart");
  return run.cases;
}

}  // namespace gesta::laws
