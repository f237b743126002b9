// How the keys of one aggregate are looked up, kept and written as text: by value, as text of any length, or dense.
// Floor: runtime.
// May include: detail, message.
//
// Every key has one text form, which names its stream in a store: text as it is, numbers and enums in decimal, structs as their
// fields with `/` between them (a `/` or `\` within a field stands behind a `\`).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>
#include <vector>

#include <gesta/detail/fields.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/message/key.hpp>

namespace gesta::detail {

struct characters {
  const char* data;
  std::size_t size;
};

/// Anything that shows characters: std::string, std::string_view, gesta::text<N>.
template <class Key>
concept shows_characters = requires(const Key& key) {
  static_cast<const char*>(key.data());
  static_cast<std::size_t>(key.size());
};
template <class Key>
[[gnu::always_inline]] inline characters characters_of(const Key& key) {
  if constexpr (shows_characters<Key>) return {key.data(), key.size()};
  else return {key, __builtin_strlen(key)};
}

/// The characters of a key's text while it is written.
class key_writer {
 public:
  void clear() { text_.clear(); }
  key_bytes written() const { return {text_.data(), static_cast<std::uint32_t>(text_.size())}; }

  template <class Key>
  void write(const Key& key) {
    put(key, false);
  }

 private:
  template <class Key>
  void put(const Key& key, bool escape) {
    if constexpr (std::is_enum_v<Key>) {
      put(static_cast<std::underlying_type_t<Key>>(key), escape);
    } else if constexpr (std::is_integral_v<Key>) {
      char digits[24];
      char* at = digits + sizeof digits;
      const bool negative = key < Key{};
      auto rest = static_cast<std::uint64_t>(key);
      if (negative) rest = 0 - rest;
      do *--at = static_cast<char>('0' + rest % 10);
      while ((rest /= 10) != 0);
      if (negative) *--at = '-';
      text_.insert(text_.end(), at, digits + sizeof digits);
    } else if constexpr (shows_characters<Key>) {
      for (std::size_t i = 0; i < key.size(); ++i) {
        if (escape && (key.data()[i] == '/' || key.data()[i] == '\\')) text_.push_back('\\');
        text_.push_back(key.data()[i]);
      }
    } else {
      constexpr bool one_field = field_count<Key> == 1;
      bool first = true;
      for_each_field(key, [&](const auto& field) {
        if (!first) text_.push_back('/');
        first = false;
        put(field, escape || !one_field);
      });
    }
  }

  std::vector<char> text_;
};

/// Reads what key_writer wrote. False: it is no key of this type.
class key_reader {
 public:
  explicit key_reader(key_bytes text) : at_(text.data), end_(text.data + text.size) {}
  template <class Key>
  bool read(Key& key) {
    return take(key, false) && at_ == end_;
  }

 private:
  template <class Key>
  bool take(Key& key, bool escaped) {
    if constexpr (std::is_enum_v<Key>) {
      std::underlying_type_t<Key> number{};
      if (!take(number, escaped)) return false;
      key = static_cast<Key>(number);
      return true;
    } else if constexpr (std::is_integral_v<Key>) {
      const bool negative = at_ != end_ && *at_ == '-';
      if (negative) ++at_;
      if (at_ == end_ || *at_ < '0' || *at_ > '9') return false;
      std::uint64_t number = 0;
      for (; at_ != end_ && *at_ >= '0' && *at_ <= '9'; ++at_) number = number * 10 + static_cast<std::uint64_t>(*at_ - '0');
      key = static_cast<Key>(negative ? 0 - number : number);
      return true;
    } else if constexpr (shows_characters<Key>) {
      std::vector<char> plain;
      for (; at_ != end_ && !(escaped && *at_ == '/'); ++at_) {
        if (escaped && *at_ == '\\' && ++at_ == end_) return false;
        plain.push_back(*at_);
      }
      return assign(key, plain.data(), plain.size());
    } else {
      constexpr bool one_field = field_count<Key> == 1;
      bool good = true;
      bool first = true;
      for_each_field(key, [&](auto& field) {
        if (!first && good) good = at_ != end_ && *at_++ == '/';
        first = false;
        good = good && take(field, escaped || !one_field);
      });
      return good;
    }
  }

