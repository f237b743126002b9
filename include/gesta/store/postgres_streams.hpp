// The streams of a PostgreSQL log by number and by key, as far as they were read: every event names its stream by number only.
// Floor: store. Beside the records; a join would send each key with each event.
// May include: detail, message, decide, store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gesta/decide/key_rule.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/detail/hash_index.hpp>
#include <gesta/message/key.hpp>
#include <gesta/store/postgres_connection.hpp>
#include <gesta/store/postgres_names.hpp>
#include <gesta/store/postgres_values.hpp>

namespace gesta::detail {

/// How the keys of one aggregate stand in the column `key`: text as it is, numbers in decimal digits, else the bytes in hex.
class postgres_key {
 public:
  constexpr postgres_key() = default;

  /// For keys of this type.
  template <class Key>
  static constexpr postgres_key of() noexcept {
    if constexpr (std::is_enum_v<Key>) return of<std::underlying_type_t<Key>>();
    else if constexpr (std::is_integral_v<Key>) return {form::number, sizeof(Key), std::is_signed_v<Key>};
    else if constexpr (same<Key, dense>) return of<key_value<dense>>();
    else if constexpr (key_string<Key> || is_text<Key>) return {form::text, 0, false};
    else if constexpr (field_count<Key> == 1) return of<field_type<Key, 0>>();  // it has the byte form of its field
    else return {};
  }

  /// The text of a key, valid until the room is used again, and as long as the key.
  std::string_view text(const key_bytes& key, postgres_text& room, std::string& digits) const {
    if (form_ != form::number) {
      const std::string_view bytes(key.size == 0 ? "" : key.data, key.size);
      if (form_ == form::text) return room.escaped(bytes);
      digits.assign("\\x");
      for (const char c : bytes) {
        digits += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
        digits += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
      }
      return digits;
    }
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < key.size; ++i) bits = bits << 8 | static_cast<unsigned char>(key.data[i]);
    // The byte form of a number is big-endian with the sign bit turned round.
    const std::uint64_t sign = is_signed_ ? std::uint64_t{1} << (8 * width_ - 1) : 0;
    digits = is_signed_ ? std::to_string(static_cast<std::int64_t>(bits - sign)) : std::to_string(bits);
    return digits;
  }
  /// The byte form again; valid as text(). False when it is none of this type.
  bool bytes(std::string_view text, postgres_text& room, std::string& made, std::string_view& out) const {
    if (form_ != form::number) return room.restored(text, out);
    const bool is_negative = !text.empty() && text[0] == '-';
    std::uint64_t value = 0;
    for (const char c : text.substr(is_negative ? 1 : 0)) {
      if (c < '0' || c > '9' || value > (~std::uint64_t{0} - static_cast<std::uint64_t>(c - '0')) / 10) return false;
      value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    const std::uint64_t sign = is_signed_ ? std::uint64_t{1} << (8 * width_ - 1) : 0;
    const std::uint64_t most = width_ == 8 && !is_signed_ ? ~std::uint64_t{0} : is_signed_ ? sign - 1 : (std::uint64_t{1} << (8 * width_)) - 1;
    if (text.size() == (is_negative ? 1u : 0u) || (is_negative ? !is_signed_ || value > sign : value > most)) return false;
    const std::uint64_t bits = is_negative ? sign - value : value + sign;
    made.clear();
    for (unsigned i = width_; i-- != 0;) made += static_cast<char>(static_cast<unsigned char>(bits >> (8 * i)));
    out = made;
    return true;
  }

 private:
  enum class form : std::uint8_t { bytes, text, number };

  constexpr postgres_key(form as, std::uint8_t width, bool is_signed) noexcept : form_(as), width_(width), is_signed_(is_signed) {}

  form form_ = form::bytes;
  std::uint8_t width_ = 0;
  bool is_signed_ = false;
};

template <class List>
struct postgres_keys;
/// The keys of a list of aggregates, by index.
template <class... Aggregate>
struct postgres_keys<types<Aggregate...>> {
  static constexpr postgres_key all[] = {postgres_key::of<typename key_rule<Aggregate>::key_type>()..., postgres_key{}};
};

/// The table `streams` as far as it was needed. A row of it never gets another key.
class postgres_streams {
 public:
  /// `keys` says by aggregate how the log holds its keys.
  postgres_streams(postgres_connection& connection, const postgres_names& names, const postgres_key* keys)
      : connection_(connection), names_(names), keys_(keys) {}

  /// From here on no more than so many stay in memory, however many streams there are. Before anything is read.
  void know_some() noexcept { most_ = 65536; }
  /// Between two readings: forgets them where they have become many.
  void make_room() {
    if (all_.size() > most_) clear();
  }

