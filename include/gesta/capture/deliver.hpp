// From changes of rows to commands of a model: what each means is said by free functions, and a repetition is recognised by its position.
// Floor: capture.
// May include: detail, message, model, store, capture.
//
//     struct crm { static constexpr auto id = "crm"; };
//     open_account translate(const crm&, const gesta::inserted<customer>& c) { return {c.key()}; }
//     std::optional<rename> translate(const crm&, const gesta::updated<customer>& c) { ... }
//     close_account translate(const crm&, const gesta::deleted<customer>& c) { return {c.key()}; }
//     void translate(const crm&, const gesta::truncated<customer>&) {}          // nothing comes of it, and that is said
//     void on_refusal(const crm&, const close_account&, const has_money& no) { ... }
//
//     gesta::deliver<crm>(changes, app);
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <type_traits>

#include <gesta/capture/change.hpp>
#include <gesta/capture/result.hpp>
#include <gesta/detail/chars.hpp>
#include <gesta/detail/exact.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/address.hpp>
#include <gesta/message/id.hpp>
#include <gesta/message/once.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/rules/report.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

namespace detail {

/// What becomes of a change: the command in it, and whether it has to be there.
template <class Said>
struct translated {
  using command = Said;
};
template <class Key, class Command>
struct translated<addressed<Key, Command>> {
  using command = Command;
};
template <class Said>
  requires requires(const Said& s) { typename Said::value_type; s.has_value(); *s; }
struct translated<Said> : translated<typename Said::value_type> {};

/// The name of a change as a request: its position fits into a number with that of its source, exactly. The low 40 bits of the commit and the low
/// 23 of the index are the number, which so goes upwards; the rest of both, mostly nothing, is a part of the name.
struct change_request {
  char source[65] = {};
  std::uint64_t number = 0;

  change_request(const char* listener, const source_position& at) noexcept
      : number((at.commit & ((std::uint64_t{1} << 40) - 1)) << 23 | (at.index & ((std::uint64_t{1} << 23) - 1))) {
    const auto commit = static_cast<unsigned long long>(at.commit >> 40), index = static_cast<unsigned long long>(at.index >> 23);
    if (commit == 0 && index == 0) std::snprintf(source, sizeof source, "change:%.30s", listener);
    else std::snprintf(source, sizeof source, "change:%.30s:%llx:%llx", listener, commit, index);
  }
};

template <class Listener, class Command, class Rejection>
concept hears_refusal = requires(const Listener& listener, const Command& command, const Rejection& rejection) { on_refusal(listener, command, rejection); };

template <class Listener, class Command, class Rejections>
inline constexpr bool hears_refusals = false;
template <class Listener, class Command, class... R>
inline constexpr bool hears_refusals<Listener, Command, types<R...>> = (hears_refusal<Listener, Command, R> && ...);
template <class Listener, class Command, class Rejections>
struct refusals_heard;
template <class Listener, class Command, class... R>
struct refusals_heard<Listener, Command, types<R...>>
    : rules::report_if<!hears_refusal<Listener, Command, R>, diagnostic::translation_refused_unheard, Listener, Command, R>... {};

/// One kind of change of one listener.
template <class Flow, class Listener, class Change>
struct translation {
  using said = translate_result<Listener, Change>;
  using command = typename translated<said>::command;
  static constexpr bool says_nothing = same<said, void>;
  static constexpr bool is_known() {
    if constexpr (same<said, missing>) return false;
    else if constexpr (says_nothing) return true;
    else return Flow::template knows<command>;
  }
  static constexpr bool is_sound() {
    if constexpr (!is_known()) return false;
    else if constexpr (says_nothing) return true;
    else return hears_refusals<Listener, command, typename Flow::template handler_of<command>::rejections>;
  }
  static constexpr auto unheard() {
    if constexpr (is_known() && !is_sound()) return type_is<refusals_heard<Listener, command, typename Flow::template handler_of<command>::rejections>>{};
    else return type_is<rules::kept<diagnostic::translation_refused_unheard, Listener, Change>>{};
  }
  struct reports : rules::report_if<!is_known(), diagnostic::change_untranslated, Listener, Change>, decltype(unheard())::type {};
};

/// Whether a listener says what becomes of every change of a row.
template <class Flow, class Listener, class Row>
inline constexpr bool translates_all_of =
    translation<Flow, Listener, inserted<Row>>::is_sound() && translation<Flow, Listener, updated<Row>>::is_sound() &&
    translation<Flow, Listener, deleted<Row>>::is_sound() && translation<Flow, Listener, truncated<Row>>::is_sound();
template <class Flow, class Listener, class Row>
struct translation_reports {
  typename translation<Flow, Listener, inserted<Row>>::reports of_inserted;
  typename translation<Flow, Listener, updated<Row>>::reports of_updated;
  typename translation<Flow, Listener, deleted<Row>>::reports of_deleted;
  typename translation<Flow, Listener, truncated<Row>>::reports of_truncated;
};

/// Has an app decide what is made of changes.
template <class Listener, class App>
struct delivering {
  const Listener& listener;
  App& app;
  failure cause{};

