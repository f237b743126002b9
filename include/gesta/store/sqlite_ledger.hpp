// The view `ledger` of a SQLite file: every event with its key, its time and its content as JSON, for people with the sqlite3 program.
// Floor: store. Beside the tables; asked for by a migration.
// May include: nothing of gesta.
//
// It is SQL alone, so whoever opens the file has it: no function of a program is called. One recursive query per row reads the payload as
// the form of its type says (codec/wire_form.hpp). It is a machine with a stack: each step takes the first line of what is to be done,
// and for each kind of line there is one SELECT. Nothing is made per type, so a type that is new costs its commit nothing.
//
//   head   what is to be done next: a form of wire_form, `=` and characters to say, or a line of the machine's own:
//            ##F    n elements or characters of form F follow; #1F to #4F: so many bytes of n were read
//            &      n characters of a text         *nF   n elements of form F        %...  elements of a map whose keys are text
//            #f64   n holds the bits of a number   ~f64  n holds the number
//   rest   what is to be done after that, a line each
//   at     the next byte of the payload, from 1
//   n      a count, or a number
//   out    the JSON so far
//   byte, nl   all bytes, to find a byte's number by its place; the end of a line
//
// A payload that no line fits ends the machine early; then the payload is shown as {"hex":"..."}. So is one with a fraction whose shortest
// decimal cannot be told with certainty in SQL: of more than 15 or 16 digits, or very large or small.
#pragma once

#include <initializer_list>
#include <string>

namespace gesta::detail {

/// What a step makes of the place, the number and the text; left as they are unless said.
struct ledger_state {
  std::string at = "at", n = "n", out = "out";
};

/// Writes the view.
class sqlite_ledger {
 public:
  std::string text() {
    write_steps();
    return "create view if not exists ledger as\n"
           "select position, aggregate, key, version, event, event_version, time, case when payload is not null then coalesce((\n"
           "with recursive step(head, rest, at, n, out, byte, nl) as (\n  select form, '', 1, 0, '', " + all_bytes() + ", char(10)" + steps_ +
           ")\nselect out from step where head = '' and at = length(payload) + 1), '{\"hex\":\"' || lower(hex(payload)) || '\"}') end as payload\n"
           "from (select e.position, a.id as aggregate,\n"
           "  case when typeof(s.key) = 'blob' then lower(hex(s.key)) when a.form = '\"u64\"' then printf('%u', s.key) else s.key end as key,\n"
           "  e.version, t.id as event, t.version as event_version,\n"
           "  case when e.time <> 0 then strftime('%Y-%m-%dT%H:%M:%S', (e.time - (e.time % 1000000000 + 1000000000) % 1000000000) / 1000000000, "
           "'unixepoch') ||\n    printf('.%09dZ', (e.time % 1000000000 + 1000000000) % 1000000000) end as time, e.payload, t.form\n"
           "from events e cross join streams s on s.stream = e.stream cross join types t on t.type = e.type cross join types a on a.type = "
           "s.aggregate);\n";
  }

 private:
  using words = const std::string&;

  // ---- steps

  /// Where `when` holds, `head` and `rest` are what is to be done then.
  void step(words when, words head, words rest, const ledger_state& then = {}) {
    steps_ += "\n  union all\n  select " + head + ", " + rest + ", " + then.at + ", " + then.n + ", " + then.out;
    steps_ += ", byte, nl\n    from step where " + when;
  }
  /// Where `when` holds, the line is done.
  void done(words when, const ledger_state& then = {}) {
    step(when, "substr(rest, 1, instr(rest, nl) - 1)", "substr(rest, instr(rest, nl) + 1)", then);
  }

  void write_steps() {
    done(starts("="), {.out = "out || substr(head, 2)"});
    write_numbers();
    write_counts();
    write_texts();
    write_structs();
    write_elements();
    write_fractions();
  }

