// Everything that needs JavaScript except the keys: acting without leaving the page, messages with Undo, the place of a
// reader who comes back, copying, the time zone. The page is complete without it.
"use strict";

const Broadsheet = {};
const ROOT = new URL("..", document.currentScript.src).pathname; // where the site begins

for (const element of document.querySelectorAll(".script-only")) element.hidden = false;

for (const field of document.querySelectorAll("[data-zone]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || field.value;
}

// The button of an emailed link presses itself, so that no reader forgets the second step.
document.querySelector("form[data-press]")?.requestSubmit();

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy);
  const status = document.getElementById("copied");
  try {
    await navigator.clipboard.writeText(text.textContent);
    status.textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(text);
    status.textContent = "Text selected. Copy it with the keyboard.";
  }
});

// What a tab remembers; nothing where the browser keeps nothing.
const memory = {
  get(name) { try { return sessionStorage.getItem(`broadsheet: ${name}`); } catch { return null; } },
  set(name, value) { try { sessionStorage.setItem(`broadsheet: ${name}`, value); } catch { /* for this page only */ } },
};

// A message about what the reader did, with Undo. It stays until the next one, or until it is dismissed.
{
  const box = document.createElement("div");
  box.className = "toast";
  box.innerHTML = '<p role="status"></p><button type="button" data-toast="undo" hidden>Undo</button>'
    + '<button type="button" data-toast="dismiss" hidden>Dismiss</button>';
  document.querySelector("main")?.after(box);
  const [words, undo, dismiss] = box.children;
  let back = null;

  // Where the reader was, if the focus is on the message: to the pressed button or its paper, else to the page.
  const leave = () => {
    if (!box.contains(document.activeElement)) return;
    const paper = [...document.querySelectorAll("main article :is(h2, h3, h4) a")].find((each) => each.getAttribute("href") === Broadsheet.place);
    const there = Broadsheet.from?.isConnected ? Broadsheet.from : paper ?? document.querySelector("main");
    there?.focus({ preventScroll: true });
  };
  const close = () => {
    leave();
    box.classList.remove("open");
    undo.hidden = dismiss.hidden = true;
    words.textContent = "";
    back = null;
  };
  // `taken` undoes it; without it there is no button.
  Broadsheet.say = (text, taken = null) => {
    if (!text) return;
    words.textContent = text;
    back = taken;
    undo.hidden = !taken;
    dismiss.hidden = false;
    box.classList.add("open");
  };
  Broadsheet.undo = () => { const now = back; if (now) { back = null; leave(); undo.hidden = true; now(); } };
  undo.addEventListener("click", Broadsheet.undo);
  dismiss.addEventListener("click", close);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !document.querySelector("dialog[open]")) close(); });
}

// Parts of the page that are replaced by those of the page that comes back. The focus, the scroll position and what was
// opened stay as they are.
const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
{
  // How to find an element again in a new copy of its part: by id, by what it does, or by its place.
  const mark = (element, part) => {
    const { id, name = "", value = "" } = element;
    const act = element.dataset?.act;
    const place = [...part.querySelectorAll(FOCUSABLE)].indexOf(element);
    const words = element.textContent.trim();
    if (element.matches("summary")) return (fresh) => [...fresh.querySelectorAll("summary")].find((each) => each.textContent.trim() === words);
    return (fresh) => (id && fresh.ownerDocument.getElementById(id))
      || (act && [...fresh.querySelectorAll(`[data-act="${act}"]`)].find((each) => (each.value ?? "") === value))
      || (name && [...fresh.querySelectorAll("[name]")].find((each) => each.name.replace(/^un/, "") === name.replace(/^un/, "") && each.value === value))
      || [...fresh.querySelectorAll(FOCUSABLE)][place];
  };
  const opened = (part) => [...part.querySelectorAll("details")].map((each) => [each.id || each.querySelector("summary")?.textContent.trim(), each.open]);

  const replace = (part, fresh) => {
    const active = document.activeElement;
    const again = part.contains(active) && active !== part ? mark(active, part) : null;
    const were = new Map(opened(part));
    fresh = document.adoptNode(fresh);
    for (const each of fresh.querySelectorAll("details")) {
      const open = were.get(each.id || each.querySelector("summary")?.textContent.trim());
      if (open !== undefined) each.open = open;
    }
    for (const each of fresh.querySelectorAll(".script-only")) each.hidden = false;
    part.replaceWith(fresh);
    if (again) {
      const there = again(fresh);
      there?.focus({ preventScroll: true });
      if (!fresh.contains(document.activeElement)) {
        fresh.tabIndex = -1;
        fresh.focus({ preventScroll: true });
      }
    }
  };

  // Replace the parts with these ids by those of another document; tell whether any was there.
  Broadsheet.swaps = 0;
  Broadsheet.swap = (ids, page) => {
    Broadsheet.swaps += 1;
    const steady = document.activeElement?.closest("article[id], [id]");
    const name = steady?.id;
    const before = name ? steady.getBoundingClientRect().top : 0;
    const both = ids.map((id) => [document.getElementById(id), page.getElementById(id)]);
    for (const [part, fresh] of both) if (part && fresh) replace(part, fresh);
    for (const [part, fresh] of both) if (part && !fresh && both.some(([, other]) => other)) part.replaceChildren();
    const after = name && document.getElementById(name);
    if (after) scrollBy({ top: after.getBoundingClientRect().top - before, behavior: "instant" });
    document.dispatchEvent(new CustomEvent("broadsheet:swapped"));
    return both.some(([part, fresh]) => part && fresh);
  };

  Broadsheet.read = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
}

