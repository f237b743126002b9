// The work of benchmark.store by hand in LMDB, which Debian has: a table of the events by position, and one of the streams, which says
// where the event of a stream and a version is. A commit flushes before it returns, as LMDB does unless told otherwise.
#include "store.hpp"

#include <lmdb.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

void check(int code) {
  if (code != MDB_SUCCESS) bench::give_up("LMDB", mdb_strerror(code));
}

class in_lmdb final : public bench::contender {
 public:
  explicit in_lmdb(const std::string& folder) {
    check(mdb_env_create(&env_));
    check(mdb_env_set_mapsize(env_, std::size_t{4} << 30));
    check(mdb_env_set_maxdbs(env_, 2));
    check(mdb_env_open(env_, (folder + "/events.mdb").c_str(), MDB_NOSUBDIR, 0600));
    MDB_txn* const txn = begin(0);
    check(mdb_dbi_open(txn, "events", MDB_CREATE | MDB_INTEGERKEY, &events_));
    check(mdb_dbi_open(txn, "streams", MDB_CREATE | MDB_INTEGERKEY, &streams_));
    check(mdb_txn_commit(txn));
  }
  ~in_lmdb() override { mdb_env_close(env_); }

  void commit(std::uint32_t stream, std::size_t batch, std::uint64_t first) override {
    MDB_txn* const txn = begin(0);
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    for (std::size_t i = 0; i < batch; ++i) {
      const std::uint64_t position = ++position_;
      const event e{stream, 2, ++versions_[stream], now.tv_sec * 1'000'000'000 + now.tv_nsec, {0, position}, bench::made(first + i)};
      put(txn, events_, position, &e, sizeof e, MDB_APPEND);
      put(txn, streams_, place(stream, e.version), &position, sizeof position, 0);
    }
    check(mdb_txn_commit(txn));
  }
  std::int64_t replay() override {
    std::int64_t sum = 0;
    const reading all(*this, events_);
    MDB_val key{}, value{};
    std::uint64_t before = 0;
    while (mdb_cursor_get(all.cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS) {
      std::uint64_t position = 0;
      std::memcpy(&position, key.mv_data, sizeof position);
      if (position != ++before) bench::give_up("LMDB", "an event is missing");
      hand_over(position, value, sum);
    }
    return sum;
  }
  std::int64_t read(std::uint32_t stream) override {
    std::int64_t sum = 0;
    const reading one(*this, streams_);
    std::uint64_t wanted = place(stream, 1);
    MDB_val key{sizeof wanted, &wanted}, value{};
    const auto move = [&](MDB_cursor_op where) { return mdb_cursor_get(one.cursor, &key, &value, where); };
    for (int found = move(MDB_SET_RANGE); found == MDB_SUCCESS; found = move(MDB_NEXT)) {
      std::uint64_t at = 0, position = 0;
      std::memcpy(&at, key.mv_data, sizeof at);
      if (at >> 32 != stream) break;
      std::memcpy(&position, value.mv_data, sizeof position);
      MDB_val number{sizeof position, &position}, what{};
      check(mdb_get(one.txn, events_, &number, &what));
      hand_over(position, what, sum);
    }
    return sum;
  }

 private:
  /// What is kept of an event: what gesta and SQLite by hand keep of it.
  struct event {
    std::uint32_t stream, type;
    std::uint64_t version;
    std::int64_t time;
    std::uint64_t correlation[2];
    bench::payload what;
  };
  /// A transaction that reads, with a cursor.
  struct reading {
    reading(in_lmdb& all, MDB_dbi table) : txn(all.begin(MDB_RDONLY)) { check(mdb_cursor_open(txn, table, &cursor)); }
    reading(const reading&) = delete;
    reading& operator=(const reading&) = delete;
    ~reading() {
      mdb_cursor_close(cursor);
      mdb_txn_abort(txn);
    }
    MDB_txn* txn;
    MDB_cursor* cursor = nullptr;
  };

  static std::uint64_t place(std::uint32_t stream, std::uint64_t version) { return std::uint64_t{stream} << 32 | version; }
  MDB_txn* begin(unsigned flags) {
    MDB_txn* txn = nullptr;
    check(mdb_txn_begin(env_, nullptr, flags, &txn));
    return txn;
  }
  static void put(MDB_txn* txn, MDB_dbi table, std::uint64_t number, const void* bytes, std::size_t size, unsigned flags) {
    MDB_val key{sizeof number, &number}, value{size, const_cast<void*>(bytes)};
    check(mdb_put(txn, table, &key, &value, flags));
  }
  void hand_over(std::uint64_t position, const MDB_val& value, std::int64_t& sum) {
    event e;
    if (value.mv_size != sizeof e) bench::give_up("LMDB", "an event of another size");
    std::memcpy(&e, value.mv_data, sizeof e);
    if (e.type != 2) bench::give_up("LMDB", "an event of another type");
    latest_ = static_cast<std::int64_t>(position ^ e.stream ^ e.version ^ e.correlation[1]) ^ e.time;
    bench::add(sum, e.what);
  }

  MDB_env* env_ = nullptr;
  MDB_dbi events_ = 0, streams_ = 0;
  std::uint64_t position_ = 0;
  std::vector<std::uint64_t> versions_ = std::vector<std::uint64_t>(bench::streams);
  volatile std::int64_t latest_ = 0;  // so that what is read about an event is read
};

}  // namespace

namespace bench {

std::unique_ptr<contender> make_lmdb(const std::string& folder) { return std::make_unique<in_lmdb>(folder); }

}  // namespace bench
