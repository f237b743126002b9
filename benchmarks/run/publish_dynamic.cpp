// W1a with subscribers that register at run time: a list per type, and the way it is usually written first.
// Their subscribers are reached through pointers that the compiler cannot see through.
#include "publish.hpp"

#include <functional>
#include <tuple>
#include <typeindex>
#include <unordered_map>

namespace publish {
namespace {

template <template <class> class Of>
using for_each_fact = std::tuple<Of<fact_1>, Of<fact_2>, Of<fact_3>, Of<fact_4>, Of<fact_5>, Of<fact_6>, Of<fact_7>, Of<fact_8>>;

// A slot per type at a place known to the compiler; in it a list of {function, instance}. What the fastest signal libraries do.
template <class Event>
struct slot {
  struct delegate {
    void (*function)(void*, const Event&);
    void* instance;
  };
  std::vector<delegate> list;
};

template <std::size_t S>
struct delegates {
  static constexpr std::size_t subscribers = S;
  for_each_fact<slot> slots;
  std::vector<subscriber> all = std::vector<subscriber>(S);

  delegates() {
    for (std::size_t i = 0; i < S; ++i) {
      all[i].k = i + 1;
      std::apply([&](auto&... each) { (connect(each, all[i]), ...); }, slots);
    }
  }
  template <class Event>
  static void connect(slot<Event>& s, subscriber& who) {
    s.list.push_back({[](void* instance, const Event& x) { static_cast<subscriber*>(instance)->on(x); }, &who});
  }
  template <class Event>
  void publish(const Event& x) {
    for (const auto& each : std::get<slot<Event>>(slots).list) each.function(each.instance, x);
  }
  word sum(std::size_t i) const { return all[i].sum; }
};

// A list per type of pointers to an interface. Two implementations, or g++ guesses the only one and inlines it under a guard.
template <class Event>
struct hears {
  hears() = default;
  hears(const hears&) = default;
  hears& operator=(const hears&) = default;
  virtual ~hears() = default;
  virtual void on(const Event&) = 0;
};
template <class Event>
struct even final : hears<Event> {
  explicit even(subscriber& s) : who(&s) {}
  void on(const Event& x) override { who->on(x); }
  subscriber* who;
};
template <class Event>
struct odd final : hears<Event> {
  explicit odd(subscriber& s) : who(&s) {}
  void on(const Event& x) override { who->on(x); }
  subscriber* who;
};
template <class Event>
struct interfaces {
  std::vector<std::unique_ptr<hears<Event>>> list;
};

template <std::size_t S>
struct virtuals {
  static constexpr std::size_t subscribers = S;
  for_each_fact<interfaces> slots;
  std::vector<subscriber> all = std::vector<subscriber>(S);

  virtuals() {
    for (std::size_t i = 0; i < S; ++i) {
      all[i].k = i + 1;
      std::apply([&](auto&... each) { (connect(each, i), ...); }, slots);
    }
  }
  template <class Event>
  void connect(interfaces<Event>& s, std::size_t i) {
    if (i % 2 == 0) s.list.push_back(std::make_unique<even<Event>>(all[i]));
    else s.list.push_back(std::make_unique<odd<Event>>(all[i]));
  }
  template <class Event>
  void publish(const Event& x) {
    for (const auto& each : std::get<interfaces<Event>>(slots).list) each->on(x);
  }
  word sum(std::size_t i) const { return all[i].sum; }
};

// The first thing one writes: a map from the type to a list of std::function.
template <std::size_t S>
struct naive {
  static constexpr std::size_t subscribers = S;
  std::unordered_map<std::type_index, std::vector<std::function<void(const void*)>>> handlers;
  std::vector<subscriber> all = std::vector<subscriber>(S);

  naive() {
    for (std::size_t i = 0; i < S; ++i) {
      all[i].k = i + 1;
      connect<fact_1, fact_2, fact_3, fact_4, fact_5, fact_6, fact_7, fact_8>(&all[i]);
    }
  }
  template <class... Event>
  void connect(subscriber* who) {
    (handlers[typeid(Event)].emplace_back([who](const void* x) { who->on(*static_cast<const Event*>(x)); }), ...);
  }
  template <class Event>
  void publish(const Event& x) {
    const auto found = handlers.find(typeid(Event));
    if (found == handlers.end()) return;
    for (const auto& each : found->second) each(&x);
  }
  word sum(std::size_t i) const { return all[i].sum; }
};

template <std::size_t S>
void add(bench::group& g, const std::vector<std::uint8_t>& tags) {
  g.add<over<delegates<S>>>(bench::role::reference, "static slot per type, list of delegates", true, tags);
  g.add<over<virtuals<S>>>(bench::role::reference, "static slot per type, virtual handlers", true, tags);
  g.add<over<naive<S>>>(bench::role::reference, "naive: type_index map of vector<function>", true, tags);
}

}  // namespace

void add_dynamic(bench::group& g, std::size_t subscribers, const std::vector<std::uint8_t>& tags) {
  if (subscribers == 1) add<1>(g, tags);
  if (subscribers == 4) add<4>(g, tags);
  if (subscribers == 16) add<16>(g, tags);
}

}  // namespace publish
