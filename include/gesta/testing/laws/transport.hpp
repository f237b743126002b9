// The laws of transports, as one template that is run for each. A new one passes these first.
// Floor: testing. Beside gesta.hpp.
// May include: detail, message, store, delivery, transport, std.
//
//     struct my_rig {                                              // one place for messages; a new one is empty
//       using transport = ...;                                     // what connections are opened from
//       static constexpr gesta::duration unit = gesta::seconds(1); // one step of time
//       static constexpr gesta::duration patience{};               // how long something may take to come; zero: it is there at once
//       static constexpr gesta::duration silence{};                // after how long nothing more comes
//       static constexpr std::size_t room = 0;                     // so many messages of one topic are kept at most; 0: unknown
//       static constexpr unsigned lacks = need::own_topics | ...;  // where it does less than others do, and no type says so; may be left out
//       transport where();                                         // leads to the place
//       void pass(gesta::duration);                                // so much time passes for it: a clock is moved, or waited for
//       bool restart();                                            // what holds the messages is killed and comes again; false: there is no such thing
//       bool cut();                                                // every connection is lost, and can come again; false: there is no such thing
//       void goes_away();                                          // what holds the messages is killed, and nobody reaches it; may be left out, with
//       void comes_back();                                         // this: it is there again
//     };
//     const auto found = gesta::laws::hold_for_transport<my_rig>([](const char* law, const std::string& how) { ... });
//
// A law about what the type does not claim (`promises`, `dedup_window`), or the rig cannot do, is left out, and its name is told.
//
// A law is steps with ';' between them. What stands behind "->" is what the step has to come to, one of several with '|'; without it the step has to
// succeed. A message is called by its payload.
//
//     pub TOPIC PAYLOAD [key=K] [id=I] [h=NAME:VALUE]... [on=N] -> accepted | duplicate | malformed | too_large | full
//                      its key is its payload, and its id is one of its own, unless said; '.' is the empty key, id or value, '+' a blank,
//                      '%' a line break, '~' a zero; on: through another connection
//     send ...         as pub, without waiting; answer PAYLOAD -> accepted | ... | unknown
//     join M GROUP TOPIC,... [in=N] [settle=N] [max=N] [beginning] [on=N] -> done | malformed | full         M becomes a member
//     get M [N] -> PAYLOAD[*DELIVERIES] ... | -         receives all there is, or N at most; the order between keys does not count
//     see PAYLOAD -> TOPIC ID KEY [NAME:VALUE]...       as it was received last
//     ack M PAYLOAD | nak M PAYLOAD [N] | term M PAYLOAD REASON | extend M PAYLOAD -> done | conflict        PAYLOAD!2: as it came the second time
//     leave M | move M (a member) | move on=N | close on=N (a connection)
//     dead GROUP -> PAYLOAD[*DELIVERIES][:CAUSE] ... | -            revive GROUP PAYLOAD | discard GROUP PAYLOAD -> done | conflict
//     wait N           so many units of time pass       window N       the dedup window passes, and N units (less, where it is negative)
//     restart | cut
//     away             what holds the messages is gone
//     stay M -> PAYLOAD[*DELIVERIES] ... | -       receives once, for a tenth of a second, which has to pass where nothing comes
//     back M -> PAYLOAD[*DELIVERIES] ... | -       it comes back while M receives, once
//
// Payloads with a meaning: @empty, @zeros, @all (each of the 256 bytes), @largest (as much as is taken with this key and these headers), @beyond (one
// byte more).
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gesta/delivery/guarantee.hpp>
#include <gesta/delivery/parcel.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/testing/laws/transport_table.hpp>
#include <gesta/transport/transport.hpp>

namespace gesta::laws {

/// What a run of the laws has seen.
struct transport_findings {
  std::size_t laws = 0;
  std::size_t steps = 0;
  std::vector<std::string> left_out;  ///< laws about what this transport does not claim, or its rig cannot do
};

namespace detail {

using transport_words = std::vector<std::string>;

inline transport_words cut_at(std::string_view text, std::string_view between) {
  transport_words parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(between, at), text.size());
    std::string_view part = text.substr(at, end - at);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    at = end + between.size();
  }
  return parts;
}

inline std::string bytes_of_word(std::string word) {
  if (word == ".") return {};
  std::replace(word.begin(), word.end(), '+', ' ');
  std::replace(word.begin(), word.end(), '%', '\n');
  std::replace(word.begin(), word.end(), '~', '\0');
  return word;
}
inline std::string word_of_bytes(std::string bytes) {
  if (bytes.empty()) return ".";
  std::replace(bytes.begin(), bytes.end(), ' ', '+');
  std::replace(bytes.begin(), bytes.end(), '\n', '%');
  std::replace(bytes.begin(), bytes.end(), '\0', '~');
  return bytes;
}

