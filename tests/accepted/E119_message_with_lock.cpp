// A member that is neither copied nor moved stays where it is made; an event is kept and read back.
#include <atomic>

#include <gesta/model/model.hpp>

struct renamed { int readers; static constexpr auto id = "account.renamed"; };
struct rename_account {};
struct account { int renames = 0; };

constexpr void evolve(account& a, const renamed&) { ++a.renames; }
constexpr auto decide(const account&, const rename_account&) -> gesta::emits<renamed> { return renamed{1}; }

struct accounts : gesta::aggregate<account, gesta::commands<rename_account>> {
  static constexpr auto id = "account";
};
struct bank : gesta::model<accounts> {};
