// Who asks other services: what steps of sagas ask elsewhere is sent, and the answers that come are recorded.
// Floor: runtime.
// May include: all above.
//
//     struct desk { static constexpr auto id = "shop.desk"; };
//     auto asks = gesta::ask_by<desk>(app, link);
//     if (!asks.poll()) ...                    // beside run_sagas(app).poll(); false: the store or the transport could not
//
// What is asked and not answered stands in the records of its instance, and is sent by whoever reads it: there is no second list of what is to be sent
// that could differ. A program that begins sends every open request again, under the number that it has, so who answers knows it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gesta/codec/binary.hpp>
#include <gesta/delivery/edge.hpp>
#include <gesta/delivery/request.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/runtime/app.hpp>
#include <gesta/runtime/attempt.hpp>
#include <gesta/runtime/back_off.hpp>
#include <gesta/runtime/export.hpp>
#include <gesta/runtime/passing.hpp>
#include <gesta/runtime/performers.hpp>
#include <gesta/runtime/sagas.hpp>
#include <gesta/runtime/stand_in.hpp>
#include <gesta/runtime/told_names.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/transport/transport.hpp>

namespace gesta {

/// How far one poll goes, of who asks and of who answers.
struct exchanges {
  std::size_t messages = 256;            ///< at most, each way
  std::size_t messages_a_commit = 1;     ///< answers that share a commit; requests that are served share one in any case
  duration patience = seconds(5);        ///< how long the transport may take to accept what was published; where it did not, nobody waits for the others
  duration wait{};                       ///< how long a poll waits for a message when none is there, or for a transport that is away; who asks has sent before
};

/// What a poll came to. False: the store could not keep an answer, or the transport could not be reached; the next poll tries it again.
struct [[nodiscard]] exchanged {
  std::uint64_t sent = 0;       ///< that the transport has accepted: requests, or answers
  std::uint64_t refused = 0;    ///< that it will not take, as they are: `why` says what it said of the last
  std::uint64_t handled = 0;    ///< messages that were kept: answers, or commands
  std::uint64_t ignored = 0;    ///< that changed nothing: they came twice, or too late
  std::uint64_t parked = 0;     ///< that nobody can read: dead letters, each with its cause
  timestamp next{};             ///< after a failure: nothing is sent before that; else zero
  failure cause{};
  bool failed = false;
  bool passes = false;          ///< of a failure: it may be over by itself, as of a transport that is away

  explicit operator bool() const noexcept { return !failed; }
  const failure& why() const noexcept { return cause; }
};

namespace detail {

template <class Part>
inline constexpr bool has_short_id = false;
template <identified Part>
inline constexpr bool has_short_id<Part> = size_of_name(id_of<Part>.name) <= 30;

/// Who asks, or answers, at the end of an edge: every message has to come. In which order is nothing to it: a request and its undo name each other.
template <class Desk>
struct remote_commands {
  using needs = edge<lossless>;
};

template <class Performer, class Flow>
constexpr bool asks_others() {
  if constexpr (requires { typename Flow::template stream_of<Performer>::reading; }) return Flow::template stream_of<Performer>::reading::asks_elsewhere;
  else return false;
}

/// The saga of a performer: of a pinned one, the struct that is pinned.
template <class Part>
struct saga_of_performer : type_is<Part> {};
template <class Saga>
struct saga_of_performer<pinned<Saga>> : type_is<Saga> {};

inline std::string_view characters(const char* bytes, std::size_t size) noexcept { return size == 0 ? std::string_view() : std::string_view(bytes, size); }

/// The bytes of a message in the binary codec.
template <class Message>
void encode_to(const Message& message, std::string& bytes) {
  bytes.resize(encoded_size(message));
  encode(message, reinterpret_cast<std::byte*>(bytes.data()));
}
template <class Message>
bool decode_from(std::string_view bytes, Message& message) {
  return decode(reinterpret_cast<const std::byte*>(bytes.data()), bytes.size(), message);
}

}  // namespace detail

/// Sends what the sagas of an app ask elsewhere and records the answers. Made by gesta::ask_by; the app outlives it. Not copyable; one thread, the one
/// that uses the app. Several processes of one file may ask: what both send is one request, by its number.
///
/// Promises: each request is sent at least once after the commit that asked it, and again when the program began anew, as the step's `again` says, and
/// every `within` where it is an undo that nobody answers. An answer is recorded, with all that follows from it, in one unit of work before it is
/// acknowledged; one that comes twice, or for what is no longer asked, changes nothing. What cannot be read becomes a dead letter of the group `Desk::id`,
/// with its cause, and keeps nobody waiting.
template <class Desk, class App, class Transport>
class asker {
  using engine_type = std::remove_reference_t<decltype(detail::facts_of_app::engine(std::declval<App&>()))>;
  using flow_type = typename engine_type::flow_type;
  using performers = typename flow_type::performers;
  using connection = typename Transport::connection;
  using subscription = decltype(std::declval<connection&>().subscribe(std::declval<const subscribing&>()));

