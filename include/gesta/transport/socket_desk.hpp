// What the broker of `socket` does with what its clients send, without files and sockets: bytes go in, answers come out.
// Floor: transport. A part of the component gesta::socket.
// May include: detail, message, store, delivery.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gesta/delivery/guarantee.hpp>
#include <gesta/delivery/parcel.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/transport/exchange.hpp>
#include <gesta/transport/socket_frame.hpp>
#include <gesta/transport/transport.hpp>

namespace gesta::detail {

/// One client, as the broker sees it.
struct socket_session {
  struct parked_take {
    std::uint64_t number;
    member_id member;
    std::uint32_t most;
    std::int64_t until;  ///< real time
  };

  socket_input in;
  std::string out;                   ///< answers; they are sent when what they say is kept
  std::vector<member_id> members{};  ///< end with the client
  std::vector<parked_take> parked{};
  bool greeted = false;
  bool closing = false;  ///< nothing more is read; closed when `out` is sent
};

template <class Notes = no_notes>
class socket_desk {
 public:
  socket_desk(message_room room, duration dedup_window, std::size_t largest, survival outlives, Notes notes = {})
      : what(room, dedup_window, largest, std::move(notes)), window_(dedup_window), outlives_(outlives) {}

  exchange<Notes> what;

  /// Takes bytes of a client, does what whole frames among them ask for, and answers into `session.out`. A client that sends what is no frame gets
  /// `goodbye` with the cause, and is closed. Returns whether something was done.
  bool feed(socket_session& session, std::string_view bytes, timestamp now, std::int64_t real_now) {
    session.in.add(bytes);
    bool any = false;
    std::string_view body;
    while (!session.closing) {
      const socket_input::state state = session.in.next(body, longest_frame(what.largest()));
      if (state == socket_input::state::none) break;
      any = true;
      if (state == socket_input::state::bad)
        say_goodbye(session, failure(failure::kind::malformed, 0, "a frame is empty, or longer than any may be"));
      else if (!handle(session, body, now, real_now))
        say_goodbye(session, failure(failure::kind::malformed, 0, "a frame is not what its verb says"));
    }
    return any;
  }

  /// Answers the takes that wait, as far as there is something, or their time is over.
  void serve(socket_session& session, timestamp now, std::int64_t real_now) {
    for (auto at = session.parked.begin(); at != session.parked.end();) {
      if (!answer_take(session, *at, now, real_now >= at->until)) {
        ++at;
        continue;
      }
      at = session.parked.erase(at);
    }
  }

  /// The client is gone.
  void close(socket_session& session, timestamp now) {
    for (const member_id member : session.members) what.leave(member, now);
    session.members.clear();
    session.parked.clear();
  }

  /// Says why, and closes when that is sent.
  static void say_goodbye(socket_session& session, const failure& why) {
    socket_frame(session.out, socket_verb::goodbye).u8(static_cast<std::uint8_t>(why.why)).text(why.describe());
    session.closing = true;
    session.parked.clear();
  }

 private:
  static constexpr std::size_t most_members = 1024, most_parked = 64, most_topics = 1024;  ///< of one client

  bool greet(socket_session& session, socket_reader& from) {
    const std::string_view magic = from.text();
    const std::uint32_t version = from.u32();
    if (magic != socket_magic || !from.good()) return false;
    if (version != socket_version) {
      const std::uint64_t mine = socket_version, its = version;
      say_goodbye(session, failure(failure::kind::differs, 0, "the client speaks version ", its, ", the broker version ", mine));
      return true;
    }
    const std::uint8_t outlives = from.u8();
    const std::int64_t window = from.time();
    const std::uint64_t largest = from.u64();
    if (!from.at_end()) return false;
    if (outlives > static_cast<std::uint8_t>(outlives_)) {
      say_goodbye(session, failure(failure::kind::differs, 0, "the client's type promises that messages outlive more than this broker's do"));
    } else if (window != window_.nanoseconds) {
      say_goodbye(session, failure(failure::kind::differs, 0, "the client's type says another dedup window than this broker has"));
    } else if (largest > what.largest()) {
      const std::uint64_t mine = what.largest();
      say_goodbye(session, failure(failure::kind::differs, 0, "the client's type takes larger messages than this broker: ", mine, " bytes"));
    } else {
      socket_frame(session.out, socket_verb::welcome).u32(socket_version).u64(what.largest());
      session.greeted = true;
    }
    return true;
  }

