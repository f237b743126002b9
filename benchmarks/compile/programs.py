"""The programs whose compilation is measured: a model of N events with as many commands, and what it is compared with.

A model is made of aggregates of eight events and eight commands, each in a namespace of its own: flat states, contracts with
one event, two events, refusals and "nothing to do", keys by a field, one view over all of it. The program starts the model in
memory and sends each command once. `by_switch` is the same domain as it is written without a library. `chain` is a saga of N steps over N
aggregates of two commands each, or the same model without it.
"""

PER_AGGREGATE = 8


def domain(a):
    """The messages, rules and aggregate number `a`, as a user's header."""
    out = [f"namespace part{a} {{", ""]
    for i in range(PER_AGGREGATE):
        out.append(f"struct did{i} {{ std::int64_t entity; std::int64_t amount; static constexpr auto id = \"part{a}.did{i}\"; }};")
    for i in range(PER_AGGREGATE):
        out.append(f"struct do{i} {{ std::int64_t entity; std::int64_t amount; }};")
    for i in range(PER_AGGREGATE):
        out.append(f"struct refused{i} {{ std::int64_t missing; }};")
    out += ["", "struct state { std::int64_t total = 0, limit = 100; std::int32_t last = 0; };", ""]
    for i in range(PER_AGGREGATE):
        out.append(f"constexpr void evolve(state& s, const did{i}& e) {{ s.total {'+-'[i % 2]}= e.amount; s.last = {i}; }}")
    out.append("")
    for i in range(PER_AGGREGATE):
        head = f"constexpr auto decide(const state& s, const do{i}& c) -> gesta::emits"
        refuse = f"  if (c.amount > s.limit) return refused{i}{{c.amount - s.limit}};"
        fact = f"did{i}{{c.entity, c.amount}}"
        if i % 4 == 0:
            out += [f"{head}<did{i}> {{", f"  return did{i}{{c.entity, c.amount + s.last}};", "}"]
        elif i % 4 == 1:
            out += [f"{head}<did{i}>::or_rejects<refused{i}> {{", refuse, f"  return {fact};", "}"]
        elif i % 4 == 2:
            out += [f"{head}<did{i}, did{i + 1}>::or_rejects<refused{i}> {{", refuse,
                    f"  return gesta::emit({fact}, did{i + 1}{{c.entity, 1}});", "}"]
        else:
            out += [f"{head}<did{i}>::or_nothing::or_rejects<refused{i}, refused{i - 1}> {{", refuse,
                    f"  if (s.total < 0) return refused{i - 1}{{s.total}};",
                    "  if (c.amount == 0) return gesta::no_change;", f"  return {fact};", "}"]
    commands = ", ".join(f"do{i}" for i in range(PER_AGGREGATE))
    out += ["", f"struct entities : gesta::aggregate<state, gesta::commands<{commands}>, gesta::by<\"entity\">> {{",
            f"  static constexpr auto id = \"part{a}\";", "};", "", f"}}  // namespace part{a}", ""]
    return "\n".join(out)


def view(aggregates):
    """One read model that projects every event."""
    out = ["namespace reading {", "", "struct totals { std::int64_t amount = 0; std::uint64_t events = 0; };"]
    for a in range(aggregates):
        for i in range(PER_AGGREGATE):
            out.append(f"constexpr void project(totals& t, const part{a}::did{i}& e) {{ t.amount += e.amount; ++t.events; }}")
    followed = ", ".join(f"part{a}::entities" for a in range(aggregates))
    out += ["", f"struct all_totals : gesta::projection<totals, gesta::follows<{followed}>> {{",
            "  static constexpr auto id = \"totals\";", "};", "", "}  // namespace reading", ""]
    return "\n".join(out)


