// Who hears what others tell without a log between: a handler that acts outside, and a view of what others told.
// Floor: runtime.
// May include: all above.
//
//     struct mailing {
//       static constexpr auto id = "mailing";                                 // the name of its group
//       using hears = gesta::from_outside<shop::order_placed>;
//       using idempotent = gesta::by_id<>;                                    // how it bears that a message comes again
//     };
//     void receive(const mailing&, const shop::order_placed&, smtp&);
//     auto mails = gesta::receive_by<mailing>(bus, views, smtp, gesta::from_now{});
//     mails.poll();
//
// What is outside takes no part in a commit. So the handler is called first, then the message is marked in the view store, then it is acknowledged: it
// comes at least once, and is handled twice only where the program ended between handling and mark. A view lies where its marks lie: its rows and the
// marks are one commit, so a message changes a row once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gesta/delivery/cloud_event.hpp>
#include <gesta/delivery/edge.hpp>
#include <gesta/delivery/idempotency.hpp>
#include <gesta/delivery/parcel.hpp>
#include <gesta/delivery/payload.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/detail/select.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/rules/effects.hpp>
#include <gesta/model/rules/ids.hpp>
#include <gesta/react/effect.hpp>
#include <gesta/react/projection.hpp>
#include <gesta/react/rows.hpp>
#include <gesta/react/view_name.hpp>
#include <gesta/runtime/attempt.hpp>
#include <gesta/runtime/back_off.hpp>
#include <gesta/runtime/clock.hpp>
#include <gesta/runtime/consumer_options.hpp>
#include <gesta/runtime/effects.hpp>
#include <gesta/runtime/inbox.hpp>
#include <gesta/runtime/passing.hpp>
#include <gesta/runtime/reading.hpp>
#include <gesta/runtime/relay.hpp>
#include <gesta/runtime/row_projecting.hpp>
#include <gesta/transport/transport.hpp>

namespace gesta {

namespace detail {

// ---- marks

/// That a message was handled: the name that name_arrival gives it, and when.
struct heard_mark {
  std::string name{};
  std::int64_t time = 0;  ///< nanoseconds since 1970, by the clock of who received it
};

/// The name of somebody's marks.
struct name_of_marks {
  char chars[272] = {};
  constexpr explicit name_of_marks(const char* of) noexcept {
    std::size_t at = 0;
    for (; *of != '\0' && at < 256; ++of) chars[at++] = *of;
    for (const char c : {'.', 'h', 'e', 'a', 'r', 'd'}) chars[at++] = c;
  }
};
template <class Who>
constexpr const char* name_of_receiver() noexcept {
  if constexpr (requires { typename Who::view_type; }) return view_name<Who>;
  else return event_id{Who::id}.name;
}

/// The table of marks beside what Who writes, `mailing.heard`; filled as no projection is.
template <class Who>
struct marks_of : projection<rows<heard_mark, "name">> {
  static constexpr name_of_marks made{name_of_receiver<Who>()};
  static constexpr const char* id = made.chars;
};

/// How long a message is recognised; zero: for ever.
template <class Who>
constexpr duration window_of() noexcept {
  if constexpr (idempotency_of<Who>() == idempotency::by_id) return Who::idempotent::window;
  else return {};
}

template <class Who, class Views>
auto& marks_in(Views& views) {
  return views.template table<marks_of<Who>>();
}
/// Whether a message is marked, within a unit: what could not be read fails its commit.
template <class Who, class Views>
bool is_marked(Views& views, const std::string& name, timestamp now) {
  constexpr duration window = window_of<Who>();
  const heard_mark* const found = marks_in<Who>(views).find(name);
  return found != nullptr && (window == duration{} || now.nanoseconds <= (timestamp{found->time} + window).nanoseconds);
}
/// Marks it, within a unit.
template <class Who, class Views>
bool marks(Views& views, const std::string& name, timestamp now) {
  heard_mark* const row = marks_in<Who>(views).find_or_add(name);
  if (row == nullptr) return false;
  row->time = now.nanoseconds;
  return true;
}
/// Takes away, in a unit of its own, the marks whose window has ended. It looks at all of them.
template <class Who, class Views>
bool forgets_old_marks(Views& views, timestamp now) {
  std::vector<std::string> old;
  if (!views.begin()) return false;
  const bool is_read = marks_in<Who>(views).each([&](const heard_mark& one) {
    if ((timestamp{one.time} + window_of<Who>()).nanoseconds < now.nanoseconds) old.push_back(one.name);
    return true;
  });
  bool is_good = is_read;
  for (const std::string& name : old) is_good = is_good && marks_in<Who>(views).erase(name);
  if (is_good) return views.commit();
  views.rollback();
  return false;
}

// ---- versions

template <class Who>
struct history_of_receiver : type_is<types<>> {};
template <class Who>
  requires requires { typename Who::history; }
struct history_of_receiver<Who> : type_is<history_in<typename Who::history>> {};

/// What may arrive: events as they are today, and the versions of before that Who lists, `using history = gesta::history<placed_1>;`. Named as in a flow.
template <class Who, class Heard, class Old = typename history_of_receiver<Who>::type>
struct heard_versions;
template <class Who, class Heard, class... Old>
struct heard_versions<Who, Heard, types<Old...>> {
  using current_events = Heard;
  using old_versions = types<Old...>;
  using all = concat<Heard, old_versions>;

