// Where the entities of one aggregate live: each one's state, version and stream in one place, found by its key.
// Floor: runtime.
// May include: detail, message, decide, model, store, runtime/keys.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/decide/key_rule.hpp>
#include <gesta/detail/hash_index.hpp>
#include <gesta/message/key.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/runtime/keys.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// One entity in one place: what a command touches. Up to 64 bytes it never straddles two cache lines.
template <class State, class Stream>
struct entity_of {
  State state{};
  Stream stream{};
  std::uint32_t version = 0;
};
template <class Entity>
inline constexpr std::size_t entity_alignment = [] {
  std::size_t line = alignof(Entity);
  while (line < sizeof(Entity) && line < 64) line *= 2;
  return sizeof(Entity) <= 64 ? line : alignof(Entity);
}();
template <class State, class Stream>
struct alignas(entity_alignment<entity_of<State, Stream>>) aligned_entity : entity_of<State, Stream> {};

/// An entity and its number; nothing where a key has no place yet.
template <class Entity>
struct place_of_entity {
  Entity* entity = nullptr;
  std::uint32_t number = 0;

  [[gnu::always_inline]] explicit operator bool() const noexcept { return entity != nullptr; }
  [[gnu::always_inline]] Entity& operator*() const noexcept { return *entity; }
  [[gnu::always_inline]] Entity* operator->() const noexcept { return entity; }
};

/// Entities by number; they never move. The first block has its size from the start; each further one is as large as all before it.
/// Plain arrays: vectors would be compiled anew for each type of entity, which doubles what a table costs to compile.
template <class Entity>
class entity_blocks {
 public:
  entity_blocks() = default;
  entity_blocks(const entity_blocks&) = delete;
  entity_blocks& operator=(const entity_blocks&) = delete;
  ~entity_blocks() {
    while (count_ != 0) delete[] more_[--count_];
    delete[] begin_;
  }

  /// Makes the first block; before anything lies in it.
  void reserve(std::size_t count) {
    delete[] begin_;
    begin_ = nullptr;
    begin_ = new Entity[count]();
    in_first_ = count;
  }
  std::size_t in_first() const noexcept { return in_first_; }

  [[gnu::always_inline]] Entity& at(std::uint32_t number) const { return number < in_first_ ? in_first_block(number) : beyond(number); }
  /// For a number below in_first().
  [[gnu::always_inline]] Entity& in_first_block(std::uint32_t number) const {
    Entity* const place = begin_ + number;
    if (place == nullptr) __builtin_unreachable();  // Clang asks otherwise, wherever the address is looked at
    return *place;
  }
  /// Makes the place of this number, and those below it.
  void grow_to(std::uint32_t number) {
    while (number >= room_of_all()) {
      more_[count_] = new Entity[room_of_all()]();
      ++count_;
    }
  }
  std::size_t room_of_all() const noexcept { return in_first_ << count_; }

 private:
  [[gnu::noinline]] Entity& beyond(std::uint32_t number) const {
    std::size_t start = in_first_;
    unsigned block = 0;
    for (; number >= start * 2; start *= 2) ++block;
    return more_[block][number - start];
  }

  Entity* begin_ = nullptr;
  std::size_t in_first_ = 0;
  unsigned count_ = 0;
  Entity* more_[32] = {};
};

/// A key by itself, with its byte form.
template <class Key>
class key_copy {
 public:
  explicit key_copy(const key_value<Key>& key) : value_(key) {}
  key_bytes bytes() { return key_bytes_of<Key>(value_, buffer_); }
  const key_value<Key>& value() const noexcept { return value_; }

 private:
  key_value<Key> value_;
  key_buffer<Key> buffer_;
};

/// The entities of one aggregate, found by key. A key has no place before its first event.
template <class Aggregate, class Stream, class Key = typename key_rule<Aggregate>::key_type>
class entities {
 public:
  using state_type = typename Aggregate::state_type;
  using entity = aligned_entity<state_type, Stream>;
  using place = place_of_entity<entity>;
  using key_type = Key;
  using value = key_value<Key>;
  template <class Given>
  static constexpr bool takes = key_argument<Given, Key>;

  entities() { blocks_.reserve(16); }
  /// Room for so many, touched now; where it is bounded there are never more.
  void reserve(std::size_t count, bool bounded) {
    if (count == 0) return;
    blocks_.reserve(count);
    keys_.reserve(count);
    index_.reserve(count);
    if (bounded) limit_ = static_cast<std::uint32_t>(count);
  }

  template <class Given>
  place find(const Given& given) const {
    const value key = key_value_of<Key>(given);
    const std::uint32_t number = index_.find(key_hash(key), [&](std::uint32_t n) { return same_key(keys_.at(n), key); });
    if (number == hash_index::absent) return {};
    return {&blocks_.at(number), number};
  }
  /// Makes the place of a key that has none; nothing when there is no room.
  template <class Given>
  place add(const Given& given) {
    return add_value(key_value_of<Key>(given));
  }
  /// Gives back the places of the last entities, as far as they have no event.
  void drop_unused() {
    for (; count_ != 0 && blocks_.at(count_ - 1).version == 0; --count_) {
      index_.erase(key_hash(keys_.at(count_ - 1)), count_ - 1, [this](std::uint32_t n) { return key_hash(keys_.at(n)); });
      keys_.drop_last();
    }
  }
  /// The place of the entity whose key has this byte form; made when it is not there; nothing when the bytes are no key.
  place place_of(key_bytes bytes) {
    value key{};
    if (!read_key(bytes, key)) return {};
    const place found = find(key);
    return found ? found : add(key);
  }

