// W6 by hand: the limits, as the workload says: every answer is a message of its own. Beside them the least that comes to the same: with answers
// taken at once, since where the service stands beside the saga a message only carries the answer from one line to the next; and one by one with
// nothing kept of an order at all.
#include "saga.hpp"

#include <cstring>

namespace saga {
namespace {

// ---- one after the other

/// Nested calls; nothing is kept of an order.
class nested {
 public:
  [[gnu::always_inline]] bool place(const placed& p) {
    hand_order& o = all_.orders[p.order];
    if (p.price > most) {
      ++o.cancelled;
      return false;
    }
    o.held += p.price;
    std::int64_t& left = all_.left[p.item];
    if (left == 0) [[unlikely]] {
      o.held -= p.price;
      ++o.cancelled;
      return false;
    }
    --left;
    ++o.shipped;
    ++o.confirmed;
    return true;
  }
  void add_to(checksum& sum) const { all_.add_to(sum); }

 private:
  hand_services all_;
};

/// What a saga keeps of an order: where it is and what it was asked for.
enum class at : std::uint32_t { nowhere, charging, reserving, shipping, confirming, cancelling };
struct kept {
  at stage = at::nowhere;
  number order = 0, item = 0;
  cents price = 0;
};

/// The same, and a table says at each step where the order is.
class nested_with_table {
 public:
  [[gnu::always_inline]] bool place(const placed& p) {
    kept& saga = table_[p.order];
    saga = {at::charging, p.order, p.item, p.price};
    bench::barrier();
    hand_order& o = all_.orders[p.order];
    if (p.price > most) {
      saga.stage = at::cancelling;
      bench::barrier();
      ++o.cancelled;
      saga.stage = at::nowhere;
      return false;
    }
    o.held += p.price;
    saga.stage = at::reserving;
    bench::barrier();
    --all_.left[p.item];
    saga.stage = at::shipping;
    bench::barrier();
    ++o.shipped;
    saga.stage = at::confirming;
    bench::barrier();
    ++o.confirmed;
    saga.stage = at::nowhere;
    return true;
  }
  void add_to(checksum& sum) const { all_.add_to(sum); }

 private:
  hand_services all_;
  kept table_[under_way];
};

// ---- messages

enum class kind : std::uint32_t { placed, charge, charged, declined, reserve, reserved, ship, shipped, confirm, confirmed, cancel, cancelled };
struct message {
  kind what;
  number order, item;
  cents price;
};
static_assert(sizeof(message) == 24);

/// What each message does, for both queues: the services' side and the saga's side. push(kind, message) takes what follows.
class handlers {
 public:
  template <kind What, class Push, class Ended>
  [[gnu::always_inline]] void on(const message& m, Push&& push, Ended&& ended) {
    hand_order& o = all_.orders[m.order];
    kept& saga = table_[m.order];
    if constexpr (What == kind::placed) {
      saga = {at::charging, m.order, m.item, m.price};
      push(message{kind::charge, m.order, 0, m.price});
    } else if constexpr (What == kind::charge) {
      if (m.price > most) return push(message{kind::declined, m.order, 0, 0});
      o.held += m.price;
      push(message{kind::charged, m.order, 0, m.price});
    } else if constexpr (What == kind::charged) {
      saga.stage = at::reserving;
      push(message{kind::reserve, m.order, saga.item, 0});
    } else if constexpr (What == kind::declined) {
      saga.stage = at::cancelling;
      push(message{kind::cancel, m.order, 0, 0});
    } else if constexpr (What == kind::reserve) {
      --all_.left[m.item];
      push(message{kind::reserved, m.order, m.item, 0});
    } else if constexpr (What == kind::reserved) {
      saga.stage = at::shipping;
      push(message{kind::ship, m.order, 0, 0});
    } else if constexpr (What == kind::ship) {
      ++o.shipped;
      push(message{kind::shipped, m.order, 0, 0});
    } else if constexpr (What == kind::shipped) {
      saga.stage = at::confirming;
      push(message{kind::confirm, m.order, 0, 0});
    } else if constexpr (What == kind::confirm) {
      ++o.confirmed;
      push(message{kind::confirmed, m.order, 0, 0});
    } else if constexpr (What == kind::confirmed) {
      saga.stage = at::nowhere;
      ended(m.order, true);
    } else if constexpr (What == kind::cancel) {
      ++o.cancelled;
      push(message{kind::cancelled, m.order, 0, 0});
    } else {
      saga.stage = at::nowhere;
      ended(m.order, false);
    }
  }
  void add_to(checksum& sum) const { all_.add_to(sum); }

