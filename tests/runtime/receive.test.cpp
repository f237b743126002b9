// Handlers and views straight on a transport: what is known again, what is handed back or put aside, and each step at which a program may end.
#include <gesta/runtime/receive.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gesta/gesta.hpp>
#include <gesta/store/memory_views.hpp>

#include <doctest/doctest.h>

#include "outlasting.hpp"

namespace {

using outlasting::fate;

struct ordered { std::string customer; int number; static constexpr auto id = gesta::integration_id{"shop.ordered"}; };
struct cancelled { std::string customer; int number; static constexpr auto id = gesta::integration_id{"shop.cancelled"}; };

/// What acts outside: it outlives the programs.
struct post {
  std::map<int, int> sent{};             ///< by number, how often
  std::vector<std::string> keys{};       ///< that were handed over
  int unreachable = 0, refuses = 0;      ///< so many times; this number
  std::int64_t takes = 0;                ///< nanoseconds for each
  fate* of = nullptr;
};
struct unreachable {};
struct refused {
  int number;
  std::string describe() const { return "number " + std::to_string(number); }
};

void send(post& to, int number) {
#if __cpp_exceptions
  if (number == 13) throw 13;
#endif
  outlasting::now += to.takes;
  if (to.of == nullptr) ++to.sent[number];
  else (void)to.of->step([&] { return ++to.sent[number], true; });
}

struct mailing {
  static constexpr auto id = "mailing";
  using hears = gesta::from_outside<ordered, cancelled>;
  using idempotent = gesta::by_id<gesta::days(1)>;
};
gesta::done::or_fails<unreachable, refused> receive(const mailing&, const ordered& e, post& to) {
  if (to.unreachable > 0) return --to.unreachable, unreachable{};
  if (to.refuses == e.number) return refused{e.number};
  send(to, e.number);
  return gesta::done{};
}
void receive(const mailing&, const cancelled& e, post& to) { send(to, -e.number); }
gesta::retry on_failure(const mailing&, const unreachable&) { return {.times = 2, .first = gesta::seconds(1)}; }
gesta::park on_failure(const mailing&, const refused&) { return {}; }

struct placing {
  static constexpr auto id = "placing";
  using hears = gesta::from_outside<ordered>;
  using idempotent = gesta::by_position;
};
void receive(const placing&, const ordered& e, post& to) { send(to, e.number); }

struct charging {
  static constexpr auto id = "charging";
  using hears = gesta::from_outside<ordered>;
  using idempotent = gesta::by_key;
};
void receive(const charging&, const ordered& e, post& to, const gesta::envelope& what) {
  to.keys.push_back(std::string(what.source) + " " + std::string(what.id));
  send(to, e.number);
}
struct copying {
  static constexpr auto id = "copying";
  using hears = gesta::from_outside<ordered>;
  using idempotent = gesta::naturally;
};
gesta::done receive(const copying&, const ordered& e, post& to) { return send(to, e.number), gesta::done{}; }

struct customer { std::string name; int orders = 0, last = 0; };
void project(customer& c, const ordered& e) {
  ++c.orders;
#if __cpp_exceptions
  if (e.number == 13) throw 13;
#endif
  c.last = e.number;
}
constexpr void project(customer& c, const cancelled&) { --c.orders; }
struct by_customer : gesta::projection<gesta::rows<customer, "name">, gesta::follows<gesta::from_outside<ordered, cancelled>>> { static constexpr auto id = "by_customer"; };
std::string locate(const by_customer&, const ordered& e) { return e.customer; }
std::string locate(const by_customer&, const cancelled& e) { return e.customer; }

// Told in three versions: the first had a sign for what is a number today, the second several at once.
struct moved_1 { std::string customer, number; static constexpr auto id = gesta::integration_id{"shop.moved", 1}; };
struct moved_2 { std::string customer; std::vector<int> numbers; static constexpr auto id = gesta::integration_id{"shop.moved", 2}; };
struct moved { std::string customer; int number = 0; static constexpr auto id = gesta::integration_id{"shop.moved", 3}; };
auto upcast(const moved_2& old) -> gesta::emits<gesta::many<moved>> {
  return gesta::each(old.numbers, [&old](int number) { return moved{old.customer, number}; });
}
auto upcast(const moved_1& old) -> moved_2 { return {old.customer, {std::stoi(old.number)}}; }

struct moving {
  static constexpr auto id = "moving";
  using hears = gesta::from_outside<moved>;
  using history = gesta::history<moved_1, moved_2>;
  using idempotent = gesta::by_position;
};
gesta::done::or_fails<refused> receive(const moving&, const moved& e, post& to) {
  if (to.refuses == e.number) return refused{e.number};
  return send(to, e.number), gesta::done{};
}
gesta::retry on_failure(const moving&, const refused&) { return {.times = 3, .first = gesta::duration{10}}; }

struct house { std::string name; int moves = 0, last = 0; };
void project(house& h, const moved& e) { ++h.moves, h.last = e.number; }
struct by_house : gesta::projection<gesta::rows<house, "name">, gesta::follows<gesta::from_outside<moved>>> {
  static constexpr auto id = "by_house";
  using history = gesta::history<moved_1, moved_2>;
};
std::string locate(const by_house&, const moved& e) { return e.customer; }

constexpr std::string_view binary_type = "application/vnd.gesta.binary";
constexpr gesta::back_off quick{.first = gesta::duration{10}, .factor = 2, .most = gesta::duration{40}, .answer = {}};
constexpr std::int64_t day = 86'400'000'000'000;

template <class Event>
std::string bytes_of(const Event& event) {
  std::string out(gesta::encoded_size(event), '\0');
  gesta::encode(event, reinterpret_cast<std::byte*>(out.data()));
  return out;
}

struct world {
  outlasting::hub hub{outlasting::clock{}};
  outlasting::bus bus{hub};
  outlasting::bus::connection tongue{bus};
  gesta::cloud_event_headers headers{};

