// Changes a file of keys and says each step once it was told that it is done: for keys.py, which lets its calls fail.
//
// usage: faults_keys make FILE      Ada and Bob get keys; prints what is sealed under them
//        faults_keys change FILE    Ada is forgotten, the master key changed, Dora gets a key
//        faults_keys check FILE HEX...    whose each sealed name is now, by either master key
#include <gesta/gesta.hpp>
#include <gesta/store/sodium_sqlite.hpp>

#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

namespace {

struct customer_id {
  gesta::text<20> value;
  static constexpr auto id = "customer";
};
struct named {
  customer_id customer;
  gesta::personal<customer_id, std::string> name;
  static constexpr auto id = "customer.named";
};

gesta::master_key master(char fill) { return gesta::master_key(std::string(32, fill).data(), 32); }

bool seal(gesta::sqlite_keys& keys, const char* who) {
  named event{{gesta::text<20>(std::string_view(who))}, std::string(who)};
  if (!keys.seal(event)) return std::printf("failed %s\n", keys.last_failure().describe()), false;
  std::string bytes(gesta::encoded_size(event), '\0');
  gesta::encode(event, reinterpret_cast<std::byte*>(bytes.data()));
  std::printf("%s ", who);
  for (const char byte : bytes) std::printf("%02x", static_cast<unsigned>(static_cast<unsigned char>(byte)));
  std::printf("\n");
  std::fflush(stdout);
  return true;
}
template <class Change>
bool say(const char* what, const Change& change) {
  if (change) std::printf("%s\n", what);
  else std::printf("failed %s\n", change.why().describe());
  std::fflush(stdout);
  return static_cast<bool>(change);
}
int check(gesta::sqlite_keys& keys, int count, char** all) {
  for (int i = 0; i < count; ++i) {
    std::string bytes;
    for (std::size_t at = 0; at + 1 < std::strlen(all[i]); at += 2) bytes += static_cast<char>(std::stoi(std::string(all[i] + at, 2), nullptr, 16));
    named event{};
    if (!gesta::decode(reinterpret_cast<const std::byte*>(bytes.data()), bytes.size(), event)) return 1;
    const auto name = keys.open(event.name);
    std::printf("%s %s\n", event.customer.value.c_str(), name && *name == event.customer.value.c_str() ? "open" : name.is_forgotten() ? "forgotten" : name.why().describe());
  }
  return 0;
}

}  // namespace

int main(int count, char** words) {
  const std::string_view what = count >= 3 ? words[1] : "";
  if (what == "check") {
    for (const char fill : {'m', 'n'}) {
      gesta::sqlite_keys keys(words[2], master(fill));
      if (keys.broken() != nullptr && keys.broken()->why == gesta::failure::kind::wrong_key) continue;
      if (keys.broken() != nullptr) return std::printf("broken %s\n", keys.broken()->describe()), 1;
      std::printf("master %c\n", fill);
      return check(keys, count - 3, words + 3);
    }
    return std::printf("broken by both\n"), 1;
  }
  gesta::sqlite_keys keys(words[2], master('m'));
  if (keys.broken() != nullptr) return std::printf("failed %s\n", keys.broken()->describe()), 3;
  if (what == "make") return seal(keys, "ada") && seal(keys, "bob") ? 0 : 3;
  const bool forgotten = say("forgotten", keys.forget(customer_id{"ada"}));
  const bool changed = say("rotated", keys.rotate(master('n')));
  return seal(keys, "dora") && forgotten && changed ? 0 : 3;
}
