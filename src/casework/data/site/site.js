"use strict";
(() => {
  const root = document.documentElement, store = {
    get(k) { try { return localStorage.getItem(k); } catch { return null; } },
    set(k, v) { try { localStorage.setItem(k, v); } catch { /* a browser may refuse storage for files */ } }
  };
  const theme = document.getElementById("theme");
  const paint = (name) => {
    root.dataset.theme = name;
    if (theme) { theme.textContent = name === "dark" ? theme.dataset.light : theme.dataset.dark; theme.setAttribute("aria-pressed", name === "dark"); }
  };
  paint(store.get("casework-theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  theme?.addEventListener("click", () => { const next = root.dataset.theme === "dark" ? "light" : "dark"; paint(next); store.set("casework-theme", next); });

  const collator = new Intl.Collator(root.lang === "zh" ? "zh" : "en", { numeric: true });
  const value = (row, i) => { const cell = row.cells[i]; return cell ? cell.dataset.v ?? cell.textContent.trim() : ""; };
  const compare = (a, b) => {
    if (!a || !b) return a ? -1 : b ? 1 : 0;
    const x = Number(a), y = Number(b);
    return Number.isNaN(x) || Number.isNaN(y) ? collator.compare(a, b) : x - y;
  };
  const sort = (table, th) => {
    const up = th.getAttribute("aria-sort") !== "ascending", i = th.cellIndex, body = table.tBodies[0];
    for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
    th.setAttribute("aria-sort", up ? "ascending" : "descending");
    const rows = [...body.rows].map((row) => [value(row, i), row]);
    rows.sort(([a], [b]) => (!a || !b ? compare(a, b) : up ? compare(a, b) : compare(b, a)));
    body.append(...rows.map(([, row]) => row));
  };
  for (const table of document.querySelectorAll("table.data"))
    for (const th of table.tHead.rows[0].cells) th.querySelector("button")?.addEventListener("click", () => sort(table, th));

  for (const box of document.querySelectorAll(".tabled")) {
    const input = box.querySelector("input[type=search]"), count = box.querySelector(".count");
    if (!input) continue;
    const rows = [...box.querySelectorAll("tbody tr")];
    // Full-width digits count as the usual ones, 200,000 as 200000; cells stay apart, so that no word is found across two.
    const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/(\d),(?=\d{3})/g, "$1");
    let texts = null;
    const narrow = () => {
      const words = fold(input.value).split(/\s+/).filter(Boolean);
      let left = 0;
      texts ??= rows.map((row) => fold([...row.cells].map((c) => c.textContent).join("\n") + "\n" + (row.dataset.find ?? "")));
      rows.forEach((row, i) => {
        row.hidden = !words.every((w) => texts[i].includes(w));
        left += !row.hidden;
      });
      count.textContent = (left === rows.length ? "" : left + " / ") + rows.length + " " + count.dataset.rows;
    };
    input.addEventListener("input", narrow);
    input.addEventListener("keydown", (e) => { if (e.key === "Escape") { input.value = ""; narrow(); } });
    if (input.value) narrow();
  }

  const items = [...document.querySelectorAll(".claims li[data-for]")];
  const itemOf = (id) => items.find((li) => li.dataset.for === id);
  const light = (id, on) => {
    for (const m of document.querySelectorAll("mark")) if (m.id === id || m.dataset.part === id) m.classList.toggle("on", on);
    itemOf(id)?.classList.toggle("on", on);
  };
  let current = "";
  const show = (id) => {
    if (current) light(current, false);
    current = id;
    if (!id) return;
    light(id, true);
    const mark = document.getElementById(id), item = itemOf(id);
    if (mark) { for (let box = mark.closest("details"); box; box = box.parentElement.closest("details")) box.open = true; mark.scrollIntoView({ block: "center" }); }
    const side = item?.closest(".side");
    if (side && side.scrollHeight > side.clientHeight) side.scrollTop = item.offsetTop - side.offsetTop - side.clientHeight / 3;
  };
  const fromHash = () => show(decodeURIComponent(location.hash.slice(1)));
  addEventListener("hashchange", fromHash);
  if (location.hash) fromHash();
  for (const li of items) {
    const id = li.dataset.for, on = () => light(id, true), off = () => { if (id !== current) light(id, false); };
    li.addEventListener("mouseenter", on); li.addEventListener("mouseleave", off);
    li.addEventListener("focusin", on); li.addEventListener("focusout", off);
    const mark = document.getElementById(id);
    mark?.addEventListener("mouseenter", on); mark?.addEventListener("mouseleave", off);
    mark?.addEventListener("click", () => { location.hash = id; });
  }
  const walk = (by) => {
    const ids = items.map((li) => li.dataset.for);
    if (!ids.length) return;
    const at = ids.indexOf(current);
    location.hash = ids[at < 0 ? (by > 0 ? 0 : ids.length - 1) : (at + by + ids.length) % ids.length];
  };
  addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest?.("input, textarea, select")) return;
    if (e.key === "n") walk(1);
    if (e.key === "p") walk(-1);
  });
})();
