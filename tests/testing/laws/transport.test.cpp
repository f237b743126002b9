// The laws of testing/laws/transport.hpp hold for every transport of gesta that needs no server of others.
#include <gesta/testing/laws/transport.hpp>
#include <gesta/testing/laws/transport_histories.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <string>

#include "transport_places.hpp"

namespace {

template <class Rig>
gesta::laws::transport_findings all_laws_hold(const char* name) {
  auto found = gesta::laws::hold_for_transport<Rig>([](const char* law, const std::string& how) { FAIL_CHECK(std::string(law), ": ", how); });
  MESSAGE(std::string(name), ": ", found.laws, " laws of ", found.steps, " steps; left out: ", found.left_out.size());
  return found;
}

}  // namespace

TEST_CASE("the laws of transports hold within the program") {
  const auto found = all_laws_hold<in_process_rig>("in_process");
  CHECK(found.laws >= 130);
  for (const std::string& law : found.left_out) MESSAGE("left out: ", law);
}
TEST_CASE("the laws of transports hold within the program where ids are not recognised") {
  CHECK(all_laws_hold<in_process_without_ids_rig>("in_process without ids").laws >= 120);
}
TEST_CASE("drawn histories of a transport go as the model says") {
  const auto seen = gesta::laws::draw_transport_histories<in_process_rig>(2000, 1, [](const std::string&, const std::string& how) { FAIL_CHECK(how); });
  for (const auto& [what, count] : seen) CHECK_MESSAGE(count >= 100, what);
  CHECK(seen.size() == 24);
  MESSAGE("2000 histories, seeds 1 to 2000, of 120 steps; kinds of outcomes: ", seen.size());
}
TEST_CASE("what the laws are called differs, and a law that does not hold is told") {
  std::size_t same = 0;
  for (const auto& a : gesta::laws::transport_laws)
    for (const auto& b : gesta::laws::transport_laws) same += std::strcmp(a.name, b.name) == 0;
  CHECK(same == std::size(gesta::laws::transport_laws));
  gesta::laws::transport_findings found;
  std::string told;
  const auto on_broken = [&](const char* law, const std::string& how) { told = law + (": " + how); };
  gesta::laws::hold_one_for_transport<in_process_rig>({"one comes twice", "join m g shop.a; pub shop.a x; get m -> x x"}, on_broken, found);
  CHECK(told == "one comes twice: \"get m\" came to \"x\" and not to \"x x\", in: join m g shop.a; pub shop.a x; get m -> x x");
}