inline const char* word_of(failure::kind why) noexcept {
  switch (why) {
    case failure::kind::malformed: return "malformed";
    case failure::kind::too_large: return "too_large";
    case failure::kind::full: return "full";
    case failure::kind::conflict: return "conflict";
    default: return "failed";
  }
}
inline const char* word_of(acceptance came, failure::kind why) noexcept {
  switch (came) {
    case acceptance::accepted: return "accepted";
    case acceptance::duplicate: return "duplicate";
    case acceptance::refused: return word_of(why);
    default: return "unknown";
  }
}

}  // namespace detail

/// A rig of which what holds the messages can be gone for a while.
template <class Rig>
concept goes_and_comes = requires(Rig& rig) {
  rig.goes_away();
  rig.comes_back();
};

/// Carries out steps at one place. One thread, but for a member that waits while the place comes back.
template <class Rig>
class transport_script {
 public:
  using transport = typename Rig::transport;
  using connection = typename transport::connection;
  using subscription = decltype(std::declval<connection&>().subscribe(std::declval<const subscribing&>()));
  static_assert(gesta::transport<transport>);  // for who writes one: the compiler names the requirement that it misses

  explicit transport_script(Rig& rig) : rig_(rig), where_(rig.where()) {}

  /// What the step came to. `expected` says how many messages are waited for.
  std::string run(const std::string& step, const std::string& expected) {
    detail::transport_words w = detail::cut_at(step, " ");
    const std::string on = take_option(w, "on=");
    connection& link = link_of(on.empty() ? "1" : on);
    const std::string& verb = w[0];
    if (verb == "pub") return publish(link, w);
    if (verb == "send") return sent_[w[2]] = {&link, send(link, w)}, "done";
    if (verb == "answer") return answer(w[1]);
    if (verb == "join") return join(link, w);
    if (verb == "get") return get(w, expected);
    if (verb == "see") return seen_.find(w[1]) == seen_.end() ? "-" : seen_[w[1]];
    if (verb == "ack") return settle(w, [](subscription& member, delivery_token token) { return member.ack(token); });
    if (verb == "extend") return settle(w, [](subscription& member, delivery_token token) { return member.extend(token); });
    if (verb == "nak") return settle(w, [&](subscription& member, delivery_token token) { return member.nak(token, units(w.size() > 3 ? w[3] : "0")); });
    if (verb == "term") return settle(w, [&](subscription& member, delivery_token token) { return member.term(token, detail::bytes_of_word(w[3])); });
    if (verb == "leave") return members_.erase(w[1]), "done";
    if (verb == "close") return links_.erase(on), "done";
    if (verb == "move") return move(w, on);
    if (verb == "dead") return dead(link, w[1]);
    if (verb == "revive") return word_of(link.revive(w[1], dead_token(link, w)), link);
    if (verb == "discard") return word_of(link.discard(w[1], dead_token(link, w)), link);
    if (verb == "wait") return rig_.pass(units(w[1])), "done";
    if (verb == "window") return rig_.pass({transport::dedup_window.nanoseconds + units(w[1]).nanoseconds}), "done";
    if (verb == "restart") return rig_.restart() ? "done" : "cannot";
    if (verb == "cut") return rig_.cut() ? "done" : "cannot";
    if (verb == "stay") return stays(w);
    if constexpr (goes_and_comes<Rig>) {
      if (verb == "away") return rig_.goes_away(), "done";
      if (verb == "back") return comes_back(w);
    }
    return "nobody knows " + verb;
  }

 private:
  struct received {
    std::string key, word;
  };
  struct open_message {
    connection* link;
    ticket number;
  };

  static duration units(const std::string& number) { return {std::atoll(number.c_str()) * Rig::unit.nanoseconds}; }
  static std::string take_option(detail::transport_words& from, std::string_view name) {
    for (auto at = from.begin(); at != from.end(); ++at) {
      if (at->compare(0, name.size(), name) != 0) continue;
      std::string value = at->substr(name.size());
      from.erase(at);
      return value;
    }
    return {};
  }
  template <class Asked>
  static std::string word_of(bool good, const Asked& asked) {
    return good ? "done" : detail::word_of(asked.last_failure().why);
  }

  connection& link_of(const std::string& name) {
    std::unique_ptr<connection>& link = links_[name];
    if (link == nullptr) link = std::make_unique<connection>(where_);
    return *link;
  }

  // ---- publishing

