// Who hears what others tell: it receives integration events, keeps them as facts in the log, each once, and acknowledges what is kept.
// Floor: runtime.
// May include: all above.
//
//     struct fulfilment : gesta::model<shipments, gesta::from_outside<shop::order_placed>> {};
//     struct inlet { static constexpr auto id = "fulfilment"; };        // the name of its group
//     auto in = gesta::inbox<inlet>(app, bus, gesta::from_beginning{});
//     in.poll();                                                        // receives, keeps in one commit, acknowledges
//
// That a message was heard, and the fact that it is, are one commit; only then is it acknowledged. So a program that ends anywhere gets it again, and
// finds what it has by the place that the message has in the log of its source: without a window of time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gesta/codec/binary.hpp>
#include <gesta/delivery/claim_check.hpp>
#include <gesta/delivery/cloud_event.hpp>
#include <gesta/delivery/edge.hpp>
#include <gesta/delivery/parcel.hpp>
#include <gesta/delivery/payload.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/detail/select.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/message/once.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/model/outside.hpp>
#include <gesta/react/effect.hpp>
#include <gesta/runtime/attempt.hpp>
#include <gesta/runtime/back_off.hpp>
#include <gesta/runtime/clock.hpp>
#include <gesta/runtime/consumer_options.hpp>
#include <gesta/runtime/export.hpp>
#include <gesta/runtime/facts.hpp>
#include <gesta/runtime/letters.hpp>
#include <gesta/runtime/passing.hpp>
#include <gesta/runtime/reacting.hpp>
#include <gesta/runtime/reading.hpp>
#include <gesta/runtime/relay.hpp>
#include <gesta/runtime/stand_in.hpp>
#include <gesta/store/store.hpp>
#include <gesta/transport/transport.hpp>

namespace gesta {

/// What a poll of an inbox came to: `handled` messages were kept or known already, `put_aside` are dead letters of its group now, each with its cause.
class [[nodiscard]] received : public consumed {
 public:
  std::uint64_t repeated = 0;     ///< of those handled: they were kept before
  std::uint64_t handed_back = 0;  ///< the log could not keep them now: they come again
};

/// The largest payload that is taken from a message, in bytes; a larger one is put aside. What a claim check fetches has a bound of its own.
struct largest_payload {
  std::size_t bytes = 1024u * 1024u;
};

namespace detail {

/// An event that comes from outside, as it may arrive: in its form of today, or in one of before.
template <class Flow, class Heard, class Olds>
struct arriving_events;
template <class Flow, class... Heard, class... Old>
struct arriving_events<Flow, types<Heard...>, types<Old...>> {
  template <class O>
  static constexpr bool is_heard() {
    if constexpr (told_to_others<O>) return all_stand_in<today_of<Flow, O>, types<Heard...>>;
    else return false;
  }
  using type = concat<types<Heard...>, std::conditional_t<is_heard<Old>(), types<Old>, types<>>...>;
};
template <class Flow>
using arriving_in = typename arriving_events<Flow, typename outside_in<Flow>::heard_list, typename Flow::old_versions>::type;

/// The types that may arrive, by name and version.
template <class Events>
struct arriving_names;
template <class... Event>
struct arriving_names<types<Event...>> {
  static constexpr std::size_t count = sizeof...(Event);
  static constexpr std::size_t find(std::string_view name, std::uint32_t version) noexcept {
    return first_true({(name == id_of<Event>.name && version == id_of<Event>.version)..., false});
  }
  static constexpr bool knows(std::string_view name) noexcept { return ((name == id_of<Event>.name) || ...); }
  /// Each name once.
  static std::vector<std::string_view> topics() {
    std::vector<std::string_view> all;
    for (const std::string_view name : {std::string_view(id_of<Event>.name)...}) {
      bool is_new = true;
      for (const std::string_view known : all) is_new = is_new && known != name;
      if (is_new) all.push_back(name);
    }
    return all;
  }
};

/// The codecs that payloads are read by.
template <class... Codec>
struct codecs {
  using list = types<Codec...>;
  static constexpr std::size_t find(std::string_view type) noexcept {
    return first_true({is_content_type(type, content_type<Codec>::view())..., false});
  }
};

/// A message that was received, as far as it was understood.
struct arrival {
  enum class state : std::uint8_t { waiting, kept, repeated, parked, handed_back, missed };
  delivery_token token = 0;
  std::uint64_t sequence = 0;
  std::uint32_t deliveries = 0;
  state what = state::waiting;
  std::size_t type = 0, codec = 0;
  std::string key{}, payload{}, source{}, cause{};  ///< source and number: its name under gesta::once
  std::string claim{};                                      ///< the token that came in the place of the payload
  std::uint64_t number = 0;
  origin from{};
};

/// Names what was received, for ever: by its place in the log of its source, or where another system has named it, by a hash of source and id.
inline void name_arrival(const envelope& of, arrival& one) {
  source_place place;
  constexpr std::uint64_t most_positions = std::uint64_t{1} << 48, most_parts = std::uint64_t{1} << 16;
  const bool is_placed = read_place(of.id, place) && place.position < most_positions && place.part < most_parts;
  const message_id foreign = message_of_id(of.source, of.id);
  one.source = is_placed ? "log:" : "msg:";
  one.source += message_id_text(is_placed ? place.incarnation : foreign).view();
  one.number = is_placed ? place.position << 16 | place.part : 0;
  one.from.causation = is_placed ? message_of_place(place) : foreign;
  trace_context trace;
  one.from.correlation = of.correlation != message_id{}                    ? of.correlation
                         : read_traceparent(of.traceparent, trace) ? trace.trace
                                                                           : one.from.causation;
}

/// Some characters of a stranger's, for people: no control characters, and not many.
inline std::string stranger_said(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 64)) out += c >= ' ' && c != 0x7f ? c : '?';
  return text.size() > 64 ? out + "..." : out;
}

