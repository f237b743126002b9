// A payload that is too large for the transport stays behind in a store of blobs, and a token travels in its place: who hears it sees the event as it was.
#include <gesta/gesta.hpp>
#include <gesta/runtime/inbox.hpp>
#include <gesta/runtime/relay.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/transport/in_process.hpp>

#include <cstdint>
#include <cstdio>
#include <string>

// ---- the studio tells

struct photo_taken { std::string pixels; static constexpr auto id = gesta::integration_id{"studio.photo_taken"}; };

struct taken { std::string pixels; static constexpr auto id = "session.taken"; };
struct take { std::string pixels; };
struct session { int photos = 0; };
constexpr void evolve(session& s, const taken&) { ++s.photos; }
auto decide(const session&, const take& c) -> gesta::emits<taken> { return taken{c.pixels}; }
photo_taken publish(const taken& e) { return {e.pixels}; }
struct sessions : gesta::aggregate<session, gesta::commands<take>> { static constexpr auto id = "session"; };
struct studio : gesta::model<sessions> {};
struct outlet { static constexpr auto id = "studio.outlet"; };

// ---- the album hears

struct seen { std::size_t photos = 0, bytes = 0; };
void project(seen& s, const photo_taken& e) { ++s.photos, s.bytes += e.pixels.size(); }
using from_studio = gesta::from_outside<photo_taken>;
struct seen_all : gesta::projection<seen, gesta::follows<from_studio>> { static constexpr auto id = "seen_all"; };
struct album : gesta::model<from_studio, seen_all> {};
struct inlet { static constexpr auto id = "album"; };

/// A clock that the example moves.
std::int64_t time_by_hand = 0;
struct hand_clock {
  gesta::timestamp operator()() const { return {time_by_hand}; }
};

int main() {
  gesta::in_process_hub<hand_clock, gesta::in_process_limits{.largest_message = 4096}> hub{hand_clock{}};  // larger messages it does not take
  gesta::in_process bus{hub};
  decltype(bus)::connection wire(bus);
  auto app = gesta::start<album>(gesta::memory_store{});
  auto from = gesta::start<studio>(gesta::memory_store{});

  // [claim]
  gesta::memory_blobs blobs;  // gesta::sqlite_blobs{"blobs.db"} where both are programs of their own
  gesta::claim_check claims{blobs, 4000, {.keep = gesta::days(7), .tries = 2}};
  auto out = gesta::relay<outlet>(from, gesta::memory_views{}, wire, gesta::from_beginning{}, hand_clock{}, claims);
  auto in = gesta::inbox<inlet>(app, bus, gesta::from_beginning{}, hand_clock{}, claims);
  // [/claim]

  from.handle("1", take{std::string(100, 'x')});        // travels
  from.handle("1", take{std::string(1'000'000, 'y')});  // stays behind
  (void)out.poll();
  for (gesta::received got = in.poll(); !got.caught_up; got = in.poll())
    if (!got) return std::printf("%s\n", got.why().describe()), 1;
  std::printf("seen %zu photos, %zu bytes\n", app.view<seen>().photos, app.view<seen>().bytes);

  from.handle("1", take{std::string(2'000'000, 'z')});
  (void)out.poll();
  time_by_hand += gesta::days(8).nanoseconds;  // nobody hears it for longer than blobs are kept
  (void)out.poll();
  for (int i = 0; i < 2; ++i) {
    const gesta::received got = in.poll();
    std::printf("handed back %d, put aside %d\n", static_cast<int>(got.handed_back), static_cast<int>(got.put_aside));
    time_by_hand += gesta::minutes(1).nanoseconds;
  }
  (void)in.letters([](const gesta::dead_letter& one) { std::printf("%.*s\n", static_cast<int>(one.cause.size()), one.cause.data()); });
}
