#pragma once
// What is thrown. The library never prints and never exits; the command line maps codes to exit status.
#include <exception>
#include <string>
#include <string_view>

namespace marchland {

enum class ErrorCode {
  failure,           ///< files, disk, a dependency, an output that exists
  invalid_argument,  ///< the caller broke a stated precondition, or named something that does not exist
  invalid_data,      ///< something inside an atlas is wrong
};

/// Carries what is wrong, where, what was expected and what to do, in one line a user can act on. Layers
/// above add the place they know and throw on, so that the type stays:
///   catch (Error& error) { error.add_context("layer 'claims'"); throw; }
class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string text) : text_(std::move(text)), code_(code) {}
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }
  [[nodiscard]] ErrorCode code() const noexcept { return code_; }

  /// Puts "context: " in front of the text.
  void add_context(std::string_view context) { text_.insert(0, std::string(context) + ": "); }

 private:
  std::string text_;
  ErrorCode code_;
};

/// A broken promise of the caller.
class InvalidArgument : public Error {
 public:
  explicit InvalidArgument(const std::string& text) : Error(ErrorCode::invalid_argument, text) {}
};

/// Data that cannot be given a meaning.
class InvalidData : public Error {
 public:
  explicit InvalidData(const std::string& text) : Error(ErrorCode::invalid_data, text) {}
};

namespace detail {
[[noreturn]] void invariant_failed(const char* expression, const char* file, int line);
}  // namespace detail

}  // namespace marchland

/// A promise of ours. Live in every preset but release; throws std::logic_error so that a test or a server
/// survives to say which promise it was.
#ifdef MARCHLAND_ASSERTIONS
#define MARCHLAND_ASSERT(expression)   \
  ((expression) ? static_cast<void>(0) \
                : ::marchland::detail::invariant_failed(#expression, __FILE__, __LINE__))
#else
#define MARCHLAND_ASSERT(expression) static_cast<void>(0)
#endif
