// Any number of one kind of message: listed in a contract, or returned as a value.
// Floor: message.
// May include: nothing of gesta.
#pragma once

#include <cstddef>
#include <initializer_list>

namespace gesta {

/// In a contract, `gesta::emits<placed, gesta::many<line>>`: any number of this event, none included. As a value, what a saga's `run` or a
/// `react` returns to ask several commands: a sequence that grows. Elements lie in one array; adding is constant on average.
template <class Message>
class many {
 public:
  using event_type = Message;
  using value_type = Message;

  constexpr many() noexcept = default;
  constexpr many(std::initializer_list<Message> messages) {
    for (const Message& message : messages) push_back(message);
  }
  constexpr many(const many& other) {
    for (const Message& message : other) push_back(message);
  }
  constexpr many(many&& other) noexcept : items_(other.items_), size_(other.size_), room_(other.room_) {
    other.items_ = nullptr;
    other.size_ = other.room_ = 0;
  }
  constexpr many& operator=(many other) noexcept {
    swap(other);
    return *this;
  }
  constexpr ~many() { delete[] items_; }

  /// Adds to the end.
  constexpr void push_back(Message message) {
    if (size_ == room_) grow();
    items_[size_++] = static_cast<Message&&>(message);
  }
  /// Removes the last. Only when there is one.
  constexpr void pop_back() noexcept { --size_; }
  constexpr void clear() noexcept { size_ = 0; }

  constexpr std::size_t size() const noexcept { return size_; }
  constexpr bool empty() const noexcept { return size_ == 0; }
  constexpr Message& operator[](std::size_t i) noexcept { return items_[i]; }
  constexpr const Message& operator[](std::size_t i) const noexcept { return items_[i]; }
  constexpr Message* begin() noexcept { return items_; }
  constexpr Message* end() noexcept { return items_ + size_; }
  constexpr const Message* begin() const noexcept { return items_; }
  constexpr const Message* end() const noexcept { return items_ + size_; }

 private:
  constexpr void swap(many& other) noexcept {
    Message* const items = items_;
    const std::size_t size = size_, room = room_;
    items_ = other.items_;
    size_ = other.size_;
    room_ = other.room_;
    other.items_ = items;
    other.size_ = size;
    other.room_ = room;
  }
  constexpr void grow() {
    const std::size_t room = room_ == 0 ? 4 : 2 * room_;
    Message* const more = new Message[room];
    for (std::size_t i = 0; i < size_; ++i) more[i] = static_cast<Message&&>(items_[i]);
    delete[] items_;
    items_ = more;
    room_ = room;
  }

  Message* items_ = nullptr;
  std::size_t size_ = 0;
  std::size_t room_ = 0;
};

}  // namespace gesta