/// Reads what a transport hands over, as far as that can be without its type: these names, in these codecs; a token in the place of a payload where the
/// claim is taken.
template <class Names, class Codecs, bool TakesClaims = false>
class understanding {
 public:
  explicit understanding(std::size_t most_bytes) : most_(most_bytes) {}

  void understand(const delivered& message, arrival& one) {
    one.what = arrival::state::waiting;
    one.from = {};
    one.claim.clear();
    one.token = message.token;
    one.sequence = message.sequence;
    one.deliveries = message.deliveries;
    one.key = message.key;
    one.cause = why_not_understood(message, one);
    if (!one.cause.empty()) one.what = arrival::state::parked;
  }
  /// Of the message that was understood last; its text lies in that.
  const envelope& what() const noexcept { return *what_; }

 private:
  std::string why_not_understood(const delivered& message, arrival& one) {
    if (message.payload.size() > most_) return "the payload is larger than " + std::to_string(most_) + " bytes";
    std::string_view payload = message.payload;
    const envelope*& what = what_ = &envelope_.what();
    envelope_result good;
    if (const std::string_view type = message.value_of("content-type"); Codecs::is_structured(type)) good = Codecs::read(structured_, payload, what);
    else good = envelope_.read(message.headers);
    if (!good) return "the envelope: " + good.describe();
    one.type = Names::find(what->type, what->version);
    if (one.type >= Names::count)
      return Names::knows(what->type) ? "version " + std::to_string(what->version) + " of " + detail::stranger_said(what->type) + " is not known"
                                      : "the type " + detail::stranger_said(what->type) + " is not known";
    one.codec = Codecs::find(what->content_type);
    if (one.codec == detail::npos) return "the content type " + detail::stranger_said(what->content_type) + " is not read";
    if (!what->dataref.empty() && payload.empty()) {
      if constexpr (TakesClaims) one.claim = what->dataref;
      else return "the payload is elsewhere, and no claim check is read here";
    }
    detail::name_arrival(*what, one);
    one.payload = payload;
    return {};
  }

  std::size_t most_;
  cloud_event_read envelope_;
  typename Codecs::structured structured_;
  const envelope* what_ = nullptr;
};

}  // namespace detail

