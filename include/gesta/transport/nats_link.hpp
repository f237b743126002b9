// A connection to a NATS server and the streams behind it: what publishing and subscribing stand on.
// Floor: transport.
// May include: detail, message, store, delivery; cnats.
//
// Everything waits for the server in the calling thread and takes what comes out of one queue; cnats' own threads read and write the socket.
// Acceptances are asked for by a reply subject of our own and not by `js_PublishAsync`, which (3.4) tells of failures alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include <nats/nats.h>

#include <gesta/delivery/parcel.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/transport/nats_names.hpp>

namespace gesta::detail {

/// Owns what cnats hands out.
template <class Handle, void (*Destroy)(Handle*)>
class nats_owned {
 public:
  nats_owned() = default;
  nats_owned(nats_owned&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  nats_owned& operator=(nats_owned&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~nats_owned() { reset(); }

  void reset() noexcept {
    if (handle_ != nullptr) Destroy(std::exchange(handle_, nullptr));
  }
  Handle* get() const noexcept { return handle_; }
  /// For a call that fills it.
  Handle** fill() noexcept {
    reset();
    return &handle_;
  }
  explicit operator bool() const noexcept { return handle_ != nullptr; }

 private:
  Handle* handle_ = nullptr;
};
using nats_message = nats_owned<natsMsg, natsMsg_Destroy>;
using nats_inbox = nats_owned<natsSubscription, natsSubscription_Destroy>;

/// A number behind `"name":` in the server's answer; 0 where there is none.
inline std::uint64_t number_in(std::string_view json, std::string_view name) noexcept {
  const std::size_t at = json.find(name);
  if (at == std::string_view::npos) return 0;
  std::uint64_t number = 0;
  for (std::size_t i = at + name.size(); i < json.size() && (json[i] == ' ' || (json[i] >= '0' && json[i] <= '9')); ++i)
    if (json[i] != ' ') number = number * 10 + static_cast<std::uint64_t>(json[i] - '0');
  return number;
}

/// `tcp://user:secret@host:4222` without who and the secret.
inline std::string without_secret(std::string_view url) {
  const std::size_t at = url.rfind('@');
  const std::size_t scheme = url.find("://");
  if (at == std::string_view::npos) return std::string(url);
  const std::size_t from = scheme == std::string_view::npos ? 0 : scheme + 3;
  return std::string(url.substr(0, from)) + "...@" + std::string(url.substr(at + 1));
}

using steady = std::chrono::steady_clock;

inline steady::time_point after(duration time) {
  return steady::now() + std::chrono::nanoseconds(time.nanoseconds < hours(24 * 365).nanoseconds ? time.nanoseconds : hours(24 * 365).nanoseconds);
}
inline std::int64_t milliseconds_until(steady::time_point when) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(when - steady::now()).count();
  return left < 0 ? 0 : left;
}

/// What the streams of one transport are: names begin with `stream`.
struct nats_place {
  std::string url;
  std::string stream;  ///< what is published; `<stream>_dead` has dead letters, `<stream>_again` those that were revived
  unsigned partitions;
  duration patience;
  duration keep;
  std::uint64_t most_bytes;
};

class nats_link {
 public:
  explicit nats_link(nats_place place) : place_(std::move(place)) {
    if (is_nats_word(place_.stream)) return;
    hopeless_ = failure(failure::kind::cannot_open, 0, "the name of a stream is one word of letters, digits, _ and -");
    is_hopeless_ = true;
  }
  nats_link(const nats_link&) = delete;
  nats_link& operator=(const nats_link&) = delete;
  ~nats_link() {
    if (connection_) (void)natsConnection_FlushTimeout(connection_.get(), 1000);  // acknowledgements that are on their way
    answers_.reset();
    if (connection_) natsConnection_Close(connection_.get());
  }

