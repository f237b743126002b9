// Who answers other services: commands that come are decided here, once each, and their outcomes are sent back.
// Floor: runtime.
// May include: all above.
//
//     struct desk { static constexpr auto id = "stock.desk"; };
//     auto serves = gesta::serve<desk, stock::reserve, stock::release>(app, link);
//     if (!serves.poll()) ...                  // false: the store or the transport could not
//
// A command is acknowledged when its answer was accepted. What the answer says is read from the log: the outcome that is remembered under the number of
// the request, and the events that it recorded. So nothing about answers is kept, and whoever handles the command again gives the same one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gesta/codec/binary.hpp>
#include <gesta/decide/elsewhere.hpp>
#include <gesta/delivery/request.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/react/publish.hpp>
#include <gesta/runtime/app.hpp>
#include <gesta/runtime/ask.hpp>
#include <gesta/runtime/attempt.hpp>
#include <gesta/runtime/back_off.hpp>
#include <gesta/runtime/export.hpp>
#include <gesta/runtime/passing.hpp>
#include <gesta/runtime/sagas.hpp>
#include <gesta/runtime/stand_in.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/transport/transport.hpp>

namespace gesta {

namespace detail {

template <class Flow, class Command>
constexpr bool can_serve() {
  if constexpr (!std::is_class_v<Command> || !identified<Command> || !decided_elsewhere<Command>) return false;
  else if constexpr (!Flow::template knows<Command>) return false;
  else {
    using aggregate = typename Flow::template handler_of<Command>::aggregate;
    return Flow::is_traced && contract_of_elsewhere<Command>::is_readable && (boundary_part<aggregate> || !same<typename aggregate::found_by, by_call>);
  }
}

/// What a command may end with here and its contract elsewhere does not name; void: nothing.
template <class Flow, class Command>
struct beyond_contract {
  using handler = typename Flow::template handler_of<Command>;
  using said = contract_of_elsewhere<Command>;
  template <class Event>
  static constexpr bool is_told = contains<told_as<Event>, typename said::events>;
  template <class... E>
  static constexpr bool any_told(types<E...>) {
    return (is_told<E> || ...);
  }
  template <class... R>
  static constexpr auto first_unnamed(types<R...>) {
    constexpr std::size_t which = first_true({!contains<R, typename said::rejections>...});
    return type_is<at<which == npos ? sizeof...(R) : which, types<R..., void>>>{};
  }
  static constexpr auto find() {
    if constexpr (said::is_sent) return type_is<void>{};
    else if constexpr (handler::events::size != 0 && !any_told(typename handler::events{})) return type_is<at<0, typename handler::events>>{};
    else if constexpr ((handler::contract::may_do_nothing || all_open_numbers<typename handler::contract::event_list>) && !said::may_do_nothing &&
                       !all_open_numbers<typename said::event_list>)
      return type_is<nothing>{};
    else return first_unnamed(typename handler::rejections{});
  }
  using type = typename decltype(find())::type;
};

}  // namespace detail

/// Decides commands of other services and answers them. Made by gesta::serve; the app outlives it. Not copyable; one thread, the one that uses the app.
/// Several processes may serve: the transport shares the messages out, and of one request only the first is decided.
///
/// Promises: what is acknowledged was decided once, in a commit that holds its number, and its answer was accepted by the transport. A command that
/// comes again, however late, is not decided again and gets the same answer. An undo that comes before what it undoes keeps that from being done: it is
/// answered with nothing when it comes. What cannot be read, or is thrown at ten times, becomes a dead letter of the group `Desk::id`, with its cause.
template <class Desk, class App, class Transport, class... Command>
class server {
  using engine_type = std::remove_reference_t<decltype(detail::facts_of_app::engine(std::declval<App&>()))>;
  using flow_type = typename engine_type::flow_type;
  using connection = typename Transport::connection;
  using subscription = decltype(std::declval<connection&>().subscribe(std::declval<const subscribing&>()));
  template <class C>
  using contract_of = detail::contract_of_elsewhere<C>;

