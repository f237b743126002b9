// Bytes to JSON by the form that stands beside them (codec/wire_form.hpp), without the C++ type: for files whose program is not at hand.
// Floor: codec.
// May include: detail, message, codec, std.
//
//     const auto form = gesta::read_form(R"({"fields":{"amount":"i32"}})");
//     std::string text;
//     if (form && form.to_json(bytes, size, text)) use(text);                       // {"amount":100}, as gesta::json writes it
//
// What only the program knows is not checked: how many characters a text<N> and how many elements a list<T, N> holds, and in which order
// a set or a map has its keys.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gesta/codec/binary.hpp>
#include <gesta/detail/chars.hpp>
#include <gesta/detail/json_text.hpp>

namespace gesta {

namespace detail::by_form {

enum class kind : std::uint8_t {
  boolean, character, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, byte, text,
  list, set, map, multimap, array, optional, variant, pair, fields, personal,
  same,  ///< an enum, a duration, a time: bytes and JSON are those of its number
};

/// One form; those within it come right after it, each with all that is in it.
struct node {
  kind what;
  std::uint32_t inner = 0;    ///< how many forms stand within
  std::uint32_t next = 0;     ///< the index behind it and all that is in it
  std::uint64_t count = 0;    ///< of an array: its elements
  std::uint64_t least = 0;    ///< the fewest bytes that a value takes
  std::uint64_t values = 1;   ///< how many values stand within one, at least
  std::string name = {};      ///< of a field of the form around it
};

/// How deep forms nest at most.
inline constexpr unsigned most_depth = 100;
/// An array of structs without fields takes no bytes, so a form that nobody meant could write without end.
constexpr bool is_bounded(const node& form) noexcept { return form.values <= 4096 + 128 * form.least; }

constexpr std::uint64_t capped(std::uint64_t n) noexcept { return n < std::uint64_t{1} << 31 ? n : std::uint64_t{1} << 31; }

// ---- the text of a form

/// Reads the words of codec/wire_form.hpp; blanks as JSON allows them.
class parser {
 public:
  parser(std::string_view text, std::vector<node>& nodes) : text_(text), nodes_(nodes) {}

  bool whole() {
    if (!form(0)) return false;
    blanks();
    return at_ == text_.size() || fail();
  }
  std::size_t at() const noexcept { return at_; }

 private:
  static constexpr std::pair<std::string_view, kind> words[] = {
      {"bool", kind::boolean}, {"char", kind::character}, {"i8", kind::i8},   {"i16", kind::i16}, {"i32", kind::i32},   //
      {"i64", kind::i64},      {"u8", kind::u8},          {"u16", kind::u16}, {"u32", kind::u32}, {"u64", kind::u64},   //
      {"f32", kind::f32},      {"f64", kind::f64},        {"byte", kind::byte}, {"text", kind::text}};
  static constexpr std::uint8_t sizes[] = {1, 1, 1, 2, 4, 8, 1, 2, 4, 8, 4, 8, 1, 1};  // the first kinds, in their order

  bool fail() noexcept { return at_ = std::min(at_, text_.size()), false; }
  void blanks() noexcept {
    while (at_ < text_.size() && std::memchr(" \t\n\r", text_[at_], 4) != nullptr) ++at_;
  }
  bool take(char c) noexcept {
    blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    return ++at_, true;
  }
  bool expect(char c) noexcept { return take(c) || fail(); }

