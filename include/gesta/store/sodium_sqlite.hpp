// Keys for personal data in a SQLite file of their own, each under the master key.
// Floor: store. An adapter: include it beside gesta.hpp and link gesta::sodium.
// May include: detail, store, sodium, sqlite.
//
//     gesta::sqlite_keys keys("keys.db", gesta::master_key(bytes, 32));
//
// The file is never the log's: who copies the log has no keys, and a key that is destroyed is in no copy of the log.
//
//   master   only = 0; wrapped: the index key under the master key
//   keys     name (16 random bytes, primary key); subject: a keyed hash of it, by the index key; wrapped: the key under the master key, NULL when it
//            was forgotten
//
// So the file names no subject, and no key lies in it. A wrapped key is a nonce, the cipher text and its tag, bound to its name and subject. What was
// overwritten is zeros in the file (secure_delete); the journal that held it is deleted, and that is flushed, before forgetting is acknowledged.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <gesta/store/sodium.hpp>
#include <gesta/store/sqlite_statement.hpp>

namespace gesta {

/// Keys that last. Any number of processes and threads use one file, each by an object of its own; what one forgets is forgotten for all at once, since
/// no key is kept in memory between two calls. A file that cannot be used, or another master key, is a failure of each call: broken() says it first.
class sqlite_keys : public sealing<sqlite_keys> {
 public:
  /// The file is made where there is none, for its owner alone. `random` fills bytes, so that a test can say them.
  sqlite_keys(const std::string& path, const master_key& master, std::uint32_t patience_milliseconds = 5000,
              void (*random)(void*, std::size_t) = randombytes_buf)
      : path_(path), random_(random), own_(2 * detail::secret_size) {
    is_broken_ = !takes(master) || !open_file(patience_milliseconds) || !prepare();
  }

  /// Why no call can be done; nullptr when it can. `wrong_key`: the file is of another master key.
  const failure* broken() const noexcept { return is_broken_ ? &this->last_failure() : nullptr; }

  /// Keeps all keys under another master key, or, where it is false, under the old one as before. Who uses the file by the old one gets `wrong_key` from then
  /// on. A copy of the file from before is still opened by the old one: who got hold of both has the keys.
  key_change rotate(const master_key& to) {
    if (is_broken_) return key_change(this->last_failure());
    if (to.data() == nullptr) return key_change(failure(failure::kind::wrong_key, 0, "a master key has 32 bytes"));
    const bool done = in_transaction([&] { return knows_master() && wrap_all_anew(to.data()); });
    if (!done) return key_change(this->last_failure());
    std::memcpy(own_.data(), to.data(), detail::secret_size);
    return key_change();
  }

  bool key_of_now(detail::chars subject, key_name& name, unsigned char* key) {
    if (is_broken_) return false;
    unsigned char who[subject_size];
    hash(who, subject);
    bool found = false;
    if (!find_now(who, name, key, found)) return false;
    if (found) return true;
    return in_transaction([&] {  // another process may have made it meanwhile
      return knows_master() && find_now(who, name, key, found) && (found || make(who, name, key));
    });
  }
  key_state key_named(const key_name& name, unsigned char* key) {
    if (is_broken_) return key_state::failed;
    const detail::sqlite_reading reading(by_name_.set_blob(0, {name.bytes, sizeof name.bytes}));
    const int code = by_name_.step();
    if (code == SQLITE_DONE) return key_state::unknown;
    if (code != SQLITE_ROW) return fail_with(code), key_state::failed;
    if (by_name_.is_null(1)) return key_state::forgotten;
    const detail::byte_view who = by_name_.bytes(0), wrapped = by_name_.bytes(1);
    if (who.size == subject_size && unwrap(wrapped, name, static_cast<const unsigned char*>(who.data), key)) return key_state::there;
    return unreadable(), key_state::failed;
  }
  bool destroy(detail::chars subject) {
    if (is_broken_) return false;
    unsigned char who[subject_size];
    hash(who, subject);
    return in_transaction([&] {
      const int code = forget_.set_blob(0, {who, sizeof who}).step();
      return code == SQLITE_DONE || fail_with(code);
    });
  }

 private:
  static constexpr std::size_t subject_size = 32;
  static constexpr std::size_t wrapped_size = detail::sealed::nonce_size + detail::secret_size + detail::sealed::tag_size;
  static constexpr int application = 0x6765736b, format = 1;  // "gesk"
  static constexpr char index_name[] = "gesta.index.key.";

  struct connection {
    sqlite3* handle = nullptr;
    connection() = default;
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection() { sqlite3_close_v2(handle); }
  };

  const unsigned char* master() const noexcept { return own_.data(); }
  unsigned char* index_key() const noexcept { return own_.data() + detail::secret_size; }

