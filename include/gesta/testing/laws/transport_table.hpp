// The laws of transports, one line each. transport.hpp says how to read them.
// Floor: testing.
// May include: nothing of gesta.
#pragma once

namespace gesta::laws {

/// What a law is about: it is tested where the transport claims that, and where its rig can do it.
namespace need {
inline constexpr unsigned by_key = 1, keeps_order = 2, repeats = 4, dedup = 8, no_dedup = 16, short_window = 32, outlives_process = 64, room = 128,
                          restart = 256, cut = 512, own_topics = 1024, common_limit = 2048, room_for_others = 4096, remembers = 8192, away = 16384;
}  // namespace need

/// A law: what holds, in words, and the steps that show it at an empty place.
struct transport_law {
  const char* name;
  const char* steps;
  unsigned needs = 0;
};

inline constexpr transport_law transport_laws[] = {
    // ---- from one to another
    {"what is published is received", "join m g shop.a; pub shop.a x; get m -> x; ack m x; get m -> -"},
    {"nothing is received where nothing was published", "join m g shop.a; get m -> -"},
    {"several messages are received", "join m g shop.a; pub shop.a x; pub shop.a y; pub shop.a z; get m -> x y z"},
    {"no more are received than asked for", "join m g shop.a; pub shop.a x key=1; pub shop.a y key=2; pub shop.a z key=3; get m 1 -> x | y | z; get m 2 -> x y | x z | y z"},
    {"to ask for none receives none", "join m g shop.a; pub shop.a x; get m 0 -> -; get m -> x"},
    {"a message says where it came from", "join m g shop.a; pub shop.a x id=7 key=k; get m -> x; see x -> shop.a 7 k"},
    {"headers come as they were", "join m g shop.a; pub shop.a x id=7 h=ce-type:a+b h=Other:2; get m -> x; see x -> shop.a 7 x ce-type:a+b Other:2"},
    {"a header may be empty, and come twice", "join m g shop.a; pub shop.a x id=7 h=a:. h=b:1 h=b:2; get m -> x; see x -> shop.a 7 x a:. b:1 b:2"},
    {"a value has colons and signs", "join m g shop.a; pub shop.a x id=7 h=a:b:c=\"d\"{\\}; get m -> x; see x -> shop.a 7 x a:b:c=\"d\"{\\}"},
    {"a payload may be empty", "join m g shop.a; pub shop.a @empty; get m -> @empty"},
    {"a payload of zeros comes whole", "join m g shop.a; pub shop.a @zeros; get m -> @zeros"},
    {"a payload has all the 256 bytes", "join m g shop.a; pub shop.a @all; get m -> @all"},
    {"an empty key is a key", "join m g shop.a; pub shop.a x key=. id=7; get m -> x; see x -> shop.a 7 .; ack m x; get m -> -"},
    {"a key is any bytes", "join m g shop.a; pub shop.a x key=a%b~c+ id=7; get m -> x; see x -> shop.a 7 a%b~c+"},
    {"a message may have no id", "join m g shop.a; pub shop.a x id=. key=k; get m -> x; see x -> shop.a . k"},
    {"what has no id is never a duplicate", "join m g shop.a; pub shop.a x id=.; pub shop.a y id=.; get m -> x y"},
    {"words of a topic are letters, digits, signs", "join m g a; join n g A.b-c_9.v1; pub a x; pub A.b-c_9.v1 y; get m -> x; get n -> y", need::own_topics},

    // ---- what is not well formed
    {"a topic is not empty", "pub . x -> malformed; join m g none -> malformed"},
    {"a topic has no wildcards", "pub shop.* x -> malformed; pub shop.> x -> malformed; pub * x -> malformed; join m g shop.* -> malformed; join m g > -> malformed"},
    {"a topic has no blanks", "pub shop+a x -> malformed; pub shop.a+ x -> malformed; join m g shop+a -> malformed"},
    {"a topic has no line breaks and no zeros", "pub shop.a%b x -> malformed; pub shop.a~ x -> malformed; join m g shop.a% -> malformed"},
    {"a topic has no empty words", "pub .shop x -> malformed; pub shop. x -> malformed; pub shop..a x -> malformed; join m g shop..a -> malformed"},
    {"a topic has no other signs", "pub shop/a x -> malformed; pub shop:a x -> malformed; pub $shop x -> malformed; pub shop\\a x -> malformed"},
    {"a group is called as a topic is", "join m . shop.a -> malformed; join m g+h shop.a -> malformed; join m * shop.a -> malformed; join m g.h-1 shop.a"},
    {"an id has no line breaks, no zeros, no blanks at its ends", "pub shop.a x id=a%b -> malformed; pub shop.a x id=a~ -> malformed; pub shop.a x id=+a -> malformed; pub shop.a x id=a+ -> malformed; pub shop.a x id=a+b"},
    {"the name of a header is a word", "pub shop.a x h=a+b:1 -> malformed; pub shop.a x h=.:1 -> malformed; pub shop.a x h=a%:1 -> malformed; pub shop.a x h=a~:1 -> malformed"},
    {"the value of a header is one line", "pub shop.a x h=a:b%c -> malformed; pub shop.a x h=a:b~ -> malformed; pub shop.a x h=a:+b -> malformed; pub shop.a x h=a:b+ -> malformed"},
    {"what is refused is not received, and what follows is", "join m g shop.a; pub shop..a x -> malformed; pub shop.a y h=a+b:1 -> malformed; pub shop.a z; get m -> z"},
    {"one bad topic spoils a subscription", "join m g shop.a,shop..b -> malformed; join m g shop.a; pub shop.a x; get m -> x"},
    {"none in flight is no limit", "join m g shop.a in=0 -> malformed"},
    {"no time to settle is no time", "join m g shop.a settle=0 -> malformed"},

    // ---- how large
    {"the largest message is taken, and comes whole", "join m g shop.a; pub shop.a @largest key=k; get m -> @largest"},
    {"one byte more is too large", "join m g shop.a; pub shop.a @beyond key=k -> too_large; get m -> -"},
    {"key and headers count", "join m g shop.a; pub shop.a @largest key=0123456789 h=name:value; get m -> @largest; pub shop.a @beyond key=0123456789 h=name:value -> too_large"},
    {"after one that is too large others are taken", "join m g shop.a; pub shop.a @beyond -> too_large; pub shop.a x; get m -> x"},

    // ---- topics
    {"a topic that was not asked for does not come", "join m g shop.a; pub shop.b x; pub shop.a y; get m -> y"},
    {"a topic that begins alike is another one", "join m g shop.a; pub shop x; pub shop.a.b y; pub shop.ab z; pub SHOP.A w; get m -> -"},
    {"several topics", "join m g shop.a,shop.b; pub shop.a x; pub shop.c y; pub shop.b z; get m -> x z"},
    {"a topic that is named twice comes once", "join m g shop.a,shop.a; pub shop.a x; get m -> x; ack m x; get m -> -"},
    {"a group may ask for another topic later", "join m g shop.a; join n g shop.a,shop.b; pub shop.b x; get n -> x; get m -> -"},
    {"a member gets what it asked for, and no topic of another member", "join m g shop.a; join n g shop.b; pub shop.b x; pub shop.a y; get m -> y; get n -> x", need::own_topics},

    // ---- groups
    {"each group gets all", "join m g shop.a; join n h shop.a; pub shop.a x; pub shop.a y; get m -> x y; get n -> x y"},
    {"what one group acknowledged the other still gets", "join m g shop.a; join n h shop.a; pub shop.a x; get m -> x; ack m x; get n -> x"},
    {"members of a group share", "join m g shop.a; join n g shop.a; pub shop.a x; get m -> x; get n -> -; ack m x; get n -> -"},
    {"one after another, members get different messages", "join m g shop.a; join n g shop.a; pub shop.a x; get m 1 -> x; pub shop.a y; get n 1 -> y; get m -> -; get n -> -"},
    {"members on two connections share", "join m g shop.a on=1; join n g shop.a on=2; pub shop.a x on=3; get m -> x; get n -> -"},
    {"a group begins with the next message", "pub shop.a x; join m g shop.a; get m -> -; pub shop.a y; get m -> y"},
    {"a group begins with the first that is kept, if it says so", "pub shop.a x; pub shop.a y; join m g shop.a beginning; pub shop.a z; get m -> x y z"},
    {"one group begins now, another with what is kept for others", "join m g shop.a; pub shop.a x; join n h shop.a; join o i shop.a beginning; get n -> -; get o -> x; get m -> x"},
    {"a group that is there already does not begin anew", "join m g shop.a; pub shop.a x; get m -> x; ack m x; leave m; join m g shop.a beginning; get m -> -"},
    {"a group goes on without members", "join m g shop.a; leave m; pub shop.a x; join m g shop.a; get m -> x"},
    {"what a group missed nobody is given", "pub shop.a x; join m g shop.a; pub shop.a y; get m -> y; ack m y; get m -> -"},

    // ---- settling
    {"what was acknowledged does not come again", "join m g shop.a settle=4; pub shop.a x; get m -> x; ack m x; wait 9; get m -> -"},
    {"a token is good once", "join m g shop.a; pub shop.a x; get m -> x; ack m x; ack m x -> conflict"},
    {"what was acknowledged cannot be handed back", "join m g shop.a; pub shop.a x; get m -> x; ack m x; nak m x -> conflict; term m x why -> conflict; extend m x -> conflict; get m -> -; dead g -> -"},
    {"what was handed back cannot be acknowledged", "join m g shop.a; pub shop.a x; get m -> x; nak m x; ack m x -> conflict; get m -> x*2", need::repeats},
    {"a token of another member is not good", "join m g shop.a; join n g shop.a; pub shop.a x; get m -> x; ack n x -> conflict; ack m x"},
    {"a token of another group is not good", "join m g shop.a; join n h shop.a; pub shop.a x; get m -> x; ack n x -> conflict; get n -> x; ack n x; ack m x!1"},
    {"a token that nobody was given is not good", "join m g shop.a; pub shop.a x; get m -> x; leave m; join m g shop.a; ack m x -> conflict", need::repeats},
    {"each of several is settled by its own token", "join m g shop.a; pub shop.a x; pub shop.a y; get m -> x y; ack m y; nak m x; get m -> x*2; ack m x; get m -> -", need::repeats},

    // ---- again
    {"what is handed back comes again", "join m g shop.a; pub shop.a x; get m -> x; nak m x; get m -> x*2; nak m x; get m -> x*3; ack m x; get m -> -", need::repeats},
    {"what is handed back to another member", "join m g shop.a; join n g shop.a; pub shop.a x; get m -> x; nak m x; get n -> x*2", need::repeats},
    {"what is handed back with a delay comes when it is over", "join m g shop.a; pub shop.a x; get m -> x; nak m x 4; get m -> -; wait 2; get m -> -; wait 3; get m -> x*2", need::repeats},
    {"others do not wait for a delay", "join m g shop.a; pub shop.a x; get m -> x; nak m x 9; pub shop.a y; get m -> y", need::repeats},
    {"two delays are over in their order", "join m g shop.a; pub shop.a x; pub shop.a y; get m -> x y; nak m x 9; nak m y 4; wait 5; get m -> y*2; wait 5; get m -> x*2", need::repeats},
    {"what is not settled in time comes again", "join m g shop.a settle=4; pub shop.a x; get m -> x; wait 2; get m -> -; wait 3; get m -> x*2", need::repeats},
    {"what is not settled in time comes to whoever asks", "join m g shop.a settle=4; join n g shop.a settle=4; pub shop.a x; get m -> x; wait 5; get n -> x*2", need::repeats},
    {"a token is not good when its time is over", "join m g shop.a settle=4; pub shop.a x; get m -> x; wait 5; get m -> x*2; ack m x!1 -> conflict; ack m x; get m -> -", need::repeats},
    {"who takes longer says so", "join m g shop.a settle=4; pub shop.a x; get m -> x; wait 3; extend m x; wait 3; get m -> -; ack m x; wait 5; get m -> -", need::repeats},
    {"time begins anew with extend, and is over", "join m g shop.a settle=4; pub shop.a x; get m -> x; wait 3; extend m x; wait 6; get m -> x*2", need::repeats},
    {"extend is good more than once", "join m g shop.a settle=4; pub shop.a x; get m -> x; wait 3; extend m x; wait 3; extend m x; wait 3; ack m x; wait 5; get m -> -", need::repeats},
    {"what a member that ends has not settled comes again", "join m g shop.a; join n g shop.a; pub shop.a x; pub shop.a y; get m -> x y; ack m y; leave m; get n -> x*2", need::repeats},
    {"a group whose only member ended goes on with the next one", "join m g shop.a; pub shop.a x; get m -> x; leave m; join m g shop.a; get m -> x*2", need::repeats},
    {"each group counts its own deliveries", "join m g shop.a; join n h shop.a; pub shop.a x; get m -> x; nak m x; get m -> x*2; get n -> x", need::repeats},

    // ---- in flight
    {"no more are in flight than the limit", "join m g shop.a in=2; pub shop.a x key=1; pub shop.a y key=2; pub shop.a z key=3; get m -> x y | x z | y z"},
    {"one that is acknowledged makes room for one", "join m g shop.a in=1; pub shop.a x; get m -> x; pub shop.a y; get m -> -; ack m x; get m -> y; get m -> -"},
    {"one that is handed back makes room", "join m g shop.a in=1; pub shop.a x; get m -> x; nak m x 50; pub shop.a y; get m -> y", need::repeats | need::room_for_others},
    {"one that is put aside makes room", "join m g shop.a in=1; pub shop.a x; get m -> x; pub shop.a y; term m x why; get m -> y"},
    {"one whose time is over makes room", "join m g shop.a in=1 settle=4; pub shop.a x; get m -> x; wait 5; get m -> x*2; get m -> -", need::repeats},
    {"the limit is the group's, not a member's", "join m g shop.a in=2; join n g shop.a in=2; pub shop.a x; pub shop.a y; get m 1 -> x | y; get n 1 -> x | y; pub shop.a z; get n -> -; get m -> -", need::common_limit},
    {"a member that ends makes room", "join m g shop.a in=1; join n g shop.a in=1; pub shop.a x; get m -> x; get n -> -; leave m; get n -> x*2", need::repeats},
    {"each group has its own limit", "join m g shop.a in=1; join n h shop.a in=1; pub shop.a x; get m -> x; get n -> x"},

    // ---- the order of a key
    {"messages of a key come in their order", "join m g shop.a; pub shop.a 1 key=k; pub shop.a 2 key=k; pub shop.a 3 key=k; get m 1 -> 1; ack m 1; get m 1 -> 2; ack m 2; get m 1 -> 3; ack m 3; get m -> -", need::by_key},
    {"the order of a key goes across topics", "join m g shop.a,shop.b; pub shop.a 1 key=k; pub shop.b 2 key=k; pub shop.a 3 key=k; get m 1 -> 1; ack m 1; get m 1 -> 2; ack m 2; get m 1 -> 3", need::by_key},
    {"the empty key has an order too", "join m g shop.a; pub shop.a 1 key=.; pub shop.a 2 key=.; get m 1 -> 1; ack m 1; get m 1 -> 2", need::by_key},
    {"what was kept comes in the order of its key", "pub shop.a 1 key=k; pub shop.a 2 key=k; join m g shop.a beginning; pub shop.a 3 key=k; get m 1 -> 1; ack m 1; get m 1 -> 2; ack m 2; get m 1 -> 3", need::by_key},
    {"a key waits for what was handed back", "join m g shop.a; pub shop.a 1 key=k; pub shop.a 2 key=k; get m -> 1; nak m 1; get m -> 1*2; ack m 1; get m -> 2", need::keeps_order},
    {"a key waits for a delay, others do not", "join m g shop.a; pub shop.a 1 key=k; pub shop.a 2 key=k; pub shop.a x; get m -> 1 x; nak m 1 9; get m -> -; wait 5; get m -> -; wait 5; get m -> 1*2; ack m 1; get m -> 2", need::keeps_order},
    {"a key is under way to one member only", "join m g shop.a; join n g shop.a; pub shop.a 1 key=k; pub shop.a 2 key=k; get m -> 1; get n -> -; ack m 1; get n -> 2", need::keeps_order},
    {"a key waits for what is not settled in time", "join m g shop.a settle=4; join n g shop.a settle=4; pub shop.a 1 key=k; pub shop.a 2 key=k; get m -> 1; wait 5; get n -> 1*2; get m -> -; ack n 1; get m -> 2", need::keeps_order},
    {"a key waits when its member ends", "join m g shop.a; join n g shop.a; pub shop.a 1 key=k; pub shop.a 2 key=k; get m -> 1; leave m; get n -> 1*2; ack n 1; get n -> 2", need::keeps_order},
    {"a key goes on behind a dead letter", "join m g shop.a; pub shop.a 1 key=k; pub shop.a 2 key=k; get m -> 1; term m 1 bad; get m -> 2; dead g -> 1:bad", need::keeps_order},
    {"keys do not wait for each other", "join m g shop.a; pub shop.a 1 key=k; pub shop.a 2 key=k; pub shop.a 3 key=l; pub shop.a 4 key=l; get m -> 1 3; ack m 3; get m -> 4; ack m 1; get m -> 2", need::keeps_order},
    {"each group has the order for itself", "join m g shop.a; join n h shop.a; pub shop.a 1 key=k; pub shop.a 2 key=k; get m -> 1; get n -> 1; ack n 1; get n -> 2; get m -> -", need::keeps_order},

    // ---- an id again
    {"the same id is the same message", "join m g shop.a; pub shop.a x id=7; pub shop.a x id=7 -> duplicate; get m -> x; ack m x; get m -> -", need::dedup},
    {"the same id is the same message whatever is in it", "join m g shop.a; pub shop.a x id=7; pub shop.a y id=7 key=k -> duplicate; get m -> x", need::dedup},
    {"an id is recognised after its message is gone", "join m g shop.a; pub shop.a x id=7; get m -> x; ack m x; pub shop.a x id=7 -> duplicate; get m -> -", need::dedup},
    {"an id is recognised through another connection", "join m g shop.a; pub shop.a x id=7; pub shop.a x id=7 on=2 -> duplicate; get m -> x", need::dedup},
    {"an id is recognised within the window, and not beyond", "join m g shop.a; pub shop.a x id=7; window -1; pub shop.a x id=7 -> duplicate; wait 2; pub shop.a y id=7; get m -> x y", need::dedup | need::short_window},
    {"a duplicate does not make the window longer", "pub shop.a x id=7; window -1; pub shop.a x id=7 -> duplicate; wait 2; pub shop.a x id=7 -> accepted", need::dedup | need::short_window},
    {"ids are told apart by every letter", "join m g shop.a; pub shop.a x id=a; pub shop.a y id=aa; pub shop.a z id=A; get m -> x y z"},
    {"the id of what was refused is not known", "join m g shop.a; pub shop.a @beyond id=7 -> too_large; pub shop.a x id=7; get m -> x"},
    {"ids are not recognised where the type does not say so", "join m g shop.a; pub shop.a x id=7; pub shop.a y id=7; get m -> x y", need::no_dedup},

    // ---- dead letters
    {"there are no dead letters", "join m g shop.a; dead g -> -; pub shop.a x; get m -> x; ack m x; dead g -> -"},
    {"of a group that there is not", "dead nobody -> -; revive nobody x -> conflict; discard nobody x -> conflict"},
    {"what is put aside is a dead letter with its cause", "join m g shop.a; pub shop.a x; get m -> x; term m x no_such_customer; get m -> -; dead g -> x:no_such_customer"},
    {"what is put aside cannot be settled", "join m g shop.a; pub shop.a x; get m -> x; term m x bad; ack m x -> conflict; term m x worse -> conflict; dead g -> x:bad"},
    {"what was handed out too often is a dead letter", "join m g shop.a max=2; pub shop.a x; get m -> x; nak m x; get m -> x*2; nak m x; get m -> -; dead g -> x*2:?", need::repeats},
    {"what was never settled in time is a dead letter", "join m g shop.a max=2 settle=4; pub shop.a x; get m -> x; wait 5; get m -> x*2; wait 5; get m -> -; dead g -> x*2:?", need::repeats},
    {"the last delivery can be acknowledged", "join m g shop.a max=2; pub shop.a x; get m -> x; nak m x; get m -> x*2; ack m x; dead g -> -; get m -> -", need::repeats},
    {"one delivery and no more", "join m g shop.a max=1; pub shop.a x; get m -> x; nak m x; get m -> -; dead g -> x:?"},
    {"without a limit it comes again for ever", "join m g shop.a max=0; pub shop.a x; get m -> x; nak m x; get m -> x*2; nak m x; get m -> x*3; nak m x; get m -> x*4; nak m x; get m -> x*5; nak m x; get m -> x*6; nak m x; get m -> x*7; "
     "nak m x; get m -> x*8; nak m x; get m -> x*9; nak m x; get m -> x*10; nak m x; get m -> x*11; nak m x; get m -> x*12; dead g -> -", need::repeats},
    {"several dead letters", "join m g shop.a; pub shop.a x; pub shop.a y; get m -> x y; term m y second; term m x first; dead g -> x:first y:second"},
    {"a dead letter is its group's", "join m g shop.a; join n h shop.a; pub shop.a x; get m -> x; term m x bad; dead h -> -; get n -> x; ack n x; dead g -> x:bad"},
    {"a dead letter that is revived comes as if it were new", "join m g shop.a; pub shop.a x; get m -> x; nak m x; get m -> x*2; term m x bad; revive g x; dead g -> -; get m -> x; ack m x; get m -> -", need::repeats},
    {"a revived one has its deliveries again", "join m g shop.a max=2; pub shop.a x; get m -> x; nak m x; get m -> x*2; nak m x; dead g -> x*2:?; revive g x; get m -> x; nak m x; get m -> x*2; nak m x; dead g -> x*2:?", need::repeats},
    {"a dead letter is revived once", "join m g shop.a; pub shop.a x; get m -> x; term m x bad; dead g -> x:bad; revive g x; revive g x -> conflict; discard g x -> conflict; get m -> x; ack m x; get m -> -"},
    {"a dead letter comes with all that it had", "join m g shop.a; pub shop.a x id=7 key=k h=a:b; get m -> x; term m x bad; revive g x; get m -> x; see x -> shop.a 7 k a:b"},
    {"a dead letter that is discarded is gone", "join m g shop.a; pub shop.a x; get m -> x; term m x bad; dead g -> x:bad; discard g x; dead g -> -; get m -> -; discard g x -> conflict; revive g x -> conflict"},
    {"a token of a dead letter is good in its group only", "join m g shop.a; join n h shop.a; pub shop.a x; get m -> x; term m x bad; dead g -> x:bad; revive h x -> conflict; discard h x -> conflict; dead g -> x:bad"},
    {"dead letters are looked at from anywhere", "join m g shop.a; pub shop.a x; get m -> x; term m x bad; dead g on=2 -> x:bad; revive g x on=2; get m -> x"},
    {"a dead letter stays without members", "join m g shop.a; pub shop.a x; get m -> x; term m x bad; leave m; dead g -> x:bad; join m g shop.a; get m -> -; revive g x; get m -> x"},

    // ---- tickets
    {"a ticket is answered once", "send shop.a x; answer x -> accepted; answer x -> unknown"},
    {"many tickets are open", "join m g shop.a; send shop.a x; send shop.a y; send shop.a z; answer z -> accepted; answer x -> accepted; answer y -> accepted; get m -> x y z"},
    {"a ticket of what is refused", "send shop..a x; answer x -> malformed; send shop.a @beyond; answer @beyond -> too_large; send shop.a x; answer x -> accepted"},
    {"a ticket of a duplicate", "send shop.a x id=7; send shop.a y id=7; answer x -> accepted; answer y -> duplicate", need::dedup},
    {"what nobody waits for is published as well", "join m g shop.a on=2; send shop.a x; send shop.a y; answer y -> accepted; get m -> x y"},

    // ---- how long things live
    {"a connection can be moved", "join m g shop.a on=2; move on=2; pub shop.a x on=2; get m -> x; ack m x; dead g on=2 -> -"},
    {"a member can be moved", "join m g shop.a; pub shop.a x; get m -> x; move m; pub shop.a y; ack m x; get m -> y; ack m y; get m -> -"},
    {"a member outlives its connection", "join m g shop.a on=2; close on=2; pub shop.a x; get m -> x; ack m x; get m -> -"},
    {"a connection that ends takes nothing along", "join m g shop.a; pub shop.a x on=2; close on=2; get m -> x"},

    // ---- no room
    {"what there is no room for is refused, and nothing goes for it", "join m g shop.a; fill shop.a; pub shop.a x -> full; pub shop.b y; get m 1 -> fill; ack m fill; pub shop.a x", need::room},
    {"what nobody has asked for takes room", "fill shop.a; pub shop.a x -> full", need::room},
    {"a dead letter takes room until it is discarded", "join m g shop.a; fill shop.a; get m 1 -> fill; term m fill bad; pub shop.a x -> full; discard g fill; pub shop.a x", need::room},
    {"what all groups have had takes no room", "join m g shop.a; join n h shop.a; fill shop.a; get m 1 -> fill; ack m fill; pub shop.a x -> full; get n 1 -> fill; ack n fill; pub shop.a x", need::room},
    {"a duplicate needs no room", "pub shop.a x id=7; pub shop.b y; fill shop.c; pub shop.c x id=7 -> duplicate", need::room | need::dedup},

    // ---- a connection is lost
    {"a lost connection comes again", "join m g shop.a; cut; pub shop.a x; get m -> x; ack m x; get m -> -", need::cut},
    {"what was under way to a lost connection comes again", "join m g shop.a; pub shop.a x; get m -> x; cut; get m -> x*2; ack m x; get m -> -", need::cut | need::repeats},
    {"a token from before is not good", "join m g shop.a; pub shop.a x; get m -> x; cut; ack m x -> conflict; get m -> x*2; ack m x", need::cut | need::repeats},
    {"an answer that was lost is unknown, and the message is there once", "join m g shop.a on=2; send shop.a x id=7; cut; answer x -> accepted | unknown; pub shop.a x id=7 -> accepted | duplicate; get m -> x; ack m x; get m -> -", need::cut | need::dedup},
    {"a lost connection loses none of the others' messages", "join m g shop.a on=2; pub shop.a x; pub shop.a y; cut; get m -> x y", need::cut},
    {"dead letters are there after a cut", "join m g shop.a; pub shop.a x; get m -> x; term m x bad; cut; dead g -> x:bad", need::cut},

    // ---- how long who receives waits
    {"who receives waits where nothing is", "join m g shop.a; stay m -> -; pub shop.a x; stay m -> x"},
    {"who has all that may be in flight waits too", "join m g shop.a in=1; pub shop.a x key=k; pub shop.a y key=k; get m -> x; stay m -> -; ack m x; get m -> y"},
    {"who receives waits for a lost connection, and goes on when it is there", "join m g shop.a; pub shop.a x; away; stay m -> -; back m -> x; ack m x; get m -> -", need::away | need::outlives_process},
    {"who lost a connection with all in flight waits for it too", "join m g shop.a in=1; pub shop.a x; get m -> x; away; stay m -> -; back m -> x*2; ack m x; get m -> -", need::away | need::outlives_process | need::repeats},

    // ---- what holds the messages is killed
    {"what was accepted is there after a restart", "join m g shop.a; pub shop.a x id=7 key=k h=a:b; restart; get m -> x; see x -> shop.a 7 k a:b; ack m x; get m -> -", need::restart | need::outlives_process},
    {"what was acknowledged does not come after a restart", "join m g shop.a; pub shop.a x; pub shop.a y; get m -> x y; ack m x; restart; get m -> y*2", need::restart | need::outlives_process | need::remembers},
    {"a payload is whole after a restart", "join m g shop.a; pub shop.a @all; pub shop.a @zeros; pub shop.a @empty; restart; get m -> @all @empty @zeros | @all @zeros @empty | @empty @all @zeros", need::restart | need::outlives_process},
    {"the largest message is there after a restart", "join m g shop.a; pub shop.a @largest; restart; get m -> @largest", need::restart | need::outlives_process},
    {"a group is there after a restart", "join m g shop.a; pub shop.a x; get m -> x; ack m x; leave m; restart; pub shop.a y; join m g shop.a; get m -> y", need::restart | need::outlives_process | need::remembers},
    {"what is kept for the first group is kept over a restart", "pub shop.a x; restart; join m g shop.a beginning; get m -> x", need::restart | need::outlives_process},
    {"the order of a key goes on after a restart", "join m g shop.a; pub shop.a 1 key=k; pub shop.a 2 key=k; pub shop.a 3 key=k; get m 1 -> 1; ack m 1; restart; get m 1 -> 2; ack m 2; get m 1 -> 3", need::restart | need::outlives_process | need::by_key | need::remembers},
    {"dead letters and their causes are there after a restart", "join m g shop.a; pub shop.a x; pub shop.a y; get m -> x y; term m x bad; term m y worse; discard g y; restart; dead g -> x:bad; revive g x; get m -> x; ack m x; restart; dead g -> -; get m -> -", need::restart | need::outlives_process | need::remembers},
    {"deliveries are counted over a restart", "join m g shop.a max=3; pub shop.a x; get m -> x; nak m x; get m -> x*2; restart; get m -> x*3; nak m x; get m -> -; dead g -> x*3:?", need::restart | need::outlives_process | need::repeats | need::remembers},
    {"an id is recognised after a restart", "join m g shop.a; pub shop.a x id=7; get m -> x; ack m x; restart; pub shop.a x id=7 -> duplicate; get m -> -", need::restart | need::outlives_process | need::dedup | need::remembers},
    {"what was handed out for the last time before a restart is a dead letter", "join m g shop.a max=1; pub shop.a x; get m -> x; restart; get m -> -; dead g -> x:?", need::restart | need::outlives_process | need::remembers},
    {"a token from before a restart is not good", "join m g shop.a; pub shop.a x; get m -> x; restart; ack m x -> conflict; get m -> x*2; ack m x; get m -> -", need::restart | need::outlives_process | need::repeats},
    {"a token from before a restart is not that of another delivery", "join m g shop.a; pub shop.a x; get m -> x; restart; get m -> x*2; ack m x!1 -> conflict; ack m x; get m -> -", need::restart | need::outlives_process | need::repeats | need::remembers},
    {"many restarts", "join m g shop.a; pub shop.a 1; restart; pub shop.a 2; restart; get m -> 1 2; ack m 1; restart; pub shop.a 3; restart; get m -> 2*2 3", need::restart | need::outlives_process | need::repeats | need::remembers},
    {"each group goes on after a restart where it was", "join m g shop.a; join n h shop.a; pub shop.a x; get m -> x; ack m x; restart; get m -> -; get n -> x; ack n x; restart; get n -> -", need::restart | need::outlives_process | need::remembers},
};

}  // namespace gesta::laws