def whole(events):
    """A program with a checked model of so many events, that handles every command."""
    count = events // PER_AGGREGATE
    out = ["#include <gesta/gesta.hpp>", "#include <cstdint>", ""]
    out += [domain(a) for a in range(count)]
    out.append(view(count))
    parts = ", ".join(f"part{a}::entities" for a in range(count))
    out += [f"struct whole : gesta::model<{parts}, reading::all_totals> {{}};", "",
            "int main() {", "  auto app = gesta::start<whole>(gesta::memory_store{});", "  std::int64_t sum = 0;"]
    for a in range(count):
        for i in range(PER_AGGREGATE):
            arms = f"[&](const part{a}::state& now) {{ sum += now.total; }}"
            for r in {0: [], 1: [i], 2: [i], 3: [i, i - 1]}[i % 4]:
                arms += f", [&](const part{a}::refused{r}& no) {{ sum -= no.missing; }}"
            out.append(f"  app.handle(part{a}::do{i}{{{a + i}, sum}}).match({arms});")
    out += ["  return static_cast<int>((sum + app.view<reading::totals>().amount) & 1);", "}", ""]
    return "\n".join(out)


def by_port():
    """A file that sends one command of a model which it does not name."""
    return "\n".join([
        "#include <gesta/runtime/port.hpp>", "#include <cstdint>", "", domain(0),
        "std::int64_t send(gesta::port<part0::entities> entities, std::int64_t entity) {",
        "  std::int64_t sum = 0;",
        "  entities.handle(part0::do1{entity, 5}).match([&](const part0::state& now) { sum = now.total; },",
        "                                               [&](const part0::refused1& no) { sum = -no.missing; },",
        "                                               [&](const gesta::failure&) { sum = -1; });",
        "  return sum;", "}", ""])


def only_domain_header():
    return "#include <gesta/domain.hpp>\n"


def by_switch(events):
    """The same domain by hand: a tag and a switch per aggregate, a log of bytes, a hash map of entities."""
    count = events // PER_AGGREGATE
    out = ["#include <cstdint>", "#include <cstring>", "#include <unordered_map>", "#include <vector>", "",
           "struct record { std::uint16_t tag; std::uint16_t size; std::uint32_t aggregate; std::int64_t entity; std::uint64_t version; };",
           "std::vector<unsigned char> log_bytes;",
           "struct { std::int64_t amount; std::uint64_t events; } totals;",
           "enum class outcome { accepted, refused };", "struct answer { outcome what; std::int64_t amount; };",
           "template <class Event>",
           "void append(std::uint16_t tag, std::uint32_t aggregate, std::uint64_t version, const Event& e) {",
           "  const record r{tag, sizeof e, aggregate, e.entity, version};",
           "  const auto at = log_bytes.size();",
           "  log_bytes.resize(at + sizeof r + sizeof e);",
           "  std::memcpy(log_bytes.data() + at, &r, sizeof r);",
           "  std::memcpy(log_bytes.data() + at + sizeof r, &e, sizeof e);", "}", ""]
    for a in range(count):
        out += [f"namespace part{a} {{"]
        for i in range(PER_AGGREGATE):
            out.append(f"struct did{i} {{ std::int64_t entity; std::int64_t amount; }};")
        for i in range(PER_AGGREGATE):
            out.append(f"struct do{i} {{ std::int64_t entity; std::int64_t amount; }};")
        out += ["struct state { std::int64_t total = 0, limit = 100; std::int32_t last = 0; std::uint64_t version = 0; };",
                "std::unordered_map<std::int64_t, state> entities;",
                "void evolve(state& s, std::uint16_t tag, const void* event) {", "  switch (tag) {"]
        for i in range(PER_AGGREGATE):
            out += [f"    case {i}: {{", f"      did{i} e;", "      std::memcpy(&e, event, sizeof e);",
                    f"      s.total {'+-'[i % 2]}= e.amount;", f"      s.last = {i};",
                    "      totals.amount += e.amount;", "      ++totals.events;", "      break;", "    }"]
        out += ["  }", "}"]
        for i in range(PER_AGGREGATE):
            out += [f"answer handle(const do{i}& c) {{", "  state& s = entities[c.entity];"]
            if i % 4 != 0:
                out.append("  if (c.amount > s.limit) return {outcome::refused, c.amount - s.limit};")
            if i % 4 == 3:
                out += ["  if (s.total < 0) return {outcome::refused, s.total};",
                        "  if (c.amount == 0) return {outcome::accepted, s.total};"]
            amounts = [(i, "c.amount + s.last" if i % 4 == 0 else "c.amount")] + ([(i + 1, "1")] if i % 4 == 2 else [])
            for event, amount in amounts:
                out += [f"  const did{event} e{event}{{c.entity, {amount}}};", f"  append({event}, {a}, ++s.version, e{event});",
                        f"  evolve(s, {event}, &e{event});"]
            out += ["  return {outcome::accepted, s.total};", "}"]
        out += [f"}}  // namespace part{a}", ""]
    out += ["int main() {", "  std::int64_t sum = 0;"]
    for a in range(count):
        for i in range(PER_AGGREGATE):
            out += [f"  {{ const auto r = part{a}::handle(part{a}::do{i}{{{a + i}, sum}}); sum += r.what == outcome::accepted ? r.amount : -r.amount; }}"]
    out += ["  return static_cast<int>((sum + totals.amount) & 1);", "}", ""]
    return "\n".join(out)