  /// Connects where that was not done yet, and makes the streams. What is not there, or was lost, is waited for.
  bool ready(duration patience) {
    const steady::time_point end = after(patience);
    while (!is_ready(end)) {
      if (is_hopeless_ || steady::now() >= end) return false;
      rests(end);
    }
    return true;
  }
  /// Between two attempts.
  static void rests(steady::time_point end) {
    const std::int64_t left = milliseconds_until(end);
    nats_Sleep(left < 20 ? left : 20);
  }
  /// It is not what was meant, and does not become it.
  bool is_hopeless() const noexcept { return is_hopeless_; }
  /// A connection was made, and perhaps lost since.
  bool has_been_connected() const noexcept { return static_cast<bool>(connection_); }
  const failure* broken() {
    const failure before = last_;
    if (ready({})) return last_ = before, nullptr;
    return &last_;
  }
  bool is_connected() const noexcept { return connection_ && natsConnection_Status(connection_.get()) == NATS_CONN_STATUS_CONNECTED; }

  natsConnection* connection() const noexcept { return connection_.get(); }
  jsCtx* streams() const noexcept { return jet_.get(); }
  const nats_place& place() const noexcept { return place_; }
  std::string dead_stream() const { return place_.stream + "_dead"; }
  std::string again_stream() const { return place_.stream + "_again"; }
  std::string subject_of(std::string_view topic, std::string_view key) const {
    return place_.stream + "." + std::to_string(partition_of(key, place_.partitions)) + "." + std::string(topic);
  }
  /// The streams may be gone: they are looked for before the next call.
  void doubt() noexcept { has_streams_ = false; }
  /// How often the connection was lost.
  std::uint64_t losses() {
    if (!connection_ || (!figures_ && natsStatistics_Create(figures_.fill()) != NATS_OK)) return 0;
    const bool is_lost = !is_connected();
    std::uint64_t in = 0, in_bytes = 0, out = 0, out_bytes = 0, again = 0;
    if (natsConnection_GetStats(connection_.get(), figures_.get()) == NATS_OK)
      (void)natsStatistics_GetCounts(figures_.get(), &in, &in_bytes, &out, &out_bytes, &again);
    return again + (is_lost ? 1 : 0);
  }

  // ---- what was published, and is not answered yet

  /// The reply subject of the next message.
  std::string next_reply() {
    if (sent_.size() >= most_open) (void)takes_answers(0);
    return answers_subject_ + std::to_string(first_ + sent_.size());
  }
  /// The ticket of a message that could not be sent now: nobody knows of it.
  std::uint64_t sends_nothing() {
    sent_.push_back({.what = answer::unknown, .losses = 0});
    return first_ + sent_.size() - 1;
  }
  /// Sends a message that was made with it; its acceptance is awaited. 0: it could not be sent.
  std::uint64_t send(natsMsg* message) {
    if (const natsStatus came = natsConnection_PublishMsg(connection_.get(), message); came != NATS_OK) {
      const auto why = came == NATS_MAX_PAYLOAD ? failure::kind::too_large : failure::kind::busy;
      (void)fails(failure(why, came, "a message was not sent: ", natsStatus_GetText(came)));
      return 0;
    }
    sent_.push_back({.losses = losses()});
    return first_ + sent_.size() - 1;
  }

  enum class answer : std::uint8_t { open, accepted, duplicate, refused, unknown, told };

  answer wait(std::uint64_t number, duration time) {
    if (number == 0) return answer::refused;
    if (number < first_ || number >= first_ + sent_.size() || sent_[number - first_].what == answer::told)
      return fails(failure(failure::kind::conflict, 0, "nobody waits for the ticket ", number)), answer::unknown;
    const steady::time_point end = after(time);
    flushes(number, milliseconds_until(end));
    // What was sent before a connection was lost is answered by nobody.
    while (sent_[number - first_].what == answer::open && sent_[number - first_].losses == losses() && takes_answers(milliseconds_until(end))) {}
    one& of = sent_[number - first_];
    answer what = of.what;
    if (what == answer::open) {
      what = answer::unknown;
      (void)fails(failure(failure::kind::busy, 0, "no answer of ", shown_url().c_str()));
    } else if (what == answer::refused || (what == answer::unknown && of.code != 0)) {
      (void)fails(why_refused(of.code));
    }
    of.what = answer::told;
    while (!sent_.empty() && sent_.front().what == answer::told) sent_.pop_front(), ++first_;
    return what;
  }