  void tell(gesta::envelope what, std::string_view payload, std::string_view topic = "shop.ordered") {
    REQUIRE(headers.write(what));
    const gesta::ticket sent = tongue.publish({.topic = topic, .id = {}, .key = what.key, .headers = headers.all(), .payload = payload});
    REQUIRE(tongue.wait(sent, {}) == gesta::acceptance::accepted);
  }
  void tell_ordered(std::string_view id, int number, std::string_view key = "a") {
    tell({.id = id, .source = "/shop", .type = "shop.ordered", .key = key, .content_type = binary_type}, bytes_of(ordered{std::string(key), number}));
  }
  void tell_placed(std::uint64_t position, int number, std::string_view key = "a") { tell_ordered(gesta::id_of_place({{7, 7}, position, 0}), number, key); }
};

/// Views in memory that outlive the program that fills them; its begins and commits are steps.
template <class... Kept>
struct mortal_views {
  gesta::memory_views::opened<Kept...>* kept;
  fate* of;

  template <class...>
  class opened {
   public:
    explicit opened(const mortal_views& where) : kept_(*where.kept), of_(*where.of) { kept_.rollback(); }
    const gesta::failure* broken() const { return nullptr; }
    const gesta::failure& last_failure() const { return cause_; }
    bool begin() { return told(of_.step([&] { return kept_.begin(); })); }
    bool commit() {
      bool done = false;
      const bool good = of_.step([&] { return done = kept_.commit(); });
      if (!done) kept_.rollback();
      return told(good);
    }
    void rollback() { kept_.rollback(); }
    template <class P>
    auto& table() {
      return kept_.template table<P>();
    }

   private:
    bool told(bool good) {
      if (!good) cause_ = gesta::failure(gesta::failure::kind::input_output, 0, "the view store is gone");
      return good;
    }
    gesta::memory_views::opened<Kept...>& kept_;
    fate& of_;
    gesta::failure cause_{};
  };
};
template <class Handler>
using marks = gesta::detail::marks_of<Handler>;

template <class Receiver>
gesta::received poll_all(Receiver& in) {
  gesta::received all;
  while (true) {
    const gesta::received got = in.poll();
    all.handled += got.handled;
    all.repeated += got.repeated;
    all.put_aside += got.put_aside;
    all.handed_back += got.handed_back;
    if (!got) return all.stop(got.why()), all;
    if (got.caught_up) return all;
  }
}

template <class Receiver>
std::vector<std::string> causes(Receiver& in) {
  std::vector<std::string> all;
  CHECK(in.letters([&](const gesta::dead_letter& one) { all.emplace_back(one.cause); }));
  return all;
}

using sent_once = std::map<int, int>;

}  // namespace

