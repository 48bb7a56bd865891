#pragma once
// How far a command has come, for somebody who watches a terminal. Nothing is shown elsewhere.
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace marchland::cli {

class Progress {
 public:
  /// Shows on standard error if that is a terminal, from then on.
  explicit Progress(std::chrono::milliseconds after = {});
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// "reading [#####.....] 123 of 769"; nothing of what is done already.
  void show(std::string_view what, std::size_t done, std::size_t all);
  /// "arranging".
  void show(std::string_view what) { show(what, 0, 0); }
  /// Takes the line away again, before anything else is written there.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  bool is_terminal_;
  bool is_shown_ = false;
  Clock::time_point next_;
};

/// What `show` writes, without the return to the beginning of the line. `all` = 0: without a bar.
[[nodiscard]] std::string progress_line(std::string_view what, std::size_t done, std::size_t all);

}  // namespace marchland::cli
