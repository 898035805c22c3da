"""Whose address a request has, with and without a proxy of ours in front."""

import pytest
from flask import request

from tests.conftest import make_settings
from webapp import create_app


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "203.0.113.7"), (2, "198.51.100.9")])
def test_only_the_proxies_of_ours_are_believed(template, tmp_path, proxies, address):
    site = create_app(make_settings(tmp_path, template, trusted_proxies=proxies))
    seen = []
    site.before_request_funcs.setdefault(None, []).insert(0, lambda: seen.append(request.remote_addr))
    site.test_client().get("/healthz", headers={"X-Forwarded-For": "192.0.2.1, 198.51.100.9, 203.0.113.7"})
    assert seen == [address]