 public:
  server(App& app, const Transport& to, duration settle_within = seconds(30)) : app_(app), link_(to), member_(subscribe(settle_within)) {}
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// The name of its group. The topics are the ids of its commands.
  static constexpr std::string_view name() noexcept { return event_id{Desk::id}.name; }

  /// Decides the commands that have come, at most `how.messages`, in one unit of work, and answers them. While a batch of the app is open:
  /// failure::kind::busy.
  exchanged poll(const exchanges& how = {}) {
    exchanged result;
    if (engine().open()) return fail(result, failure(failure::kind::busy, 0, "a batch of the app is open")), result;
    in_.clear();
    if (member_.receive(how.messages, how.wait, [&](const delivered& one) { in_.push_back(copy(one)); }) == 0) {  // it has waited for a lost connection too
      if (const failure* const broken = member_.broken()) fails(result, *broken, detail::comes_again(broken->why));
      return result;
    }
    handle(0, in_.size(), result);
    answer(how, result);
    return result;
  }

  // ---- what was put aside: dead letters of the group

  /// visit(const dead_letter&) for each command that nobody here can read or decide, with its cause; it may return false to end it. False: the transport cannot be reached.
  template <class Visit>
  bool letters(Visit&& visit) {
    return link_.each_dead(name(), [&](const dead_letter& one) {
      if constexpr (std::is_void_v<decltype(visit(one))>) return visit(one), true;
      else return static_cast<bool>(visit(one));
    });
  }
  /// Lets a dead letter be received again, as if it were new: by a program that understands it. False: there is none of this token.
  bool retry(delivery_token token) { return link_.revive(name(), token); }
  /// It is gone; who asked is not answered.
  bool discard(delivery_token token) { return link_.discard(name(), token); }

  connection& link() noexcept { return link_; }

 private:
  /// A command that came, and its answer.
  struct request {
    delivery_token token;
    std::string asker, answer_to, saga, instance, step, key, type, payload;
    message_id correlation;
    std::uint64_t number, follows;
    std::uint32_t version, deliveries;
    bool is_undo;
    std::string unreadable;  ///< why it becomes a dead letter

    bool is_kept = false;
    bool is_repeated = false;
    detail::answer_is what = detail::answer_is::nothing;
    event_id outcome{""};
    std::string told{};  ///< the bytes of the outcome
    ticket at = 0;
  };

  engine_type& engine() noexcept { return detail::facts_of_app::engine(app_); }
  subscription subscribe(duration settle_within) {
    const std::string_view topics[] = {id_of<Command>.name...};
    return link_.subscribe({.topics = topics, .group = name(), .settle_within = settle_within, .deliveries = 0, .from_beginning = true});
  }
  bool fail(exchanged& result, const failure& cause) { return fails(result, cause, detail::may_pass(cause.why, app_.broken() != nullptr)); }
  bool fails(exchanged& result, const failure& cause, bool may_pass) {
    result.failed = true;
    result.cause = cause;
    result.passes = may_pass;
    return false;
  }
  request copy(const delivered& from) {
    request made{};
    made.token = from.token;
    made.deliveries = from.deliveries;
    detail::request_line line;
    const char* why = detail::read_request(from, line);
    const envelope_result known = event_.read(from.headers);
    if (why == nullptr && !known) made.unreadable = "its headers are no event of CloudEvents 1.0";
    if (why != nullptr) made.unreadable = why;
    if (!made.unreadable.empty()) return made;
    made.asker = line.asker;
    made.answer_to = line.answer_to;
    made.saga = line.saga;
    made.instance = line.instance;
    made.step = line.step;
    made.number = line.number;
    made.follows = line.follows;
    made.is_undo = line.is_undo;
    made.key = from.key;
    made.type = event_.what().type;
    made.version = event_.what().version;
    made.correlation = event_.what().correlation;
    made.payload = from.payload;
    if (event_.what().content_type != detail::binary_content) made.unreadable = "the command is in a form that is not read here";
    return made;
  }

  // ---- deciding