  template <class O>
  static constexpr bool becomes_heard() {
    if constexpr (!told_to_others<O>) return false;
    else if constexpr (!rules::leads_to_today<heard_versions, sizeof...(Old), O>()) return false;
    else return !rules::refuses<heard_versions, O>();
  }
  static constexpr bool kept = (becomes_heard<Old>() && ...);
  static constexpr void check() { ((void)sizeof(diagnostic::old_is_not_heard<becomes_heard<Old>(), Who, Old>), ...); }
};

// ---- what both share

/// A member of a group that handles what comes by itself. Not copyable.
template <class Transport, class Versions, class Codecs, class Clock, class Observers>
class hearing {
 protected:
  using events = typename Versions::all;
  using names = arriving_names<events>;

 public:
  hearing(const hearing&) = delete;
  hearing& operator=(const hearing&) = delete;

  /// visit(const dead_letter&) for what was put aside, each with its cause; it may return false to end it.
  template <class Visit>
  bool letters(Visit&& visit) {
    return wire_.each_dead(name_, [&](const dead_letter& one) {
      if constexpr (std::is_void_v<decltype(visit(one))>) return visit(one), true;
      else return static_cast<bool>(visit(one));
    });
  }
  /// Lets a dead letter be received again, as if it were new: by a program that understands it.
  bool retry(delivery_token token) { return wire_.revive(name_, token); }
  bool discard(delivery_token token) { return wire_.discard(name_, token); }
  auto& connection() noexcept { return wire_; }

 protected:
  hearing(const Transport& at, const char* name, bool from_beginning, const Clock& clock, back_off waits, batch_of batch, largest_payload most,
          const Observers& observers)
      : name_(name), clock_(clock), waits_(waits), batch_(batch.messages), observers_(observers), topics_(names::topics()), wire_(at),
        member_(wire_.subscribe({.topics = topics_,
                                 .group = name_,
                                 .in_flight = static_cast<std::uint32_t>(batch.messages),
                                 .settle_within = settle_within,
                                 .deliveries = 0,  // it puts aside by itself, with a cause
                                 .from_beginning = from_beginning})),
        reading_(most.bytes) {}

  static constexpr duration settle_within = seconds(30);

  /// take(const delivered&) for what is there. Nothing came and nothing is broken: it has caught up.
  template <class Take>
  void receives(std::uint64_t limit, duration patience, received& result, Take&& take) {
    since_ = clock_();
    std::size_t count = 0;
    member_.receive(limit < batch_ ? static_cast<std::size_t>(limit) : batch_, patience, [&](const delivered& message) {
      ++count;
      take(message);
    });
    if (count != 0) return;
    if (const failure* const cause = member_.broken()) result.stop(*cause, comes_again(cause->why));
    else result.caught_up = true;
  }

