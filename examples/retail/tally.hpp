// Sums by name: what an account holds of each stock code, what each country bought.
// A plain container of the ledger's states and views; constexpr, so that their rules can be tested while compiling.
// May include: std only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace retail {

/// A whole number for each name that was ever added to. Name is a text with data() and size(); the empty text is not a name.
/// Open addressing: one or two comparisons a look-up, an allocation only when it doubles.
template <class Name>
class tally {
 public:
  struct line {
    Name name{};
    std::int64_t sum = 0;
  };

  /// Zero for a name never added to.
  constexpr std::int64_t operator[](const Name& name) const { return lines_.empty() ? 0 : lines_[place(lines_, name)].sum; }

  constexpr void add(const Name& name, std::int64_t amount) {
    if (4 * used_ >= 3 * lines_.size()) grow();
    line& here = lines_[place(lines_, name)];
    if (here.name.size() == 0) {
      here.name = name;
      ++used_;
    }
    here.sum += amount;
  }
  constexpr std::size_t size() const { return used_; }

  // ---- what a codec asks for, so that a state with sums can be a snapshot: a sequence of lines

  using value_type = line;
  class const_iterator {
   public:
    constexpr const_iterator(const line* at, const line* end) : at_(at), end_(end) { pass_vacant(); }
    constexpr const line& operator*() const { return *at_; }
    constexpr const_iterator& operator++() { return ++at_, pass_vacant(), *this; }
    friend constexpr bool operator==(const const_iterator&, const const_iterator&) = default;

   private:
    constexpr void pass_vacant() {
      while (at_ != end_ && at_->name.size() == 0) ++at_;
    }
    const line* at_;
    const line* end_;
  };
  constexpr const_iterator begin() const { return {lines_.data(), lines_.data() + lines_.size()}; }
  constexpr const_iterator end() const { return {lines_.data() + lines_.size(), lines_.data() + lines_.size()}; }
  constexpr void push_back(const line& one) {
    if (one.name.size() != 0) add(one.name, one.sum);
  }
  constexpr void clear() {
    lines_.clear();
    used_ = 0;
  }

  /// Calls visit(name, sum) for each name, in no particular order.
  template <class Visit>
  constexpr void for_each(Visit visit) const {
    for (const line& here : lines_)
      if (here.name.size() != 0) visit(here.name, here.sum);
  }
  /// The same names with the same sums.
  friend constexpr bool operator==(const tally& a, const tally& b) {
    bool same = a.used_ == b.used_;
    a.for_each([&](const Name& name, std::int64_t sum) { same = same && b.has(name) && b[name] == sum; });
    return same;
  }

 private:
  constexpr bool has(const Name& name) const { return !lines_.empty() && lines_[place(lines_, name)].name.size() != 0; }

  /// Where the name stands, or the vacant line where it would. There is always a vacant one.
  static constexpr std::size_t place(const std::vector<line>& lines, const Name& name) {
    std::size_t at = hash(name) & (lines.size() - 1);
    while (lines[at].name.size() != 0 && lines[at].name != name) at = (at + 1) & (lines.size() - 1);
    return at;
  }
  static constexpr std::size_t hash(const Name& name) {  // FNV-1a, its high half folded down
    std::uint64_t h = 0xcbf29ce484222325u;
    for (const char c : std::string_view(name.data(), name.size())) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return static_cast<std::size_t>(h ^ (h >> 32));
  }
  constexpr void grow() {
    std::vector<line> wider(lines_.empty() ? 4 : 2 * lines_.size());
    for (const line& here : lines_)
      if (here.name.size() != 0) wider[place(wider, here.name)] = here;
    lines_ = static_cast<std::vector<line>&&>(wider);
  }

  std::vector<line> lines_;  // a power of two of them, or none
  std::size_t used_ = 0;
};

}  // namespace retail
