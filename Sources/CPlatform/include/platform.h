// SPDX-License-Identifier: Apache-2.0
//
// Calls that glibc declares only under _GNU_SOURCE, which Swift's Glibc module is built without.
#ifndef LANYARD_PLATFORM_H
#define LANYARD_PLATFORM_H

#include <spawn.h>

/// The flag that makes a spawned process the leader of a session of its own; 0 if unknown here.
short platform_spawn_setsid(void);

/// Closes every descriptor from `first` upwards in the child. Returns 0 or an error number.
int platform_spawn_close_from(posix_spawn_file_actions_t *actions, int first);

/// Changes the working directory of the child. Returns 0 or an error number.
int platform_spawn_chdir(posix_spawn_file_actions_t *actions, const char *path);

/// Makes a pipe whose ends are both close-on-exec. Returns 0 or -1 with errno.
int platform_pipe(int ends[2]);

/// Makes a terminal give out every key at once and show none, keys that send signals excepted. Drops what was typed before.
///
/// HUP, INT, QUIT and TERM restore it before they do what they would have done; at most one terminal at a time.
/// Returns 0, or -1 with errno.
int platform_quiet_terminal(int descriptor);

/// Undoes `platform_quiet_terminal`; harmless without it.
void platform_restore_terminal(void);

/// Has the kernel write no core file of this process and let no other process of the user look into its memory, until
/// it executes another program.
void platform_forbid_dumps(void);

#endif
