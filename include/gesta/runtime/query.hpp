// Asking a view for a row, and saying how new it has to be.
// Floor: runtime. Beside gesta.hpp.
// May include: all above.
//
//     auto countries = gesta::query<by_country>(gesta::sqlite_views{.path = "shop.db"});
//     gesta::find(countries, "FR", gesta::own_write(app, sold, gesta::seconds(2))).match(
//         [](const country_row& r) { ... }, [](gesta::no_row) { ... }, [](const gesta::not_yet& late) { ... }, [](const gesta::failure& f) { ... });
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <gesta/detail/pack.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/react/rows.hpp>
#include <gesta/react/view_name.hpp>
#include <gesta/runtime/consumer.hpp>
#include <gesta/runtime/waiting.hpp>
#include <gesta/store/letter.hpp>
#include <gesta/store/progress.hpp>

namespace gesta {

/// The view has no row of this key.
struct no_row {};

/// Up to where a view shows what happened, and as of when: what a replica of another's data knows about itself.
struct reflected {
  checkpoint at{};
  timestamp time{};      ///< when the last event before there was recorded; zero: there is none, or the model keeps no times
  unsigned version = 0;  ///< of the view, the one that serves; 0: none does yet
};

namespace detail {

template <class First, class...>
struct first_of : type_is<First> {};

template <class Newer, class Older>
constexpr bool are_versions() noexcept {
  return std::string_view(event_id{Newer::id}.name) == std::string_view(event_id{Older::id}.name) && view_version<Newer>() > view_version<Older>() &&
         std::is_same_v<typename projected_rows<Newer>::key_type, typename projected_rows<Older>::key_type>;
}
template <class Newer, class Older, class... More>
constexpr void report_versions() noexcept {
  (void)sizeof(diagnostic::not_versions_of_one_view<detail::are_versions<Newer, Older>(), Newer, Older>);
  if constexpr (sizeof...(More) != 0) detail::report_versions<Older, More...>();
}

}  // namespace detail

/// Reads a view that a consumer fills, here or in another thread or process, over a connection of its own. Of several versions, the newest first, the
/// newest that serves is read; while a new one is being built that is the one before it. Made by gesta::query. Not copyable; one thread at a
/// time.
template <class Views, class... Projection>
class view_query {
 public:
  using opened_type = typename Views::template opened<Projection...>;
  using key_type = typename detail::projected_rows<typename detail::first_of<Projection...>::type>::key_type;

  explicit view_query(const Views& views) : views_(views) {}
  view_query(const view_query&) = delete;
  view_query& operator=(const view_query&) = delete;

  opened_type& views() noexcept { return views_; }

 private:
  opened_type views_;
};

/// Opens a view store to ask for the rows of one view: `gesta::query<by_country>(views)`, or with its older versions behind it,
/// `gesta::query<by_country_2, by_country>(views)`. For a store whose content others see: in memory the consumer itself is asked.
template <class... Projection, class Views>
auto query(const Views& views) {
  ((void)sizeof(diagnostic::view_version_below_one<detail::has_sound_version<Projection>(), Projection>), ...);
  if constexpr (sizeof...(Projection) > 1) detail::report_versions<Projection...>();
  return view_query<Views, Projection...>(views);
}

/// A row, or why there is none to be shown: gesta::no_row, gesta::not_yet, gesta::failure. `match` is the only way to the row, and answers each, or it
/// does not compile (E161). Good until the next call of the place that was asked.
template <class... Row>
class [[nodiscard]] found {
 public:
  found(const void* row, std::size_t version) : row_(row), which_(static_cast<unsigned>(version)), became_(row != nullptr ? became::row : became::none) {}
  found(const not_yet& late) : not_yet_(late), became_(became::late) {}
  found(const failure& cause) : cause_(cause), became_(became::failed) {}