def chain(steps, with_saga):
    """A model of so many aggregates, each with a command and what undoes it, and a saga that asks all of them in turn: each step takes the
    event of the step before, each undo its own event and the cause."""
    out = ["#include <gesta/model/model.hpp>", "", "namespace first {", "struct begun { int order; static constexpr auto id = \"first.begun\"; };",
           "struct begin { int order; };", "struct state {};", "constexpr void evolve(state&, const begun&) {}",
           "constexpr auto decide(const state&, const begin& c) -> gesta::emits<begun> { return begun{c.order}; }",
           "struct all : gesta::aggregate<state, gesta::commands<begin>, gesta::by<\"order\">> { static constexpr auto id = \"first\"; };",
           "}  // namespace first", ""]
    for i in range(steps):
        out += [f"namespace part{i} {{", f"struct did {{ int order, amount; static constexpr auto id = \"part{i}.did\"; }};",
                f"struct undid {{ int order, amount; static constexpr auto id = \"part{i}.undid\"; }};",
                f"struct refused {{ static constexpr auto id = \"part{i}.refused\"; }};", "struct make { int order, amount; };",
                "struct unmake { int order, amount; };", "struct state { int made = 0; };",
                "constexpr void evolve(state& s, const did&) { ++s.made; }", "constexpr void evolve(state& s, const undid&) { --s.made; }",
                "constexpr auto decide(const state& s, const make& c) -> gesta::emits<did>::or_rejects<refused> {",
                "  if (s.made > 3) return refused{};", "  return did{c.order, c.amount};", "}",
                "constexpr auto decide(const state& s, const unmake& c) -> gesta::emits<undid>::or_nothing {",
                "  if (s.made == 0) return gesta::no_change;", "  return undid{c.order, c.amount};", "}",
                f"struct all : gesta::aggregate<state, gesta::commands<make, unmake>, gesta::by<\"order\">> {{ static constexpr auto id = \"part{i}\"; }};",
                f"}}  // namespace part{i}", ""]
    if with_saga:
        out += ["enum class why : unsigned char { refused };", "using gives_up = gesta::compensate_with<why>;",
                "struct start { static constexpr auto id = \"start\"; using begun_by = first::begun; };"]
        for i in range(steps):
            before = f", const part{i - 1}::did& before" if i else ""
            amount = "before.amount" if i else "1"
            out += [f"struct step{i} {{", f"  static constexpr auto id = \"step{i}\";",
                    f"  constexpr auto run(const first::begun& b{before}) -> part{i}::make {{ return {{b.order, {amount}}}; }}",
                    f"  constexpr auto undo(const part{i}::did& d, why) -> part{i}::unmake {{ return {{d.order, d.amount}}; }}",
                    f"  constexpr auto on(part{i}::refused) -> gives_up {{ return why::refused; }}", "};"]
        listed = ", ".join(f"step{i}" for i in range(steps))
        out += [f"struct chain : gesta::saga<gesta::by<\"order\">, start, {listed}> {{ static constexpr auto id = \"chain\"; }};"]
    parts = ", ".join(f"part{i}::all" for i in range(steps))
    return "\n".join(out + [f"struct whole : gesta::model<first::all, {parts}{', chain' if with_saga else ''}> {{}};", ""])
