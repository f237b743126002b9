"""Shows values of gesta in gdb: times, ids, keys, texts, results, records, and a whole app.

Load it with `source .../share/gesta/gdb/gesta.py`, by hand or in ~/.gdbinit; `disable pretty-printer global gesta` takes it back.
It reads memory and calls nothing, so it also works on core files. A program needs -g; -O0 or -Og shows most. Where the debugger does not
find what a printer needs (it was optimized away), less is said: an event then is its tag and its size.
"""
import datetime
import re
import struct

import gdb
import gdb.printing

# How many of its last records an app shows. A log shows all of them, as far as `set print elements` goes.
LAST_RECORDS = 5
# Up to how many entities their events are counted, which reads each of them.
MOST_COUNTED = 2000


# ---- words

def time_text(nanoseconds):
    """A gesta::timestamp: ISO 8601 in UTC, with all nine digits."""
    if nanoseconds == 0:
        return "no time"
    seconds, rest = divmod(nanoseconds, 10**9)
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    return f"{moment.isoformat()}.{rest:09}Z"


def id_text(value):
    """A gesta::message_id: 32 hex digits, as the SQLite file has it."""
    high, low = int(value["high"]), int(value["low"])
    return f"{high:016x}{low:016x}" if high or low else "none"


def quoted(data):
    """Bytes that are UTF-8 without control characters but line ends as a text, others as hex."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return "0x" + data.hex()
    if any(ord(c) < 0x20 and c not in "\n\r\t" or ord(c) == 0x7f for c in text):
        return "0x" + data.hex()
    for c, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(c, escaped)
    return f'"{text}"'


def bytes_at(address, size, most=200):
    """So many bytes of the program, cut at `most`, and what says that they were cut."""
    kept = min(size, most)
    data = bytes(gdb.selected_inferior().read_memory(address, kept)) if kept else b""
    return data, "" if kept == size else f"... ({size} bytes)"


def key_text(value):
    size = int(value["size"])
    if size == 0:
        return '""'
    data, rest = bytes_at(int(value["data"]), size)
    return quoted(data) + rest


def enumerator(value):
    """The name of an enum's value without its scope."""
    return str(value).rsplit("::", 1)[-1]


def failure_text(value):
    words = bytes(int(value["detail"][i]) & 0xff for i in range(value["detail"].type.sizeof)).split(b"\0", 1)[0].decode("utf-8", "replace")
    text = enumerator(value["why"]) + (f": {words}" if words else "")
    if int(value["code"]):
        text += f" (code {int(value['code'])})"
    if int(value["position"]):
        text += f", position {int(value['position'])}"
    return text


def origin_text(value):
    text = time_text(int(value["time"]["nanoseconds"]))
    for which in ("correlation", "causation"):
        if id_text(value[which]) != "none":
            text += f", {which} {id_text(value[which])}"
    return text


# ---- types

def parts_of(name):
    """The arguments of `template<a, b<c, d>, e>`, as they are spelled."""
    begin = name.find("<")
    if begin < 0:
        return []
    parts, depth, start = [], 0, begin + 1
    for i in range(begin, len(name)):
        c = name[i]
        if c in "<({":
            depth += 1
        elif c in ">)}":
            depth -= 1
        if depth == 1 and c == "," or depth == 0:
            parts.append(name[start:i].strip())
            start = i + 1
        if depth == 0:
            break
    return [part for part in parts if part]


def type_named(name):
    """The type of this name, or None."""
    for spelled in (name, name.replace("> >", ">>")):
        try:
            return gdb.lookup_type(spelled)
        except gdb.error:
            pass
    return None


def plain_name(name):
    """A spelling that is the same whether it comes from the debug information or from a symbol."""
    return re.sub(r"(?<=\d)(ul|u|l)\b", "", name, flags=re.I).replace(" ", "")


def short(name):
    """A name without its scope."""
    return name.rsplit("::", 1)[-1]


def in_one_line(value):
    text = value.format_string(pretty_structs=False, pretty_arrays=False, static_members=False)
    return text.replace("{<No data fields>}", "{}")


def counted(number, what):
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def template_of(value_type):
    return value_type.strip_typedefs().name or ""


def model_name(name):
    """`bank` of `as_seen<bank, 123>` and of `bank`."""
    return parts_of(name)[0] if name.startswith("gesta::detail::as_seen<") else name


def vector_at(vector):
    """Where the elements of a std::vector begin."""
    names = [field.name for field in vector.type.strip_typedefs().fields()]
    return vector["__begin_"] if "__begin_" in names else vector["_M_impl"]["_M_start"]


