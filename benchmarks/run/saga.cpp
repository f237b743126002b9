// W6: sagas of four steps without records, run to completion one by one, in rounds, and by one queue of all.
#include "saga.hpp"

int main(int count, char** arguments) {
  const auto options = bench::read_options(count, arguments);
  const std::size_t orders = (options.operations != 0 ? options.operations : std::size_t{1} << 20) / saga::under_way * saga::under_way;
  std::vector<bench::group> groups;
  const auto add = [&](saga::way how, const char* name, double goal, double floor) {
    bench::group g(name, orders, options.held);
    if (!bench::wanted(options, g.name())) return;
    g.hold_to(goal, floor);
    saga::add_limits(g, how, orders);
    saga::add_gesta(g, how, orders);
    saga::add_peers(g, how, orders);
    groups.push_back(std::move(g));
  };
  add(saga::way::one_by_one, "saga, one by one to its end", 1.5, 2.06);
  add(saga::way::in_rounds, "saga, 1024 in rounds", 1.15, 1.38);
  add(saga::way::in_order, "saga, 1024 in one queue", 1.1, 1.25);
  return bench::run(options, "saga", groups);
}
