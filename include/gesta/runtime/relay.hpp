// Who tells others what happened here: it follows a log, makes integration events of its events, and publishes them, those of one key in order.
// Floor: runtime.
// May include: all above.
//
//     struct outlet { static constexpr auto id = "shop.outlet"; };      // names its checkpoint, and says who speaks
//     auto out = gesta::relay<outlet>(app, gesta::sqlite_views{"shop.db"}, link, gesta::from_beginning{});
//     out.poll();                                                       // or gesta::keep_up(out, bell)
//
// The log is the outbox: an event that was kept cannot be missing in it, and is not written twice. What is published is noted when the transport has
// accepted it. A program that ends between the two publishes again, under the same ids: they are made of the place in the log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <type_traits>

#include <gesta/codec/binary.hpp>
#include <gesta/delivery/claim_check.hpp>
#include <gesta/delivery/payload.hpp>
#include <gesta/message/most_bytes.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/model/outside.hpp>
#include <gesta/react/publish.hpp>
#include <gesta/runtime/back_off.hpp>
#include <gesta/runtime/clock.hpp>
#include <gesta/runtime/consumer_options.hpp>
#include <gesta/runtime/effects.hpp>
#include <gesta/runtime/log_reading.hpp>
#include <gesta/runtime/passing.hpp>
#include <gesta/runtime/relay_share.hpp>
#include <gesta/transport/transport.hpp>

namespace gesta {

/// Into how many shares the keys of an outlet are cut, each with a checkpoint and a claim of its own: so many relays can work at once, and the order of a
/// key is never broken, as a key is of one share. It stays as it was when the outlet began.
struct shares {
  std::uint32_t count = 1;
};

/// How many messages a relay publishes and notes in one commit, at most: as many are published again after a crash.
struct batch_of {
  std::size_t messages = 256;
};

/// Publishes the integration events of a log: made by `gesta::relay<outlet>(log, views, link, gesta::from_beginning{})`. It acts only when it is polled;
/// gesta::keep_up runs it. Not copyable; one thread at a time, the one that uses the log and the connection.
///
/// Promises: each integration event that `publish` makes of an event of the log is accepted by the transport at least once, whatever ends the program and
/// whenever, and always under the same id. Those of one key are published in the order of the log, each when the one before it was accepted; those of
/// different keys at once. A key is what `locate(const Outlet&, const Event&)` says, else that of the event's entity, as text. When the
/// transport cannot be reached, or has no room, the relay waits and tries again (`poll` is failure::kind::busy meanwhile), as gesta::back_off says. A
/// message that the transport will never take is put aside as a letter, and later ones of its key wait behind it until a person says what becomes of it.
/// With a gesta::claim_check a payload that is too large is kept in a store of blobs before its message is published; where it cannot be kept the relay
/// waits as for the transport.
///
/// Several relays of one name, on one view store: each share is worked by who holds its claim, and those who hold claims divide the shares among them.
template <class Outlet, class Log, class Views, class Link, class Codec = binary, class Clock = system_clock, class Observers = observed_by<>,
          class Claims = detail::no_claim_check>
class relaying {
  using share_type = detail::relay_share<Outlet, Log, Views, Link, Codec, Clock, Observers, Claims>;

 public:
  template <class Start>
  relaying(Log& log, const Views& views, Link& wire, Start start, const Clock& clock, shares cut, const detail::relay_rules& rules, const Observers& observers,
           const Claims& claims = {})
      : log_(log), clock_(clock), claims_(claims), count_(cut.count == 0 ? 1 : cut.count) {
    for (std::uint32_t i = 0; i < count_; ++i) {
      Start begins = start;
      if constexpr (std::is_same_v<Start, continues>) begins.id = olds_.emplace_back(name_of_share(start.id, i)).c_str();
      shares_.emplace_back(log, views, wire, name_of_share(own_name(), i), i, count_, begins, clock, rules, observers, claims);
    }
  }
  relaying(const relaying&) = delete;
  relaying& operator=(const relaying&) = delete;

