// `retail fulfil` on a SQLite store that kills its own process at a counted point. Only for the tests.
// RETAIL_CRASH_AT names it; see counted.hpp.
// RETAIL_PLANTED_BUG=1 puts a mistake beneath: what a service does is committed before what led to it is.
#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <cstdlib>
#include <type_traits>
#include <utility>

#include "../../examples/retail/fulfilment/choreography.hpp"
#include "../../examples/retail/fulfilment/options.hpp"
#include "../../examples/retail/fulfilment/orchestration.hpp"
#include "../../examples/retail/fulfilment/run.hpp"
#include "counted.hpp"

namespace {

/// The planted bug: an event of a service that was sent a command is committed by itself, as if the command had gone to another machine and the commit
/// with the record of the request had come after it.
template <class Store>
struct sends_before_the_commit {
  Store inner;
  template <class Model>
  class log : public Store::template log<Model> {
    using beneath = typename Store::template log<Model>;
    // What is not harmless to do twice; a refund gives back what is held.
    template <class Type>
    static constexpr bool is_early = std::is_same_v<Type, retail::payment::charged> || std::is_same_v<Type, retail::shipping::shipped>;

   public:
    explicit log(const sends_before_the_commit& store) : beneath(store.inner) {}
    template <class Aggregate, class... Argument>
    auto append(Argument&&... argument) {
      auto result = beneath::template append<Aggregate>(std::forward<Argument>(argument)...);
      if constexpr ((is_early<std::remove_cvref_t<Argument>> || ...)) {
        if (!beneath::commit() || !beneath::begin()) result = {};
        points::of_process().pass(points::planted);
      }
      return result;
    }
  };
};

template <class Way>
int fulfil_by(const retail::fulfil_options& asked) {
  const counted<gesta::sqlite_store> store{{.path = asked.sqlite_path}};
  if (std::getenv("RETAIL_PLANTED_BUG") == nullptr) return retail::fulfil_on<Way>(asked, store);
  return retail::fulfil_on<Way>(asked, sends_before_the_commit<counted<gesta::sqlite_store>>{store});
}

}  // namespace

int main(int count, char** words) {
  const retail::fulfil_options asked = retail::read_fulfil_options(count - 2, words + 2);  // behind "fulfil"
  if (!asked.wrong.empty() || asked.sqlite_path.empty()) return retail::complain(asked.wrong + "; --store sqlite:PATH is needed", retail::input_wrong);
  return asked.choreography ? fulfil_by<retail::choreography>(asked) : fulfil_by<retail::orchestration>(asked);
}
