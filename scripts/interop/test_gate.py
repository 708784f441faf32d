"""Who gets in: the official client's exception for every state of a gate."""

from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import DisabledRepoError, GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

from hub import FINE, FINE_GATED, READ, HubTest, admin

MODEL = "acme/gated"


class Gate(HubTest):
    api = HfApi()

    def setUp(self):
        super().setUp()
        admin("createModel", id=MODEL, gated="manual", files={"config.json": "{}", "README.md": "# Hi", "w.bin": {"size": 99}})

    def refused(self, expected, token, model=MODEL):
        with self.assertRaises(expected) as caught:
            self.api.auth_check(model, token=token)
        # A gated repo is also "not found" to this client: the exact class is what counts.
        self.assertIs(type(caught.exception), expected)
        return str(caught.exception)

    def test_auth_check_tells_the_states_of_a_request(self):
        self.assertIn("Please log in", self.refused(GatedRepoError, token=False))
        self.assertIn("not in the authorized list", self.refused(GatedRepoError, READ))
        for call, words in {"pend": "awaiting a review", "reject": "has been rejected", "reset": "has been reset"}.items():
            admin(call, model=MODEL, user="ada")
            self.assertIn(words, self.refused(GatedRepoError, READ))
        admin("approve", model=MODEL, user="ada")
        self.assertIsNone(self.api.auth_check(MODEL, token=READ))

    def test_auth_check_tells_tokens(self):
        admin("approve", model=MODEL, user="ada")
        self.assertIn("public gated repositories", self.refused(HfHubHTTPError, FINE))
        self.assertIsNone(self.api.auth_check(MODEL, token=FINE_GATED))
        self.assertIn("Invalid credentials", self.refused(HfHubHTTPError, "hf_test_nobody"))
        admin("revokeToken", token=READ)
        self.refused(HfHubHTTPError, READ)

    def test_auth_check_tells_missing_private_and_disabled(self):
        admin("createModel", id="acme/secret", private=True, files={})
        admin("createModel", id="acme/off", disabled=True, files={})
        for model in ("acme/none", "acme/secret"):
            self.refused(RepositoryNotFoundError, READ, model=model)
            # This client takes a bare 401 for "not found" only over https, which the emulator does not speak.
            self.assertIn("Invalid username or password", self.refused(HfHubHTTPError, False, model=model))
        self.refused(DisabledRepoError, READ, model="acme/off")
        self.assertIsNone(self.api.auth_check("acme/secret", token="hf_test_max_read"))

    def test_owners_and_members_get_in_and_only_owners_write(self):
        self.assertIsNone(self.api.auth_check(MODEL, token="hf_test_max_read"))
        self.assertIsNone(self.api.auth_check(MODEL, token="hf_test_olga_write", write=True))
        with self.assertRaises(HfHubHTTPError):
            self.api.auth_check(MODEL, token="hf_test_max_read", write=True)

    def test_owners_handle_requests_with_the_official_calls(self):
        admin("pend", model=MODEL, user="ada")
        owner = "hf_test_olga_write"
        self.assertEqual([r.username for r in self.api.list_pending_access_requests(MODEL, token=owner)], ["ada"])
        self.api.accept_access_request(MODEL, "ada", token=owner)
        self.assertIsNone(self.api.auth_check(MODEL, token=READ))
        self.api.grant_access(MODEL, "bob", token=owner)
        self.assertEqual(len(list(self.api.list_accepted_access_requests(MODEL, token=owner))), 2)
        self.api.update_repo_settings(MODEL, gated=False, token=owner)
        self.assertIsNone(self.api.auth_check(MODEL, token=False))

    def test_downloads_stop_at_the_gate_but_for_the_readme(self):
        with self.assertRaises(GatedRepoError):
            hf_hub_download(MODEL, "config.json", token=READ, cache_dir=self.cache)
        self.assertTrue(hf_hub_download(MODEL, "README.md", token=False, cache_dir=self.cache))
        self.assertEqual(self.requests(host="cdn"), [])
