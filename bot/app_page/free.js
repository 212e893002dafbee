// When a teacher is free: read, changed, saved. No text stands here; all of them come with the data.
import { launch, tell, wearColours } from "./host.js";
import { clock, merged } from "./spans.js";
import { Week } from "./week.js";

const $ = (id) => document.getElementById(id);
const before = $("before");
let session = "", words = {}, days = [], bounds = {}, kept = null, mark = "", tab = "visit", week = null;
let now = null; // { week: { visit: [[spans of Monday], ...], hour }, single: [...] }

// --- the server ---

class Refusal extends Error {
  constructor(status, answer) { super(answer.said); this.status = status; this.mark = answer.mark; }
}

async function ask(path, method = "GET", body = undefined) {
  let answer, content;
  try {
    answer = await fetch(path, { method, body: body && JSON.stringify(body), headers: session ? { Authorization: `Bearer ${session}` } : {} });
    content = await answer.json();
  } catch (error) { throw new Refusal(0, { said: words.offline || before.dataset.offline }); }
  if (!answer.ok) throw new Refusal(answer.status, content);
  return content;
}

// --- from the server's form and back ---

function read(found) {
  const byDay = (list) => days.map((_, day) => merged(list.filter((one) => one[0] === day).map((one) => [one[1], one[2]])));
  return { week: { visit: byDay(found.week.visit), hour: byDay(found.week.hour) }, single: found.single };
}

function written(state) {
  const flat = (list) => [].concat(...list.map((spans, day) => spans.map((span) => [day, ...span])));
  return { week: { visit: flat(state.week.visit), hour: flat(state.week.hour) }, single: state.single };
}

const isDirty = () => JSON.stringify(written(now)) !== JSON.stringify(written(kept));

// --- what is seen ---

function say(text, isTrouble = false) { $("said").textContent = text; $("said").className = isTrouble ? "trouble" : ""; }

function changed() {
  const dirty = isDirty();
  say(dirty ? words.unsaved : "");
  tell("web_app_setup_closing_behavior", { need_confirmation: dirty });
  summary();
}

function summary() {
  const place = $("summary"); place.textContent = "";
  now.week[tab].forEach((spans, day) => {
    if (!spans.length) return;
    const line = document.createElement("span"); line.textContent = `${days[day][0]} ${spans.map(([from, to]) => `${clock(from)}–${clock(to)}`).join(" ")}`;
    place.append(line, " ");
  });
  if (!place.childNodes.length) place.textContent = words.none;
}

function choose(name) {
  tab = name;
  for (const one of ["visit", "hour"]) { $(`tab-${one}`).setAttribute("aria-selected", String(one === name)); $(`tab-${one}`).tabIndex = one === name ? 0 : -1; }
  $("panel").className = name; $("panel").setAttribute("aria-labelledby", `tab-${name}`);
  $("about").textContent = words[`about_${name}`];
  $("outside").hidden = !week.show(now.week[name], bounds[name]); summary(); singles();
}

function singles() {
  const mine = now.single.filter((one) => one.purpose === tab), list = $("days");
  const written_out = new Intl.DateTimeFormat(document.documentElement.lang, { month: "long", day: "numeric", weekday: "short", timeZone: "UTC" });
  list.textContent = "";
  if (!mine.length) { const none = document.createElement("li"); none.className = "soft"; none.textContent = words.single_none; list.append(none); }
  for (const one of mine) {
    const line = document.createElement("li"), text = document.createElement("span"), away = document.createElement("button");
    const time = one.begins === 0 && one.ends === 1440 ? words.whole_day : `${clock(one.begins)}–${clock(one.ends)}`;
    line.className = one.free ? "is-free" : "is-away";
    const day = document.createElement("b"); day.textContent = written_out.format(new Date(`${one.day}T00:00:00Z`));
    const kind = document.createElement("small"); kind.textContent = one.free ? words.also_free : words.away;
    text.append(day, ` ${time} `, kind);
    away.type = "button"; away.textContent = words.take_away; away.setAttribute("aria-label", `${words.take_away}: ${text.textContent}`);
    away.onclick = () => { now.single = now.single.filter((other) => other !== one); singles(); changed(); list.focus(); };
    line.append(text, away); list.append(line);
  }
}