  void write_numbers() {
    done("head in ('\"u8\"', '\"byte\"')", {"at + 1", "n", "out || " + byte(0)});
    done("head = '\"u16\"'", {"at + 2", "n", "out || " + bytes(2)});
    done("head = '\"u32\"'", {"at + 4", "n", "out || " + bytes(4)});
    done("head = '\"u64\"'", {"at + 8", "n", "out || printf('%u', " + bytes(8) + ')'});
    done("head = '\"i8\"'", {"at + 1", "n", "out || (" + bytes(1) + " << 56 >> 56)"});
    done("head = '\"i16\"'", {"at + 2", "n", "out || (" + bytes(2) + " << 48 >> 48)"});
    done("head = '\"i32\"'", {"at + 4", "n", "out || (" + bytes(4) + " << 32 >> 32)"});
    done("head = '\"i64\"'", {"at + 8", "n", "out || " + bytes(8)});
    done("head = '\"bool\"' and " + byte(0) + " < 2", {"at + 1", "n", "out || case " + byte(0) + " when 1 then 'true' else 'false' end"});
    step("head = '\"char\"' and " + byte(0) + " < 128", "'&'", "rest", {"at", "1", "out || '\"'"});
    done("head = '\"char\"' and " + byte(0) + " > 127", {"at + 1", "n", "out || '{\"hex\":\"' || lower(hex(substr(payload, at, 1))) || '\"}'"});
  }

  /// A count has 7 bits a byte, the lowest first.
  void write_counts() {
    const std::string counted = starts("{\"list") + " or " + starts("{\"set") + " or " + starts("{\"map") + " or " + starts("{\"mul");
    step("head = '\"text\"' or " + starts("\"key") + " or " + counted + " or " + starts("{\"var"),
         "case when " + byte(0) + " < 128 then '##' else '#1' end || head", "rest", {"at + 1", byte(0) + " & 127"});
    step("head >= '#1' and head < '#5'",
         "case when " + byte(0) + " < 128 then '##' else '#' || (substr(head, 2, 1) + 1) end || substr(head, 3)", "rest",
         {"at + 1", "n | ((" + byte(0) + " & 127) << 7 * substr(head, 2, 1))"});
  }

  /// Functions of SQL see text up to its first zero byte, so a text is said in parts from one to the next.
  void write_texts() {
    const std::string zero = "instr(substr(payload, at, n), x'00')";
    const std::string part = "cast(substr(payload, at, case " + zero + " when 0 then n else " + zero + " - 1 end) as text)";
    const std::string quoted = "replace(replace(" + part + ", '\\', '\\\\'), '\"', '\\\"')";
    const std::string escaped =
        "case when " + part + " glob '*[' || char(1) || '-' || char(31) || ']*' then (with recursive c(i, s) as (select 1, " + quoted +
        " union all select i + 1, replace(s, char(i), case i when 9 then '\\t' when 10 then '\\n' when 13 then '\\r'"
        " else printf('\\u%04x', i) end) from c where i < 32) select s from c where i = 32) else " + quoted + " end";
    step("head = '##\"text\"' or " + starts("##\"key\""),
         "case when " + is_utf8() + " then '=\"' else '?' || substr(head, 3) end", "'&' || nl || rest");
    done("head = '&' and " + zero + " = 0", {"at + n", "n", "out || " + escaped + " || '\"'"});
    step("head = '&' and " + zero + " > 0", "'&'", "rest", {"at + " + zero, "n - " + zero, "out || " + escaped + " || '\\u0000'"});
    // A text that is no UTF-8; what follows is the & of a text that is.
    step("head = '?\"text\"'", "'={\"hex\":\"' || lower(hex(substr(payload, at, n))) || '\"}'", "substr(rest, 3)", {"at + n"});
    // A key that is no UTF-8: back to where the map begins, to say it as a list of pairs. ?"key", three numbers of ten digits, the form.
    step(starts("?\"key\""), "'=['",
         "'*' || substr(head, 27, 10) || '{\"pair\":[\"text\",' || substr(head, 37) || ']}' || nl || '=]' || nl || "
         "substr(rest, 2 * length(substr(head, 37)) + 52)",
         {"cast(substr(head, 7, 10) as integer)", "n", "substr(out, 1, substr(head, 17, 10))"});
  }