 public:
  asker(App& app, const Transport& to, duration settle_within = seconds(30))
      : app_(app), link_(to), answers_to_(std::string(name()) + ".answers"), member_(subscribe(settle_within)) {
    if constexpr (engine_type::is_memory) names_.add({0, static_cast<std::uint64_t>(now().nanoseconds)}, 0, name());  // a log that ends with the program
  }
  asker(const asker&) = delete;
  asker& operator=(const asker&) = delete;

  /// The name of its group, whose topic for answers is `<name>.answers`.
  static constexpr std::string_view name() noexcept { return event_id{Desk::id}.name; }

  /// Sends what is to be sent, takes the answers that have come, and sends what follows from them; each at most `how.messages`. While a batch of the
  /// app is open, what it asks is not kept: failure::kind::busy.
  exchanged poll(const exchanges& how = {}) {
    exchanged result;
    if (engine().open()) return fail(result, failure(failure::kind::busy, 0, "a batch of the app is open")), result;
    if (!engine().catch_up()) return fail(result, engine().last_failure()), result;
    if (failure cause; !names_.learn(app_, name(), cause)) return fail(result, cause), result;
    send(how, result);
    if ((!result.failed || has_no_room_ || is_away_) && receive(how, result) && result.handled != 0) send(how, result);
    if (result.failed && off_.until() != timestamp{}) result.next = off_.until();
    return result;
  }

  // ---- what was put aside: dead letters of the group

  /// visit(const dead_letter&) for each answer that nobody here can read, with its cause; it may return false to end it. False: the transport cannot be
  /// reached.
  template <class Visit>
  bool letters(Visit&& visit) {
    return link_.each_dead(name(), [&](const dead_letter& one) {
      if constexpr (std::is_void_v<decltype(visit(one))>) return visit(one), true;
      else return static_cast<bool>(visit(one));
    });
  }
  /// Lets a dead letter be received again, as if it were new: by a program that understands it. False: there is none of this token.
  bool retry(delivery_token token) { return link_.revive(name(), token); }
  /// It is gone; its step waits on, until its time has passed.
  bool discard(delivery_token token) { return link_.discard(name(), token); }

  connection& link() noexcept { return link_; }

 private:
  engine_type& engine() noexcept { return detail::facts_of_app::engine(app_); }
  timestamp now() { return engine().clock()(); }
  template <class Part>
  auto& table_of() {
    return engine().template table_of<typename flow_type::template stream_of<Part>>();
  }
  subscription subscribe(duration settle_within) {
    const std::string_view topics[] = {answers_to_};
    return link_.subscribe({.topics = topics, .group = name(), .settle_within = settle_within, .deliveries = 0, .from_beginning = true});
  }
  bool fail(exchanged& result, const failure& cause) { return fails(result, cause, detail::may_pass(cause.why, app_.broken() != nullptr)); }
  bool fails(exchanged& result, const failure& cause, bool may_pass) {
    result.failed = true;
    result.cause = cause;
    result.passes = may_pass;
    return false;
  }

  // ---- sending

  /// A request that was published, and whose acceptance is awaited.
  struct under_way {
    std::size_t performer;
    std::uint32_t entity;
    std::uint16_t step;
    std::uint64_t wanted;
    std::uint64_t number;
    ticket at;
  };

