// The laws of stores, as one template that is run for each store.
// Floor: testing. A new store passes these first.
// May include: all above, std.
//
//     struct my_place {                                             // where one store lies; a new one is empty
//       static constexpr bool outlives = true;                      // whether it is there when its program is gone
//       static constexpr bool shared = true;                        // whether several programs may open it
//       auto open(auto clock) { return gesta::start<gesta::laws::law_book>(my_store{...}, clock); }
//     };
//     const auto found = gesta::laws::hold_for_store<my_place>([](const char* law, const std::string& how) { ... });
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <gesta/testing/laws/store_script.hpp>
#include <gesta/testing/laws/store_table.hpp>

namespace gesta::laws {

/// What a run of the laws has seen.
struct store_findings {
  std::size_t laws = 0;   ///< how many were tested
  std::size_t cases = 0;  ///< how often: each law again with the store opened anew behind each step, where it outlives its program
  std::size_t steps = 0;
  std::size_t left_out = 0;  ///< laws about what this store has not got
};

/// One or two programs on a store, and the steps of one law.
template <class Place>
class law_stage {
 public:
  using app_type = decltype(std::declval<Place&>().open(std::declval<ticking>()));

 private:
  /// A program that has the store open.
  struct program {
    program(Place& place, std::int64_t& now, checkpoint& followed, places_in_log& kept) : app(place.open(ticking{&now})), steps(app, followed, kept) {}
    app_type app;
    script_runner<app_type> steps;
  };

 public:
  explicit law_stage(bool is_side_by_side = false) {
    kept_.are_learnt_in_batches = !is_side_by_side;
    reopen();
  }

  bool in_batch() const noexcept { return (one_ && one_->steps.in_batch()) || (other_ && other_->steps.in_batch()); }

  /// Ends the programs and begins anew, where the store outlives them.
  void reopen() {
    if (one_ && !Place::outlives) return;
    other_.reset();
    one_.reset();
    one_ = std::make_unique<program>(place_, now_, followed_[0], kept_);
  }

  /// Carries out a step. Returns what it came to.
  std::string run(const std::string& step) {
    if (step == "reopen") return reopen(), "done";
    const bool by_other = step.rfind("other ", 0) == 0;
    if (!by_other && step.rfind("beside ", 0) != 0) return one_->steps.run(step);
    if constexpr (Place::shared) {
      if (!other_) other_ = std::make_unique<program>(place_, now_, followed_[1], kept_);
      return other_->steps.run(step.substr(by_other ? 6 : 7));
    }
    return "?";
  }
  /// What should hold always and does not; empty when all does.
  std::string broken_invariant(bool of_other) {
    if (of_other) return other_ ? other_->steps.broken_invariant() : std::string();
    return one_->steps.broken_invariant();
  }

 private:
  Place place_;
  std::int64_t now_ = 0;
  checkpoint followed_[2];
  places_in_log kept_;
  std::unique_ptr<program> one_, other_;
};

namespace detail {

inline bool is_refusal(const std::string& result) {
  if (result == "?" || result == "rejected" || result.rfind("conflict", 0) == 0) return true;
  for (int kind = 0; kind <= static_cast<int>(failure::kind::truncated); ++kind)
    if (result == name_of(static_cast<failure::kind>(kind))) return true;
  return false;
}

}  // namespace detail

/// Carries out the steps of one law on a new store. Returns what is wrong, in words; empty when the law holds.
template <class Place>
std::string try_law(const char* steps, bool reopen_behind_each, store_findings& found) {
  const bool is_side_by_side = std::string(steps).find("beside ") != std::string::npos;
  law_stage<Place> stage(is_side_by_side);
  std::string done;
  for (const std::string& line : detail::split(steps, ';')) {
    const auto arrow = line.find(" -> ");
    const std::string step = line.substr(0, arrow);
    done += step + "; ";
    ++found.steps;
    const std::string result = stage.run(detail::split(step, ';')[0]);
    const std::string wanted = arrow == std::string::npos ? std::string() : detail::split(line.substr(arrow + 4), ';')[0];
    if (arrow == std::string::npos ? detail::is_refusal(result) : result != wanted)
      return done + "gave " + result + ", not " + (arrow == std::string::npos ? "success" : wanted);
    if (is_side_by_side) continue;  // a unit has then read no more than its steps say
    const bool by_other = step.rfind("other ", 0) == 0;
    if (const std::string broken = stage.broken_invariant(by_other); !broken.empty()) return done + "broke: " + broken;
    if (reopen_behind_each && !stage.in_batch()) {
      stage.reopen();
      if (const std::string broken = stage.broken_invariant(false); !broken.empty()) return done + "and opened again, broke: " + broken;
    }
  }
  return {};
}

/// Whether steps need what the store has not got.
template <class Place>
bool asks_for_more(const std::string& steps) {
  using app_type = typename law_stage<Place>::app_type;
  const auto has = [&](const char* step) { return steps.find(step) != std::string::npos; };
  return (!Place::shared && has("other ")) || (!Place::outlives && has("reopen")) || (!app_type::can_erase && has("truncate ")) ||
         (!app_type::can_close && has("close ")) || (!app_type::has_horizon && has("beside "));
}

/// Tests every law of store_table.hpp on stores that Place opens. Calls broken(law, how) for each case in which one is broken: the law in
/// words, and the steps up to where it broke, with what they gave.
template <class Place, class Broken>
store_findings hold_for_store(Broken&& broken) {
  store_findings found;
  for (const store_law& law : store_laws) {
    const std::string steps = law.steps;
    if (asks_for_more<Place>(steps)) {
      ++found.left_out;
      continue;
    }
    ++found.laws;
    for (int reopening = 0; reopening <= (detail::is_opened_anew<Place>() ? 1 : 0); ++reopening) {
      ++found.cases;
      const std::string how = try_law<Place>(law.steps, reopening != 0, found);
      if (!how.empty()) broken(law.name, how);
    }
  }
  return found;
}

}  // namespace gesta::laws