TEST_CASE("by id: what comes again within the window is not handled again, and behind it it is") {
  world w;
  post to;
  auto in = gesta::receive_by<mailing>(w.bus, gesta::memory_views{}, to, gesta::from_beginning{}, outlasting::clock{}, quick);
  w.tell_ordered("x-1", 1);
  w.tell_ordered("x-2", 2, "b");
  w.tell_ordered("x-1", 1);
  w.tell({.id = "x-1", .source = "/other", .type = "shop.cancelled", .key = "a", .content_type = binary_type}, bytes_of(cancelled{"a", 1}), "shop.cancelled");
  gesta::received got = poll_all(in);
  CHECK(got);
  CHECK(got.handled == 4);
  CHECK(got.repeated == 1);
  CHECK(to.sent == sent_once{{1, 1}, {2, 1}, {-1, 1}});
  outlasting::now += day;
  w.tell_ordered("x-1", 1);
  CHECK(poll_all(in).repeated == 1);
  outlasting::now += 1;
  w.tell_ordered("x-1", 1);
  got = poll_all(in);
  CHECK(got.repeated == 0);
  CHECK(to.sent[1] == 2);
  CHECK(w.hub.kept() == 0);
}

TEST_CASE("marks go when their window has ended, and those by position stay") {
  world w;
  post to;
  fate lives;
  gesta::memory_views::opened<marks<mailing>> kept;
  auto mails = gesta::receive_by<mailing>(w.bus, mortal_views<marks<mailing>>{&kept, &lives}, to, gesta::from_beginning{}, outlasting::clock{});
  gesta::memory_views::opened<marks<placing>> for_ever;
  auto places = gesta::receive_by<placing>(w.bus, mortal_views<marks<placing>>{&for_ever, &lives}, to, gesta::from_beginning{}, outlasting::clock{});
  for (int i = 1; i <= 5; ++i) w.tell_placed(static_cast<std::uint64_t>(i), i);
  CHECK(poll_all(mails).handled == 5);
  CHECK(poll_all(places).handled == 5);
  CHECK(kept.table<marks<mailing>>().size() == 5);
  outlasting::now += 400 * day;
  w.tell_placed(6, 6);
  w.tell_placed(1, 1);
  CHECK(poll_all(mails).repeated == 0);
  CHECK(poll_all(places).repeated == 1);
  CHECK(kept.table<marks<mailing>>().size() == 2);
  CHECK(for_ever.table<marks<placing>>().size() == 6);
}

TEST_CASE("by position: places are marked one by one, so what was put aside may come behind later ones") {
  world w;
  post to;
  auto in = gesta::receive_by<placing>(w.bus, gesta::memory_views{}, to, gesta::from_beginning{}, outlasting::clock{});
  for (const std::uint64_t position : {3u, 1u, 2u, 3u, 1u}) w.tell_placed(position, static_cast<int>(position));
  CHECK(poll_all(in).repeated == 2);
  CHECK(to.sent == sent_once{{1, 1}, {2, 1}, {3, 1}});
}

TEST_CASE("by key the id is handed over; what does no harm twice comes twice; neither keeps anything") {
  world w;
  post to, copies;
  auto charges = gesta::receive_by<charging>(w.bus, to, gesta::from_beginning{}, outlasting::clock{});
  auto copied = gesta::receive_by<copying>(w.bus, copies, gesta::from_beginning{}, outlasting::clock{});
  w.tell_ordered("x-1", 1);
  w.tell_ordered("x-1", 1);
  CHECK(poll_all(charges).handled == 2);
  CHECK(poll_all(copied).handled == 2);
  CHECK(to.keys == std::vector<std::string>{"/shop x-1", "/shop x-1"});
  CHECK(copies.sent[1] == 2);
}

