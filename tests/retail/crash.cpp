// The retail program on a SQLite store that kills its own process at a counted point. Only for the tests.
// RETAIL_CRASH_AT names it; see counted.hpp.
// RETAIL_PLANTED_BUG=1 puts a mistake beneath: outcomes are committed after the events of their commands, not with them.
#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "../../examples/retail/options.hpp"
#include "../../examples/retail/run_on_sqlite.hpp"
#include "counted.hpp"

namespace {

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
