// Puts and collects blobs in a folder and says each step once it was told that it is done: for blobs.py, which lets its calls fail.
//
// usage: faults_blobs make FOLDER      `first` and `over` are put
//        faults_blobs change FOLDER    `second` is put, `first` again, and what is older taken away
//        faults_blobs check FOLDER     what is there of each, byte by byte; then `third` is put
#include <gesta/delivery/claim_check.hpp>
#include <gesta/store/folder_blobs.hpp>

#include <cstdint>
#include <cstdio>
#include <string>

namespace {

std::string payload_of(const std::string& name) {
  std::string all;
  while (all.size() < 20'000) all += name;
  return all;
}
bool put(gesta::folder_blobs& blobs, const char* name, std::int64_t time) {
  std::string token;
  const bool done = gesta::check_in(payload_of(name), blobs, 0, {time}, token);
  std::printf("%s %s\n", done ? "put" : "failed", done ? name : blobs.last_failure().describe());
  std::fflush(stdout);
  return done;
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) return 2;
  const std::string what = words[1];
  gesta::folder_blobs blobs(words[2]);
  if (blobs.broken() != nullptr) return std::printf("failed %s\n", blobs.last_failure().describe()), 3;
  if (what == "make") return put(blobs, "first", 100) && put(blobs, "over", 100) ? 0 : 3;
  if (what == "change") {
    if (!put(blobs, "second", 200) || !put(blobs, "first", 200)) return 3;
    std::uint64_t gone = 0;
    if (!blobs.collect({150}, gone)) return std::printf("failed %s\n", blobs.last_failure().describe()), 3;
    return std::printf("collected %d\n", static_cast<int>(gone)), 0;
  }
  for (const char* name : {"first", "over", "second"}) {
    std::string back;
    const auto found = gesta::check_out(gesta::detail::claim_of(payload_of(name)), blobs, back);
    std::printf("%s %s\n", name, found ? "whole" : found.why().why == gesta::failure::kind::truncated ? "missing" : found.why().describe());
  }
  return put(blobs, "third", 300) ? 0 : 3;
}