  /// act(const Event&) with what was told, brought to today: once, or as often as its `upcast` says. False: the payload is not what its type says.
  template <class Act>
  static bool decodes(const arrival& one, Act&& act) {
    bool is_read = false;
    detail::select<names::count>(one.type, [&](auto type) {
      detail::select<Codecs::list::size>(one.codec, [&](auto codec) {
        using event_type = detail::at<type(), events>;
        event_type event{};
        is_read = static_cast<bool>(
            detail::at<codec(), typename Codecs::list>{}.decode(reinterpret_cast<const std::byte*>(one.payload.data()), one.payload.size(), event));
        if (is_read) detail::visit_newer<Versions>(static_cast<const event_type&>(event), act);
      });
    });
    return is_read;
  }
  static constexpr const char* not_its_type = "the payload is not what its type says";
  static std::string mark_of(const arrival& one) { return one.source + "/" + std::to_string(one.number); }

  // Where one of these does not arrive, the message comes again.
  void acks(const arrival& one, received& result, bool is_repeated) {
    ++result.handled;
    result.repeated += is_repeated ? 1 : 0;
    (void)member_.ack(one.token);
  }
  void parks(const arrival& one, received& result) {
    ++result.put_aside;
    (void)member_.term(one.token, one.cause);
    observers_.tell(parked{name_, one.sequence, {one.key.data(), static_cast<std::uint32_t>(one.key.size())}, one.cause.c_str(), one.deliveries});
  }
  void hands_back(const arrival& one, duration wait, received& result) {
    ++result.handed_back;
    (void)member_.nak(one.token, wait);
  }

