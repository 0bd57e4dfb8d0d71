// SPDX-License-Identifier: Apache-2.0
//
// Questions to SQLite files, by the system's library, which is opened at the first question and not linked.
#ifndef LANYARD_DATABASE_H
#define LANYARD_DATABASE_H

/// What a question came to.
enum platform_database_result {
  PLATFORM_DATABASE_OK = 0,
  /// The library is not installed.
  PLATFORM_DATABASE_NO_LIBRARY,
  /// Another program holds the file.
  PLATFORM_DATABASE_BUSY,
  /// The file cannot be opened or read.
  PLATFORM_DATABASE_UNREADABLE,
  /// The file is none of SQLite's, is damaged, or has no such table.
  PLATFORM_DATABASE_WRONG,
};

/// Takes one value: its row and column, counted from 0, and its bytes; NULL for no value.
typedef void (*platform_database_take)(void *context, int row, int column, const void *bytes, int length);

/// Asks an SQLite file, opened for reading only, one SELECT with text parameters.
///
/// Waits `milliseconds` for a lock of another program. No value may have more than `longest` bytes, and no question may
/// cost more than some million steps, because a file can hold a view that never ends.
enum platform_database_result platform_database_ask(const char *path, const char *statement,
                                                    const char *const *parameters, int parameter_count,
                                                    int milliseconds, int longest, void *context,
                                                    platform_database_take take);

#endif
