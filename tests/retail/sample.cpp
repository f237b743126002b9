// Prints the sample of the retail program, so that others can read the same lines: retail_sample [LINES [SEED]].
#include <cstdio>
#include <cstdlib>
#include <string>

#include "../../examples/retail/sample.hpp"

int main(int count, char** words) {
  const std::uint64_t lines = count > 1 ? std::strtoull(words[1], nullptr, 10) : 20000;
  const std::uint64_t seed = count > 2 ? std::strtoull(words[2], nullptr, 10) : 2010;
  const std::string text = retail::make_sample(seed, lines);
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
}