  void write_structs() {
    step("head = '{\"fields\":{}}'", "'={}'", "rest");
    step(starts("{\"fields\":") + " and head <> '{\"fields\":{}}'", "'={'",
         "(select '=' || substr(group_concat('=,' || json_quote(key) || ':' || nl || "
         "case type when 'text' then json_quote(value) else value end || nl, ''), 3)\n      from json_each(head, '$.fields')) || '=}' || nl || rest");
    step(starts("{\"enum\":"), inner(8), "rest");
    step(starts("{\"duration\":"), "json_quote(json_extract(head, '$.duration'))", "rest");
    step(starts("{\"time\":"), "json_quote(json_extract(head, '$.time'))", "rest");
    done(starts("{\"optional\":") + " and " + byte(0) + " = 0", {"at + 1", "n", "out || 'null'"});
    step(starts("{\"optional\":") + " and substr(head, 13, 12) <> '{\"optional\":' and " + byte(0) + " = 1", inner(12), "rest", {"at + 1"});
    step(starts("{\"optional\":{\"optional\":") + " and " + byte(0) + " = 1", "'=['", lines({inner(12), "'=]'"}), {"at + 1"});
    step(starts("##{\"variant\""), "'={\"index\":' || n || ',\"value\":'",
         lines({"json_quote(json_extract(substr(head, 3), '$.variant[' || n || ']'))", "'=}'"}));
    step(starts("{\"pair\":"), "'=['",
         lines({"json_quote(json_extract(head, '$.pair[0]'))", "'=,'", "json_quote(json_extract(head, '$.pair[1]'))", "'=]'"}));
  }

  void write_elements() {
    const std::string fits = " and n <= length(payload)", array = starts("{\"array\":") + " and json_extract(head, '$.array[1]') ";
    const std::string array_size = "json_extract(head, '$.array[0]')", left = "cast(substr(head, 2, 10) as integer)";
    const auto elements = [](words count, words form) { return lines({"'*' || printf('%010d', " + count + ") || " + form, "'=]'"}); };
    done("head = '##{\"list\":\"byte\"}'", {"at + n", "n", "out || '\"' || lower(hex(substr(payload, at, n))) || '\"'"});
    step(starts("##{\"list\":") + " and head <> '##{\"list\":\"byte\"}'" + fits, "'=['", elements("n", inner(10)));
    step(starts("##{\"set\":") + fits, "'=['", elements("n", inner(9)));
    step(starts("##{\"map\":[\"text\"") + fits, "'={'",
         lines({"'%' || printf('%010d%010d%010d%010d', n, n, at, length(out)) || json_quote(json_extract(substr(head, 3), '$.map[1]'))", "'=}'"}));
    step(starts("##{\"map\":") + " and substr(head, 1, 16) <> '##{\"map\":[\"text\"'" + fits, "'=['",
         elements("n", "'{\"pair\":' || " + inner(9) + " || '}'"));
    step(starts("##{\"multimap\"") + fits, "'=['", elements("n", "'{\"pair\":' || " + inner(14) + " || '}'"));
    done(array + "= 'byte'", {"at + " + array_size, "n", "out || '\"' || lower(hex(substr(payload, at, " + array_size + "))) || '\"'"});
    step(array + "<> 'byte'", "'=['", elements(array_size, "json_quote(json_extract(head, '$.array[1]'))"));
    done(starts("*0000000000") + " or " + starts("%0000000000"));
    step(starts("*0000000001"), "substr(head, 12)", "rest");
    step(starts("*") + " and " + left + " > 1", "substr(head, 12)",
         lines({"'=,'", "'*' || printf('%010d', " + left + " - 1) || substr(head, 12)"}));
    // % and four numbers of ten digits: how many are left, how many there are, and what `at` and the length of `out` were before the first.
    step(starts("%") + " and " + left + " > 0", "case when substr(head, 2, 10) = substr(head, 12, 10) then '=' else '=,' end",
         lines({"'\"key\"' || substr(head, 22, 20) || substr(head, 12, 10) || substr(head, 42)", "'=:'", "substr(head, 42)",
                "'%' || printf('%010d', " + left + " - 1) || substr(head, 12)"}));
  }

