#pragma once
// The page of a result folder: what was found, in tables and pictures, and a link to every file. Plain HTML
// without a script; whoever opens the folder begins here.
#include "tools/cli/query.h"

#include <string>
#include <vector>

namespace marchland::cli {

inline constexpr const char* kResultPage = "index.html";

/// A picture of the folder and what it shows, for those who do not see it too.
struct ResultPicture {
  std::string file;
  std::string caption;
  std::string at;  ///< date
};

struct ResultAnswer {
  std::string title;
  Report report;
  std::string document{};  ///< the file of the folder that has its tables in full
};

/// `index` is the document of index.json, with its files. Names, notes and titles are escaped.
[[nodiscard]] std::string result_page(const Session& session, const Json& index,
                                      const std::vector<ResultAnswer>& answers,
                                      const std::vector<ResultPicture>& pictures);

}  // namespace marchland::cli