  void send(const exchanges& how, exchanged& result) {
    has_no_room_ = is_away_ = false;
    if (off_.holds(now())) return;
    out_.clear();
    bool goes_on = true;
    const std::uint64_t before = result.sent;
    send_all(how, result, goes_on, performers{});
    duration patience = how.patience;
    for (const under_way& one : out_) {
      const acceptance became = link_.wait(one.at, patience);
      if (became == acceptance::unknown) patience = {};  // the others may have been answered; nobody waits for them
      settle(one, became, result, goes_on);
    }
    if (goes_on && (!has_no_room_ || result.sent != before)) off_.succeeded();
    if (!goes_on || has_no_room_) off_.failed(now());
  }
  template <class... Part>
  void send_all(const exchanges& how, exchanged& result, bool& goes_on, detail::types<Part...>) {
    (send_of<Part>(how, result, goes_on), ...);
  }
  template <class Part>
  void send_of([[maybe_unused]] const exchanges& how, [[maybe_unused]] exchanged& result, [[maybe_unused]] bool& goes_on) {
    if constexpr (detail::asks_others<Part, flow_type>()) {
      std::vector<std::uint32_t>& waiting = engine().template work_of<Part>().to_send;
      const std::size_t most = waiting.size();  // behind it stands what is tried the next time
      std::size_t done = 0;
      for (; done < most && out_.size() < how.messages && goes_on; ++done) {
        auto& place = table_of<Part>().at(waiting[done]);
        place.state.is_to_send = false;
        if (place.version != 0) send_open<Part>(waiting[done], place.state, result, goes_on);
      }
      waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(done));
    }
  }
  template <class Part, class State>
  void send_open(std::uint32_t entity, State& state, exchanged& result, bool& goes_on) {
    using reading = typename State::reading;
    if (!state.is_under_way() || state.definition != detail::definition_of<reading>) return;  // of another definition nobody goes on with
    for (std::uint16_t i = 0; i < reading::step_count; ++i) {
      const detail::request_elsewhere& one = state.requests[i];
      if (!state.is_open_elsewhere(i) || one.sent >= one.wanted) continue;
      detail::select<reading::step_count>(i, [&](auto at) { publish<Part, at()>(entity, state, result, goes_on); });
    }
  }
  template <class Part, std::size_t I, class State>
  void publish(std::uint32_t entity, State& state, exchanged& result, bool& goes_on) {
    using says = typename State::reading::template step<I>;
    if (state.steps[I].is == detail::step_is::asked) {
      if constexpr (says::is_remote) put<Part, I, says::contract::is_sent>(entity, state, state.template open_command<I>(), 0, result, goes_on);
    } else {
      if constexpr (says::undo_is_remote)
        put<Part, I, says::undo_contract::is_sent>(entity, state, state.template open_undo<I>(), says::is_remote ? state.requests[I].run : 0, result, goes_on);
    }
  }
  template <class Part, std::size_t I, bool IsSent, class State, class Command>
  void put(std::uint32_t entity, State& state, const Command& command, std::uint64_t follows, exchanged& result, bool& goes_on) {
    using saga = typename detail::saga_of_performer<Part>::type;
    using step = typename State::reading::template step<I>::type;
    const detail::request_elsewhere& request = state.requests[I];
    const key_bytes key = table_of<Part>().key(entity);
    const std::string instance = detail::hex_of(detail::characters(key.data, key.size));
    const std::string line_key = std::string(detail::versioned_name_of<saga>) + "/" + instance;
    // A request from before a restore goes on under the name that the log had: who answers knows it.
    const std::string& speaker = names_.at(request.number).source;
    const message_id id = detail::id_of_request(speaker, request.number);
    const message_id_text text(id);
    const message_id correlation = names_.told(state.correlation);
    const traceparent_text trace(trace_of(correlation, id));
    const detail::request_line line{.asker = speaker,
                                    .number = request.number,
                                    .follows = follows,
                                    .answer_to = IsSent ? std::string_view() : std::string_view(answers_to_),
                                    .saga = detail::versioned_name_of<saga>,
                                    .instance = instance,
                                    .step = detail::said_name<step>,
                                    .is_undo = state.steps[I].is == detail::step_is::undo_asked};
    if (!goes_on) return later<Part>(entity);
    if (const failure* const lost = link_.broken()) return void(goes_on = is_tried_again<Part>(entity, *lost, result));
    const envelope around{.id = text.view(),
                          .source = speaker,
                          .type = id_of<Command>.name,
                          .version = id_of<Command>.version,
                          .time = state.changed,
                          .key = line_key,
                          .traceparent = trace.view(),
                          .correlation = correlation,
                          .causation = names_.told({0, request.number}),
                          .content_type = detail::binary_content};
    std::string why;
    if (!headers_.write(line, around, why)) return refuse(state, I, failure(failure::kind::too_large, 0, why.c_str()), result);
    detail::encode_to(command, payload_);
    const ticket at = link_.publish({.topic = id_of<Command>.name, .id = text.view(), .key = line_key, .headers = headers_.all(), .payload = payload_});
    if (at != 0) return out_.push_back({detail::index_of<Part, performers>, entity, static_cast<std::uint16_t>(I), request.wanted, request.number, at});
    const failure cause = link_.last_failure();
    if (detail::is_never_taken(cause.why)) return refuse(state, I, cause, result);
    goes_on = is_tried_again<Part>(entity, cause, result) && goes_on;
  }
  /// The transport will not take it as it is: nothing is gained by trying, and when its time has passed the saga says what then.
  template <class State>
  void refuse(State& state, std::size_t step, const failure& cause, exchanged& result) {
    state.requests[step].sent = state.requests[step].wanted;
    ++result.refused;
    result.cause = cause;
  }
  template <class Part>
  void later(std::uint32_t entity) {
    auto& state = table_of<Part>().at(entity).state;
    if (state.is_to_send) return;
    state.is_to_send = true;
    engine().template work_of<Part>().to_send.push_back(entity);
  }
  /// The transport cannot take it now. True: only there is no room for it, so others are sent.
  template <class Part>
  bool is_tried_again(std::uint32_t entity, const failure& cause, exchanged& result) {
    later<Part>(entity);
    fail(result, cause);
    const bool is_full = cause.why == failure::kind::full;
    has_no_room_ = has_no_room_ || is_full;
    is_away_ = is_away_ || !is_full;
    return is_full;
  }
  void settle(const under_way& one, acceptance became, exchanged& result, bool& goes_on) {
    detail::select<performers::size>(one.performer, [&](auto at) {
      using part = detail::at<at(), performers>;
      if constexpr (detail::asks_others<part, flow_type>()) settle_of<part>(one, became, result, goes_on);
    });
  }
  template <class Part>
  void settle_of(const under_way& one, acceptance became, exchanged& result, bool& goes_on) {
    auto& state = table_of<Part>().at(one.entity).state;
    detail::request_elsewhere& request = state.requests[one.step];
    if (became == acceptance::unknown || became == acceptance::refused) {
      const failure cause = link_.last_failure();
      if (became == acceptance::refused && detail::is_never_taken(cause.why)) return refuse(state, one.step, cause, result);
      if (goes_on) goes_on = is_tried_again<Part>(one.entity, cause, result);
      else later<Part>(one.entity);
      return;
    }
    ++result.sent;
    request.sent = one.wanted;
    using reading = typename std::remove_reference_t<decltype(state)>::reading;
    detail::select<reading::step_count>(one.step, [&](auto at) {
      using says = typename reading::template step<at()>;
      if constexpr (says::contract::is_sent)
        if (state.steps[at()].is == detail::step_is::asked && request.number == one.number) note_sent<Part, at(), false>(one.entity, result, goes_on);
      if constexpr (says::undo_contract::is_sent)
        if (state.steps[at()].is == detail::step_is::undo_asked && request.number == one.number) note_sent<Part, at(), true>(one.entity, result, goes_on);
    });
  }
  /// Nobody answers: that it was accepted is the outcome.
  template <class Part, std::size_t I, bool IsUndo>
  void note_sent(std::uint32_t entity, exchanged& result, bool& goes_on) {
    if (in_unit([&] { return performer_type<Part>::template answer<I, IsUndo>(engine(), entity, now(), gesta::sent{}); })) return;
    table_of<Part>().at(entity).state.requests[I].sent = 0;  // it is sent, and noted, once more
    later<Part>(entity);
    if (goes_on) goes_on = fail(result, thrown_ ? thrown_cause_ : engine().last_failure());
  }