TEST_CASE("an error is answered: handed back, later each time, then a dead letter with its cause; nobody waits for it") {
  world w;
  post to;
  auto in = gesta::receive_by<mailing>(w.bus, gesta::memory_views{}, to, gesta::from_beginning{}, outlasting::clock{}, quick);
  w.tell_ordered("x-1", 1);
  to.unreachable = 3;
  CHECK(poll_all(in).handed_back == 1);
  CHECK(poll_all(in).handed_back == 0);
  outlasting::now += 999'999'999;
  CHECK(poll_all(in).handed_back == 0);
  outlasting::now += 1;
  CHECK(poll_all(in).handed_back == 1);
  outlasting::now += 1'999'999'999;
  CHECK(poll_all(in).put_aside == 0);
  w.tell_ordered("x-2", 2, "b");
  to.refuses = 2;
  const int before = to.unreachable;
  to.unreachable = 0;
  CHECK(poll_all(in).put_aside == 1);
  to.unreachable = before;
  outlasting::now += 1;
  CHECK(poll_all(in).put_aside == 1);
  const std::vector<std::string> said = causes(in);
  REQUIRE(said.size() == 2);
  for (const char* const part : {"refused", "number 2", "unreachable"})
    CHECK((said[0] + said[1]).find(part) != std::string::npos);
  CHECK(to.sent.empty());
  // A person says: again. It is as if it were new.
  std::vector<gesta::delivery_token> tokens;
  CHECK(in.letters([&](const gesta::dead_letter& one) { tokens.push_back(one.message.token); }));
  to.refuses = 0;
  for (const gesta::delivery_token token : tokens) CHECK(in.retry(token));
  CHECK(poll_all(in).handled == 2);
  CHECK(to.sent == sent_once{{1, 1}, {2, 1}});
}

TEST_CASE("bad input is put aside with its cause and stops nobody") {
  world w;
  post to;
  auto in = gesta::receive_by<mailing>(w.bus, gesta::memory_views{}, to, gesta::from_beginning{}, outlasting::clock{}, gesta::largest_payload{100});
  auto view = gesta::consume_from<by_customer>(w.bus, gesta::memory_views{}, gesta::from_beginning{}, outlasting::clock{}, gesta::largest_payload{100});
  CHECK(w.tongue.wait(w.tongue.publish({.topic = "shop.ordered", .payload = "hello"}), {}) == gesta::acceptance::accepted);
  const auto tell = [&](std::string_view type, std::uint32_t version, std::string_view content, std::string_view payload) {
    w.tell({.id = "bad", .source = "/shop", .type = type, .version = version, .key = "a", .content_type = content}, payload);
  };
  tell("shop.strange", 1, binary_type, "");
  tell("shop.ordered", 7, binary_type, "");
  tell("shop.ordered", 1, "text/plain", "");
  tell("shop.ordered", 1, binary_type, "\xff\xff\xff");
  tell("shop.ordered", 1, binary_type, std::string(101, 'x'));
  w.tell_ordered("x-1", 1);
#if __cpp_exceptions
  w.tell_ordered("x-13", 13);
  const std::size_t bad = 7;
#else
  const std::size_t bad = 6;
#endif
  w.tell_ordered("x-2", 2);
  for (const gesta::received& got : {poll_all(in), poll_all(view)}) {
    CHECK(got);
    CHECK(got.put_aside == bad);
    CHECK(got.handled == 2);
  }
  CHECK(to.sent == sent_once{{1, 1}, {2, 1}});
  REQUIRE(view.row("a") != nullptr);
  CHECK(view.row("a")->orders == 2);
  CHECK(view.row("a")->last == 2);
  CHECK(causes(in).size() == bad);
  CHECK(causes(view).size() == bad);
}

TEST_CASE("versions of before are brought to today: one after the other, to several events, to none") {
  world w;
  post to;
  auto in = gesta::receive_by<moving>(w.bus, gesta::memory_views{}, to, gesta::from_beginning{}, outlasting::clock{});
  auto view = gesta::consume_from<by_house>(w.bus, gesta::memory_views{}, gesta::from_beginning{}, outlasting::clock{});
  const auto tell = [&](std::uint64_t position, std::uint32_t version, std::string_view payload) {
    w.tell({.id = gesta::id_of_place({{7, 7}, position, 0}), .source = "/shop", .type = "shop.moved", .version = version, .key = "a", .content_type = binary_type},
           payload, "shop.moved");
  };
  tell(1, 1, bytes_of(moved_1{"a", "11"}));
  tell(2, 2, bytes_of(moved_2{"a", {21, 22, 23}}));
  tell(3, 2, bytes_of(moved_2{"a", {}}));
  tell(4, 3, bytes_of(moved{"a", 31}));
  tell(4, 3, bytes_of(moved{"a", 31}));
  tell(5, 4, bytes_of(moved{"a", 41}));
  for (const gesta::received& got : {poll_all(in), poll_all(view)}) {
    CHECK(got);
    CHECK(got.handled == 5);
    CHECK(got.repeated == 1);
    CHECK(got.put_aside == 1);
  }
  CHECK(to.sent == sent_once{{11, 1}, {21, 1}, {22, 1}, {23, 1}, {31, 1}});
  REQUIRE(view.row("a") != nullptr);
  CHECK(view.row("a")->moves == 5);
  CHECK(view.row("a")->last == 31);

  SUBCASE("where one of several cannot be handled, none behind it is, and all come again") {
    to.refuses = 52;
    tell(6, 2, bytes_of(moved_2{"a", {51, 52, 53}}));
    CHECK(in.poll().handed_back == 1);
    CHECK(to.sent.count(53) == 0);
    to.refuses = 0;
    outlasting::now += 1000;
    CHECK(poll_all(in).handled == 1);
    CHECK(to.sent[51] == 2);
    CHECK(to.sent[52] == 1);
    CHECK(to.sent[53] == 1);
  }
}

