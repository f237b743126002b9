// Several commands of one reaction, and what happens when all of them are done.
#include <gesta/describe/diagram.hpp>
#include <gesta/gesta.hpp>
#include <gesta/store/memory.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <type_traits>

namespace {

// A crate of so many glasses, one of which may be broken.
struct ordered { int crate, glasses, broken; static constexpr auto id = "ordered"; };
struct packed  { int crate, glass;           static constexpr auto id = "packed"; };
struct taken   { int crate, glass;           static constexpr auto id = "taken"; using undoes = packed; };
struct closed  { int crate;                  static constexpr auto id = "closed"; };
struct left    { int crate;                  static constexpr auto id = "left"; using undoes = ordered; };

struct order { int crate, glasses, broken; };
struct pack  { int crate, glass; };
struct take  { int crate, glass; };
struct close { int crate; };
struct leave { int crate; };

struct is_broken { static constexpr auto id = "is_broken"; };

struct crate { int broken = -1, inside = 0; };
constexpr void evolve(crate& c, const ordered& e) { c.broken = e.broken; }
constexpr void evolve(crate& c, const packed&)    { ++c.inside; }
constexpr void evolve(crate& c, const taken&)     { --c.inside; }
constexpr void evolve(crate&, const closed&)      {}
constexpr void evolve(crate&, const left&)        {}

constexpr auto decide(const crate&, const order& c) -> gesta::emits<ordered> { return ordered{c.crate, c.glasses, c.broken}; }
/// The seventh glass lies in every crate already.
constexpr auto decide(const crate& s, const pack& c) -> gesta::emits<packed>::or_nothing::or_rejects<is_broken> {
  if (c.glass == s.broken) return is_broken{};
  if (c.glass == 7) return gesta::no_change;
  return packed{c.crate, c.glass};
}
constexpr auto decide(const crate& s, const take& c) -> gesta::emits<taken>::or_nothing {
  if (s.inside == 0) return gesta::no_change;
  return taken{c.crate, c.glass};
}
constexpr auto decide(const crate&, const close& c) -> gesta::emits<closed> { return closed{c.crate}; }
constexpr auto decide(const crate&, const leave& c) -> gesta::emits<left> { return left{c.crate}; }

struct crates : gesta::aggregate<crate, gesta::commands<order, pack, take, close, leave>, gesta::by<"crate">> { static constexpr auto id = "crate"; };

struct packer { static constexpr auto id = "packer"; };
gesta::many<pack> react(const packer&, const ordered& o) {
  gesta::many<pack> all;
  for (int glass = 0; glass != o.glasses; ++glass) all.push_back({o.crate, glass});
  return all;
}
gesta::many<take> react(const packer&, const pack& asked, const is_broken&) {
  gesta::many<take> all;
  for (int glass = asked.glass; glass-- != 0;) all.push_back({asked.crate, glass});
  return all;
}
struct foreman { static constexpr auto id = "foreman"; };
close react(const foreman&, const gesta::all_done<pack>&, const ordered& o) { return {o.crate}; }
leave react(const foreman&, const gesta::all_done<take>&, const ordered& o) { return {o.crate}; }

struct packing : gesta::choreography<gesta::by<"crate">, gesta::begins<ordered>, gesta::completes<closed>, gesta::gives_up<left>,
                                     gesta::reactors<packer, foreman>> {
  static constexpr auto id = "packing";
};
struct happened { int packed = 0, taken = 0, closed = 0, left = 0, last = 0; };
constexpr void project(happened& h, const packed& e) { ++h.packed; h.last = e.glass; }
constexpr void project(happened& h, const taken& e)  { ++h.taken; h.last = e.glass; }
constexpr void project(happened& h, const closed&)   { ++h.closed; }
constexpr void project(happened& h, const left&)     { ++h.left; }
struct counting : gesta::projection<happened> { static constexpr auto id = "counting"; };

struct works : gesta::model<crates, packing, counting> {};

happened after(int glasses, int broken) {
  auto app = gesta::start<works>(gesta::memory_store{});
  app.handle(order{1, glasses, broken});
  return app.view<happened>();
}

TEST_CASE("when the last of several commands is done it is said once") {
  const happened whole = after(3, -1);
  CHECK(whole.packed == 3);
  CHECK(whole.closed == 1);
  CHECK(whole.left == 0);
}

TEST_CASE("none at all are done as well") {
  const happened empty = after(0, -1);
  CHECK(empty.packed == 0);
  CHECK(empty.closed == 1);
}

TEST_CASE("one that finds nothing to do is done") {
  const happened ten = after(10, -1);
  CHECK(ten.packed == 9);
  CHECK(ten.closed == 1);
}

TEST_CASE("the first that is refused stops the others, and not all are done; what follows from the refusal has an end of its own") {
  const happened broken = after(9, 4);
  CHECK(broken.packed == 4);
  CHECK(broken.taken == 4);
  CHECK(broken.last == 0);  // the last glass first
  CHECK(broken.closed == 0);
  CHECK(broken.left == 1);
  const happened at_once = after(9, 0);
  CHECK(at_once.packed == 0);
  CHECK(at_once.taken == 0);
  CHECK(at_once.left == 1);
}

TEST_CASE("what follows from the end goes back with its unit") {
  auto app = gesta::start<works>(gesta::memory_store{});
  {
    auto batch = app.batch();
    batch.handle(order{1, 3, -1});
    CHECK(app.state<crates>(1).inside == 3);
  }
  CHECK(app.state<crates>(1).inside == 0);
  CHECK(app.view<happened>().closed == 0);
  app.handle(order{1, 2, -1});
  CHECK(app.view<happened>().closed == 1);
}

TEST_CASE("who hears the end is drawn where its commands come from") {
  std::string drawn;
  gesta::print_flow<works>(gesta::diagram::json, [&](const char* text, std::size_t size) { drawn.append(text, size); });
  INFO(drawn);
  CHECK(drawn.find(R"({"kind": "hears", "from": 2, "to": 14, "via": 2})") != std::string::npos);  // pack, foreman
}

}  // namespace