  /// The bits are made a number by factors that are powers of two, so it is exact. Its shortest decimal is a whole number over or times a
  /// power of ten, both exact where they are below 2^53 and 10^22, and their quotient is rounded once, as whoever reads it does. Of 16 digits
  /// only one is near enough where they are below 2^52. Beyond 10^22 fewer digits may say the same number, which cannot be told there: 1e23 is not
  /// 9.999999999999999e22. Of two decimals equally near to a float the even one is said.
  void write_fractions() {
    const std::string exponent64 = "(n >> 52 & 2047)", exponent32 = "(n >> 23 & 255)";
    step("head = '\"f64\"'", "'#f64'", "rest", {"at + 8", bytes(8)});
    step("head = '\"f32\"'", "'#f32'", "rest", {"at + 4", bytes(4)});
    done("head = '#f64' and n << 1 = 0 or head = '#f32' and n & 2147483647 = 0", {"at", "n", "out || case n when 0 then '0' else '-0' end"});
    done("head = '#f64' and " + exponent64 + " = 2047",
         {"at", "n", "out || case when n & 4503599627370495 then '\"NaN\"' when n < 0 then '\"-Infinity\"' else '\"Infinity\"' end"});
    done("head = '#f32' and " + exponent32 + " = 255",
         {"at", "n", "out || case when n & 8388607 then '\"NaN\"' when n >> 31 then '\"-Infinity\"' else '\"Infinity\"' end"});
    const auto value = [](words is_negative, words whole, words exponent, int bias) {
      return "case when " + is_negative + " then -1.0 else 1.0 end * (" + whole + ") * " + power_of_two(exponent, bias);
    };
    step("head = '#f64' and n << 1 <> 0 and " + exponent64 + " between 955 and 1135", "'~f64'", "rest",
         {"at", value("n < 0", "n & 4503599627370495 | 4503599627370496", exponent64, 1075)});
    // ~f32, whether the last bit is set, whether all others of the fraction are not, and the exponent: between which numbers it lies.
    step("head = '#f32' and n & 2147483647 <> 0 and " + exponent32 + " between 31 and 210",
         "printf('~f32%d%d%03d', n & 1, n & 8388607 = 0, " + exponent32 + ')', "rest",
         {"at", value("n >> 31", "n & 8388607 | 8388608", exponent32, 150)});
    const std::string half = "case when off < 0 and substr(head, 6, 1) = '1' then 0.5 else 1.0 end * " + power_of_two("substr(head, 7)", 151);
    done("head >= '~'", {"at", "n",
         "out || (with\n"
         "      printed(p, f) as (select value, printf('%.*e', value - 1, abs(n)) from json_each(\n"
         "        case when head <> '~f64' then '[1,2,3,4,5,6,7,8,9]'\n"
         "        when abs(n) < 9e15 and cast(n as integer) = n then '[16]' else '[15,16]' end)),\n"
         "      digits(p, x, d) as (select p, cast(substr(f, instr(f, 'e') + 1) as integer),\n"
         "        replace(substr(f, 1, instr(f, 'e') - 1), '.', '') from printed),\n"
         "      whole(p, x, d, v) as (select p, x, d, case when p - 1 >= x then abs(n) * cast('1e' || (p - 1 - x) as real)\n"
         "        else abs(n) / cast('1e' || (x + 1 - p) as real) end from digits),\n"
         "      even(p, x, d) as (select p, x, case when v - cast(v as integer) = 0.5\n"
         "        then cast(v as integer) + (cast(v as integer) & 1) else d end from whole),\n"
         "      tight(p, x, s) as (select p, x + length(d) - p, rtrim(d, '0') from even),\n"
         "      near(p, x, s, off) as (select p, x, s, case when length(s) - 1 >= x then s * 1.0 / cast('1e' || (length(s) - 1 - x) as real)\n"
         "        else s * 1.0 * cast('1e' || (x + 1 - length(s)) as real) end - abs(n) from tight\n"
         "        where length(s) - 1 - x between -22 and 22 and (x < 22 or p = 15) and (p < 16 or x >= length(s) - 1 or\n"
         "          s + 0 < 4503599627370496)),\n"
         "      said(p, fixed, short) as (select p, case\n"
         "          when x >= length(s) - 1 then\n"
         "            case when abs(n) < 9e18 then printf('%d', cast(abs(n) as integer)) else printf('%0*d', x + 1, 0) end\n"
         "          when x >= 0 then substr(s, 1, x + 1) || '.' || substr(s, x + 2)\n"
         "          else '0.' || substr('0000000000000000000000', 1, -x - 1) || s end,\n"
         "        substr(s, 1, 1) || case when length(s) > 1 then '.' || substr(s, 2) else '' end ||\n"
         "          printf('e%s%02d', case when x < 0 then '-' else '+' end, abs(x))\n"
         "        from near where off = 0 or head <> '~f64' and (abs(off) < " + half + " or substr(head, 5, 1) = '0' and abs(off) = " + half + "))\n"
         "      select case when n < 0 then '-' else '' end || case when length(fixed) > length(short) then short\n"
         "        when fixed not like '00%' then fixed end from said order by p limit 1)"});
  }