/// Hears integration events and keeps them in the log of an app: made by `gesta::inbox<inlet>(app, bus, gesta::from_beginning{})`. It acts only when it is
/// polled. Not copyable; one thread at a time uses it and the app, and no batch of the app is open.
///
/// Promises: a message is acknowledged only when it is kept; what comes again changes nothing, whenever it comes. Messages of one key are kept in the
/// order in which they come. What is no event of CloudEvents, of a type or version that the model does not hear, of a content type that is not read,
/// too large, or no such event at all is put aside at once: a dead letter of the group, with its cause; and so is what the model cannot handle, because it
/// throws or for a failure that it would run into again. Nobody waits for it. Where the log cannot be written, messages are handed back and come again
/// later, longer each time; where an inlined view threw outside of
/// `project`, those of its key alone. The app's reactors hear each fact in its commit. It carries correlation and trace on: the fact has the correlation of the
/// message, and the message is its cause. With a gesta::claim_check a payload that stayed behind is fetched and compared with its token. Where the store of
/// blobs cannot be asked the message is handed back; so it is where the blob is missing or damaged, until it was delivered as often as the rules say: then it
/// is put aside with that cause.
template <class Inlet, class App, class Transport, class Codecs, class Clock = system_clock, class Observers = observed_by<>,
          class Claims = detail::no_claim_check>
class receiving {
  using engine_type = detail::engine_in<App>;
  using flow_type = typename engine_type::flow_type;
  using outside = detail::outside_in<flow_type>;
  using known_events = detail::arriving_in<flow_type>;
  using names = detail::arriving_names<known_events>;
  using arrival = detail::arrival;
  using state = detail::arrival::state;
  static constexpr bool has_claims = !detail::same<Claims, detail::no_claim_check>;

 public:
  receiving(App& app, const Transport& at, bool from_beginning, const Clock& clock, back_off waits, std::size_t batch, largest_payload most,
            const Observers& observers, const Claims& claims = {})
      : app_(app), clock_(clock), waits_(waits), batch_(batch), observers_(observers), claims_(claims), topics_(names::topics()), wire_(at),
        member_(wire_.subscribe({.topics = topics_,
                                 .group = name(),
                                 .in_flight = static_cast<std::uint32_t>(batch),
                                 .deliveries = 0,  // it puts aside by itself, with a cause
                                 .from_beginning = from_beginning})),
        reading_(most.bytes) {}
  receiving(const receiving&) = delete;
  receiving& operator=(const receiving&) = delete;

  /// The inlet's id: the group by which it receives.
  static constexpr std::string_view name() noexcept { return event_id{Inlet::id}.name; }

  /// Receives what is there, at most `limit` messages and as many as gesta::batch_of says, waiting for the first of them for `patience` in real time, also
  /// for a transport that is away to come again; keeps them in one commit, and acknowledges. False: the log could not be written, or the transport cannot
  /// be reached; why() says the cause, and `passes` whether it may be over by itself. Then messages were handed back, and nothing was lost.
  received poll(std::uint64_t limit = 1000, duration patience = {}) {
    received result;
    used_ = 0;
    const std::size_t most = limit < batch_ ? static_cast<std::size_t>(limit) : batch_;
    member_.receive(most, patience, [&](const delivered& message) { understand(message); });  // it waits for a lost connection too
    if (used_ == 0) {
      if (const failure* const cause = member_.broken()) result.stop(*cause, detail::comes_again(cause->why));
      else result.caught_up = true;
      return result;
    }
    if constexpr (has_claims) fetches(result);
    if (!keeps_all()) keeps_each(result);
    if (result) failures_ = 0;
    settle(result);
    return result;
  }

  /// The end of the log when it kept something last.
  const gesta::checkpoint& checkpoint() const noexcept { return at_; }
  /// How far it is behind nobody here knows.
  read_result measure(lag& behind) const {
    behind = {};
    return {};
  }
  read_result release() const { return {}; }

  /// visit(const dead_letter&) for what was put aside, each with its cause; it may return false to end it.
  template <class Visit>
  bool letters(Visit&& visit) {
    return wire_.each_dead(name(), [&](const dead_letter& one) {
      if constexpr (std::is_void_v<decltype(visit(one))>) return visit(one), true;
      else return static_cast<bool>(visit(one));
    });
  }
  /// Lets a dead letter be received again: by a program that understands it.
  bool retry(delivery_token token) { return wire_.revive(name(), token); }
  bool discard(delivery_token token) { return wire_.discard(name(), token); }
  auto& connection() noexcept { return wire_; }

 private:
  // ---- what came

  arrival& place() {
    if (used_ == arrivals_.size()) arrivals_.emplace_back();
    return arrivals_[used_++];
  }
  void understand(const delivered& message) { reading_.understand(message, place()); }

  // ---- what stayed behind

