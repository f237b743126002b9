// W6 with what the standard library has: a queue of variants, a table that is a hash map; and with what is called a saga framework elsewhere:
// messages behind a base class, handlers that were registered by type.
#include "saga.hpp"

#include <functional>
#include <memory>
#include <queue>
#include <typeindex>
#include <unordered_map>
#include <variant>

namespace saga {
namespace {

enum class at : std::uint32_t { nowhere, charging, reserving, shipping, confirming, cancelling };
struct kept {
  at stage = at::nowhere;
  number item = 0;
};

struct was_declined {
  number order;
};

class variants {
 public:
  void place(const placed& p) { queue_.push(p); }
  template <class Ended>
  void run(Ended&& ended) {
    struct visitor {
      variants& self;
      Ended& ended;

      void operator()(const placed& m) {
        self.sagas_[m.order] = {at::charging, m.item};
        self.queue_.push(charge{m.order, m.price});
      }
      void operator()(const charge& m) {
        if (m.price > most) return self.queue_.push(was_declined{m.order});
        self.all_.orders[m.order].held += m.price;
        self.queue_.push(charged{m.order, m.price});
      }
      void operator()(const charged& m) {
        kept& saga = self.sagas_[m.order];
        saga.stage = at::reserving;
        self.queue_.push(reserve{m.order, saga.item});
      }
      void operator()(const was_declined& m) {
        self.sagas_[m.order].stage = at::cancelling;
        self.queue_.push(cancel{m.order});
      }
      void operator()(const reserve& m) {
        --self.all_.left[m.item];
        self.queue_.push(reserved{m.order, m.item});
      }
      void operator()(const reserved& m) {
        self.sagas_[m.order].stage = at::shipping;
        self.queue_.push(ship{m.order});
      }
      void operator()(const ship& m) {
        ++self.all_.orders[m.order].shipped;
        self.queue_.push(shipped{m.order});
      }
      void operator()(const shipped& m) {
        self.sagas_[m.order].stage = at::confirming;
        self.queue_.push(confirm{m.order});
      }
      void operator()(const confirm& m) {
        ++self.all_.orders[m.order].confirmed;
        self.queue_.push(confirmed{m.order});
      }
      void operator()(const confirmed& m) {
        self.sagas_.erase(m.order);
        ended(m.order, true);
      }
      void operator()(const cancel& m) {
        ++self.all_.orders[m.order].cancelled;
        self.queue_.push(cancelled{m.order});
      }
      void operator()(const cancelled& m) {
        self.sagas_.erase(m.order);
        ended(m.order, false);
      }
    };
    visitor visit{*this, ended};
    while (!queue_.empty()) {
      const message next = queue_.front();
      queue_.pop();
      std::visit(visit, next);
    }
  }
  void add_to(checksum& sum) const { all_.add_to(sum); }

 private:
  using message = std::variant<placed, charge, charged, was_declined, reserve, reserved, ship, shipped, confirm, confirmed, cancel, cancelled>;
  hand_services all_;
  std::unordered_map<number, kept> sagas_;
  std::queue<message> queue_;
};

class registered {
 public:
  registered() {
    on<placed>([this](const placed& m) {
      sagas_[m.order] = std::make_shared<kept>(kept{at::charging, m.item});
      send(charge{m.order, m.price});
    });
    on<charge>([this](const charge& m) {
      if (m.price > most) return send(was_declined{m.order});
      all_.orders[m.order].held += m.price;
      send(charged{m.order, m.price});
    });
    on<charged>([this](const charged& m) {
      const auto saga = sagas_[m.order];
      saga->stage = at::reserving;
      send(reserve{m.order, saga->item});
    });
    on<was_declined>([this](const was_declined& m) {
      sagas_[m.order]->stage = at::cancelling;
      send(cancel{m.order});
    });
    on<reserve>([this](const reserve& m) {
      --all_.left[m.item];
      send(reserved{m.order, m.item});
    });
    on<reserved>([this](const reserved& m) {
      sagas_[m.order]->stage = at::shipping;
      send(ship{m.order});
    });
    on<ship>([this](const ship& m) {
      ++all_.orders[m.order].shipped;
      send(shipped{m.order});
    });
    on<shipped>([this](const shipped& m) {
      sagas_[m.order]->stage = at::confirming;
      send(confirm{m.order});
    });
    on<confirm>([this](const confirm& m) {
      ++all_.orders[m.order].confirmed;
      send(confirmed{m.order});
    });
    on<confirmed>([this](const confirmed& m) {
      sagas_.erase(m.order);
      ended_(m.order, true);
    });
    on<cancel>([this](const cancel& m) {
      ++all_.orders[m.order].cancelled;
      send(cancelled{m.order});
    });
    on<cancelled>([this](const cancelled& m) {
      sagas_.erase(m.order);
      ended_(m.order, false);
    });
  }
  void place(const placed& p) { send(p); }
  template <class Ended>
  void run(Ended&& ended) {
    ended_ = [&ended](number order, bool is_completed) { ended(order, is_completed); };
    while (!queue_.empty()) {
      const std::shared_ptr<base> next = queue_.front();
      queue_.pop();
      handlers_.at(next->type())(*next);
    }
  }
  void add_to(checksum& sum) const { all_.add_to(sum); }

 private:
  struct base {
    virtual ~base() = default;
    virtual std::type_index type() const = 0;
  };
  template <class Message>
  struct boxed final : base {
    Message message;
    explicit boxed(const Message& m) : message(m) {}
    std::type_index type() const override { return typeid(Message); }
  };
  template <class Message, class Handle>
  void on(Handle handle) {
    handlers_.emplace(typeid(Message), [handle](const base& m) { handle(static_cast<const boxed<Message>&>(m).message); });
  }
  template <class Message>
  void send(const Message& m) {
    queue_.push(std::make_shared<boxed<Message>>(m));
  }

  hand_services all_;
  std::unordered_map<number, std::shared_ptr<kept>> sagas_;
  std::unordered_map<std::type_index, std::function<void(const base&)>> handlers_;
  std::queue<std::shared_ptr<base>> queue_;
  std::function<void(number, bool)> ended_;
};

}  // namespace

void add_peers(bench::group& g, way how, std::size_t orders) {
  using bench::role;
  if (how != way::in_order) return;
  g.add<at_once<variants>>(role::reference, "std::queue of std::variant, std::unordered_map", true, orders);
  g.add<at_once<registered>>(role::reference, "naive: queue of shared_ptr, handlers by type_index", true, orders);
}

}  // namespace saga