  template <class Part>
  using performer_type = detail::performer<typename detail::saga_of_performer<Part>::type>;

  // ---- units of work

  /// act() in a unit of its own, decided again when others were faster. False: thrown_, or the engine's last failure.
  template <class Act>
  bool in_unit(Act&& act) {
    for (unsigned attempt = 0;; ++attempt) {
      if (!engine().begin()) return thrown_ = false, false;
      engine().begin_chain();
      if (!guarded(act)) {
        const failure cause = engine().last_failure();
        if (engine().open()) engine().roll_back();
        engine().fails(cause);
        return false;
      }
      if (engine().commit()) return true;
      if (engine().last_failure().why != failure::kind::conflict || attempt == detail::conflict_retries) return false;
    }
  }
  template <class Act>
  bool guarded(Act& act) {
    thrown_ = false;
    return detail::without_exceptions(act, [&](const char* words) {
      thrown_ = true;
      thrown_cause_ = failure(failure::kind::interrupted, 0, detail::an_exception, ": ", words);
      return false;
    });
  }

  // ---- answers

  struct answer {
    delivery_token token;
    std::string saga, instance, step, asker, type, payload, content;
    std::uint32_t version;
    std::uint64_t number;
    bool is_undo;
    detail::answer_is what;
    const char* unreadable = nullptr;
  };
  /// What became of one. `later`: it is handed out again.
  enum class taken : std::uint8_t { kept, ignored, parked, later };