  template <class... Arm>
  decltype(auto) match(Arm&&... arm) const {
    detail::answers<std::remove_cvref_t<Arm>...> answers{static_cast<Arm&&>(arm)...};
    using outcomes = detail::asked_outcomes<Row..., no_row, not_yet, failure>;
    if constexpr (!outcomes::template are_answered<decltype(answers)>) {
      outcomes::template report<decltype(answers)>();
      return detail::anything{};
    } else {
      using result = decltype(answers(cause_));
      switch (became_) {
        case became::row: return of_version<result, 0, Row...>(answers);
        case became::none: return answers(no_row{});
        case became::late: return answers(not_yet_);
        default: return answers(cause_);
      }
    }
  }

 private:
  enum class became : unsigned char { row, none, late, failed };

  template <class Result, unsigned I, class First, class... Rest, class Answers>
  Result of_version(Answers& answers) const {
    if constexpr (sizeof...(Rest) != 0)
      if (which_ != I) return of_version<Result, I + 1, Rest...>(answers);
    return answers(*static_cast<const First*>(row_));
  }

  const void* row_ = nullptr;
  unsigned which_ = 0;
  not_yet not_yet_;
  failure cause_;
  became became_;
};

namespace detail {

template <class Place>
struct shown_by {};  // no place that shows a view

inline bool is_other(const progress& state, const at_least& wanted) noexcept {
  return wanted.incarnation != message_id{} && state.at.incarnation != message_id{} && wanted.incarnation != state.at.incarnation;
}

/// A consumer shows what it has made, and is polled while somebody waits.
template <class Projection, class Log, class Views, class Clock, class Observers>
struct shown_by<consumer<Projection, Log, Views, Clock, Observers>> {
  using place_type = consumer<Projection, Log, Views, Clock, Observers>;
  using key_type = typename projected_rows<Projection>::key_type;
  using found_type = gesta::found<typename projected_rows<Projection>::row_type>;

  static bool advance(place_type& place, const at_least& wanted, failure& cause) {
    if (wanted.incarnation != message_id{}) {
      const read_result known = place.log().holds({wanted.incarnation, wanted.position});
      if (!known) return cause = known.why(), false;
    }
    for (;;) {
      const consumed made = place.poll();
      if (!made && made.why().why != failure::kind::busy) return cause = made.why(), false;
      // What lies in the log is handled without waiting.
      if (!made || made.caught_up || made.owned_elsewhere || made.is_paused || place.checkpoint().position >= wanted.position) return true;
    }
  }
  static bool look(place_type& place, progress& state, std::size_t& version, failure& cause) {
    version = 0;
    return place.views().load(place.name(), state) || (cause = place.views().last_failure(), false);
  }
  static bool is_past(const progress& state, const at_least& wanted) noexcept { return state.at.position >= wanted.position; }
  static bool is_of_another_log(const progress&, const at_least&) noexcept { return false; }  // advance has asked the log itself
  template <class Visit>
  static auto with_version(std::size_t, Visit&& visit) {
    return visit(type_is<Projection>{});
  }
};

template <class Views, class... Projection>
struct shown_by<view_query<Views, Projection...>> {
  using place_type = view_query<Views, Projection...>;
  using key_type = typename place_type::key_type;
  using found_type = gesta::found<typename projected_rows<Projection>::row_type...>;

  static bool advance(place_type& place, const at_least&, failure& cause) {
    const failure* const broken = place.views().broken();
    return broken == nullptr || (cause = *broken, false);
  }
  static bool look(place_type& place, progress& state, std::size_t& version, failure& cause) {
    version = 0;
    bool good = true, found_one = false;
    ((good && !found_one
          ? (good = place.views().load(view_name<Projection>, state), found_one = good && state.is_serving, void(version += found_one ? 0 : 1))
          : void()),
     ...);
    if (!found_one) version = npos;
    return good || (cause = place.views().last_failure(), false);
  }
  static bool is_past(const progress& state, const at_least& wanted) noexcept {
    return state.at.position >= wanted.position && !detail::is_other(state, wanted);
  }
  static bool is_of_another_log(const progress& state, const at_least& wanted) noexcept { return detail::is_other(state, wanted); }
  template <class Visit>
  static auto with_version(std::size_t version, Visit&& visit) {
    return with_one<0, Visit, Projection...>(version, visit);
  }

