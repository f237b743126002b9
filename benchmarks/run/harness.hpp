// The harness: groups of contenders that do the same work, measured side by side.
// Every benchmark program fills a suite and hands it the command line.
// Includes std only.
//
// Why not Google Benchmark: it finishes one contender before it starts the next, and chooses the number of iterations for
// each alone. On a shared machine the ratio of two such figures is the ratio of two moments. Here a repetition runs every
// contender once, so whatever the machine does in that second it does to all of them; and the same loop can be counted by
// callgrind, contender by contender.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bench {

/// What a contender is measured for.
enum class role : std::uint8_t {
  limit,      ///< written by hand for this work only; the best limit of a group is what the others are divided by
  gesta,      ///< the library through its public surface; held against the limit
  reference,  ///< shown beside them, held against nothing
};

/// One way to do the work of a group. `prepare` and `finish` are not measured, `run` is.
struct contender {
  contender() = default;
  contender(const contender&) = delete;
  contender& operator=(const contender&) = delete;
  virtual ~contender() = default;

  /// Makes a fresh state: memory allocated and touched, nothing left of the last repetition.
  virtual void prepare() = 0;
  /// Does all operations of the group once.
  virtual void run() = 0;
  /// Gives a checksum over everything that can be observed of the run, and frees the state.
  virtual std::uint64_t finish() = 0;
};

/// Contenders that do the same operations and must give the same checksum.
class group {
 public:
  /// `name` is printed and is the key in the JSON; `operations` is what one `run` does; `held` leaves out references.
  group(std::string name, std::size_t operations, bool held) : name_(static_cast<std::string&&>(name)), operations_(operations), held_(held) {}

  /// Adds a contender. `checked` is false for one that leaves out part of the work, and so cannot give the group's checksum.
  template <class Contender, class... Arguments>
  void add(role what, std::string name, bool checked, Arguments&&... arguments) {
    if (held_ && what == role::reference) return;
    entries_.push_back({what, static_cast<std::string&&>(name), checked,
                        std::make_unique<Contender>(static_cast<Arguments&&>(arguments)...)});
  }

  /// Says the right checksum, where it is known without a contender.
  void must_be(std::uint64_t checksum) { right_ = checksum, known_ = true; }
  /// The right checksum, null when the contenders are only compared with each other.
  const std::uint64_t* right() const noexcept { return known_ ? &right_ : nullptr; }

  /// Ratios to the best limit that are meant for this group alone; 0: those that hold for all.
  void hold_to(double goal, double floor) { goal_ = goal, floor_ = floor; }
  double goal() const noexcept { return goal_; }
  double floor() const noexcept { return floor_; }

  struct entry {
    role what;
    std::string name;
    bool checked;
    std::unique_ptr<contender> it;
  };

  const std::string& name() const noexcept { return name_; }
  std::size_t operations() const noexcept { return operations_; }
  const std::vector<entry>& entries() const noexcept { return entries_; }

 private:
  std::string name_;
  std::size_t operations_;
  bool held_;
  std::uint64_t right_ = 0;
  bool known_ = false;
  double goal_ = 0, floor_ = 0;
  std::vector<entry> entries_;
};

/// The command line of a benchmark program.
struct options {
  bool instructions = false;   ///< count with callgrind instead of measuring time
  int repetitions = 7;         ///< measured ones; one more is run first and thrown away
  std::size_t operations = 0;  ///< operations of each run; 0: the program's own number
  bool held = false;           ///< leave out references
  std::string only;            ///< run groups whose name contains this
  std::string json;            ///< also write the figures to this file
};

/// Reads the command line; prints the usage and exits with 2 when it is not understood.
options read_options(int count, char** arguments);

/// True when `name` is wanted by `--only`.
bool wanted(const options&, const std::string& name);

/// Runs all groups, prints their tables, writes the JSON. Returns the exit status: 1 when two checksums of a group differ.
int run(const options&, const char* program, const std::vector<group>&);

/// Keeps the compiler from moving, merging or dropping work across this point.
inline void barrier() { asm volatile("" ::: "memory"); }

}  // namespace bench