  bool receive(const exchanges& how, exchanged& result) {
    in_.clear();
    const std::size_t came = member_.receive(how.messages, how.wait, [&](const delivered& one) { in_.push_back(copy(one)); });
    if (came == 0) {  // it has waited for a lost connection too
      if (const failure* const broken = member_.broken()) return fails(result, *broken, detail::comes_again(broken->why));
      return true;
    }
    const std::size_t together = how.messages_a_commit == 0 ? 1 : how.messages_a_commit;
    bool goes_on = true;
    for (std::size_t i = 0; i < in_.size(); i += together) {
      const std::size_t end = i + together < in_.size() ? i + together : in_.size();
      goes_on = take_some(i, end, result, goes_on);
    }
    return goes_on;
  }
  answer copy(const delivered& from) {
    answer made{};
    made.token = from.token;
    detail::request_line line;
    made.unreadable = detail::read_request(from, line);
    if (made.unreadable == nullptr && !detail::read_answer(from, made.what)) made.unreadable = "it does not say how the command ended";
    const envelope_result known = event_.read(from.headers);
    if (made.unreadable == nullptr && !known) made.unreadable = "its headers are no event of CloudEvents 1.0";
    if (made.unreadable != nullptr) return made;
    made.saga = line.saga;
    made.instance = line.instance;
    made.step = line.step;
    made.asker = line.asker;
    made.number = line.number;
    made.is_undo = line.is_undo;
    made.type = event_.what().type;
    made.version = event_.what().version;
    made.content = event_.what().content_type;
    made.payload = from.payload;
    return made;
  }

  /// Some answers in one unit; where that fails, each in its own. False: the store cannot go on.
  bool take_some(std::size_t first, std::size_t end, exchanged& result, bool goes_on) {
    if (!goes_on) {
      for (std::size_t i = first; i < end; ++i) give_back(in_[i]);
      return false;
    }
    became_.assign(end - first, taken::kept);
    const bool is_kept = in_unit([&] {
      for (std::size_t i = first; i < end; ++i) {
        became_[i - first] = take(in_[i]);
        if (became_[i - first] == taken::later) return false;
      }
      return true;
    });
    if (is_kept) {
      for (std::size_t i = first; i < end; ++i) close(in_[i], became_[i - first], result);
      return true;
    }
    if (end - first > 1) {
      for (std::size_t i = first; i < end; ++i) goes_on = take_some(i, i + 1, result, goes_on);
      return goes_on;
    }
    // One whose saga throws, or was changed, is put aside by the runner and by us: it comes again, and keeps nobody waiting.
    const failure cause = thrown_ ? thrown_cause_ : engine().last_failure();
    const bool is_its_own = thrown_ || detail::is_never_kept(cause.why, app_.broken() != nullptr);
    if (is_its_own) put_aside(in_[first], cause);
    give_back(in_[first]);
    if (is_its_own) return result.cause = cause, true;
    return fail(result, cause);
  }
  void give_back(const answer& one) { (void)member_.nak(one.token, seconds(1)); }
  void close(const answer& one, taken became, exchanged& result) {
    if (became == taken::parked) {
      ++result.parked;
      (void)member_.term(one.token, one.unreadable == nullptr ? why_ : std::string_view(one.unreadable));
      return;
    }
    ++(became == taken::kept ? result.handled : result.ignored);
    (void)member_.ack(one.token);
  }

