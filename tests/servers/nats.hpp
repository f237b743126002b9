// A NATS server with JetStream for one program: in a folder that vanishes, on a free port of the loopback, run by an unprivileged user, gone with the
// thread that made it.
//
//     nats_server::needed_by("transport/nats");   // where there is no server: says so and ends the program as skipped
//     nats_server server;                         // ready when the constructor returns
//     gesta::nats where{.url = server.address()};
//
// Needs neither cnats nor doctest. What cannot work ends the program with the server's own words.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>

class nats_server {
 public:
  /// How a server is stopped: it writes down what it knows; kill -9.
  enum class stopping { in_order, killed };

  nats_server() {
    if (::mkdtemp(folder_.data()) == nullptr) give_up("no folder");
    if (::geteuid() == 0) {
      const passwd* const who = ::getpwnam("nobody");
      if (who == nullptr || ::chown(folder_.c_str(), who->pw_uid, who->pw_gid) != 0) give_up("no unprivileged user");
      user_ = who->pw_uid;
      group_ = who->pw_gid;
    }
    start();
  }
  nats_server(const nats_server&) = delete;
  nats_server& operator=(const nats_server&) = delete;
  ~nats_server() {
    stop(stopping::killed);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string address() const { return "nats://127.0.0.1:" + std::to_string(port_); }
  pid_t process() const { return process_; }
  std::string words() const {
    std::ifstream file(folder_ + "/words");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  /// Starts it, with all that its disk holds, and waits until it answers. It keeps its port.
  void start() {
    if (port_ == 0) port_ = free_port();
    std::ofstream(folder_ + "/server.conf") << "listen: \"127.0.0.1:" << port_ << "\"\njetstream { store_dir: \"" << folder_ << "/kept\" }\n";
    process_ = run();
    for (int i = 0; i < 6000; ++i) {
      if (answers()) return;
      int status = 0;
      if (::waitpid(process_, &status, WNOHANG) == process_) give_up("the server ended");
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    give_up("the server does not get ready");
  }
  void stop(stopping how = stopping::in_order) {
    if (process_ <= 0) return;
    ::kill(process_, how == stopping::in_order ? SIGTERM : SIGKILL);
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = 0;
  }

  static const char* missing() { return program().empty() ? "no NATS server is installed (Debian and Ubuntu: nats-server)" : nullptr; }
  /// Ends the program as skipped where there can be no server.
  static void needed_by(const char* test) {
    if (missing() == nullptr) return;
    std::printf("skipped: %s: %s\n", test, missing());
    std::fflush(stdout);
    std::_Exit(77);
  }

 private:
  static const std::string& program() {
    static const std::string found = [] {
      const char* const paths = std::getenv("PATH");
      for (std::string_view rest = paths == nullptr ? "" : paths; !rest.empty();) {
        const std::string one = std::string(rest.substr(0, rest.find(':'))) + "/nats-server";
        if (::access(one.c_str(), X_OK) == 0) return one;
        rest.remove_prefix(rest.find(':') == std::string_view::npos ? rest.size() : rest.find(':') + 1);
      }
      for (const char* one : {"/usr/sbin/nats-server", "/usr/local/bin/nats-server"})
        if (::access(one, X_OK) == 0) return std::string(one);
      return std::string();
    }();
    return found;
  }

  /// Below those that the system gives to clients: one that tries to come again while the server is away could be given the server's own port, and would
  /// be connected to itself.
  static int free_port() {
    for (int tried = 0;; ++tried) {
      const int port = 12'000 + static_cast<int>((static_cast<unsigned>(::getpid()) * 31u + static_cast<unsigned>(next_port()++) * 7919u) % 20'000u);
      const int link = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      const sockaddr_in at = address_of(port);
      const bool is_free = ::bind(link, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0;
      ::close(link);
      if (is_free || tried == 1000) return port;
    }
  }
  static std::atomic<unsigned>& next_port() {
    static std::atomic<unsigned> next{0};
    return next;
  }
  static sockaddr_in address_of(int port) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(static_cast<std::uint16_t>(port));
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return at;
  }

  /// Whether somebody listens who says what a server with JetStream says.
  bool answers() const {
    const int link = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in at = address_of(port_);
    bool good = false;
    if (::connect(link, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0) {
      std::string info(4096, '\0');
      const auto size = ::recv(link, info.data(), info.size(), 0);
      info.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
      good = info.find("\"jetstream\":true") != std::string::npos;
    }
    ::close(link);
    return good;
  }

  pid_t run() const {
    const std::string config = folder_ + "/server.conf", words = folder_ + "/words";
    const char* const arguments[] = {program().c_str(), "-c", config.c_str(), nullptr};
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child != 0) return child;
    // Of its own process group, so that a signal from the keyboard ends the test and not the server before it.
    ::setpgid(0, 0);
    if (user_ != 0 && (::setgroups(0, nullptr) != 0 || ::setgid(group_) != 0 || ::setuid(user_) != 0)) ::_exit(126);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int to = ::open(words.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (::getppid() != parent || ::chdir(folder_.c_str()) != 0 || to < 0 || ::dup2(to, 1) < 0 || ::dup2(to, 2) < 0) ::_exit(126);
    ::execv(arguments[0], const_cast<char**>(arguments));
    ::_exit(127);
  }

  [[noreturn]] void give_up(const char* why) const {
    std::fprintf(stderr, "NATS: %s\n%s", why, words().c_str());
    std::exit(1);
  }

  std::string folder_ = "/tmp/gesta-nats-XXXXXX";
  uid_t user_ = 0;
  gid_t group_ = 0;
  pid_t process_ = 0;
  int port_ = 0;
};
