#include <marchland/io/detail/secrets.h>

#include <regex>

namespace marchland::detail {
namespace {

// Values of libpq's connection strings end at a space, unless it is quoted or escaped; those of other drivers
// (MYSQL:, MSSQL:) and of addresses at their own separators, too.
const std::regex& value_of_libpq() {
  static const std::regex pattern(
      R"(((?:password|pwd|pw|token)\s*=\s*)('(?:\\.|[^'\\])*'?|(?:\\.|[^\s\\'])(?:\\.|[^\s\\])*))",
      std::regex::icase);
  return pattern;
}
const std::regex& value_of_others() {
  static const std::regex pattern(R"(((?:password|pwd|pw|token)\s*=\s*)('(?:\\.|[^'\\])*'?|[^\s,;&']+))",
                                  std::regex::icase);
  return pattern;
}
// RFC 3986 has no '/', '?', '#' or '@' in a password, libpq all but the first. One that has a '/' as it is
// will not be understood, but is shown in the refusal.
const std::regex& user_info() {
  static const std::regex pattern(R"((//[^:/@]*:)(?:[^/]*@|[^?#]*@))");
  return pattern;
}
const std::regex& libpq_prefix() {
  static const std::regex pattern(R"(PGB?:(?!\s*postgres(?:ql)?://)[\s\S]*)", std::regex::icase);
  return pattern;
}

}  // namespace

std::string mask_secrets(std::string text) {
  const bool is_libpq = std::regex_match(text, libpq_prefix());
  text = std::regex_replace(text, is_libpq ? value_of_libpq() : value_of_others(), "$1***");
  if (!is_libpq)
    text = std::regex_replace(text, user_info(), "$1***@", std::regex_constants::format_first_only);
  return text;
}

}  // namespace marchland::detail
