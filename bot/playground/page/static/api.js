// How does the page speak with the local Slack and the panel? JSON over HTTP, on the page's own address.

async function request(path, options = {}) {
  try {
    const response = await fetch(path, options);
    const body = await response.json().catch(() => ({}));
    return response.ok ? body : { ok: false, error: body.error ?? `The playground answered ${response.status}.`, ...body };
  } catch {
    return { ok: false, error: "The playground does not answer. Is `make playground` still running?" };
  }
}

function post(path, body) {
  return request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** What one person can ask of the local Slack. */
export function clientFor(user) {
  const asked = encodeURIComponent(user);
  return {
    user,
    boot: () => request(`/client/boot?user=${asked}`),
    history: (channel) => request(`/client/history?user=${asked}&channel=${encodeURIComponent(channel)}`),
    events: () => new EventSource(`/client/events?user=${asked}`),
    fileUrl: (id) => `/client/file/${encodeURIComponent(id)}?user=${asked}`,
    say: (fields) => post("/client/say", { user, ...fields }),
    command: (fields) => post("/client/command", { user, ...fields }),
    action: (fields) => post("/client/action", { user, ...fields }),
    viewSubmit: (fields) => post("/client/view", { user, ...fields }),
    viewClose: (view_id) => post("/client/view_close", { user, view_id }),
    viewAction: (fields) => post("/client/view_action", { user, ...fields }),
  };
}

export const panel = {
  state: () => request("/panel/state"),
  press: (what) => post("/panel/press", { what }),
};
