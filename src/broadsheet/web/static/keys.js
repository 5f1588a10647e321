// The keys: / ? j k o s. They can be turned off, do nothing while the reader types, and move only what the reader asks for.
"use strict";

{
  const OFF = "broadsheet: keys are off";
  const box = document.getElementById("q");
  const help = document.getElementById("keys");
  const toggle = document.getElementById("keys-off");
  const papers = [...document.querySelectorAll("main article")].filter((each) => each.querySelector(":is(h1, h2, h3, h4) a"));

  const remembered = () => { try { return localStorage.getItem(OFF) === "yes"; } catch { return false; } };
  const remember = (off) => { try { localStorage.setItem(OFF, off ? "yes" : "no"); } catch { /* for this page only */ } };

  let off = remembered();
  const say = () => { toggle.setAttribute("aria-pressed", String(off)); };
  say();
  toggle.addEventListener("click", () => { off = !off; remember(off); say(); });

  const link = (paper) => paper.querySelector(":is(h1, h2, h3, h4) a");
  const place = () => papers.findIndex((paper) => paper.contains(document.activeElement));
  const go = (step) => {
    const here = place();
    const there = here < 0 ? (step > 0 ? 0 : papers.length - 1) : here + step;
    if (there < 0 || there >= papers.length) return;
    link(papers[there]).focus({ preventScroll: true });
    papers[there].scrollIntoView({ block: "nearest" });
  };

  const keys = {
    "/": () => { if (box) { box.focus(); box.select(); } },
    "?": () => { if (help.open) help.close(); else help.showModal(); },
    j: () => go(1),
    k: () => go(-1),
    o: () => { const here = place(); if (here >= 0) link(papers[here]).click(); },
    s: () => {
      const paper = papers[place()] || document.querySelector("main article.paper");
      paper?.querySelector('[data-act="save"]')?.click();
    },
  };

  document.addEventListener("keydown", (event) => {
    if (off || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (help.open && event.key !== "?") return;
    event.preventDefault();
    keys[event.key]();
  });
}
