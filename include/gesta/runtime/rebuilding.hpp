// A view is made anew from the log: the whole of it, or the rows that somebody names.
// Floor: runtime. A base of consumers.
// May include: all above.
//
// Rebuilding only projects: a projection cannot send a command, and effects belong to consumers of their own, whose checkpoints are not touched.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gesta/message/key_bytes.hpp>
#include <gesta/react/rows.hpp>
#include <gesta/react/view_name.hpp>
#include <gesta/store/letter.hpp>
#include <gesta/store/progress.hpp>
#include <gesta/store/slice.hpp>

namespace gesta {

class consumed;

namespace detail {

/// f(text) with the byte form of a row's key, as letters have it.
template <class Key, class F>
auto with_key_text(const Key& key, F&& f) {
  if constexpr (std::is_same_v<Key, only_row>) {
    return f(std::string_view{});
  } else if constexpr (key_string<Key>) {
    return f(std::string_view(key.data(), key.size()));
  } else {
    key_buffer<Key> room;
    const key_bytes bytes = key_bytes_of<Key>(key, room);
    return f(std::string_view(bytes.data == nullptr ? "" : bytes.data, bytes.size));
  }
}

/// The part of a consumer that makes its view anew.
template <class Self>
class rebuilding {
 public:
  /// Empties the view and begins at the first event of the log: the polls that follow fill it. Until they have caught up readers see a view of the
  /// past, and its position says of which; who must not see that builds a new version beside it. What a person discarded stays discarded. Does
  /// nothing while another one owns the consumer, or while it is paused. False: the view store failed, and everything is as it was.
  template <class Consumed = consumed>
  Consumed rebuild() {
    Consumed result;
    Self& self = own();
    progress state;
    if (!begin(state, result)) return result;
    state.at = {};
    state.time = {};
    if (!self.rows().clear() || !drop_open([](std::string_view) { return true; }) || !self.views_.save(self.name(), state))
      return self.gives_up(result);
    if (!self.views_.commit()) return result.stop(self.views_.last_failure()), result;
    self.at_ = state.at;
    return result;
  }

  /// Folds one row anew from the log, up to the checkpoint of the view, in one commit: readers see the old row, then the new one. Letters of the row
  /// that are open are tried again by it, in their place; those that a person discarded stay discarded. What was erased from the log is not in
  /// the new row. Costs as many steps as the log has events, while nobody else can write to the view store. As rebuild() otherwise.
  template <class Key, class Consumed = consumed>
  Consumed rebuild(const Key& key) {
    using key_type = typename Self::key_type;
    return rebuild_rows<Consumed>(std::vector<key_type>{key_type(key)});
  }

  /// The same for all rows to which events of one stream belong: `keeper.rebuild_of<orders>("7")`.
  template <class Aggregate, class Key, class Consumed = consumed>
  Consumed rebuild_of(const Key& stream) {
    using key_type = typename Self::key_type;
    Self& self = own();
    std::vector<key_type> rows;
    const auto note = [&](const auto& event, const about& where) {
      using event_type = std::remove_cvref_t<decltype(event)>;
      if constexpr (projects<typename Self::row_type, event_type>)
        detail::each_place<typename Self::projection>(event, [&]() -> const about& { return where; }, [&](const key_type& key) { rows.push_back(key); });
    };
    Consumed result;
    const read_result read = self.log_.template read<Aggregate>(stream, {}, note, self.unknown_);
    if (!read) return result.stop(read.why()), result;
    return rebuild_rows<Consumed>(rows);
  }

  /// Drops the tables, the checkpoints and the letters of all older versions of the view, in one commit. A program that still keeps one of them fails
  /// from then on. failure::kind::conflict where this version does not serve yet.
  template <class Consumed = consumed>
  Consumed drop_older() {
    Consumed result;
    Self& self = own();
    progress state;
    if (!begin(state, result)) return result;
    if (!state.is_serving) {
      self.views_.rollback();
      return result.stop(failure(failure::kind::conflict, 0, "the view ", detail::view_name<typename Self::projection>,
                                 " has not yet come up to the version before it")),
             result;
    }
    for (unsigned older = view_version<typename Self::projection>() - 1; older != 0; --older) {
      const view_name_and_version name = detail::name_of_version(event_id{Self::projection::id}.name, older);
      if (!self.views_.drop_view(std::string_view(name.chars, name.size))) return self.gives_up(result);
    }
    if (!self.views_.commit()) result.stop(self.views_.last_failure());
    return result;
  }

