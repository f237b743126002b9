// Keys for personal data: ends with 0 when only their own master key opens the file of them.
#include <gesta/store/sodium_sqlite.hpp>

#include <cstdio>

int main() {
  std::remove("keys.db");
  const auto ours = gesta::master_key::random(), another = gesta::master_key::random();
  const auto opens = [](const gesta::master_key& by) { return gesta::sqlite_keys("keys.db", by).broken() == nullptr; };
  return opens(ours) && opens(ours) && !opens(another) ? 0 : 1;
}
