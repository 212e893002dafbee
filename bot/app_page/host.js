// The chat's client around this page: who opened it, its colours, and the few things that it is told.
// Everything is read from the address (Telegram, Mini Apps): no script of anybody else is loaded.

const given = new URLSearchParams(location.hash.slice(1));

// Signed launch data, still encoded as the server checks it; empty where the page was not opened from the chat.
export const launch = given.get("tgWebAppData") || "";

// In an app by its own bridge, in a browser by a message to the page around. Nothing secret is ever told.
export function tell(event, data = {}) {
  const bridge = window.TelegramWebviewProxy;
  if (bridge) bridge.postEvent(event, JSON.stringify(data));
  else if (window.parent !== window) window.parent.postMessage(JSON.stringify({ eventType: event, eventData: data }), "*");
}

// The client may be dark while the system is light.
export function wearColours() {
  let paper = "";
  try { paper = JSON.parse(given.get("tgWebAppThemeParams") || "{}").bg_color || ""; } catch (error) { /* its own colours then */ }
  if (!/^#[0-9a-f]{6}$/i.test(paper)) return;
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(paper.slice(at, at + 2), 16));
  document.documentElement.dataset.theme = red * 0.3 + green * 0.59 + blue * 0.11 < 128 ? "dark" : "light";
}
