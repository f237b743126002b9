// Messages as JSON: ends with 0 when a message is read back. This file brings Boost.JSON's definitions.
#include <gesta/codec/json.hpp>

#include <boost/json/src.hpp>

#include "account.hpp"

int main() {
  deposited read{};
  const bool same = gesta::from_json(gesta::to_json(deposited{100}), read) && read.amount == 100;
  return same ? 0 : 1;
}