  /// The outlet's id. Its checkpoint and letters lie under it; of several shares under `shop.outlet/0/4` and so on.
  static constexpr std::string_view name() noexcept { return own_name(); }

  /// Tries the letters that are due, and publishes what was kept in the log since: at most `limit` events that are told to others, for each share that is
  /// its own. False: the view store or the log failed; failure::kind::busy, while it waits for the transport; failure::kind::conflict, when somebody else
  /// publishes under this name without a claim, or has cut it into another number of shares; failure::kind::stopped, see gesta::stop_after.
  consumed poll(std::uint64_t limit = 1000) {
    consumed result;
    if (!(is_cut_ || knows_cut(result)) || !balances(result)) return result;
    if constexpr (!detail::same<Claims, detail::no_claim_check>) collects();
    const std::uint32_t most = most_shares();
    std::uint32_t mine = 0, asked = 0, elsewhere = 0, paused = 0;
    for (const share_type& one : shares_) mine += one.is_held_by(lease_.owner);
    bool is_live = true;
    for (share_type& one : shares_) {
      const bool was_mine = one.is_held_by(lease_.owner);
      if (!was_mine && mine >= most) continue;
      ++asked;
      const consumed made = one.poll(limit);
      mine += !was_mine && one.is_held_by(lease_.owner);
      result.handled += made.handled;
      result.put_aside += made.put_aside;
      elsewhere += made.owned_elsewhere;
      paused += made.is_paused;
      is_live = is_live && (made.caught_up || made.owned_elsewhere);
      if (!made && (result || (result.passes && !made.passes))) result.stop(made.why(), made.passes);
    }
    result.owned_elsewhere = elsewhere == asked;
    result.is_paused = paused != 0;
    result.caught_up = result && is_live && !result.owned_elsewhere && !result.is_paused;
    return result;
  }

  /// Up to where everything of all shares was published and noted, as this one knows it.
  const gesta::checkpoint& checkpoint() const noexcept {
    const gesta::checkpoint* least = &shares_.front().checkpoint();
    for (const share_type& one : shares_)
      if (one.checkpoint().position < least->position) least = &one.checkpoint();
    return *least;
  }
  /// How far it is behind the log: events of all kinds between its checkpoint and the end, and the age of the first of them.
  read_result measure(lag& behind) {
    behind = {};
    gesta::checkpoint at;
    for (share_type& one : shares_) {
      progress state;
      if (!one.views().load(one.name(), state)) return read_result(one.views().last_failure());
      if (&one == &shares_.front() || state.at.position < at.position) at = state.at;
    }
    const read_result known = log_.holds(at);
    if (!known) return known;
    if (const read_result counted = log_.count_behind(at, behind.events); !counted || behind.events == 0) return counted;
    const auto note = [&](const auto&, const about& where) {
      if (where.time.nanoseconds != 0) behind.nanoseconds = clock_().nanoseconds - where.time.nanoseconds;
      return false;
    };
    return log_.read({.after = at.position, .limit = 1}, note, unknown_events::skip);
  }
  /// Why it waits for the transport; nullptr: it does not.
  const failure* trouble() const noexcept {
    for (const share_type& one : shares_)
      if (const failure* const why = one.trouble()) return why;
    return nullptr;
  }
  const failure* broken() const noexcept { return shares_.front().broken(); }
  auto& views() noexcept { return shares_.front().views(); }

  // ---- several relays

  /// From the next poll on it acts under this claim only. Of several relays with claims each takes as many shares as is fair, and takes over those of
  /// one that is gone when its claim has ended.
  void under(const lease& mine) noexcept {
    lease_ = mine;
    for (share_type& one : shares_) one.under(mine);
  }
  void take_over() noexcept {
    for (share_type& one : shares_) one.take_over();
  }
  /// Gives its claims back, so that another one goes on at once.
  read_result release() {
    read_result all = leaves_members();
    for (share_type& one : shares_)
      if (const read_result kept = one.release(); all && !kept) all = kept;
    return all;
  }
  /// Lets the outlet stand still, in whichever process it runs, until somebody says resume().
  read_result pause() {
    return each([](share_type& one) { return one.pause(); });
  }
  read_result resume() {
    return each([](share_type& one) { return one.resume(); });
  }