  /// Fetches the payloads that did not travel. What cannot be fetched now is handed back, with those of its key behind it.
  void fetches(received& result) {
    for (std::size_t i = 0; i < used_; ++i) {
      arrival& one = arrivals_[i];
      if (one.what != state::waiting || one.claim.empty()) continue;
      const checked_out came = check_out(one.claim, *claims_.blobs, one.payload, claims_.rules.largest);
      if (came) continue;
      using kind = failure::kind;
      const bool unasked = came.store_failed();  // whether it is there nobody knows
      const bool never = !unasked && (came.why().why == kind::malformed || came.why().why == kind::too_large || one.deliveries >= claims_.rules.tries);
      one.claim.clear();  // there is nothing to keep alive
      if (never) {
        one.what = state::parked;
        one.cause = came.why().describe();
        continue;
      }
      if (unasked) {
        if (result) ++failures_;
        result.stop(came.why(), true);
      }
      one.what = unasked ? state::handed_back : state::missed;
      for (std::size_t later = i + 1; later < used_; ++later)
        if (arrivals_[later].what == state::waiting && arrivals_[later].key == one.key) arrivals_[later].what = one.what;
    }
  }
  /// A message that comes again later needs its blob then.
  void keeps_alive(const arrival& one) {
    if constexpr (has_claims) {
      if (!one.claim.empty() && !one.payload.empty()) (void)claims_.blobs->put(detail::name_in_claim(one.claim), one.payload, clock_());
    }
  }

  // ---- how it is kept

  enum class kept : std::uint8_t { good, failed };

  /// In the open unit.
  kept keep(engine_type& engine, arrival& one) {
    const once request{one.source.c_str(), one.number};
    engine.begin_chain();
    remembered first;
    switch (engine.log().recall(request, first)) {
      case recall_result::known: one.what = state::repeated; return kept::good;
      case recall_result::failed: engine.doom(engine.log().last_failure()); return kept::failed;
      case recall_result::fresh: break;
    }
    origin from = one.from;
    if constexpr (flow_type::is_traced) from.time = engine.origin_of(request).time;
    else from = {};
    const std::uint64_t before = engine.log().last_position();
    bool is_read = false, is_good = true;
    detail::select<names::count>(one.type, [&](auto type) {
      using event = detail::at<type(), known_events>;
      detail::select<Codecs::list::size>(one.codec, [&](auto codec) {
        event decoded{};
        is_read = static_cast<bool>(
            detail::at<codec(), typename Codecs::list>{}.decode(reinterpret_cast<const std::byte*>(one.payload.data()), one.payload.size(), decoded));
        if (!is_read) return;
        detail::visit_current<flow_type, detail::contains<event, typename flow_type::current_events>>(decoded, [&](const auto& today) {
          is_good = is_good && engine.record(gesta::facts<outside>(one.key, expected::any(), today), from);
        });
      });
    });
    if (!is_read) {
      one.what = state::parked;
      one.cause = "the payload is not what its type says";
      return kept::good;
    }
    if (!is_good) return kept::failed;
    const std::uint64_t last = engine.log().last_position();
    const auto found = engine.template table_of<outside>().find(one.key);
    const std::uint64_t version = found ? std::uint64_t{found->version} : 0;
    if (!engine.log().remember(request, {last == before ? verdict::nothing : verdict::accepted, 0, version, last, nullptr, 0})) {
      engine.doom(engine.log().last_failure());
      return kept::failed;
    }
    one.what = state::kept;
    return kept::good;
  }

  /// Left by a failure or an exception, nothing of it is kept.
  struct unit {
    engine_type& engine;
    ~unit() {
      if (engine.open()) engine.roll_back();
    }
  };
  /// Keeps those from `begin` to `end` that wait, in one commit. False: nothing of it is kept, they wait as before, and `cause_` says why.
  bool keeps(std::size_t begin, std::size_t end) {
    engine_type& engine = detail::facts_of_app::engine(app_);
    has_thrown_ = false;
    const auto wait_again = [&] {
      for (std::size_t i = begin; i < end; ++i)
        if (arrivals_[i].what == state::kept || arrivals_[i].what == state::repeated) arrivals_[i].what = state::waiting;
    };
    for (unsigned attempt = 0;; ++attempt) {
      const bool done = detail::without_exceptions(
          [&] {
            if (!engine.begin()) return false;
            unit open{engine};
            for (std::size_t i = begin; i < end; ++i)
              if (arrivals_[i].what == state::waiting && keep(engine, arrivals_[i]) == kept::failed) return false;
            return engine.commit();
          },
          [&](const char* words) {
            has_thrown_ = true;
            cause_ = failure(failure::kind::interrupted, 0, "handling it threw: ", words);
            return false;
          });
      if (done) {
        at_ = {app_.incarnation(), app_.last_position()};
        return true;
      }
      wait_again();
      if (has_thrown_) return false;
      cause_ = engine.last_failure();
      if (cause_.why != failure::kind::conflict || attempt == detail::conflict_retries) return false;
    }
  }
  bool keeps_all() { return keeps(0, used_); }