  /// Some commands in one unit; where one of them throws, each in its own.
  void handle(std::size_t first, std::size_t end, exchanged& result) {
    for (unsigned attempt = 0;; ++attempt) {
      if (!engine().begin()) return void(fail(result, engine().last_failure()));
      thrown_ = false;
      const auto act = [&] {
        for (std::size_t i = first; i < end; ++i)
          if (!decide(in_[i])) return false;
        return true;
      };
      const bool is_decided = detail::without_exceptions(act, [&](const char* words) { return thrown_ = true, thrown_words_ = words, false; });
      if (!is_decided) {
        const failure cause = engine().last_failure();
        engine().roll_back();
        return end - first > 1 ? handle_each(first, end, result) : cannot(in_[first], cause, result);
      }
      if (engine().commit()) {
        for (std::size_t i = first; i < end; ++i) in_[i].is_kept = true;
        return;
      }
      const failure cause = engine().last_failure();
      if (cause.why == failure::kind::conflict && attempt != detail::conflict_retries) continue;
      if (!is_of_one(cause)) return void(fail(result, cause));
      return end - first > 1 ? handle_each(first, end, result) : cannot(in_[first], cause, result);
    }
  }
  /// Whether one command may be in the way of those that share its unit: an inlined view could not take what it recorded.
  bool is_of_one(const failure& cause) { return cause.why == failure::kind::interrupted || detail::is_never_kept(cause.why, app_.broken() != nullptr); }
  void handle_each(std::size_t first, std::size_t end, exchanged& result) {
    for (std::size_t i = first; i < end && (!result.failed || is_of_one(result.cause)); ++i) handle(i, i + 1, result);
  }
  /// A command that this program cannot decide: it comes again, in case another one can, and in the end it is put aside.
  void cannot(request& one, const failure& cause, exchanged& result) {
    if (!thrown_ && !detail::is_never_kept(cause.why, app_.broken() != nullptr)) return void(fail(result, cause));
    if (one.deliveries < 10) return;
    one.unreadable = thrown_ ? "an exception: " + thrown_words_ : std::string(cause.describe());
    one.is_kept = true;
  }

  bool decide(request& one) {
    one.is_repeated = false;
    if (!one.unreadable.empty()) return true;
    engine().begin_chain();
    const once asked{one.asker.c_str(), one.number};
    // Too late to be done: it is answered with nothing when it comes.
    if (one.follows != 0 && !forget(once{one.asker.c_str(), one.follows})) return false;
    bool is_kept = true;
    bool is_known = false;
    ((is_known || one.type != id_of<Command>.name ? void() : (is_known = true, void(is_kept = decide_as<Command>(one, asked)))), ...);
    if (!is_known) one.unreadable = "no command of this name is decided here";
    return is_kept;
  }
  bool forget(const once& undone) {
    remembered first;
    switch (engine().log().recall(undone, first)) {
      case recall_result::known: return true;
      case recall_result::failed: return log_fails();
      case recall_result::fresh: break;
    }
    return engine().log().remember(undone, {verdict::nothing, 0, 0, 0, nullptr, 0}) || log_fails();
  }
  bool log_fails() {
    engine().doom(engine().log().last_failure());
    return false;
  }
  template <class C>
  bool decide_as(request& one, const once& asked) {
    if (one.version != id_of<C>.version) return one.unreadable = "the command is of a version that is not known here", true;
    C command{};
    if (!detail::decode_from(one.payload, command)) return one.unreadable = "the command cannot be read", true;
    remembered first;
    recall_result known = engine().log().recall(asked, first);
    one.is_repeated = known == recall_result::known;
    if (known == recall_result::fresh) {
      origin from = engine().origin_of(asked);
      if (one.correlation != message_id{}) from.correlation = one.correlation;
      if (!decide_here(command, asked, from)) return false;
      known = engine().log().recall(asked, first);
    }
    if (known != recall_result::known) return log_fails();
    if constexpr (contract_of<C>::is_sent) return true;
    else return one.answer_to.empty() || tell<C>(one, asked, first);
  }
  template <class C>
  bool decide_here(const C& command, const once& asked, const origin& from) {
    using aggregate = typename flow_type::template handler_of<C>::aggregate;
    if constexpr (detail::boundary_part<aggregate>) return engine().template decide_one<C>(detail::the_whole, command, asked, from, detail::sent_alone{});
    else return engine().template decide_one<C>(detail::key_in<aggregate>(command), command, asked, from, detail::sent_alone{});
  }