  const failure& last_failure() const noexcept { return last_; }
  bool fails(const failure& cause) {
    last_ = cause;
    return false;
  }
  bool fails_with(const char* what, natsStatus came, int code = 0) {
    return fails(failure(came == NATS_TIMEOUT || came == NATS_CONNECTION_DISCONNECTED || came == NATS_NO_SERVER || came == NATS_NO_RESPONDERS
                             ? failure::kind::busy
                             : failure::kind::input_output,
                         code != 0 ? code : static_cast<int>(came), what, ": ", natsStatus_GetText(came)));
  }

 private:
  struct one {
    answer what = answer::open;
    int code = 0;
    std::uint64_t losses = 0;
  };

  std::string shown_url() const { return without_secret(place_.url); }

  bool is_ready(steady::time_point end) {
    if (is_hopeless_) return fails(hopeless_);
    if (!connection_ && !connects()) return false;
    while (!is_connected() && steady::now() < end) nats_Sleep(1);
    if (!is_connected()) return fails(failure(failure::kind::busy, 0, "not connected to ", shown_url().c_str(), ", which is tried again"));
    return has_streams_ || makes_streams();
  }

  bool connects() {
    nats_owned<natsOptions, natsOptions_Destroy> options;
    natsStatus came = natsOptions_Create(options.fill());
    if (came == NATS_OK) came = natsOptions_SetURL(options.get(), place_.url.c_str());
    if (came == NATS_OK) came = natsOptions_SetTimeout(options.get(), place_.patience.nanoseconds / 1'000'000);
    if (came == NATS_OK) came = natsOptions_SetMaxReconnect(options.get(), -1);
    if (came == NATS_OK) came = natsOptions_SetReconnectWait(options.get(), 20);
    if (came == NATS_OK) came = natsOptions_SetReconnectJitter(options.get(), 5, 5);
    if (came == NATS_OK) came = natsOptions_SetIgnoreDiscoveredServers(options.get(), true);
    if (came == NATS_OK) came = natsOptions_SetFailRequestsOnDisconnect(options.get(), true);
    if (came == NATS_OK) came = natsOptions_SetMaxPendingMsgs(options.get(), 1 << 20);
    if (came == NATS_OK) came = natsOptions_SetErrorHandler(options.get(), [](natsConnection*, natsSubscription*, natsStatus, void*) {}, nullptr);
    if (came == NATS_OK) came = natsConnection_Connect(connection_.fill(), options.get());
    jsOptions waits;
    if (came == NATS_OK) came = jsOptions_Init(&waits);
    if (came == NATS_OK) {
      waits.Wait = place_.patience.nanoseconds / 1'000'000;
      came = natsConnection_JetStream(jet_.fill(), connection_.get(), &waits);
    }
    if (came == NATS_OK) {
      char* inbox = nullptr;
      came = natsInbox_Create(&inbox);
      if (came == NATS_OK) answers_subject_ = std::string(inbox) + ".";
      natsInbox_Destroy(inbox);
    }
    if (came == NATS_OK) came = natsConnection_SubscribeSync(answers_.fill(), connection_.get(), (answers_subject_ + "*").c_str());
    if (came == NATS_OK) came = natsSubscription_SetPendingLimits(answers_.get(), -1, -1);
    if (came == NATS_OK) return true;
    answers_.reset();
    connection_.reset();
    return fails(failure(failure::kind::cannot_open, came, shown_url().c_str(), ": ", natsStatus_GetText(came)));
  }

