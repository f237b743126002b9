// Messages that own memory are stored encoded; flat ones lie in the log as they are. The type says which.
#include <gesta/gesta.hpp>

#include <cstdio>
#include <string>
#include <vector>

struct noted  { std::string text; std::vector<std::string> tags; static constexpr auto id = "note.noted"; };
struct starred { gesta::text<8> by; static constexpr auto id = "note.starred"; };
struct note   { std::string text; std::vector<std::string> tags; };
struct star   { gesta::text<8> by; };
static_assert(!gesta::flat<noted> && gesta::flat<starred>);

struct page { std::string text; int stars = 0; };
inline void evolve(page& p, const noted& e) { p.text += e.text; }
constexpr void evolve(page& p, const starred&) { ++p.stars; }
inline auto decide(const page&, const note& c) -> gesta::emits<noted> { return noted{c.text, c.tags}; }
inline auto decide(const page&, const star& c) -> gesta::emits<starred> { return starred{c.by}; }

struct pages : gesta::aggregate<page, gesta::commands<note, star>> {
  static constexpr auto id = "page";
  using key = unsigned;  // not a string this time
};
struct notebook : gesta::model<pages> {};

int main() {
  auto app = gesta::start<notebook>(gesta::memory_store{});
  app.handle(1u, note{"to be, ", {"hamlet"}});
  app.handle(1u, note{"or not to be", {}});
  app.handle(1u, star{"will"});
  std::printf("%s (%d)\n", app.state<pages>(1u).text.c_str(), app.state<pages>(1u).stars);
}
