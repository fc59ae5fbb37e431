#include <sqlite3.h>

// No SQL can corrupt the file (SQLITE_DBCONFIG_DEFENSIVE). Swift does not import functions of variable arguments.
static inline int gpc_replay_defensive(sqlite3 *database) {
  return sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}