def lies_in_place(value_type):
    """Whether an event of this type lies in memory as it is (gesta::flat), as far as can be seen from here."""
    value_type = value_type.strip_typedefs()
    if value_type.code in (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_BOOL, gdb.TYPE_CODE_CHAR, gdb.TYPE_CODE_ENUM, gdb.TYPE_CODE_FLT):
        return True
    if value_type.code == gdb.TYPE_CODE_ARRAY:
        return lies_in_place(value_type.target())
    if value_type.code not in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        return False
    name = value_type.name or ""
    if name.startswith("std::"):
        if re.match(r"std::(__\w+::)?chrono::", name):
            return True
        return bool(re.match(r"std::(__\w+::)?(array|optional)<", name)) and lies_in_place(value_type.template_argument(0))
    return all(lies_in_place(field.type) for field in value_type.fields() if hasattr(field, "bitpos"))


# Which event stands for which tag, by program and flow. A program that folds states has, for each aggregate, a constant whose type lists
# its events and their old versions, and whose value lists their tags: runtime/reading.hpp.
known_tags = {}


def events_of(flow):
    """{tag: name of the event's type} of a flow, as far as it can be known."""
    wanted = plain_name(flow)
    where = (gdb.current_progspace().filename, wanted)
    if where not in known_tags:
        known_tags[where] = read_tags(wanted)
    return known_tags[where]


def read_tags(wanted):
    found, listed_twice, lists, old = {}, set(), [], []
    for line in gdb.execute("info variables -q gesta::detail::all_tags<", to_string=True).splitlines():
        kind, _, name = line.partition(" gesta::detail::all_tags<")
        arguments = parts_of(kind[kind.find("gesta::detail::tags_of<"):])
        if len(arguments) != 4 or plain_name(arguments[0]) != wanted:
            continue
        events = parts_of(arguments[1])
        if all(events != listed for listed, _ in lists):  # some are there twice: for whole events, and for those that may become one of them
            lists.append((events, "gesta::detail::all_tags<" + name.rstrip(";")))
        old = parts_of(arguments[3])
    seen = [event for events, _ in lists for event in events]
    for events, name in lists:
        if len(events) == len(set(seen)):  # all events of the model, in the order of their tags
            return dict(enumerate(events + old))
        listed_twice.update(event for event in events if seen.count(event) > 1)
    for events, name in lists:  # tags rise in the order of one aggregate's events, unless another aggregate has them too
        if listed_twice.isdisjoint(events):
            try:
                tags = gdb.parse_and_eval(f"'{name}'")["tags"]
                found.update((int(tags[i]), event) for i, event in enumerate(events))
            except gdb.error:
                pass  # optimized away
    return found


def byte_order():
    return ">" if "big endian" in gdb.execute("show endian", to_string=True) else "<"


# ---- records in memory

class Record:
    """One record: its head is 24 bytes, see store/record.hpp."""

    def __init__(self, position, head, address, head_size):
        self.position, self.address = position, address
        self.tag, self.aggregate, self.size, self.version, self.entity, self.previous = struct.unpack(byte_order() + "HHIIIQ", head)
        self.payload, self.payload_size = address + head_size, self.size - head_size

    def text(self, events=None, streams=None):
        """What it is: with the names of types and keys where they are known."""
        where = streams(self.aggregate, self.entity) if streams else f"entity {self.entity} of aggregate {self.aggregate}"
        return f"{self.event((events or {}).get(self.tag))}, {where} version {self.version}"

    def event(self, name):
        found = type_named(name) if name else None
        if found is None:
            return f"{name or f'event of tag {self.tag}'} ({counted(self.payload_size, 'byte')})"
        if not lies_in_place(found) or found.sizeof != self.payload_size:
            return f"{name} ({counted(self.payload_size, 'byte')}, encoded)"
        return f"{name} {in_one_line(gdb.Value(self.payload).cast(found.pointer()).dereference())}"


