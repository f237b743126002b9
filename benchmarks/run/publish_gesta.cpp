// W1a through the library: one projection per subscriber, published to through the read side.
#include "publish.hpp"

#include <gesta/gesta.hpp>

#include <utility>

namespace publish {

// The write side: one aggregate that counts what it tells.
struct source { word count = 0; };
constexpr void evolve(source& s, const fact_1&) { ++s.count; }
constexpr void evolve(source& s, const fact_2&) { ++s.count; }
constexpr void evolve(source& s, const fact_3&) { ++s.count; }
constexpr void evolve(source& s, const fact_4&) { ++s.count; }
constexpr void evolve(source& s, const fact_5&) { ++s.count; }
constexpr void evolve(source& s, const fact_6&) { ++s.count; }
constexpr void evolve(source& s, const fact_7&) { ++s.count; }
constexpr void evolve(source& s, const fact_8&) { ++s.count; }
constexpr auto decide(const source&, const tell_1& c) -> gesta::emits<fact_1> { return told(c); }
constexpr auto decide(const source&, const tell_2& c) -> gesta::emits<fact_2> { return told(c); }
constexpr auto decide(const source&, const tell_3& c) -> gesta::emits<fact_3> { return told(c); }
constexpr auto decide(const source&, const tell_4& c) -> gesta::emits<fact_4> { return told(c); }
constexpr auto decide(const source&, const tell_5& c) -> gesta::emits<fact_5> { return told(c); }
constexpr auto decide(const source&, const tell_6& c) -> gesta::emits<fact_6> { return told(c); }
constexpr auto decide(const source&, const tell_7& c) -> gesta::emits<fact_7> { return told(c); }
constexpr auto decide(const source&, const tell_8& c) -> gesta::emits<fact_8> { return told(c); }

struct sources : gesta::aggregate<source, gesta::commands<tell_1, tell_2, tell_3, tell_4, tell_5, tell_6, tell_7, tell_8>> {
  static constexpr auto id = "source";
  using key = gesta::dense;
};

// A view is a subscriber that has its place from its type. Its verbs are plain functions, one per event, that the class brings along.
template <std::size_t I>
struct counter : subscriber {
  counter() { k = I + 1; }
  friend void project(counter& view, const fact_1& e) { view.on(e); }
  friend void project(counter& view, const fact_2& e) { view.on(e); }
  friend void project(counter& view, const fact_3& e) { view.on(e); }
  friend void project(counter& view, const fact_4& e) { view.on(e); }
  friend void project(counter& view, const fact_5& e) { view.on(e); }
  friend void project(counter& view, const fact_6& e) { view.on(e); }
  friend void project(counter& view, const fact_7& e) { view.on(e); }
  friend void project(counter& view, const fact_8& e) { view.on(e); }
};

inline constexpr const char* counter_names[16] = {"00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15"};

template <std::size_t I>
struct counting : gesta::projection<counter<I>, gesta::follows<sources>> {
  static constexpr auto id = counter_names[I];
};

template <class Indices>
struct counted;
template <std::size_t... I>
struct counted<std::index_sequence<I...>> : gesta::model<sources, counting<I>..., gesta::lean> {};

namespace {

template <std::size_t S>
struct viewed {
  static constexpr std::size_t subscribers = S;
  using views_type = gesta::views<counted<std::make_index_sequence<S>>>;
  views_type views;

  template <class Event>
  [[gnu::always_inline]] void publish(const Event& x) {
    views.publish(x);
  }
  word sum(std::size_t i) const { return sums(std::make_index_sequence<S>{}, i); }

 private:
  template <std::size_t... I>
  word sums(std::index_sequence<I...>, std::size_t i) const {
    const word all[] = {views.template view<counter<I>>().sum...};
    return all[i];
  }
};

// The same views behind `handle`.
template <std::size_t S>
class handling {
 public:
  static constexpr std::size_t subscribers = S;

  template <class Wish>
  [[gnu::always_inline]] void handle(const Wish& wish) {
    app_.handle(0u, wish);
  }
  word told_count() const { return app_.template state<sources>(0u).count; }
  word sum(std::size_t i) const { return sums(std::make_index_sequence<S>{}, i); }

 private:
  template <std::size_t... I>
  word sums(std::index_sequence<I...>, std::size_t i) const {
    const word all[] = {app_.template view<counter<I>>().sum..., 0};
    return all[i];
  }

  using model = counted<std::make_index_sequence<S>>;
  decltype(gesta::start<model>(gesta::last_records_store{})) app_ = gesta::start<model>(gesta::last_records_store{.bytes = log_bytes, .streams = 1});
};

template <std::size_t S>
void add_handle(bench::group& g, const std::vector<std::uint8_t>& tags) {
  g.add<over_handle<handling<S>>>(bench::role::gesta, "gesta", true, tags);
}

}  // namespace

void add_gesta(bench::group& g, std::size_t subscribers, const std::vector<std::uint8_t>& tags) {
  if (subscribers == 1) g.add<over<viewed<1>>>(bench::role::gesta, "gesta, views of a model", true, tags);
  if (subscribers == 4) g.add<over<viewed<4>>>(bench::role::gesta, "gesta, views of a model", true, tags);
  if (subscribers == 16) g.add<over<viewed<16>>>(bench::role::gesta, "gesta, views of a model", true, tags);
}

void add_handle_gesta(bench::group& g, std::size_t subscribers, const std::vector<std::uint8_t>& tags) {
  if (subscribers == 0) add_handle<0>(g, tags);
  if (subscribers == 1) add_handle<1>(g, tags);
  if (subscribers == 4) add_handle<4>(g, tags);
  if (subscribers == 16) add_handle<16>(g, tags);
}

}  // namespace publish