  std::string payload_of(const std::string& word, std::size_t rest, connection& link) {
    if (word == "@empty") return {};
    if (word == "@zeros") return std::string(5, '\0');
    if (word == "@largest" || word == "@beyond") return std::string(link.largest() - rest + (word == "@beyond" ? 1 : 0), 'l');
    if (word != "@all") return word;
    std::string all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
    return all;
  }
  static std::string word_of_payload(std::string_view payload) {
    if (payload.empty()) return "@empty";
    if (payload == std::string_view("\0\0\0\0\0", 5)) return "@zeros";
    bool is_all = payload.size() == 256;
    for (std::size_t i = 0; is_all && i < 256; ++i) is_all = static_cast<unsigned char>(payload[i]) == i;
    if (is_all) return "@all";
    return payload.size() > 200 ? "@largest" : std::string(payload);
  }

  ticket send(connection& link, detail::transport_words w) {
    const std::string key = take_option(w, "key="), id = take_option(w, "id=");
    const std::string key_bytes = detail::bytes_of_word(key.empty() ? w[2] : key);
    const std::string id_bytes = id.empty() ? "id-" + std::to_string(++ids_) : detail::bytes_of_word(id);
    std::vector<std::pair<std::string, std::string>> texts;
    for (std::string one = take_option(w, "h="); !one.empty(); one = take_option(w, "h=")) {
      const std::size_t colon = one.find(':');
      texts.emplace_back(detail::bytes_of_word(one.substr(0, colon)), detail::bytes_of_word(one.substr(colon + 1)));
    }
    std::vector<header> headers;
    std::size_t rest = key_bytes.size();
    for (const auto& [name, value] : texts) {
      headers.push_back({name, value});
      rest += name.size() + value.size();
    }
    const std::string payload = payload_of(w[2], rest, link), topic = detail::bytes_of_word(w[1]);
    return link.publish({.topic = topic, .id = id_bytes, .key = key_bytes, .headers = headers, .payload = payload});
  }
  /// A lost connection comes again: the same message is published until somebody answers, as a relay does.
  std::string publish(connection& link, const detail::transport_words& w) {
    const std::size_t ids = ids_;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (true) {
      ids_ = ids;
      const ticket number = send(link, w);
      const acceptance came = link.wait(number, seconds(10));
      if (came != acceptance::unknown || std::chrono::steady_clock::now() > until) return detail::word_of(came, link.last_failure().why);
    }
  }
  std::string answer(const std::string& word) {
    const open_message& open = sent_[word];
    if (open.number == 0) return detail::word_of(open.link->last_failure().why);
    const acceptance came = open.link->wait(open.number, seconds(10));
    return detail::word_of(came, open.link->last_failure().why);
  }

  // ---- members

  std::string join(connection& link, detail::transport_words w) {
    subscribing how;
    const std::string in = take_option(w, "in="), settle_within = take_option(w, "settle="), most = take_option(w, "max=");
    if (!in.empty()) how.in_flight = static_cast<std::uint32_t>(std::atoi(in.c_str()));
    how.settle_within = settle_within.empty() ? units("1000") : units(settle_within);
    if (!most.empty()) how.deliveries = static_cast<std::uint32_t>(std::atoi(most.c_str()));
    how.from_beginning = w.back() == "beginning";
    const std::string group = detail::bytes_of_word(w[2]);
    how.group = group;
    detail::transport_words texts = w[3] == "none" ? detail::transport_words() : detail::cut_at(w[3], ",");
    for (std::string& one : texts) one = detail::bytes_of_word(one);
    const std::vector<std::string_view> topics(texts.begin(), texts.end());
    how.topics = topics;
    subscription made = link.subscribe(how);
    const failure* const broken = made.broken();
    if (broken != nullptr) return detail::word_of(broken->why);
    members_.insert_or_assign(w[1], std::make_unique<subscription>(std::move(made)));
    return "done";
  }