  [[gnu::always_inline]] entity& at(std::uint32_t number) { return blocks_.at(number); }
  /// Calls visit(place) for each entity, those without events included.
  template <class Visit>
  void each(Visit&& visit) const {
    for (std::uint32_t number = 0; number < count_; ++number) visit(place{&blocks_.at(number), number});
  }
  /// The byte form of an entity's key; valid until the next call.
  key_bytes key(std::uint32_t number) const { return key_bytes_of<Key>(keys_.at(number), buffer_); }
  /// An entity's key that stays, whatever is done with the table.
  key_copy<Key> copy_of_key(std::uint32_t number) const { return key_copy<Key>(keys_.at(number)); }
  /// The byte form of a key as a caller gives it; valid until the next call.
  template <class Given>
  key_bytes bytes_of(const Given& given) const {
    scratch_ = key_value_of<Key>(given);
    return key_bytes_of<Key>(scratch_, buffer_);
  }
  /// The state of an entity that has no events.
  const state_type& blank() const noexcept { return blank_; }
  template <class Given>
  void prefetch(const Given& given) const {
    if (const place found = find(given)) __builtin_prefetch(found.entity, 1);
  }

 private:
  [[gnu::noinline]] place add_value(const value& key) {
    if (count_ == limit_) return {};
    blocks_.grow_to(count_);
    keys_.add(key);
    index_.insert(key_hash(key), count_, [this](std::uint32_t n) { return key_hash(keys_.at(n)); });
    const std::uint32_t number = count_++;
    return {&blocks_.at(number), number};
  }

  entity_blocks<entity> blocks_;
  std::conditional_t<same<value, key_bytes>, text_keys, value_keys<value>> keys_;
  hash_index index_;
  std::uint32_t count_ = 0;
  std::uint32_t limit_ = unknown_entity;
  state_type blank_{};
  mutable key_buffer<Key> buffer_;
  mutable value scratch_{};
};

/// Dense keys are the numbers themselves: every entity has its place from the start, nothing is hashed.
template <class Aggregate, class Stream>
class entities<Aggregate, Stream, dense> {
 public:
  using state_type = typename Aggregate::state_type;
  using entity = aligned_entity<state_type, Stream>;
  using place = place_of_entity<entity>;
  using key_type = dense;
  template <class Given>
  static constexpr bool takes = key_argument<Given, dense> || std::is_enum_v<Given>;

  entities() { blocks_.reserve(1024); }
  void reserve(std::size_t count, bool bounded) {
    if (count != 0) blocks_.reserve(count);
    bounded_ = bounded;
  }

  template <class Given>
  [[gnu::always_inline]] place find(const Given& key) const {
    const auto number = static_cast<std::uint64_t>(key);
    const auto short_number = static_cast<std::uint32_t>(number);
    if (number < blocks_.in_first()) [[likely]] return {&blocks_.in_first_block(short_number), short_number};
    return {number < blocks_.room_of_all() ? &blocks_.at(short_number) : nullptr, short_number};
  }
  template <class Given>
  [[gnu::always_inline]] place add(const Given& key) {
    const auto number = static_cast<std::uint64_t>(key);
    return {make(number), static_cast<std::uint32_t>(number)};
  }
  void drop_unused() {}
  place place_of(key_bytes bytes) {
    std::uint32_t number = 0;
    if (!read_key(bytes, number)) return {};
    const place found = find(number);
    return found ? found : add(number);
  }

  [[gnu::always_inline]] entity& at(std::uint32_t number) { return blocks_.at(number); }
  template <class Visit>
  void each(Visit&& visit) const {
    for (std::size_t number = 0; number < blocks_.room_of_all(); ++number)
      visit(place{&blocks_.at(static_cast<std::uint32_t>(number)), static_cast<std::uint32_t>(number)});
  }
  key_bytes key(std::uint32_t number) const { return key_bytes_of<dense>(number, buffer_); }
  key_copy<dense> copy_of_key(std::uint32_t number) const { return key_copy<dense>(number); }
  template <class Given>
  key_bytes bytes_of(const Given& key) const {
    return key_bytes_of<dense>(static_cast<std::uint32_t>(key), buffer_);
  }
  const state_type& blank() const noexcept { return blank_; }
  template <class Given>
  [[gnu::always_inline]] void prefetch(const Given& key) const {
    if (const place found = find(key)) __builtin_prefetch(found.entity, 1);
  }

 private:
  // By value: what is called with an address stays in memory on the whole way of a command.
  [[gnu::noinline]] entity* make(std::uint64_t number) {
    if (bounded_) return nullptr;
    if (number >= unknown_entity) key_is_out_of_range();
    blocks_.grow_to(static_cast<std::uint32_t>(number));
    return &blocks_.at(static_cast<std::uint32_t>(number));
  }

  entity_blocks<entity> blocks_;
  bool bounded_ = false;
  state_type blank_{};
  mutable key_buffer<dense> buffer_;
};

}  // namespace gesta::detail
