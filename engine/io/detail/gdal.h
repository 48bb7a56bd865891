#pragma once
// GDAL without its habits: registered once, silent, handles that close themselves.
#include <string>
#include <string_view>
#include <vector>

namespace marchland::detail {

/// Registers GDAL's drivers, the first time it is called.
void register_gdal();

/// While it lives, what GDAL and PROJ report on this thread is kept here instead of being printed. Instances
/// nest.
class GdalMessages {
 public:
  GdalMessages();
  ~GdalMessages();
  GdalMessages(const GdalMessages&) = delete;
  GdalMessages& operator=(const GdalMessages&) = delete;

  [[nodiscard]] const std::vector<std::string>& failures() const noexcept { return failures_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_; }
  /// Every different failure once, joined by "; "; "no reason given" if there is none.
  [[nodiscard]] std::string reason() const;
  void forget_failures() { failures_.clear(); }
  /// Called by the handler.
  void add(bool is_failure, std::string_view text);

 private:
  std::vector<std::string> failures_;
  std::vector<std::string> warnings_;
};

}  // namespace marchland::detail
