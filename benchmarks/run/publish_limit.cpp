// W1a by hand: the subscribers are members, the calls are written out. This is what the library is divided by.
// Beside it the same with calls that are not inlined, which answers another question: what S calls cost.
#include "publish.hpp"
#include "ring.hpp"

#include <array>

namespace publish {
namespace {

template <std::size_t S>
struct inlined {
  static constexpr std::size_t subscribers = S;
  std::array<subscriber, S> all{};

  inlined() {
    for (std::size_t i = 0; i < S; ++i) all[i].k = i + 1;
  }
  template <class Event>
  [[gnu::always_inline]] void publish(const Event& x) {
    for (auto& each : all) each.on(x);
  }
  word sum(std::size_t i) const { return all[i].sum; }
};

template <class Event>
[[gnu::noinline]] void call(subscriber& s, const Event& x) {
  s.on(x);
}

template <std::size_t S>
struct called : inlined<S> {
  template <class Event>
  [[gnu::always_inline]] void publish(const Event& x) {
    for (auto& each : this->all) call(each, x);
  }
};

// The same behind a command: the event is recorded, counted in the state of its one entity, and then told to the subscribers. Each
// command has a handler that is called, or inlined into the caller's switch.
enum class calls : std::uint8_t { out_of_line, inlined };

template <std::size_t S, bench::placing How, calls Calls>
class recorded {
 public:
  static constexpr std::size_t subscribers = S;

  template <class Wish>
  [[gnu::always_inline]] void handle(Wish wish) {
    if constexpr (Calls == calls::inlined) record(wish);
    else called(wish);
  }
  word told_count() const { return entities_[0].count; }
  word sum(std::size_t i) const { return hearers_.sum(i); }

 private:
  template <class Wish>
  [[gnu::noinline]] void called(Wish wish) {
    record(wish);
  }
  template <class Wish>
  [[gnu::always_inline]] void record(Wish wish) {
    entity& e = entities_[0];
    const auto x = told(wish);
    log_.append(sizeof x / sizeof(word), e.stream, 0, x);
    ++e.count;
    hearers_.publish(x);
  }

  struct entity {
    word count = 0;
    bench::stream stream;
  };

  std::vector<entity> entities_ = std::vector<entity>(1);
  bench::ring<How> log_{log_bytes};
  inlined<S> hearers_;
};

template <std::size_t S>
void add(bench::group& g, const std::vector<std::uint8_t>& tags) {
  g.add<over<inlined<S>>>(bench::role::limit, "LIMIT, handlers inline", true, tags);
  g.add<over<called<S>>>(bench::role::reference, "LIMIT, handlers called", true, tags);
}

template <std::size_t S>
void add_handle(bench::group& g, const std::vector<std::uint8_t>& tags) {
  using bench::placing, bench::role;
  g.add<over_handle<recorded<S, placing::typed, calls::inlined>>>(role::limit, "LIMIT, handlers inline, typed", true, tags);
  g.add<over_handle<recorded<S, placing::typed, calls::out_of_line>>>(role::limit, "LIMIT, handlers called, typed", true, tags);
  g.add<over_handle<recorded<S, placing::copied, calls::out_of_line>>>(role::limit, "LIMIT, handlers called, memcpy", true, tags);
}

}  // namespace

void add_limits(bench::group& g, std::size_t subscribers, const std::vector<std::uint8_t>& tags) {
  if (subscribers == 1) add<1>(g, tags);
  if (subscribers == 4) add<4>(g, tags);
  if (subscribers == 16) add<16>(g, tags);
}

void add_handle_limits(bench::group& g, std::size_t subscribers, const std::vector<std::uint8_t>& tags) {
  if (subscribers == 0) add_handle<0>(g, tags);
  if (subscribers == 1) add_handle<1>(g, tags);
  if (subscribers == 4) add_handle<4>(g, tags);
  if (subscribers == 16) add_handle<16>(g, tags);
}

}  // namespace publish
