// W3 with a map where the limit has an array: what a key costs that is not an index.
// The rest is the limit's, handlers called. Entities are inserted before the run.
#include "command_limit.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <unordered_map>

namespace command {
namespace {

using namespace by_hand;

template <class Map>
class mapped {
 public:
  explicit mapped(std::uint32_t count) {
    all_.reserve(count);
    for (std::uint32_t key = 0; key < count; ++key) all_.try_emplace(key);
  }
  [[gnu::always_inline]] entity& find(std::uint32_t key) { return all_.find(key)->second; }
  std::size_t size() const { return all_.size(); }

 private:
  Map all_;
};

template <class Map>
using map_bank = bank<mapped<Map>, placing::typed, calls::out_of_line>;

}  // namespace

void add_maps(bench::group& g, const workload& w) {
  g.add<over<map_bank<boost::unordered_flat_map<std::uint32_t, entity>>>>(bench::role::reference, "boost::unordered_flat_map, packed log", true, w);
  g.add<over<map_bank<std::unordered_map<std::uint32_t, entity>>>>(bench::role::reference, "std::unordered_map, packed log", true, w);
}

}  // namespace command