// --- single days ---

const isFree = () => document.querySelector("input[name=free]:checked").value === "yes";
const minutes = (id) => { const [hour, minute] = $(id).value.split(":").map(Number); return hour * 60 + Math.floor(minute / 5) * 5; };

function fields() {
  const whole = !isFree() && $("whole").checked;
  $("whole-field").hidden = isFree();
  for (const one of document.querySelectorAll(".clock")) one.hidden = whole;
}

function addDay() {
  const day = $("date").value, free = isFree(), whole = !free && $("whole").checked;
  const [begins, ends] = whole ? [0, 1440] : [minutes("from"), minutes("until")];
  const wrong = !day || day < $("date").min || day > $("date").max ? ["no_date", "date"] : !(begins < ends) ? ["no_times", "until"] : null;
  $("day-trouble").textContent = wrong ? words[wrong[0]] : "";
  for (const id of ["date", "until"]) $(id).setAttribute("aria-invalid", String(Boolean(wrong) && wrong[1] === id));
  if (wrong) { $(wrong[1]).focus(); return; }
  const isSame = (one) => one.purpose === tab && one.day === day && one.free === free;
  const spans = merged(now.single.filter(isSame).map((one) => [one.begins, one.ends]).concat([[begins, ends]]));
  now.single = now.single.filter((one) => !isSame(one)).concat(spans.map(([from, to]) => ({ purpose: tab, day, free, begins: from, ends: to })));
  now.single.sort((a, b) => order(a) < order(b) ? -1 : 1);
  singles(); changed();
}

const order = (one) => `${one.purpose === "hour" ? 0 : 1} ${one.day} ${one.free ? 1 : 0} ${String(one.begins).padStart(4, "0")}`;

// --- saving ---

async function save() {
  if (!isDirty()) { say(words.unchanged); return; }
  const button = $("save"), sent = JSON.stringify(written(now));
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true"); say(words.saving);
  try {
    const found = await ask("free/data", "PUT", { ...JSON.parse(sent), mark });
    kept = read(found); mark = found.mark;
    // What was changed while it was saved stays as it is, unsaved.
    if (JSON.stringify(written(now)) === sent) { now = read(found); choose(tab); say(found.said); tell("web_app_setup_closing_behavior", { need_confirmation: false }); }
    else changed();
  } catch (refusal) {
    if (refusal.mark) mark = refusal.mark;
    say(refusal.message, true);
  }
  button.setAttribute("aria-disabled", "false");
}

// --- the beginning ---

async function open() {
  wearColours(); tell("web_app_ready"); tell("web_app_expand");
  // A drag over the grid must not close the sheet that the page is shown in.
  tell("web_app_setup_swipe_behavior", { allow_vertical_swipe: false });
  if (!launch) { before.textContent = before.dataset.reopen; return; }
  try {
    session = (await ask("session", "POST", { launch })).session;
    const found = await ask("free/data");
    ({ words, days, bounds, mark } = found); document.documentElement.lang = found.language;
    kept = read(found); now = read(found);
    $("date").min = found.today; $("date").max = found.last; $("date").value = found.today;
  } catch (refusal) { before.textContent = refusal.message; before.className = "trouble"; return; }
  document.title = words.title;
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = words[node.dataset.word];
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", words[node.dataset.label]);
  $("how").textContent = matchMedia("(pointer: coarse)").matches ? words.how_touch : words.how_mouse;
  week = new Week($("week"), words, days, (spans) => { now.week[tab] = spans; changed(); });
  before.hidden = true; $("page").hidden = false;
  choose("visit"); fields();
}

for (const name of ["visit", "hour"]) $(`tab-${name}`).onclick = () => choose(name);
$("tabs").onkeydown = (event) => {
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  choose(tab === "visit" ? "hour" : "visit"); $(`tab-${tab}`).focus();
};
$("day").onchange = fields;
$("day").onsubmit = (event) => { event.preventDefault(); addDay(); };
$("save").onclick = save;
const loses = () => now !== null && isDirty();
window.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (loses()) say(words.unsaved, true); else tell("web_app_close");
});
// In a browser's own window the chat's client is not there to ask before it closes.
window.addEventListener("beforeunload", (event) => { if (loses()) event.preventDefault(); });
open();