  bool makes_streams() {
    const std::int64_t largest = natsConnection_GetMaxPayload(connection_.get());
    if (largest < most_on_the_wire) {
      hopeless_ = failure(failure::kind::differs, 0, shown_url().c_str(), " takes messages of ", static_cast<std::uint64_t>(largest),
                          " bytes, and not of ");
      hopeless_.add(static_cast<std::uint64_t>(most_on_the_wire));
      return is_hopeless_ = true, fails(hopeless_);
    }
    // How many partitions there are is written down, as all programs must agree on it.
    const std::string about = "gesta, partitions: " + std::to_string(place_.partitions);
    if (!makes(place_.stream, place_.stream + ".>", about, js_LimitsPolicy, place_.keep, place_.most_bytes, minutes(2))) return false;
    if (!makes(dead_stream(), dead_stream() + ".>", "gesta, dead letters", js_LimitsPolicy, {}, 0, minutes(2))) return false;
    if (!makes(again_stream(), again_stream() + ".>", "gesta, revived letters", js_WorkQueuePolicy, {}, 0, minutes(2))) return false;
    return has_streams_ = true;
  }
  bool makes(const std::string& name, const std::string& subject, const std::string& about, jsRetentionPolicy retention, duration keep,
             std::uint64_t most, duration window) {
    nats_owned<jsStreamInfo, jsStreamInfo_Destroy> found;
    jsErrCode code{};
    natsStatus came = js_GetStreamInfo(found.fill(), jet_.get(), name.c_str(), nullptr, &code);
    if (came == NATS_NOT_FOUND || code == JSStreamNotFoundErr) {
      jsStreamConfig config;
      (void)jsStreamConfig_Init(&config);
      const char* const subjects[] = {subject.c_str()};
      config.Name = name.c_str();
      config.Description = about.c_str();
      config.Subjects = const_cast<const char**>(subjects);
      config.SubjectsLen = 1;
      config.Retention = retention;
      config.Storage = js_FileStorage;
      config.Discard = js_DiscardNew;  // full is refused; nothing that was accepted makes room
      config.MaxAge = keep.nanoseconds;
      config.MaxBytes = most == 0 ? -1 : static_cast<std::int64_t>(most);
      config.Duplicates = keep.nanoseconds != 0 && keep < window ? keep.nanoseconds : window.nanoseconds;
      config.AllowDirect = true;
      came = js_AddStream(found.fill(), jet_.get(), &config, nullptr, &code);
      if (came != NATS_OK && code == JSStreamNameExistErr)  // another was faster
        came = js_GetStreamInfo(found.fill(), jet_.get(), name.c_str(), nullptr, &code);
    }
    if (came != NATS_OK) return fails_with(("the stream " + name + " could not be made").c_str(), came, static_cast<int>(code));
    const jsStreamConfig& is = *found.get()->Config;
    const char* const says = is.Description;
    if (says == nullptr || about != says)
      return gives_up(failure(failure::kind::differs, 0, "the stream ", name.c_str(), " is another one: it says \"", says == nullptr ? "" : says,
                              "\", and not \"", about.c_str(), "\""));
    // Not changed: another program may have said it, and what is kept for a shorter time is lost. Who says nothing takes what is there.
    if (keep.nanoseconds != 0 && is.MaxAge != keep.nanoseconds) return keeps_otherwise(name, ".keep", is.MaxAge, keep.nanoseconds, " nanoseconds");
    if (most != 0 && is.MaxBytes != static_cast<std::int64_t>(most))
      return keeps_otherwise(name, ".most_bytes", is.MaxBytes, static_cast<std::int64_t>(most), "");
    return true;
  }
  /// 0 is: without a bound.
  bool keeps_otherwise(const std::string& name, const char* field, std::int64_t is, std::int64_t said, const char* unit) {
    failure cause(failure::kind::differs, 0, "the stream ", name.c_str(), " has ", field, " = ");
    cause.add(static_cast<std::uint64_t>(is < 0 ? 0 : is));
    cause.add(unit);
    cause.add(", and this program says ");
    cause.add(static_cast<std::uint64_t>(said));
    return gives_up(cause);
  }
  bool gives_up(const failure& cause) {
    hopeless_ = cause;
    return is_hopeless_ = true, fails(hopeless_);
  }

