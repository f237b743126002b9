// The harness's work: repeat, time or count, compare checksums, print.
// Linked into every benchmark program.
// Includes std and valgrind's client requests (which cost nothing outside valgrind).
#include "harness.hpp"

#include <valgrind/callgrind.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <sstream>

namespace bench {
namespace {

constexpr const char* compiler_name =
#if defined(__clang__)
    "clang++ " __clang_version__;
#else
    "g++ " __VERSION__;
#endif

struct figures {
  double median = 0, best = 0, p90 = 0;  // nanoseconds per operation
};

figures summary_of(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  const std::size_t count = samples.size();
  const std::size_t ninth_tenth = std::min(count - 1, (count * 9 + 9) / 10 - 1);
  const double middle = count % 2 != 0 ? samples[count / 2] : (samples[count / 2 - 1] + samples[count / 2]) / 2;
  return {middle, samples.front(), samples[ninth_tenth]};
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  return "unknown processor";
}

std::string now() {
  char text[32];
  const std::time_t time = std::time(nullptr);
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", std::localtime(&time));
  return text;
}

const char* name_of(role what) {
  switch (what) {
    case role::limit: return "limit";
    case role::gesta: return "gesta";
    case role::reference: break;
  }
  return "reference";
}

// Processor time of this thread: what other processes take of the core in between is not counted, only what they leave in the caches.
double nanoseconds() {
  std::timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

// Runs a contender once and gives the nanoseconds of its `run`.
double timed(contender& it) {
  const double from = nanoseconds();
  barrier();
  it.run();
  barrier();
  return nanoseconds() - from;
}

// Two contenders of one group that disagree did different work: their figures mean nothing.
bool agree(const group& g, const std::vector<std::uint64_t>& sums) {
  const std::uint64_t* expected = g.right();
  for (std::size_t i = 0; i < sums.size(); ++i) {
    if (!g.entries()[i].checked) continue;
    if (expected == nullptr) expected = &sums[i];
    if (*expected == sums[i]) continue;
    std::fprintf(stderr, "%s: checksum of \"%s\" is %016llx, expected %016llx\n", g.name().c_str(), g.entries()[i].name.c_str(),
                 static_cast<unsigned long long>(sums[i]), static_cast<unsigned long long>(*expected));
    return false;
  }
  return true;
}

// One warm-up, then the repetitions. Every repetition starts with another contender, so that none is always the first.
bool measure(const options& o, const group& g, std::vector<figures>& out) {
  const std::size_t count = g.entries().size();
  std::vector<std::vector<double>> samples(count);
  std::vector<std::uint64_t> sums(count);
  for (int repetition = -1; repetition < o.repetitions; ++repetition) {
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t i = (k + static_cast<std::size_t>(repetition + 1)) % count;
      contender& it = *g.entries()[i].it;
      it.prepare();
      const double time = timed(it);
      sums[i] = it.finish();
      if (repetition >= 0) samples[i].push_back(time / static_cast<double>(g.operations()));
    }
    if (!agree(g, sums)) return false;
  }
  for (auto& each : samples) out.push_back(summary_of(each));
  return true;
}

double best_limit(const group& g, const std::vector<figures>& all) {
  double best = 0;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (g.entries()[i].what == role::limit && (best == 0 || all[i].median < best)) best = all[i].median;
  return best;
}

void print(const group& g, const std::vector<figures>& all) {
  std::printf("\n%s (%zu operations)\n%-52s %9s %9s %9s %7s\n", g.name().c_str(), g.operations(), "ns per operation", "median", "min",
              "p90", "ratio");
  const double limit = best_limit(g, all);
  for (std::size_t i = 0; i < all.size(); ++i)
    std::printf("%-52s %9.2f %9.2f %9.2f %6.2fx%s\n", g.entries()[i].name.c_str(), all[i].median, all[i].best, all[i].p90,
                all[i].median / limit, g.entries()[i].checked ? "" : "  (does less)");
}

void write_group(std::ostream& out, const group& g, const std::vector<figures>& all) {
  out << "{\"group\":\"" << g.name() << "\",\"operations\":" << g.operations();
  if (g.floor() != 0) out << ",\"goal\":" << g.goal() << ",\"floor\":" << g.floor();
  out << ",\"contenders\":[";
  for (std::size_t i = 0; i < g.entries().size(); ++i) {
    const auto& e = g.entries()[i];
    out << (i == 0 ? "" : ",") << "\n  {\"name\":\"" << e.name << "\",\"role\":\"" << name_of(e.what) << "\",\"checked\":" << (e.checked ? "true" : "false");
    if (!all.empty()) out << ",\"ns\":" << all[i].median << ",\"min\":" << all[i].best << ",\"p90\":" << all[i].p90;
    out << "}";
  }
  out << "]}";
}

// Under callgrind: one uncounted run binds symbols and touches memory, the second is counted and dumped under the names of
// the group and the contender. callgrind writes the counts to its own files; `compare` reads them.
bool count(const group& g) {
  std::vector<std::uint64_t> sums;
  for (const auto& e : g.entries()) {
    e.it->prepare();
    e.it->run();
    e.it->finish();
    e.it->prepare();
    CALLGRIND_ZERO_STATS;
    CALLGRIND_START_INSTRUMENTATION;
    e.it->run();
    CALLGRIND_STOP_INSTRUMENTATION;
    const std::string label = g.name() + "|" + e.name;
    CALLGRIND_DUMP_STATS_AT(label.c_str());
    sums.push_back(e.it->finish());
  }
  return agree(g, sums);
}

[[noreturn]] void usage(const char* program) {
  std::fprintf(stderr,
               "usage: %s [--repetitions N] [--operations N] [--only TEXT] [--json FILE] [--held] [--instructions]\n"
               "--held leaves out what is held against nothing.\n"
               "--instructions counts instead of timing; it needs valgrind around it, which `compare` puts there:\n"
               "  valgrind --tool=callgrind --instr-atstart=no --callgrind-out-file=DIR/out %s --instructions --json FILE\n",
               program, program);
  std::exit(2);
}

}  // namespace

options read_options(int count, char** arguments) {
  options o;
  for (int i = 1; i < count; ++i) {
    const std::string word = arguments[i];
    if (word == "--instructions" || word == "--held") {
      (word == "--held" ? o.held : o.instructions) = true;
      continue;
    }
    if (i + 1 == count) usage(arguments[0]);
    const char* value = arguments[++i];
    if (word == "--repetitions") o.repetitions = std::max(1, std::atoi(value));
    else if (word == "--operations") o.operations = std::strtoull(value, nullptr, 10);
    else if (word == "--only") o.only = value;
    else if (word == "--json") o.json = value;
    else usage(arguments[0]);
  }
  if (o.instructions && RUNNING_ON_VALGRIND == 0) usage(arguments[0]);
  return o;
}

bool wanted(const options& o, const std::string& name) { return name.find(o.only) != std::string::npos; }

int run(const options& o, const char* program, const std::vector<group>& groups) {
  std::printf("%s, %s, %s, %s\n", program, now().c_str(), processor().c_str(), compiler_name);
  std::ostringstream json;
  json << "{\"program\":\"" << program << "\",\"date\":\"" << now() << "\",\"processor\":\"" << processor() << "\",\"compiler\":\"" << compiler_name
       << "\",\"groups\":[";
  bool first = true, good = true;
  for (const group& g : groups) {
    std::vector<figures> all;
    const bool same = o.instructions ? count(g) : measure(o, g, all);
    good = good && same;
    if (!same) continue;
    if (!o.instructions) print(g, all);
    std::fflush(stdout);
    json << (first ? "\n" : ",\n");
    write_group(json, g, all);
    first = false;
  }
  json << "]}\n";
  if (!o.json.empty()) std::ofstream(o.json) << json.str();
  return good ? 0 : 1;
}

}  // namespace bench
