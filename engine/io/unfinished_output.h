#pragma once
// What a process has begun to write and not yet put in its place, so that nothing half-written stays behind
// when it is interrupted, or was killed.
//
// The list is the process's own, not an object's: a signal comes to the process. It has no other use.
#include <filesystem>
#include <mutex>
#include <string>

namespace marchland {

/// A temporary file or folder beside the place it is for. Its name begins with a dot and says what it is, on
/// which host and by which process it is written.
class UnfinishedOutput {
 public:
  /// Of `path`, a file or folder; `extension`, ".gpkg" for instance, ends the name. What a process that lives
  /// no more has left of the same output on this host is removed. Nothing is made.
  UnfinishedOutput(const std::filesystem::path& path, const std::string& extension);
  UnfinishedOutput(const UnfinishedOutput&) = delete;
  UnfinishedOutput& operator=(const UnfinishedOutput&) = delete;
  /// What is still there goes.
  ~UnfinishedOutput();

  /// Where to write.
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  /// Where a folder that is being replaced waits until the new one is in its place.
  [[nodiscard]] std::filesystem::path replaced() const;

 private:
  std::filesystem::path path_;
};

/// While it is held an interruption waits: of steps that must be taken together, a few renamings.
[[nodiscard]] std::unique_lock<std::recursive_mutex> hold_interruption();

/// For the end of a process that was interrupted, after which it must not write: removes every unfinished
/// output, or puts back what was to be replaced. `stop_others` is called when no thread is between two steps
/// that belong together; what it stops may hold any lock, so no memory is allocated after it.
void remove_unfinished_outputs(void (*stop_others)());

}  // namespace marchland
