"""The facts of reactions are made of all events, also of entities whose state is not in memory."""
from dance import print_dance

print_dance(
    sentence='[gesta E148] the states that boundaries read, and the facts that reactions ask for, are made of all events, and the Store keeps the last ones only, or  gesta::cached_states  only some states; use another store, or start without them',
    includes="#include <gesta/gesta.hpp>\n#include <gesta/store/sqlite.hpp>\n",
)
print('inline void use() { auto app = gesta::start<shop>(gesta::sqlite_store{.path = "a.db"}, gesta::cached_states{.most = 100}); }')
