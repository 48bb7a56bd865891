#include "tests/unit/io/io_fixture.h"
#include <marchland/io/output_folder.h>

namespace marchland::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class OutputFolderTest : public IoTest {
 protected:
  static FolderKind kind() {
    return {"mark",
            [](const std::filesystem::path&) { return [](const std::string& name) { return name == "a"; }; }};
  }
  [[nodiscard]] std::unique_ptr<OutputFolder> begun(Existing existing) const {
    auto folder = std::make_unique<OutputFolder>(path("out"), kind(), existing);
    folder->write("mark", "");
    folder->write("a", "new");
    return folder;
  }
};

TEST_F(OutputFolderTest, WhatCameMeanwhileIsRefusedAsAtTheStart) {
  // Another process wrote the same folder.
  auto folder = begun(Existing::refuse);
  write("out/mark", "");
  write("out/a", "theirs");
  EXPECT_THAT(error_of([&] { folder->commit(); }), HasSubstr("out: exists already"));
  folder.reset();
  EXPECT_EQ(bytes("out/a"), "theirs");
  EXPECT_THAT(listing(), ElementsAre("out"));
  // Somebody put a file of his own into the folder that is being replaced.
  folder = begun(Existing::overwrite);
  write("out/notes", "mine");
  EXPECT_THAT(error_of([&] { folder->commit(); }),
              HasSubstr("has 1 file that this command did not write: notes"));
  folder.reset();
  EXPECT_EQ(bytes("out/a"), "theirs");
  EXPECT_EQ(bytes("out/notes"), "mine");
  std::filesystem::remove(path("out/notes"));
  folder = begun(Existing::overwrite);
  folder->commit();
  folder.reset();
  EXPECT_EQ(bytes("out/a"), "new");
  EXPECT_THAT(listing(), ElementsAre("out"));
}

}  // namespace
}  // namespace marchland::test