  // ---- messages that were put aside

  /// visit(const letter&) for each event whose message was refused, or waits behind one of its key; it may return false to end it.
  template <class Visit>
  read_result letters(Visit&& visit) {
    bool goes_on = true;
    return each([&](share_type& one) {
      if (!goes_on) return read_result();
      return one.letters([&](const letter& told) {
        if constexpr (std::is_void_v<decltype(visit(told))>) visit(told);
        else goes_on = static_cast<bool>(visit(told));
        return goes_on;
      });
    });
  }
  /// As those of gesta::effects.
  read_result retry(const letter& one) { return of_key(one).retry(one); }
  read_result retry_all() {
    return each([](share_type& one) { return one.retry_all(); });
  }
  read_result discard(const letter& one, std::string_view reason) { return of_key(one).discard(one, reason); }

 private:
  static constexpr std::string_view own_name() noexcept { return event_id{Outlet::id}.name; }
  std::string name_of_share(std::string_view id, std::uint32_t i) const {
    std::string name(id);
    if (count_ != 1) name += "/" + std::to_string(i) + "/" + std::to_string(count_);
    return name;
  }
  share_type& of_key(const letter& one) { return shares_[detail::share_of(one.key, count_)]; }
  template <class Act>
  read_result each(Act&& act) {
    for (share_type& one : shares_)
      if (const read_result kept = act(one); !kept) return kept;
    return {};
  }

  /// act(views, good) in a unit of its own.
  template <class Act>
  read_result in_unit(Act&& act) {
    auto& store = views();
    if (const failure* const cause = store.broken()) return read_result(*cause);
    if (!store.begin()) return read_result(store.last_failure());
    failure cause;
    if (act(store, cause)) return store.commit() ? read_result() : read_result(store.last_failure());
    if (cause.detail[0] == '\0') cause = store.last_failure();
    store.rollback();
    return read_result(cause);
  }

  bool store_fails(const read_result& kept, consumed& result) {
    result.stop(kept.why(), detail::view_may_pass(kept.why().why, views().broken() != nullptr));
    return false;
  }

  /// Takes away blobs that are older than any message on its way. Where that fails it is tried again in its time: nobody waits for it.
  void collects() {
    const duration keep = claims_.rules.keep;
    const timestamp now = clock_();
    if (keep.nanoseconds <= 0 || now.nanoseconds < collect_at_.nanoseconds) return;
    collect_at_ = now + duration{keep.nanoseconds / 16};
    std::uint64_t count = 0;
    (void)claims_.blobs->collect(timestamp{now.nanoseconds - keep.nanoseconds}, count);
  }

  /// The number of shares is kept, in the place of a position: with another one the checkpoints would not be found, and keys change their share.
  bool knows_cut(consumed& result) {
    const std::string row = std::string(own_name()) + "/shares";
    const read_result kept = in_unit([&](auto& store, failure& cause) {
      progress there;
      if (!store.load(row, there)) return false;
      if (there.at.position == count_) return true;
      if (there.at.position != 0) {
        cause = failure(failure::kind::conflict, 0, "the outlet ", own_name().data(), " is cut into ", there.at.position, " shares, and not into ");
        cause.add(std::uint64_t{count_});
        return false;
      }
      there.at.position = count_;
      return store.save(row, there);
    });
    is_cut_ = static_cast<bool>(kept);
    if (!kept) store_fails(kept, result);
    return is_cut_;
  }

  // ---- who of several takes which: each has a row that says that it lives, and counts the rows