  const char* name_;
  [[no_unique_address]] Clock clock_;
  back_off waits_;
  std::size_t batch_;
  Observers observers_;
  std::vector<std::string_view> topics_;
  typename Transport::connection wire_;
  decltype(wire_.subscribe(subscribing{})) member_;
  understanding<names, Codecs> reading_;
  timestamp since_{};           ///< when the messages of this poll were asked for
  std::uint32_t failures_ = 0;  ///< of the view store, in a row
};

/// In the place of a view store, where nothing is marked.
struct no_marks {
  template <class...>
  struct opened {
    explicit opened(const no_marks&) {}
  };
};

}  // namespace detail

/// Hands what others tell to a handler that acts outside: made by `gesta::receive_by<mailing>(bus, views, smtp, gesta::from_now{})`. It acts only when it
/// is polled. Not copyable; one thread at a time.
///
/// Promises: each message is handled at least once, and acknowledged only then. With gesta::by_position and gesta::by_id it is marked in a commit behind
/// its handling, and what is marked is not handled again: it is handled twice only where the program ended between the two, or took longer than 30
/// seconds for one message. With the other declarations it may come again whenever the acknowledgement did not arrive. An error of the handler is
/// answered by its `on_failure`: handed back, and later each time, or a dead letter of the group with its cause. What was handed over so often by
/// whatever cause counts as tried. An exception, and what is not understood, is a dead letter at once. Nobody waits for it. Order is what the transport
/// promises: who needs it says `using needs = gesta::edge<gesta::in_order>;`. A version of before that it lists, `using history = gesta::history<placed_1>;`,
/// is brought to today by its `upcast`; where that gives several events and one of them cannot be handled, all of them come again.
template <class Handler, class Transport, class Views, class Capability, class Codecs, class Clock = system_clock, class Observers = observed_by<>>
class straight_handler
    : public detail::hearing<Transport, detail::heard_versions<Handler, typename detail::heard_by<Handler>::type>, Codecs, Clock, Observers> {
  using base = detail::hearing<Transport, detail::heard_versions<Handler, typename detail::heard_by<Handler>::type>, Codecs, Clock, Observers>;
  using state = detail::arrival::state;
  static constexpr bool has_marks = detail::keeps_marks<Handler>;
  static constexpr duration window = detail::window_of<Handler>();

 public:
  straight_handler(const Transport& at, const Views& views, Capability& capability, bool from_beginning, const Clock& clock, back_off waits, batch_of batch,
                   largest_payload most, const Observers& observers)
      : base(at, event_id{Handler::id}.name, from_beginning, clock, waits, batch, most, observers), views_(views), capability_(capability) {}

  /// The handler's id: the group by which it receives, and the name of its marks.
  static constexpr std::string_view name() noexcept { return event_id{Handler::id}.name; }

  /// Handles what is there, at most `limit` messages and as many as gesta::batch_of says, waiting for the first of them for `patience` in real time, also
  /// for a transport that is away to come again. False: the view store failed, or the transport cannot be reached; then messages were handed back, and none
  /// was lost; `passes` says whether it may be over by itself.
  received poll(std::uint64_t limit = 1000, duration patience = {}) {
    received result;
    if constexpr (has_marks) {
      if (const failure* const cause = views_.broken()) return result.stop(*cause), result;
      if constexpr (window != duration{}) {
        if (const timestamp now = this->clock_(); forget_at_.nanoseconds <= now.nanoseconds) {
          if (!detail::forgets_old_marks<Handler>(views_, now)) return result.stop(views_.last_failure(), views_.broken() == nullptr), result;
          forget_at_ = now + duration{window.nanoseconds / 8};
        }
      }
    }
    has_stopped_ = false;
    this->receives(limit, patience, result, [&](const delivered& message) { take(message, result); });
    return result;
  }

 private:
  void take(const delivered& message, received& result) {
    detail::arrival& one = one_;
    this->reading_.understand(message, one);
    if (has_stopped_) return this->hands_back(one, this->waits_.wait_after(this->failures_), result);
    if (one.what == state::parked) return this->parks(one, result);
    // Those before it took long: it may belong to somebody else by now.
    if ((this->clock_() - this->since_).nanoseconds > base::settle_within.nanoseconds / 4 && !this->member_.extend(one.token)) return;
    if constexpr (has_marks) {
      mark_ = base::mark_of(one);
      if (unmarked_.count(mark_) != 0) return notes(one, result);
      bool is_known = false;
      if (!looks(is_known)) return stops(one, result);
      if (is_known) return this->acks(one, result, true);
    }
    retry answer{.times = 0};
    bool is_done = true;
    const bool is_read = detail::without_exceptions(
        [&] { return base::decodes(one, [&](const auto& event) { is_done = is_done && handles(event, one, answer); }); },
        [&](const char* words) {
          one.cause = std::string("handling it threw: ") + words;
          is_done = false;
          return true;
        });
    if (!is_read) {
      one.cause = base::not_its_type;
      return this->parks(one, result);
    }
    if (!is_done) return one.deliveries > answer.times ? this->parks(one, result) : this->hands_back(one, answer.wait_after(one.deliveries), result);
    if constexpr (has_marks) {
      unmarked_.insert(mark_);
      notes(one, result);
    } else {
      this->acks(one, result, false);
    }
  }

  template <class Event>
  bool handles(const Event& event, detail::arrival& one, retry& answer) {
    using returned = detail::receive_result<Handler, Event, Capability>;
    if constexpr (detail::is_effected<returned>) {
      auto came = detail::call_receive<Handler>(event, capability_, this->reading_.what());
      if (!came.failed()) return true;
      detail::select<returned::errors::size>(came.error_index(), [&](auto at) {
        one.cause = detail::words_of(came.template error<at()>());
        answer = detail::answer_to<Handler>(event, came.template error<at()>());
      });
      return false;
    } else {
      (void)detail::call_receive<Handler>(event, capability_, this->reading_.what()), void();
      return true;
    }
  }

  // ---- marks

  bool looks(bool& is_known) {
    if (!views_.begin()) return false;
    is_known = detail::is_marked<Handler>(views_, mark_, this->clock_());
    return views_.commit();
  }
  bool writes_mark() {
    if (!views_.begin()) return false;
    if (detail::marks<Handler>(views_, mark_, this->clock_())) return views_.commit();
    views_.rollback();
    return false;
  }
  /// It was handled. What cannot be marked now is remembered as long as the program lives, and marked when it comes again.
  void notes(const detail::arrival& one, received& result) {
    if (!writes_mark()) return stops(one, result);
    unmarked_.erase(mark_);
    this->failures_ = 0;
    this->acks(one, result, false);
  }
  void stops(const detail::arrival& one, received& result) {
    has_stopped_ = true;
    ++this->failures_;
    result.stop(views_.last_failure(), views_.broken() == nullptr);
    this->hands_back(one, this->waits_.wait_after(this->failures_), result);
  }

  typename Views::template opened<detail::marks_of<Handler>> views_;
  Capability& capability_;
  detail::arrival one_;
  std::string mark_;
  std::set<std::string> unmarked_;  ///< handled, and the mark could not be written
  timestamp forget_at_{};
  bool has_stopped_ = false;
};

/// Keeps a view of what others tell: made by `gesta::consume_from<by_customer>(bus, views, gesta::from_beginning{})`. It acts only when it is polled. Not
/// copyable; one thread at a time.
///
/// Promises: rows and marks are one commit, and only then the messages are acknowledged: by position, for ever. A message changes the view once,
/// wherever the program ends. Many are one commit; where `project` throws for one of them, or makes a row that the store will never keep, each gets a
/// commit of its own, and that one becomes a dead letter of the group, with the words of the exception or of the store. It can be built anew only from
/// what the transport still has. Order is what the transport promises: a view that needs it says `using needs = gesta::edge<gesta::in_order>;`. Versions of
/// before are those of its `using history = gesta::history<placed_1>;`, brought to today by their `upcast`.
template <class Projection, class Transport, class Views, class Events, class Codecs, class Clock = system_clock, class Observers = observed_by<>>
class straight_view : public detail::hearing<Transport, detail::heard_versions<Projection, Events>, Codecs, Clock, Observers> {
  using base = detail::hearing<Transport, detail::heard_versions<Projection, Events>, Codecs, Clock, Observers>;
  using arrival = detail::arrival;
  using state = detail::arrival::state;
  using row_type = typename detail::projected_rows<Projection>::row_type;
  using key_type = typename detail::projected_rows<Projection>::key_type;

