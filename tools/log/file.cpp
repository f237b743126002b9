#include "file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <gesta/store/sqlite_schema.hpp>

namespace tool {

std::string operator+(std::string text, std::int64_t number) { return text += std::to_string(number); }

std::string counted(std::int64_t number, const char* what) { return std::to_string(number) + ' ' + what + (number == 1 ? "" : "s"); }

// ---- queries

query::query(sqlite3* connection, const std::string& sql) : connection_(connection) {
  if (sqlite3_prepare_v2(connection, sql.c_str(), -1, &statement_.handle, nullptr) != SQLITE_OK) fail();
}
query& query::set(int parameter, std::int64_t number) { return sqlite3_bind_int64(statement_.get(), parameter, number), *this; }
query& query::set(int parameter, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), parameter, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}
query& query::set_bytes(int parameter, std::string_view bytes) {
  sqlite3_bind_blob64(statement_.get(), parameter, bytes.empty() ? "" : bytes.data(), bytes.size(), SQLITE_TRANSIENT);
  return *this;
}
query& query::set_null(int parameter) { return sqlite3_bind_null(statement_.get(), parameter), *this; }
query& query::set_value(int parameter, const query& row, int column) {
  sqlite3_bind_value(statement_.get(), parameter, sqlite3_column_value(row.statement_.get(), column));
  return *this;
}
bool query::next() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) fail();
  again();
  return false;
}
void query::run() {
  while (next()) {
  }
}
std::string_view query::bytes(int column) const {
  const void* const data = sqlite3_column_blob(statement_.get(), column);
  return {data == nullptr ? "" : static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}
void query::fail() const {
  const int code = sqlite3_errcode(connection_) & 0xff;
  const bool damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR;
  const char* const path = sqlite3_db_filename(connection_, "main");
  const std::string where = path == nullptr || *path == '\0' ? std::string() : std::string(path) + ": ";  // a server says itself where it is
  throw trouble{damaged ? trouble::content : trouble::access, where + sqlite3_errmsg(connection_)};
}

// ---- files

content content_of(const std::string& path) {
  if (is_postgres(path)) throw trouble{trouble::usage, shown(path) + ": a file of SQLite is needed here"};
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(path.c_str(), "rb"), [](std::FILE* f) { return f == nullptr ? 0 : std::fclose(f); });
  if (in == nullptr && errno == ENOENT) return content::nothing;
  if (in == nullptr) throw trouble{trouble::access, path + ": " + std::strerror(errno)};
  unsigned char header[100] = {};
  const std::size_t size = std::fread(header, 1, sizeof header, in.get());
  if (std::ferror(in.get()) != 0) throw trouble{trouble::access, path + ": " + std::strerror(errno)};
  if (size == 0) return content::nothing;
  std::int64_t application = 0;
  for (int i = 0; i < 4; ++i) application = application << 8 | header[68 + i];  // its place in the file format of SQLite
  if (size < sizeof header || std::memcmp(header, "SQLite format 3", 16) != 0) return content::something_else;
  return application == gesta::detail::sqlite_application ? content::gesta
         : application == unfinished_application          ? content::unfinished_copy
                                                          : content::something_else;
}

std::string reading_uri(const std::string& path) {
  std::string uri = "file:";
  if (path.starts_with("//")) uri += "//";  // else the first name would be read as that of a machine
  for (const char c : path) {
    if (c == '?' || c == '#' || c == '%') {
      char code[4];
      std::snprintf(code, sizeof code, "%%%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
      uri += code;
    } else {
      uri += c;
    }
  }
  return uri + "?mode=ro";
}

file::file(const std::string& name, access how, bool with_streams) : path_(shown(name)) {
  if (is_postgres(name)) {
    try {
      if (how == access::write) throw trouble{trouble::usage, path_ + ": is only read here"};
      open(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "");  // of its own, and on the disk where it grows large
      layout_ = lay_out(connection_, "main", name, with_streams);
      format_there_ = layout_.format;
      format_ = gesta::detail::sqlite_format;
    } catch (...) {
      sqlite3_close(connection_);
      throw;
    }
    return;
  }
  if (how == access::read) {
    switch (content_of(path_)) {
      case content::gesta: break;
      case content::nothing: throw trouble{trouble::access, path_ + ": there is no log"};
      case content::unfinished_copy: throw trouble{trouble::content, path_ + ": an unfinished copy; run gesta-log copy again"};
      case content::something_else: throw trouble{trouble::access, path_ + ": not a file of gesta"};
    }
  }
  try {
    if (how == access::write) {
      open(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, path_);
    } else {
      open_to_read();
      ask("select count(*) from sqlite_master");  // from here on the file is seen as it is now
      if (format_ > gesta::detail::sqlite_format)
        throw trouble{trouble::access, path_ + ": made by a newer gesta, format " + format_ + "; this is a tool for formats up to " + gesta::detail::sqlite_format};
      if (format_ < 1) throw trouble{trouble::content, path_ + ": its format is " + format_ + ", which never was one"};
    }
    format_there_ = format_;
  } catch (...) {
    sqlite3_close(connection_);
    throw;
  }
}
file::~file() { sqlite3_close(connection_); }

// A reader of a write-ahead log needs two files beside the log. Where they are not there and cannot be made, on a medium that is not written
// to, nobody writes: the file is complete by itself.
void file::open_to_read() {
  open(SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, reading_uri(path_));
  try {
    execute("begin");
    format_ = ask("pragma user_version");
  } catch (const trouble&) {
    if ((sqlite3_errcode(connection_) & 0xff) != SQLITE_CANTOPEN || content_of(path_ + "-wal") != content::nothing) throw;
    sqlite3_close(connection_);
    open(SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, reading_uri(path_) + "&immutable=1");
    execute("begin");
    format_ = ask("pragma user_version");
  }
}

void file::open(int flags, const std::string& name) {
  if (sqlite3_open_v2(name.c_str(), &connection_, flags, nullptr) != SQLITE_OK)
    throw trouble{trouble::access, path_ + ": " + (connection_ == nullptr ? "no memory" : sqlite3_errmsg(connection_))};
  sqlite3_busy_timeout(connection_, 10'000);
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);  // a file from elsewhere runs no code of its own
}

const file& file::without_gaps() const {
  if (layout_.has_gaps) throw trouble{trouble::usage, path_ + ": its units run side by side, so its positions have gaps, which a copy does not keep; pg_dump does"};
  return *this;
}

void file::execute(const std::string& sql) {
  if (sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return;
  const int code = sqlite3_errcode(connection_) & 0xff;
  throw trouble{code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? trouble::content : trouble::access, path_ + ": " + sqlite3_errmsg(connection_)};
}
std::int64_t file::ask(const std::string& sql) {
  query q(connection_, sql);
  return q.next() ? q.number(0) : 0;
}
bool file::has(std::string_view table) {
  query q(connection_, "select 1 from sqlite_master where type = 'table' and name = ?");
  return q.set(1, table).next();
}

}  // namespace tool