 private:
  hand_services all_;
  kept table_[under_way];
};

/// One ring of all messages.
class ring {
 public:
  [[gnu::always_inline]] void place(const placed& p) { push({kind::placed, p.order, p.item, p.price}); }
  template <class Ended>
  void run(Ended&& ended) {
    const auto again = [this](const message& m) __attribute__((always_inline)) { push(m); };
    while (first_ != last_) {
      const message m = ring_[first_++ & mask];
      switch (m.what) {
        case kind::placed: on_.on<kind::placed>(m, again, ended); break;
        case kind::charge: on_.on<kind::charge>(m, again, ended); break;
        case kind::charged: on_.on<kind::charged>(m, again, ended); break;
        case kind::declined: on_.on<kind::declined>(m, again, ended); break;
        case kind::reserve: on_.on<kind::reserve>(m, again, ended); break;
        case kind::reserved: on_.on<kind::reserved>(m, again, ended); break;
        case kind::ship: on_.on<kind::ship>(m, again, ended); break;
        case kind::shipped: on_.on<kind::shipped>(m, again, ended); break;
        case kind::confirm: on_.on<kind::confirm>(m, again, ended); break;
        case kind::confirmed: on_.on<kind::confirmed>(m, again, ended); break;
        case kind::cancel: on_.on<kind::cancel>(m, again, ended); break;
        case kind::cancelled: on_.on<kind::cancelled>(m, again, ended); break;
        default: __builtin_unreachable();
      }
    }
  }
  void add_to(checksum& sum) const { on_.add_to(sum); }

 private:
  static constexpr std::uint32_t mask = 2 * under_way - 1;
  [[gnu::always_inline]] void push(const message& m) { ring_[last_++ & mask] = m; }

  handlers on_;
  std::uint32_t first_ = 0, last_ = 0;
  message ring_[mask + 1];
};

/// A pool for each kind, drained one after the other until all are empty.
class pools {
 public:
  [[gnu::always_inline]] void place(const placed& p) { push<kind::placed>({kind::placed, p.order, p.item, p.price}); }
  template <class Ended>
  void run(Ended&& ended) {
    while (pool_[0].size != 0) {
      drain<kind::placed, kind::charge>(ended);
      drain<kind::charge, kind::charged, kind::declined>(ended);
      drain<kind::charged, kind::reserve>(ended);
      drain<kind::declined, kind::cancel>(ended);
      drain<kind::reserve, kind::reserved>(ended);
      drain<kind::reserved, kind::ship>(ended);
      drain<kind::ship, kind::shipped>(ended);
      drain<kind::shipped, kind::confirm>(ended);
      drain<kind::confirm, kind::confirmed>(ended);
      drain<kind::confirmed, kind::placed>(ended);
      drain<kind::cancel, kind::cancelled>(ended);
      drain<kind::cancelled, kind::placed>(ended);
    }
  }
  void add_to(checksum& sum) const { on_.add_to(sum); }

 private:
  struct pool {
    std::uint32_t size = 0;
    message all[under_way];
  };
  template <kind What>
  [[gnu::always_inline]] void push(const message& m) {
    pool& p = pool_[static_cast<std::size_t>(What)];
    p.all[p.size++] = m;
  }
  template <kind What, kind Next, kind Else = Next, class Ended>
  [[gnu::always_inline]] void drain(Ended& ended) {
    pool& p = pool_[static_cast<std::size_t>(What)];
    const std::uint32_t size = p.size;
    p.size = 0;
    for (std::uint32_t i = 0; i < size; ++i) {
      on_.on<What>(p.all[i],
                   [this](const message& m) __attribute__((always_inline)) {
                     if (Next == Else || m.what == Next) push<Next>(m);
                     else push<Else>(m);
                   },
                   ended);
    }
  }

  handlers on_;
  pool pool_[12];
};

// ---- answers at once: what lies in a queue is who is next, what it was asked for lies in the saga's table

class direct {
 public:
  void begin(const placed& p) { table_[p.order] = {at::charging, p.order, p.item, p.price}; }
  /// Does what the order is at; where it is then.
  template <at Stage>
  [[gnu::always_inline]] at step(number order) {
    hand_order& o = all_.orders[order];
    kept& saga = table_[order];
    at next{};
    if constexpr (Stage == at::charging) {
      if (saga.price > most) {
        next = at::cancelling;
      } else {
        o.held += saga.price;
        next = at::reserving;
      }
    } else if constexpr (Stage == at::reserving) {
      --all_.left[saga.item];
      next = at::shipping;
    } else if constexpr (Stage == at::shipping) {
      ++o.shipped;
      next = at::confirming;
    } else if constexpr (Stage == at::confirming) {
      ++o.confirmed;
      next = at::nowhere;
    } else {
      ++o.cancelled;
      next = at::nowhere;
    }
    saga.stage = next;
    return next;
  }
  void add_to(checksum& sum) const { all_.add_to(sum); }