 public:
  straight_view(const Transport& at, const Views& views, bool from_beginning, const Clock& clock, back_off waits, batch_of batch, largest_payload most,
                const Observers& observers)
      : base(at, detail::view_name<Projection>, from_beginning, clock, waits, batch, most, observers), views_(views) {}

  /// The view's name: the group by which it receives.
  static constexpr std::string_view name() noexcept { return detail::view_name<Projection>; }

  /// Projects what is there, at most `limit` messages and as many as gesta::batch_of says, waiting for the first of them for `patience` in real time, also
  /// for a transport that is away to come again. False: the view store failed, or the transport cannot be reached; then messages were handed back, and none
  /// was lost; `passes` says whether it may be over by itself.
  received poll(std::uint64_t limit = 1000, duration patience = {}) {
    received result;
    if (const failure* const cause = views_.broken()) return result.stop(*cause), result;
    used_ = 0;
    this->receives(limit, patience, result, [&](const delivered& message) {
      if (used_ == arrivals_.size()) arrivals_.emplace_back();
      arrival& one = arrivals_[used_++];
      this->reading_.understand(message, one);
      if (one.what == state::waiting) one.from.time = this->reading_.what().time;
    });
    if (used_ == 0) return result;
    if (!keeps(0, used_)) keeps_each(result);
    if (result) this->failures_ = 0;
    for (std::size_t i = 0; i < used_; ++i) settle(arrivals_[i], result);
    return result;
  }

  /// The rows, as they are kept; see gesta::row_table. Good until the next poll.
  auto& rows() noexcept { return views_.template table<Projection>(); }
  /// The row with this key; nullptr where there is none.
  const row_type* row(const key_type& key = {}) { return rows().find(key); }

 private:
  void settle(const arrival& one, received& result) {
    switch (one.what) {
      case state::kept:
      case state::repeated: return this->acks(one, result, one.what == state::repeated);
      case state::parked: return this->parks(one, result);
      case state::waiting:
      case state::missed:
      case state::handed_back: return this->hands_back(one, this->waits_.wait_after(this->failures_), result);
    }
  }

