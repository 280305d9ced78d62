"""What became of a workflow that was started at GitHub?

https://docs.github.com/en/rest/actions/workflow-runs
"""

from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx
from pydantic import SecretStr

from bot.applications.health import ask
from bot.text import plain

SUCCESS = "success"


@dataclass(frozen=True)
class Run:
    """One run of a workflow: `id` 0 is none at all; `conclusion` is empty until its status is "completed"."""

    id: int
    status: str = ""
    conclusion: str = ""

    @property
    def is_over(self) -> bool:
        return self.status == "completed"

    @property
    def says(self) -> str:
        how = self.conclusion or "no conclusion" if self.is_over else self.status or "not begun"
        return f"run {self.id} of the workflow: {how}"


@dataclass(frozen=True)
class Workflow:
    """`file` in `repository` (owner/name), run on `ref`; it takes the input `mode`."""

    url: str
    token: SecretStr = field(repr=False)
    repository: str = ""
    file: str = ""
    ref: str = "main"

    @property
    def path(self) -> str:
        return f"/repos/{self.repository}/actions/workflows/{self.file}"

    async def newest_run(self, http: httpx.AsyncClient) -> Run | str:
        """The newest run that somebody asked for; or why it is not known. Raises nothing."""
        asked = urlencode({"event": "workflow_dispatch", "per_page": 1})
        address = f"{self.url.rstrip('/')}{self.path}/runs?{asked}"
        answer = await ask(http, address, headers=headers(self.token.get_secret_value()))
        runs = answer.body.get("workflow_runs") if answer.body else None
        if not isinstance(runs, list):
            # Its errors are JSON with a "status", as a sick application's answer is.
            refused = f"answered HTTP {answer.status_code}" if answer.body else "does not tell its runs"
            return f"GitHub {answer.fault or refused}"
        if not runs or not isinstance(runs[0], dict) or not isinstance(runs[0].get("id"), int):
            return Run(0)
        newest = runs[0]
        return Run(
            id=newest["id"],
            status=plain(newest.get("status") or "", 40),
            conclusion=plain(newest.get("conclusion") or "", 40),
        )


def headers(token: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