 private:
  hand_services all_;
  kept table_[under_way];
};

class direct_ring {
 public:
  [[gnu::always_inline]] void place(const placed& p) {
    on_.begin(p);
    push(at::charging, p.order);
  }
  template <class Ended>
  void run(Ended&& ended) {
    while (first_ != last_) {
      const entry e = ring_[first_++ & mask];
      switch (e.stage) {
        case at::charging: push(on_.step<at::charging>(e.order), e.order); break;
        case at::reserving: push(on_.step<at::reserving>(e.order), e.order); break;
        case at::shipping: push(on_.step<at::shipping>(e.order), e.order); break;
        case at::confirming:
          on_.step<at::confirming>(e.order);
          ended(e.order, true);
          break;
        case at::cancelling:
          on_.step<at::cancelling>(e.order);
          ended(e.order, false);
          break;
        default: __builtin_unreachable();
      }
    }
  }
  void add_to(checksum& sum) const { on_.add_to(sum); }

 private:
  struct entry {
    at stage;
    number order;
  };
  static constexpr std::uint32_t mask = 2 * under_way - 1;
  [[gnu::always_inline]] void push(at stage, number order) { ring_[last_++ & mask] = {stage, order}; }

  direct on_;
  std::uint32_t first_ = 0, last_ = 0;
  entry ring_[mask + 1];
};

class direct_pools {
 public:
  [[gnu::always_inline]] void place(const placed& p) {
    on_.begin(p);
    push(charging_, p.order);
  }
  template <class Ended>
  void run(Ended&& ended) {
    while (charging_.size != 0) {
      drain(charging_, [this](number order) __attribute__((always_inline)) {
        if (on_.step<at::charging>(order) == at::reserving) push(reserving_, order);
        else push(cancelling_, order);
      });
      drain(reserving_, [this](number order) __attribute__((always_inline)) {
        on_.step<at::reserving>(order);
        push(shipping_, order);
      });
      drain(shipping_, [this](number order) __attribute__((always_inline)) {
        on_.step<at::shipping>(order);
        push(confirming_, order);
      });
      drain(confirming_, [&](number order) __attribute__((always_inline)) {
        on_.step<at::confirming>(order);
        ended(order, true);
      });
      drain(cancelling_, [&](number order) __attribute__((always_inline)) {
        on_.step<at::cancelling>(order);
        ended(order, false);
      });
    }
  }
  void add_to(checksum& sum) const { on_.add_to(sum); }

 private:
  struct pool {
    std::uint32_t size = 0;
    number all[under_way];
  };
  [[gnu::always_inline]] static void push(pool& p, number order) { p.all[p.size++] = order; }
  template <class Step>
  [[gnu::always_inline]] static void drain(pool& p, Step step) {
    const std::uint32_t size = p.size;
    p.size = 0;
    for (std::uint32_t i = 0; i < size; ++i) step(p.all[i]);
  }

  direct on_;
  pool charging_, reserving_, shipping_, confirming_, cancelling_;
};

}  // namespace

void add_limits(bench::group& g, way how, std::size_t orders) {
  using bench::role;
  switch (how) {
    case way::one_by_one:
      g.add<one_by_one<nested_with_table>>(role::limit, "LIMIT, nested calls, a table says where each is", true, orders);
      g.add<one_by_one<nested>>(role::reference, "by hand, nested calls, nothing kept", true, orders);
      break;
    case way::in_rounds:
      g.add<at_once<pools>>(role::limit, "LIMIT, a pool for each kind of message", true, orders);
      g.add<at_once<direct_pools>>(role::reference, "by hand, a pool for each step, answers at once", true, orders);
      break;
    case way::in_order:
      g.add<at_once<ring>>(role::limit, "LIMIT, a ring of messages, switch", true, orders);
      g.add<at_once<direct_ring>>(role::reference, "by hand, a ring of steps, answers at once", true, orders);
      break;
  }
}

}  // namespace saga