TEST_CASE("what was handled and could not be marked is not handled again as long as the program lives") {
  world w;
  post to;
  fate mine{.at = 4, .how = fate::kind::fails_before};  // begin, commit of the look, begin, commit of the mark
  gesta::memory_views::opened<marks<placing>> kept;
  auto in = gesta::receive_by<placing>(w.bus, mortal_views<marks<placing>>{&kept, &mine}, to, gesta::from_beginning{}, outlasting::clock{}, quick);
  w.tell_placed(1, 1);
  w.tell_placed(2, 2, "b");
  const gesta::received first = in.poll();
  CHECK(!first);
  CHECK(first.handed_back == 2);
  CHECK(kept.table<marks<placing>>().size() == 0);
  outlasting::now += 10;
  CHECK(poll_all(in).handled == 2);
  CHECK(to.sent == sent_once{{1, 1}, {2, 1}});
  CHECK(kept.table<marks<placing>>().size() == 2);
}

TEST_CASE("what has waited too long behind others and belongs to somebody else by now is left to them") {
  world w;
  post to;
  auto in = gesta::receive_by<copying>(w.bus, to, gesta::from_beginning{}, outlasting::clock{});
  w.tell_ordered("x-1", 1, "a");
  w.tell_ordered("x-2", 2, "b");
  to.takes = 31'000'000'000;
  (void)in.poll();
  CHECK(to.sent == sent_once{{1, 1}});
  to.takes = 20'000'000'000;  // it is handed out again; and one that waits, and is extended, is handled in time
  (void)in.poll();
  CHECK(to.sent == sent_once{{1, 2}, {2, 1}});
  CHECK(w.hub.kept() == 0);
}

namespace {

constexpr auto all_kinds = {fate::kind::dies_before, fate::kind::dies_behind, fate::kind::fails_before, fate::kind::fails_behind};

void tell_all(world& w) {
  for (int i = 1; i <= 4; ++i) w.tell_placed(static_cast<std::uint64_t>(i), i, i % 2 == 0 ? "a" : "b");
  w.tell_placed(2, 2, "a");
  w.tell_placed(1, 1, "b");
}

/// make(bus, fate) gives what is polled, in a program that ends or fails at one step, for each of its steps; then in one that lives. look(dead) behind.
template <class World, class Make, class Look>
std::uint64_t at_each_step(Make&& make, Look&& look) {
  std::uint64_t tried = 0;
  for (const fate::kind how : all_kinds) {
    for (const std::size_t batch : {std::size_t{1}, std::size_t{256}}) {
      for (std::uint64_t at = 1;; ++at) {
        World w;
        fate first;
        first.at = at;
        first.how = how;
        fate lives;
        for (fate* const mine : {&first, &lives}) {
          auto in = make(w, outlasting::mortal_bus{w.bus, mine}, *mine, gesta::batch_of{batch});
          if (mine == &first) tell_all(w);
          for (int i = 0; i < 12 && !mine->is_dead; ++i) {
            (void)in.poll();
            outlasting::now += 50;
          }
          outlasting::now += 31'000'000'000;
        }
        look(w, first);
        ++tried;
        if (first.steps < at) break;
      }
    }
  }
  return tried;
}

template <class Handler>
struct handled_world : world {
  post to;
  gesta::memory_views::opened<marks<Handler>> kept;
};
struct viewed_world : world {
  gesta::memory_views::opened<by_customer, marks<by_customer>> kept;
};

}  // namespace