  template <class Key>
  static bool assign(Key& key, const char* data, std::size_t size) {
    if constexpr (requires { key.assign(data, size); }) {
      key.assign(data, size);
      return true;
    } else {
      return decltype(key.size(), true){} && false;
    }
  }

  const char* at_;
  const char* end_;
};

// ---- the keys of one aggregate's entities, by number

/// Keys that are text of any length; their characters never move.
class text_keys {
 public:
  template <class Key>
  static constexpr bool takes = shows_characters<Key> || std::is_convertible_v<const Key&, const char*>;

  template <class Key>
  static std::uint64_t hash(const Key& key) {
    const characters c = characters_of(key);
    return hash_bytes(c.data, c.size);
  }
  std::uint64_t hash_at(std::uint32_t number) const { return hash_bytes(keys_[number].data, keys_[number].size); }
  template <class Key>
  bool same_at(std::uint32_t number, const Key& key) const {
    const characters c = characters_of(key);
    return keys_[number].size == c.size && std::memcmp(keys_[number].data, c.data, c.size) == 0;
  }
  template <class Key>
  void add(const Key& key) {
    const characters c = characters_of(key);
    if (room_ < c.size) {
      room_ = c.size < 4096 ? 65536 : c.size;
      blocks_.push_back(std::unique_ptr<char[]>(new char[room_]));
      next_ = blocks_.back().get();
    }
    if (c.size != 0) std::memcpy(next_, c.data, c.size);
    keys_.push_back({next_, static_cast<std::uint32_t>(c.size)});
    next_ += c.size;
    room_ -= c.size;
  }
  void reserve(std::size_t count) {
    keys_.resize(count);
    keys_.clear();
    room_ = count * 32;
    blocks_.push_back(std::unique_ptr<char[]>(new char[room_]()));
    next_ = blocks_.back().get();
  }
  key_bytes text(std::uint32_t number) const { return keys_[number]; }
  template <class Key>
  key_bytes text_of(const Key& key) const {
    const characters c = characters_of(key);
    return {c.data, static_cast<std::uint32_t>(c.size)};
  }
  template <class Use>
  static bool read(key_bytes text, Use&& use) {
    use(shown{text});
    return true;
  }

 private:
  struct shown {
    key_bytes text;
    const char* data() const { return text.data; }
    std::size_t size() const { return text.size; }
  };
  std::vector<key_bytes> keys_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  std::size_t room_ = 0;
};

template <class Value>
constexpr std::uint64_t hash_value(const Value& value) {
  if constexpr (std::is_enum_v<Value> || std::is_integral_v<Value>) {
    return mix(static_cast<std::uint64_t>(value));
  } else if constexpr (shows_characters<Value>) {
    return hash_bytes(value.data(), value.size());
  } else {
    std::uint64_t hash = 0;
    for_each_field(value, [&](const auto& field) { hash = mix(hash ^ hash_value(field)); });
    return hash;
  }
}
template <class Value>
constexpr bool same_value(const Value& a, const Value& b) {
  if constexpr (requires { static_cast<bool>(a == b); }) {
    return a == b;
  } else {
    bool same = true;
    with_fields(a, [&](const auto&... left) { with_fields(b, [&](const auto&... right) { same = (same_value(left, right) && ...); }); });
    return same;
  }
}

/// Keys of a fixed size: numbers, enums, strong ids, text<N>, structs of those.
template <class Value>
class value_keys {
 public:
  template <class Key>
  static constexpr bool takes = std::is_convertible_v<const Key&, Value>;

  static std::uint64_t hash(const Value& key) { return hash_value(key); }
  std::uint64_t hash_at(std::uint32_t number) const { return hash_value(keys_[number]); }
  bool same_at(std::uint32_t number, const Value& key) const { return same_value(keys_[number], key); }
  void add(const Value& key) { keys_.push_back(key); }
  void reserve(std::size_t count) {
    keys_.resize(count);
    keys_.clear();
  }
  key_bytes text(std::uint32_t number) const { return text_of(keys_[number]); }
  key_bytes text_of(const Value& key) const {
    writer_.clear();
    writer_.write(key);
    return writer_.written();
  }
  template <class Use>
  static bool read(key_bytes text, Use&& use) {
    Value key{};
    if (!key_reader(text).read(key)) return false;
    use(key);
    return true;
  }

 private:
  std::vector<Value> keys_;
  mutable key_writer writer_;
};

}  // namespace gesta::detail