def records_in(records, last=None):
    """The records that are kept, in order; with `last`, only about so many at the end."""
    arguments = parts_of(template_of(records.type))
    head_size = 64 if arguments[0] == "true" else 24
    total, current, room = int(records["count_of_records_"]), int(records["current_"]), int(records["room_"])
    size, at, table = int(records["bytes_"]), int(records["at_"]), records["table_"]
    if total == 0:
        return
    reuses = re.search(r"2$|reuse$", arguments[1]) is not None

    def slot(number):
        return table[number % room if reuses else number]

    number = current - room + 1 if reuses and current >= room else 0
    if last is not None:  # from the latest segment on that has enough of them
        number, least = current, number
        while number > least and total - int(slot(number)["before"]) < last:
            number -= 1 + int(slot(number - 1)["back"])
    position = int(slot(number)["before"])
    while number <= current:
        segment = slot(number)
        begin = int(segment["begin"])
        end = at if number == current else begin + int(segment["used"])
        data = bytes(gdb.selected_inferior().read_memory(begin, end - begin)) if end > begin else b""
        offset = 0
        while offset < len(data):
            position += 1
            record = Record(position, data[offset:offset + 24], begin + offset, head_size)
            if last is None or position > total - last:
                yield record
            offset += record.size + 7 & ~7
        owned = int(segment["owned"])
        number += max(1, owned // size)


# ---- entities

def is_of(table, key):
    return template_of(table.type).endswith(f"gesta::{key}>")


def entity_at(table, number):
    if is_of(table, "detail::whole"):
        return table["only_"]
    blocks = table["blocks_"]
    first = int(blocks["in_first_"])
    if number < first:
        return blocks["begin_"][number]
    start, block = first, 0
    while number >= start * 2:
        start, block = start * 2, block + 1
    return blocks["more_"][block][number - start]


def entity_count(table):
    """How many entities have a place; of dense keys all have one, and a boundary is one."""
    if is_of(table, "detail::whole"):
        return 1
    if is_of(table, "dense"):
        return int(table["blocks_"]["in_first_"]) << int(table["blocks_"]["count_"])
    return int(table["count_"])


def entity_key(table, number):
    """Its key; nothing where there is one entity only."""
    if is_of(table, "detail::whole"):
        return ""
    if is_of(table, "dense"):
        return str(number)
    keys = table["keys_"]
    if template_of(keys.type) == "gesta::detail::text_keys":
        return key_text(vector_at(keys["keys_"])[number])
    return in_one_line(vector_at(keys["keys_"])[number])


def aggregate_of(table):
    return parts_of(template_of(table.type))[0]


def values_within(value, wanted):
    """The values whose types are instances of a template, in the tuples of an app."""
    name = template_of(value.type)
    if name.startswith(wanted):
        yield value
    elif name.startswith(("boost::hana", "_hana", "gesta::views<")):
        for field in value.type.strip_typedefs().fields():
            if hasattr(field, "bitpos"):
                yield from values_within(value[field], wanted)


def leaves_of(value):
    """What a tuple of an app holds, whatever it is; an empty value lies in a base and is no field."""
    for field in value.type.strip_typedefs().fields():
        if not hasattr(field, "bitpos"):
            continue
        inner, name = value[field], template_of(field.type)
        if name.startswith(("boost::hana", "_hana")):
            yield from leaves_of(inner)
        else:
            yield inner


# ---- printers

class Text:
    """One line."""
    say = None

    def __init__(self, value):
        self.value = value

    def to_string(self):
        return type(self).say(self.value)


def says(say):
    """A printer that is one line."""
    return type("Says", (Text,), {"say": staticmethod(say)})


def about_text(v):
    return (f"{key_text(v['key'])} version {int(v['version'])}, position {int(v['position'])}, " + origin_text(v))


def recorded_text(v):
    tag = int(v["tag"])
    event = "retired event" if tag == 0xffff else f"event of tag {tag}"
    where = key_text(v["key"]) if int(v["key"]["size"]) else f"entity {int(v['entity'])}"
    lies = "in place" if v["in_place"] else "encoded"
    return (f"position {int(v['position'])}: {event} ({counted(int(v['size']), 'byte')}, {lies}), {where} of aggregate {int(v['aggregate'])} "
            f"version {int(v['version'])}, {origin_text(v['from'])}")


def remembered_text(v):
    text = f"{enumerator(v['what'])}, version {int(v['version'])}"
    if int(v["position"]):
        text += f", position {int(v['position'])}"
    if enumerator(v["what"]) == "rejected":
        text += f", rejection of tag {int(v['rejection'])} ({counted(int(v['size']), 'byte')})"
    return text


def text_text(v):
    data, rest = bytes_at(int(v["chars_"].address), int(v["size_"]))
    return quoted(data) + rest


class List:
    """gesta::list<T, N>: the elements that are there."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        return f"{int(self.value['size_'])} of at most {plain_name(parts_of(template_of(self.value.type))[1])}"

    def children(self):
        for i in range(int(self.value["size_"])):
            yield f"[{i}]", self.value["items_"][i]

    def display_hint(self):
        return "array"


class Committed(Text):
    @staticmethod
    def say(v):
        return "committed" if v["kept_"] else "not committed, " + failure_text(v["cause_"])


class Past:
    """gesta::past<T>: the value, or why it cannot be told."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        return "known" if self.value["known_"] else "not known, " + failure_text(self.value["cause_"])

    def children(self):
        if self.value["known_"]:
            yield "was", self.value["value_"]


class Outcome:
    """What a command came to, with the state or the rejection."""

    def __init__(self, value):
        self.value = value
        self.became = enumerator(value["became_"])

    def to_string(self):
        v = self.value
        again = ", repeated" if v["repeated_"] else ""
        if self.became == "failed":
            return "failed, " + failure_text(v["failure_"]["value"])
        if self.became == "conflicted":
            return f"conflict, the version is {int(v['version_'])}"
        if self.became == "rejected":
            return f"rejected at version {int(v['version_'])}{again}"
        last = f"position {int(v['position_'])}" if int(v["position_"]) else "nothing recorded"
        return f"accepted, version {int(v['version_'])}, {last}{again}"

    def children(self):
        v = self.value
        if self.became == "settled":
            yield from self.states(v["state_"])
        elif self.became == "rejected":
            rejections = parts_of(parts_of(template_of(v.type))[1])
            which = int(v["which_"])
            if which < len(rejections):
                for base in v["refusals_"].type.strip_typedefs().fields():
                    if base.is_base_class and template_of(base.type).startswith("gesta::detail::slot<") and \
                       plain_name(parts_of(template_of(base.type))[0]) == str(which):
                        yield short(rejections[which]), v["refusals_"][base]["value"]


    @staticmethod
    def states(shown):
        names = [field.name for field in shown.type.strip_typedefs().fields()]
        if "state" in names:
            if int(shown["state"]):
                yield "state", shown["state"].dereference()
            return
        for one in shown["all"].type.strip_typedefs().fields():  # of a boundary: all that the decision read
            if one.is_base_class and int(shown["all"][one]["state"]):
                yield short(parts_of(template_of(one.type))[0]), shown["all"][one]["state"].dereference()


class Head(Text):
    @staticmethod
    def say(v):
        return (f"event of tag {int(v['tag'])} ({int(v['size'])} bytes with its head), entity {int(v['entity'])} of aggregate "
                f"{int(v['aggregate'])} version {int(v['version'])}")


class Records:
    """The records of a memory store, without the names of a model."""

    def __init__(self, value):
        self.value, self.events = value, {}

    def to_string(self):
        return counted(int(self.value["count_of_records_"]), "record")

    def children(self):
        for record in records_in(self.value):
            yield f"[{record.position}]", record.text(self.events)


class MemoryLog(Records):
    """The log of a memory store: events by the names of their types."""

    def __init__(self, value):
        super().__init__(value["records_"])
        self.log = value
        self.events = events_of(parts_of(template_of(value.type))[0])

    def to_string(self):
        entries = self.log["outcomes_"]["entries_"]
        outcomes = int(vector_end(entries) - vector_at(entries))
        return f"{counted(int(self.value['count_of_records_']), 'event')}, {counted(outcomes, 'outcome')}"


def vector_end(vector):
    names = [field.name for field in vector.type.strip_typedefs().fields()]
    return vector["__end_"] if "__end_" in names else vector["_M_impl"]["_M_finish"]


class Entity:
    """One entity: its version and its state."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        return f"version {int(self.value['version'])}"

    def children(self):
        yield "state", self.value["state"]


class Entities:
    """The entities of one aggregate, by key; those without events are left out."""

    def __init__(self, value):
        self.value = value

    def present(self):
        for number in range(entity_count(self.value)):
            entity = entity_at(self.value, number)
            if int(entity["version"]):
                yield number, entity

    def to_string(self):
        places = entity_count(self.value)
        if places > MOST_COUNTED:
            return f"{places} places of {aggregate_of(self.value)}"
        versions = [int(entity["version"]) for _, entity in self.present()]
        return f"{len(versions)} of {aggregate_of(self.value)} with {counted(sum(versions), 'event')}"

    def children(self):
        for number, entity in self.present():
            yield f"[{entity_key(self.value, number)}]", entity


class App:
    """A model on its store: whether it can be used, its entities, its views, its last events."""

    def __init__(self, value):
        self.value, self.engine = value, value["engine_"]
        self.log = self.engine["log_"]
        self.tables = list(values_within(self.engine["tables_"], "gesta::detail::entities<"))

    def to_string(self):
        arguments = parts_of(template_of(self.value.type))
        if self.engine["lost_"]:
            state = "broken, " + failure_text(self.engine["failure_"])
        elif self.engine["open_"]:
            state = "a batch is open" + (", to be taken back" if self.engine["doomed_"] else "")
        else:
            state = "open"
        return f"{model_name(arguments[0])} on {arguments[1]}, last position {self.last_position()}, {state}"

    def is_memory(self):
        return template_of(self.log.type).startswith("gesta::detail::memory_log<")

    def last_position(self):
        return int(self.log["records_"]["count_of_records_"] if self.is_memory() else self.log["last_"])

    def children(self):
        for table in self.tables:
            yield short(aggregate_of(table)), table
        for view in self.views():
            yield short(template_of(view.type) or "view"), view
        if self.is_memory():
            events = events_of(parts_of(template_of(self.log.type))[0])
            for record in records_in(self.log["records_"], LAST_RECORDS):
                yield f"[{record.position}]", record.text(events, self.stream)

    def stream(self, aggregate, entity):
        if aggregate >= len(self.tables):
            return f"entity {entity} of aggregate {aggregate}"
        table = self.tables[aggregate]
        key = entity_key(table, entity)
        return short(aggregate_of(table)) + (f" {key}" if key else "")

    def views(self):
        views = self.engine["views_"]
        for field in views.type.strip_typedefs().fields():
            if hasattr(field, "bitpos"):
                yield from leaves_of(views[field])


class SqliteLog(Text):
    @staticmethod
    def say(v):
        path = v["file_"]["path_"].format_string()
        if v["file_"]["broken_"]:
            return f"{counted(int(v['last_']), 'event')} in {path}, broken, {failure_text(v['file_']['last_'])}"
        return f"{counted(int(v['last_']), 'event')} in {path}" + (", a unit of work is open" if v["is_open_"] else "")


def batch_text(v):
    return "open" if v["open_"] else "over, " + failure_text(v["why_"])


def printers():
    """All of them, by the names of the types."""
    made = gdb.printing.RegexpCollectionPrettyPrinter("gesta")

    def of_value(printer):
        return lambda v: printer(v.referenced_value() if v.type.strip_typedefs().code in (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF) else v)

    for name, pattern, printer in (
            ("timestamp", "timestamp", says(lambda v: time_text(int(v["nanoseconds"])))),
            ("message_id", "message_id", says(id_text)),
            ("key_bytes", "key_bytes", says(key_text)),
            ("text", "text<.*>", says(text_text)),
            ("list", "list<.*>", List),
            ("origin", "origin", says(origin_text)),
            ("about", "about", says(about_text)),
            ("once", "once", says(lambda v: f"once {quoted(v['source'].string().encode())} {int(v['number'])}")),
            ("expected", "expected", says(lambda v: f"expected version {int(v['version'])}")),
            ("conflict", "conflict", says(lambda v: f"conflict, the version is {int(v['actual'])}")),
            ("at_version", "at_version", says(lambda v: f"at version {int(v['version'])}")),
            ("at_position", "at_position", says(lambda v: f"at position {int(v['position'])}")),
            ("at_time", "at_time", says(lambda v: f"at {time_text(int(v['time']['nanoseconds']))}")),
            ("failure", "failure", says(failure_text)),
            ("committed", "committed", Committed),
            ("past", "past<.*>", Past),
            ("outcome", "(open_)?outcome<.*>", Outcome),
            ("recorded", "recorded", says(recorded_text)),
            ("remembered", "remembered", says(remembered_text)),
            ("record_head", "detail::record_head", Head),
            ("records", "detail::records<.*>", Records),
            ("memory_log", "detail::memory_log<.*>", MemoryLog),
            ("entity", "detail::(aligned_entity|entity_of)<.*>", Entity),
            ("entities", "detail::entities<.*>", Entities),
            ("sqlite_log", "detail::sqlite_log(_of<.*>)?", SqliteLog),
            ("batch", "app<.*>::batch_type", says(batch_text)),
            ("app", "app<.*>", App)):
        made.add_printer(name, f"^gesta::{pattern}$", of_value(printer))
    return made


gdb.printing.register_pretty_printer(None, printers(), replace=True)
