// A store that kills its own process at a counted point. Only for the tests.
// RETAIL_CRASH_AT=<kind>:<n> names the n-th point of a kind, from 1: before_commit, after_commit, append, remember; planted: where a
// test has planted a bug.
// The killed process has said on stderr whether its unit of work was begun, with something written and not yet committed.
// Without it the run ends well and the number of points of each kind is printed to stderr.
// May include: std.
#pragma once

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

class points {
 public:
  enum kind { before_commit, after_commit, append, remember, planted, kinds };

  void begin() { is_written_ = false; }
  void pass(kind k) {
    if (k == append || k == remember) is_written_ = true;
    if (k == after_commit) is_written_ = false;
    if (++passed_[k] != fatal_ || names[k] != fatal_kind_) return;
    std::fputs(is_written_ ? "in a unit\n" : "between units\n", stderr);
    std::raise(SIGKILL);
  }
  ~points() {
    for (int k = 0; k < kinds; ++k) std::fprintf(stderr, "%s:%llu\n", names[k], static_cast<unsigned long long>(passed_[k]));
  }
  static points& of_process() {
    static points all;
    return all;
  }

 private:
  points() {
    const char* const at = std::getenv("RETAIL_CRASH_AT");
    const std::string text = at != nullptr ? at : "";
    const auto colon = text.find(':');
    if (colon == std::string::npos) return;
    fatal_kind_ = text.substr(0, colon);
    fatal_ = std::strtoull(text.c_str() + colon + 1, nullptr, 10);
  }
  static constexpr const char* names[] = {"before_commit", "after_commit", "append", "remember", "planted"};
  std::uint64_t passed_[kinds] = {};
  std::uint64_t fatal_ = 0;
  bool is_written_ = false;
  std::string fatal_kind_;
};

/// A store whose log passes a point at every step that reaches the disk.
template <class Store>
struct counted {
  Store inner;
  template <class Model>
  class log : public Store::template log<Model> {
    using beneath = typename Store::template log<Model>;

   public:
    explicit log(const counted& store) : beneath(store.inner) {}
    bool begin() {
      points::of_process().begin();
      return beneath::begin();
    }
    bool commit() {
      points::of_process().pass(points::before_commit);
      const bool done = beneath::commit();
      points::of_process().pass(points::after_commit);
      return done;
    }
    template <class Aggregate, class... Argument>
    auto append(Argument&&... argument) {
      const auto result = beneath::template append<Aggregate>(std::forward<Argument>(argument)...);
      points::of_process().pass(points::append);
      return result;
    }
    bool remember(const gesta::once& name, const gesta::remembered& outcome) {
      const bool done = beneath::remember(name, outcome);
      points::of_process().pass(points::remember);
      return done;
    }
  };
};