  template <class Row>
  bool operator()(const change<Row>& one) {
    return one.match([&](const inserted<Row>& c) { return send(c); }, [&](const updated<Row>& c) { return send(c); },
                     [&](const deleted<Row>& c) { return send(c); }, [&](const truncated<Row>& c) { return send(c); });
  }

  template <class Change>
  bool send(const Change& c) {
    using said = translate_result<Listener, Change>;
    if constexpr (same<said, void>) {
      translate(listener, c);
      return true;
    } else {
      return give(translate(listener, c), change_request(id_of<Listener>.name, c.position()));
    }
  }
  template <class Said>
  bool give(const Said& said, const change_request& request) {
    const once name{request.source, request.number};
    if constexpr (requires { typename Said::value_type; said.has_value(); }) return !said.has_value() || give(*said, request);
    else if constexpr (requires { said.key; said.command; } && !same<typename translated<Said>::command, Said>)
      return settle(said.command, app.handle(said.key, said.command, name));
    else return settle(said, app.handle(said, name));
  }
  template <class Command, class Outcome>
  bool settle(const Command& command, const Outcome& outcome) {
    return outcome.match([&](const auto&... what) {
      if constexpr (sizeof...(what) != 1) return true;  // the states that a boundary has read
      else return (became(command, outcome, what), ...);
    });
  }
  template <class Command, class Outcome, class What>
  bool became(const Command& command, const Outcome& outcome, const What& what) {
    if constexpr (same<What, failure>) {
      cause = what;
      return false;
    } else if constexpr (contains<What, typename Outcome::rejection_list>) {
      if (!outcome && !outcome.repeated()) on_refusal(listener, command, what);
      return true;
    } else {
      return true;
    }
  }
};

template <class Listener, class Source, class App, class Rows>
struct delivery;
template <class Listener, class Source, class App, class... Row>
struct delivery<Listener, Source, App, types<Row...>> {
  using flow_type = flow<typename App::model_type>;
  static constexpr bool is_named() {
    if constexpr (identified<Listener>) return chars_of(id_of<Listener>.name).size <= 30;
    else return false;
  }
  static constexpr bool sound = (translates_all_of<flow_type, Listener, Row> && ...) && is_named();
  struct reports : translation_reports<flow_type, Listener, Row>... {
    rules::report_if<!is_named(), diagnostic::listener_without_name, Listener> of_name;
  };
};

}  // namespace detail

/// Takes the changes of a source to an app: each is translated by Listener, and what comes of it is handled under a name made of Listener's id and
/// the change's position. What was handled before, since a program ended between the commit of the app and the acknowledgement of the source, is
/// recognised and not decided again, on every store that remembers outcomes. Then all is acknowledged. At most `most` changes.
///
/// For every row of the source, Listener says what becomes of each operation: `translate(const Listener&, const gesta::inserted<Row>&)` gives a
/// command of the model, gesta::to(key, command), a std::optional of these, or void. Each refusal is heard, once, by
/// `on_refusal(const Listener&, const Command&, const Rejection&)`: at most once, since it is not told again when a program ends in between.
/// A listener makes one command of a change; two commands are two listeners, each with a source of its own. Where the app fails, that change is the
/// next one again, and nothing behind it was tried.
template <class Listener, class Source, class App>
captured deliver(Source& source, App& app, const Listener& listener = {}, std::uint64_t most = ~std::uint64_t{0}) {
  using all = detail::delivery<Listener, Source, App, typename Source::row_list>;
  if constexpr (!all::sound) {
    (void)sizeof(typename all::reports);
    return {};
  } else {
    detail::delivering<Listener, App> into{listener, app};
    const captured polled = source.poll(into, most);
    const failure cause = into.cause.detail[0] != '\0' ? into.cause : polled.why();
    const bool good = static_cast<bool>(polled) && into.cause.detail[0] == '\0';
    if (polled.changes() != 0)
      if (const captured kept = source.acknowledge(); !kept && good) return {kept.why(), polled.changes()};
    return good ? polled : captured(cause, polled.changes());
  }
}

/// The same for the rows that tables hold: each is an insertion with facts().is_initial. Made anew after a backfill that was not finished, rows have
/// other positions and are handled again, so what is made of them sets, and does not add.
template <class Listener, class Source, class App>
captured deliver_backfill(Source& source, App& app, const Listener& listener = {}) {
  using all = detail::delivery<Listener, Source, App, typename Source::row_list>;
  if constexpr (!all::sound) {
    (void)sizeof(typename all::reports);
    return {};
  } else {
    detail::delivering<Listener, App> into{listener, app};
    const captured done = source.backfill(into);
    if (into.cause.detail[0] != '\0') return {into.cause, done.changes()};
    return done;
  }
}

}  // namespace gesta
