// What a server sends by pgoutput, made by hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

inline std::string number(std::uint64_t value, int size) {
  std::string out;
  for (int i = size - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
  return out;
}
using cells = std::vector<std::optional<std::string>>;
inline std::string tuple(const cells& all) {
  std::string out = number(all.size(), 2);
  for (const auto& one : all) out += one ? 't' + number(one->size(), 4) + *one : "n";
  return out;
}
struct column {
  const char* name;
  std::uint32_t type;
  bool is_key;
};
inline std::string relation(std::uint32_t id, const std::string& space, const std::string& name, const std::vector<column>& columns, char identity = 'd') {
  std::string out = 'R' + number(id, 4) + space + '\0' + name + '\0' + identity + number(columns.size(), 2);
  for (const column& one : columns) out += static_cast<char>(one.is_key) + std::string(one.name) + '\0' + number(one.type, 4) + number(~0u, 4);
  return out;
}
inline std::string begin(std::uint64_t commit, std::uint64_t time, std::uint32_t transaction) { return 'B' + number(commit, 8) + number(time, 8) + number(transaction, 4); }
inline std::string commit(std::uint64_t at, std::uint64_t end) { return 'C' + number(0, 1) + number(at, 8) + number(end, 8) + number(0, 8); }
inline std::string insert(std::uint32_t id, const cells& row) { return 'I' + number(id, 4) + 'N' + tuple(row); }
inline std::string update(std::uint32_t id, const cells& old, const cells& row) { return 'U' + number(id, 4) + 'O' + tuple(old) + 'N' + tuple(row); }
inline std::string update_key(std::uint32_t id, const cells& old, const cells& row) { return 'U' + number(id, 4) + 'K' + tuple(old) + 'N' + tuple(row); }
inline std::string update_plain(std::uint32_t id, const cells& row) { return 'U' + number(id, 4) + 'N' + tuple(row); }
inline std::string erase(std::uint32_t id, const cells& old) { return 'D' + number(id, 4) + 'K' + tuple(old); }
inline std::string truncate(const std::vector<std::uint32_t>& ids) {
  std::string out = 'T' + number(ids.size(), 4) + '\0';
  for (const std::uint32_t id : ids) out += number(id, 4);
  return out;
}
