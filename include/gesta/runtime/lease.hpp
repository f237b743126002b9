// Who may act under the name of a consumer, of several processes that could.
// Floor: runtime.
// May include: all above.
//
// A claim lies in the row of the view store that holds the checkpoint. It is taken, renewed and looked at within the transaction that changes the
// view, while nobody else can change that row: who lost his claim, because he was stopped or his clock jumped, finds the other's name there
// and commits nothing. No clock has to be right for that; clocks say only how soon another one takes over.
#pragma once

#include <gesta/message/about.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/store/progress.hpp>
#include <gesta/store/slice.hpp>

namespace gesta {

/// A claim to be the only one that acts under the name of a consumer: `keeper.under(gesta::lease{gesta::random_id(), gesta::seconds(10)})`.
struct lease {
  message_id owner{};  ///< who claims: drawn at random by each process, and for each consumer; blank: nobody, no claim is made
  duration lasts{};    ///< how long a claim holds after it was renewed: so long nobody takes over from who was killed
};

namespace detail {

enum class admission : unsigned char { goes_on, is_paused, owned_elsewhere };

/// Whether who holds `mine` may act now; his claim is written to the state, and renewed when less than half of it is left. Without a claim
/// of his own he respects those of others.
constexpr admission admit(progress& state, const lease& mine, timestamp now, bool by_force = false) noexcept {
  const bool is_others = state.owner != message_id{} && state.owner != mine.owner;
  if (is_others && now.nanoseconds < state.until.nanoseconds && !by_force) return admission::owned_elsewhere;
  if (state.is_paused) return admission::is_paused;
  if (mine.owner == message_id{}) return admission::goes_on;
  const bool is_renewed = is_others || state.owner == message_id{} || state.until.nanoseconds - now.nanoseconds < mine.lasts.nanoseconds / 2 ||
                          (now + mine.lasts).nanoseconds < state.until.nanoseconds;
  state.owner = mine.owner;
  if (is_renewed) state.until = now + mine.lasts;
  return admission::goes_on;
}

/// What a consumer's users say about who acts and when. A base of consumers: Self has `views()` and `name()`.
template <class Self>
class held_consumer {
 public:
  /// From the next poll on it acts under this claim only: while another claim holds it does nothing, and says so.
  void under(const lease& mine) noexcept { lease_ = mine; }
  /// The next poll takes the claim of whoever has it: for a person who knows that the owner is gone, or that its clock was wrong.
  void take_over() noexcept { by_force_ = true; }
  /// Gives its claim back, so that another one goes on at once. Nothing where it has none.
  read_result release() {
    return change([&](progress& state) {
      if (state.owner != lease_.owner) return;
      state.owner = {};
      state.until = {};
    });
  }

  /// Lets the consumer of this name stand still, in whichever process it runs, from its next poll on until somebody says resume(): it is kept with its
  /// checkpoint, and a program that starts again finds it so.
  read_result pause() {
    return change([](progress& state) { state.is_paused = true; });
  }
  read_result resume() {
    return change([](progress& state) { state.is_paused = false; });
  }

 protected:
  /// Within the unit of a poll. `clock` is asked only where there is a claim.
  template <class Clock>
  admission admit(progress& state, Clock& clock) {
    if (lease_.owner == message_id{} && state.owner == message_id{}) return state.is_paused ? admission::is_paused : admission::goes_on;
    const admission found = detail::admit(state, lease_, clock(), by_force_);
    if (found == admission::goes_on) by_force_ = false;
    return found;
  }

 private:
  template <class Alter>
  read_result change(Alter&& alter) {
    Self& self = static_cast<Self&>(*this);
    auto& views = self.views();
    if (const failure* const cause = views.broken()) return read_result(*cause);
    if (!views.begin()) return read_result(views.last_failure());
    progress state;
    bool good = views.load(self.name(), state);
    if (good) {
      alter(state);
      good = views.save(self.name(), state);
    }
    if (!good) {
      const failure cause = views.last_failure();
      views.rollback();
      return read_result(cause);
    }
    return views.commit() ? read_result() : read_result(views.last_failure());
  }

  lease lease_;
  bool by_force_ = false;
};

}  // namespace detail

}  // namespace gesta
