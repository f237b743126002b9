// W3: one command after the other over 1, 1,000 and 1,000,000 entities, in random and in predictable order.
#include "command.hpp"

#include <deque>
#include <string>

int main(int count, char** arguments) {
  const auto options = bench::read_options(count, arguments);
  std::deque<command::workload> work;  // the contenders keep references to their workload
  std::vector<bench::group> groups;
  const auto add = [&](std::uint32_t entities, command::order how) {
    // A million random commands cannot be learnt by a branch predictor; a million entities need several each.
    const std::size_t usual = entities < 100'000 ? std::size_t{1} << 20 : 4'000'000;
    const std::size_t requests = options.operations != 0 ? options.operations : usual;
    const std::string noun = entities == 1 ? " entity, " : " entities, ";
    bench::group g("command, " + std::to_string(entities) + noun + (how == command::order::random ? "random" : "predictable"), requests, options.held);
    if (!bench::wanted(options, g.name())) return;
    const auto& w = work.emplace_back(command::make_workload(entities, requests, how));
    g.must_be(w.checksum);
    command::add_limits(g, w);
    command::add_gesta(g, w);
    command::add_maps(g, w);
    command::add_naive(g, w);
    groups.push_back(std::move(g));
  };
  for (const auto how : {command::order::random, command::order::predictable})
    for (const std::uint32_t entities : {1U, 1'000U, 1'000'000U})
      if (!options.instructions || entities < 100'000) add(entities, how);  // a cache miss is one instruction: nothing to count
  return bench::run(options, "command", groups);
}
