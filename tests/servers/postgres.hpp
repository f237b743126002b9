// A PostgreSQL server for one program: in a folder that vanishes, on a Unix socket alone, run by an unprivileged user, gone with the program.
//
//     postgres_server::needed_by("store/postgres");            // where there is no server: says so and ends the program as skipped
//     postgres_server server;                                  // ready when the constructor returns
//     PQconnectdb(server.address().c_str())
//
// Needs neither libpq nor doctest, so benchmarks use it too. What cannot work ends the program with the server's own words.
#pragma once

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

class postgres_server {
 public:
  /// How a server is stopped: it takes open transactions back and ends in order; it ends at once, as after a crash; kill -9.
  enum class stopping { fast, immediate, killed };

  /// Settings of postgresql.conf, as "wal_level=logical". A commit does not wait for the disk unless "fsync=on" is among them: what a test ends are
  /// processes, not machines.
  explicit postgres_server(std::vector<std::string> settings = {}) : settings_(std::move(settings)) {
    if (::mkdtemp(folder_.data()) == nullptr) give_up("no folder");
    if (::geteuid() == 0) {
      const passwd* who = ::getpwnam("postgres");
      if (who == nullptr) who = ::getpwnam("nobody");
      if (who == nullptr || ::chown(folder_.c_str(), who->pw_uid, who->pw_gid) != 0) give_up("no unprivileged user");
      user_ = who->pw_uid;
      group_ = who->pw_gid;
    }
    const pid_t child = run({bin() + "/initdb", "-D", data(), "-U", "gesta", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"});
    int status = 0;
    if (::waitpid(child, &status, 0) != child || status != 0) give_up("initdb failed");
    start();
  }
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;
  ~postgres_server() {
    stop(stopping::immediate);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  /// What libpq and a gesta::postgres_store connect to; the user may do everything.
  std::string address() const { return "host=" + folder_ + " port=5432 user=gesta dbname=postgres"; }
  /// What the server has said so far.
  std::string words() const {
    std::ifstream file(folder_ + "/words");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  pid_t process() const { return process_; }

  /// Starts a server that was stopped, with all that its disk holds, and waits until it answers.
  void start() {
    std::vector<std::string> command{bin() + "/postgres", "-D", data(), "-k", folder_, "-c", "listen_addresses=", "-c", "fsync=off",
                                     "-c", "unix_socket_permissions=0777"};
    for (const std::string& setting : settings_) {
      command.emplace_back("-c");
      command.push_back(setting);
    }
    process_ = run(command);
    // The server writes how far it is into the eighth line of this file.
    for (int i = 0; i < 6000; ++i) {
      std::ifstream state(data() + "/postmaster.pid");
      std::string line, pid;
      for (int k = 0; k < 8 && std::getline(state, line); ++k)
        if (k == 0) pid = line;
      if (pid == std::to_string(process_) && line.starts_with("ready")) return;
      int status = 0;
      if (::waitpid(process_, &status, WNOHANG) == process_) {
        if (!was_killed_) give_up("the server ended");
        process_ = run(command);  // the children of one that was killed still hold its memory
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    give_up("the server does not get ready");
  }
  void stop(stopping how = stopping::fast) {
    if (process_ <= 0) return;
    ::kill(process_, how == stopping::fast ? SIGINT : how == stopping::immediate ? SIGQUIT : SIGKILL);
    was_killed_ = how == stopping::killed;
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = 0;
  }

  /// Why there can be no server here; nullptr where there can.
  static const char* missing() { return bin().empty() ? "no PostgreSQL server is installed (Debian and Ubuntu: postgresql)" : nullptr; }
  /// Ends the program as skipped where there can be no server.
  static void needed_by(const char* test) {
    const char* const why = missing();
    if (why == nullptr) return;
    std::printf("skipped: %s: %s\n", test, why);
    std::fflush(stdout);
    std::_Exit(77);
  }

 private:
  std::string data() const { return folder_ + "/data"; }

  // The folder of the newest server's programs; empty: there is none.
  static const std::string& bin() {
    static const std::string found = [] {
      if (const char* const said = std::getenv("GESTA_POSTGRES_BIN")) return std::string(said);
      std::string newest;
      int version = 0;
      std::error_code none;
      for (const auto& each : std::filesystem::directory_iterator("/usr/lib/postgresql", none))
        if (const int one = std::atoi(each.path().filename().c_str()); one > version && std::filesystem::exists(each.path() / "bin/initdb")) {
          version = one;
          newest = each.path() / "bin";
        }
      if (!newest.empty()) return newest;
      const char* const paths = std::getenv("PATH");
      for (std::string_view rest = paths == nullptr ? "" : paths; !rest.empty();) {
        const std::string folder(rest.substr(0, rest.find(':')));
        if (std::filesystem::exists(folder + "/initdb") && std::filesystem::exists(folder + "/postgres")) return folder;
        rest.remove_prefix(rest.size() == folder.size() ? folder.size() : folder.size() + 1);
      }
      return std::string();
    }();
    return found;
  }

  pid_t run(const std::vector<std::string>& command) const {
    std::vector<char*> arguments;
    for (const std::string& one : command) arguments.push_back(const_cast<char*>(one.c_str()));
    arguments.push_back(nullptr);
    const std::string words = folder_ + "/words";
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child != 0) return child;
    // Of its own process group, so that a signal from the keyboard ends the test and not the server before it; it ends with the thread that made it.
    ::setpgid(0, 0);
    if (user_ != 0 && (::setgroups(0, nullptr) != 0 || ::setgid(group_) != 0 || ::setuid(user_) != 0)) ::_exit(126);
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (::getppid() != parent || ::chdir(folder_.c_str()) != 0) ::_exit(126);
    const int to = ::open(words.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (to < 0 || ::dup2(to, 1) < 0 || ::dup2(to, 2) < 0) ::_exit(126);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }

  [[noreturn]] void give_up(const char* why) const {
    std::fprintf(stderr, "PostgreSQL: %s\n%s", why, words().c_str());
    std::exit(1);
  }

  std::vector<std::string> settings_;
  std::string folder_ = "/tmp/gesta-postgres-XXXXXX";  // not longer: a socket's path has 107 characters
  uid_t user_ = 0;
  gid_t group_ = 0;
  pid_t process_ = 0;
  bool was_killed_ = false;
};