// Forms and links with data-swap="ID ...": sent by fetch. data-message says what was done; data-undo is the address, with
// fields, that undoes it ("": the same form with undo=1). A page may bring its own message in the element #message.
{
  const undoing = (form, fields, ids, given) => async () => {
    const [path, query = ""] = (given || form.getAttribute("action")).split("?");
    const body = new URLSearchParams(given ? [...fields].filter(([name]) => ["token", "next"].includes(name)) : [...fields, ["undo", "1"]]);
    for (const [name, value] of new URLSearchParams(query)) body.append(name, value);
    try {
      const answer = await fetch(path ? ROOT + path.replace(/^\//, "") : form.action, { method: "POST", body, headers: { accept: "text/html" } });
      if (!answer.ok) throw new Error(answer.status);
      Broadsheet.swap(ids, await Broadsheet.read(answer));
      memory.set("acted", Date.now());
      Broadsheet.say("Undone.");
    } catch {
      failed();
    }
  };

  // What a page says was done, and its button, or form, that undoes it. Taken out of the page: the message says it instead.
  const said = (page) => {
    const own = page.getElementById("message");
    own?.remove();
    return own ? [(own.querySelector("[data-words]") ?? own).textContent.trim(), own.querySelector("[data-undoes]")] : ["", null];
  };
  const failed = () => Broadsheet.say("This could not be undone: reload the page and try again.");

  Broadsheet.send = async (form, button, parts = "") => {
    const named = button?.dataset.swap ?? form.dataset.swap ?? parts;
    const ids = named.split(/\s+/).filter(Boolean);
    const data = new FormData(form);
    if (button?.name) data.append(button.name, button.value);
    const method = (button?.getAttribute("formmethod") ?? form.method).toUpperCase();
    const to = new URL(button?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location.href);
    const fields = [...data].filter(([, value]) => typeof value === "string");
    const options = { method, headers: { accept: "text/html" } };
    if (method === "GET") to.search = new URLSearchParams(fields.filter(([, value]) => value !== ""));
    else options.body = form.enctype === "multipart/form-data" ? data : new URLSearchParams(fields);
    const answer = await fetch(to, options);
    if (!answer.ok) throw new Error(answer.status);
    const page = await Broadsheet.read(answer);
    Broadsheet.from = document.activeElement;
    if (method !== "GET") memory.set("acted", Date.now());
    const [words, inner] = said(page);
    if (!Broadsheet.swap(ids, page)) { location.assign(answer.url); return; }
    if (method === "GET") history.replaceState(history.state, "", answer.url);
    const given = button?.dataset.undo ?? form.dataset.undo;
    const again = () => (inner.matches("form") ? Broadsheet.send(inner, null, named) : Broadsheet.send(document.getElementById(inner.getAttribute("form")), inner, named));
    const taken = inner ? () => again().catch(failed)
      : given !== undefined && method !== "GET" ? undoing(form, fields, ids, given) : null;
    Broadsheet.say(words || (button?.dataset.message ?? form.dataset.message ?? ((button ?? form).hasAttribute("data-undoes") ? "Undone." : "")), taken);
  };
  const shut = (inside) => {
    const menu = inside.closest("details.menu");
    if (menu?.open) { menu.querySelector("summary").focus({ preventScroll: true }); menu.open = false; }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if ((button?.dataset.swap ?? form.dataset.swap) === undefined || event.defaultPrevented || form.dataset.plain) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    shut(form);
    Broadsheet.send(form, button).catch(() => {
      form.dataset.plain = "yes";
      form.requestSubmit(button?.isConnected ? button : undefined);
    }).finally(() => { delete form.dataset.busy; delete form.dataset.plain; });
  });

  // A menu closes when the reader goes on elsewhere.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") shut(event.target);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    shut(link);
    fetch(link.href, { headers: { accept: "text/html" } }).then(async (answer) => {
      if (!answer.ok || !Broadsheet.swap(link.dataset.swap.split(/\s+/), await Broadsheet.read(answer))) throw new Error(answer.status);
      history.replaceState(history.state, "", answer.url);
      Broadsheet.say(link.dataset.message ?? "");
    }).catch(() => location.assign(link.href));
  });
}