  std::string row_of_member(std::uint32_t i) const { return std::string(own_name()) + "/member/" + std::to_string(i); }
  std::uint32_t most_shares() const noexcept { return (count_ + members_ - 1) / members_; }
  bool balances(consumed& result) {
    if (lease_.owner == message_id{} || count_ == 1) return true;
    const timestamp now = clock_();
    if (now.nanoseconds < balance_at_.nanoseconds) return true;
    std::uint32_t living = 0;
    const read_result kept = in_unit([&](auto& store, failure&) {
      bool is_member = false;
      std::uint32_t place = count_;
      progress mine;
      for (std::uint32_t i = 0; i < count_; ++i) {
        progress there;
        if (!store.load(row_of_member(i), there)) return false;
        const bool is_mine = there.owner == lease_.owner;
        const bool lives = is_mine || (there.owner != message_id{} && now.nanoseconds < there.until.nanoseconds);
        living += lives;
        if (is_mine || (!lives && !is_member && place == count_)) place = i, mine = there;
        is_member = is_member || is_mine;
      }
      if (place == count_) return true;  // more relays than shares
      living += !is_member;
      mine.owner = lease_.owner;
      mine.until = now + lease_.lasts;
      return store.save(row_of_member(place), mine);
    });
    if (!kept) return store_fails(kept, result);
    members_ = living == 0 ? 1 : living;
    balance_at_ = now + duration{lease_.lasts.nanoseconds / 3};
    std::uint32_t mine = 0;
    for (const share_type& one : shares_) mine += one.is_held_by(lease_.owner);
    for (std::size_t i = shares_.size(); i-- != 0 && mine > most_shares();) {
      if (!shares_[i].is_held_by(lease_.owner)) continue;
      if (const read_result gave = shares_[i].release(); !gave) return store_fails(gave, result);
      shares_[i].forget_claim();
      --mine;
    }
    return true;
  }
  read_result leaves_members() {
    if (lease_.owner == message_id{} || count_ == 1) return {};
    balance_at_ = {};
    return in_unit([&](auto& store, failure&) {
      for (std::uint32_t i = 0; i < count_; ++i) {
        progress there;
        if (!store.load(row_of_member(i), there)) return false;
        if (there.owner == lease_.owner && !store.save(row_of_member(i), progress{})) return false;
      }
      return true;
    });
  }

