// A thread waits for the signals and cleans up, so that it may lock and wait, as a handler must not. Before
// it removes anything all other threads are stopped: one that went on would write the next file behind its
// back.
#include "tools/cli/interruption.h"

#include <marchland/io/unfinished_output.h>

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cstring>
#include <thread>

namespace marchland::cli {
namespace {

constexpr int kInterrupted = 130;
constexpr int kStop = SIGUSR2;

std::atomic<int> stopped{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may use no lock");

void stop_here(int /*signal*/) {
  stopped.fetch_add(1);
  for (;;) ::pause();
}

/// A descriptor of the folder of our threads, opened before any of them may hold the lock of the allocator.
DIR* threads_of_process = nullptr;

/// Signals every other thread until each has stopped; those in a call to a slow disk get a second.
void stop_others() {
  const auto self = static_cast<pid_t>(::syscall(SYS_gettid));
  for (int round = 0; round < 1000; ++round) {
    int others = 0;
    ::rewinddir(threads_of_process);
    while (const dirent* entry = ::readdir(threads_of_process)) {
      pid_t thread = 0;
      const auto [end, error] =
          std::from_chars(entry->d_name, entry->d_name + std::strlen(entry->d_name), thread);
      if (error != std::errc() || thread == self) continue;
      ++others;
      // To one that has stopped it does nothing more.
      ::syscall(SYS_tgkill, ::getpid(), thread, kStop);
    }
    if (stopped.load() >= others) return;
    const timespec millisecond{0, 1'000'000};
    ::nanosleep(&millisecond, nullptr);
  }
}

void wait_and_clean(const sigset_t signals) {
  int signal = 0;
  while (::sigwait(&signals, &signal) != 0) {
  }
  threads_of_process = ::opendir("/proc/self/task");
  // Without /proc they cannot be found, and all but what they write just now is removed.
  remove_unfinished_outputs(threads_of_process != nullptr ? stop_others : [] {});
  if (signal == SIGINT) ::_exit(kInterrupted);
  // Its parent is to see what ended it.
  ::signal(signal, SIG_DFL);
  sigset_t one;
  ::sigemptyset(&one);
  ::sigaddset(&one, signal);
  ::pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
  ::raise(signal);
  ::_exit(kInterrupted);
}

}  // namespace

void watch_for_interruption() {
  struct sigaction stop{};
  stop.sa_handler = stop_here;
  ::sigfillset(&stop.sa_mask);
  ::sigaction(kStop, &stop, nullptr);

  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now{};
    ::sigaction(signal, nullptr, &now);
    if (signal == SIGHUP && now.sa_handler == SIG_IGN) continue;
    // A shell that starts a program in the background has it ignore SIGINT, which then would never arrive.
    ::signal(signal, SIG_DFL);
    ::sigaddset(&signals, signal);
  }
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread(wait_and_clean, signals).detach();
}

}  // namespace marchland::cli
