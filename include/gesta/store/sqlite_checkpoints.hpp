// Moves what the write-ahead log of a SQLite file holds into the file, on a thread of its own, while the writer goes on.
// Floor: store. Beside the file's connection.
// May include: store.
//
// SQLite would do it at the commit that makes the log long: that commit then waits until some thousand pages are written and flushed.
// The log begins anew only when all of it has been moved and nothing was added meanwhile, which under steady writing never comes to
// pass; so the writer moves the last few pages itself, when the thread has left only few.
#pragma once

#include <pthread.h>

#include <cstdint>
#include <string>

#include <gesta/store/sqlite_statement.hpp>

namespace gesta::detail {

/// The checkpoints of one connection that writes. The thread begins with the first work there is.
class sqlite_checkpoints {
 public:
  sqlite_checkpoints() = default;
  sqlite_checkpoints(const sqlite_checkpoints&) = delete;
  sqlite_checkpoints& operator=(const sqlite_checkpoints&) = delete;
  ~sqlite_checkpoints() { stop(); }

  /// Takes over the checkpoints of this connection, which is closed after this is gone.
  void watch(sqlite3* writer) noexcept {
    writer_ = writer;
    path_ = sqlite3_db_filename(writer, "main");  // absolute: the program may change its folder
    sqlite3_wal_hook(writer, [](void* self, sqlite3*, const char*, int pages) noexcept {
      static_cast<sqlite_checkpoints*>(self)->pages_ = pages;
      return SQLITE_OK;
    }, this);
  }

  /// After a commit of the writer.
  void after_commit() noexcept {
    if (pages_ < enough) return;
    pthread_mutex_lock(&mutex_);
    if (pages_ < pages_before_) moved_ = 0;  // the log began anew
    pages_before_ = pages_;
    const int left = pages_ - moved_;
    const bool is_helped = !is_helpless_ && (is_started_ || start());
    if (left >= enough && is_helped && !is_busy_) {
      is_busy_ = true;
      pthread_cond_signal(&changed_);
    }
    while (pages_ >= too_many && is_busy_) pthread_cond_wait(&changed_, &mutex_);
    const bool by_itself = !is_busy_ && (left <= few || !is_helped || pages_ >= too_many);
    pthread_mutex_unlock(&mutex_);
    if (by_itself) sqlite3_wal_checkpoint_v2(writer_, "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  }

  /// Ends the thread. No work is left undone that the close of the last connection would not do.
  void stop() noexcept {
    if (!is_started_) return;
    pthread_mutex_lock(&mutex_);
    is_over_ = true;
    pthread_cond_signal(&changed_);
    pthread_mutex_unlock(&mutex_);
    pthread_join(thread_, nullptr);
    is_started_ = false;
  }

 private:
  // In pages of 4 KiB.
  static constexpr int enough = 1000;     ///< where the thread begins to move them
  static constexpr int few = 256;         ///< what the writer moves itself, so that the log begins anew
  static constexpr int too_many = 16384;  ///< where it waits and moves all that is left: the log has a bound

  bool start() noexcept {
    is_started_ = sqlite3_threadsafe() != 0 && pthread_create(&thread_, nullptr, [](void* self) -> void* {
      static_cast<sqlite_checkpoints*>(self)->run();
      return nullptr;
    }, this) == 0;
    return is_started_;
  }

  void run() noexcept {
    sqlite3* mover = nullptr;
    // A connection that has read nothing does not know of the log yet.
    const bool is_ready = sqlite3_open_v2(path_, &mover, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) == SQLITE_OK &&
                          sqlite3_exec(mover, "select count(*) from sqlite_master", nullptr, nullptr, nullptr) == SQLITE_OK;
    pthread_mutex_lock(&mutex_);
    is_helpless_ = !is_ready;
    if (!is_ready) {
      is_busy_ = false;
      pthread_cond_signal(&changed_);
    }
    while (is_ready) {
      while (!is_busy_ && !is_over_) pthread_cond_wait(&changed_, &mutex_);
      if (is_over_) break;
      pthread_mutex_unlock(&mutex_);
      int pages = 0, moved = 0;
      const int code = sqlite3_wal_checkpoint_v2(mover, "main", SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
      pthread_mutex_lock(&mutex_);
      if (code == SQLITE_OK) moved_ = moved;
      is_busy_ = false;
      pthread_cond_signal(&changed_);
    }
    pthread_mutex_unlock(&mutex_);
    sqlite3_close(mover);
  }

  sqlite3* writer_ = nullptr;
  const char* path_ = nullptr;
  int pages_ = 0;  ///< in the log after the writer's last commit
  pthread_t thread_{};
  bool is_started_ = false;

  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;  // guards what follows
  pthread_cond_t changed_ = PTHREAD_COND_INITIALIZER;
  int pages_before_ = 0;
  int moved_ = 0;  ///< pages of the log that are in the file
  bool is_busy_ = false;
  bool is_helpless_ = false;  ///< the thread has no connection and is over
  bool is_over_ = false;
};

}  // namespace gesta::detail