  /// The message is on its way now, with all that was sent since, and not when cnats' thread comes to it, a millisecond later. Once for a window that
  /// is waited for: what was on its way before is not flushed again.
  void flushes(std::uint64_t number, std::int64_t milliseconds) {
    if (number < unflushed_ || sent_[number - first_].what != answer::open || milliseconds <= 0 || !is_connected()) return;
    (void)natsConnection_FlushTimeout(connection_.get(), milliseconds < 100 ? milliseconds : 100);  // a lost connection does not end it
    unflushed_ = first_ + sent_.size();
  }
  /// Waits for an answer, and takes what else is there. False: nothing came. It looks up from time to time, as a lost connection wakes nobody.
  bool takes_answers(std::int64_t milliseconds) {
    bool any = false;
    for (;;) {
      nats_message message;
      const natsStatus came = natsSubscription_NextMsg(message.fill(), answers_.get(), any ? 0 : milliseconds < 100 ? milliseconds : 100);
      if (came != NATS_OK) return any || milliseconds > 100;
      any = true;
      const std::string_view subject(natsMsg_GetSubject(message.get()));
      std::uint64_t number = 0;
      for (const char c : subject.substr(answers_subject_.size())) number = number * 10 + static_cast<std::uint64_t>(c - '0');
      if (number < first_ || number >= first_ + sent_.size()) continue;
      one& of = sent_[number - first_];
      if (of.what != answer::open) continue;
      read_answer(message.get(), of);
    }
  }
  static void read_answer(natsMsg* message, one& of) {
    const char* const data = natsMsg_GetData(message);
    const std::string_view json(data == nullptr ? "" : data, static_cast<std::size_t>(natsMsg_GetDataLength(message)));
    if (json.empty()) {  // nobody listens there: no stream, or no JetStream yet
      of.what = answer::unknown;
      of.code = 503;
    } else if (json.find("\"error\"") != std::string_view::npos) {
      of.what = answer::refused;
      of.code = static_cast<int>(number_in(json, "\"err_code\":"));
      if (of.code == JSInsufficientResourcesErr || of.code == JSClusterNotAvailErr) of.what = answer::unknown;
    } else {
      const auto says = [&](std::string_view what) { return json.find(what) != std::string_view::npos; };
      of.what = says("\"duplicate\": true") || says("\"duplicate\":true") ? answer::duplicate : answer::accepted;
    }
  }
  failure why_refused(int code) {
    if (code == 503) {
      doubt();
      return failure(failure::kind::busy, code, "no stream takes messages at ", shown_url().c_str());
    }
    const bool is_full = code == JSStreamStoreFailedErr || code == JSStorageResourcesExceededErr || code == JSMemoryResourcesExceededErr;
    const auto why = code == JSStreamMessageExceedsMaximumErr ? failure::kind::too_large
                     : is_full                                ? failure::kind::full
                                                              : failure::kind::input_output;
    return failure(why, code, "the stream ", place_.stream.c_str(), is_full ? " is full" : " refused a message");
  }

  static constexpr std::size_t most_open = 8192;
  static constexpr std::int64_t most_on_the_wire = 1 << 20;

  nats_place place_;
  nats_owned<natsConnection, natsConnection_Destroy> connection_;
  nats_owned<jsCtx, jsCtx_Destroy> jet_;
  nats_inbox answers_;
  std::string answers_subject_;
  std::deque<one> sent_;
  std::uint64_t first_ = 1;
  nats_owned<natsStatistics, natsStatistics_Destroy> figures_;
  std::uint64_t unflushed_ = 1;  ///< the first message that may not be on its way
  bool has_streams_ = false, is_hopeless_ = false;
  failure hopeless_, last_;
};

}  // namespace gesta::detail