  taken park(answer& one, const char* why) {
    one.unreadable = why;
    return taken::parked;
  }
  taken take(answer& one) {
    if (one.unreadable != nullptr) return taken::parked;
    if (one.asker != names_.at(one.number).source) return park(one, "it answers a request of another log than this one");
    taken became = taken::parked;
    bool is_found = false;
    take_by(one, became, is_found, performers{});
    return is_found ? became : park(one, "the model has no such saga");
  }
  template <class... Part>
  void take_by(answer& one, taken& became, bool& is_found, detail::types<Part...>) {
    ((is_found ? void() : take_of<Part>(one, became, is_found)), ...);
  }
  template <class Part>
  void take_of([[maybe_unused]] answer& one, [[maybe_unused]] taken& became, [[maybe_unused]] bool& is_found) {
    if constexpr (detail::asks_others<Part, flow_type>()) {
      if (one.saga != detail::versioned_name_of<typename detail::saga_of_performer<Part>::type>) return;
      is_found = true;
      using stream = typename flow_type::template stream_of<Part>;
      std::string bytes;
      std::uint32_t entity = 0;
      if (!detail::bytes_of_hex(one.instance, bytes) || !find<stream>(bytes, entity)) return void(became = park(one, "there is no such instance"));
      became = take_at<Part>(one, entity);
    }
  }
  template <class Stream>
  bool find(const std::string& bytes, std::uint32_t& entity) {
    auto& table = engine().template table_of<Stream>();
    using key_type = typename std::remove_reference_t<decltype(table)>::key_type;
    key_value<key_type> key{};
    if (!read_key(key_bytes{bytes.data(), static_cast<std::uint32_t>(bytes.size())}, key)) return false;
    const auto found = table.find(key);
    if (!found || found->version == 0) return false;
    return entity = found.number, true;
  }
  template <class Part>
  taken take_at(answer& one, std::uint32_t entity) {
    auto& place = table_of<Part>().at(entity);
    using reading = typename std::remove_reference_t<decltype(place.state)>::reading;
    saga_word name;
    if (!name.append(one.step.c_str())) return park(one, "the saga has no such step");
    const std::size_t step = place.state.step_named(name);
    if (step >= reading::step_count) return park(one, "the saga has no such step");
    if (place.state.is_under_way() && place.state.definition != detail::definition_of<reading>) {
      engine().fails(failure(failure::kind::differs, 0, "it began under another definition of the saga"));
      return taken::later;
    }
    taken became = taken::parked;
    detail::select<reading::step_count>(step, [&](auto at) { became = take_step<Part, at()>(one, entity); });
    return became;
  }
  template <class Part, std::size_t I>
  taken take_step(answer& one, std::uint32_t entity) {
    auto& state = table_of<Part>().at(entity).state;
    using says = typename std::remove_reference_t<decltype(state)>::reading::template step<I>;
    const bool is_open = state.is_open_elsewhere(I) && state.requests[I].number == one.number &&
                         (state.steps[I].is == detail::step_is::undo_asked) == one.is_undo;
    if (!is_open) return take_late<Part, I>(one, entity);
    if (one.content != detail::binary_content) return park(one, "the answer is in a form that is not read here");
    if (one.is_undo) {
      if constexpr (says::undo_is_remote) return take_open<Part, I, true, typename says::undo_contract>(one, entity);
    } else {
      if constexpr (says::is_remote) return take_open<Part, I, false, typename says::contract>(one, entity);
    }
    return park(one, "the step asks nothing elsewhere");
  }
  /// What is no longer asked: it came twice, or after its time.
  template <class Part, std::size_t I>
  taken take_late(answer& one, std::uint32_t entity) {
    auto& state = table_of<Part>().at(entity).state;
    const bool is_late = !one.is_undo && state.is_under_way() && state.steps[I].overdue != 0 && state.requests[I].run == one.number;
    if (!is_late) return ++engine().template work_of<Part>().changed_nothing.late, taken::ignored;
    return performer_type<Part>::answer_late(engine(), entity, now(), static_cast<std::uint16_t>(I), one.type.c_str()) ? taken::kept : taken::later;
  }
  template <class Part, std::size_t I, bool IsUndo, class Contract>
  taken take_open(answer& one, std::uint32_t entity) {
    taken became = taken::parked;
    bool is_known = false;
    const auto with = [&](const auto& outcome) {
      became = performer_type<Part>::template answer<I, IsUndo>(engine(), entity, now(), outcome) ? taken::kept : taken::later;
    };
    const auto as = [&]<class Outcome>(type_tag<Outcome>) {
      if (is_known || one.type != id_of<Outcome>.name) return;
      is_known = true;
      if (one.version != id_of<Outcome>.version) return void(became = park(one, "the outcome is of a version that is not known here"));
      Outcome outcome{};
      if (!detail::decode_from(one.payload, outcome)) return void(became = park(one, "the outcome cannot be read"));
      with(outcome);
    };
    const auto any_of = [&]<class... Outcome>(detail::types<Outcome...>) { (as(type_tag<Outcome>{}), ...); };
    if (one.what == detail::answer_is::an_event) any_of(typename Contract::events{});
    else if (one.what == detail::answer_is::a_rejection) any_of(typename Contract::rejections{});
    else if constexpr (Contract::may_do_nothing) is_known = true, with(nothing{});
    return is_known ? became : park(one, "the contract of the command names no such outcome");
  }
  template <class T>
  struct type_tag {};