  bool string(std::string& out) {
    out.clear();
    if (!expect('"')) return false;
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] != '\\') {
        out += text_[at_];
      } else if (++at_ >= text_.size()) {
        return fail();
      } else if (const char c = text_[at_]; c == 'u') {
        unsigned code = 0;  // only control characters are written so
        for (int i = 0; i < 4; ++i) {
          if (++at_ >= text_.size()) return fail();
          const char digit = text_[at_];
          const int value = digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
          if (value < 0) return fail();
          code = code * 16 + static_cast<unsigned>(value);
        }
        if (code >= 0x80) return fail();
        out += static_cast<char>(code);
      } else {
        constexpr std::string_view escaped = "\"\\/bfnrt", meant = "\"\\/\b\f\n\r\t";
        const std::size_t which = escaped.find(c);
        if (which == std::string_view::npos) return fail();
        out += meant[which];
      }
    }
    return expect('"');
  }
  bool number(std::uint64_t& out) {
    blanks();
    const std::size_t begin = at_;
    out = 0;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      if (at_ - begin == 18) return fail();
      out = out * 10 + static_cast<unsigned>(text_[at_] - '0');
    }
    return at_ != begin || fail();
  }

  bool form(unsigned depth) {
    if (depth == most_depth) return fail();
    const std::size_t here = nodes_.size();
    nodes_.push_back({});
    blanks();
    const bool read = at_ < text_.size() && text_[at_] == '"' ? word(here) : composed(here, depth);
    if (!read) return false;
    nodes_[here].next = static_cast<std::uint32_t>(nodes_.size());
    return true;
  }

  bool word(std::size_t here) {
    std::string name;
    if (!string(name)) return false;
    for (const auto& [word, what] : words) {
      if (word != name) continue;
      nodes_[here].what = what;
      nodes_[here].least = sizes[static_cast<std::size_t>(what)];
      return true;
    }
    return fail();
  }

  // Adds a form to the one around it.
  bool inner(std::size_t here, unsigned depth) {
    const std::size_t made = nodes_.size();
    if (!form(depth + 1)) return false;
    node& around = nodes_[here];
    ++around.inner;
    around.least = capped(around.least + nodes_[made].least);
    around.values = capped(around.values + nodes_[made].values);
    return is_bounded(around) || fail();
  }
  bool inners(std::size_t here, unsigned depth) {  // [F, ...]
    if (!expect('[')) return false;
    do
      if (!inner(here, depth)) return false;
    while (take(','));
    return expect(']');
  }
  bool is_number(std::size_t here) const noexcept { return nodes_[here + 1].what < kind::byte && nodes_[here + 1].what != kind::character; }

  bool composed(std::size_t here, unsigned depth) {
    std::string name;
    if (!expect('{') || !string(name) || !expect(':')) return false;
    return of(here, name, depth) && expect('}');
  }

  bool of(std::size_t here, const std::string& name, unsigned depth) {
    const auto is = [&](kind what) { return nodes_[here].what = what, true; };
    // A list says first how many there are.
    const auto counted = [&](std::size_t keys) {
      std::uint64_t each = 0;
      for (std::size_t i = 0, at = here + 1; i < keys; ++i, at = nodes_[at].next) each += nodes_[at].least;
      nodes_[here].least = nodes_[here].values = 1;
      return each != 0 || fail();
    };
    if (name == "enum") return is(kind::same) && inner(here, depth) && (is_number(here) || fail());
    if (name == "list") return is(kind::list) && inner(here, depth) && counted(1);
    if (name == "set") return is(kind::set) && inner(here, depth) && counted(1);
    if (name == "map" || name == "multimap")
      return is(name == "map" ? kind::map : kind::multimap) && inners(here, depth) && (nodes_[here].inner == 2 || fail()) && counted(1);
    if (name == "array") return is(kind::array) && array(here, depth);
    if (name == "optional" || name == "variant") {
      const bool read = name == "optional" ? is(kind::optional) && inner(here, depth) : is(kind::variant) && inners(here, depth);
      nodes_[here].least = nodes_[here].values = 1;
      return read;
    }
    if (name == "pair") return is(kind::pair) && inners(here, depth) && (nodes_[here].inner == 2 || fail());
    if (name == "duration" || name == "time") return is(kind::same) && inner(here, depth) && (is_number(here) || fail()) && period();
    if (name == "personal") {
      const bool read = is(kind::personal) && inner(here, depth) && subject();
      nodes_[here].least = nodes_[here].values = 1;
      return read;
    }
    if (name == "fields") return is(kind::fields) && fields(here, depth);
    return fail();
  }

  bool array(std::size_t here, unsigned depth) {
    std::uint64_t count = 0;
    if (!expect('[') || !number(count) || !expect(',') || !inner(here, depth) || !expect(']')) return false;
    node& all = nodes_[here];
    all.count = count;
    all.least = capped(count) * all.least;
    all.values = 1 + capped(count) * (all.values - 1);
    return (count != 0 && capped(all.least) == all.least && is_bounded(all)) || fail();
  }
  bool period() {
    std::string name;
    std::uint64_t part = 0;
    return expect(',') && string(name) && (name == "period" || fail()) && expect(':') && expect('[') && number(part) &&
           expect(',') && number(part) && expect(']');
  }
  bool subject() {
    std::string name;
    return expect(',') && string(name) && (name == "subject" || fail()) && expect(':') && string(name);
  }
  bool fields(std::size_t here, unsigned depth) {
    if (!expect('{')) return false;
    if (take('}')) return true;
    do {
      std::string name;
      if (!string(name) || !expect(':')) return false;
      const std::size_t made = nodes_.size();
      if (!inner(here, depth)) return false;
      nodes_[made].name = std::move(name);
    } while (take(','));
    return expect('}');
  }

  std::string_view text_;
  std::vector<node>& nodes_;
  std::size_t at_ = 0;
};

// ---- values

