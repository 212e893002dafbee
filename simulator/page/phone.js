// One phone: the chat of one person with the bot.
import { rich } from "./text.js";

const COLOURS = ["#b0527c", "#3c6fb3", "#2f7d62", "#8a6417", "#6b56a8"];

export function make(tag, values = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(values)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && name !== "list") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((one) => one !== null));
  return node;
}

export class Phone {
  constructor(person, index, app) {
    this.person = person; this.app = app; this.seq = 0; this.messages = new Map(); this.reply = null; this.editing = null; this.state = {}; this.pictures = new Map();
    this.face = make("span", { className: "face", ariaHidden: "true" }, person.first_name.slice(0, 1)); this.face.style.background = COLOURS[index % COLOURS.length];
    this.role = make("span"); this.name = make("b", { dir: "auto" }, person.first_name);
    this.chat = make("div", { className: "chat", role: "log", ariaLive: "polite" });
    this.answering = make("div", { className: "answering", hidden: true }); this.keyboard = make("div", { className: "keyboard", hidden: true });
    this.menu = make("div", { className: "menu", hidden: true });
    this.topicBar = make("div", { className: "topics", role: "tablist", hidden: true });
    this.attach = make("div", { className: "menu", hidden: true });
    this.attachButton = make("button", { onclick: () => { this.attach.hidden = !this.attach.hidden; } }, "📎");
    this.menuButton = make("button", { onclick: () => { this.menu.hidden = !this.menu.hidden; } }, "☰");
    this.blockButton = make("button", { onclick: () => this.act(this.state.blocked ? "unblock" : "block") }, "🔕");
    this.field = make("textarea", { rows: 1, onkeydown: (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); } } });
    this.sendButton = make("button", { className: "main", onclick: () => this.send() }, "➤");
    this.write = make("div", { className: "write" }, this.menu, this.attach, this.menuButton, this.attachButton, this.field, this.sendButton);
    this.node = make("section", { className: "phone", id: `phone-${person.id}` },
      make("header", {}, this.face, make("div", { className: "who" }, this.name, this.role), this.blockButton), this.topicBar, this.chat, this.answering, this.keyboard, this.write);
    this.relabel();
  }
  relabel() {
    const words = this.app.words, language = this.app.language;
    this.role.textContent = [this.person.role?.[language], this.person.hint?.[language]].filter(Boolean).join(" · ");
    this.node.ariaLabel = `${this.person.first_name}, ${this.role.textContent}`;
    this.field.placeholder = words.write; this.field.ariaLabel = words.write; this.sendButton.ariaLabel = words.send; this.sendButton.title = words.send;
    this.attachButton.ariaLabel = this.attachButton.title = words.attach;
    const caption = () => { const text = this.field.value.trim(); this.field.value = ""; return text || undefined; };
    const ways = { photo: () => this.send_as("send", { kind: "photo", caption: caption() }), album: () => this.send_as("album", { pieces: [{ kind: "photo", caption: caption() }, { kind: "photo" }, { kind: "photo" }] }),
      contact: () => this.send_as("contact", { phone: "+8613812345678", first_name: "王医生", user_id: 0 }) };
    for (const kind of ["voice", "document", "video", "location", "poll", "sticker"]) ways[kind] = () => this.send_as("send", { kind });
    this.attach.replaceChildren(...Object.entries(ways).map(([kind, run]) => make("button", { onclick: () => { this.attach.hidden = true; run(); } }, make("span", {}, words.kinds[kind]))));
    this.menuButton.ariaLabel = words.menu; this.menuButton.title = words.menu;
    this.blockButton.ariaLabel = this.blockButton.title = this.state.blocked ? words.unblock : words.block;
    this.draw();
  }
  async act(kind, values = {}) {
    try { return await this.app.post("act", { person: this.person.id, bot: this.app.bot, do: kind, ...values }); }
    catch (error) { this.toast(error.message); return null; }
  }
  async send_as(kind, values) { await this.act(kind, { ...values, reply_to: this.reply, thread: this.topic || undefined }); this.settle(null, null); }
  async send() {
    const text = this.field.value.trim(); if (!text) return;
    this.field.value = "";
    if (this.editing) await this.act("edit", { message_id: this.editing, text });
    else await this.act("text", { text, reply_to: this.reply, thread: this.topic || undefined });
    this.settle(null, null);
  }
  settle(reply, editing) {
    this.reply = reply; this.editing = editing; this.answering.hidden = !(reply || editing);
    const message = this.messages.get(reply || editing);
    this.answering.replaceChildren(make("span", {}, `${editing ? this.app.words.edit : this.app.words.answer}: ${message ? (message.text || "").slice(0, 80) : ""}`), make("button", { onclick: () => this.settle(null, null), ariaLabel: "×" }, "×"));
    if (editing) this.field.value = message.text; if (reply || editing) this.field.focus();
  }
  async refresh() {
    const found = await this.app.get(`chat?person=${this.person.id}&bot=${this.app.bot}&since=${this.seq}`);
    for (const message of found.messages) { message.fresh = !this.messages.has(message.message_id) && this.seq > 0; this.messages.set(message.message_id, message); }
    for (const gone of found.deleted || []) this.messages.delete(gone);
    for (const toast of found.toasts) if (this.seq > 0 || found.messages.length < 3) this.toast(toast.text);
    this.seq = found.seq; this.state = found; this.draw();
  }
  toast(text) { if (!text) return; const node = make("div", { className: "toast", role: "status" }, text); this.node.append(node); setTimeout(() => node.remove(), 4000); }
  draw() {
    const words = this.app.words, payload = this.person.invite ? new URL(this.person.invite).searchParams.get("start") : null;
    if (!this.state.started) {
      this.chat.replaceChildren(make("div", { className: "slip" }, make("div", { className: "qr", ariaHidden: "true" }, "▣"), make("p", {}, payload ? words.slip : ""),
        make("button", { className: "main", onclick: () => this.act("start", payload ? { payload } : {}) }, payload ? words.open : words.start)));
    } else {
      const rows = this.rows([...this.messages.values()].sort((a, b) => a.message_id - b.message_id));
      this.tabs();
      if (this.state.blocked) rows.push(make("p", { className: "note" }, words.blocked));
      this.chat.replaceChildren(...rows); this.chat.scrollTop = this.chat.scrollHeight;
    }
    this.write.hidden = !this.state.started; this.write.style.display = this.state.started ? "" : "none";
    this.blockButton.hidden = !this.state.started; this.blockButton.ariaLabel = this.blockButton.title = this.state.blocked ? words.unblock : words.block;
    this.menu.replaceChildren(...(this.state.menu || []).map((one) => make("button", { onclick: () => { this.menu.hidden = true; this.act("text", { text: `/${one.command}` }); } }, make("code", {}, `/${one.command}`), make("span", {}, one.description))));
    const rows = this.state.keyboard || []; this.keyboard.hidden = !rows.length || !this.state.started;
    this.keyboard.replaceChildren(...rows.map((row) => make("div", {}, ...row.map((one) => make("button", { onclick: () => one.request_contact ? this.act("contact", { phone: this.person.phone || "+8613900000000" }) : this.act("text", { text: one.text }) }, one.text)))));
  }
  shown(message) {
    const words = this.app.words, name = words.kinds[message.kind] || message.kind, place = message.venue || message.location;
    const drawn = (className, ...children) => [make("div", { className: `media ${className}`, role: "img", ariaLabel: name }, ...children)];
    switch (message.kind) {
      case "photo": return [this.picture(message, name)];
      case "video": case "animation": return drawn("picture", make("span", {}, "▶"));
      case "video_note": return drawn("round", make("span", {}, "▶"));
      case "voice": case "audio": return drawn("sound", make("span", {}, "▶"), make("i", {}), make("small", {}, "0:03"));
      case "sticker": return drawn("sticker", make("span", {}, "👍"));
      case "location": case "venue": return drawn("map", make("span", {}, "📍"), make("small", {}, message.venue ? message.venue.title : `${place.latitude}, ${place.longitude}`));
      case "contact": return drawn("card", make("span", {}, "👤"), make("small", {}, `${message.contact.first_name} ${message.contact.phone_number}`));
      case "poll": return drawn("poll", make("b", {}, message.poll.question), ...message.poll.options.map((one) => make("small", {}, `○ ${one.text}`)));
      case "dice": return drawn("sticker", make("span", {}, message.dice.emoji));
      default: return [];
    }
  }
  picture(message, name) {
    // Kept: a chat that is drawn anew neither loads nor flickers. The sign stays where the file is no picture.
    const id = message.document?.file_id, key = `${message.message_id} ${id}`;
    if (this.pictures.has(key)) return this.pictures.get(key);
    const node = make("div", { className: "media picture", role: "img", ariaLabel: name }, make("span", {}, "🏞")), href = `/control/file/${encodeURIComponent(id)}`;
    const image = make("img", { alt: name, onload: () => {
      node.removeAttribute("role"); node.removeAttribute("aria-label"); node.classList.add("real"); node.style.aspectRatio = `${image.naturalWidth} / ${image.naturalHeight}`;
      node.replaceChildren(make("a", { href, target: "_blank", rel: "noopener" }, image)); this.chat.scrollTop = this.chat.scrollHeight;
    } });
    if (id) { this.pictures.set(key, node); image.src = href; }
    return node;
  }
  press(message, one) {
    if (one.data) this.act("press", { message_id: message.message_id, data: one.data });
    else if (one.web_app) this.open(message, one);
    else window.open(one.url, "_blank", "noopener");
  }
  // A page of the bot, over this phone alone. A page may ask to be closed, as in the real client.
  async open(message, one) {
    const found = await this.act("open_page", { message_id: message.message_id, page: one.web_app.url }); if (!found) return;
    const back = this.node.contains(document.activeElement) ? document.activeElement.closest(".keys") : null, at = back ? [...this.chat.querySelectorAll(".keys")].indexOf(back) : -1;
    const frame = make("iframe", { src: found.url, title: one.text, referrerPolicy: "no-referrer", sandbox: "allow-scripts allow-same-origin allow-forms" });
    const asked = (event) => { if (event.source === frame.contentWindow && String(event.data).includes('"web_app_close"')) close(); };
    const close = () => {
      window.removeEventListener("message", asked); this.closePage = null; sheet.remove();
      // The chat may have been drawn anew below it: the button that stands there now.
      const there = [...(this.chat.querySelectorAll(".keys")[at]?.querySelectorAll("button") || [])].find((button) => button.textContent === one.text);
      (there || this.field).focus();
    };
    const shut = make("button", { onclick: close, ariaLabel: this.app.words.close, title: this.app.words.close }, "✕");
    const sheet = make("div", { className: "opened", role: "dialog", ariaLabel: one.text, onkeydown: (event) => { if (event.key === "Escape") close(); } }, make("header", {}, make("b", {}, one.text), shut), frame);
    this.closePage?.(); this.closePage = close; window.addEventListener("message", asked); this.node.append(sheet); shut.focus();
  }
  album(pieces) {
    const node = this.row(pieces[0]), bubble = node.querySelector(".bubble"), grid = make("div", { className: "grid" });
    for (const one of pieces) { grid.append(...this.shown(one)); if (one !== pieces[0] && one.caption) bubble.append(make("div", {}, rich(one.caption, one.entities || []))); }
    bubble.querySelector(".media")?.remove(); bubble.prepend(grid);
    return node;
  }
  rows(messages) {
    const found = [], albums = new Map();
    for (const one of messages) {
      if (this.topic !== undefined && this.topic !== null && String(one.thread ?? "") !== this.topic) continue;
      if (!one.media_group_id) { found.push([one]); continue; }
      if (albums.has(one.media_group_id)) albums.get(one.media_group_id).push(one);
      else { const pieces = [one]; albums.set(one.media_group_id, pieces); found.push(pieces); }
    }
    return found.map((pieces) => pieces.length > 1 ? this.album(pieces) : this.row(pieces[0]));
  }
  tabs() {
    const names = Object.entries(this.state.topics || {}); this.topicBar.hidden = !names.length;
    const tab = (key, label) => make("button", { role: "tab", ariaSelected: String((this.topic ?? null) === key), onclick: () => { this.topic = key; this.draw(); } }, label);
    this.topicBar.replaceChildren(tab(null, this.app.words.all), tab("", this.app.words.plain), ...names.map(([key, name]) => tab(key, name)));
  }
  row(message) {
    const mine = message.from === "person", words = this.app.words, text = message.text || message.caption || "";
    const bubble = make("div", { className: "bubble", dir: "auto" });
    const quoted = message.reply_to ? this.messages.get(message.reply_to) : null;
    if (quoted) bubble.append(make("span", { className: "quote" }, (quoted.text || quoted.caption || "").slice(0, 90)));
    bubble.append(...this.shown(message));
    if (message.kind === "document") bubble.append(make("a", { className: "file", href: `/control/file/${encodeURIComponent(message.document.file_id)}`, download: message.document.file_name || "file" }, `📄 ${message.document.file_name} · ${Math.ceil((message.document.size || 0) / 1024)} KB`));
    else if (message.kind && message.kind !== "text" && !text && !bubble.childNodes.length) bubble.append(`[${message.kind}]`);
    bubble.append(rich(text, message.entities || []));
    // With a school's clock on the page the messages show its time, not this browser's.
    const clock = this.app.scene?.clock;
    const time = clock ? new Date((message.date + clock.base + clock.zone) * 1000).toISOString().slice(11, 16) : new Date(message.date * 1000).toTimeString().slice(0, 5);
    const meta = make("div", { className: "meta" }, make("time", {}, time), message.edit_date ? make("span", {}, words.edited) : null,
      ...[...message.reactions.bot, ...message.reactions.person].map((one) => make("span", { className: "chip" }, one)),
      make("button", { onclick: () => this.settle(message.message_id, null) }, words.answer),
      make("button", { ariaLabel: words.react, title: words.react, onclick: () => this.act("react", { message_id: message.message_id, emoji: message.reactions.person.length ? null : "❤" }) }, "♡"), mine && message.text ? make("button", { onclick: () => this.settle(null, message.message_id) }, words.edit) : null);
    const keys = make("div", { className: "keys" }, ...(message.buttons || []).map((row) => make("div", {}, ...row.map((one) => make("button", { onclick: () => this.press(message, one) }, one.text)))));
    return make("div", { className: `row${mine ? " me" : ""}${message.fresh ? " fresh" : ""}` }, bubble, (message.buttons || []).length ? keys : null, meta);
  }
}