  /// An instance that cannot take its answer waits for a person, as one that cannot go its step.
  void put_aside(const answer& one, const failure& cause) { put_aside_in(one, cause, performers{}); }
  template <class... Part>
  void put_aside_in(const answer& one, const failure& cause, detail::types<Part...>) {
    (put_aside_of<Part>(one, cause), ...);
  }
  template <class Part>
  void put_aside_of([[maybe_unused]] const answer& one, [[maybe_unused]] const failure& cause) {
    if constexpr (detail::asks_others<Part, flow_type>()) {
      std::string bytes;
      std::uint32_t entity = 0;
      if (one.saga != detail::versioned_name_of<typename detail::saga_of_performer<Part>::type> || !detail::bytes_of_hex(one.instance, bytes) ||
          !find<typename flow_type::template stream_of<Part>>(bytes, entity))
        return;
      auto& work = engine().template work_of<Part>();
      (void)work.take_up(entity);
      work.put(entity, table_of<Part>().at(entity).version, cause);
    }
  }

  App& app_;
  connection link_;
  std::string answers_to_;
  detail::told_names names_;  ///< by which others know what is named here by its position
  subscription member_;
  detail::backing_off off_;
  detail::request_headers headers_;
  cloud_event_read event_;
  std::string payload_, why_;
  std::vector<under_way> out_;
  std::vector<answer> in_;
  std::vector<taken> became_;
  failure thrown_cause_;
  bool thrown_ = false, has_no_room_ = false, is_away_ = false;
};

namespace detail {

/// In the place of one whose rules are broken, so that one mistake stays one error.
struct no_exchange : stand_in {
  exchanged poll(const exchanges& = {}) { return {}; }
};

}  // namespace detail

/// Sends what the sagas of an app ask elsewhere: `auto asks = gesta::ask_by<desk>(app, gesta::socket{"/run/shop"});`. Desk is a struct that says
/// `static constexpr auto id`, the name under which this service asks and is answered: words of [A-Za-z0-9_-] with dots between them. The transport is
/// opened, and may lose nothing that it has accepted. It acts only when it is polled. An answer that a process took and did not live to record comes
/// again after `settle_within`, or at once where the transport sees that the process is gone.
template <class Desk, class App, class Transport>
  requires(!detail::is_mistaken<App>)
auto ask_by(App& app, const Transport& to, duration settle_within = seconds(30)) {
  constexpr bool has_id = detail::has_short_id<Desk>;
  constexpr bool is_sure = connects<detail::remote_commands<Desk>, Transport>;
  (void)sizeof(diagnostic::asker_without_id<has_id, Desk>);
  if constexpr (has_id) check_connection<detail::remote_commands<Desk>, Transport>();
  if constexpr (has_id && is_sure) return asker<Desk, App, Transport>(app, to, settle_within);
  else return detail::no_exchange{};
}
template <class Desk, class App, class... Argument>
  requires detail::is_mistaken<App>
detail::no_exchange ask_by(App&, Argument&&...) {
  return {};
}

}  // namespace gesta