  Log& log_;
  [[no_unique_address]] Clock clock_;
  [[no_unique_address]] Claims claims_;
  std::uint32_t count_;
  std::deque<std::string> olds_;
  std::deque<share_type> shares_;  // they stay where they are
  lease lease_{};
  std::uint32_t members_ = 1;
  timestamp balance_at_{}, collect_at_{};
  bool is_cut_ = false;
};

namespace detail {

template <class Option>
inline constexpr bool is_payload_in = false;
template <class Codec>
inline constexpr bool is_payload_in<payload_in<Codec>> = true;
template <class Option>
concept relay_option = (consumer_option<Option> && !same<Option, events_a_commit>) || same<Option, shares> || same<Option, back_off> ||
                       same<Option, batch_of> || is_payload_in<Option> || is_claim_check<Option>;

template <class... Option>
struct codec_of_options : type_is<gesta::binary> {};
template <class Codec, class... Option>
struct codec_of_options<payload_in<Codec>, Option...> : type_is<Codec> {};
template <class First, class... Option>
  requires(!is_payload_in<First>)
struct codec_of_options<First, Option...> : codec_of_options<Option...> {};

template <class Integrations>
struct sendable;
template <class... Integration>
struct sendable<types<Integration...>> : rules::stored_rules<types<Integration...>> {};

/// The most bytes that every connection of a type takes, where the type says it; else 0.
template <class Link>
constexpr std::size_t largest_of_connection() noexcept {
  if constexpr (requires { std::size_t{Link::largest_message}; }) return Link::largest_message;
  else return 0;
}

/// Which integration event is known to be larger on the wire than a connection takes: in the binary form, as others have no bound.
template <class Integrations, class Codec, class Link>
inline constexpr std::size_t larger_than_connection = npos;
template <class... Integration, class Link>
inline constexpr std::size_t larger_than_connection<types<Integration...>, gesta::binary, Link> = [] {
  constexpr std::size_t largest = largest_of_connection<Link>();
  return first_true({(largest != 0 && most_bytes<Integration>() != npos && most_bytes<Integration>() > largest)..., false});
}();

template <class Outlet, class Log, class Views, class Link, class Start, relay_option... Option>
  requires is_start<Start>
auto relayed_by(Log& log, const Views& views, Link& wire, Start start, const Option&... option) {
  using clock = clock_in<Option...>;
  using observers = decltype(detail::observers_of(option...));
  using claims = decltype(detail::claims_of(option...));
  const relay_rules rules{detail::option_or<back_off>(back_off{}, option...), detail::option_or<batch_of>(batch_of{}, option...).messages,
                          detail::option_or<unknown_events>(unknown_events::fail, option...), detail::option_or<stop_after>(stop_after{}, option...)};
  return relaying<Outlet, Log, Views, Link, typename codec_of_options<Option...>::type, clock, observers, claims>(
      log, views, wire, start, detail::clock_of(option...), detail::option_or<shares>(shares{}, option...), rules, detail::observers_of(option...),
      detail::claims_of(option...));
}

}  // namespace detail

/// Makes the relay of an outlet. `log` is an app, or a gesta::reader, so that a relay may be a process of its own; `wire` is an opened connection of any
/// transport; both outlive it. The start says where it begins as long as it has no checkpoint in the view store: gesta::from_now, gesta::from_beginning or
/// gesta::continues. Options, in any order: a clock, gesta::shares, gesta::back_off, gesta::batch_of, gesta::payload_in<Codec>, gesta::unknown_events,
/// gesta::stop_after, gesta::claim_check, gesta::observed_by: those hear gesta::parked and gesta::retried. Does not compile without a claim check where an
/// integration event may be larger than the connection takes, as far as the types say it (E740). The outlet says `id`, the name of its checkpoint, and where it
/// wants to `source`, the name under which it speaks; it is the id otherwise.
template <class Outlet, class Log, class Views, transport_connection Link, class... Argument>
  requires(!detail::is_mistaken<Log>)
auto relay(Log& log, const Views& views, Link& wire, Argument... argument) {
  using flow_type = detail::flow_of_log<Log>;
  constexpr bool is_start_said = (detail::is_start<Argument> || ...);
  constexpr bool has_id = requires { Outlet::id; };
  constexpr bool tells = detail::published_events<flow_type>::size != 0;
  using written = typename detail::sendable<detail::integrations_in<flow_type>>;
  if constexpr (!is_start_said) {
    (void)sizeof(diagnostic::start_not_said<is_start_said, Outlet>);
    return detail::no_effects{};
  } else if constexpr (!has_id) {
    (void)sizeof(diagnostic::effect_without_id<has_id, Outlet>);
    return detail::no_effects{};
  } else if constexpr (!tells) {
    (void)sizeof(diagnostic::nothing_published<tells, typename Log::model_type>);
    return detail::no_effects{};
  } else if constexpr (!written::kept) {
    (void)sizeof(diagnostic::integration_without_wire_form<false, typename decltype(written::member())::type,
                                                           gesta::detail::at<written::unwritable, typename written::list>>);
    return detail::no_effects{};
  } else if constexpr (constexpr std::size_t large =
                           detail::larger_than_connection<detail::integrations_in<flow_type>, typename detail::codec_of_options<Argument...>::type, Link>;
                       large != detail::npos && !(detail::is_claim_check<Argument> || ...)) {
    (void)sizeof(diagnostic::integration_above_connection<false, detail::at<large, detail::integrations_in<flow_type>>, Link>);
    return detail::no_effects{};
  } else {
    return detail::relayed_by<Outlet>(log, views, wire, argument...);
  }
}
template <class Outlet, class Log, class... Argument>
  requires detail::is_mistaken<Log>
detail::no_effects relay(Log&, Argument&&...) {
  return {};
}

}  // namespace gesta
