"""Finding models: lists over several pages, details, files, renames."""

from huggingface_hub import HfApi

from hub import HubTest, READ, admin


class Catalog(HubTest):
    api = HfApi()

    def test_list_models_walks_every_page_in_order_and_without_a_model_twice(self):
        models = list(self.api.list_models(sort="downloads"))
        ids = [model.id for model in models]
        self.assertGreater(len(ids), 2800)
        self.assertEqual(len(set(ids)), len(ids))
        downloads = [model.downloads for model in models]
        self.assertEqual(downloads, sorted(downloads, reverse=True))
        self.assertGreaterEqual(len(self.requests(route="list-models")), 3)

    def test_list_models_asks_for_fields_by_expand_and_gets_them(self):
        [model] = self.api.list_models(search="Qwen3-8B", author="Qwen", limit=1, expand=["gated", "safetensors", "tags"])
        self.assertEqual(model.gated, False)
        self.assertGreater(model.safetensors.total, 8e9)
        self.assertIsNone(model.likes)

    def test_list_models_filters(self):
        gated = list(self.api.list_models(gated=True, filter="gguf", limit=20, full=True))
        self.assertEqual(len(gated), 20)
        for model in gated:
            self.assertIn(model.gated, ("auto", "manual"))
            self.assertIn("gguf", model.tags)

    def test_model_info_with_files_follows_a_rename(self):
        admin("createModel", id="acme/tiny", formerIds=["acme/old"], files={"config.json": "{}", "model.bin": {"size": 9000}})
        info = self.api.model_info("acme/old", files_metadata=True)
        self.assertEqual(info.id, "acme/tiny")
        sizes = {sibling.rfilename: sibling.size for sibling in info.siblings}
        self.assertEqual(sizes, {"config.json": 2, "model.bin": 9000})
        [lfs] = [sibling.lfs for sibling in info.siblings if sibling.lfs]
        self.assertEqual((lfs.size, len(lfs.sha256)), (9000, 64))

    def test_trees_refs_commits_and_paths(self):
        files = {"config.json": "{}", "onnx/model.onnx": {"size": 10}}
        admin("createModel", id="acme/tree", files=files, refs={"refs/pr/1": {"a": "1"}, "refs/tags/v1": {"b": "2"}})
        admin("commit", model="acme/tree", files={"new.txt": "new"}, title="Second")
        tree = self.api.list_repo_tree("acme/tree", recursive=True, expand=True)
        self.assertEqual(sorted(entry.path for entry in tree), ["config.json", "new.txt", "onnx", "onnx/model.onnx"])
        self.assertEqual([commit.title for commit in self.api.list_repo_commits("acme/tree")], ["Second", "Upload model"])
        refs = self.api.list_repo_refs("acme/tree", include_pull_requests=True)
        self.assertEqual([tag.name for tag in refs.tags], ["v1"])
        self.assertEqual([pull.ref for pull in refs.pull_requests], ["refs/pr/1"])
        known = self.api.get_paths_info("acme/tree", ["config.json", "none"], expand=True)
        self.assertEqual([entry.path for entry in known], ["config.json"])

    def test_whoami_tells_a_fine_grained_token(self):
        me = self.api.whoami(token="hf_test_ada_fine_gated")
        self.assertEqual((me["name"], me["auth"]["accessToken"]["role"]), ("ada", "fineGrained"))
        self.assertEqual(self.api.whoami(token=READ)["orgs"], [])
