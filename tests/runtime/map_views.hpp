// A view store of nothing but std::map: what is expected of one, to be read first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include <gesta/react/rows.hpp>
#include <gesta/store/view_store.hpp>

struct map_views {
  template <class Projection>
  struct rows_of {
    using rows = gesta::detail::projected_rows<Projection>;
    using row_type = typename rows::row_type;
    using key_type = typename rows::key_type;
    static constexpr bool is_ordered = true;
    struct before {
      bool operator()(const key_type& a, const key_type& b) const {
        if constexpr (rows::has_key) return std::string_view(a.data(), a.size()) < std::string_view(b.data(), b.size());
        else return (void)a, (void)b, false;
      }
    };

    row_type* find_or_add(const key_type& key) {
      const auto [at, is_new] = all.try_emplace(key);
      if (is_new) rows::set_key(at->second, key);
      return &at->second;
    }
    const row_type* find(const key_type& key) {
      const auto at = all.find(key);
      return at == all.end() ? nullptr : &at->second;
    }
    bool erase(const key_type& key) { return all.erase(key), true; }
    bool clear() { return all.clear(), true; }
    template <class Visit>
    bool each(Visit&& visit) {
      for (const auto& [key, row] : all)
        if (!visit(row)) break;
      return true;
    }
    std::size_t size() const { return all.size(); }

    std::map<key_type, row_type, before> all;
  };

  template <class... Projection>
  struct opened {
    struct content {
      std::tuple<rows_of<Projection>...> tables;
      std::map<std::string, gesta::progress, std::less<>> consumers;
      std::map<std::pair<std::uint64_t, std::string>, gesta::letter> letters;  // of one consumer
    };
    content now, before;
    gesta::failure cause;
    int failing_commits = 0;

    explicit opened(const map_views&) {}
    const gesta::failure* broken() const { return nullptr; }
    const gesta::failure& last_failure() const { return cause; }
    bool begin() { return before = now, true; }
    bool commit() {
      if (failing_commits == 0) return true;
      --failing_commits;
      now = before;
      cause = gesta::failure(gesta::failure::kind::input_output, 0, "the disk is gone");
      return false;
    }
    void rollback() { now = before; }
    bool load(std::string_view name, gesta::progress& state) {
      const auto found = now.consumers.find(name);
      state = found == now.consumers.end() ? gesta::progress{} : found->second;
      return true;
    }
    bool save(std::string_view name, const gesta::progress& state) { return now.consumers[std::string(name)] = state, true; }
    template <class One>
    auto& table() {
      return std::get<rows_of<One>>(now.tables);
    }
    bool put(std::string_view, const gesta::letter& one) { return now.letters[{one.position, one.key}] = one, true; }
    bool drop(std::string_view, const gesta::letter& one) { return now.letters.erase({one.position, one.key}), true; }
    template <class Visit>
    bool each_letter(std::string_view, Visit&& visit) {
      for (const auto& [at, one] : now.letters)
        if (!visit(one)) break;
      return true;
    }
    bool is_blocked(std::string_view, std::string_view key, bool& blocked) {
      blocked = false;
      for (const auto& [at, one] : now.letters) blocked = blocked || (one.key == key && one.discarded.empty());
      return true;
    }
  };
};

/// The views of several consumers in one place, as those of a file are: each opens what the first one made.
template <class... Kept>
struct shared_map_views {
  map_views::opened<Kept...>* there;

  template <class... Projection>
  struct opened {
    map_views::opened<Kept...>* all;

    explicit opened(const shared_map_views& views) : all(views.there) {}
    const gesta::failure* broken() const { return all->broken(); }
    const gesta::failure& last_failure() const { return all->last_failure(); }
    bool begin() { return all->begin(); }
    bool commit() { return all->commit(); }
    void rollback() { all->rollback(); }
    bool load(std::string_view name, gesta::progress& state) { return all->load(name, state); }
    bool save(std::string_view name, const gesta::progress& state) { return all->save(name, state); }
    template <class One>
    auto& table() {
      return all->template table<One>();
    }
    bool put(std::string_view name, const gesta::letter& one) { return all->put(name, one); }
    bool drop(std::string_view name, const gesta::letter& one) { return all->drop(name, one); }
    template <class Visit>
    bool each_letter(std::string_view name, Visit&& visit) {
      return all->each_letter(name, visit);
    }
    bool is_blocked(std::string_view name, std::string_view key, bool& blocked) { return all->is_blocked(name, key, blocked); }
    /// Of the first projection: the others stand for newer versions.
    bool drop_view(std::string_view name) {
      all->now.consumers.erase(std::string(name));
      return std::get<0>(all->now.tables).clear();
    }
  };
};
