// The week as a grid: days beside each other, half hours below each other. Tap, drag, or keys.
import { clock, emptied, filled, within } from "./spans.js";

const FIRST = 7 * 60, LAST = 21 * 60, STEP = 30;
const ROWS = (LAST - FIRST) / STEP;
const HOLD = 250; // ms: a finger that rests so long fills, one that moves before scrolls the page
const SLIP = 8; // px that a resting finger may move
const EDGE = 70; // px from the screen's end where a drag scrolls

export class Week {
  // `changed(weekday spans)` is called after every change.
  constructor(place, words, days, changed) {
    this.words = words; this.days = days; this.changed = changed;
    this.spans = days.map(() => []); this.cells = []; this.bounds = [0, 1440]; this.at = [0, 14]; this.drag = null;
    this.table = document.createElement("table");
    this.table.setAttribute("role", "grid"); this.table.setAttribute("aria-multiselectable", "true"); this.table.setAttribute("aria-labelledby", "about");
    this.draw(); place.append(this.table); this.listen();
  }

  draw() {
    const head = this.table.createTHead().insertRow();
    head.append(header("col", this.words.time, this.words.time, "corner"));
    for (const [short, long] of this.days) head.append(header("col", short, long));
    const body = this.table.createTBody();
    for (let row = 0; row < ROWS; row++) {
      const line = body.insertRow(), minutes = FIRST + row * STEP;
      if (row % 2 === 0) {
        line.className = "hour";
        const hour = header("rowgroup", clock(minutes), clock(minutes)); hour.rowSpan = 2; line.append(hour);
      }
      for (let day = 0; day < this.days.length; day++) {
        const cell = line.insertCell();
        cell.setAttribute("role", "gridcell"); cell.tabIndex = -1; cell.dataset.day = day; cell.dataset.row = row;
        (this.cells[day] = this.cells[day] || [])[row] = cell;
      }
    }
  }

  // `bounds` are the school's; answers whether times of the grid lie outside of them.
  show(spans, bounds) {
    this.spans = spans.map((one) => one.map((span) => span.slice())); this.bounds = bounds;
    this.paint();
    return bounds[0] > FIRST || bounds[1] < LAST;
  }

  paint() {
    this.cells.forEach((column, day) => column.forEach((cell, row) => {
      const begins = FIRST + row * STEP, ends = begins + STEP, free = within(this.spans[day], begins, ends);
      const before = within(this.spans[day], begins - STEP, begins) === STEP, after = within(this.spans[day], ends, ends + STEP) === STEP;
      const full = free === STEP;
      const out = begins < this.bounds[0] || ends > this.bounds[1];
      cell.className = full ? `full${before && row ? "" : " top"}${after && row < ROWS - 1 ? "" : " foot"}` : free ? "part" : out ? "out" : "";
      cell.textContent = full && !(before && row) ? clock(begins) : full && !(after && row < ROWS - 1) ? clock(ends) : "";
      cell.setAttribute("aria-selected", String(full));
      const state = full ? this.words.free : free ? this.words.partly : this.words.not_free;
      cell.setAttribute("aria-label", `${this.days[day][1]} ${clock(begins)}–${clock(ends)} ${state}`);
      cell.tabIndex = day === this.at[0] && row === this.at[1] ? 0 : -1;
    }));
  }

  // Fills or empties all from one cell to another.
  put(spans, [day, row], [lastDay, lastRow], fill) {
    const found = spans.map((one) => one.slice());
    const begins = FIRST + Math.min(row, lastRow) * STEP, ends = FIRST + (Math.max(row, lastRow) + 1) * STEP;
    for (let one = Math.min(day, lastDay); one <= Math.max(day, lastDay); one++) found[one] = (fill ? filled : emptied)(found[one], begins, ends);
    return found;
  }

  isFull([day, row]) { return within(this.spans[day], FIRST + row * STEP, FIRST + (row + 1) * STEP) === STEP; }

  set(spans) { this.spans = spans; this.paint(); this.changed(spans); }

  // --- fingers and mice ---

