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
    react: (fields) => post("/client/react", { user, ...fields }),
    pin: (fields) => post("/client/pin", { user, ...fields }),
    edit: (fields) => post("/client/edit", { user, ...fields }),
    remove: (fields) => post("/client/delete", { user, ...fields }),
    shortcut: (fields) => post("/client/shortcut", { user, ...fields }),
    home: () => request(`/client/home?user=${asked}`),
    homeOpened: () => post("/client/home_opened", { user }),
    viewSubmit: (fields) => post("/client/view", { user, ...fields }),
    viewClose: (view_id) => post("/client/view_close", { user, view_id }),
    viewAction: (fields) => post("/client/view_action", { user, ...fields }),
  };
}

/** What the app and Slack say to each other, as a stream of events. */
export const traffic = () => new EventSource("/client/traffic");

export const panel = {
  state: () => request("/panel/state"),
  press: (what) => post("/panel/press", { what }),
};