  // ---- expressions

  /// The byte so far from `at`, as a number; 0 behind the end, where the machine does not arrive at its own.
  static std::string byte(int from_at) {
    return "(instr(byte, substr(payload, at" + (from_at == 0 ? "" : " + " + std::to_string(from_at)) + ", 1)) - 1)";
  }
  /// So many bytes, the lowest first.
  static std::string bytes(int count) {
    std::string sum = '(' + byte(0);
    for (int i = 1; i < count; ++i) sum += " | (" + byte(i) + " << " + std::to_string(8 * i) + ')';
    return sum + ')';
  }
  /// 2 to the power of an exponent that has a bias, within 2^-120 and 2^60.
  static std::string power_of_two(words exponent, int bias) {
    const std::string zero = std::to_string(bias), far = std::to_string(bias - 60);
    return "(1 << max(0, " + exponent + " - " + zero + ")) / (1 << min(60, max(0, " + zero + " - " + exponent + "))) / (1 << max(0, " + far + " - " +
           exponent + "))";
  }
  /// Whether `head` begins so: a range of texts, which is found without a call.
  static std::string starts(words prefix) {
    std::string end = prefix;
    ++end.back();
    return "(head >= '" + prefix + "' and head < '" + end + "')";
  }
  /// What stands in `head` behind so many characters, without the last one.
  static std::string inner(int skipped) {
    return "substr(head, " + std::to_string(skipped + 1) + ", length(head) - " + std::to_string(skipped + 1) + ')';
  }
  /// Lines that are to be done before the rest.
  static std::string lines(std::initializer_list<std::string> all) {
    std::string out;
    for (words line : all) out += line + " || nl || ";
    return out + "rest";
  }
  /// Whether n characters are UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
  static std::string is_utf8() {
    const auto follows = [](words i) { return "substr(payload, " + i + ", 1) not between x'80' and x'bf' then null"; };
    return "cast(substr(payload, at, n) as text) not glob '*[^' || char(1) || '-' || char(127) || ']*'\n"
           "      and instr(substr(payload, at, n), x'00') = 0 or exists (\n"
           "      with recursive c(i) as (select at union all select i + case\n"
           "        when substr(payload, i, 1) < x'80' then 1\n"
           "        when " + follows("i + 1") + "\n"
           "        when substr(payload, i, 1) between x'c2' and x'df' then 2\n"
           "        when " + follows("i + 2") + "\n"
           "        when substr(payload, i, 2) between x'e0a0' and x'ed9f' or substr(payload, i, 2) between x'ee80' and x'efbf' then 3\n"
           "        when " + follows("i + 3") + "\n"
           "        when substr(payload, i, 2) between x'f090' and x'f48f' then 4 end from c where i < at + n) select 1 from c where i = at + n)";
  }
  static std::string all_bytes() {
    std::string text = "x'";
    for (int i = 0; i < 256; ++i) {
      text += "0123456789abcdef"[i >> 4];
      text += "0123456789abcdef"[i & 15];
    }
    return text + '\'';
  }

  std::string steps_;
};

}  // namespace gesta::detail
