// What a message costs on its way to others:
// - outbox to effect: a command is decided in one app, a relay publishes its event, the inbox of another app keeps it, and an effect is performed
//   there. Messages a second of many that are decided before the relay begins; then single ones, from before the command until the effect is done, which
//   one thread carries through all of it. In one process, over a socket with a broker in a thread, over a NATS server with the order of each key;
//   logs in memory, and once in SQLite files (`durability::process`);
// - a message to a NATS server and from it: gesta::nats beside the client library (cnats) by hand, which does the same: an id, a key and two headers
//   a message, 512 without an answer at most; then 512 asked for, their headers read, each acknowledged. And one message after the other, each with
//   its answer.
//
//   benchmark.delivery [--only effect|nats] [--messages N] [--singles N] [--repetitions N] [--hold]
//
// Every repetition runs each contender once, at a stream or in a folder of its own. Printed are medians of the repetitions, beside the goal and the
// floor where there is one. --hold: exit 1 when a figure is beyond its floor. What a transport's machine lacks is said, and left out.
#include <gesta/gesta.hpp>
#include <gesta/runtime/effects.hpp>
#include <gesta/runtime/inbox.hpp>
#include <gesta/runtime/relay.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/transport/in_process.hpp>

#ifdef GESTA_SOCKET
#include <gesta/transport/socket.hpp>
#include <gesta/transport/socket_broker.hpp>
#endif
#ifdef GESTA_NATS
#include <gesta/transport/nats.hpp>

#include "../../tests/servers/nats.hpp"
#endif
#ifdef GESTA_SQLITE
#include <gesta/store/sqlite.hpp>
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <unistd.h>

// ---- one tells, another hears and acts

struct order_placed { std::uint32_t number; std::int64_t cents; static constexpr auto id = gesta::integration_id{"bench.order_placed"}; };

struct placed { std::uint32_t number; std::int64_t cents; static constexpr auto id = "bench.placed"; };
struct place { std::uint32_t number; std::int64_t cents; };
struct order { std::int64_t cents = 0; };
constexpr void evolve(order& o, const placed& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.number, c.cents}; }
constexpr order_placed publish(const placed& e) { return {e.number, e.cents}; }
struct orders : gesta::aggregate<order, gesta::commands<place>> { static constexpr auto id = "bench.order"; };
struct shop : gesta::model<orders> {};
struct outlet { static constexpr auto id = "bench.shop"; };

struct billing : gesta::model<gesta::from_outside<order_placed>> {};
struct inlet { static constexpr auto id = "bench.billing"; };

/// What is acted on: the numbers of the orders, and what they cost.
struct till { std::uint64_t count = 0, numbers = 0, cents = 0; };
struct cashier { static constexpr auto id = "bench.cashier"; };
gesta::done perform(const cashier&, const order_placed& e, till& t) {
  ++t.count;
  t.numbers += e.number;
  t.cents += static_cast<std::uint64_t>(e.cents);
  return {};
}

