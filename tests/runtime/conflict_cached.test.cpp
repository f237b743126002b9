// What conflict.test.cpp asks, with apps that keep the state of one entity of each aggregate.
#define STATES_ARE_CACHED
#define STATES , gesta::cached_states{.most = 1}
#include "conflict.test.cpp"
