// The page: phones side by side, the story's bar, and a drawer with the bot's calls. Live by server-sent events.
import { Phone, make } from "./phone.js";
import { WORDS } from "./words.js";

const $ = (id) => document.getElementById(id);
const app = {
  language: localStorage.language || (navigator.languages.some((one) => one.startsWith("zh")) || !navigator.languages.some((one) => one.startsWith("en")) ? "zh" : "en"),
  phones: new Map(), bot: "", scene: null, playing: false,
  get words() { return WORDS[this.language]; },
  async post(path, body = {}) {
    const answer = await fetch(`/control/${path}`, { method: "POST", body: JSON.stringify(body) });
    const content = await answer.json(); if (!answer.ok) throw new Error(content.error); return content;
  },
  async get(path) { const answer = await fetch(`/control/${path}`); return answer.json(); },
};

function bar(trouble = "") {
  const { scene, words, language } = app; if (!scene) return;
  const of = scene.story.length, step = scene.step, last = scene.story[step - 1];
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  $("title").textContent = scene.title[language];
  $("caption").textContent = trouble ? words.trouble + trouble : last ? last[language] + (step >= of ? ` ${words.done}` : "") : of ? words.begin : words.done;
  $("progress").textContent = of ? `${step} / ${of}` : "";
  $("next").textContent = words.next; $("next").disabled = step >= of; $("play").textContent = app.playing ? words.stop : words.play; $("play").disabled = step >= of;
  time(); $("language").textContent = words.language; $("about").textContent = words.about; $("calls-button").textContent = words.calls;
}
// The school's own time, which the page may move ahead: what is due then comes by itself.
const DAY = 86400000;
function schoolNow() { const { clock, ahead } = app.scene; return new Date(Date.now() + (clock.base + ahead + clock.zone) * 1000); }
function at(day, hour) { return new Date(Math.floor(day / DAY) * DAY + hour * 3600000); }
const MOVES = {
  hour: (now) => new Date(now.getTime() + 3600000),
  monday: (now) => { const there = at(now.getTime() + ((8 - now.getUTCDay()) % 7) * DAY, 8); return there > now ? there : new Date(there.getTime() + 7 * DAY); },
  month: (now) => { const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1, 9)); while ([0, 6].includes(first.getUTCDay())) first.setTime(first.getTime() + DAY); return first; },
};
function time() {
  if (!app.scene?.clock) return;
  $("clock").hidden = false;
  const shown = { month: "short", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "UTC" };
  $("now").textContent = `${app.words.now} ${schoolNow().toLocaleString(app.language === "zh" ? "zh-CN" : "en-GB", shown)}`;
  for (const name of Object.keys(MOVES)) $(name).textContent = app.words.moves[name];
}
async function move(name) {
  const now = schoolNow();
  await app.post("clock", { forward: (MOVES[name](now) - now) / 1000 });
  app.scene = await app.get("scene"); time();
}
for (const name of Object.keys(MOVES)) $(name).onclick = () => move(name);
setInterval(time, 5000);
async function next() {
  $("next").disabled = true;
  try { await app.post("story/next"); app.scene = await app.get("scene"); bar(); return true; }
  catch (error) { app.playing = false; bar(error.message); return false; }
}
async function play() {
  app.playing = !app.playing; bar();
  while (app.playing && app.scene.step < app.scene.story.length && await next()) await new Promise((done) => setTimeout(done, 1600));
  app.playing = false; bar();
}
async function load() {
  app.scene = await app.get("scene"); if (!app.scene) { setTimeout(load, 500); return; }
  app.bot = app.scene.bots[0]?.id ?? "";
  if (!app.phones.size) {
    app.scene.people.forEach((person, index) => {
      const phone = new Phone(person, index, app); app.phones.set(person.id, phone); $("phones").append(phone.node);
      $("tabs").append(make("button", { role: "tab", onclick: () => show(person.id) }, person.first_name));
    });
    show(app.scene.people[0].id);
  }
  bar(); await Promise.all([...app.phones.values()].map((phone) => phone.refresh()));
}
function show(id) {
  [...app.phones.values()].forEach((phone, index) => { const on = phone.person.id === id; phone.node.classList.toggle("shown", on); $("tabs").children[index].ariaSelected = String(on); });
}
async function calls() {
  const found = (await app.get("calls")).calls.slice(-60).reverse();
  $("calls").replaceChildren(...found.map((one) => make("li", {}, `${one.method} ${one.status}${one.error ? ` ${one.error}` : ""}`)));
}
$("next").onclick = next; $("play").onclick = play;
$("language").onclick = () => { app.language = localStorage.language = app.language === "zh" ? "en" : "zh"; bar(); app.phones.forEach((phone) => phone.relabel()); };
$("calls-button").onclick = () => { $("calls").hidden = !$("calls").hidden; calls(); };
const events = new EventSource("/control/events");
events.onopen = () => load();
events.onmessage = (message) => {
  const event = JSON.parse(message.data);
  if (event.type === "scene") { app.get("scene").then((scene) => { app.scene = scene; bar(); }); return; }
  if (event.person) app.phones.get(event.person)?.refresh(); else app.phones.forEach((phone) => phone.refresh());
  if (!$("calls").hidden) calls();
};
