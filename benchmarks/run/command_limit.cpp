// W3 by hand: the limits. Which of them is best depends on compiler and order, so the best of a kind is the one to hold against:
// handlers called, and handlers inlined into the caller's switch (as the library does it).
#include "command_limit.hpp"

namespace command {
namespace {

using namespace by_hand;

template <class Entity>
class dense {
 public:
  explicit dense(std::uint32_t count) : all_(count) {}
  [[gnu::always_inline]] entity& find(std::uint32_t key) { return all_[key]; }
  std::size_t size() const { return all_.size(); }

 private:
  std::vector<Entity> all_;
};

template <placing How, calls Calls, class Entity = entity>
using dense_bank = bank<dense<Entity>, How, Calls>;

}  // namespace

void add_limits(bench::group& g, const workload& w) {
  using bench::role;
  g.add<over<dense_bank<placing::copied, calls::out_of_line>>>(role::limit, "LIMIT, handlers called, memcpy", true, w);
  g.add<over<dense_bank<placing::typed, calls::out_of_line>>>(role::limit, "LIMIT, handlers called, typed", true, w);
  g.add<over<dense_bank<placing::copied, calls::inlined>>>(role::limit, "LIMIT, handlers inline, memcpy", true, w);
  g.add<over<dense_bank<placing::typed, calls::inlined>>>(role::limit, "LIMIT, handlers inline, typed", true, w);
  g.add<over<dense_bank<placing::dropped, calls::out_of_line>>>(role::reference, "no log at all, handlers called", true, w);
  if (w.entities > 100'000) {
    g.add<over<dense_bank<placing::typed, calls::out_of_line, line_entity>>>(role::reference, "LIMIT, called, typed, 64-byte entity", true, w);
    g.add<over<dense_bank<placing::typed, calls::out_of_line, line_entity>, 8>>(role::reference, "LIMIT, the same, prefetch 8 ahead", true, w);
  }
}

}  // namespace command
