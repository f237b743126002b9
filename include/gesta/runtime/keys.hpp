// How the keys of one aggregate's entities are kept, by the numbers of the entities.
// Floor: runtime.
// May include: detail, message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include <gesta/message/key.hpp>

namespace gesta::detail {

/// Keys that are text of any length; their characters never move.
class text_keys {
 public:
  const key_bytes& at(std::uint32_t number) const { return keys_[number]; }
  void add(key_bytes key) {
    if (room_ < key.size) {
      room_ = key.size < block ? block : key.size;
      blocks_.emplace_back(room_);
      next_ = blocks_.back().data();
    }
    if (key.size != 0) std::memcpy(next_, key.data, key.size);
    keys_.push_back({next_, key.size});
    next_ += key.size;
    room_ -= key.size;
  }
  void drop_last() {
    const key_bytes last = keys_.back();
    keys_.pop_back();
    if (last.data + last.size != next_) return;  // it lies in an earlier block, whose rest is given up
    next_ -= last.size;
    room_ += last.size;
  }
  /// Room for so many keys of at most 32 characters on average, touched now.
  void reserve(std::size_t count) {
    keys_.resize(count);
    keys_.clear();
    room_ = count * 32;
    blocks_.emplace_back(room_);
    next_ = blocks_.back().data();
  }

 private:
  static constexpr std::size_t block = 65536;

  std::vector<key_bytes> keys_;
  std::vector<std::vector<char>> blocks_;
  char* next_ = nullptr;
  std::size_t room_ = 0;
};

/// Keys of a fixed size: numbers, enums, strong ids, text<N>, structs of those.
template <class Value>
class value_keys {
 public:
  typename std::vector<Value>::const_reference at(std::uint32_t number) const { return keys_[number]; }
  void add(const Value& key) { keys_.push_back(key); }
  void drop_last() { keys_.pop_back(); }
  void reserve(std::size_t count) {
    keys_.resize(count);
    keys_.clear();
  }

 private:
  std::vector<Value> keys_;
};

}  // namespace gesta::detail
