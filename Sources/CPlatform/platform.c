// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE 1

#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

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

static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
enum { endings = sizeof ending / sizeof *ending };

// What a signal handler needs; written only while no handler of ours is installed.
static volatile sig_atomic_t guarded = -1;
static struct termios original;
static struct sigaction previous[endings];

static void restore_and_pass_on(int number) {
  int saved = errno;
  if (guarded >= 0) tcsetattr(guarded, TCSANOW, &original);
  for (int index = 0; index < endings; index++) {
    if (ending[index] == number) sigaction(number, &previous[index], NULL);
  }
  // Pending until this handler returns; then whatever was to happen without us happens.
  raise(number);
  errno = saved;
}

static void watch_endings(void) {
  struct sigaction action = {.sa_handler = restore_and_pass_on};
  sigemptyset(&action.sa_mask);
  // In the background, changing the terminal would stop us otherwise.
  sigaddset(&action.sa_mask, SIGTTOU);
  for (int index = 0; index < endings; index++) {
    sigaction(ending[index], NULL, &previous[index]);
    if (previous[index].sa_handler != SIG_IGN) sigaction(ending[index], &action, NULL);
  }
}

int platform_quiet_terminal(int descriptor) {
  if (guarded >= 0) {
    errno = EBUSY;
    return -1;
  }
  if (tcgetattr(descriptor, &original) != 0) return -1;
  struct termios quiet = original;
  quiet.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHOE | ECHOK | ECHONL | IEXTEN);
  quiet.c_iflag |= ICRNL;
  quiet.c_cc[VMIN] = 1;
  quiet.c_cc[VTIME] = 0;
  watch_endings();
  guarded = descriptor;
  if (tcsetattr(descriptor, TCSAFLUSH, &quiet) == 0) return 0;
  int failure = errno;
  platform_restore_terminal();
  errno = failure;
  return -1;
}

void platform_restore_terminal(void) {
  if (guarded < 0) return;
  sigset_t background, before;
  sigemptyset(&background);
  sigaddset(&background, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &background, &before);
  tcsetattr(guarded, TCSANOW, &original);
  guarded = -1;
  for (int index = 0; index < endings; index++) sigaction(ending[index], &previous[index], NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void platform_forbid_dumps(void) {
#ifdef __linux__
  // Not the limit of core files: it does not hold for cores that are piped to a program, and children would have it too.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#else
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
#endif
}