namespace {

using clock_type = std::chrono::steady_clock;
double seconds_since(clock_type::time_point start) { return std::chrono::duration<double>(clock_type::now() - start).count(); }

[[noreturn]] void give_up(const char* what, const char* why) {
  std::fprintf(stderr, "benchmark.delivery: %s: %s\n", what, why);
  std::exit(1);
}
/// The upper one of the two in the middle when their number is even.
double part_of(std::vector<double> of, double part) {
  if (of.empty()) return 0;
  const auto at = of.begin() + std::min<std::ptrdiff_t>(std::ssize(of) - 1, static_cast<std::ptrdiff_t>(static_cast<double>(of.size()) * part));
  std::nth_element(of.begin(), at, of.end());
  return *at;
}
double median(std::vector<double> of) { return part_of(std::move(of), 0.5); }

struct asked {
  std::string only;
  std::uint32_t messages = 50'000, singles = 1'000;
  int repetitions = 5;
  bool hold = false;
};

// ---- outbox to effect

constexpr std::uint32_t keys = 1000;

struct carried {
  std::vector<double> a_second, p50, p99;  ///< one of each for a repetition; the last two in microseconds
};

/// Carries many, then single ones, and looks whether each was acted on once.
template <class Transport, class Tells, class Hears>
void carry(const char* name, const asked& how, const Transport& bus, Tells tells, Hears hears, carried& out) {
  auto from = tells();
  auto to = hears();
  typename Transport::connection wire(bus);
  if (const gesta::failure* const why = wire.broken()) give_up(name, why->describe());
  auto relay = gesta::relay<outlet>(from, gesta::memory_views{}, wire, gesta::from_beginning{});
  auto inbox = gesta::inbox<inlet>(to, bus, gesta::from_beginning{}, gesta::batch_of{256});
  till done;
  auto acts = gesta::perform_by<cashier>(to, gesta::memory_views{}, done, gesta::from_beginning{}, gesta::events_a_commit{256});

  std::uint64_t count = 0, numbers = 0, cents = 0;
  std::string key;
  const auto decides = [&] {
    const auto number = static_cast<std::uint32_t>(count++);
    key = std::to_string(number % keys);
    numbers += number;
    cents += number * 7;
    (void)from.handle(key, place{number, static_cast<std::int64_t>(number) * 7});
  };
  // The inbox asks before the first message is there, so that what is measured is no making of streams and groups.
  const auto steps = [&](gesta::duration patience) {
    if (const auto said = relay.poll(256); !said) give_up(name, said.why().describe());
    if (const auto heard = inbox.poll(256, patience); !heard) give_up(name, heard.why().describe());
    if (const auto acted = acts.poll(); !acted) give_up(name, acted.why().describe());
  };
  steps({});

  const clock_type::time_point start = clock_type::now();
  for (std::uint32_t left = how.messages; left != 0;) {  // what came first is decided first: the outbox is never empty until the end
    const std::uint32_t many = std::min<std::uint32_t>(left, 4096);
    for (std::uint32_t i = 0; i < many; ++i) decides();
    left -= many;
    while (done.count + (left == 0 ? 0 : 1024) < count) steps(gesta::seconds(1));
  }
  out.a_second.push_back(how.messages / seconds_since(start));

  std::vector<double> times;
  for (std::uint32_t i = 0; i < how.singles; ++i) {
    const clock_type::time_point decided = clock_type::now();
    decides();
    while (done.count < count) steps(gesta::seconds(1));
    times.push_back(seconds_since(decided) * 1e6);
  }
  out.p50.push_back(part_of(times, 0.5));
  out.p99.push_back(part_of(times, 0.99));
  if (done.count != count || done.numbers != numbers || done.cents != cents) give_up(name, "what was acted on is not what was decided");
}

/// A folder that vanishes.
class folder {
 public:
  explicit folder(const char* name) : path_(std::filesystem::temp_directory_path() / ("gesta-delivery-" + std::string(name) + "-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() { std::filesystem::remove_all(path_); }
  std::string of(const char* file) const { return path_ / file; }

 private:
  std::filesystem::path path_;
};

#ifdef GESTA_NATS
/// A name for a stream that nobody used at this server.
std::string fresh_stream() {
  static int count = 0;
  return "s" + std::to_string(++count);
}
#endif

void outbox_to_effect(const asked& how, [[maybe_unused]] const std::string& nats) {
  const auto in_memory = []<class Model>(std::type_identity<Model>) { return [] { return gesta::start<Model>(gesta::memory_store{}); }; };
  const auto tells = in_memory(std::type_identity<shop>{});
  const auto hears = in_memory(std::type_identity<billing>{});
  carried in_process, socket, at_nats, files;
  for (int i = 0; i < how.repetitions; ++i) {
    {
      gesta::in_process_hub hub{gesta::system_clock{}};
      carry("in_process", how, gesta::in_process{hub}, tells, hears, in_process);
    }
#ifdef GESTA_SOCKET
    {
      const folder place("socket");
      gesta::socket_broker broker(place.of("bus"), place.of("messages"));
      if (const gesta::failure* const why = broker.broken()) give_up("socket", why->describe());
      std::thread runs([&] { broker.run(); });
      carry("socket", how, gesta::socket{place.of("bus")}, tells, hears, socket);
      broker.stop();
      runs.join();
    }
#endif
#ifdef GESTA_NATS
    if (!nats.empty()) carry("nats_by_key", how, gesta::nats_by_key{.url = nats, .stream = fresh_stream()}, tells, hears, at_nats);
#endif
#ifdef GESTA_SQLITE
    {
      const folder place("sqlite");
      const auto in_file = [&]<class Model>(std::type_identity<Model>, const char* name) {
        return [path = place.of(name)] { return gesta::start<Model>(gesta::sqlite_store{.path = path, .level = gesta::durability::process}); };
      };
      asked fewer = how;
      fewer.messages = std::max<std::uint32_t>(how.messages / 10, 1);
      gesta::in_process_hub hub{gesta::system_clock{}};
      carry("sqlite", fewer, gesta::in_process{hub}, in_file(std::type_identity<shop>{}, "shop.db"), in_file(std::type_identity<billing>{}, "billing.db"), files);
    }
#endif
  }
  std::printf("outbox to effect, %u messages of %u keys, then %u single ones\n", how.messages, keys, how.singles);
  std::printf("%-40s %12s %10s %10s\n", "", "messages/s", "p50, us", "p99, us");
  const auto print = [](const char* name, const carried& of) {
    if (!of.p50.empty()) std::printf("%-40s %12.0f %10.1f %10.1f\n", name, median(of.a_second), median(of.p50), median(of.p99));
  };
  print("in_process", in_process);
  print("socket", socket);
  print("nats_by_key, 16 partitions", at_nats);
  print("in_process, both logs in SQLite files", files);
}

// ---- NATS beside its client

#ifdef GESTA_NATS

constexpr int window = 512;
constexpr std::string_view body = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

struct at_the_server {
  std::vector<double> published, consumed, one_by_one;  ///< messages a second
};

/// Of ids and headers that were read: the same for both.
std::uint64_t sum_of(std::string_view id, std::string_view key, std::string_view type, std::string_view source, std::string_view payload) {
  std::uint64_t number = 0;
  for (const char c : id) number = number * 10 + static_cast<std::uint64_t>(c - '0');
  return number + key.size() + type.size() + source.size() + payload.size();
}
std::uint64_t sum_wanted(std::uint32_t messages) {
  return std::uint64_t{messages} * (messages - 1) / 2 + messages * (1 + std::string_view("bench.placed").size() + std::string_view("orders").size() + body.size());
}

void by_gesta(const asked& how, const std::string& url, at_the_server& out) {
  constexpr std::string_view topics[] = {"bench.placed"};
  const auto bad = [](const gesta::failure& why) { give_up("gesta::nats", why.describe()); };
  gesta::nats::connection link(gesta::nats{.url = url, .stream = fresh_stream()});
  auto member = link.subscribe({.topics = topics, .group = "g", .in_flight = 1024, .from_beginning = true});
  if (const gesta::failure* const why = member.broken()) bad(*why);
  std::string id;
  const gesta::header headers[] = {{"ce-type", "bench.placed"}, {"ce-source", "orders"}};
  const auto publishes = [&] { return link.publish({.topic = "bench.placed", .id = id, .key = "k", .headers = headers, .payload = body}); };

  clock_type::time_point start = clock_type::now();
  std::vector<gesta::ticket> open;  // a ring: the oldest is waited for when the window is full
  std::size_t oldest = 0;
  const auto waits = [&](std::size_t at) {
    if (link.wait(open[at], gesta::seconds(10)) != gesta::acceptance::accepted) bad(link.last_failure());
  };
  for (std::uint32_t i = 0; i < how.messages; ++i) {
    id = std::to_string(i);
    if (open.size() == window) {
      waits(oldest);
      open[oldest] = publishes();
      oldest = (oldest + 1) % window;
    } else {
      open.push_back(publishes());
    }
  }
  for (std::size_t i = 0; i < open.size(); ++i) waits((oldest + i) % open.size());
  out.published.push_back(how.messages / seconds_since(start));

  start = clock_type::now();
  std::uint64_t sum = 0;
  std::vector<gesta::delivery_token> tokens;
  for (std::uint32_t got = 0; got < how.messages;) {
    tokens.clear();
    const std::size_t came = member.receive(window, gesta::seconds(10), [&](const gesta::delivered& one) {
      sum += sum_of(one.id, one.key, one.value_of("ce-type"), one.value_of("ce-source"), one.payload);
      tokens.push_back(one.token);
    });
    if (came == 0) bad(member.last_failure());
    for (const gesta::delivery_token token : tokens)
      if (!member.ack(token)) bad(member.last_failure());
    got += static_cast<std::uint32_t>(came);
  }
  out.consumed.push_back(how.messages / seconds_since(start));
  if (sum != sum_wanted(how.messages)) give_up("gesta::nats", "what was received is not what was published");

  start = clock_type::now();
  for (std::uint32_t i = 0; i < how.singles; ++i) {
    id = std::to_string(how.messages + i);
    if (link.wait(publishes(), gesta::seconds(10)) != gesta::acceptance::accepted) bad(link.last_failure());
  }
  out.one_by_one.push_back(how.singles / seconds_since(start));
}

void by_hand(const asked& how, const std::string& url, at_the_server& out) {
  const auto good = [](natsStatus came) {
    if (came != NATS_OK) give_up("cnats", natsStatus_GetText(came));
  };
  natsConnection* connection = nullptr;
  good(natsConnection_ConnectTo(&connection, url.c_str()));
  jsOptions options;
  good(jsOptions_Init(&options));
  options.PublishAsync.MaxPending = window;
  jsCtx* streams = nullptr;
  good(natsConnection_JetStream(&streams, connection, &options));
  const std::string name = fresh_stream(), subject = name + ".x";
  const char* subjects[] = {subject.c_str()};
  jsStreamConfig config;
  good(jsStreamConfig_Init(&config));
  config.Name = name.c_str();
  config.Subjects = subjects;
  config.SubjectsLen = 1;
  config.Storage = js_FileStorage;
  jsErrCode code{};
  good(js_AddStream(nullptr, streams, &config, nullptr, &code));
  natsSubscription* member = nullptr;
  good(js_PullSubscribe(&member, streams, subject.c_str(), "g", nullptr, nullptr, &code));
  const auto message = [&] {
    natsMsg* made = nullptr;
    good(natsMsg_Create(&made, subject.c_str(), nullptr, body.data(), static_cast<int>(body.size())));
    good(natsMsgHeader_Add(made, "key", "k"));
    good(natsMsgHeader_Add(made, "ce-type", "bench.placed"));
    good(natsMsgHeader_Add(made, "ce-source", "orders"));
    return made;
  };
  jsPubOptions about;
  good(jsPubOptions_Init(&about));
  std::string id;

  clock_type::time_point start = clock_type::now();
  for (std::uint32_t i = 0; i < how.messages; ++i) {
    natsMsg* made = message();
    id = std::to_string(i);
    about.MsgId = id.c_str();
    good(js_PublishMsgAsync(streams, &made, &about));
  }
  jsPubOptions patience;
  good(jsPubOptions_Init(&patience));
  patience.MaxWait = 10'000;
  good(js_PublishAsyncComplete(streams, &patience));
  out.published.push_back(how.messages / seconds_since(start));

  start = clock_type::now();
  std::uint64_t sum = 0;
  for (std::uint32_t got = 0; got < how.messages;) {
    natsMsgList list{};
    good(natsSubscription_Fetch(&list, member, window, 10'000, &code));
    for (int i = 0; i < list.Count; ++i) {
      natsMsg* const one = list.Msgs[i];
      const auto value = [&](const char* header) {
        const char* text = nullptr;
        good(natsMsgHeader_Get(one, header, &text));
        return std::string_view(text);
      };
      sum += sum_of(value("Nats-Msg-Id"), value("key"), value("ce-type"), value("ce-source"),
                    {natsMsg_GetData(one), static_cast<std::size_t>(natsMsg_GetDataLength(one))});
    }
    for (int i = 0; i < list.Count; ++i) good(natsMsg_Ack(list.Msgs[i], nullptr));
    got += static_cast<std::uint32_t>(list.Count);
    natsMsgList_Destroy(&list);
  }
  out.consumed.push_back(how.messages / seconds_since(start));
  if (sum != sum_wanted(how.messages)) give_up("cnats", "what was received is not what was published");

  start = clock_type::now();
  for (std::uint32_t i = 0; i < how.singles; ++i) {
    natsMsg* made = message();
    id = std::to_string(how.messages + i);
    about.MsgId = id.c_str();
    jsPubAck* accepted = nullptr;
    good(js_PublishMsg(&accepted, streams, made, &about, &code));
    jsPubAck_Destroy(accepted);
    natsMsg_Destroy(made);
  }
  out.one_by_one.push_back(how.singles / seconds_since(start));
  natsSubscription_Destroy(member);
  jsCtx_Destroy(streams);
  natsConnection_Destroy(connection);
}

/// False when a figure is beyond its floor.
bool beside_the_client(const asked& how, const std::string& url) {
  at_the_server gesta, hand;
  for (int i = 0; i < how.repetitions; ++i) {  // who is first changes: a server's files grow
    if (i % 2 == 0) by_hand(how, url, hand), by_gesta(how, url, gesta);
    else by_gesta(how, url, gesta), by_hand(how, url, hand);
  }
  std::printf("NATS, %u messages of %zu bytes with an id, a key and two headers, a window of %d\n", how.messages, body.size(), window);
  std::printf("%-40s %12s %12s %8s %8s %8s\n", "messages/s", "by hand", "gesta", "ratio", "goal", "floor");
  bool holds = true;
  const auto print = [&](const char* name, const std::vector<double>& by_hand, const std::vector<double>& by_gesta, bool has_goal) {
    const double ratio = median(by_gesta) / median(by_hand);
    std::printf("%-40s %12.0f %12.0f %8.2f", name, median(by_hand), median(by_gesta), ratio);
    if (has_goal) std::printf(" %8.2f %8.2f%s", 0.9, 0.8, ratio < 0.8 ? "  beyond the floor" : "");
    std::printf("\n");
    holds = holds && (!has_goal || ratio >= 0.8);
  };
  print("published", hand.published, gesta.published, true);
  print("received and acknowledged", hand.consumed, gesta.consumed, true);
  print("published, each waits for its answer", hand.one_by_one, gesta.one_by_one, false);
  return holds;
}

#endif

}  // namespace

int main(int count, char** arguments) {
  asked how;
  for (int i = 1; i < count; ++i) {
    const std::string word = arguments[i];
    const bool has_value = i + 1 < count;
    const auto number = [&] { return static_cast<std::uint32_t>(std::max(1UL, std::strtoul(arguments[++i], nullptr, 10))); };
    if (word == "--hold") how.hold = true;
    else if (word == "--only" && has_value) how.only = arguments[++i];
    else if (word == "--messages" && has_value) how.messages = number();
    else if (word == "--singles" && has_value) how.singles = number();
    else if (word == "--repetitions" && has_value) how.repetitions = static_cast<int>(number());
    else give_up(word.c_str(), "usage: [--only effect|nats] [--messages N] [--singles N] [--repetitions N] [--hold]");
  }
  bool holds = true;
  std::string nats;
#ifndef GESTA_SOCKET
  std::printf("skipped: socket: this system has no Unix domain sockets\n");
#endif
#ifdef GESTA_NATS
  if (nats_server::missing() != nullptr) {
    std::printf("skipped: NATS: %s\n", nats_server::missing());
    if (how.only != "nats") outbox_to_effect(how, nats);
    return 0;
  }
  nats_server server;
  nats = server.address();
#else
  std::printf("skipped: NATS: its client is missing (Debian and Ubuntu: libnats-dev)\n");
#endif
  if (how.only != "nats") outbox_to_effect(how, nats);
#ifdef GESTA_NATS
  if (how.only != "effect") holds = beside_the_client(how, nats);
#endif
  return how.hold && !holds ? 1 : 0;
}
