// The place where the laws of transports are tested on sockets: a broker in a thread, its folder, and a clock that goes by hand.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>

#include <unistd.h>

#include <gesta/transport/socket.hpp>
#include <gesta/transport/socket_broker.hpp>

struct shared_hand_clock {
  const std::atomic<std::int64_t>* at;
  gesta::timestamp operator()() const { return {at->load()}; }
};

/// A folder of its own, gone with this.
struct socket_folder {
  socket_folder() {
    static std::atomic<int> count{0};
    path = std::filesystem::temp_directory_path() / ("gesta-socket-" + std::to_string(::getpid()) + '-' + std::to_string(++count));
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
  }
  socket_folder(const socket_folder&) = delete;
  socket_folder& operator=(const socket_folder&) = delete;
  ~socket_folder() { std::filesystem::remove_all(path); }
  std::string bus() const { return path / "bus"; }
  std::string messages() const { return path / "messages"; }

  std::filesystem::path path;
};

/// A broker, and the thread that runs it.
class running_broker {
 public:
  using broker = gesta::socket_broker<shared_hand_clock>;

  running_broker(const socket_folder& folder, gesta::socket_broker_options options) : folder_(folder), options_(options) { start(); }
  ~running_broker() { end(); }

  void pass(gesta::duration time) { now_ += time.nanoseconds; }
  /// The file is as a killed broker would have left it: nothing is written when it ends.
  void restart() {
    end();
    start();
  }
  void goes_away() { end(); }
  void comes_back() { start(); }
  void cut() {
    cuts_ = 1;
    broker_->stop();
    while (cuts_.load() != 2) std::this_thread::yield();
  }

 private:
  void start() {
    broker_.emplace(folder_.bus(), folder_.messages(), options_, shared_hand_clock{&now_});
    if (const gesta::failure* why = broker_->broken()) {
      std::printf("no broker: %s\n", why->describe());
      std::abort();
    }
    broker_->tidy_from(2000);
    is_over_ = false;
    thread_ = std::thread([this] {
      while (!is_over_.load()) {
        broker_->step(gesta::milliseconds(500));
        if (cuts_.load() == 1) {
          broker_->cut();
          cuts_ = 2;
        }
      }
    });
  }
  void end() {
    if (!broker_) return;
    is_over_ = true;
    broker_->stop();
    thread_.join();
    broker_.reset();
  }

  const socket_folder& folder_;
  gesta::socket_broker_options options_;
  std::atomic<std::int64_t> now_{1'000'000'000};
  std::optional<broker> broker_;
  std::thread thread_;
  std::atomic<bool> is_over_{false};
  std::atomic<int> cuts_{0};
};

/// Between threads here, as between processes.
template <gesta::socket_limits Limits>
struct at_a_broker {
  using transport = gesta::basic_socket<Limits>;
  static constexpr gesta::duration unit = gesta::seconds(1), patience{}, silence{};
  static constexpr std::size_t room = 4;

  transport where() { return {folder.bus()}; }
  void pass(gesta::duration time) { broker.pass(time); }
  bool restart() { return broker.restart(), true; }
  bool cut() { return broker.cut(), true; }
  void goes_away() { broker.goes_away(); }
  void comes_back() { broker.comes_back(); }

  static gesta::socket_broker_options options() {
    gesta::socket_broker_options all;
    all.room.messages = room;
    all.dedup_window = Limits.dedup_window;
    all.largest_message = Limits.largest_message;
    all.outlives = Limits.outlives;
    return all;
  }
  socket_folder folder;
  running_broker broker{folder, options()};
};
using socket_rig = at_a_broker<gesta::socket_limits{}>;
using durable_socket_rig =
    at_a_broker<gesta::socket_limits{.dedup_window = gesta::minutes(2), .largest_message = 3000, .outlives = gesta::survival::disk}>;