 private:
  template <std::size_t I, class Visit, class First, class... Rest>
  static auto with_one(std::size_t version, Visit& visit) {
    if constexpr (sizeof...(Rest) != 0)
      if (version != I) return with_one<I + 1, Visit, Rest...>(version, visit);
    return visit(type_is<First>{});
  }
};

/// Up to where a row shows what happened: where an event of it was put aside, no further than before that one.
template <class Views>
bool held_up_before(Views& views, std::string_view name, std::string_view key, std::uint64_t asked, std::uint64_t& reached, bool& is_held_up) {
  bool blocked = false;
  is_held_up = false;
  if (!views.is_blocked(name, key, blocked)) return false;
  if (!blocked) return true;
  return views.each_letter(name, [&](const letter& one) {
    if (one.position > asked) return false;
    if (one.position == 0 || one.key != key || !one.discarded.empty()) return true;
    is_held_up = true;
    reached = one.position - 1;
    return false;
  });
}

}  // namespace detail

/// The row of this key, once it shows everything up to a position: `gesta::find(keeper, "FR", gesta::own_write(app, sold, gesta::seconds(2)))`.
/// `place` is a consumer, which is polled meanwhile, or a gesta::query. Where an event of this row was put aside, at that position or before, the row
/// is not yet there: others are. What is shown may be newer than what was asked for.
template <class Place, class Wait>
auto find(Place& place, const typename detail::shown_by<Place>::key_type& key, const at_least& wanted, Wait&& wait) ->
    typename detail::shown_by<Place>::found_type {
  using how = detail::shown_by<Place>;
  not_yet late{wanted.position, 0, false};
  failure cause;
  progress state;
  std::size_t version = 0;
  const auto advance = [&](failure& why) { return wanted.timeout == duration{} && wanted.position == 0 ? true : how::advance(place, wanted, why); };
  const auto look = [&](not_yet& missing, failure& why) {
    if (!how::look(place, state, version, why)) return false;
    missing.reached = version == detail::npos ? 0 : state.at.position;
    missing.is_held_up = false;
    if (version == detail::npos || !how::is_past(state, wanted)) return false;
    if (wanted.position == 0) return true;
    return how::with_version(version, [&]<class Projection>(detail::type_is<Projection>) {
      return detail::with_key_text(key, [&](std::string_view text) {
        if (detail::held_up_before(place.views(), detail::view_name<Projection>, text, wanted.position, missing.reached, missing.is_held_up))
          return !missing.is_held_up;
        why = place.views().last_failure();
        return false;
      });
    });
  };
  if (!detail::wait_for(wanted.timeout, wait, late, cause, advance, look)) {
    if (cause.detail[0] != '\0') return cause;
    if (version != detail::npos && how::is_of_another_log(state, wanted)) return detail::of_another_log(wanted.position);
    return late;
  }
  return how::with_version(version, [&]<class Projection>(detail::type_is<Projection>) -> typename how::found_type {
    auto& table = place.views().template table<Projection>();
    const auto* const row = table.find(key);
    if constexpr (requires { table.could_read(); })
      if (row == nullptr && !table.could_read()) return place.views().last_failure();
    return {static_cast<const void*>(row), version};
  });
}
template <class Place>
auto find(Place& place, const typename detail::shown_by<Place>::key_type& key, const at_least& wanted = {}) ->
    typename detail::shown_by<Place>::found_type {
  return gesta::find(place, key, wanted, real_time{});
}

/// Up to where the view shows what happened, as it is committed: position, time, and the version that serves.
template <class Place>
read_result reflects(Place& place, reflected& shown) {
  using how = detail::shown_by<Place>;
  progress state;
  std::size_t version = 0;
  failure cause;
  shown = {};
  if (const failure* const broken = place.views().broken()) return read_result(*broken);
  if (!how::look(place, state, version, cause)) return read_result(cause);
  if (version == detail::npos) return {};
  shown = {state.at, state.time, how::with_version(version, [](auto of) { return view_version<typename decltype(of)::type>(); })};
  return {};
}

}  // namespace gesta