  // ---- what is answered

  template <class C>
  bool tell(request& one, const once& asked, const remembered& first) {
    if (first.what == verdict::rejected) return tell_rejection<C>(one, first, typename flow_type::stored_rejections{});
    one.what = detail::answer_is::nothing;
    one.told.clear();
    if (first.what == verdict::nothing) return true;
    // The events of one decision have one causation and lie one behind the other; the contract of a command has fewer than so many.
    const message_id by = detail::id_of_request(asked.source, asked.number);
    const std::uint64_t most = 1024;
    const auto take = [&](const auto& event, const about& where) {
      using event_type = std::remove_cvref_t<decltype(event)>;
      if constexpr (detail::contains<detail::told_as<event_type>, typename contract_of<C>::events>)
        if (where.causation == by)
          detail::each_told(event, [&]() -> const about& { return where; }, [&](const auto& outside, std::uint32_t) { tell_event(one, outside); });
    };
    const std::uint64_t after = first.position > most ? first.position - most : 0;
    const read_result read = app_.read({.after = after, .to = first.position}, take, unknown_events::skip);
    if (!read) return engine().fails(read.why());
    if (one.what == detail::answer_is::nothing && !contract_of<C>::may_do_nothing)
      one.unreadable = "nothing of what the command recorded is told outside as its contract says";
    return true;
  }
  template <class Outside>
  void tell_event(request& one, const Outside& outside) {  // the last one is the outcome
    one.what = detail::answer_is::an_event;
    one.outcome = id_of<Outside>;
    detail::encode_to(outside, one.told);
  }
  template <class C, class... Rejection>
  bool tell_rejection(request& one, const remembered& first, detail::types<Rejection...>) {
    one.what = detail::answer_is::a_rejection;
    bool is_known = false;
    [[maybe_unused]] const auto as = [&]<class R>(type_tag<R>) {
      if constexpr (identified<R>) {
        if (is_known || first.rejection != flow_type::template rejection_tag<R>) return;
        is_known = true;
        one.outcome = id_of<R>;
        one.told.assign(static_cast<const char*>(first.payload), first.size);
      }
    };
    (as(type_tag<Rejection>{}), ...);
    if (!is_known) one.unreadable = "it was refused in a way that is no longer known";
    return true;
  }
  template <class T>
  struct type_tag {};

  // ---- answering

  void answer(const exchanges& how, exchanged& result) {
    is_away_ = false;
    for (request& one : in_)
      if (one.is_kept && one.unreadable.empty() && !one.answer_to.empty()) publish(one, result);
    for (request& one : in_) {
      if (!one.is_kept) {
        (void)member_.nak(one.token, milliseconds(100));
        continue;
      }
      const bool is_answered = !one.unreadable.empty() || one.answer_to.empty() || is_accepted(one, how, result);
      if (!one.unreadable.empty()) {
        ++result.parked;
        (void)member_.term(one.token, one.unreadable);
        continue;
      }
      if (!is_answered) {
        (void)member_.nak(one.token, milliseconds(100));
        continue;
      }
      ++(one.is_repeated ? result.ignored : result.handled);
      (void)member_.ack(one.token);
    }
  }
  void publish(request& one, exchanged& result) {
    const message_id asked = detail::id_of_request(one.asker, one.number);
    const std::string id = std::string(message_id_text(asked).view()) + "-answer";
    const traceparent_text trace(trace_of(one.correlation, asked));
    const bool has_outcome = one.what != detail::answer_is::nothing;
    const envelope around{.id = id,
                          .source = name(),
                          .type = has_outcome ? std::string_view(one.outcome.name) : std::string_view("gesta.nothing"),
                          .version = has_outcome ? one.outcome.version : 1,
                          .key = one.key,
                          .traceparent = trace.view(),
                          .correlation = one.correlation,
                          .causation = asked,
                          .content_type = detail::binary_content};
    const detail::request_line line{.asker = one.asker,
                                    .number = one.number,
                                    .follows = one.follows,
                                    .answer_to = {},
                                    .saga = one.saga,
                                    .instance = one.instance,
                                    .step = one.step,
                                    .is_undo = one.is_undo};
    std::string why;
    if (const failure* const lost = is_away_ ? nullptr : link_.broken()) is_away_ = true, (void)fail(result, *lost);
    if (is_away_) return;
    if (!headers_.write(line, around, why, &one.what)) return void(one.unreadable = "its answer cannot be written: " + why);
    one.at = link_.publish({.topic = one.answer_to, .id = id, .key = one.key, .headers = headers_.all(), .payload = one.told});
    if (one.at == 0) refused(one, result);
  }
  /// An answer that the transport will never take can be sent by nobody. What it has no room for, or cannot take now, is sent when the command comes again.
  void refused(request& one, exchanged& result) {
    const failure cause = link_.last_failure();
    if (!detail::is_never_taken(cause.why)) return void(fail(result, cause));
    ++result.refused;
    result.cause = cause;
    one.unreadable = std::string("its answer was refused: ") + cause.describe();
  }
  bool is_accepted(request& one, const exchanges& how, exchanged& result) {
    if (one.at == 0) return false;
    switch (link_.wait(one.at, is_away_ ? duration{} : how.patience)) {
      case acceptance::accepted:
      case acceptance::duplicate: ++result.sent; return true;
      case acceptance::refused: return refused(one, result), false;
      case acceptance::unknown: is_away_ = true; break;  // those behind it may have been answered; nobody waits for them
    }
    return fail(result, link_.last_failure());
  }

