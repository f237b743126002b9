// A bell that commits of a PostgreSQL log ring, for who waits for them: gesta::keep_up(keeper, bell).
// Floor: store. An adapter: include it beside gesta.hpp and link libpq.
// May include: message, store.
//
//     gesta::postgres_store store{.address = "host=...", .rings = true};    // of who writes
//     gesta::postgres_bell bell(store);
//     std::thread runs([&] { (void)gesta::keep_up(keeper, bell); });
//     ...
//     bell.stop(); runs.join();
#pragma once

#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <string>

#include <gesta/message/clock.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/store/postgres.hpp>

namespace gesta {

/// Waits until a store of this address and schema that `rings` has committed, at most as long as is said. A hint: a ring that is lost, with a connection or
/// before this one was made, costs the waiting alone, since who wakes looks at the log by himself. ring() and stop() from any thread; one waits.
class postgres_bell {
 public:
  explicit postgres_bell(const postgres_store& store) : address_(store.address), schema_(store.schema) {
    if (::pipe2(ends_, O_NONBLOCK | O_CLOEXEC) != 0) ends_[0] = ends_[1] = -1;
    listen();
  }
  postgres_bell(const postgres_bell&) = delete;
  postgres_bell& operator=(const postgres_bell&) = delete;
  ~postgres_bell() {
    PQfinish(connection_);
    if (ends_[0] >= 0) ::close(ends_[0]);
    if (ends_[1] >= 0) ::close(ends_[1]);
  }

  /// As a commit would; from any thread.
  void ring() noexcept { (void)!::write(ends_[1], "r", 1); }
  /// Ends what waits for it, and what runs until then; from any thread, for good.
  void stop() noexcept {
    is_over_ = true;
    ring();
  }
  bool is_over() const noexcept { return is_over_; }
  timestamp now() const noexcept { return system_clock{}(); }

  /// Waits for a ring, at most so long.
  void operator()(duration most) {
    if (PQstatus(connection_) != CONNECTION_OK) listen();
    const std::int64_t end = now().nanoseconds + most.nanoseconds;
    while (!is_over_) {
      const std::int64_t left = end - now().nanoseconds;
      if (left <= 0) return;
      pollfd both[2] = {{ends_[0], POLLIN, 0}, {PQstatus(connection_) == CONNECTION_OK ? PQsocket(connection_) : -1, POLLIN, 0}};
      ::poll(both, 2, static_cast<int>(left / 1'000'000 < 1'000'000 ? (left + 999'999) / 1'000'000 : 1'000'000));
      char rings[64];
      if (::read(ends_[0], rings, sizeof rings) > 0) return;
      if (was_rung()) return;
    }
  }

 private:
  static void say_nothing(void*, const char*) {}

  void listen() {
    if (connection_ != nullptr) PQfinish(connection_);
    connection_ = PQconnectdb(address_.c_str());
    PQsetNoticeProcessor(connection_, say_nothing, nullptr);
    if (PQstatus(connection_) == CONNECTION_OK) PQclear(PQexec(connection_, "listen gesta"));
  }
  // All that has come is taken; other logs of the database ring too.
  bool was_rung() {
    if (PQstatus(connection_) != CONNECTION_OK || PQconsumeInput(connection_) == 0) return false;
    bool is_ours = false;
    while (PGnotify* const one = PQnotifies(connection_)) {
      is_ours = is_ours || one->extra == schema_;
      PQfreemem(one);
    }
    return is_ours;
  }

  std::string address_, schema_;
  PGconn* connection_ = nullptr;
  int ends_[2] = {-1, -1};
  std::atomic<bool> is_over_{false};
};

}  // namespace gesta
