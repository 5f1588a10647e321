// The keys: / ? j k o e s v r x n p u, and g with a letter. They can be turned off, do nothing while the reader types,
// and move only what the reader asks for.
"use strict";

{
  const OFF = "broadsheet: keys are off";
  const box = document.getElementById("q");
  const help = document.getElementById("keys");
  const toggle = document.getElementById("keys-off");
  const PAGES = { t: "/", r: "/trending", f: "/foryou", l: "/lists", a: "/queries" };

  const remembered = () => { try { return localStorage.getItem(OFF) === "yes"; } catch { return false; } };
  const remember = (off) => { try { localStorage.setItem(OFF, off ? "yes" : "no"); } catch { /* for this page only */ } };

  let off = remembered();
  const say = () => { toggle?.setAttribute("aria-pressed", String(off)); };
  say();
  toggle?.addEventListener("click", () => { off = !off; remember(off); say(); });

  const link = (paper) => paper.querySelector(":is(h1, h2, h3, h4) a");
  const papers = () => [...document.querySelectorAll("main article")].filter(link);
  // The paper with the focus, else the one that had it last: the focus may be on a message, or lost.
  const place = (all) => {
    const here = all.findIndex((paper) => paper.contains(document.activeElement));
    if (here >= 0 || document.activeElement?.closest("header, aside, footer, dialog")) return here;
    return all.findIndex((paper) => link(paper).getAttribute("href") === Broadsheet.place);
  };
  const go = (step) => {
    const all = papers();
    const here = place(all);
    const there = here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
    if (there < 0 || there >= all.length) return;
    link(all[there]).focus({ preventScroll: true });
    all[there].scrollIntoView({ block: "nearest", behavior: "instant" });
  };
  const current = () => { const all = papers(); return all[place(all)] ?? document.querySelector("main article.paper"); };
  const press = (act) => () => { current()?.querySelector(`[data-act="${act}"]`)?.click(); };
  // The next part of this list comes before the next day.
  const turn = (rel) => () => {
    const link = document.querySelector(`main nav.pages a[rel="${rel}"]`) ?? document.querySelector(`main a[rel="${rel}"], head link[rel="${rel}"]`);
    if (link) location.assign(link.href);
  };

  let going = false;
  const keys = {
    "/": () => { if (box) { box.focus(); box.select(); } },
    "?": () => { if (help.open) help.close(); else help.showModal(); },
    j: () => go(1),
    k: () => go(-1),
    o: () => { const paper = current(); if (paper && link(paper)) link(paper).click(); },
    e: () => { const whole = current()?.querySelector("details.whole"); if (whole) whole.open = !whole.open; },
    s: press("save"),
    v: press("vote"),
    r: press("read"),
    x: press("decline"),
    n: turn("next"),
    p: turn("prev"),
    u: () => Broadsheet.undo(),
    g: () => { going = true; },
  };

  document.addEventListener("keydown", (event) => {
    if (off || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) { going = false; return; }
    if (["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    if (help.open && event.key !== "?") return;
    if (going) {
      going = false;
      const page = Object.hasOwn(PAGES, event.key) && document.querySelector(`header a[href$="${PAGES[event.key]}"], nav.site a[href$="${PAGES[event.key]}"]`);
      if (page) { event.preventDefault(); page.click(); return; }
    }
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });

  // The first link of a page with papers leads to the first of them.
  document.querySelector('a.skip[href="#papers"]')?.addEventListener("click", (event) => {
    const first = document.querySelector("#papers article :is(h2, h3, h4) a");
    if (!first) return;
    event.preventDefault();
    first.focus();
  });
}