  App& app_;
  connection link_;
  subscription member_;
  detail::request_headers headers_;
  cloud_event_read event_;
  std::vector<request> in_;
  std::string thrown_words_;
  bool thrown_ = false;
  bool is_away_ = false;  ///< the transport, since this poll answers
};

/// Decides these commands for other services and answers them: `auto serves = gesta::serve<desk, reserve, release>(app, gesta::socket{"/run/shop"});`.
/// Each is listed by an aggregate of the model, which finds its entity by a field of it, and has its contract declared beside it:
/// `auto decide(const gesta::elsewhere&, const reserve&) -> gesta::emits<reserved>::or_rejects<sold_out>;`. Its outcome is what `publish` makes of the
/// events that it records, its rejection, or nothing. Desk is a struct that says `static constexpr auto id`, the name of the group that shares the
/// messages. The transport is opened, and may lose nothing that it has accepted. It acts only when it is polled. A command that a process took and did
/// not live to answer comes again after `settle_within`, which is more than a poll takes, or at once where the transport sees that the process is gone.
template <class Desk, class... Command, class App, class Transport>
  requires(!detail::is_mistaken<App>)
auto serve(App& app, const Transport& to, duration settle_within = seconds(30)) {
  using flow_type = typename std::remove_reference_t<decltype(detail::facts_of_app::engine(app))>::flow_type;
  constexpr bool has_id = detail::has_short_id<Desk>;
  constexpr bool is_sure = connects<detail::remote_commands<Desk>, Transport>;
  constexpr bool can = (detail::can_serve<flow_type, Command>() && ...);
  (void)sizeof(diagnostic::asker_without_id<has_id, Desk>);
  if constexpr (has_id) check_connection<detail::remote_commands<Desk>, Transport>();
  (((void)sizeof(diagnostic::serves_what_it_does_not_decide<detail::can_serve<flow_type, Command>(), Command>)), ...);
  if constexpr (has_id && is_sure && can) {
    constexpr bool is_within = (std::is_void_v<typename detail::beyond_contract<flow_type, Command>::type> && ...);
    (((void)sizeof(diagnostic::outcome_beyond_contract<std::is_void_v<typename detail::beyond_contract<flow_type, Command>::type>, Command,
                                                       typename detail::beyond_contract<flow_type, Command>::type>)),
     ...);
    if constexpr (is_within) return server<Desk, App, Transport, Command...>(app, to, settle_within);
    else return detail::no_exchange{};
  } else {
    return detail::no_exchange{};
  }
}
template <class Desk, class... Command, class App, class Transport>
  requires detail::is_mistaken<App>
detail::no_exchange serve(App&, const Transport&, duration = {}) {
  return {};
}

}  // namespace gesta
