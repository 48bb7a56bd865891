#pragma once
// The page of a result folder: what was found, in tables and pictures, and a link to every file. Plain HTML
// without a script; whoever opens the folder begins here.
#include "tools/cli/query.h"

#include <set>
#include <string>
#include <vector>

namespace marchland::cli {

inline constexpr const char* kResultPage = "index.html";

/// A picture of the folder and what it shows, for those who do not see it too.
struct ResultPicture {
  std::string file;
  std::string caption;
};

struct ResultPictures {
  std::vector<ResultPicture> pictures;
  std::set<HolderIndex> shown;  ///< in any of them, for their legend
};

/// A sentence, and the files that have more.
struct ResultLink {
  std::string sentence;
  std::vector<std::string> files;
};

/// A section: tables, then links.
struct ResultAnswer {
  std::string title;
  Report report{};
  std::vector<ResultLink> links{};
  std::string document{};  ///< the file of the folder that has its tables in full
};

/// `index` is the document of index.json, with its files. Names, notes and titles are escaped; parties have
/// their names, not their ids.
[[nodiscard]] std::string result_page(const Session& session, const Holders& holders, const Json& index,
                                      const std::vector<ResultAnswer>& answers,
                                      const ResultPictures& pictures);

}  // namespace marchland::cli
