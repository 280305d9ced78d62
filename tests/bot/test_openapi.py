"""Do the description and the routes agree, and is what the description says so?"""

import json
import tomllib
from pathlib import Path
from typing import Any

import httpx
import openapi_spec_validator
import pytest
from jsonschema import Draft202012Validator

from bot.openapi import VERSION
from tests.bot.alerts.test_pagerduty import DOCUMENTED
from tests.fixtures.alerts import alertmanager, grafana, pagerduty
from tests.fixtures.slack_pong import slack_pong

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "fixtures" / "alertmanager"
SECRETS = {
    "/webhooks/alertmanager": "ALERTMANAGER_WEBHOOK_TOKEN",
    "/webhooks/grafana": "GRAFANA_WEBHOOK_SECRET",
    "/webhooks/pagerduty": "PAGERDUTY_WEBHOOK_SECRET",
    "/slack/events": "SLACK_SIGNING_SECRET",
}
ALWAYS = {"/healthz", "/readyz", "/metrics", "/openapi.json"}


async def served(path: Path, **tables: Any) -> tuple[dict[str, Any], dict[str, dict[str, int]]]:
    """What a Pong says of itself, and how it answers each method at each path that it could have: bare."""
    async with slack_pong(path, mode="http", **tables) as up, up.http() as client:
        described = (await client.get("/openapi.json")).json()
        answers = {
            place: {
                method: (await client.request(method, place)).status_code for method in ("get", "post", "put")
            }
            for place in ALWAYS | SECRETS.keys()
        }
        return described, answers


@pytest.fixture
async def described(tmp_path: Path) -> dict[str, Any]:
    return (await served(tmp_path))[0]


@pytest.mark.parametrize("without", [[], *([place] for place in SECRETS), list(SECRETS)])
async def test_every_route_is_described_and_every_described_one_exists(tmp_path: Path, without: list[str]):
    described, answers = await served(tmp_path, secrets={SECRETS[place]: "" for place in without})
    there = {
        place: {method for method, status in methods.items() if status not in (404, 405)}
        for place, methods in answers.items()
    }
    assert {place: set(methods) for place, methods in described["paths"].items()} == {
        place: methods for place, methods in there.items() if methods
    }
    assert described["paths"].keys() == (ALWAYS | SECRETS.keys()) - set(without)
    openapi_spec_validator.validate(described)


async def test_it_is_valid_and_of_this_version(described: dict[str, Any]):
    openapi_spec_validator.validate(described)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert described["openapi"].startswith("3.1.")
    assert described["info"]["version"] == VERSION == project["version"]


async def test_who_needs_a_proof_gets_a_bare_401_and_says_which_proof(tmp_path: Path):
    described, answers = await served(tmp_path)
    for place, methods in described["paths"].items():
        [(method, operation)] = methods.items()
        assert (answers[place][method] == 401) == bool(operation.get("security")), place
        for scheme in operation.get("security", []):
            assert scheme.keys() <= described["components"]["securitySchemes"].keys()
        assert str(answers[place][method]) in operation["responses"]


def is_described(described: dict[str, Any], place: str, body: str) -> None:
    schema = described["paths"][place]["post"]["requestBody"]["content"]["application/json"]["schema"]
    told = schema | {"components": described["components"]}
    Draft202012Validator(told, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(json.loads(body))


async def test_what_the_senders_post_fits_its_description(described: dict[str, Any]):
    for name in ("version_4", "version_3", "bare", "nulls"):
        is_described(described, "/webhooks/alertmanager", (FOLDER / f"{name}.json").read_text("utf-8"))
    for state in ("firing", "resolved"):
        is_described(described, "/webhooks/alertmanager", alertmanager(state=state))
        is_described(described, "/webhooks/grafana", grafana(state=state, imageURL=""))
    for kind, data in DOCUMENTED.items():
        is_described(described, "/webhooks/pagerduty", pagerduty(kind, data=data))
        is_described(described, "/webhooks/pagerduty", pagerduty(kind, data=data, agent=None))


async def test_metrics_and_health_answer_as_described(described: dict[str, Any], tmp_path: Path):
    async with slack_pong(tmp_path / "other") as up, up.http() as client:
        for place in sorted(ALWAYS):
            answer: httpx.Response = await client.get(place)
            content = described["paths"][place]["get"]["responses"][str(answer.status_code)]["content"]
            assert answer.headers["content-type"].partition(";")[0] in content
        facts = (await client.get("/readyz")).json()
    schema = {"$ref": "#/components/schemas/Readiness", "components": described["components"]}
    Draft202012Validator(schema).validate(facts)
    assert facts.keys() == described["components"]["schemas"]["Readiness"]["properties"].keys()