  static void answer(socket_session& session, std::uint64_t number, std::uint64_t value, const failure& why = {}) {
    const auto kind = static_cast<std::uint8_t>(why.why);
    socket_frame(session.out, socket_verb::answer).u64(number).u64(value).u8(kind).text(value == 0 ? why.describe() : "");
  }
  static void answer_token(socket_session& session, std::uint64_t number, bool good) {
    const failure why(failure::kind::conflict, 0, "the token is no longer good: its message was settled, or handed out again");
    answer(session, number, good ? 1 : 0, why);
  }
  static void answer_letter(socket_session& session, std::uint64_t number, bool good) {
    answer(session, number, good ? 1 : 0, failure(failure::kind::conflict, 0, "the group has no such dead letter"));
  }

  /// False: the frame is bad.
  bool handle(socket_session& session, std::string_view body, timestamp now, std::int64_t real_now) {
    socket_reader from(body);
    const auto verb = static_cast<socket_verb>(from.u8());
    if (!session.greeted) return verb == socket_verb::hello && greet(session, from);
    const std::uint64_t number = from.u64();
    switch (verb) {
      case socket_verb::publish: {
        const parcel message = from.message(headers_);
        if (!from.at_end()) return false;
        failure why;
        const acceptance came = what.publish(message, now, why);
        answer(session, number, came == acceptance::refused ? 0 : came == acceptance::duplicate ? 2 : 1, why);
        return true;
      }
      case socket_verb::join: return join(session, number, from, now);
      case socket_verb::take: return take(session, number, from, now, real_now);
      case socket_verb::dead: return letters(session, number, from, now);
      case socket_verb::leave: {
        const member_id member = from.u64();
        if (!from.at_end()) return false;
        const auto at = std::find(session.members.begin(), session.members.end(), member);
        if (at != session.members.end()) {
          session.members.erase(at);
          what.leave(member, now);
        }
        answer(session, number, 1);
        return true;
      }
      case socket_verb::ack:
      case socket_verb::nak:
      case socket_verb::term:
      case socket_verb::extend: return settle(session, verb, number, from, now);
      case socket_verb::revive:
      case socket_verb::discard: {
        const std::string_view group = from.text();
        const std::uint64_t token = from.u64();
        if (!from.at_end()) return false;
        answer_letter(session, number, verb == socket_verb::revive ? what.revive(group, token, now) : what.discard(group, token, now));
        return true;
      }
      case socket_verb::forget: {
        const std::string_view group = from.text();
        if (!from.at_end()) return false;
        answer(session, number, what.forget(group) ? 1 : 0, failure(failure::kind::conflict, 0, "there is no such group"));
        return true;
      }
      default: return false;
    }
  }

  bool join(socket_session& session, std::uint64_t number, socket_reader& from, timestamp now) {
    subscribing how;
    how.group = from.text();
    how.in_flight = from.u32();
    how.settle_within = {from.time()};
    how.deliveries = from.u32();
    how.from_beginning = from.u8() != 0;
    const std::uint32_t count = from.u32();
    if (count > most_topics) return false;
    std::vector<std::string_view> topics;
    for (std::uint32_t i = 0; i < count && from.good(); ++i) topics.push_back(from.text());
    if (!from.at_end()) return false;
    how.topics = topics;
    failure why(failure::kind::full, 0, "a client has no more members than 1024");
    const member_id member = session.members.size() < most_members ? what.join(how, now, why) : 0;
    if (member != 0) session.members.push_back(member);
    answer(session, number, member, why);
    return true;
  }

