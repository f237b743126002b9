// The ledger and fulfilment in a PostgreSQL database, for main: they are compiled in files of their own.
// May include: own folder.
#pragma once

namespace retail {

struct options;
/// All that the command line asks, on the database that it names. Returns what the process ends with.
int run_on_postgres(const options& asked);

struct fulfil_options;
/// `retail fulfil` on the database that it names.
int fulfil_on_postgres(const fulfil_options& asked);

}  // namespace retail