  listen() {
    const table = this.table;
    table.addEventListener("pointerdown", (event) => this.begin(event));
    table.addEventListener("pointermove", (event) => this.move(event));
    table.addEventListener("pointerup", (event) => this.end(event));
    table.addEventListener("pointercancel", () => this.stop(true));
    table.addEventListener("keydown", (event) => this.key(event));
    table.addEventListener("contextmenu", (event) => event.preventDefault());
    // Once a drag fills, the page below must stay where it is.
    table.addEventListener("touchmove", (event) => { if (this.drag && this.drag.fills) event.preventDefault(); }, { passive: false });
  }

  cellAt(x, y) {
    const found = document.elementFromPoint(x, y), cell = found && found.closest("[data-row]");
    return cell && this.table.contains(cell) ? [Number(cell.dataset.day), Number(cell.dataset.row)] : null;
  }

  begin(event) {
    const from = this.cellAt(event.clientX, event.clientY);
    if (!from || event.button !== 0 || !event.isPrimary) return;
    const drag = this.drag = { id: event.pointerId, from, to: from, before: this.spans, fill: !this.isFull(from), x: event.clientX, y: event.clientY, fills: false };
    if (event.pointerType === "touch") {
      drag.timer = setTimeout(() => { if (navigator.vibrate) navigator.vibrate(10); this.fillFrom(); }, HOLD);
    } else {
      this.table.setPointerCapture(event.pointerId);
      this.fillFrom();
    }
  }

  fillFrom() {
    const drag = this.drag; drag.fills = true;
    drag.scroll = setInterval(() => this.follow(), 30);
    this.table.classList.add("filling"); this.fillTo(drag.from);
  }

  fillTo(cell) {
    const drag = this.drag; drag.to = cell; this.at = cell;
    this.spans = this.put(drag.before, drag.from, cell, drag.fill); this.paint();
  }

  move(event) {
    const drag = this.drag;
    if (!drag || event.pointerId !== drag.id) return;
    if (!drag.fills) { if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > SLIP) this.stop(true); return; }
    drag.x = event.clientX; drag.y = event.clientY;
    const cell = this.cellAt(drag.x, drag.y);
    if (cell) this.fillTo(cell);
  }

  // A drag near the screen's end goes on below it.
  follow() {
    const { x, y } = this.drag, foot = document.querySelector("footer").getBoundingClientRect().top;
    const by = y < EDGE ? -10 : y > foot - EDGE / 2 ? 10 : 0;
    if (!by) return;
    window.scrollBy(0, by);
    const cell = this.cellAt(x, Math.min(Math.max(y, 1), foot - 2));
    if (cell) this.fillTo(cell);
  }

  end(event) {
    const drag = this.drag;
    if (!drag || event.pointerId !== drag.id) return;
    if (!drag.fills) { clearTimeout(drag.timer); this.fillFrom(); } // a tap
    this.cells[drag.to[0]][drag.to[1]].focus({ preventScroll: true });
    this.stop(false);
  }

  stop(undo) {
    const drag = this.drag;
    if (!drag) return;
    clearTimeout(drag.timer); clearInterval(drag.scroll);
    this.drag = null; this.table.classList.remove("filling");
    if (!drag.fills) return;
    if (undo) { this.spans = drag.before; this.paint(); } else this.changed(this.spans);
  }

  // --- keys (WAI-ARIA, grid) ---

  key(event) {
    const [day, row] = this.at, last = this.days.length - 1;
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault(); this.set(this.put(this.spans, this.at, this.at, !this.isFull(this.at))); return;
    }
    const there = { ArrowLeft: [day - 1, row], ArrowRight: [day + 1, row], ArrowUp: [day, row - 1], ArrowDown: [day, row + 1], Home: [0, row], End: [last, row], PageUp: [day, 0], PageDown: [day, ROWS - 1] }[event.key];
    if (!there || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (!this.cells[there[0]] || !this.cells[there[0]][there[1]]) return;
    const fill = this.isFull(this.at), from = this.at; this.at = there;
    if (event.shiftKey) this.set(this.put(this.spans, from, there, fill)); else this.paint();
    const cell = this.cells[there[0]][there[1]]; cell.focus({ preventScroll: true }); cell.scrollIntoView({ block: "nearest" });
  }
}

function header(scope, shown, spoken, className = "") {
  const node = document.createElement("th");
  node.scope = scope; node.className = className; node.setAttribute("aria-label", spoken);
  const text = document.createElement("span"); text.textContent = shown; node.append(text);
  return node;
}