// The buttons under a paper: pressed in place. What comes back are the paper's votes and its row of buttons.
{
  const place = (paper, html) => {
    const made = document.createElement("template");
    made.innerHTML = html.trim();
    for (const fresh of [...made.content.children]) document.getElementById(fresh.id)?.replaceWith(fresh);
    for (const [act, word] of [["read", "read"], ["decline", "declined"]]) {
      paper?.classList.toggle(word, paper.querySelector(`[data-act="${act}"]`)?.getAttribute("aria-pressed") === "true");
    }
  };

  // Press a button by its name and paper. `quiet` says nothing.
  const press = async (paper, form, { name, value, into = "" }, quiet = false) => {
    const body = new URLSearchParams(new FormData(form));
    body.set(name, value);
    if (into) body.set("into", into);
    const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    const { html, said, undo } = await answer.json();
    place(paper, html);
    memory.set("acted", Date.now());
    document.dispatchEvent(new CustomEvent("broadsheet:acted"));
    if (quiet) return;
    Broadsheet.from = document.activeElement;
    Broadsheet.say(said, undo ? async () => {
      try {
        await press(paper, form, undo, true);
        Broadsheet.say("Undone.");
      } catch {
        Broadsheet.say("This could not be undone: reload the page and try again.");
      }
    } : null);
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest('button[form="acts"]');
    if (!button?.form || button.hasAttribute("formaction")) return;
    event.preventDefault();
    const paper = button.closest("article");
    const holder = paper ?? button;
    if (holder.dataset.busy) return;
    holder.dataset.busy = "yes";
    const focused = document.activeElement === button;
    const { form, name, value } = button;
    const act = button.dataset.act;
    try {
      await press(paper, form, { name, value });
      if (focused) paper?.querySelector(`[data-act="${act}"]`)?.focus({ preventScroll: true });
    } catch {
      form.requestSubmit(button.isConnected ? button : undefined);
    } finally {
      delete holder.dataset.busy;
    }
  });

  // A reader may choose that opening a paper marks it as read. A page that is only prepared is not opened.
  const readOpened = () => {
    const chosen = document.cookie.split("; ").find((each) => each.startsWith("broadsheet-choices="))?.split("=")[1].split(".");
    const paper = document.querySelector("main article.paper");
    const button = paper?.querySelector('[data-act="read"][aria-pressed="false"]');
    if (chosen?.includes("read_opened") && button?.form) press(paper, button.form, button, true).catch(() => { /* it stays unread */ });
  };
  if (document.prerendering) document.addEventListener("prerenderingchange", readOpened, { once: true });
  else readOpened();
}

// Who comes back finds the place: the paper that was opened last has the focus, and its marks are those of now.
{
  const here = () => location.pathname + location.search;
  const papers = () => [...document.querySelectorAll("main article")].filter((each) => each.querySelector(":is(h1, h2, h3, h4) a"));
  const link = (paper) => paper.querySelector(":is(h1, h2, h3, h4) a");

  document.addEventListener("click", (event) => {
    const paper = event.target.closest("a[href]") && event.target.closest("main article");
    if (paper && link(paper)) memory.set(`opened ${here()}`, link(paper).getAttribute("href"));
  });
  document.addEventListener("focusin", (event) => {
    const paper = event.target.closest?.("main article");
    if (paper && link(paper)) Broadsheet.place = link(paper).getAttribute("href");
  });

  const begun = Date.now();
  // Bring the parts with this attribute, by their ids, to what they are now.
  const refresh = async (attribute) => {
    const ids = [...document.querySelectorAll(`[${attribute}]`)].map((each) => each.id).filter(Boolean);
    if (!ids.length) return;
    const { swaps } = Broadsheet;
    const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-cache" });
    const page = answer.ok && await Broadsheet.read(answer);
    if (page && swaps === Broadsheet.swaps) Broadsheet.swap(ids, page); // else newer parts are there already
  };
  let due = 0;
  document.addEventListener("broadsheet:acted", () => {
    clearTimeout(due);
    due = setTimeout(() => refresh("data-counts").catch(() => { /* they are those of before */ }), 200);
  });

  addEventListener("pageshow", async (event) => {
    const returned = event.persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    if (!returned) return;
    const address = memory.get(`opened ${here()}`);
    const last = () => papers().find((each) => link(each).getAttribute("href") === address);
    const paper = address && last();
    if (paper) {
      Broadsheet.place = address;
      if (document.activeElement === document.body || event.persisted) link(paper).focus({ preventScroll: true });
      const { top, bottom } = paper.getBoundingClientRect();
      if (bottom < 0 || top > innerHeight) paper.scrollIntoView({ block: "center", behavior: "instant" });
    }
    const stale = Number(memory.get("acted") ?? 0) > (event.persisted ? begun : 0);
    if (stale) await refresh("data-fresh").catch(() => { /* the marks are those of before */ });
  });
}
