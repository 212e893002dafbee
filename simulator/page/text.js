// A text with its entities as DOM nodes. Everything is put in as text: nothing that people write is ever read as markup.
const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote", spoiler: "span" };

export function rich(text, entities = []) {
  const cuts = new Set([0, text.length]);
  const known = entities.filter((one) => TAGS[one.type] || one.type === "text_link" || one.type === "url");
  for (const one of known) { cuts.add(one.offset); cuts.add(Math.min(one.offset + one.length, text.length)); }
  const at = [...cuts].sort((a, b) => a - b);
  const whole = document.createDocumentFragment();
  for (let i = 0; i + 1 < at.length; i++) {
    let node = document.createTextNode(text.slice(at[i], at[i + 1]));
    for (const one of known) {
      if (one.offset > at[i] || one.offset + one.length < at[i + 1]) continue;
      const wrap = document.createElement(TAGS[one.type] || "a");
      if (one.type === "spoiler") {
        wrap.className = "spoiler"; wrap.tabIndex = 0; wrap.setAttribute("role", "button");
        wrap.onclick = wrap.onkeydown = () => wrap.classList.add("seen");
      }
      if (wrap.tagName === "A") {
        const target = one.url || text.slice(one.offset, one.offset + one.length);
        if (/^https?:\/\//.test(target)) { wrap.href = target; wrap.target = "_blank"; wrap.rel = "noreferrer noopener"; }
      }
      wrap.append(node); node = wrap;
    }
    whole.append(node);
  }
  return whole;
}
