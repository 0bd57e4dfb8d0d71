// SPDX-License-Identifier: Apache-2.0

#include "database.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

// The part of sqlite3.h that is used here; SQLite promises never to change it (sqlite.org/capi3ref.html).
typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;

enum {
  RESULT_OK = 0,
  RESULT_BUSY = 5,
  RESULT_LOCKED = 6,
  RESULT_READONLY = 8,
  RESULT_IOERR = 10,
  RESULT_CANTOPEN = 14,
  RESULT_ROW = 100,
  RESULT_DONE = 101,
  OPEN_READONLY = 0x00000001,
  OPEN_PRIVATECACHE = 0x00040000,
  LIMIT_LENGTH = 0,
  TYPE_NULL = 5,
  // One step of the virtual machine reads or compares one thing: a table of two columns needs a few hundred.
  MOST_STEPS = 1000000,
  MOST_ROWS = 1000,
};

struct library {
  int (*open)(const char *, sqlite3 **, int, const char *);
  int (*close)(sqlite3 *);
  int (*busy_timeout)(sqlite3 *, int);
  int (*limit)(sqlite3 *, int, int);
  void (*progress_handler)(sqlite3 *, int, int (*)(void *), void *);
  int (*prepare)(sqlite3 *, const char *, int, sqlite3_stmt **, const char **);
  int (*bind_text)(sqlite3_stmt *, int, const char *, int, void (*)(void *));
  int (*step)(sqlite3_stmt *);
  int (*column_count)(sqlite3_stmt *);
  int (*column_type)(sqlite3_stmt *, int);
  const void *(*column_blob)(sqlite3_stmt *, int);
  int (*column_bytes)(sqlite3_stmt *, int);
  int (*finalize)(sqlite3_stmt *);
};

static int load(struct library *library) {
#ifdef __APPLE__
  void *handle = dlopen("/usr/lib/libsqlite3.dylib", RTLD_NOW | RTLD_LOCAL);
#else
  void *handle = dlopen("libsqlite3.so.0", RTLD_NOW | RTLD_LOCAL);
#endif
  if (handle == NULL) return 0;
  struct {
    void *place;
    const char *name;
  } symbols[] = {
      {&library->open, "sqlite3_open_v2"},
      {&library->close, "sqlite3_close"},
      {&library->busy_timeout, "sqlite3_busy_timeout"},
      {&library->limit, "sqlite3_limit"},
      {&library->progress_handler, "sqlite3_progress_handler"},
      {&library->prepare, "sqlite3_prepare_v2"},
      {&library->bind_text, "sqlite3_bind_text"},
      {&library->step, "sqlite3_step"},
      {&library->column_count, "sqlite3_column_count"},
      {&library->column_type, "sqlite3_column_type"},
      {&library->column_blob, "sqlite3_column_blob"},
      {&library->column_bytes, "sqlite3_column_bytes"},
      {&library->finalize, "sqlite3_finalize"},
  };
  for (size_t index = 0; index < sizeof symbols / sizeof symbols[0]; index++) {
    void *symbol = dlsym(handle, symbols[index].name);
    if (symbol == NULL) return 0;
    memcpy(symbols[index].place, &symbol, sizeof symbol);
  }
  return 1;
}

static int stop(void *context) {
  (void)context;
  return 1;
}

static enum platform_database_result meaning(int result) {
  // Extended codes have the plain one in their low byte.
  switch (result & 0xFF) {
  case RESULT_OK:
  case RESULT_DONE: return PLATFORM_DATABASE_OK;
  case RESULT_BUSY:
  case RESULT_LOCKED: return PLATFORM_DATABASE_BUSY;
  // A journal that its writer left behind can be rolled back by a writer only.
  case RESULT_READONLY:
  case RESULT_IOERR:
  case RESULT_CANTOPEN: return PLATFORM_DATABASE_UNREADABLE;
  default: return PLATFORM_DATABASE_WRONG;
  }
}

static int rows(const struct library *library, sqlite3_stmt *statement, void *context, platform_database_take take) {
  for (int row = 0;; row++) {
    int result = library->step(statement);
    if (result != RESULT_ROW) return result;
    if (row == MOST_ROWS) return RESULT_DONE;
    int columns = library->column_count(statement);
    for (int column = 0; column < columns; column++) {
      if (library->column_type(statement, column) == TYPE_NULL) {
        take(context, row, column, NULL, 0);
        continue;
      }
      const void *bytes = library->column_blob(statement, column);
      int length = library->column_bytes(statement, column);
      take(context, row, column, bytes == NULL ? "" : bytes, length);
    }
  }
}

enum platform_database_result platform_database_ask(const char *path, const char *text,
                                                    const char *const *parameters, int parameter_count,
                                                    int milliseconds, int longest, void *context,
                                                    platform_database_take take) {
  struct library library;
  if (!load(&library)) return PLATFORM_DATABASE_NO_LIBRARY;
  sqlite3 *database = NULL;
  sqlite3_stmt *statement = NULL;
  int result = library.open(path, &database, OPEN_READONLY | OPEN_PRIVATECACHE, NULL);
  if (result == RESULT_OK) {
    library.busy_timeout(database, milliseconds);
    library.limit(database, LIMIT_LENGTH, longest);
    library.progress_handler(database, MOST_STEPS, stop, NULL);
    result = library.prepare(database, text, -1, &statement, NULL);
  }
  for (int index = 0; result == RESULT_OK && index < parameter_count; index++) {
    // Without a destructor the text has to outlive the statement, which it does.
    result = library.bind_text(statement, index + 1, parameters[index], -1, NULL);
  }
  if (result == RESULT_OK) result = rows(&library, statement, context, take);
  library.finalize(statement);
  library.close(database);
  return meaning(result);
}
