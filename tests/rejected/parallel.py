"""A choreography of which one event is reacted to by several, whose outcomes are independent: the number of paths is a power of theirs."""


def source(services):
    lines = ["#include <gesta/model/model.hpp>", "#include <gesta/react/choreography.hpp>",
             'struct started { int job; static constexpr auto id = "started"; };', "struct start { int job; };", "struct job {};",
             "constexpr void evolve(job&, const started&) {}",
             "constexpr auto decide(const job&, const start& c) -> gesta::emits<started> { return started{c.job}; }",
             'struct jobs : gesta::aggregate<job, gesta::commands<start>, gesta::by<"job">> { static constexpr auto id = "job"; };']
    for i in range(services):
        lines += [f"namespace s{i} {{",
                  f'struct done {{ int job; static constexpr auto id = "done_{i}"; }};', "struct work { int job; };",
                  f'struct busy {{ static constexpr auto id = "busy_{i}"; }};', f'struct closed {{ static constexpr auto id = "closed_{i}"; }};',
                  "struct state {};", "constexpr void evolve(state&, const done&) {}",
                  "constexpr auto decide(const state&, const work& c) -> gesta::emits<done>::or_rejects<busy, closed> {",
                  "  if (c.job == 0) return busy{};", "  if (c.job == 1) return closed{};", "  return done{c.job};", "}",
                  f'struct works : gesta::aggregate<state, gesta::commands<work>, gesta::by<"job">> {{ static constexpr auto id = "work_{i}"; }};',
                  f'struct worker {{ static constexpr auto id = "worker_{i}"; }};',
                  "constexpr auto react(const worker&, const started& e) -> work { return {e.job}; }",
                  "constexpr void react(const worker&, const work&, const busy&) {}", "constexpr void react(const worker&, const work&, const closed&) {}", "}"]
    each = [f"s{i}" for i in range(services)]
    lines += ['struct fan : gesta::choreography<gesta::by<"job">, gesta::begins<started>, gesta::completes<started>, gesta::reactors<'
              + ", ".join(f"{s}::worker" for s in each) + '>> { static constexpr auto id = "fan"; };',
              "struct factory : gesta::model<jobs, " + ", ".join(f"{s}::works" for s in each) + ", fan> {};"]
    return "\n".join(lines)
