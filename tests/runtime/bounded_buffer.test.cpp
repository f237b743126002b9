// What goes into a buffer between threads comes out, in order and once; full is what its type says; closing loses nothing.
#include <gesta/runtime/bounded_buffer.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using gesta::offered, gesta::handed_in;

std::atomic<int> allocations{0};
template <class T>
struct counted {
  using value_type = T;
  counted() = default;
  template <class U>
  counted(const counted<U>&) {}
  T* allocate(std::size_t n) { return ++allocations, std::allocator<T>().allocate(n); }
  void deallocate(T* p, std::size_t n) { std::allocator<T>().deallocate(p, n); }
  friend bool operator==(counted, counted) { return true; }
};
using counted_string = std::basic_string<char, std::char_traits<char>, counted<char>>;

template <class Buffer>
std::vector<int> present(Buffer& buffer) {
  std::vector<int> all;
  buffer.take_present([&](int& n) { all.push_back(n); });
  return all;
}

// Waits until the other thread can go no further, as far as one can tell from outside: it is what a test of waiting has to guess. Whoever
// guesses wrong tests less, and never fails for it.
void let_others_run() {
  for (int i = 0; i < 1000; ++i) std::this_thread::yield();
}

}  // namespace

TEST_CASE("a buffer that refuses holds exactly what it says, and takes again when there is room") {
  gesta::bounded_buffer<int, gesta::bounded<3, gesta::when_full::refuse>> buffer;  // four places, three values
  for (int i = 1; i <= 3; ++i) CHECK(buffer.put(i) == offered::kept);
  CHECK(buffer.size() == 3);
  int fourth = 4;
  CHECK(buffer.put(std::move(fourth)) == offered::full);
  CHECK(fourth == 4);
  int first = 0;
  CHECK(buffer.take_one(first));
  CHECK(first == 1);
  CHECK(buffer.put(4) == offered::kept);
  CHECK(buffer.put(5) == offered::full);
  CHECK(present(buffer) == std::vector<int>{2, 3, 4});
  CHECK(present(buffer).empty());
  for (int round = 0; round < 100; ++round) {  // around the places many times
    CHECK(buffer.put(round) == offered::kept);
    CHECK(buffer.put(-round) == offered::kept);
    CHECK(present(buffer) == std::vector<int>{round, -round});
  }
}

TEST_CASE("what was put before the closing is taken, and nothing is put after it") {
  gesta::bounded_buffer<int, gesta::bounded<8>> buffer;
  CHECK(buffer.put(1) == handed_in::kept);
  CHECK(buffer.put(2) == handed_in::kept);
  CHECK_FALSE(buffer.is_closed());
  buffer.close();
  CHECK(buffer.is_closed());
  CHECK(buffer.put(3) == handed_in::closed);
  int value = 0;
  CHECK(buffer.take_one(value));
  CHECK(value == 1);
  CHECK(buffer.take_one(value));
  CHECK(value == 2);
  CHECK_FALSE(buffer.take_one(value));
  CHECK(buffer.take([](int&) { FAIL("there is nothing"); }) == 0);
}

TEST_CASE("a visitor ends the taking behind a value, and the rest stays") {
  gesta::bounded_buffer<int, gesta::bounded<8>> buffer;
  for (int i = 1; i <= 5; ++i) CHECK(buffer.put(i) == handed_in::kept);
  CHECK(buffer.take([](int& n) { return n != 2; }) == 2);
  CHECK(present(buffer) == std::vector<int>{3, 4, 5});
}

TEST_CASE("a value that is not kept is as it was") {
  gesta::bounded_buffer<std::string, gesta::bounded<1, gesta::when_full::refuse>> buffer;
  std::string one = "a text that is too long to lie within the string itself", other = one;
  CHECK(buffer.put(std::move(one)) == offered::kept);
  CHECK(buffer.put(std::move(other)) == offered::full);
  CHECK(other == "a text that is too long to lie within the string itself");
  buffer.close();
  CHECK(buffer.put(std::move(other)) == offered::closed);
  CHECK(other == "a text that is too long to lie within the string itself");
}

#if defined(__cpp_exceptions)
template <class Work>
bool throws(Work&& work) {
  try {
    work();
  } catch (int) {
    return true;
  }
  return false;
}

TEST_CASE("a visitor or a writer that throws leaves the buffer good") {
  gesta::bounded_buffer<int, gesta::bounded<2, gesta::when_full::refuse>> buffer;
  CHECK(throws([&] { (void)buffer.fill([](int&) { throw 1; }); }));
  CHECK(buffer.size() == 0);
  CHECK(buffer.put(1) == offered::kept);
  CHECK(buffer.put(2) == offered::kept);
  CHECK(throws([&] { buffer.take([](int&) { throw 1; }); }));  // it was handed over
  CHECK(buffer.put(3) == offered::kept);
  CHECK(present(buffer) == std::vector<int>{2, 3});
}
#endif

