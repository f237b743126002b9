// The laws of stores, one line each. store_script.hpp says how to read them.
// Floor: testing.
// May include: nothing of gesta.
#pragma once

namespace gesta::laws {

/// A law: what holds, in words, and the steps that show it on an empty store.
struct store_law {
  const char* name;
  const char* steps;
};

inline constexpr store_law store_laws[] = {
    // ---- an append and what it expects of a stream that has no event
    {"none holds for a stream without events", "append 1@none 4 -> 1..1; read 1 -> 1@1:4"},
    {"none holds for a stream with a name", "append a@none x -> 1..1; read a -> 1@1:x"},
    {"version 0 holds for a stream without events", "append 1@0 4 -> 1..1"},
    {"any holds for a stream without events", "append 1@any 4 -> 1..1"},
    {"exists does not hold for a stream without events", "append 1@exists 4 -> conflict 0 0; last -> 0"},
    {"version 1 does not hold for a stream without events", "append 1@1 4 -> conflict 0 0; last -> 0"},
    {"a high version does not hold for a stream without events", "append a@99 x -> conflict 0 0; last -> 0"},
    {"several events are appended in their order", "append 1@none 4 5 6 -> 1..3; read 1 -> 1@1:4 2@2:5 3@3:6"},
    {"events of several types are appended in their order", "append 1@none 4 5 ~6 ~7 -> 1..4; read 1 -> 1@1:4 2@2:5 3@3:~6 4@4:~7"},
    {"several events of any size are appended in their order", "append a@none x yy zzz -> 1..3; read a -> 1@1:x 2@2:yy 3@3:zzz"},
    {"several events under any", "append a@any x y -> 1..2"},
    {"several events under exists conflict where there is none", "append a@exists x y -> conflict 0 0; read a -> -"},

    // ---- the same of a stream that has events
    {"none does not hold for a stream with one event", "append 1@none 4; append 1@none 5 -> conflict 0 1; read 1 -> 1@1:4"},
    {"version 0 does not hold for a stream with one event", "append 1@none 4; append 1@0 5 -> conflict 0 1"},
    {"the version of the stream holds", "append 1@none 4; append 1@1 5 -> 2..2; read 1 -> 1@1:4 2@2:5"},
    {"the version of a stream with a name holds", "append a@none x y; append a@2 z -> 3..3"},
    {"a version too high does not hold", "append 1@none 4; append 1@2 5 -> conflict 0 1"},
    {"a version too low does not hold", "append 1@none 4 5 6; append 1@2 7 -> conflict 0 3"},
    {"any holds for a stream with events", "append 1@none 4; append 1@any 5 -> 2..2; append 1@any 5 -> 3..3"},
    {"exists holds for a stream with one event", "append 1@none 4; append 1@exists 5 -> 2..2"},
    {"exists holds for a stream with many events", "append a@none x y z; append a@exists x -> 4..4"},
    {"a conflict tells the version that was found", "append 1@none 1 2 3 4 5; append 1@9 1 -> conflict 0 5; append 1@none 6 -> conflict 0 5"},
    {"a conflict writes nothing", "append 1@none 4; append 1@7 5 6 -> conflict 0 1; read 1 -> 1@1:4; last -> 1; append 2@none 1 -> 2..2"},
    {"after a conflict the stream goes on", "append 1@none 4; append 1@none 5 -> conflict 0 1; append 1@1 5 -> 2..2"},
    {"streams have their own versions", "append 1@none 4 5; append 2@none 6; append 1@2 7 -> 4..4; append 2@1 8 -> 5..5"},
    {"streams of two aggregates have their own versions", "append 1@none 4; append a@none x; append 1@1 5 -> 3..3; append a@1 y -> 4..4"},
    {"names are told apart by every letter", "append a@none x; append aa@none y; append b@none z; read a -> 1@1:x; read aa -> 1@2:y; read b -> 1@3:z"},

    // ---- conditions: facts without events
    {"a condition alone that holds writes nothing", "append 1@none -> nothing; last -> 0; version 1 -> 0"},
    {"a condition on a version that holds writes nothing", "append 1@none 4 5; append 1@2 -> nothing; last -> 2"},
    {"a condition on a version too low conflicts", "append 1@none 4 5; append 1@1 -> conflict 0 2"},
    {"a condition on a version too high conflicts", "append 1@none 4 5; append 1@3 -> conflict 0 2"},
    {"a condition that some event exists", "append a@exists -> conflict 0 0; append a@none x; append a@exists -> nothing"},
    {"a condition of any always holds", "append a@any -> nothing; append a@none x; append a@any -> nothing"},
    {"a condition of none conflicts where there is an event", "append a@none x; append a@none -> conflict 0 1"},
    {"an append under a condition on a stream that is not written", "append 1@none 4; append a@none x, 1@1 -> 2..2; read 1 -> 1@1:4"},
    {"a condition that fails keeps the other stream from being written", "append 1@none 4; append a@none x, 1@2 -> conflict 1 1; read a -> -; last -> 1"},
    {"a condition may stand before what is written", "append 1@none 4; append 1@2, a@none x -> conflict 0 1; append 1@1, a@none x -> 2..2"},
    {"a condition that a stream has no event", "append a@none x, b@none -> 1..1; append a@1 y, b@none -> 2..2; append b@none z; append a@2 z, b@none -> conflict 1 1"},
    {"a condition that a stream has some event", "append a@none x, b@exists -> conflict 1 0; append b@none z; append a@none x, b@exists -> 2..2"},
    {"two conditions and one stream that is written", "append 1@none 4; append 2@none 5 5; append a@none x, 1@1, 2@2 -> 4..4; append a@1 y, 1@1, 2@1 -> conflict 2 2; version a -> 1"},
    {"a stream that was only a condition has no event", "append a@none x, 2@none; append 2@none 7 -> 2..2; read 2 -> 1@2:7"},

    // ---- several streams in one append
    {"two streams are written in one append, in the order given", "append 1@none 4 5, a@none x -> 1..3; log -> 1@1:4 2@2:5 1@3:x"},
    {"three streams in one append", "append a@none x, 1@none 4, b@none y -> 1..3; log -> 1@1:x 1@2:4 1@3:y"},
    {"each stream has its own expectation", "append 1@none 4; append 1@1 5, a@none x, 2@any 6 -> 2..4; version 1 -> 2"},
    {"the second stream's conflict writes nothing of the first", "append 1@none 4; append a@none x, 1@none 5 -> conflict 1 1; read a -> -; last -> 1"},
    {"the third stream's conflict writes nothing of the others", "append 1@none 4; append a@none x, b@none y, 1@3 5 -> conflict 2 1; last -> 1; read b -> -"},
    {"the first conflict is the one that is told", "append 1@none 4; append 2@none 5; append 1@none 6, 2@none 6 -> conflict 0 1; append 2@9 6, 1@9 6 -> conflict 0 1"},
    {"exists in the second stream", "append 1@none 4, a@exists x -> conflict 1 0; version 1 -> 0; append a@none x; append 1@none 4, a@exists y -> 2..3"},
    {"one stream named twice is an error and writes nothing", "append 1@none 4, 1@1 5 -> duplicate; last -> 0"},
    {"one stream named twice, once as a condition, is an error", "append a@none x, a@none -> duplicate; last -> 0"},
    {"one stream named twice around another is an error", "append a@none x, 1@none 4, a@1 y -> duplicate; last -> 0; version 1 -> 0"},
    {"the same name in two aggregates is two streams", "append 1@none 4, a@none x -> 1..2; append 2@none 5, b@none y -> 3..4"},
    {"an append of many streams is one unit: nothing lies between its events", "append 1@none 1 2, a@none x y, 2@none 3 -> 1..5; log -> 1@1:1 2@2:2 1@3:x 2@4:y 1@5:3"},

    // ---- the same append again
    {"the same event at the same version is a repetition", "append 1@none 4 -> 1..1; append 1@none 4 -> again 1..1; last -> 1"},
    {"the same events at the same version are a repetition", "append 1@0 4 5 6; append 1@0 4 5 6 -> again 1..3; last -> 3"},
    {"a repetition in the middle of a stream", "append 1@none 1 2; append 1@2 3 4; append 1@4 5; append 1@2 3 4 -> again 3..4; version 1 -> 5"},
    {"a repetition at the end of a stream", "append a@none x; append a@1 y z; append a@1 y z -> again 2..3"},
    {"a prefix of what was appended is a repetition", "append 1@none 4 5 6; append 1@none 4 -> again 1..1; append 1@none 4 5 -> again 1..2"},
    {"a prefix of words is a repetition", "append a@none x y z; append a@none x y -> again 1..2"},
    {"a part behind a version is a repetition", "append 1@none 4 5 6; append 1@1 5 6 -> again 2..3; append 1@2 6 -> again 3..3"},
    {"some that lie there and others that are new are a conflict", "append 1@none 4 5; append 1@none 4 5 6 -> conflict 0 2; append 1@1 5 6 -> conflict 0 2; last -> 2"},
    {"another event in the place is a conflict", "append 1@none 4; append 1@none 5 -> conflict 0 1"},
    {"an event of another type with the same content is a conflict", "append 1@none 4; append 1@none ~4 -> conflict 0 1; append 1@1 ~4; append 1@1 4 -> conflict 0 2"},
    {"a difference in the last event is a conflict", "append 1@none 4 5 6; append 1@none 4 5 7 -> conflict 0 3"},
    {"a difference in the last letter is a conflict", "append a@none word; append a@none work -> conflict 0 1; append a@none wor -> conflict 0 1; append a@none words -> conflict 0 1"},
    {"any knows no repetition", "append 1@any 4 -> 1..1; append 1@any 4 -> 2..2"},
    {"exists knows no repetition", "append 1@none 4; append 1@exists 5 -> 2..2; append 1@exists 5 -> 3..3"},
    {"a repetition changes no state", "append 1@none 4 5; append 1@none 4 5 -> again 1..2; state 1 -> 45"},
    {"a repetition between other streams has its first positions", "append 1@none 4; append 2@none 7; append 1@1 5; append 2@1 8; append 1@1 5 -> again 3..3"},
    {"a repetition of several streams", "append 1@none 4, a@none x -> 1..2; append 1@none 4, a@none x -> again 1..2; last -> 2"},
    {"a repetition of several streams in another order", "append 1@none 4, a@none x; append a@none x, 1@none 4 -> again 1..2"},
    {"a repetition of one stream and something new in another is a conflict", "append 1@none 4; append 1@none 4, a@none x -> conflict 0 1; read a -> -"},
    {"a repetition holds although its condition no longer does", "append a@none x, 1@none -> 1..1; append 1@none 4; append a@none x, 1@none -> again 1..1"},
    {"a repetition of what was decided", "handle 1 4 -> 1@1; append 1@none 4 -> again 1..1"},
    {"the same again long after", "append 1@none 4; append 1@1 5; append 2@none 1 2 3; append 1@2 6; append 1@none 4 -> again 1..1; last -> 6"},
    {"a repetition does not read too far", "append 1@none 4 4 4; append 1@1 4 -> again 2..2; append 1@1 4 4 -> again 2..3; append 1@1 4 4 4 -> conflict 0 3"},

    // ---- appends under a name
    {"a named append is recognised under any", "append 1@any 4 once=7 -> 1..1; append 1@any 4 once=7 -> again 1..1; last -> 1"},
    {"a named append of several events", "append 1@any 4 5 6 once=7 -> 1..3; append 1@any 4 5 6 once=7 -> again 1..3"},
    {"a named append of several streams", "append 1@any 4, a@any x once=7 -> 1..2; append 1@any 4, a@any x once=7 -> again 1..2"},
    {"two names are two appends", "append 1@any 4 once=7; append 1@any 4 once=8 -> 2..2"},
    {"a conflict is not remembered under its name", "append 1@exists 4 once=7 -> conflict 0 0; append 1@none 3; append 1@exists 4 once=7 -> 2..2; append 1@exists 4 once=7 -> again 2..2"},
    {"a named condition is remembered as nothing", "append 1@none once=7 -> nothing; append 1@none 4; append 1@none once=7 -> again nothing"},
    {"a named append is recognised after others", "append 1@any 4 once=7; append 2@any 1 2 once=8; append 1@any 5 once=9; append 2@any 1 2 once=8 -> again 2..3"},
    {"names are recognised in any order", "append 1@any 4 once=9; append 1@any 5 once=3; append 1@any 6 once=6; append 1@any 5 once=3 -> again 2..2; append 1@any 4 once=9 -> again 1..1"},

    // ---- the time of facts
    {"an append has the time of its unit", "append 1@none 4 5; append 1@2 6; time 1 -> 1 1 2"},
    {"facts may have happened at another time", "append 1@none 4 time=77; append 1@1 5 6 time=78; time 1 -> 77 78 78"},
    {"the time of facts is what as-of reads go by", "append 1@none 4 time=10; append 1@1 5 time=20; append 1@2 6 time=30; state 1 time=20 -> 45; state 1 time=9 -> -; state 1 time=30 -> 456"},

    // ---- reading one stream
    {"a stream without events is empty", "read 1 -> -; read a -> -"},
    {"a stream is read from its first event", "append 1@none 4 5 6; read 1 -> 1@1:4 2@2:5 3@3:6"},
    {"after excludes its version", "append 1@none 4 5 6; read 1 after=1 -> 2@2:5 3@3:6; read 1 after=2 -> 3@3:6"},
    {"after the last event there is nothing", "append 1@none 4 5 6; read 1 after=3 -> -; read 1 after=99 -> -"},
    {"after 0 is everything", "append a@none x y; read a after=0 -> 1@1:x 2@2:y"},
    {"to includes its version", "append 1@none 4 5 6; read 1 to=2 -> 1@1:4 2@2:5; read 1 to=1 -> 1@1:4"},
    {"to 0 is nothing", "append 1@none 4 5 6; read 1 to=0 -> -"},
    {"to beyond the end is everything", "append 1@none 4 5; read 1 to=99 -> 1@1:4 2@2:5"},
    {"from and to together", "append 1@none 4 5 6 7; read 1 after=1 to=3 -> 2@2:5 3@3:6; read 1 after=1 to=2 -> 2@2:5"},
    {"bounds that cross are nothing", "append 1@none 4 5 6; read 1 after=2 to=2 -> -; read 1 after=3 to=1 -> -"},
    {"a limit counts from the first", "append 1@none 4 5 6; read 1 limit=1 -> 1@1:4; read 1 limit=2 -> 1@1:4 2@2:5"},
    {"a limit of 0 is nothing", "append 1@none 4 5 6; read 1 limit=0 -> -"},
    {"a limit above the number of events is everything", "append a@none x y; read a limit=99 -> 1@1:x 2@2:y"},
    {"a limit counts behind after", "append 1@none 4 5 6 7; read 1 after=1 limit=2 -> 2@2:5 3@3:6"},
    {"backwards begins with the last", "append 1@none 4 5 6; read 1 back -> 3@3:6 2@2:5 1@1:4"},
    {"backwards with a limit is the last events", "append 1@none 4 5 6; read 1 back limit=1 -> 3@3:6; read 1 back limit=2 -> 3@3:6 2@2:5"},
    {"backwards from a version", "append 1@none 4 5 6 7; read 1 back to=3 -> 3@3:6 2@2:5 1@1:4; read 1 back to=3 limit=1 -> 3@3:6"},
    {"backwards down to a version", "append 1@none 4 5 6 7; read 1 back after=2 -> 4@4:7 3@3:6; read 1 back after=1 to=2 -> 2@2:5"},
    {"backwards of an empty stream is nothing", "read a back -> -; read a back limit=1 -> -"},
    {"a stream is read alone although others lie between", "append 1@none 4; append a@none x; append 1@1 5; append 2@none 9; append 1@2 6; read 1 -> 1@1:4 2@3:5 3@5:6; read 1 back -> 3@5:6 2@3:5 1@1:4"},
    {"bounds of a stream are its versions, not positions", "append 2@none 1 2 3; append 1@none 4 5; read 1 after=1 -> 2@5:5; read 1 to=1 -> 1@4:4"},
    {"words come back as they were", "append a@none {} -- \"q\" 'q' %s \\n; read a -> 1@1:{} 2@2:-- 3@3:\"q\" 4@4:'q' 5@5:%s 6@6:\\n"},

    // ---- reading the log
    {"the empty log is empty", "log -> -; last -> 0; log back -> -"},
    {"the log is in the order of appends", "append 1@none 4; append a@none x; append 1@1 5; log -> 1@1:4 1@2:x 2@3:5"},
    {"the log after a position", "append 1@none 4; append a@none x; append 1@1 5; log after=1 -> 1@2:x 2@3:5; log after=2 -> 2@3:5"},
    {"the log after its end is nothing", "append 1@none 4; log after=1 -> -; log after=99 -> -"},
    {"the log up to a position", "append 1@none 4; append a@none x; append 1@1 5; log to=2 -> 1@1:4 1@2:x; log to=0 -> -"},
    {"the log between two positions", "append 1@none 1 2 3 4 5; log after=1 to=4 -> 2@2:2 3@3:3 4@4:4; log after=4 to=4 -> -"},
    {"the log with a limit", "append 1@none 1 2 3; append a@none x; log limit=2 -> 1@1:1 2@2:2; log limit=0 -> -; log after=2 limit=1 -> 3@3:3"},
    {"the log backwards", "append 1@none 1 2; append a@none x; log back -> 1@3:x 2@2:2 1@1:1"},
    {"the log backwards with a limit", "append 1@none 1 2; append a@none x; log back limit=2 -> 1@3:x 2@2:2"},
    {"the log backwards from a position", "append 1@none 1 2 3 4; log back to=3 -> 3@3:3 2@2:2 1@1:1; log back to=3 limit=1 -> 3@3:3"},
    {"the log backwards down to a position", "append 1@none 1 2 3 4; log back after=2 -> 4@4:4 3@3:3; log back after=1 to=3 limit=1 -> 3@3:3"},
    {"what is appended later appears behind what was read", "append 1@none 1; log after=0 -> 1@1:1; append 2@none 2; log after=1 -> 1@2:2; append 1@1 3; log after=2 -> 2@3:3"},

    // ---- decisions and appends on one stream
    {"a decision goes on behind facts", "append 1@none 4 5; handle 1 6 -> 3@3; state 1 -> 456"},
    {"facts go on behind a decision", "handle 1 4 -> 1@1; append 1@1 5 -> 2..2; state 1 -> 45"},
    {"a decision under an expected version", "append 1@none 4; handle 1 5 expected=1 -> 2@2; handle 1 6 expected=1 -> conflict 2; state 1 -> 45"},
    {"a decision under any", "handle 1 4 expected=any -> 1@1; handle 1 5 expected=any -> 2@2"},
    {"a decision under none", "handle 1 4 expected=none -> 1@1; handle 1 5 expected=none -> conflict 1"},
    {"a decision under exists", "handle a x expected=exists -> conflict 0; handle a x; handle a y expected=exists -> 2@2"},
    {"two events of one decision lie behind each other", "handle 1 4,5 -> 2@2; read 1 -> 1@1:4 2@2:~5; state 1 -> -45"},
    {"a refusal records nothing", "handle 1 9 -> rejected; last -> 0; handle 1 4 -> 1@1; handle 1 9 -> rejected; state 1 -> 4"},
    {"nothing to do records nothing", "handle 1 0 -> nothing; last -> 0"},
    {"a repeated decision under a name", "handle 1 4 once=1 -> 1@1; handle 1 4 once=1 -> again 1@1; last -> 1"},
    {"a repeated refusal under a name", "handle 1 9 once=1 -> rejected; append 1@none 4; handle 1 9 once=1 -> again rejected"},
    {"a repeated nothing under a name", "handle 1 0 once=1 -> nothing; handle 1 0 once=1 -> again nothing"},
    {"a conflict is not remembered", "handle 1 4 once=1 expected=1 -> conflict 0; append 1@none 3; handle 1 4 once=1 expected=1 -> 2@2; handle 1 4 once=1 expected=1 -> again 2@2"},
    {"a repeated decision has its first version and position", "handle 1 4 once=1; handle 1 5; append a@none x; handle 1 4 once=1 -> again 1@1"},

    // ---- units of several steps
    {"a batch is kept together", "batch; append 1@none 4; append 1@1 5; handle a x; commit; log -> 1@1:4 2@2:5 1@3:x"},
    {"a batch that is taken back leaves nothing", "append 1@none 4; batch; append 1@1 5; append a@none x; handle 2 7; rollback; log -> 1@1:4; state 1 -> 4; state a -> -; version 2 -> 0"},
    {"within a batch its own events are read", "batch; append 1@none 4 5; read 1 -> 1@1:4 2@2:5; log -> 1@1:4 2@2:5; state 1 -> 45; last -> 2; commit"},
    {"within a batch versions count its own events", "batch; append 1@none 4; append 1@none 5 -> conflict 0 1; append 1@1 5 -> 2..2; commit; state 1 -> 45"},
    {"a conflict within a batch leaves the batch as it was", "batch; append 1@none 4; append 1@7 5 -> conflict 0 1; append 1@1 6; commit; state 1 -> 46"},
    {"a repetition within a batch is recognised", "append 1@none 4; batch; append 1@none 4 -> again 1..1; append 1@1 5; append 1@1 5 -> again 2..2; commit; last -> 2"},
    {"a named append within a batch is recognised", "batch; append 1@any 4 once=1; append 1@any 4 once=1 -> again 1..1; commit; append 1@any 4 once=1 -> again 1..1"},
    {"a name of a batch that was taken back is fresh", "batch; append 1@any 4 once=1; rollback; append 1@any 4 once=1 -> 1..1"},
    {"positions of a batch that was taken back are given again", "append 1@none 4; batch; append 1@1 5 6 7; rollback; append 2@none 1 -> 2..2; last -> 2"},
    {"a stream made in a batch that was taken back is new again", "batch; append a@none x; rollback; append a@none y -> 1..1; read a -> 1@1:y"},
    {"an empty batch", "batch; commit; last -> 0; batch; rollback; last -> 0; append 1@none 4 -> 1..1"},
    {"a batch after a batch", "batch; append 1@none 4; commit; batch; append 1@1 5; rollback; batch; append 1@1 6; commit; read 1 -> 1@1:4 2@2:6"},
    {"a rejection within a batch leaves the batch as it was", "batch; handle 1 4; handle 1 9 -> rejected; handle 1 5; commit; state 1 -> 45"},
    {"several streams within a batch", "batch; append 1@none 4, a@none x; append 1@1 5, a@1 y; commit; log -> 1@1:4 1@2:x 2@3:5 2@4:y"},
    {"reading backwards within a batch", "append 1@none 4; batch; append 1@1 5 6; read 1 back limit=2 -> 3@3:6 2@2:5; log back limit=1 -> 3@3:6; rollback"},

    // ---- what was
    {"a state at a version", "append 1@none 4 5 6; state 1 version=2 -> 45; state 1 version=0 -> -; state 1 version=99 -> 456"},
    {"a state at a position", "append 1@none 4; append a@none x; append 1@1 5; state 1 position=1 -> 4; state 1 position=2 -> 4; state 1 position=3 -> 45; state a position=1 -> -; state a position=2 -> x"},
    {"a state at a time", "append 1@none 4; append a@none x; append 1@1 5; state 1 time=2 -> 4; state 1 time=3 -> 45"},
    {"what was does not change with what comes", "append 1@none 4 5; state 1 version=1 -> 4; append 1@2 6; handle 1 7; state 1 version=1 -> 4; state 1 version=2 -> 45"},

    // ---- a store that outlives its program
    {"what was appended is there when it is opened again", "append 1@none 4 5; append a@none x; reopen; log -> 1@1:4 2@2:5 1@3:x; state 1 -> 45; append 1@2 6 -> 4..4"},
    {"a repetition is recognised when it is opened again", "append 1@none 4 5; reopen; append 1@none 4 5 -> again 1..2; append 1@none 5 -> conflict 0 2"},
    {"a name is recognised when it is opened again", "append 1@any 4 once=1; reopen; append 1@any 4 once=1 -> again 1..1; append 1@any 4 once=2 -> 2..2"},
    {"a batch without its commit is not there", "append 1@none 4; batch; append 1@1 5; reopen; read 1 -> 1@1:4; append 1@1 6 -> 2..2"},
    {"words of any form survive", "append a@none {} \\0 ; reopen; read a -> 1@1:{} 2@2:\\0"},

    // ---- several programs on one store
    {"what another appended is seen by the next unit", "append 1@none 4; other append 1@1 5 -> 2..2; append 1@2 6 -> 3..3; state 1 -> 456"},
    {"an expectation is held against what another appended", "append 1@none 4; other append 1@1 5; append 1@1 6 -> conflict 0 2; append 1@2 6 -> 3..3"},
    {"a stream that another made is not made again", "other append a@none x; append a@none y -> conflict 0 1; append a@1 y -> 2..2"},
    {"what another appended is a repetition", "other append 1@none 4 5 -> 1..2; append 1@none 4 5 -> again 1..2"},
    {"a name that another used is recognised", "other append 1@any 4 once=1 -> 1..1; append 1@any 4 once=1 -> again 1..1"},
    {"two programs take turns", "append 1@none 1; other append 1@1 2; append 1@2 3; other append 1@3 4; append 1@4 5; state 1 -> 12345"},
    {"a condition is held against what another appended", "append a@none x; other append 1@none 4; append a@1 y, 1@none -> conflict 1 1; append a@1 y, 1@1 -> 3..3"},
    {"a decision is made on what another appended", "other append 1@none 4; handle 1 5 expected=1 -> 2@2; other handle 1 6 -> 3@3; handle 1 7 -> 4@4"},
    {"who only looks sees what another appended", "append 1@none 4; other append 1@1 5, a@none x; look; state 1 -> 45; version a -> 1; last -> 3"},
    {"reading begins with what another appended", "other append 1@none 4; read 1 -> 1@1:4; state 1 -> 4; other append 1@1 5; log after=1 -> 2@2:5; last -> 2"},
    {"types that another stored first are known", "append 1@none 4; other append 1@1 ~5; other append a@none x; log -> 1@1:4 2@2:~5 1@3:x"},
    {"what another took back is not there", "other batch; other append 1@none 4; other rollback; append 1@none 5 -> 1..1; state 1 -> 5"},
};

}  // namespace gesta::laws
