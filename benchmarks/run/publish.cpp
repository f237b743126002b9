// W1a: typed publish to 1, 4 and 16 subscribers, in random order and in runs of one type; then the same as views behind one
// `handle` each, with none as well: the difference is the cost per view.
#include "publish.hpp"

#include <string>

int main(int count, char** arguments) {
  const auto options = bench::read_options(count, arguments);
  const std::size_t events = options.operations != 0 ? options.operations : std::size_t{1} << 20;
  const auto random = publish::tags(events, publish::order::random);
  const auto runs = publish::tags(events, publish::order::runs);

  std::vector<bench::group> groups;
  for (const std::size_t subscribers : {1U, 4U, 16U}) {
    for (const auto* tags : {&random, &runs}) {
      bench::group g("publish, " + std::to_string(subscribers) + " subscribers, " + (tags == &random ? "random" : "runs"), events, options.held);
      if (!bench::wanted(options, g.name())) continue;
      publish::add_limits(g, subscribers, *tags);
      publish::add_gesta(g, subscribers, *tags);
      publish::add_dynamic(g, subscribers, *tags);
      groups.push_back(std::move(g));
    }
  }
  for (const std::size_t views : {0U, 1U, 4U, 16U}) {
    for (const auto* tags : {&random, &runs}) {
      bench::group g("handle, " + std::to_string(views) + " views, " + (tags == &random ? "random" : "runs"), events, options.held);
      if (!bench::wanted(options, g.name())) continue;
      publish::add_handle_limits(g, views, *tags);
      publish::add_handle_gesta(g, views, *tags);
      groups.push_back(std::move(g));
    }
  }
  return bench::run(options, "publish", groups);
}
