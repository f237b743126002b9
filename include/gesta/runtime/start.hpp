// Where a program begins: a model, a store, and where it wants another, a clock.
// Floor: runtime.
// May include: all above.
#pragma once

#include <cstdint>
#include <vector>

#include <gesta/codec/personal.hpp>
#include <gesta/codec/stored.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/app.hpp>
#include <gesta/runtime/start_options.hpp>

namespace gesta {

namespace detail {

/// Stands for the app of a model that broke a rule: the report of the rule is the only error.
struct mistaken_app {
  template <class... Argument>
  mistaken handle(const Argument&...) {
    return {};
  }
  struct batch_type : mistaken {
    template <class... Argument>
    mistaken handle(const Argument&...) {
      return {};
    }
    template <class... Argument>
    appended append(const Argument&...) {
      return appended(failure{});
    }
    mistaken commit() { return {}; }
  };
  batch_type batch() { return {}; }
  template <class View>
  const View& view() const;
  template <class Projection>
  const rows_in_memory<Projection>& rows() const;
  template <class Projection, class Key>
  const typename Projection::view_type* row(const Key&) const {
    return nullptr;
  }
  template <class Aggregate, class Key>
  const typename Aggregate::state_type& state(const Key&) const;
  template <class Aggregate, class Key>
  std::uint64_t version(const Key&) const {
    return 0;
  }
  template <class Aggregate, class Key, class Moment>
  past<typename Aggregate::state_type> state(const Key&, const Moment&) {
    return past<typename Aggregate::state_type>(failure{});
  }
  template <class State, class... Value>
    requires(!aggregate_part<State> && !ends_with_moment<Value...>)
  const State& state(const Value&...) const;
  template <class State, class... Given>
    requires(!aggregate_part<State> && ends_with_moment<Given...>)
  past<State> state(const Given&...) {
    return past<State>(failure{});
  }
  template <class Tags, class... Value, class Visit>
  read_result read(const tagged_with<Tags, Value...>&, const slice&, Visit&&) {
    return {};
  }
  template <class View, class Moment>
  past<View> view(const Moment&, unknown_events = {}) {
    return past<View>(failure{});
  }
  template <class Projection, class Moment>
  past<rows_in_memory<Projection>> rows(const Moment&, unknown_events = {}) {
    return past<rows_in_memory<Projection>>(failure{});
  }
  template <class Projection, class Key, class Moment>
  past_row<typename Projection::view_type> row(const Key&, const Moment&, unknown_events = {}) {
    return past_row<typename Projection::view_type>(failure{});
  }
  template <class Projection>
  past<kept_in_memory<Projection>> live(unknown_events = {}) {
    return past<kept_in_memory<Projection>>(failure{});
  }
  template <class Projection, class Key>
    requires(!same<Key, unknown_events>)
  past_row<typename Projection::view_type> live(const Key&, unknown_events = {}) {
    return past_row<typename Projection::view_type>(failure{});
  }
  template <class... Argument>
  appended append(const Argument&...) {
    return appended(failure{});
  }
  template <class Aggregate, class Key, class Visit, class Unknown = unknown_events>
  read_result read(const Key&, const slice&, Visit&&, Unknown = {}) {
    return {};
  }
  template <class... Argument>
  read_result read_whole(const Argument&...) {
    return {};
  }
  template <class Visit, class Unknown = unknown_events>
  read_result read(const slice&, Visit&&, Unknown = {}) {
    return {};
  }
  template <class Aggregate, class Key>
  committed snapshot(const Key&) {
    return {};
  }
  template <class Aggregate>
  committed snapshot() {
    return {};
  }
  committed snapshot() { return {}; }
  read_result catch_up() { return {}; }
  template <class Aggregate, class Key>
  committed truncate_before(const Key&, std::uint64_t) {
    return {};
  }
  template <class Aggregate, class Key>
  committed close(const Key&) {
    return {};
  }
  feed<mistaken_app> follow(const checkpoint& = {}) { return feed<mistaken_app>(*this, {}); }
  read_result holds(const checkpoint&) { return {}; }
  message_id incarnation() const { return {}; }
  std::uint64_t kept_position() const { return 0; }
  read_result count_behind(const checkpoint&, std::uint64_t&) { return {}; }
  template <class Visit, class Unknown = unknown_events>
  bool each_event(Visit&&, Unknown = {}) {
    return false;
  }
  std::vector<parked_event> parked() const { return {}; }
  std::uint64_t last_position() const { return 0; }
  std::uint64_t first_position() const { return 1; }
  const failure* broken() const { return nullptr; }
};

template <class Model>
concept is_model = requires { typename Model::parts; };

/// Whether everything that a model stores has a form as bytes.
template <class Model>
using stored_rules_of = rules::stored_rules<stored_messages<flow<Model>>>;
template <class Model>
mistaken_app report_unstored() {
  (void)sizeof(typename stored_rules_of<Model>::written);
  return {};
}

/// Whether the personal data that a model stores belongs to somebody, and can be sealed.
template <class Model>
using personal_rules_of = rules::personal_rules<typename flow<Model>::events, filtered<typename flow<Model>::stored_rejections, is_identified>>;
template <class Model, class... Option>
inline constexpr bool has_keys_for = !personal_rules_of<Model>::any || (is_sealed_by<Option> || ...);
template <class Model, class... Option>
mistaken_app report_personal() {
  using rules = personal_rules_of<Model>;
  (void)(sizeof(typename rules::whose) + sizeof(typename rules::one) + sizeof(typename rules::sealable) + sizeof(typename rules::remembered));
  if constexpr (!has_keys_for<Model, Option...> && rules::kept)
    (void)sizeof(diagnostic::personal_without_keys<false, Model, at<rules::holder, typename flow<Model>::events>>);
  return {};
}

/// Whether the states of all aggregates have a form as bytes; the first one that has none, and the member that is why.
template <class Aggregates>
struct snapshot_rules;
template <class... Aggregate>
struct snapshot_rules<types<Aggregate...>> {
  static constexpr std::size_t unwritable = first_true({!encodable<typename Aggregate::state_type>..., false});
  static constexpr bool kept = unwritable == npos;
  static constexpr auto member() {
    if constexpr (kept) return type_is<void>{};
    else return unwritable_in<typename at<unwritable, types<Aggregate...>>::state_type>();
  }
  using written = rules::report_at<diagnostic::state_without_wire_form, types<Aggregate...>, unwritable, typename decltype(member())::type>;
};

/// Whether a log has tables for views in its own commit, and what makes them is included.
template <class Log>
concept has_tables_for_views = requires { sizeof(typename Log::template views_on<>); };

/// What the options ask of the model and of the store.
template <class Model, class Store, class... Option>
struct option_rules {
  using log = typename Store::template log<Model>;
  static constexpr bool fit = starts_with<Option...>;
  static constexpr bool has_place = times_given<snapshots, Option...> == 0 || has_place_for_snapshots<log>;
  static constexpr bool reads_singly = times_given<cached_states, Option...> == 0 || reads_single_entities<log>;
  static constexpr bool writes = times_given<snapshots, Option...> == 0 || !has_place || snapshot_rules<typename flow<Model>::deciders>::kept;
  using named = concat<types<>, typename named_by<Option>::type...>;
  using of_views = concat<types<>, std::conditional_t<is_mode<async, Option>, types<>, typename named_by<Option>::type>...>;
  static constexpr std::size_t misnamed = first_misnamed<concat<typename flow<Model>::projections, typename flow<Model>::reactors>>(named{});
  static constexpr std::size_t no_view = first_misnamed<typename flow<Model>::projections>(of_views{});
  static constexpr bool has_tables = !(is_mode<inlined, Option> || ...) || has_tables_for_views<log>;
  static constexpr bool kept = fit && has_place && reads_singly && writes && misnamed == npos && no_view == npos && has_tables;
};
template <class Model, class Store, class Rules>
mistaken_app report_start_options() {
  (void)sizeof(diagnostic::start_option_given_twice<Rules::fit, Store>);
  (void)sizeof(diagnostic::store_without_snapshots<Rules::has_place, Store>);
  (void)sizeof(diagnostic::store_without_single_entities<Rules::reads_singly, Store>);
  (void)sizeof(diagnostic::inlined_without_tables<Rules::has_tables, Store>);
  if constexpr (Rules::misnamed != npos) (void)sizeof(diagnostic::view_mode_of_no_part<false, at<Rules::misnamed, typename Rules::named>>);
  else if constexpr (Rules::no_view != npos) (void)sizeof(diagnostic::view_mode_of_no_part<false, at<Rules::no_view, typename Rules::of_views>>);
  if constexpr (!Rules::writes) (void)sizeof(typename snapshot_rules<typename flow<Model>::deciders>::written);
  return {};
}

/// What a file sees of a model; of one that broke a rule nothing, since it does not run.
template <class Model>
constexpr std::uint64_t seen_when_started() noexcept {
  if constexpr (!is_model<Model>) return 0;
  else if constexpr (!sound<Model>) return 0;
  else return detail::verbs_seen<Model>();
}

}  // namespace detail

/// Opens the store and runs Model on it: `auto app = gesta::start<bank>(gesta::memory_store{});`. Everything that is stored already is
/// read and folded first, unless gesta::cached_states is among the options. A store that cannot be opened makes every outcome that
/// gesta::failure. Options, in any order: gesta::snapshots, gesta::cached_states, gesta::inlined, gesta::async, gesta::live, gesta::observed_by,
/// gesta::sealed_by (which a model with personal data needs: E750), gesta::unknown_events, and a clock, which is a function object that returns a
/// gesta::timestamp; it is read once per unit of work, and never by a model with the lean envelope.
/// Verbs is not given: it makes the function one of the files that see the same verbs of the model.
template <class Model, class Store, std::uint64_t Verbs = detail::seen_when_started<Model>(), class... Option>
auto start(const Store& store, const Option&... option) {
  using clock = typename detail::clock_among<Option...>::type;
  (void)sizeof(diagnostic::not_a_model<detail::is_model<Model>, Model>);
  if constexpr (!detail::is_model<Model>) return detail::mistaken_app{};
  else if constexpr (!detail::sound<Model>) return detail::mistaken_app{};
  else if constexpr (!detail::stored_rules_of<Model>::kept) return detail::report_unstored<Model>();
  else if constexpr (!(detail::seals_if_keys<Option> && ...)) return detail::mistaken_app{};
  else if constexpr (!detail::personal_rules_of<Model>::kept || !detail::has_keys_for<Model, Option...>)
    return detail::report_personal<Model, Option...>();
  else if constexpr (!store_for<Store, Model>) return (void)sizeof(diagnostic::not_a_store<false, Store>), detail::mistaken_app{};
  else if constexpr (!detail::option_rules<Model, Store, Option...>::kept)
    return detail::report_start_options<Model, Store, detail::option_rules<Model, Store, Option...>>();
  else return app<Model, decltype(detail::with_options(store, option...)), clock, Verbs>(
      detail::with_options(store, option...), detail::given_or_default<clock>(option...), detail::given_or_default<unknown_events>(option...));
}

}  // namespace gesta