  /// Projects those from `begin` to `end` that wait, in one commit. False: nothing of it is kept, they wait as before, and `cause_` says why.
  bool keeps(std::size_t begin, std::size_t end) {
    is_its_fault_ = false;
    const bool is_open = views_.begin();
    bool is_good = is_open;
    const timestamp now = this->clock_();
    for (std::size_t i = begin; is_good && i < end; ++i)
      if (arrivals_[i].what == state::waiting) is_good = keep(arrivals_[i], now);
    if (is_good && views_.commit()) return true;
    if (!is_its_fault_) {
      cause_ = views_.last_failure();
      is_its_fault_ = end - begin == 1 && detail::is_never_kept(cause_.why, views_.broken() != nullptr);  // a row that is too large stays so
    }
    if (is_open && !is_good) views_.rollback();
    for (std::size_t i = begin; i < end; ++i)
      if (arrivals_[i].what == state::kept || arrivals_[i].what == state::repeated) arrivals_[i].what = state::waiting;
    return false;
  }
  bool keep(arrival& one, timestamp now) {
    const std::string mark = base::mark_of(one);
    if (detail::is_marked<Projection>(views_, mark, now)) return one.what = state::repeated, true;
    bool is_good = true;
    const about where{.key = {one.key.data(), static_cast<std::uint32_t>(one.key.size())},
                      .position = one.number >> 16,
                      .time = one.from.time,
                      .correlation = one.from.correlation,
                      .causation = one.from.causation};
    const bool is_read = detail::without_exceptions(
        [&] {
          return base::decodes(one, [&](const auto& event) {
            const auto make = [&]() -> const about& { return where; };
            detail::each_place<Projection>(event, make, [&](const key_type& key) {
              if (!is_good) return;
              std::string words;
              const detail::attempt tried = detail::project_to_key<Projection>(rows(), key, event, make, words);
              is_good = tried == detail::attempt::done;
              if (tried == detail::attempt::failed) blames(words.c_str());
            });
          });
        },
        [&](const char* words) {
          is_good = false;
          blames(words);
          return true;
        });
    if (!is_read) {
      one.what = state::parked;
      one.cause = base::not_its_type;
      return true;
    }
    if (!is_good || !detail::marks<Projection>(views_, mark, now)) return false;
    one.what = state::kept;
    return true;
  }
  void blames(const char* words) {
    is_its_fault_ = true;
    cause_ = failure(failure::kind::interrupted, 0, "projecting it threw: ", words);
  }

  /// One of them is in the way: each in a commit of its own. Where the store is in the way, all that are left are handed back.
  void keeps_each(received& result) {
    for (std::size_t i = 0; i < used_; ++i) {
      arrival& one = arrivals_[i];
      if (one.what != state::waiting || keeps(i, i + 1)) continue;
      if (is_its_fault_) {
        one.what = state::parked;
        one.cause = cause_.describe();
        continue;
      }
      ++this->failures_;
      result.stop(cause_, views_.broken() == nullptr);
      return;
    }
  }

  typename Views::template opened<Projection, detail::marks_of<Projection>> views_;
  std::deque<arrival> arrivals_;  // the places are used again
  std::size_t used_ = 0;
  failure cause_{};
  bool is_its_fault_ = false;
};

namespace detail {

/// What a handler hears, seen with its capability.
template <class Handler, class Capability, class Events>
struct straight_rules;
template <class Handler, class Capability, class... Event>
struct straight_rules<Handler, Capability, types<Event...>> {
  template <class E>
  static constexpr bool is_plain() {
    if constexpr (!receives<Handler, E, Capability>) return true;
    else {
      using returned = receive_result<Handler, E, Capability>;
      return std::is_void_v<returned> || same<returned, done> || is_effected<returned>;
    }
  }
  template <class E>
  static constexpr auto errors() {
    if constexpr (!receives<Handler, E, Capability>) return types<>{};
    else return typename errors_in<receive_result<Handler, E, Capability>>::type{};
  }
  template <class E, class... Error>
  static constexpr bool answers(types<Error...>) {
    [[maybe_unused]] constexpr auto said = [](bool is_said, bool is_strange) { return is_said && !is_strange; };
    return (said(answers_event_exactly<Handler, E, Error> || answers_exactly<Handler, Error>, rules::answers_strangely<Handler, E, Error>()) && ...);
  }
  template <class E, class... Error>
  static constexpr void check_errors(types<Error...>) {
    ((void)sizeof(diagnostic::receive_error_unanswered<answers<E>(types<Error>{}), Handler, E, Error>), ...);
  }
  static constexpr bool needs_envelope = idempotency_of<Handler>() == idempotency::by_key;
  template <class E>
  static constexpr bool takes_envelope = !needs_envelope || !receives<Handler, E, Capability> || receives_exactly_enveloped<Handler, E, Capability>;

