// The laws of view stores, one line each. view_store.hpp says how to read them.
// Floor: testing.
// May include: nothing of gesta.
#pragma once

namespace gesta::laws {

/// A law: what holds, in words, and the steps that show it on an empty view store.
struct view_store_law {
  const char* name;
  const char* steps;
};

inline constexpr view_store_law view_store_laws[] = {
    // ---- rows by their key
    {"there is no row before one is added", "get a -> -; rows -> -; size -> 0"},
    {"a row is added blank with its key", "begin; add a 0 -> 0; commit; get a -> 0; rows -> a=0; size -> 1"},
    {"a row is changed where it is", "begin; add a 1 -> 1; add a 2 -> 3; commit; get a -> 3; size -> 1"},
    {"a row is changed over units", "begin; add a 1; commit; begin; add a 2 -> 3; commit; get a -> 3"},
    {"rows are told apart by their key", "begin; add a 1; add b 2; add aa 3; commit; rows -> a=1 aa=3 b=2"},
    {"an empty key is a key", "begin; add . 1; add a 2; commit; rows -> .=1 a=2; get . -> 1"},
    {"a key with a zero inside is another key", "begin; add a 1; add a~ 2; add a~b 3; commit; get a -> 1; get a~ -> 2; get a~b -> 3; size -> 3"},
    {"a unit sees its own rows", "begin; add a 1; get a -> 1; rows -> a=1; size -> 1; erase a; get a -> -; rows -> -; commit; rows -> -"},
    {"rows of a unit are seen beside those before", "begin; add a 1; add c 1; commit; begin; add b 2; rows -> a=1 b=2 c=1; size -> 3; commit"},
    {"an empty unit changes nothing", "begin; add a 1; commit; begin; commit; get a -> 1"},
    {"a unit that only reads changes nothing", "begin; add a 1; commit; begin; get a -> 1; get b -> -; commit; rows -> a=1"},
    {"to look for a row does not add it", "begin; get a -> -; commit; size -> 0"},
    {"many rows", "begin; many 500 1; commit; size -> 500; get 250 -> 1; begin; many 500 2; commit; get 0 -> 3; get 499 -> 3; size -> 500"},
    {"many rows in several units", "begin; many 100 1; commit; begin; many 200 1; commit; begin; many 300 1; commit; size -> 300; get 0 -> 3; get 299 -> 1"},

    // ---- rows by a number
    {"rows by a number", "begin; line 7 1; line -3 2; line 0 4; commit; lines -> -3=2 0=4 7=1"},
    {"the lowest and the highest number are keys", "begin; line -2147483648 1; line 2147483647 2; commit; lines -> -2147483648=1 2147483647=2"},
    {"rows by a number are no rows by a text", "begin; line 7 1; add a 2; commit; rows -> a=2; lines -> 7=1; begin; clear; commit; rows -> -; lines -> 7=1"},
    {"a row by a number goes", "begin; line 7 1; line 8 1; commit; begin; unline 7; commit; lines -> 8=1"},

    // ---- a view of one row
    {"a view of one row has none before it is changed", "total -> -"},
    {"a view of one row", "begin; sum 5 -> 5; sum 2 -> 7; commit; total -> 7"},
    {"a view of one row over units", "begin; sum 5; commit; begin; sum 1 -> 6; commit; total -> 6"},
    {"a view of one row goes and comes again", "begin; sum 5; commit; begin; unsum; commit; total -> -; begin; sum 1 -> 1; commit; total -> 1"},
    {"a view of one row is taken back", "begin; sum 5; rollback; total -> -; begin; sum 5; commit; begin; sum 1; rollback; total -> 5"},

    // ---- erasing
    {"a row is erased", "begin; add a 1; add b 2; commit; begin; erase a; commit; rows -> b=2; get a -> -; size -> 1"},
    {"to erase what is not there changes nothing", "begin; erase a; commit; rows -> -; begin; add a 1; commit; begin; erase b; commit; rows -> a=1"},
    {"to erase twice is to erase once", "begin; add a 1; commit; begin; erase a; erase a; commit; rows -> -"},
    {"a row that was erased begins anew", "begin; add a 5; commit; begin; erase a; add a 1 -> 1; commit; get a -> 1"},
    {"a row that was erased begins anew in a later unit", "begin; add a 5; commit; begin; erase a; commit; begin; add a 1 -> 1; commit; rows -> a=1"},
    {"a row that was added in a unit is erased in it", "begin; add a 1; erase a; size -> 0; commit; rows -> -"},
    {"a row comes and goes within a unit", "begin; add a 1; erase a; add a 2; erase a; add a 3 -> 3; commit; rows -> a=3"},
    {"a row with a long text of its own comes back blank", "begin; add a 1 text; commit; begin; erase a; add a 1; commit; note a -> -"},
    {"a text that grows beyond its place stays whole", "begin; add a 1 text; add a 1 longer; commit; note a -> longer"},
    {"all rows are taken away", "begin; add a 1; add b 2; commit; begin; clear; rows -> -; size -> 0; commit; rows -> -; get a -> -"},
    {"after all rows were taken away others come", "begin; add a 1; add b 2; commit; begin; clear; add b 5 -> 5; add c 6; commit; rows -> b=5 c=6"},
    {"rows that were added in a unit are taken away in it", "begin; add a 1; clear; commit; rows -> -"},
    {"to take away all of nothing changes nothing", "begin; clear; commit; rows -> -; begin; add a 1; commit; rows -> a=1"},

    // ---- what is taken back
    {"a row that was added is taken back", "begin; add a 1; rollback; get a -> -; size -> 0"},
    {"a row that was changed is as before", "begin; add a 1 old; commit; begin; add a 5 new; add a 1; rollback; get a -> 1; note a -> old"},
    {"a row that was erased is there again", "begin; add a 1 old; commit; begin; erase a; rollback; get a -> 1; note a -> old"},
    {"a row that was erased and came anew is as before", "begin; add a 1; commit; begin; erase a; add a 7; rollback; get a -> 1"},
    {"all rows that were taken away are there again", "begin; add a 1; add b 2; commit; begin; clear; add c 3; rollback; rows -> a=1 b=2"},
    {"rows taken away after they were changed are as before", "begin; add a 1; add b 2; commit; begin; add a 5; erase b; clear; rollback; rows -> a=1 b=2"},
    {"after a unit was taken back the next one is kept", "begin; add a 1; rollback; begin; add a 2 -> 2; commit; rows -> a=2"},
    {"many rows are taken back", "begin; many 300 1; commit; begin; many 600 1; rollback; size -> 300; get 0 -> 1; get 599 -> -"},
    {"rows, progress and letters are taken back together",
     "begin; add a 1; save c 1; put c 1 k why; commit; begin; add a 1; sum 1; line 1 1; save c 2; put c 2 k; drop c 1 k; rollback; "
     "rows -> a=1; total -> -; lines -> -; load c -> 1; letters c -> 1:k:why; blocked c k -> yes"},
    {"rows, progress and letters are kept together",
     "begin; add a 1; sum 1; line 1 1; save c 2; put c 2 k why; commit; rows -> a=1; total -> 1; lines -> 1=1; load c -> 2; letters c -> 2:k:why"},

    // ---- how far a consumer is
    {"a consumer that never acted is blank", "load c -> -"},
    {"what is saved is loaded", "begin; save c 7; commit; load c -> 7"},
    {"all of it is loaded", "begin; save c 7 full; commit; load c -> 7 full; begin; save c 8; commit; load c -> 8"},
    {"consumers have their own", "begin; save c 7; save d 8; commit; load c -> 7; load d -> 8; load e -> -"},
    {"the last that is saved counts", "begin; save c 7; save c 9; load c -> 9; commit; load c -> 9; begin; save c 3; commit; load c -> 3"},
    {"what was saved is taken back", "begin; save c 7 full; commit; begin; save c 8; save d 1; load c -> 8; rollback; load c -> 7 full; load d -> -"},
    {"a blank one may be saved", "begin; save c 7; commit; begin; save c 0; commit; load c -> -"},

    // ---- letters
    {"there are no letters before one is put", "letters c -> -; blocked c k -> no"},
    {"letters come in the order of positions", "begin; put c 30 k; put c 4 k; put c 200 k; letters c -> 4:k 30:k 200:k; commit; letters c -> 4:k 30:k 200:k"},
    {"letters of one position come in the order of keys", "begin; put c 4 b; put c 4 a; put c 4 aa; put c 3 z; commit; letters c -> 3:z 4:a 4:aa 4:b"},
    {"keys with a zero have their place", "begin; put c 4 b; put c 4 a~; put c 4 a; put c 4 ~; commit; letters c -> 4:~ 4:a 4:a~ 4:b; blocked c a~ -> yes"},
    {"all of a letter comes back", "begin; put c 4 k why full; commit; letters c -> 4:k:why full"},
    {"a letter replaces that of its position and key", "begin; put c 4 k one; put c 4 k two; put c 4 j; commit; letters c -> 4:j 4:k:two"},
    {"consumers have their own letters", "begin; put c 4 k; put d 5 k; commit; letters c -> 4:k; letters d -> 5:k; blocked e k -> no"},
    {"a letter is dropped", "begin; put c 4 k; put c 5 k; commit; begin; drop c 4 k; commit; letters c -> 5:k; blocked c k -> yes"},
    {"the last letter of a key that is dropped holds nobody up", "begin; put c 4 k; commit; begin; drop c 4 k; blocked c k -> no; commit; blocked c k -> no"},
    {"to drop what is not there changes nothing", "begin; put c 4 k; drop c 5 k; drop c 4 j; drop d 4 k; commit; letters c -> 4:k; blocked c k -> yes"},
    {"a key is held up by its own letters", "begin; put c 4 k; blocked c k -> yes; blocked c j -> no; blocked d k -> no; blocked c . -> no; commit"},
    {"a letter holds up from when it is put", "begin; blocked c k -> no; put c 4 k; blocked c k -> yes; commit; blocked c k -> yes"},
    {"a discarded letter holds nobody up beside an open one of another key", "begin; discard c 4 k; put c 5 j; commit; blocked c k -> no; blocked c j -> yes"},
    {"an empty key is held up", "begin; put c 4 .; commit; blocked c . -> yes; blocked c k -> no"},
    {"a discarded letter is kept and holds nobody up", "begin; put c 4 k why; discard c 4 k; commit; letters c -> 4:k!; blocked c k -> no"},
    {"one open letter beside discarded ones holds up", "begin; put c 4 k; put c 5 k; discard c 4 k; commit; blocked c k -> yes; begin; discard c 5 k; commit; "
                                                       "blocked c k -> no"},
    {"a letter is opened again", "begin; discard c 4 k; put c 4 k; commit; letters c -> 4:k; blocked c k -> yes"},
    {"a discarded letter is dropped", "begin; put c 5 k; discard c 4 k; drop c 4 k; commit; letters c -> 5:k; blocked c k -> yes"},
    {"letters that were put are taken back", "begin; put c 4 k; rollback; letters c -> -; blocked c k -> no"},
    {"letters that were dropped are there again", "begin; put c 4 k why; commit; begin; drop c 4 k; blocked c k -> no; rollback; "
                                                      "letters c -> 4:k:why; blocked c k -> yes"},
    {"letters that were replaced are as before", "begin; put c 4 k one; commit; begin; discard c 4 k; rollback; letters c -> 4:k:one; blocked c k -> yes"},
    {"many letters", "begin; fill c 150; commit; first c 3 -> 1:k 2:k 3:k; count c -> 150; blocked c k -> yes"},
    {"a visitor may drop what it is given", "begin; fill c 150; empty c -> 150; letters c -> -; blocked c k -> no; commit; letters c -> -"},

    // ---- where the store outlives its program
    {"a store that is opened again has all that was kept", "begin; add a 1 text; sum 2; line 3 4; save c 5 full; put c 6 k why full; commit; reopen; rows -> a=1; note a -> text; "
                                                           "total -> 2; lines -> 3=4; load c -> 5 full; letters c -> 6:k:why full; blocked c k -> yes"},
    {"a program that ends within a unit leaves what was kept", "begin; add a 1; save c 1; put c 1 k; commit; begin; add a 1; add b 1; save c 2; drop c 1 k; reopen; "
                                                               "rows -> a=1; load c -> 1; letters c -> 1:k"},
    {"rows of before are changed after a new start", "begin; add a 1; commit; reopen; begin; add a 2 -> 3; erase b; commit; reopen; rows -> a=3"},
    {"a row of before that was erased unread begins anew", "begin; add a 5; add b 1; commit; reopen; begin; erase a; erase c; add a 1 -> 1; add c 2; commit; reopen; rows -> a=1 b=1 c=2"},
    {"rows of before are erased unread after a new start", "begin; add a 1; add b 1; commit; reopen; begin; erase a; commit; reopen; rows -> b=1"},

    // ---- where several programs share it
    {"what another program kept is seen", "begin; add a 1; save c 1; put c 1 k; commit; other rows -> a=1; other load c -> 1; other letters c -> 1:k; other blocked c k -> yes"},
    {"what another program has not kept is not seen", "begin; add a 1; save c 1; put c 1 k; other rows -> -; other load c -> -; other letters c -> -; other blocked c k -> no; commit"},
    {"programs change one row in turn", "begin; add a 1; commit; other begin; other add a 10 -> 11; other commit; begin; add a 100 -> 111; commit; get a -> 111; other get a -> 111"},
    {"a row that another program erased begins anew", "begin; add a 1; commit; other begin; other erase a; other commit; get a -> -; begin; add a 2 -> 2; commit"},
    {"rows that another program took away are gone", "begin; add a 1; add b 1; commit; other begin; other clear; other add b 5; other commit; rows -> b=5; get a -> -; "
                                                     "begin; add b 1 -> 6; commit"},
    {"a row that another program added is found where there was none", "get a -> -; begin; add b 1; commit; other begin; other add a 5; other commit; begin; add a 1 -> 6; commit"},
    {"letters that another program put hold up", "begin; put c 1 j; blocked c k -> no; commit; other begin; other put c 2 k; other commit; blocked c k -> yes; "
                                                 "begin; blocked c k -> yes; commit"},
    {"the first letters that another program put hold up", "blocked c k -> no; other begin; other put c 2 k; other commit; blocked c k -> yes"},
    {"letters that another program dropped hold nobody up", "begin; put c 1 k; blocked c k -> yes; commit; other begin; other drop c 1 k; other commit; blocked c k -> no"},
    {"one program writes at a time", "begin; add a 1; other begin -> failed; commit; other begin; other add a 1 -> 2; begin -> failed; other commit; get a -> 2"},
    {"a row is as another program left it when a unit is taken back", "begin; add a 1; commit; other begin; other add a 1; other commit; begin; add a 5 -> 7; rollback; get a -> 2"},
};

}  // namespace gesta::laws
