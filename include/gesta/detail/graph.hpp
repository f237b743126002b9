// A small directed graph in constant evaluation: reachability and the first cycle.
// May include: nothing of gesta.
#pragma once

#include <cstddef>

namespace gesta::detail {

/// N nodes and which leads to which.
template <std::size_t N>
struct digraph {
  bool leads[N == 0 ? 1 : N][N == 0 ? 1 : N] = {};

  /// Whether a way of one or more edges leads from one node to another. O(N^2).
  constexpr bool reaches(std::size_t from, std::size_t to) const {
    bool seen[N == 0 ? 1 : N] = {};
    std::size_t open[N == 0 ? 1 : N] = {};
    std::size_t count = 0;
    const auto visit = [&](std::size_t node) {
      for (std::size_t next = 0; next < N; ++next)
        if (leads[node][next] && !seen[next]) {
          seen[next] = true;
          open[count++] = next;
        }
    };
    visit(from);
    for (std::size_t i = 0; i < count; ++i) visit(open[i]);
    return seen[to];
  }

  /// Removes a node's edges.
  constexpr void isolate(std::size_t node) {
    for (std::size_t other = 0; other < N; ++other) leads[node][other] = leads[other][node] = false;
  }

  struct path {
    std::size_t length = 0;  ///< number of nodes; the last is the first again; 0: none
    std::size_t nodes[N + 1] = {};
  };

  /// The shortest cycle through the first node that stands on one. O(N^3).
  constexpr path cycle() const {
    for (std::size_t start = 0; start < N; ++start) {
      if (!reaches(start, start)) continue;
      std::size_t before[N == 0 ? 1 : N] = {};
      bool seen[N == 0 ? 1 : N] = {};
      std::size_t open[N + 1] = {start};
      std::size_t count = 1;
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t node = open[i];
        if (leads[node][start]) {
          path found;
          std::size_t back[N + 1] = {};
          std::size_t steps = 0;
          for (std::size_t at = node; at != start; at = before[at]) back[steps++] = at;
          found.nodes[found.length++] = start;
          while (steps != 0) found.nodes[found.length++] = back[--steps];
          found.nodes[found.length++] = start;
          return found;
        }
        for (std::size_t next = 0; next < N; ++next)
          if (leads[node][next] && !seen[next] && next != start) {
            seen[next] = true;
            before[next] = node;
            open[count++] = next;
          }
      }
    }
    return {};
  }
};

}  // namespace gesta::detail
