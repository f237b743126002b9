// Where the views of a model are kept: said where the program is composed, not where the view is defined.
// Floor: runtime.
// May include: detail, model, react.
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/detail/pack.hpp>
#include <gesta/model/flow.hpp>

namespace gesta {

/// An option of gesta::start: these projections are kept in tables of the store's own file, each change in the commit of its events. See
/// <gesta/runtime/inlined.hpp>.
template <class... Projection>
struct inlined;

/// An option of gesta::start: the app does not keep these projections. A gesta::consumer does, in its own time. Reactors may be named as well: they do
/// not act in the commit of what they hear, gesta::react_by follows the log for them (<gesta/runtime/reacting.hpp>).
template <class... Part>
struct async {};

/// An option of gesta::start: nobody keeps these projections; `app.live<by_country>()` folds one from the log when it is asked for.
template <class... Projection>
struct live {};

namespace detail {

// What is said of projections by the options that a store carries, which are its bases.
template <template <class...> class Mode>
struct said_in {
  template <class... Projection>
  static types<Projection...> listed(const Mode<Projection...>*) noexcept;
  static types<> listed(const void*) noexcept;
};
template <class Store>
using inlined_in = decltype(said_in<inlined>::listed(static_cast<const Store*>(nullptr)));
template <class Store>
using put_elsewhere = concat<decltype(said_in<async>::listed(static_cast<const Store*>(nullptr))), decltype(said_in<live>::listed(static_cast<const Store*>(nullptr)))>;

template <template <class...> class Mode, class Given>
inline constexpr bool is_mode = false;
template <template <class...> class Mode, class... Projection>
inline constexpr bool is_mode<Mode, Mode<Projection...>> = true;
template <class Given>
inline constexpr bool is_view_mode = is_mode<inlined, Given> || is_mode<async, Given> || is_mode<live, Given>;
template <class... Given>
inline constexpr bool each_mode_once = (std::size_t{is_mode<inlined, Given>} + ... + 0) <= 1 && (std::size_t{is_mode<async, Given>} + ... + 0) <= 1 &&
                                       (std::size_t{is_mode<live, Given>} + ... + 0) <= 1;

/// The projections that options name, in their order.
template <class Given>
struct named_by : type_is<types<>> {};
template <class... Projection>
struct named_by<inlined<Projection...>> : type_is<types<Projection...>> {};
template <class... Projection>
struct named_by<async<Projection...>> : type_is<types<Projection...>> {};
template <class... Projection>
struct named_by<live<Projection...>> : type_is<types<Projection...>> {};

/// The first projection of options that is not in the model, or that is named a second time; npos: there is none.
template <class Projections, class... Named>
constexpr std::size_t first_misnamed(types<Named...>) noexcept {
  constexpr std::size_t places[] = {index_of<Named, Projections>..., 0};
  for (std::size_t i = 0; i < sizeof...(Named); ++i) {
    if (places[i] >= Projections::size) return i;
    for (std::size_t j = 0; j < i; ++j)
      if (places[j] == places[i]) return i;
  }
  return npos;
}

/// The projections of a model whose views the app keeps in memory: those of which nothing else is said.
template <class Projections, class Others>
struct without_others;
template <class... Projection, class Others>
struct without_others<types<Projection...>, Others>
    : type_is<concat<types<>, std::conditional_t<contains<Projection, Others>, types<>, types<Projection>>...>> {};
template <class Model, class Store>
using kept_in_memory_by = typename without_others<typename flow<Model>::projections, concat<inlined_in<Store>, put_elsewhere<Store>>>::type;

/// The reactors that act in the commit of the events that they hear: those of which nothing else is said.
template <class Flow, class Store>
constexpr auto reactors_in_commit() noexcept {
  using elsewhere = decltype(said_in<async>::listed(static_cast<const Store*>(nullptr)));
  if constexpr (elsewhere::size == 0) return typename Flow::reactors{};
  else return typename without_others<typename Flow::reactors, elsewhere>::type{};
}

/// The inlined views of a running model. Without any there is nothing to do.
template <class Engine, class Projections>
class inlined_views;
template <class Engine>
class inlined_views<Engine, types<>> {
 public:
  explicit inlined_views(Engine&) noexcept {}
};

}  // namespace detail

}  // namespace gesta
