// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE 1

#include "platform.h"

#include <fcntl.h>
#include <unistd.h>

short platform_spawn_setsid(void) {
#ifdef POSIX_SPAWN_SETSID
  return POSIX_SPAWN_SETSID;
#else
  return 0;
#endif
}

int platform_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
#if defined(__GLIBC__)
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
#elif defined(__linux__)
  // musl has no closefrom; it ignores the closing of what is not open, and Linux gives out low numbers first.
  for (int descriptor = first; descriptor < 1024; descriptor++) {
    int status = posix_spawn_file_actions_addclose(actions, descriptor);
    if (status != 0) return status;
  }
  return 0;
#else
  // POSIX_SPAWN_CLOEXEC_DEFAULT does it.
  (void)actions;
  (void)first;
  return 0;
#endif
}

int platform_spawn_chdir(posix_spawn_file_actions_t *actions, const char *path) {
  return posix_spawn_file_actions_addchdir_np(actions, path);
}

int platform_pipe(int ends[2]) {
#ifdef __linux__
  return pipe2(ends, O_CLOEXEC);
#else
  if (pipe(ends) != 0) return -1;
  if (fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0) return 0;
  close(ends[0]);
  close(ends[1]);
  return -1;
#endif
}
