// What is told in a test of a part that acts by itself: whether all that was expected has come, and words about it.
// Floor: testing.
// May include: detail, message, react, model, testing.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/detail/writer.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/model/model.hpp>
#include <gesta/react/process.hpp>
#include <gesta/react/saga.hpp>
#include <gesta/testing/given.hpp>
#include <gesta/testing/print.hpp>

namespace gesta {

namespace detail::testing {

// Words that are written only while the program runs: a static_assert says none.
class spoken {
 public:
  constexpr spoken() = default;
  constexpr spoken(const spoken& other) : size_(other.size_) {
    if (other.text_ == nullptr) return;
    text_ = new char[room];
    for (std::size_t i = 0; i < size_; ++i) text_[i] = other.text_[i];
  }
  constexpr spoken(spoken&& other) noexcept : text_(other.text_), size_(other.size_) {
    other.text_ = nullptr;
    other.size_ = 0;
  }
  constexpr spoken& operator=(spoken other) noexcept {
    char* const text = text_;
    text_ = other.text_;
    size_ = other.size_;
    other.text_ = text;
    return *this;
  }
  constexpr ~spoken() { delete[] text_; }

  template <class Put>
  constexpr void say(Put put) {
    if (__builtin_is_constant_evaluated()) return;
    if (text_ == nullptr) text_ = new char[room];
    writer to{text_, room, size_};
    put(to);
    size_ = to.size < room ? to.size : room;
  }
  description words() const noexcept {
    description d;
    const std::size_t size = size_ < sizeof d.words ? size_ : sizeof d.words - 1;
    for (std::size_t i = 0; i < size; ++i) d.words[i] = text_[i];
    d.words[size] = '\0';
    return d;
  }

 private:
  static constexpr std::size_t room = sizeof(description::words);
  char* text_ = nullptr;
  std::size_t size_ = 0;
};

/// The base of Told, which has `put_actual(writer&)` and tells a part of the story with each of its words.
template <class Told>
class story {
 public:
  constexpr explicit operator bool() const noexcept { return holds_; }
  /// What was told, a line each, then what was expected and what there was. Very long ones are cut.
  description describe() const { return words_.words(); }
  template <class Stream>
    requires requires(Stream& out, const char* text) { out << text; }
  friend Stream& operator<<(Stream& out, const Told& told) {
    out << told.describe().c_str();
    return out;
  }

 protected:
  template <class Message>
  constexpr void say_given(const Message& beginning) {
    words_.say([&](writer& out) { out.put("given "), printing::put(beginning, out); });
  }
  template <class... Message>
  constexpr void say_told(const char* what, const Message&... message) {
    words_.say([&](writer& out) {
      out.put("\n  ");
      out.put(what);
      printing::comma between{out};
      ((between.next(), printing::put(message, out)), ...);
    });
  }
  constexpr void say_passed(duration time) {
    words_.say([&](writer& out) {
      out.put("\n  after ");
      story::put_time(time, out);
    });
  }
  static void put_time(duration time, writer& out) {
    out.put_number(time.nanoseconds / 1'000'000);
    out.put(" ms");
  }
  /// Told, with one more expectation; put(writer&) says which.
  template <class Put>
  constexpr Told expect(bool holds, Put put) const {
    Told next = static_cast<const Told&>(*this);
    next.judge(holds, put);
    return next;
  }
  template <class Put>
  constexpr void judge(bool holds, Put put) {
    holds_ = holds;
    if (holds) return;
    words_.say([&](writer& out) {
      out.put("\n  expected: ");
      put(out);
      out.put("\n  actual:   ");
      static_cast<const Told&>(*this).put_actual(out);
    });
  }

  bool holds_ = true;
  spoken words_{};
};

// ---- what is no model and no part of it

/// Whether Model can be the model of a story or of an exploration; its rules need not hold.
template <class Model>
concept has_parts = requires { typename Model::parts; };

/// Whether a rule of it is broken, and the compiler has said so: then nothing is told of it, so that one mistake stays one error. A list of parts that
/// is no gesta::model was held against no rule.
template <class Model>
constexpr bool has_broken_rule() noexcept {
  if constexpr (requires(const Model& whole) { []<class... Part>(const model<Part...>&) {}(whole); }) return !sound<Model>;
  else return false;
}

/// Of what nothing can be told: it takes every word, so that the sentence about it is all that the compiler says.
struct untold {
  constexpr explicit operator bool() const noexcept { return true; }
  template <class...>
  constexpr untold answered(const auto&...) const { return {}; }
  constexpr untold hears(const auto&) const { return {}; }
  constexpr untold after(duration) const { return {}; }
  template <class>
  constexpr untold retried() const { return {}; }
  template <class>
  constexpr untold resolved() const { return {}; }
  constexpr untold asks(const auto&...) const { return {}; }
  template <class...>
  constexpr untold is(const auto&...) const { return {}; }
  constexpr untold defers(const auto&...) const { return {}; }
  constexpr untold ignores(const auto&...) const { return {}; }
  constexpr untold rejects(const auto&...) const { return {}; }
  constexpr untold times_out_in(duration) const { return {}; }
  constexpr untold never_times_out() const { return {}; }
  constexpr untold completed() const { return {}; }
  constexpr untold compensated(const auto&...) const { return {}; }
  template <class>
  constexpr untold stuck() const { return {}; }
  description describe() const { return {}; }
  template <class Stream>
    requires requires(Stream& out, const char* text) { out << text; }
  friend Stream& operator<<(Stream& out, const untold&) {
    return out;
  }
};

}  // namespace detail::testing

namespace testing {

/// Where Model and Part are none, or stand the other way round: a sentence says so.
template <class Model, class Part, class... Event>
  requires(!(detail::testing::has_parts<Model> && (detail::saga_part<Part> || detail::process_part<Part>)))
constexpr auto given(const Event&...) {
  (void)sizeof(diagnostic::apart<diagnostic::told_of_no_part<false, Model, Part>>());
  return detail::testing::untold{};
}
template <detail::testing::has_parts Model, class Part, class... Event>
  requires((detail::saga_part<Part> || detail::process_part<Part>) && detail::testing::has_broken_rule<Model>())
constexpr auto given(const Event&...) {
  return detail::testing::untold{};
}

}  // namespace testing

}  // namespace gesta