  std::string get(const detail::transport_words& w, const std::string& expected) {
    const auto at = members_.find(w[1]);
    if (at == members_.end()) return "no member";
    const std::size_t most = w.size() > 2 ? static_cast<std::size_t>(std::atoi(w[2].c_str())) : 1000;
    const std::string first = detail::cut_at(expected, "|").empty() ? std::string() : detail::cut_at(expected, "|")[0];
    const std::size_t hoped = first == "-" ? 0 : detail::cut_at(first, " ").size();
    const auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(Rig::patience.nanoseconds);
    std::vector<received> got;
    while (got.size() < most) {
      const bool hopes = got.size() < hoped;
      const duration patience = hopes ? Rig::patience : Rig::silence;
      const std::size_t count = at->second->receive(most - got.size(), patience, [&](const delivered& one) { note(one, got); });
      if (count == 0 && (!hopes || std::chrono::steady_clock::now() >= until)) break;
    }
    return text_of(got);
  }
  std::string stays(const detail::transport_words& w) {
    const auto at = members_.find(w[1]);
    if (at == members_.end()) return "no member";
    constexpr std::chrono::milliseconds time{100};
    std::vector<received> got;
    const auto began = std::chrono::steady_clock::now();
    (void)at->second->receive(1000, milliseconds(time.count()), [&](const delivered& one) { note(one, got); });
    if (got.empty() && std::chrono::steady_clock::now() - began < time) return "did not wait";
    return text_of(got);
  }
  /// The member waits in a thread of its own: what is started may end with the thread that has started it.
  std::string comes_back(const detail::transport_words& w) {
    const auto at = members_.find(w[1]);
    if (at == members_.end()) return "no member";
    std::vector<received> got;
    std::thread waits([&] { (void)at->second->receive(1000, seconds(60), [&](const delivered& one) { note(one, got); }); });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    rig_.comes_back();
    waits.join();
    return text_of(got);
  }
  /// By key; those of one key stay in the order in which they came.
  static void put(std::vector<received>& to, received one) {
    const auto later = std::upper_bound(to.begin(), to.end(), one, [](const received& a, const received& b) { return a.key < b.key; });
    to.insert(later, std::move(one));
  }
  static std::string text_of(const std::vector<received>& got) {
    std::string all;
    for (const received& one : got) all += (all.empty() ? "" : " ") + one.word;
    return all.empty() ? "-" : all;
  }
  void note(const delivered& one, std::vector<received>& got) {
    const std::string word = word_of_payload(one.payload);
    std::string text = std::string(one.topic) + ' ' + detail::word_of_bytes(std::string(one.id)) + ' ' + detail::word_of_bytes(std::string(one.key));
    const auto small = [](std::string_view name) {
      std::string letters(name);
      for (char& c : letters) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
      return letters;
    };
    const auto comes_first = [&](const header& a, const header& b) { return small(a.name) < small(b.name); };
    std::vector<header> headers;  // in which order those of different names come is not promised
    for (const header& h : one.headers) headers.insert(std::upper_bound(headers.begin(), headers.end(), h, comes_first), h);
    for (const header& h : headers) text += ' ' + std::string(h.name) + ':' + detail::word_of_bytes(std::string(h.value));
    seen_[word] = text;
    tokens_[word].push_back(one.token);
    put(got, {std::string(one.key), one.deliveries == 1 ? word : word + '*' + std::to_string(one.deliveries)});
  }

  template <class Do>
  std::string settle(const detail::transport_words& w, Do&& doing) {
    const auto at = members_.find(w[1]);
    if (at == members_.end()) return "no member";
    const std::size_t mark = w[2].find('!');
    const std::vector<delivery_token>& tokens = tokens_[w[2].substr(0, mark)];
    const std::size_t which = mark == std::string::npos ? tokens.size() : static_cast<std::size_t>(std::atoi(w[2].c_str() + mark + 1));
    if (which == 0 || which > tokens.size()) return "was not received";
    return word_of(doing(*at->second, tokens[which - 1]), *at->second);
  }

  std::string move(const detail::transport_words& w, const std::string& on) {
    if (!on.empty()) {
      connection elsewhere(std::move(link_of(on)));
      *links_[on] = std::move(elsewhere);
      return "done";
    }
    subscription elsewhere(std::move(*members_.at(w[1])));
    *members_.at(w[1]) = std::move(elsewhere);
    return "done";
  }

  // ---- dead letters

  std::string dead(connection& link, const std::string& group) {
    std::vector<received> got;
    const bool asked = link.each_dead(group, [&](const dead_letter& one) {
      const std::string word = word_of_payload(one.message.payload);
      dead_tokens_[word] = one.message.token;
      const std::string times = one.message.deliveries == 1 ? "" : '*' + std::to_string(one.message.deliveries);
      put(got, {std::string(one.message.key), word + times + ':' + detail::word_of_bytes(std::string(one.cause))});
      return true;
    });
    if (!asked) return "failed";
    return text_of(got);
  }
  delivery_token dead_token(connection& link, const detail::transport_words& w) {
    if (dead_tokens_.find(w[2]) == dead_tokens_.end()) (void)dead(link, w[1]);
    return dead_tokens_[w[2]];
  }