/// Writes values to JSON text while they are read.
class walker {
 public:
  walker(const std::vector<node>& nodes, const std::byte* bytes, std::size_t size, std::string& out)
      : nodes_(nodes), from_{bytes, bytes + size}, text_(out) {}

  bool whole() { return value(0) && from_.at == from_.end; }
  bool whole_key() { return key(0, true) && from_.at == from_.end; }
  std::size_t left() const noexcept { return from_.left(); }

 private:
  const node& at(std::size_t i) const noexcept { return nodes_[i]; }
  void say(const char* words) { text_ += words; }

  template <class Number>
  bool number() {
    Number n{};
    if (!from_.number(n)) return false;
    return json::put_number(n, out_), true;
  }
  // Calls f with a number of this kind; false when it is none.
  template <class F>
  static bool with_number(kind what, F f) {
    switch (what) {
      case kind::boolean: return f(bool{});
      case kind::character: return f(char{});
      case kind::i8: return f(std::int8_t{});
      case kind::i16: return f(std::int16_t{});
      case kind::i32: return f(std::int32_t{});
      case kind::i64: return f(std::int64_t{});
      case kind::u8:
      case kind::byte: return f(std::uint8_t{});
      case kind::u16: return f(std::uint16_t{});
      case kind::u32: return f(std::uint32_t{});
      case kind::u64: return f(std::uint64_t{});
      case kind::f32: return f(float{});
      case kind::f64: return f(double{});
      default: return false;
    }
  }

  bool chars_of(std::uint64_t size, chars& out) {
    if (size > from_.left()) return false;
    out = {reinterpret_cast<const char*>(from_.at), static_cast<std::size_t>(size)};
    from_.at += size;
    return true;
  }
  bool text(chars& out) {
    std::uint64_t size = 0;
    return from_.count(size, 1) && chars_of(size, out);
  }
  bool hex(std::uint64_t size) {
    chars bytes;
    if (!chars_of(size, bytes)) return false;
    return json::put_hex(bytes, out_), true;
  }

  bool value(std::size_t i) {
    const node& form = at(i);
    switch (form.what) {
      case kind::same: return value(i + 1);
      case kind::text: {
        chars characters;
        if (!text(characters)) return false;
        return json::put_text(characters, out_), true;
      }
      case kind::list:
      case kind::set: {
        std::uint64_t count = 0;
        if (!from_.count(count, at(i + 1).least)) return false;
        if (form.what == kind::list && at(i + 1).what == kind::byte) return hex(count);
        return elements(i + 1, count);
      }
      case kind::array: return at(i + 1).what == kind::byte ? hex(form.count) : elements(i + 1, form.count);
      case kind::map:
      case kind::multimap: return map(i);
      case kind::optional: return optional(i);
      case kind::variant: return variant(i);
      case kind::pair: {
        say("[");
        if (!value(i + 1)) return false;
        say(",");
        if (!value(at(i + 1).next)) return false;
        return say("]"), true;
      }
      case kind::fields: return fields(i, [this](std::size_t field) { return value(field); });
      case kind::personal: {  // whether it is sealed, forgotten or blank is nobody's business either
        chars sealed;
        if (!text(sealed)) return false;
        return say("\"<personal>\""), true;
      }
      default: return with_number(form.what, [this](auto zero) { return number<decltype(zero)>(); });
    }
  }

  bool elements(std::size_t inner, std::uint64_t count) {
    bool first = true;
    for (say("["); count != 0; --count) {
      json::comma(first, out_);
      if (!value(inner)) return false;
    }
    return say("]"), true;
  }

  // An object where every key is UTF-8 text, else an array of pairs: which of them is seen when the last key is.
  bool map(std::size_t i) {
    const std::size_t key = i + 1, mapped = at(key).next;
    std::uint64_t count = 0;
    if (!from_.count(count, at(key).least)) return false;
    const binary::reader start = from_;
    const std::size_t written = text_.size();
    if (at(i).what == kind::map && at(key).what == kind::text) {
      bool named = true;
      if (!object(mapped, count, named)) return false;
      if (named) return true;
      from_ = start;
      text_.resize(written);
    }
    bool first = true;
    std::string_view last;
    for (say("["); count != 0; --count) {
      json::comma(first, out_);
      say("[");
      const auto* const begin = reinterpret_cast<const char*>(from_.at);
      if (!value(key)) return false;
      const std::string_view bytes(begin, static_cast<std::size_t>(reinterpret_cast<const char*>(from_.at) - begin));
      if (at(i).what == kind::map && bytes == last) return false;  // the same key twice
      last = bytes;
      say(",");
      if (!value(mapped)) return false;
      say("]");
    }
    return say("]"), true;
  }
  bool object(std::size_t mapped, std::uint64_t count, bool& named) {
    bool first = true;
    chars last;
    for (say("{"); count != 0; --count) {
      chars name;
      if (!text(name) || (!first && name == last)) return false;
      if (!json::is_utf8(name)) return named = false, true;
      last = name;
      json::comma(first, out_);
      json::put_string(name, out_);
      say(":");
      if (!value(mapped)) return false;
    }
    return say("}"), true;
  }

