// A place for one event of some types, with what surrounds it: how events go from the thread that reads them to another.
// Floor: runtime.
// May include: detail, message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>

#include <gesta/detail/pack.hpp>
#include <gesta/detail/select.hpp>
#include <gesta/message/about.hpp>

namespace gesta::detail {

/// Bytes that are kept: few in place, many on the heap, whose room is used again.
class bytes_copy {
 public:
  void assign(key_bytes from) {
    if (from.size > in_place && from.size > room_) {
      far_.reset(new char[from.size]);
      room_ = from.size;
    }
    size_ = from.size;
    char* const to = size_ > in_place ? far_.get() : near_;
    if (size_ != 0) std::memcpy(to, from.data, size_);
  }
  key_bytes bytes() const noexcept { return {size_ > in_place ? far_.get() : near_, size_}; }

 private:
  static constexpr std::uint32_t in_place = 32;
  char near_[in_place];
  std::uint32_t size_ = 0;
  std::uint32_t room_ = 0;
  std::unique_ptr<char[]> far_;
};

/// Holds an event of one of these types in place, or none. An event of the type that lies there already is assigned to it, so that its
/// strings find their memory again. As large as the largest of them.
template <class Events>
class event_copy;
template <class... Event>
class event_copy<types<Event...>> {
 public:
  event_copy() = default;
  event_copy(const event_copy&) = delete;
  event_copy& operator=(const event_copy&) = delete;
  ~event_copy() { clear(); }

  template <class Given>
  void assign(const Given& event, const about& where) {
    constexpr std::size_t which = index_of<Given, types<Event...>>;
    key_.assign(where.key);
    where_ = where;
    where_.key = key_.bytes();
    if constexpr (std::is_copy_assignable_v<Given>) {
      if (which_ == which) {
        held<Given>() = event;
        return;
      }
    }
    clear();
    ::new (static_cast<void*>(bytes_)) Given(event);
    which_ = which;
  }
  void assign(const event_copy& other) {
    other.visit([this](const auto& event, const about& where) { assign(event, where); });
  }

  /// Calls visit(const Event&, const about&), whose key lives as long as the copy; nothing where there is no event.
  template <class Visit>
  void visit(Visit&& visit) const {
    select<sizeof...(Event)>(which_, [&](auto i) {
      visit(held<at<i(), types<Event...>>>(), where_);
    });
  }
  const about& where() const noexcept { return where_; }

 private:
  static constexpr std::size_t none = sizeof...(Event);

  static constexpr std::size_t largest() noexcept {
    std::size_t most = 0;
    for (const std::size_t size : {sizeof(Event)...}) most = size > most ? size : most;
    return most;
  }
  template <class Held>
  Held& held() noexcept {
    return *std::launder(reinterpret_cast<Held*>(bytes_));
  }
  template <class Held>
  const Held& held() const noexcept {
    return *std::launder(reinterpret_cast<const Held*>(bytes_));
  }
  void clear() noexcept {
    select<sizeof...(Event)>(which_, [&](auto i) {
      using type = at<i(), types<Event...>>;
      held<type>().~type();
    });
    which_ = none;
  }

  std::size_t which_ = none;
  about where_;
  bytes_copy key_;
  alignas(Event...) std::byte bytes_[largest()];
};

}  // namespace gesta::detail