  /// One of them is in the way: each in a commit of its own. What cannot be kept now is handed back, with all that come behind it, so that no key loses
  /// its order.
  void keeps_each(received& result) {
    for (std::size_t i = 0; i < used_; ++i) {
      arrival& one = arrivals_[i];
      if (one.what != state::waiting || keeps(i, i + 1)) continue;
      if (has_thrown_ || detail::is_never_kept(cause_.why, app_.broken() != nullptr)) {
        one.what = state::parked;
        one.cause = cause_.describe();
        continue;
      }
      // Where an inlined view threw, only those of its key wait for it.
      const bool is_of_one = cause_.why == failure::kind::interrupted;
      for (std::size_t later = i; later < used_; ++later)
        if (arrivals_[later].what == state::waiting && (!is_of_one || arrivals_[later].key == one.key)) arrivals_[later].what = state::handed_back;
      if (result) ++failures_;
      result.stop(cause_, app_.broken() == nullptr);
    }
  }
  // ---- and then it is settled. Where that does not arrive, it comes again, and is known

  void settle(received& result) {
    for (std::size_t i = 0; i < used_; ++i) {
      const arrival& one = arrivals_[i];
      switch (one.what) {
        case state::repeated: ++result.repeated; [[fallthrough]];
        case state::kept:
          ++result.handled;
          (void)member_.ack(one.token);
          break;
        case state::parked:
          ++result.put_aside;
          (void)member_.term(one.token, one.cause);
          observers_.tell(parked{name().data(), one.sequence, {one.key.data(), static_cast<std::uint32_t>(one.key.size())}, one.cause.c_str(), one.deliveries});
          break;
        case state::waiting:
        case state::handed_back:
          ++result.handed_back;
          keeps_alive(one);
          (void)member_.nak(one.token, waits_.wait_after(failures_));
          break;
        case state::missed:
          ++result.handed_back;
          (void)member_.nak(one.token, waits_.wait_after(one.deliveries));
          break;
      }
    }
  }

  App& app_;
  [[no_unique_address]] Clock clock_;
  back_off waits_;
  std::size_t batch_;
  Observers observers_;
  [[no_unique_address]] Claims claims_;
  std::vector<std::string_view> topics_;
  typename Transport::connection wire_;
  decltype(wire_.subscribe(subscribing{})) member_;
  detail::understanding<names, Codecs, has_claims> reading_;
  std::deque<arrival> arrivals_;  // the places are used again
  std::size_t used_ = 0;
  std::uint32_t failures_ = 0;
  failure cause_{};
  bool has_thrown_ = false;
  gesta::checkpoint at_{};
};