  using versions = heard_versions<Handler, types<Event...>>;
  static constexpr bool kept = versions::kept && sizeof...(Event) != 0 && (receives<Handler, Event, Capability> && ...) && (is_plain<Event>() && ...) &&
                               (takes_envelope<Event> && ...) && (answers<Event>(errors<Event>()) && ...);
  static constexpr void check() {
    (void)sizeof(diagnostic::receiver_hears_nothing<sizeof...(Event) != 0, Handler>);
    ((void)sizeof(diagnostic::heard_and_not_received<receives<Handler, Event, Capability>, Handler, Event>), ...);
    ((void)sizeof(diagnostic::receive_returns_strange<is_plain<Event>(), Handler, Event>), ...);
    ((void)sizeof(diagnostic::key_not_handed_over<takes_envelope<Event>, Handler, Event>), ...);
    (check_errors<Event>(errors<Event>()), ...);
    if constexpr (sizeof...(Event) != 0) versions::check();
  }
};

/// What a projection hears, by what it follows.
template <class Projection, class Followed>
struct straight_view_rules {
  using events = types<>;
  static constexpr bool kept = false;
  static constexpr void check() { (void)sizeof(diagnostic::receiver_hears_nothing<false, Projection>); }
};
template <class Projection, class First, class... Integration>
struct straight_view_rules<Projection, follows<from_outside<First, Integration...>>> {
  using events = types<First, Integration...>;
  template <class E>
  static constexpr bool is_taken() {
    if constexpr (!projects<typename Projection::view_type, E>) return false;
    else return has_place<Projection, E>;
  }
  using versions = heard_versions<Projection, events>;
  static constexpr bool kept = versions::kept && is_taken<First>() && (is_taken<Integration>() && ...);
  static constexpr void check() {
    (void)sizeof(diagnostic::heard_and_not_received<is_taken<First>(), Projection, First>);
    ((void)sizeof(diagnostic::heard_and_not_received<is_taken<Integration>(), Projection, Integration>), ...);
    versions::check();
  }
};

/// Whether a handler has said what this edge asks of it.
template <class Handler, class Edge>
constexpr bool says_enough() noexcept {
  constexpr idempotency said = idempotency_of<Handler>();
  return has_sound_idempotency<Handler>() && said != idempotency::unknown &&
         (said != idempotency::not_said || promise_of<Edge>().comes != gesta::arrival::at_least_once);
}
template <class Handler, class Edge>
constexpr void check_idempotency() noexcept {
  constexpr idempotency said = idempotency_of<Handler>();
  constexpr bool is_sound = has_sound_idempotency<Handler>();
  (void)sizeof(diagnostic::idempotency_not_said<said != idempotency::not_said || says_enough<Handler, Edge>(), Handler, Edge>);
  (void)sizeof(diagnostic::idempotency_unknown<said != idempotency::unknown, Handler>);
  (void)sizeof(diagnostic::window_not_positive<is_sound || said != idempotency::by_id, Handler>);
  (void)sizeof(diagnostic::duplicates_without_reason<is_sound || said != idempotency::accepts, Handler>);
}

template <class Handler, class Transport, class Views, class Capability, class... Option>
auto handled_straight(const Transport& at, const Views& views, Capability& capability, const Option&... option) {
  using rules = straight_rules<Handler, Capability, typename heard_by<Handler>::type>;
  constexpr bool is_start_said = ((same<Option, from_now> || same<Option, from_beginning>) || ...);
  constexpr bool has_id = requires { Handler::id; };
  if constexpr (!is_start_said) {
    (void)sizeof(diagnostic::start_not_said<is_start_said, Handler>);
    return no_receiving{};
  } else if constexpr (!has_id) {
    (void)sizeof(diagnostic::effect_without_id<has_id, Handler>);
    return no_receiving{};
  } else if constexpr (!rules::kept) {
    rules::check();
    return no_receiving{};
  } else if constexpr (!connects<Handler, Transport>) {
    gesta::check_connection<Handler, Transport>();
    return no_receiving{};
  } else {
    using observers = decltype(detail::observers_of(option...));
    return straight_handler<Handler, Transport, Views, Capability, typename reads_of_options<Option...>::type, clock_in<Option...>, observers>(
        at, views, capability, (same<Option, from_beginning> || ...), detail::clock_of(option...), detail::option_or<back_off>(back_off{}, option...),
        detail::option_or<batch_of>(batch_of{}, option...), detail::option_or<largest_payload>(largest_payload{}, option...),
        detail::observers_of(option...));
  }
}

template <class Option>
concept straight_option = (inbox_option<Option> && !is_claim_check<Option>) || same<Option, from_now> || same<Option, from_beginning>;

}  // namespace detail

/// Makes what hands the messages of a transport to a handler that keeps marks (gesta::by_position, gesta::by_id): in `views`, a table of its own. `at` is
/// a transport, whose connection it opens; `capability` outlives it. Options, in any order: gesta::from_now or gesta::from_beginning, which is where a
/// group begins that the transport does not know yet and has to be said; gesta::batch_of, gesta::back_off, gesta::largest_payload,
/// gesta::payload_in<Codec...>, a clock, gesta::observed_by, which hears gesta::parked. Does not compile where the edge gives less than the handler needs
/// (E710 to E714), or where the handler is not whole (E723, E726 to E729).
template <class Handler, transport Transport, class Views, class Capability, detail::straight_option... Option>
  requires(detail::keeps_marks<Handler> && detail::says_enough<Handler, Transport>())
auto receive_by(const Transport& at, const Views& views, Capability& capability, Option... option) {
  return detail::handled_straight<Handler>(at, views, capability, option...);
}
/// The same for a handler that keeps none (gesta::by_key, gesta::naturally, gesta::accepts_duplicates).
template <class Handler, transport Transport, class Capability, detail::straight_option... Option>
  requires(!detail::keeps_marks<Handler> && detail::says_enough<Handler, Transport>())
auto receive_by(const Transport& at, Capability& capability, Option... option) {
  return detail::handled_straight<Handler>(at, detail::no_marks{}, capability, option...);
}
/// A handler that does not say how it bears repetitions, on an edge that may repeat: does not compile (E721, E722, E724, E725).
template <class Handler, transport Transport, class... Argument>
  requires(!detail::says_enough<Handler, Transport>())
auto receive_by(const Transport&, Argument&&...) {
  detail::check_idempotency<Handler, Transport>();
  return detail::no_receiving{};
}

/// Makes what keeps a view of what others tell, `struct by_customer : gesta::projection<gesta::rows<customer, "name">,
/// gesta::follows<gesta::from_outside<shop::order_placed>>>`, in a view store. Options as for gesta::receive_by. Does not compile where the edge gives
/// less than the projection needs, or where an event is not projected (E726, E727).
template <class Projection, transport Transport, class Views, detail::straight_option... Option>
auto consume_from(const Transport& at, const Views& views, Option... option) {
  using rules = detail::straight_view_rules<Projection, typename Projection::followed>;
  constexpr bool is_start_said = ((detail::same<Option, from_now> || detail::same<Option, from_beginning>) || ...);
  if constexpr (!is_start_said) {
    (void)sizeof(diagnostic::start_not_said<is_start_said, Projection>);
    return detail::no_receiving{};
  } else if constexpr (!rules::kept) {
    rules::check();
    return detail::no_receiving{};
  } else if constexpr (!connects<Projection, Transport>) {
    gesta::check_connection<Projection, Transport>();
    return detail::no_receiving{};
  } else {
    using observers = decltype(detail::observers_of(option...));
    return straight_view<Projection, Transport, Views, typename rules::events, typename detail::reads_of_options<Option...>::type,
                         detail::clock_in<Option...>, observers>(
        at, views, (detail::same<Option, from_beginning> || ...), detail::clock_of(option...), detail::option_or<back_off>(back_off{}, option...),
        detail::option_or<batch_of>(batch_of{}, option...), detail::option_or<largest_payload>(largest_payload{}, option...),
        detail::observers_of(option...));
  }
}

}  // namespace gesta
