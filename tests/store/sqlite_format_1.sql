pragma application_id=1734701940;
pragma user_version=1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE types(
  type      integer primary key,
  kind      text    not null,
  id        text    not null,
  version   integer not null,
  unique(kind, id, version));
INSERT INTO types VALUES(1,'aggregate','test.account',1);
INSERT INTO types VALUES(2,'event','test.opened',1);
INSERT INTO types VALUES(3,'event','test.noted',1);
INSERT INTO types VALUES(4,'rejection','test.full_up',1);
INSERT INTO types VALUES(5,'event','test.closed',1);
INSERT INTO types VALUES(6,'aggregate','test.seat',1);
INSERT INTO types VALUES(7,'event','test.taken',1);
CREATE TABLE streams(
  stream    integer primary key,
  aggregate integer not null references types,
  key               not null,
  unique(aggregate, key));
INSERT INTO streams VALUES(1,1,'ann');
INSERT INTO streams VALUES(2,1,'bob');
INSERT INTO streams VALUES(3,6,X'0003046c656674');
INSERT INTO streams VALUES(4,1,'carl');
CREATE TABLE events(
  position    integer primary key,
  stream      integer not null references streams,
  version     integer not null,
  previous    integer references events,
  type        integer not null references types,
  time        integer not null,
  correlation blob,
  causation   blob,
  payload     blob not null);
INSERT INTO events VALUES(1,1,1,NULL,2,1700000000000000000,X'0000000000000001000000006553f100',X'00000000000000070000000000000007',X'0100000000000000');
INSERT INTO events VALUES(2,2,1,NULL,2,1700000001000000000,X'0000000000000001000000006553f101',NULL,X'0200000000000000');
INSERT INTO events VALUES(3,1,2,1,3,1700000002000000000,X'0000000000000001000000006553f102',X'00000000000000070000000000000007',X'0568656c6c6f');
INSERT INTO events VALUES(4,2,2,2,5,1700000003000000000,X'0000000000000001000000006553f103',NULL,X'');
INSERT INTO events VALUES(5,1,3,3,3,1700000004000000000,X'0000000000000001000000006553f104',X'00000000000000070000000000000007',X'147878787878787878787878787878787878787878');
INSERT INTO events VALUES(6,3,1,NULL,7,0,NULL,NULL,X'09');
INSERT INTO events VALUES(7,4,1,NULL,2,1700000005000000000,X'0000000000000001000000006553f105',NULL,X'0300000000000000');
CREATE TABLE sources(
  source    integer primary key,
  name      text not null unique);
INSERT INTO sources VALUES(1,'sender');
CREATE TABLE outcomes(
  source    integer not null references sources,
  number    integer not null,
  verdict   integer not null,
  version   integer not null,
  position  integer references events,
  rejection integer references types,
  payload   blob,
  primary key(source, number)) without rowid;
INSERT INTO outcomes VALUES(1,1,0,2,3,NULL,NULL);
INSERT INTO outcomes VALUES(1,2,2,2,NULL,4,X'05000000');
COMMIT;
