"""The source of a model with many events and commands, eight aggregates of equal size; one event may lack its evolve."""


def source(events, without=None):
    lines = ["#include <gesta/model/model.hpp>", ""]
    each = events // 8
    for a in range(8):
        own = range(a * each, (a + 1) * each)
        lines += [f"struct state_{a} {{ int sum = 0; }};"]
        for n in own:
            lines += [f'struct happened_{n} {{ int amount; static constexpr auto id = "large.happened_{n}"; }};',
                      f"struct wish_{n} {{ int amount; }};",
                      f"constexpr void evolve(state_{a}& s, const happened_{n}& e) {{ s.sum += e.amount; }}" if n != without else "",
                      f"constexpr auto decide(const state_{a}&, const wish_{n}& c) -> gesta::emits<happened_{n}> {{",
                      f"  return happened_{n}{{c.amount}};",
                      "}"]
        wishes = ", ".join(f"wish_{n}" for n in own)
        lines += [f"struct aggregate_{a} : gesta::aggregate<state_{a}, gesta::commands<{wishes}>> {{",
                  f'  static constexpr auto id = "aggregate_{a}";',
                  "};"]
    return "\n".join([*lines, f"struct large : gesta::model<{', '.join(f'aggregate_{a}' for a in range(8))}> {{}};", ""])