  Rig& rig_;
  transport where_;
  std::map<std::string, std::unique_ptr<connection>> links_;
  std::map<std::string, std::unique_ptr<subscription>> members_;  ///< ended before their connections
  std::map<std::string, open_message> sent_;
  std::map<std::string, std::vector<delivery_token>> tokens_;
  std::map<std::string, delivery_token> dead_tokens_;
  std::map<std::string, std::string> seen_;
  std::size_t ids_ = 0;
};

namespace detail {

/// Whether a step came to one of the things that the law says.
inline bool comes_to(const std::string& expected, const std::string& came) {
  for (const std::string& one : cut_at(expected, " | ")) {
    if (one == came) return true;
    const std::size_t given = one.size() - 1;  // "x:?": a cause in the words of the transport
    if (one.size() > 2 && one.compare(given - 1, 2, ":?") == 0 && came.size() > given && came.compare(0, given, one, 0, given) == 0) return true;
  }
  return false;
}

/// Why a law is left out for this transport; nullptr: it is not.
template <class Rig>
const char* left_out(Rig& rig, unsigned needs) {
  using transport = typename Rig::transport;
  constexpr guarantee has = transport::promises;
  constexpr bool has_window = duration{} < transport::dedup_window;
  if constexpr (requires { Rig::lacks; }) {
    if ((needs & Rig::lacks & need::own_topics) != 0) return "members of a group ask for the same topics";
    if ((needs & Rig::lacks & need::common_limit) != 0) return "in_flight is a member's own";
    if ((needs & Rig::lacks & need::remembers) != 0) return "what was settled in the last moments may be forgotten when the server ends";
    if ((needs & Rig::lacks & need::room_for_others) != 0) return "what was handed back is counted in flight";
  }
  if ((needs & need::by_key) != 0 && has.order != ordering::by_key) return "no order by key is claimed";
  if ((needs & need::keeps_order) != 0 && has.nak != handing_back::keeps_order) return "it is not claimed that handing back keeps the order";
  if ((needs & need::repeats) != 0 && has.comes == arrival::at_most_once) return "nothing comes again";
  if ((needs & need::dedup) != 0 && !has_window) return "ids are not recognised";
  if ((needs & need::no_dedup) != 0 && has_window) return "ids are recognised";
  if ((needs & need::short_window) != 0 && duration{} < Rig::patience && seconds(5) < transport::dedup_window)
    return "the dedup window is too long to wait for";
  if ((needs & need::outlives_process) != 0 && has.outlives < survival::process) return "it is not claimed that messages outlive what holds them";
  if ((needs & need::room) != 0 && Rig::room == 0) return "how much room there is, is not known";
  if ((needs & need::restart) != 0 && !rig.restart()) return "what holds the messages cannot be restarted";
  if ((needs & need::cut) != 0 && !rig.cut()) return "connections cannot be cut";
  if ((needs & need::away) != 0 && !goes_and_comes<Rig>) return "what holds the messages cannot be gone for a while";
  return nullptr;
}

}  // namespace detail

/// Tests one law; says on_broken(law, how) when it does not hold.
template <class Rig, class OnBroken>
void hold_one_for_transport(const transport_law& law, OnBroken&& on_broken, transport_findings& found) {
  Rig rig;
  if (const char* why = detail::left_out(rig, law.needs)) return found.left_out.push_back(std::string(law.name) + " (" + why + ')');
  ++found.laws;
  transport_script<Rig> script(rig);
  for (const std::string& text : detail::cut_at(law.steps, ";")) {
    const detail::transport_words halves = detail::cut_at(text, "->");
    std::string step = halves[0];
    std::size_t times = 1;
    if constexpr (Rig::room != 0) {  // "fill TOPIC": as many as there is room for
      if (step.compare(0, 5, "fill ") == 0) {
        times = Rig::room;
        step = "pub " + step.substr(5) + " fill";
      }
    }
    for (; times != 0; --times) {
      const std::string expected = halves.size() > 1 ? halves[1] : step.compare(0, 4, "pub ") == 0 ? "accepted" : "done";
      const std::string came = script.run(step, expected);
      ++found.steps;
      if (detail::comes_to(expected, came)) continue;
      on_broken(law.name, "\"" + step + "\" came to \"" + came + "\" and not to \"" + expected + "\", in: " + law.steps);
      return;
    }
  }
}

/// Tests all laws; says on_broken(law, how) for each one that does not hold.
template <class Rig, class OnBroken>
transport_findings hold_for_transport(OnBroken&& on_broken) {
  transport_findings found;
  for (const transport_law& law : transport_laws) hold_one_for_transport<Rig>(law, on_broken, found);
  return found;
}

}  // namespace gesta::laws