TEST_CASE_TEMPLATE("wherever the program dies or a step fails, each message is handled, and twice only between handling and mark", Handler, placing, mailing) {
  int doubled = 0;
  const std::uint64_t tried = at_each_step<handled_world<Handler>>(
      [](auto& w, outlasting::mortal_bus bus, fate& mine, gesta::batch_of batch) {
        w.to.of = &mine;
        return gesta::receive_by<Handler>(bus, mortal_views<marks<Handler>>{&w.kept, &mine}, w.to, gesta::from_beginning{}, outlasting::clock{}, quick, batch);
      },
      [&](auto& w, const fate& first) {
        int twice = 0, missing = 0;
        for (int i = 1; i <= 4; ++i) {
          twice += w.to.sent[i] - 1 > 0 ? w.to.sent[i] - 1 : 0;
          missing += w.to.sent[i] == 0;
        }
        // An effect that fails outside and does not say so is its own: the handler was told that it was done.
        const bool is_effect_lost = first.how == fate::kind::fails_before && missing == 1;
        CHECK((missing == 0 || is_effect_lost));
        CHECK(twice <= (first.is_dead ? 1 : 0));
        CHECK(w.hub.kept() == 0);
        CHECK(w.kept.template table<marks<Handler>>().size() == 4);
        doubled += twice;
      });
  CHECK(tried > 100);
  CHECK(doubled > 0);  // it is at least once, and this is where
}

TEST_CASE("wherever the program dies or a step fails, each message changes the view once") {
  const std::uint64_t tried = at_each_step<viewed_world>(
      [](auto& w, outlasting::mortal_bus bus, fate& mine, gesta::batch_of batch) {
        return gesta::consume_from<by_customer>(bus, mortal_views<by_customer, marks<by_customer>>{&w.kept, &mine}, gesta::from_beginning{},
                                                outlasting::clock{}, quick, batch);
      },
      [&](auto& w, const fate&) {
        for (const char* const name : {"a", "b"}) {
          const customer* const row = w.kept.template table<by_customer>().find(std::string(name));
          REQUIRE(row != nullptr);
          CHECK(row->orders == 2);
        }
        CHECK(w.hub.kept() == 0);
      });
  CHECK(tried > 50);
}

TEST_CASE("a view store that cannot be written hands messages back, and they come again") {
  world w;
  fate mine;
  gesta::memory_views::opened<by_customer, marks<by_customer>> kept;
  auto view = gesta::consume_from<by_customer>(w.bus, mortal_views<by_customer, marks<by_customer>>{&kept, &mine}, gesta::from_beginning{},
                                               outlasting::clock{}, quick);
  w.tell_placed(1, 1);
  mine.is_dead = true;
  const gesta::received got = view.poll();
  CHECK(!got);
  CHECK(got.handed_back == 1);
  mine.is_dead = false;
  outlasting::now += 10;
  CHECK(poll_all(view).handled == 1);
  REQUIRE(kept.table<by_customer>().find(std::string("a")) != nullptr);
  CHECK(kept.table<by_customer>().find(std::string("a"))->orders == 1);
}

namespace {

/// Views that keep no row with a long name, as a database has a largest key.
struct narrow_views : mortal_views<by_customer, marks<by_customer>> {
  template <class... P>
  class opened : public mortal_views<by_customer, marks<by_customer>>::opened<P...> {
    using base = mortal_views<by_customer, marks<by_customer>>::opened<P...>;

   public:
    explicit opened(const narrow_views& where) : base(where) {}
    bool commit() {
      is_long_ = this->template table<by_customer>().find(std::string(100, 'x')) != nullptr;
      return is_long_ ? this->rollback(), false : base::commit();
    }
    const gesta::failure& last_failure() const { return is_long_ ? too_large_ : base::last_failure(); }

   private:
    bool is_long_ = false;
    gesta::failure too_large_{gesta::failure::kind::too_large, 0, "the key is too large"};
  };
};

}  // namespace

TEST_CASE("a message whose row is kept by no store is put aside, and keeps nobody waiting") {
  world w;
  fate mine;
  gesta::memory_views::opened<by_customer, marks<by_customer>> kept;
  auto view = gesta::consume_from<by_customer>(w.bus, narrow_views{{&kept, &mine}}, gesta::from_beginning{}, outlasting::clock{}, quick);
  w.tell_placed(1, 1);
  w.tell_placed(2, 1, std::string(100, 'x'));
  w.tell_placed(3, 1, "b");
  const gesta::received got = poll_all(view);
  CHECK(got);
  CHECK(got.handled == 2);
  CHECK(got.put_aside == 1);
  CHECK(kept.table<by_customer>().find(std::string("b")) != nullptr);
  CHECK(causes(view) == std::vector<std::string>{"the key is too large"});
}
