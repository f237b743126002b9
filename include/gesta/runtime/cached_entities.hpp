// Some entities of one aggregate: those that were needed last. The store has all of them.
// Floor: runtime. In the place of `entities` where the app was started with gesta::cached_states.
// May include: detail, message, decide, store, runtime/entities.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <gesta/decide/key_rule.hpp>
#include <gesta/detail/hash_index.hpp>
#include <gesta/message/key.hpp>
#include <gesta/runtime/entities.hpp>

namespace gesta::detail {

/// Keys by the numbers of places, each with its own characters.
template <class Value>
class place_keys {
 public:
  const Value& at(std::uint32_t number) const { return keys_[number]; }
  void set(std::uint32_t number, const Value& key) {
    if (keys_.size() <= number) keys_.resize(number + std::size_t{1});
    keys_[number] = key;
  }

 private:
  std::vector<Value> keys_;
};
template <>
class place_keys<key_bytes> {
 public:
  key_bytes at(std::uint32_t number) const { return {keys_[number].data(), static_cast<std::uint32_t>(keys_[number].size())}; }
  void set(std::uint32_t number, const key_bytes& key) {
    if (keys_.size() <= number) keys_.resize(number + std::size_t{1});
    keys_[number].assign(key.data, key.data + key.size);
  }

 private:
  std::vector<std::vector<char>> keys_;
};

/// An entity that may be dropped.
template <class State, class Stream>
struct cached_entity : entity_of<State, Stream> {
  std::uint32_t checked = 0;     ///< the log's times_changed() when it was the state of now; 0: outside of a unit
  std::uint32_t looked = 0;      ///< how often the app had caught up outside of a unit when it was read
  std::uint32_t read = 0;        ///< by app.state, as the how-manieth
  bool is_there = false;         ///< else the place is free
  bool is_used = false;          ///< since the hand passed it
  bool is_far_from_one = false;  ///< many events were folded to load it: the next unit that touches it takes a snapshot
};

/// As `entities`. Places never move, and a place is given to another entity only by `make_room`.
template <class Aggregate, class Stream, class Key = typename key_rule<Aggregate>::key_type>
class cached_entities {
 public:
  using state_type = typename Aggregate::state_type;
  using entity = cached_entity<state_type, Stream>;
  using place = place_of_entity<entity>;
  using key_type = Key;
  using value = key_value<Key>;
  template <class Given>
  static constexpr bool takes = entities<Aggregate, Stream, Key>::template takes<Given>;

  cached_entities() { blocks_.reserve(16); }

  template <class Given>
  place find(const Given& given) const {
    return find_value(value_of(given));
  }
  /// Makes a place for a key that has none.
  template <class Given>
  place add(const Given& given) {
    const value key = value_of(given);
    std::uint32_t number = places_;
    if (free_.empty()) {
      blocks_.grow_to(places_++);
    } else {
      number = free_.back();
      free_.pop_back();
    }
    keys_.set(number, key);
    index_.insert(key_hash(key), number, [this](std::uint32_t n) { return key_hash(keys_.at(n)); });
    blocks_.at(number).is_there = blocks_.at(number).is_used = true;
    return {&blocks_.at(number), number};
  }
  void drop_unused() noexcept {}

  std::size_t size() const noexcept { return index_.size(); }
  /// Drops entities until there are at most so many: those that were not used since the hand came by, which goes around over all places.
  void make_room(std::size_t most) {
    while (size() > most) pass_hand(true);
  }

  /// How many states that app.state gave stay where they are while others are read.
  static constexpr std::uint32_t most_read = 64;
  /// As make_room, but of those that app.state gave the last ones stay. `most` is more than most_read.
  void make_room_to_read(std::size_t most) {
    while (size() > most) pass_hand(false);
  }
  void note_read(entity& e) noexcept { e.read = ++reads_; }

  void drop(std::uint32_t number) {
    entity& e = blocks_.at(number);
    if (!e.is_there) return;
    index_.erase(key_hash(keys_.at(number)), number, [this](std::uint32_t n) { return key_hash(keys_.at(n)); });
    e = entity{};
    free_.push_back(number);
  }

  entity& at(std::uint32_t number) { return blocks_.at(number); }
  key_bytes key(std::uint32_t number) const { return key_bytes_of<Key>(keys_.at(number), buffer_); }
  key_copy<Key> copy_of_key(std::uint32_t number) const { return key_copy<Key>(keys_.at(number)); }
  template <class Given>
  key_bytes bytes_of(const Given& given) const {
    scratch_ = value_of(given);
    return key_bytes_of<Key>(scratch_, buffer_);
  }
  const state_type& blank() const noexcept { return blank_; }
  template <class Given>
  void prefetch(const Given& given) const {
    if (const place found = find(given)) __builtin_prefetch(found.entity, 1);
  }

 private:
  void pass_hand(bool read_ones_too) {
    if (hand_ >= places_) hand_ = 0;
    entity& e = blocks_.at(hand_);
    const bool stays = e.is_used || (!read_ones_too && e.read != 0 && reads_ - e.read < most_read);
    if (e.is_there && !stays) drop(hand_);
    e.is_used = false;
    ++hand_;
  }

  template <class Given>
  static value value_of(const Given& given) {
    if constexpr (same<Key, dense>) return static_cast<value>(given);
    else return key_value_of<Key>(given);
  }
  place find_value(const value& key) const {
    const std::uint32_t number = index_.find(key_hash(key), [&](std::uint32_t n) { return same_key(keys_.at(n), key); });
    if (number == hash_index::absent) return {};
    entity& e = blocks_.at(number);
    e.is_used = true;
    return {&e, number};
  }

  entity_blocks<entity> blocks_;
  place_keys<value> keys_;
  hash_index index_;
  std::vector<std::uint32_t> free_;
  std::uint32_t places_ = 0;
  std::uint32_t hand_ = 0;
  std::uint32_t reads_ = 0;
  state_type blank_{};
  mutable key_buffer<Key> buffer_;
  mutable value scratch_{};
};

}  // namespace gesta::detail