  bool optional(std::size_t i) {
    bool has = false;
    if (!from_.number(has)) return false;
    if (!has) return say("null"), true;
    const bool nests = at(i + 1).what == kind::optional;
    if (nests) say("[");
    if (!value(i + 1)) return false;
    if (nests) say("]");
    return true;
  }
  bool variant(std::size_t i) {
    std::uint64_t index = 0;
    if (!from_.count(index) || index >= at(i).inner) return false;
    say("{\"index\":");
    json::put_number(index, out_);
    say(",\"value\":");
    std::size_t which = i + 1;
    for (; index != 0; --index) which = at(which).next;
    if (!value(which)) return false;
    return say("}"), true;
  }
  template <class Read>
  bool fields(std::size_t i, Read read) {
    bool first = true;
    say("{");
    std::size_t field = i + 1;
    for (std::uint32_t n = 0; n < at(i).inner; ++n, field = at(field).next) {
      json::comma(first, out_);
      json::put_string({at(field).name.data(), at(field).name.size()}, out_);
      say(":");
      if (!read(field)) return false;
    }
    return say("}"), true;
  }

  // ---- keys: message/key_bytes.hpp

  bool key(std::size_t i, bool alone) {
    if (at(i).what == kind::fields) return fields(i, [this](std::size_t field) { return key(field, false); });
    if (at(i).what == kind::text) {
      chars characters;
      if (!(alone ? chars_of(from_.left(), characters) : text(characters))) return false;
      return json::put_text(characters, out_), true;
    }
    return with_number(at(i).what, [this](auto zero) { return key_number<decltype(zero)>(); });
  }
  template <class Number>
  bool key_number() {
    if constexpr (std::is_floating_point_v<Number>) {
      return false;
    } else {
      if (from_.left() < sizeof(Number)) return false;
      std::uint64_t bits = 0;
      for (std::size_t i = 0; i < sizeof(Number); ++i) bits = bits << 8 | static_cast<std::uint64_t>(*from_.at++);
      if (std::is_same_v<Number, bool> && bits > 1) return false;
      if (std::is_signed_v<Number>) bits ^= std::uint64_t{1} << (8 * sizeof(Number) - 1);
      return json::put_number(static_cast<Number>(bits), out_), true;
    }
  }

  const std::vector<node>& nodes_;
  binary::reader from_;
  std::string& text_;
  json::appended out_{text_};
};

}  // namespace detail::by_form

/// A form that was read: what bytes of one type are. Copied freely; used by any number of threads at a time.
class form_reader {
 public:
  /// True when the text was a form.
  explicit operator bool() const noexcept { return read_; }
  /// Up to which character the text was one; when it was none.
  std::size_t wrong_at() const noexcept { return wrong_at_; }

  /// Appends the message that these bytes are as JSON on one line: what gesta::json writes of it. False: the bytes are no such message,
  /// cut short, or more than one; `out` then ends with what was read so far. Any bytes may be given: it never reads beyond them, and
  /// writes no more than a fixed multiple of their number. Only when the form was read.
  bool to_json(const void* bytes, std::size_t size, std::string& out) const {
    return detail::by_form::walker(nodes_, static_cast<const std::byte*>(bytes), size, out).whole();
  }
  /// The same for the byte form of a key, where the form is a key's.
  bool key_to_json(const void* bytes, std::size_t size, std::string& out) const {
    return detail::by_form::walker(nodes_, static_cast<const std::byte*>(bytes), size, out).whole_key();
  }

  /// The word that the whole form is: "text", "u32"; empty where it is made of others.
  std::string_view word() const noexcept { return word_; }

 private:
  friend form_reader read_form(std::string_view text);

  std::vector<detail::by_form::node> nodes_;
  std::string word_;
  std::size_t wrong_at_ = 0;
  bool read_ = false;
};

/// Reads the text of a form. Any text may be given.
inline form_reader read_form(std::string_view text) {
  form_reader form;
  detail::by_form::parser parser(text, form.nodes_);
  form.read_ = parser.whole();
  form.wrong_at_ = parser.at();
  const std::size_t begin = text.find('"'), end = text.rfind('"');
  if (form.read_ && form.nodes_.size() == 1) form.word_ = text.substr(begin + 1, end - begin - 1);
  if (form.read_ && form.nodes_[0].what == detail::by_form::kind::fields) form.word_.clear();
  return form;
}

}  // namespace gesta
