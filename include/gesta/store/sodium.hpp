// Personal data with libsodium: keys in memory, the master key, and what seals and opens.
// Floor: store. An adapter: include it beside gesta.hpp and link gesta::sodium. Keys that last: sodium_sqlite.hpp.
// May include: detail, store, sodium.
#pragma once

#include <cstddef>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include <gesta/store/sodium_sealing.hpp>

namespace gesta {

/// The key by which the keys of subjects are kept: 32 bytes that are somewhere else, in a key service or a file of their own. It is moved, not
/// copied, and overwritten when it ends.
class master_key {
 public:
  static constexpr std::size_t size = 32;

  /// Of 32 bytes; of another number it is none, and opens nothing. The caller overwrites its own copy.
  master_key(const void* bytes, std::size_t count) {
    if (count != size) return;
    kept_ = detail::locked_memory(size);
    if (kept_.data() != nullptr) std::memcpy(kept_.data(), bytes, size);
  }
  /// A new one.
  static master_key random() {
    master_key made(nullptr, 0);
    made.kept_ = detail::locked_memory(size);
    if (made.data() != nullptr) randombytes_buf(made.kept_.data(), size);
    return made;
  }

  /// Its 32 bytes; nullptr when it is none.
  const unsigned char* data() const noexcept { return kept_.data(); }

 private:
  detail::locked_memory kept_;
};

/// Keys that end with the program: for tests, and for apps on stores in memory. Keys lie in locked memory.
class memory_keys : public sealing<memory_keys> {
 public:
  /// `random` fills bytes, so that a test can say them.
  explicit memory_keys(void (*random)(void*, std::size_t) = randombytes_buf) : random_(random) {}

  bool key_of_now(detail::chars subject, key_name& name, unsigned char* key) {
    std::string who(subject.data, subject.size);
    const auto found = now_.find(who);
    if (found != now_.end()) {
      std::memcpy(name.bytes, found->second.data(), sizeof name.bytes);
      std::memcpy(key, place(places_[found->second]), detail::secret_size);
      return true;
    }
    std::size_t free = 0;
    if (!make_room(free)) return fail(failure(failure::kind::full, 0, "there is no memory for keys"));
    random_(name.bytes, sizeof name.bytes);
    random_(place(free), detail::secret_size);
    free_.pop_back();
    std::memcpy(key, place(free), detail::secret_size);
    std::string called = as_text(name);
    places_[called] = free;
    now_.emplace(static_cast<std::string&&>(who), static_cast<std::string&&>(called));
    return true;
  }
  key_state key_named(const key_name& name, unsigned char* key) {
    const auto found = places_.find(as_text(name));
    if (found == places_.end()) return key_state::unknown;
    if (found->second == nowhere) return key_state::forgotten;
    std::memcpy(key, place(found->second), detail::secret_size);
    return key_state::there;
  }
  bool destroy(detail::chars subject) {
    const auto found = now_.find(std::string(subject.data, subject.size));
    if (found == now_.end()) return true;
    std::size_t& where = places_[found->second];
    sodium_memzero(place(where), detail::secret_size);
    free_.push_back(where);
    where = nowhere;
    now_.erase(found);
    return true;
  }

 private:
  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1), keys_a_block = 128;

  static std::string as_text(const key_name& name) { return {reinterpret_cast<const char*>(name.bytes), sizeof name.bytes}; }
  unsigned char* place(std::size_t at) const noexcept { return blocks_[at / keys_a_block].data() + at % keys_a_block * detail::secret_size; }
  bool make_room(std::size_t& free) {
    if (free_.empty()) {
      detail::locked_memory block(keys_a_block * detail::secret_size);
      if (block.data() == nullptr) return false;
      blocks_.push_back(static_cast<detail::locked_memory&&>(block));
      for (std::size_t i = keys_a_block; i != 0; --i) free_.push_back((blocks_.size() - 1) * keys_a_block + i - 1);
    }
    free = free_.back();
    return true;
  }

  void (*random_)(void*, std::size_t);
  std::map<std::string, std::string> now_;        ///< the name of the key that a subject has now
  std::map<std::string, std::size_t> places_;     ///< of every key there ever was; of a forgotten one nowhere
  std::vector<std::size_t> free_;
  std::vector<detail::locked_memory> blocks_;
};

}  // namespace gesta
