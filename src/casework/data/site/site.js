"use strict";
(() => {
  const root = document.documentElement, store = {
    get(k) { try { return localStorage.getItem(k); } catch { return null; } },
    set(k, v) { try { localStorage.setItem(k, v); } catch { /* a browser may refuse storage for files */ } }
  };
  const words = document.body.dataset;
  root.dataset.live = "";

  // Light and dark, as the system says until the reader says otherwise.
  const theme = document.getElementById("theme");
  const paint = (name) => {
    root.dataset.theme = name;
    theme.textContent = name === "dark" ? theme.dataset.light : theme.dataset.dark;
  };
  paint(store.get("casework-theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  theme.addEventListener("click", () => { const next = root.dataset.theme === "dark" ? "light" : "dark"; paint(next); store.set("casework-theme", next); });

  // The other language's page opens at the same place.
  for (const link of document.querySelectorAll("a.tongue")) {
    const bare = link.href;
    for (const when of ["pointerdown", "focus", "click"]) link.addEventListener(when, () => { link.href = bare + location.hash; });
  }

  // Rows of long tables and folded texts that stand in files beside the page.
  const waiting = new Map();
  const fetchRest = async (box, take) => {
    waiting.set(box.id, take);
    for (const src of box.dataset.rest.split(" ")) {
      const script = document.createElement("script");
      script.src = src;
      await new Promise((done) => { script.onload = script.onerror = done; document.head.append(script); });
    }
  };
  window.casework = { rest: (id, part) => waiting.get(id)?.(part) };

  // Tables: sorted by their headings, narrowed by words, a window of rows at a time.
  const WINDOW = 200;
  const collator = new Intl.Collator(root.lang === "zh" ? "zh" : "en", { numeric: true });
  const compare = (a, b) => {
    if (!a || !b) return a ? -1 : b ? 1 : 0;
    const x = Number(a), y = Number(b);
    return Number.isNaN(x) || Number.isNaN(y) ? collator.compare(a, b) : x - y;
  };
  // Full-width digits count as the usual ones, 200,000 as 200000; cells stay apart, so that no word is found across two.
  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/(\d),(?=\d{3})/g, "$1");
  const entities = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'", "#39": "'" };
  const plain = (html) => html.replace(/<[^>]*>/g, "").replace(/&(amp|lt|gt|quot|#x27|#39);/g, (_, name) => entities[name]);
  class Row {
    constructor(html, element) { this.html = html; this.made = element; }
    get element() {
      if (!this.made) { const t = document.createElement("template"); t.innerHTML = this.html; this.made = t.content.firstElementChild; }
      return this.made;
    }
    get text() {
      this.folded ??= fold(this.made ? [...this.made.cells].map((c) => c.textContent).join("\n") + "\n" + (this.made.dataset.find ?? "")
        : plain((/^<tr[^>]*? data-find="([^"]*)"/.exec(this.html)?.[1] ?? "") + "\n" + this.html.replaceAll("</td>", "\n")));
      return this.folded;
    }
    value(i) {
      if (this.made) { const cell = this.made.cells[i]; return cell ? cell.dataset.v ?? cell.textContent.trim() : ""; }
      const cell = this.html.split(/<\/t[dh]>/)[i] ?? "";
      const key = /<t[dh][^>]*? data-v="([^"]*)"/.exec(cell);
      return plain(key ? key[1] : cell.slice(cell.search(/<t[dh]/))).trim();
    }
  }
  const enliven = (box) => {
    const table = box.querySelector("table"), body = table.tBodies[0], input = box.querySelector("input[type=search]");
    const count = box.querySelector(".count"), more = box.querySelector(".more");
    let rows = [...body.rows].map((r) => new Row("", r)), shown = rows, limit = rows.length;
    const draw = () => {
      body.replaceChildren(...shown.slice(0, limit).map((r) => r.element));
      if (more) more.hidden = shown.length <= limit;
      if (!count) return;
      const all = rows.length.toLocaleString("en") + " " + (rows.length === 1 ? count.dataset.row : count.dataset.rows);
      count.textContent = (shown.length === rows.length ? "" : shown.length.toLocaleString("en") + " / ") + all + (shown.length ? "" : count.dataset.none);
    };
    const narrow = () => {
      const parts = fold(input?.value ?? "").split(/\s+/).filter(Boolean);
      shown = parts.length ? rows.filter((r) => parts.every((w) => r.text.includes(w))) : rows;
      draw();
    };
    const sort = (th) => {
      const up = th.getAttribute("aria-sort") !== "ascending", i = th.cellIndex;
      for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
      th.setAttribute("aria-sort", up ? "ascending" : "descending");
      const keyed = rows.map((row) => [row.value(i), row]);
      keyed.sort(([a], [b]) => (!a || !b ? compare(a, b) : up ? compare(a, b) : compare(b, a)));
      rows = keyed.map(([, row]) => row);
      narrow();
    };
    for (const th of table.tHead.rows[0].cells) th.querySelector("button")?.addEventListener("click", () => sort(th));
    input?.addEventListener("input", narrow);
    input?.addEventListener("keydown", (e) => {
      if (e.key === "Escape") { input.value = ""; narrow(); }
      if (e.key === "Enter") { e.preventDefault(); (shown[0]?.element.querySelector("a") ?? input).focus(); }
    });
    more?.addEventListener("click", () => { const at = limit; limit += WINDOW; draw(); shown[at].element.querySelector("a")?.focus(); });
    if (box.dataset.rest) {
      limit = WINDOW;
      fetchRest(box, (part) => { for (const html of part) rows.push(new Row(html)); }).then(narrow);
    }
    if (input?.value) narrow();
  };
  for (const box of document.querySelectorAll(".tabled")) enliven(box);
  for (const box of document.querySelectorAll("details [data-rest]")) {
    box.closest("details").addEventListener("toggle", () => { if (!box.firstChild) fetchRest(box, (part) => { box.innerHTML = part; }); }, { once: true });
  }

  // What is wider than the screen says so, and can be scrolled by keyboard.
  const hint = (box) => {
    const wide = box.scrollWidth > box.clientWidth + 2;
    box.toggleAttribute("data-wide", wide && box.scrollLeft + box.clientWidth < box.scrollWidth - 2);
    if (wide && !box.hasAttribute("tabindex")) box.tabIndex = 0;
    let said = box.previousElementSibling?.matches(".hint") ? box.previousElementSibling : null;
    if (wide && !said) {
      said = document.createElement("p");
      said.className = "hint"; said.textContent = "↔ " + words.wide; said.ariaHidden = "true";
      box.before(said);
    }
    if (said) said.hidden = !wide;
  };
  const wide = new ResizeObserver((seen) => seen.forEach((e) => hint(e.target)));
  for (const box of document.querySelectorAll(".scroll, figure")) { wide.observe(box); box.addEventListener("scroll", () => hint(box), { passive: true }); }

  // Evidence: a mark and its claim light up together; a link to either survives a reload.
  const evidence = () => {
    const items = [...document.querySelectorAll(".claims li[data-for]")], side = document.querySelector(".side");
    const itemOf = (id) => items.find((li) => li.dataset.for === id);
    const marksOf = (id) => [...document.querySelectorAll(".text mark")].filter((m) => m.id === id || m.dataset.part === id);
    const light = (id, on) => { for (const m of marksOf(id)) m.classList.toggle("on", on); itemOf(id)?.classList.toggle("on", on); };
    const reveal = (item) => {
      if (item && side.scrollHeight > side.clientHeight) side.scrollTop = item.offsetTop - side.offsetTop - side.clientHeight / 3;
    };
    const peek = document.querySelector(".peek");
    const tell = (id) => {
      const item = itemOf(id), mark = marksOf(id)[0];
      peek.classList.toggle("claim", Boolean(item));
      peek.firstElementChild.replaceChildren(...(item ? [...item.cloneNode(true).childNodes] : [mark?.title ?? ""]));
      peek.hidden = !item && !mark?.title;
    };
    const inSight = (box) => box.top > 60 && box.bottom < innerHeight - 120;
    let current = "";
    const show = (id) => {
      if (current) light(current, false);
      current = id;
      if (peek) tell(id);
      if (!id) return;
      light(id, true);
      const mark = document.getElementById(id);
      if (mark && !inSight(mark.getBoundingClientRect())) mark.scrollIntoView({ block: "center" });
      reveal(itemOf(id));
    };
    const fromHash = () => show(decodeURIComponent(location.hash.slice(1)));
    const go = (id) => { history.replaceState(null, "", "#" + id); show(id); };
    addEventListener("hashchange", fromHash);
    if (location.hash) fromHash();
    const hover = (target, id, on) => {
      target.addEventListener("mouseenter", on);
      target.addEventListener("mouseleave", () => { if (id !== current) light(id, false); });
    };
    for (const li of items) {
      const id = li.dataset.for, on = () => light(id, true);
      hover(li, id, on);
      li.addEventListener("focusin", on); li.addEventListener("focusout", () => { if (id !== current) light(id, false); });
    }
    for (const mark of document.querySelectorAll(".text mark")) {
      const id = mark.id || mark.dataset.part;
      if (!id) continue;
      if (itemOf(id)) hover(mark, id, () => { light(id, true); reveal(itemOf(id)); });
      mark.addEventListener("click", (e) => { e.stopPropagation(); go(id); });
    }
    peek?.querySelector("button").addEventListener("click", () => { peek.hidden = true; });

    // Keys: n and p walk the claims, N and P the sources, / goes to the filter, Escape puts the note away.
    const walk = (by) => {
      const ids = items.map((li) => li.dataset.for);
      if (!ids.length) return;
      const at = ids.indexOf(current);
      go(ids[at < 0 ? (by > 0 ? 0 : ids.length - 1) : (at + by + ids.length) % ids.length]);
    };
    const keys = {
      n: () => walk(1), p: () => walk(-1), N: () => document.querySelector("a[rel=next]")?.click(), P: () => document.querySelector("a[rel=prev]")?.click(),
      Escape: () => { if (peek) peek.hidden = true; },
      "/": (e) => { const field = document.querySelector("input[type=search]"); if (field) { e.preventDefault(); field.focus(); field.select(); } }
    };
    addEventListener("keydown", (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest?.("input, textarea, select")) return;
      keys[e.key]?.(e);
    });
  };
  // The rest of a long text and of its claims is there before they are.
  const rests = [...document.querySelectorAll(".text [data-rest], .claims[data-rest]")];
  const loaded = rests.map((box) => fetchRest(box, (part) => box.insertAdjacentHTML("beforeend", part.join(""))));
  if (rests.length) Promise.all(loaded).then(evidence); else evidence();
})();
