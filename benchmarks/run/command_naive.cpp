// W3 as it is usually written: once with vectors of std::variant, once with interfaces, shared pointers and maps of std::function.
// Each entity has a vector of its own for its stream, emptied at 64 events so that memory does not grow.
#include "command.hpp"

#include <functional>
#include <memory>
#include <typeindex>
#include <unordered_map>
#include <variant>

namespace command {
namespace {

constexpr std::size_t kept_events = 64;

void evolve(account& a, const deposited& e) { a.balance += e.amount, a.last_at = e.at; }
void evolve(account& a, const withdrawn& e) { a.balance -= e.amount, a.last_at = e.at; }
void evolve(account& a, const transferred& e) { a.balance -= e.amount, a.last_at = e.at; }
void evolve(account& a, const fee_charged& e) { a.balance -= e.fee; }
void evolve(account& a, const overdraft_changed& e) { a.overdraft = e.limit; }

// What both decide: events by way of `emit`, or the refusal.
using refusal = std::unique_ptr<insufficient_funds>;

template <class Emit>
refusal decide(const account&, const deposit& c, Emit emit) {
  emit(deposited{c.amount, c.at});
  return nullptr;
}
template <class Emit>
refusal decide(const account& a, const withdraw& c, Emit emit) {
  if (c.amount > a.balance + a.overdraft) return std::make_unique<insufficient_funds>(insufficient_funds{c.amount - a.balance - a.overdraft});
  emit(withdrawn{c.amount, c.at});
  return nullptr;
}
template <class Emit>
refusal decide(const account& a, const transfer_out& c, Emit emit) {
  const cents total = c.amount + transfer_fee;
  if (total > a.balance + a.overdraft) return std::make_unique<insufficient_funds>(insufficient_funds{total - a.balance - a.overdraft});
  emit(transferred{c.amount, c.at});
  emit(fee_charged{transfer_fee});
  return nullptr;
}
template <class Emit>
refusal decide(const account& a, const change_overdraft& c, Emit emit) {
  if (c.limit != a.overdraft) emit(overdraft_changed{c.limit});
  return nullptr;
}

template <class Event>
struct entity {
  account state;
  std::uint64_t version = 0;
  std::vector<Event> stream;
};

template <class Event>
class entities {
 public:
  entities(std::uint32_t count, std::size_t) {
    all_.reserve(count);
    for (std::uint32_t key = 0; key < count; ++key) all_.try_emplace(key);
  }
  template <class Visit>
  void each_entity(Visit visit) {
    for (std::uint32_t key = 0; key < all_.size(); ++key) visit(all_.at(key).state, all_.at(key).version);
  }
  std::uint64_t position() const { return position_; }

 protected:
  void keep(entity<Event>& e, const Event& event) {
    if (e.stream.size() == kept_events) e.stream.clear();
    e.stream.push_back(event);
    ++e.version;
    ++position_;
  }

  std::unordered_map<std::uint32_t, entity<Event>> all_;

 private:
  std::uint64_t position_ = 0;
};

using any_event = std::variant<deposited, withdrawn, transferred, fee_charged, overdraft_changed>;

struct variants : entities<any_event> {
  using entities::entities;

  template <class Command>
  [[gnu::noinline]] void handle(std::uint32_t key, const Command& c, std::uint64_t expected, tally& t) {
    auto& e = all_.find(key)->second;
    if (e.version != expected) {
      ++t.conflicts;
      return;
    }
    std::vector<any_event> events;
    if (const auto no = decide(e.state, c, [&](auto event) { events.emplace_back(event); })) {
      t.missing += no->missing;
      return;
    }
    for (const auto& event : events) {
      std::visit([&](const auto& one) { evolve(e.state, one); }, event);
      keep(e, event);
    }
    t.balances += e.state.balance;
  }
};

// An event of any type behind one interface.
struct ievent {
  ievent() = default;
  ievent(const ievent&) = delete;
  ievent& operator=(const ievent&) = delete;
  virtual ~ievent() = default;
};
template <class Event>
struct event_box final : ievent {
  explicit event_box(const Event& e) : value(e) {}
  Event value;
};
using events = std::vector<std::shared_ptr<ievent>>;

class objects : public entities<std::shared_ptr<ievent>> {
 public:
  objects(std::uint32_t count, std::size_t bytes) : entities(count, bytes) {
    decides<deposit, withdraw, transfer_out, change_overdraft>();
    evolves<deposited, withdrawn, transferred, fee_charged, overdraft_changed>();
  }

  template <class Command>
  [[gnu::noinline]] void handle(std::uint32_t key, const Command& c, std::uint64_t expected, tally& t) {
    auto& e = all_.at(key);
    if (e.version != expected) {
      ++t.conflicts;
      return;
    }
    events happened;
    if (const auto no = handlers_.at(typeid(Command))(e.state, &c, happened)) {
      t.missing += no->missing;
      return;
    }
    for (const auto& event : happened) {
      const ievent& it = *event;
      folds_.at(typeid(it))(e.state, it);
      keep(e, event);
    }
    t.balances += e.state.balance;
  }

 private:
  template <class... Command>
  void decides() {
    ((handlers_[typeid(Command)] = [](const account& a, const void* c, events& out) {
       return decide(a, *static_cast<const Command*>(c), [&](auto event) { out.push_back(std::make_shared<event_box<decltype(event)>>(event)); });
     }), ...);
  }
  template <class... Event>
  void evolves() {
    ((folds_[typeid(event_box<Event>)] = [](account& a, const ievent& e) { evolve(a, static_cast<const event_box<Event>&>(e).value); }), ...);
  }

  std::unordered_map<std::type_index, std::function<refusal(const account&, const void*, events&)>> handlers_;
  std::unordered_map<std::type_index, std::function<void(account&, const ievent&)>> folds_;
};

}  // namespace

void add_naive(bench::group& g, const workload& w) {
  g.add<over<variants>>(bench::role::reference, "unordered_map, vector<variant>, vector per stream", true, w);
  g.add<over<objects>>(bench::role::reference, "naive: maps of function, shared_ptr<ievent>", true, w);
}

}  // namespace command