TEST_CASE("every value comes once and in order from one thread to another, whatever the capacity") {
  const auto run = [](auto& buffer, std::uint64_t count) {
    std::uint64_t expected = 0;
    bool in_order = true;
    std::thread taker([&] {
      while (buffer.take([&](std::uint64_t& n) { in_order = n == expected++ && in_order; }) != 0) {
      }
    });
    std::uint64_t refused = 0;
    for (std::uint64_t i = 0; i < count;) {
      const auto answer = buffer.put(i);
      if (answer == std::remove_cvref_t<decltype(buffer)>::answer::kept) ++i;
      else ++refused, std::this_thread::yield();
    }
    buffer.close();
    taker.join();
    CHECK(in_order);
    CHECK(expected == count);
    return refused;
  };
  gesta::bounded_buffer<std::uint64_t, gesta::bounded<1>> one;
  gesta::bounded_buffer<std::uint64_t, gesta::bounded<7>> seven;
  gesta::bounded_buffer<std::uint64_t, gesta::bounded<1024>> many;
  gesta::bounded_buffer<std::uint64_t, gesta::bounded<2, gesta::when_full::refuse>> refusing;
  CHECK(run(one, 2'000) == 0);
  CHECK(run(seven, 20'000) == 0);
  CHECK(run(many, 500'000) == 0);
  CHECK(run(refusing, 2'000) > 0);
}

TEST_CASE("who waits to put is told when others close, and keeps what he has; what is in the buffer is taken") {
  for (int round = 0; round < 50; ++round) {
    gesta::bounded_buffer<std::string, gesta::bounded<2>> buffer;
    CHECK(buffer.put(std::string("1")) == handed_in::kept);
    CHECK(buffer.put(std::string("2")) == handed_in::kept);
    std::string third = "3";
    handed_in came_to = handed_in::kept;
    std::thread putter([&] { came_to = buffer.put(std::move(third)); });
    if (round % 2 == 0) let_others_run();  // so that it sleeps
    buffer.close();
    putter.join();
    CHECK(came_to == handed_in::closed);
    CHECK(third == "3");
    std::string value;
    CHECK(buffer.take_one(value));
    CHECK(buffer.take_one(value));
    CHECK(value == "2");
    CHECK_FALSE(buffer.take_one(value));
  }
}

TEST_CASE("who waits for a value is told when others close") {
  for (int round = 0; round < 50; ++round) {
    gesta::bounded_buffer<int, gesta::bounded<2>> buffer;
    std::size_t taken = 1;
    std::thread taker([&] { taken = buffer.take([](int&) {}); });
    if (round % 2 == 0) let_others_run();
    buffer.close();
    taker.join();
    CHECK(taken == 0);
  }
}

// The putter and a third thread that closes run against each other: what was said to be kept, and only that, is taken.
TEST_CASE("exactly what was kept is taken when the buffer is closed at any moment") {
  for (unsigned round = 0; round < 200; ++round) {
    gesta::bounded_buffer<int, gesta::bounded<4>> buffer;
    int kept = 0, taken = 0;
    bool in_order = true;
    std::atomic<bool> begun{false};
    std::thread putter([&] {
      for (int i = 0;; ++i) {
        if (buffer.put(i) == handed_in::closed) return;
        ++kept;
        begun.store(true, std::memory_order_relaxed);
      }
    });
    std::thread taker([&] {
      while (buffer.take([&](int& n) { in_order = n == taken++ && in_order; }) != 0) {
      }
    });
    while (!begun.load(std::memory_order_relaxed)) std::this_thread::yield();
    for (unsigned i = 0; i < round % 16; ++i) std::this_thread::yield();
    buffer.close();
    putter.join();
    taker.join();
    CHECK(kept == taken);
    CHECK(in_order);
  }
}

TEST_CASE("strings that go through find the memory of those before them") {
  gesta::bounded_buffer<counted_string, gesta::bounded<16>> buffer;
  const counted_string text(100, 'x');
  const auto around = [&] {
    for (int i = 0; i < 16; ++i) CHECK((buffer.put(text) == handed_in::kept));
    CHECK(buffer.take_present([&](counted_string& s) { CHECK((s == text)); }) == 16);
  };
  around();
  const int before = allocations;
  CHECK(before == 17);
  for (int i = 0; i < 10; ++i) around();
  CHECK(allocations == before);
}