  bool takes(const master_key& master) {
    if (own_.data() == nullptr) return this->fail(failure(failure::kind::full, 0, "there is no memory for keys"));
    if (master.data() == nullptr) return this->fail(failure(failure::kind::wrong_key, 0, "a master key has 32 bytes"));
    std::memcpy(own_.data(), master.data(), detail::secret_size);
    return true;
  }
  bool fail_with(int code) { return this->fail(detail::sqlite_failure(connection_.handle, code, path_.c_str())); }
  bool run(const char* sql) {
    const int code = sqlite3_exec(connection_.handle, sql, nullptr, nullptr, nullptr);
    return code == SQLITE_OK || fail_with(code);
  }
  bool prepare(detail::sqlite_statement& statement, const char* sql) {
    const int code = statement.prepare(connection_.handle, sql);
    return code == SQLITE_OK || fail_with(code);
  }

  template <class F>
  bool in_transaction(F&& f) {
    if (!run("begin immediate")) return false;
    if (f() && run("commit")) return true;
    const failure cause = this->last_failure();
    if (sqlite3_get_autocommit(connection_.handle) == 0) sqlite3_exec(connection_.handle, "rollback", nullptr, nullptr, nullptr);
    return this->fail(cause);
  }

  // ---- the file

  bool open_file(std::uint32_t patience) {
    const int made = ::open(path_.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (made < 0) return this->fail(failure(failure::kind::cannot_open, errno, "the file of the keys cannot be opened: ", path_.c_str()));
    ::close(made);
    const int code = sqlite3_open_v2(path_.c_str(), &connection_.handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code != SQLITE_OK) return fail_with(code);
    sqlite3_extended_result_codes(connection_.handle, 1);
    sqlite3_busy_timeout(connection_.handle, static_cast<int>(patience));
    // EXTRA: that the journal was deleted is on the disk before a commit is acknowledged. Else the power could go and bring back what was forgotten.
    return run("pragma trusted_schema=off; pragma cell_size_check=on; pragma temp_store=memory; pragma secure_delete=on; pragma synchronous=extra") &&
           in_transaction([this] { return is_of_keys(); }) && run("pragma journal_mode=delete");
  }
  bool number(const char* sql, std::int64_t& out) {
    detail::sqlite_statement asked;
    if (!prepare(asked, sql)) return false;
    const int code = asked.step();
    if (code != SQLITE_ROW) return fail_with(code);
    out = asked.number(0);
    return true;
  }
  bool is_of_keys() {
    std::int64_t of = 0, tables = 0, version = 0;
    if (!number("pragma application_id", of) || !number("select count(*) from sqlite_master", tables) || !number("pragma user_version", version)) return false;
    if (of == 0 && tables == 0) return make_file();
    if (of != application) return this->fail(failure(failure::kind::cannot_open, 0, "this is no file of keys: ", path_.c_str()));
    if (version != format) return this->fail(failure(failure::kind::cannot_open, 0, "the file of keys is of a newer gesta: ", path_.c_str()));
    return knows_master();
  }
  bool make_file() {
    std::string pragmas = "pragma application_id=" + std::to_string(application) + "; pragma user_version=" + std::to_string(format);
    if (!run(pragmas.c_str()) ||
        !run("create table master (only integer primary key check (only = 0), wrapped blob not null) strict;"
             "create table keys (name blob primary key, subject blob not null, wrapped blob) strict, without rowid;"
             "create unique index keys_now on keys (subject) where wrapped is not null"))
      return false;
    random_(index_key(), detail::secret_size);
    unsigned char wrapped[wrapped_size];
    wrap(wrapped, index_of_name(), nullptr, index_key(), master());
    detail::sqlite_statement insert;
    if (!prepare(insert, "insert into master (only, wrapped) values (0, ?)")) return false;
    const int code = insert.set_blob(0, {wrapped, sizeof wrapped}).step();
    return code == SQLITE_DONE || fail_with(code);
  }
  /// Reads the index key. False: wrong_key, mostly.
  bool knows_master() {
    detail::sqlite_statement asked;
    if (!prepare(asked, "select wrapped from master where only = 0")) return false;
    const int code = asked.step();
    if (code == SQLITE_DONE) return this->fail(failure(failure::kind::corrupt, 0, "the file of keys says nothing of its master key: ", path_.c_str()));
    if (code != SQLITE_ROW) return fail_with(code);
    return unwrap(asked.bytes(0), index_of_name(), nullptr, index_key()) ||
           this->fail(failure(failure::kind::wrong_key, 0, "this is not the master key of ", path_.c_str()));
  }
  bool prepare() {
    return prepare(by_name_, "select subject, wrapped from keys where name = ?") &&
           prepare(by_subject_, "select name, wrapped from keys where subject = ? and wrapped is not null") &&
           prepare(insert_, "insert into keys (name, subject, wrapped) values (?, ?, ?)") &&
           prepare(forget_, "update keys set wrapped = null where subject = ? and wrapped is not null");
  }
  /// A key that is there cannot be read: the master key was changed by somebody else, or the bytes were.
  bool unreadable() {
    return knows_master() && this->fail(failure(failure::kind::corrupt, 0, "a key is not what was kept under its name: ", path_.c_str()));
  }

  // ---- keys

  bool find_now(const unsigned char* who, key_name& name, unsigned char* key, bool& found) {
    const detail::sqlite_reading reading(by_subject_.set_blob(0, {who, subject_size}));
    const int code = by_subject_.step();
    found = code == SQLITE_ROW;
    if (code == SQLITE_DONE) return true;
    if (!found) return fail_with(code);
    const detail::byte_view called = by_subject_.bytes(0);
    if (called.size != sizeof name.bytes) return unreadable();
    std::memcpy(name.bytes, called.data, sizeof name.bytes);
    return unwrap(by_subject_.bytes(1), name, who, key) || unreadable();
  }
  bool make(const unsigned char* who, key_name& name, unsigned char* key) {
    random_(name.bytes, sizeof name.bytes);
    random_(key, detail::secret_size);
    unsigned char wrapped[wrapped_size];
    wrap(wrapped, name, who, key, master());
    const int code = insert_.set_blob(0, {name.bytes, sizeof name.bytes}).set_blob(1, {who, subject_size}).set_blob(2, {wrapped, sizeof wrapped}).step();
    return code == SQLITE_DONE || fail_with(code);
  }

  bool wrap_all_anew(const unsigned char* to) {
    struct one {
      key_name name;
      unsigned char who[subject_size];
    };
    std::vector<one> all;
    {
      detail::sqlite_statement each;
      if (!prepare(each, "select name, subject from keys where wrapped is not null")) return false;
      int code = each.step();
      for (; code == SQLITE_ROW; code = each.step()) {
        const detail::byte_view name = each.bytes(0), who = each.bytes(1);
        one next{};
        if (name.size != sizeof next.name.bytes || who.size != subject_size) return unreadable();
        std::memcpy(next.name.bytes, name.data, name.size);
        std::memcpy(next.who, who.data, who.size);
        all.push_back(next);
      }
      if (code != SQLITE_DONE) return fail_with(code);
    }
    detail::sqlite_statement change, change_index;
    if (!prepare(change, "update keys set wrapped = ? where name = ?") || !prepare(change_index, "update master set wrapped = ? where only = 0")) return false;
    const detail::locked_memory room(detail::secret_size);
    if (room.data() == nullptr) return this->fail(failure(failure::kind::full, 0, "there is no memory for keys"));
    unsigned char wrapped[wrapped_size];
    for (const one& next : all) {
      switch (key_named(next.name, room.data())) {
        case key_state::there: break;
        case key_state::failed: return false;
        default: return unreadable();
      }
      wrap(wrapped, next.name, next.who, room.data(), to);
      const int code = change.set_blob(0, {wrapped, sizeof wrapped}).set_blob(1, {next.name.bytes, sizeof next.name.bytes}).step();
      if (code != SQLITE_DONE) return fail_with(code);
    }
    wrap(wrapped, index_of_name(), nullptr, index_key(), to);
    const int code = change_index.set_blob(0, {wrapped, sizeof wrapped}).step();
    return code == SQLITE_DONE || fail_with(code);
  }

  // ---- wrapping

  static key_name index_of_name() noexcept {
    key_name name;
    std::memcpy(name.bytes, index_name, sizeof name.bytes);
    return name;
  }
  void hash(unsigned char* to, detail::chars subject) const noexcept {
    crypto_generichash(to, subject_size, detail::as_sodium(subject), subject.size, index_key(), detail::secret_size);
  }
  struct bound_to {
    unsigned char bytes[sizeof(key_name) + subject_size];
    std::size_t size;
    bound_to(const key_name& name, const unsigned char* who) noexcept : bytes(), size(sizeof(key_name) + (who == nullptr ? 0 : subject_size)) {
      std::memcpy(bytes, name.bytes, sizeof name.bytes);
      if (who != nullptr) std::memcpy(bytes + sizeof name.bytes, who, subject_size);
    }
  };
  void wrap(unsigned char* to, const key_name& name, const unsigned char* who, const unsigned char* key, const unsigned char* under) const {
    const bound_to bound(name, who);
    random_(to, detail::sealed::nonce_size);
    crypto_aead_xchacha20poly1305_ietf_encrypt(to + detail::sealed::nonce_size, nullptr, key, detail::secret_size, bound.bytes, bound.size, nullptr, to, under);
  }
  bool unwrap(detail::byte_view wrapped, const key_name& name, const unsigned char* who, unsigned char* key) const noexcept {
    const bound_to bound(name, who);
    const auto* const from = static_cast<const unsigned char*>(wrapped.data);
    return wrapped.size == wrapped_size &&
           crypto_aead_xchacha20poly1305_ietf_decrypt(key, nullptr, nullptr, from + detail::sealed::nonce_size, wrapped_size - detail::sealed::nonce_size,
                                                      bound.bytes, bound.size, from, master()) == 0;
  }

  std::string path_;
  void (*random_)(void*, std::size_t);
  detail::locked_memory own_;  ///< the master key and the index key
  connection connection_;
  detail::sqlite_statement by_name_, by_subject_, insert_, forget_;
  bool is_broken_ = false;
};

}  // namespace gesta
