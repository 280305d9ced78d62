import re

import httpx
import pytest
from starlette.applications import Starlette

from bot.playground.page.routes import STATIC, page_routes


@pytest.fixture
def http() -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=Starlette(routes=page_routes()))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


async def test_everything_that_the_page_names_is_there(http: httpx.AsyncClient) -> None:
    index = (await http.get("/")).text
    named = re.findall(r'(?:src|href)="(/page/[^"]+)"', index)
    imported = [
        f"/page/{name}"
        for file in STATIC.glob("*.js")
        for name in re.findall(r'from "\./([\w.]+)"', file.read_text("utf-8"))
    ]
    assert len(named) >= 4
    for path in {*named, *imported}:
        assert (await http.get(path)).status_code == 200, path


@pytest.mark.parametrize("path", ["/", "/page/main.js", "/page/style.css"])
async def test_the_policy_allows_this_address_alone(http: httpx.AsyncClient, path: str) -> None:
    headers = (await http.get(path)).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"


async def test_nothing_beside_the_static_files_is_served(http: httpx.AsyncClient) -> None:
    for path in ("/page/../routes.py", "/page/%2e%2e/routes.py", "/page/"):
        assert (await http.get(path)).status_code == 404


def test_no_script_turns_text_into_html() -> None:
    forbidden = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function")
    assert [file.name for file in STATIC.glob("*.js") if forbidden.search(file.read_text("utf-8"))] == []


def test_no_file_is_longer_than_300_lines() -> None:
    assert [file.name for file in STATIC.iterdir() if len(file.read_text("utf-8").splitlines()) > 300] == []