  bool is_its(const socket_session& session, member_id member) const {
    return std::find(session.members.begin(), session.members.end(), member) != session.members.end();
  }

  bool take(socket_session& session, std::uint64_t number, socket_reader& from, timestamp now, std::int64_t real_now) {
    constexpr std::int64_t longest = hours(1).nanoseconds;
    const member_id member = from.u64();
    const std::uint32_t most = from.u32();
    const std::int64_t patience = from.time();
    if (!from.at_end() || session.parked.size() == most_parked) return false;
    const socket_session::parked_take asked{number, member, most, real_now + std::clamp<std::int64_t>(patience, 0, longest)};
    if (!answer_take(session, asked, now, patience <= 0)) session.parked.push_back(asked);
    return true;
  }
  /// Answers when there is something, or when it is asked for the `last` time.
  bool answer_take(socket_session& session, const socket_session::parked_take& asked, timestamp now, bool last) {
    const std::size_t begin = session.out.size();
    std::uint32_t count = 0;
    {
      socket_frame frame(session.out, socket_verb::messages);
      frame.u64(asked.number).u32(0);
      while (is_its(session, asked.member) && count < asked.most && session.out.size() - begin < full_frame) {
        const std::size_t taken = what.take(asked.member, 1, now, [&](handed_out&& one) { write(frame, one); });
        if (taken == 0) break;
        ++count;
      }
    }
    if (count == 0 && !last) return session.out.resize(begin), false;
    for (std::size_t i = 0; i < 4; ++i) session.out[begin + 13 + i] = static_cast<char>(static_cast<unsigned char>(count >> (8 * i)));
    return true;
  }
  static void write(socket_frame& frame, const handed_out& one) {
    frame.u64(one.token).u32(one.deliveries).u64(one.message->sequence).time(one.message->published.nanoseconds).message(one.message->as_parcel());
  }

  bool settle(socket_session& session, socket_verb verb, std::uint64_t number, socket_reader& from, timestamp now) {
    const member_id member = from.u64();
    const delivery_token token = from.u64();
    const std::int64_t delay = verb == socket_verb::nak ? from.time() : 0;
    const std::string_view reason = verb == socket_verb::term ? from.text() : std::string_view{};
    if (!from.at_end()) return false;
    bool good = is_its(session, member);
    if (good && verb == socket_verb::ack) good = what.ack(member, token, now);
    if (good && verb == socket_verb::nak) good = what.nak(member, token, now, {delay});
    if (good && verb == socket_verb::term) good = what.term(member, token, now, reason);
    if (good && verb == socket_verb::extend) good = what.extend(member, token, now);
    answer_token(session, number, good);
    return true;
  }

  /// Dead letters behind one of them, as many as one frame has room for.
  bool letters(socket_session& session, std::uint64_t number, socket_reader& from, timestamp now) {
    const std::string_view group = from.text();
    const std::uint64_t behind = from.u64();
    if (!from.at_end()) return false;
    const std::size_t begin = session.out.size();
    std::uint32_t count = 0;
    bool more = false;
    {
      socket_frame frame(session.out, socket_verb::letters);
      frame.u64(number).u32(0).u8(0);
      what.each_dead(group, now, [&](const handed_out& one, std::string_view cause, timestamp since) {
        if (one.message->sequence <= behind) return true;
        more = session.out.size() - begin >= full_frame;
        if (more) return false;
        write(frame, one);
        frame.text(cause).time(since.nanoseconds);
        ++count;
        return true;
      });
    }
    for (std::size_t i = 0; i < 4; ++i) session.out[begin + 13 + i] = static_cast<char>(static_cast<unsigned char>(count >> (8 * i)));
    session.out[begin + 17] = more ? 1 : 0;
    return true;
  }

  std::vector<header> headers_;
  duration window_;
  survival outlives_;
};

}  // namespace gesta::detail