  /// One that is at hand: an index for `aggregate` and `key`; absent.
  static constexpr std::uint32_t absent = hash_index::absent;
  std::uint32_t find(std::int64_t number) const {
    return by_number_.find(hash(number), [&](std::uint32_t at) { return all_[at].number == number; });
  }
  /// The same by its key in the byte form. `type`: the aggregate's number in the log.
  std::uint32_t find(std::int64_t type, const key_bytes& key) const {
    const std::string_view bytes(key.data, key.size);
    return by_key_.find(hash(type, bytes), [&](std::uint32_t at) { return all_[at].aggregate == type && bytes_of(at) == bytes; });
  }
  std::int64_t number(std::uint32_t at) const noexcept { return all_[at].number; }
  std::int64_t aggregate(std::uint32_t at) const noexcept { return all_[at].aggregate; }
  /// Its key in the byte form; of an aggregate that the model does not know as it stands in the log. Valid until another one gets to be known.
  key_bytes key(std::uint32_t at) const noexcept { return {bytes_.data() + all_[at].at, all_[at].size}; }

  /// A stream will be needed.
  void need(std::int64_t number) {
    if (number == last_needed_ || find(number) != absent) return;
    last_needed_ = number;
    needed_.number(number);
  }
  /// Reads those that are needed. False: an error.
  bool fetch() {
    last_needed_ = 0;
    if (needed_.size() == 0) return true;
    std::size_t at = 0;
    const bool good = connection_.ask([&] { at = connection_.queue(by_numbers_, postgres_arguments<1>().add(needed_.whole())); });
    needed_.clear();
    if (!good) return false;
    const postgres_answer rows = connection_.take(at);
    for (int i = 0; i < rows.rows(); ++i)
      if (find(rows[i].number(0)) == absent && !learn(rows[i].number(0), rows[i].integer(1), rows[i].bytes(2))) return false;
    return true;
  }
  /// Takes in a stream as it stands in a row. False: its key is of another type.
  bool learn(std::int64_t number, std::int64_t aggregate, std::string_view text) {
    const std::uint16_t tag = names_.tag(stored_kind::aggregate, aggregate);
    std::string_view bytes = text;
    if (tag != postgres_names::unknown && !keys_[tag].bytes(text, room_, made_, bytes)) return connection_.damaged("a key is of another type");
    add(number, aggregate, bytes);
    return true;
  }
  void add(std::int64_t number, std::int64_t aggregate, std::string_view bytes) {
    const auto at = static_cast<std::uint32_t>(all_.size());
    all_.push_back({bytes_.size(), number, static_cast<std::uint32_t>(bytes.size()), static_cast<std::uint32_t>(aggregate)});
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    by_number_.insert(hash(number), at, [this](std::uint32_t n) { return hash(all_[n].number); });
    by_key_.insert(hash(aggregate, bytes), at, [this](std::uint32_t n) { return hash(all_[n].aggregate, bytes_of(n)); });
  }
  /// The text of a key in the column; valid until the next call.
  std::string_view text(std::uint16_t aggregate, const key_bytes& key) { return keys_[aggregate].text(key, room_, made_); }
  /// The byte form of a key in the column; valid until the next call. False: it is of another type.
  bool bytes(std::uint16_t aggregate, std::string_view text, key_bytes& key) {
    std::string_view out;
    if (!keys_[aggregate].bytes(text, room_, made_, out)) return connection_.damaged("a key is of another type");
    key = {out.data(), static_cast<std::uint32_t>(out.size())};
    return true;
  }

  std::size_t count() const noexcept { return all_.size(); }
  /// Forgets those after so many: they may belong to a unit of work that was taken back.
  void cut(std::size_t kept) {
    while (all_.size() > kept) {
      const auto at = static_cast<std::uint32_t>(all_.size() - 1);
      by_number_.erase(hash(all_[at].number), at, [this](std::uint32_t n) { return hash(all_[n].number); });
      by_key_.erase(hash(all_[at].aggregate, bytes_of(at)), at, [this](std::uint32_t n) { return hash(all_[n].aggregate, bytes_of(n)); });
      bytes_.resize(all_[at].at);
      all_.pop_back();
    }
  }
  void clear() {
    all_.clear();
    bytes_.clear();
    by_number_ = {};
    by_key_ = {};
  }

 private:
  struct stream {
    std::uint64_t at;  ///< where the bytes of its key begin
    std::int64_t number;
    std::uint32_t size;
    std::uint32_t aggregate;
  };

  static std::uint64_t hash(std::int64_t number) noexcept { return mix(static_cast<std::uint64_t>(number)); }
  static std::uint64_t hash(std::int64_t type, std::string_view bytes) noexcept {
    return hash128{}.add(static_cast<std::uint64_t>(type)).add(bytes.data(), bytes.size()).low;
  }
  std::string_view bytes_of(std::uint32_t at) const noexcept { return {bytes_.data() + all_[at].at, all_[at].size}; }

  postgres_connection& connection_;
  const postgres_names& names_;
  const postgres_key* keys_;
  std::vector<stream> all_;
  std::vector<char> bytes_;
  hash_index by_number_, by_key_;
  std::size_t most_ = ~std::size_t{0};
  std::int64_t last_needed_ = 0;
  postgres_array needed_{postgres_type::number};
  postgres_text room_;
  std::string made_;
  postgres_statement by_numbers_{"select stream, aggregate, key from streams where stream = any($1)", {postgres_type::number_array}};
};

}  // namespace gesta::detail