 protected:
  /// Whether a person has said of an event that it is not for this row.
  bool was_discarded(std::uint64_t position, std::string_view key) const {
    if (discarded_.empty()) return false;
    return std::binary_search(discarded_.begin(), discarded_.end(), std::pair<std::uint64_t, std::string>(position, std::string(key)));
  }
  /// Letters come in order of position, then of key.
  void forget_discarded() { discarded_.clear(); }
  void note_discarded(const letter& one) { discarded_.emplace_back(one.position, one.key); }

 private:
  Self& own() noexcept { return static_cast<Self&>(*this); }

  template <class Consumed>
  bool begin(progress& state, Consumed& result) {
    Self& self = own();
    if (const failure* const cause = self.views_.broken()) return result.stop(*cause), false;
    if (!self.views_.begin()) return result.stop(self.views_.last_failure()), false;
    if (!self.views_.load(self.name(), state)) return (void)self.gives_up(result), false;
    self.now_ = self.clock_();
    return self.may_act(state, result);
  }

  template <class IsOf>
  bool drop_open(IsOf&& is_of) {
    Self& self = own();
    std::vector<letter> open;
    forget_discarded();
    self.any_letters_ = false;
    if (!self.views_.each_letter(self.name(), [&](const letter& one) {
          if (!one.discarded.empty()) note_discarded(one);
          else if (one.position != 0 && is_of(std::string_view(one.key))) open.push_back(one);  // at 0: the consumer has stopped, and stays so
          else self.any_letters_ = true;
          return true;
        }))
      return false;
    for (const letter& one : open)
      if (!self.views_.drop(self.name(), one)) return false;
    return true;
  }

  template <class Consumed, class Key>
  Consumed rebuild_rows(const std::vector<Key>& keys) {
    Consumed result;
    Self& self = own();
    progress state;
    if (!begin(state, result)) return result;
    if (const read_result known = self.log_.holds(state.at); !known) {
      self.views_.rollback();
      return result.stop(known.why()), result;
    }
    std::vector<std::string> texts;
    for (const Key& key : keys) {
      detail::with_key_text(key, [&](std::string_view text) { texts.emplace_back(text); });
      if (!self.rows().erase(key)) return self.gives_up(result);
    }
    std::sort(texts.begin(), texts.end());
    const auto is_of = [&](std::string_view text) { return std::binary_search(texts.begin(), texts.end(), text); };
    if (!drop_open(is_of)) return self.gives_up(result);
    self.begin_record(0);
    bool broken = false;
    const auto handle = [&](const auto& event, const about& where) {
      using event_type = std::remove_cvref_t<decltype(event)>;
      if constexpr (projects<typename Self::row_type, event_type>)
        detail::each_place<typename Self::projection>(event, [&]() -> const about& { return where; }, [&](const Key& key) {
          const std::uint32_t part = self.count_part(where.position);
          detail::with_key_text(key, [&](std::string_view text) {
            if (!broken && is_of(text)) broken = !self.to_row(event, where, key, text, part, nullptr, result);
          });
        });
      return !broken;
    };
    const read_result read = self.log_.read({.to = state.at.position}, handle, self.unknown_);
    if (broken) return self.gives_up(result);
    if (!read) {
      self.views_.rollback();
      self.forget();
      return result.stop(read.why()), result;
    }
    if (!self.views_.save(self.name(), state)) return self.gives_up(result);
    if (!self.views_.commit()) {
      self.forget();
      return result.stop(self.views_.last_failure()), result;
    }
    self.tell_notes();
    return result;
  }

  std::vector<std::pair<std::uint64_t, std::string>> discarded_;
};

}  // namespace detail

}  // namespace gesta
