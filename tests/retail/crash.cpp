// The retail program on a SQLite store that kills its own process at a counted point. Only for the tests.
// RETAIL_CRASH_AT=<kind>:<n> names the n-th point of a kind, from 1: before_commit, after_commit, append, remember.
// Without it the run ends well and the number of points of each kind is printed to stderr.
// RETAIL_PLANTED_BUG=1 puts a mistake beneath: outcomes are committed after the events of their commands, not with them.
#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "../../examples/retail/options.hpp"
#include "../../examples/retail/run_on_sqlite.hpp"

namespace {

class points {
 public:
  enum kind { before_commit, after_commit, append, remember, kinds };

  void pass(kind k) {
    if (++passed_[k] == fatal_ && names[k] == fatal_kind_) std::raise(SIGKILL);
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
  static constexpr const char* names[] = {"before_commit", "after_commit", "append", "remember"};
  std::uint64_t passed_[kinds] = {};
  std::uint64_t fatal_ = 0;
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

/// The planted bug: a commit keeps the events; the outcomes follow in a commit of their own.
template <class Store>
struct outcomes_later {
  Store inner;
  template <class Model>
  class log : public Store::template log<Model> {
    using beneath = typename Store::template log<Model>;
    struct outcome {
      std::string source, payload;
      std::uint64_t number;
      gesta::remembered what;
    };
    std::vector<outcome> waiting_;

   public:
    explicit log(const outcomes_later& store) : beneath(store.inner) {}
    bool remember(const gesta::once& name, const gesta::remembered& what) {
      waiting_.push_back({name.source, std::string(static_cast<const char*>(what.payload), what.size), name.number, what});
      return true;
    }
    bool commit() {
      if (!beneath::commit() || !beneath::begin()) return false;
      for (outcome& o : waiting_) {
        o.what.payload = o.payload.data();
        if (!beneath::remember({o.source.c_str(), o.number}, o.what)) return false;
      }
      waiting_.clear();
      return beneath::commit();
    }
  };
};

}  // namespace

int main(int count, char** words) {
  const retail::options asked = retail::read_options(count, words);
  if (!asked.wrong.empty() || asked.sqlite_path.empty()) return retail::complain("--store sqlite:PATH is needed", retail::input_wrong);
  counted<gesta::sqlite_store> store{{.path = asked.sqlite_path}};
  if (std::getenv("RETAIL_PLANTED_BUG") != nullptr) return retail::run_in_file(asked, outcomes_later<decltype(store)>{store});
  return retail::run_in_file(asked, store);
}