namespace detail {

/// In the place of a reader of structured mode, where none was given.
struct no_structured_mode {};

/// What an inbox reads: payloads by these codecs; and, where one of them is gesta::structured_json, messages in structured mode.
template <class Structured, class... Codec>
struct reads : codecs<Codec...> {
  using structured = Structured;
  static constexpr bool has_structured = !same<Structured, no_structured_mode>;
  static constexpr bool is_structured(std::string_view type) noexcept {
    if constexpr (has_structured) return is_content_type(type, Structured::content_type);
    else return (void)type, false;
  }
  template <class Reader>
  static envelope_result read(Reader& reader, std::string_view& payload, const envelope*& what) {
    if constexpr (has_structured) {
      const envelope_result result = reader.read(payload);
      payload = reader.payload();
      what = &reader.what();
      return result;
    } else {
      return (void)reader, (void)payload, (void)what, envelope_result{envelope_result::kind::no_json, "event"};
    }
  }
};
template <class Codec>
concept structured_mode = requires { typename Codec::structured_reader; };
template <class Codec>
struct structured_of : type_is<no_structured_mode> {};
template <structured_mode Codec>
struct structured_of<Codec> : type_is<typename Codec::structured_reader> {};

template <class Structured, class Kept, class... Codec>
struct sorted_codecs;
template <class Structured, class... Kept>
struct sorted_codecs<Structured, types<Kept...>> : type_is<reads<Structured, Kept...>> {};
template <class Structured, class... Kept, class First, class... More>
struct sorted_codecs<Structured, types<Kept...>, First, More...>
    : std::conditional_t<structured_mode<First>, sorted_codecs<typename structured_of<First>::type, types<Kept...>, More...>,
                         sorted_codecs<Structured, types<Kept..., First>, More...>> {};

template <class Option>
inline constexpr bool is_any_payload_in = false;
template <class... Codec>
inline constexpr bool is_any_payload_in<payload_in<Codec...>> = true;
template <class... Option>
struct reads_of_options : type_is<reads<no_structured_mode, gesta::binary>> {};
template <class... Codec, class... Option>
struct reads_of_options<payload_in<Codec...>, Option...> : sorted_codecs<no_structured_mode, types<>, Codec...> {};
template <class First, class... Option>
  requires(!is_any_payload_in<First>)
struct reads_of_options<First, Option...> : reads_of_options<Option...> {};

template <class Option>
concept inbox_option =
    a_clock<Option> || same<Option, back_off> || same<Option, batch_of> || same<Option, largest_payload> || is_any_payload_in<Option> ||
    is_claim_check<Option> || is_observed_by<Option>;

template <class Inlet, class App, class Transport, class Start, inbox_option... Option>
  requires(same<Start, from_now> || same<Start, from_beginning>)
auto received_by(App& app, const Transport& at, Start, const Option&... option) {
  using observers = decltype(detail::observers_of(option...));
  return receiving<Inlet, App, Transport, typename reads_of_options<Option...>::type, clock_in<Option...>, observers,
                   decltype(detail::claims_of(option...))>(
      app, at, same<Start, from_beginning>, detail::clock_of(option...), detail::option_or<back_off>(back_off{}, option...),
      detail::option_or<batch_of>(batch_of{}, option...).messages, detail::option_or<largest_payload>(largest_payload{}, option...),
      detail::observers_of(option...), detail::claims_of(option...));
}

/// In the place of what receives, where its rules are broken.
struct no_receiving : stand_in {
  received poll(std::uint64_t = 0, duration = {}) { return {}; }
};

}  // namespace detail

/// Makes the inbox of an app whose model lists a gesta::from_outside. `at` is a transport, whose connection it opens; the app outlives it. The start says
/// where a group begins that the transport does not know yet: gesta::from_now, or gesta::from_beginning, with the first message that is kept. Options, in
/// any order: gesta::batch_of, gesta::back_off, gesta::largest_payload, gesta::payload_in<Codec...>, gesta::claim_check, a clock, gesta::observed_by, which hears
/// gesta::parked. Does not compile where the transport gives less than the model needs (E710 to E714).
template <class Inlet, class App, transport Transport, class... Argument>
  requires(!detail::is_mistaken<App>)
auto inbox(App& app, const Transport& at, Argument... argument) {
  constexpr bool is_start_said = (detail::is_start<Argument> || ...);
  constexpr bool has_id = requires { Inlet::id; };
  if constexpr (!is_start_said) {
    (void)sizeof(diagnostic::start_not_said<is_start_said, Inlet>);
    return detail::no_receiving{};
  } else if constexpr (!has_id) {
    (void)sizeof(diagnostic::effect_without_id<has_id, Inlet>);
    return detail::no_receiving{};
  } else if constexpr (!detail::takes_back_units<App>()) {
    (void)sizeof(diagnostic::cannot_take_back<detail::takes_back_units<App>(), typename detail::engine_in<App>::log_type>);
    return detail::no_receiving{};
  } else if constexpr (detail::outside_in<detail::flow_of_log<App>>::heard_list::size == 0) {
    (void)sizeof(diagnostic::nothing_heard<false, typename App::model_type>);
    return detail::no_receiving{};
  } else if constexpr (!connects<typename App::model_type, Transport>) {
    gesta::check_connection<typename App::model_type, Transport>();
    return detail::no_receiving{};
  } else {
    return detail::received_by<Inlet>(app, at, argument...);
  }
}
template <class Inlet, class App, class... Argument>
  requires detail::is_mistaken<App>
detail::no_receiving inbox(App&, Argument&&...) {
  return {};
}

}  // namespace gesta
