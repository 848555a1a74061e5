/* Keeps an open page as new as its plan: follows the plan's events and, when one tells of a newer version, fetches the
   same page and exchanges the parts marked `data-live`. Every page is whole without it. */
"use strict";
(() => {
  const main = document.querySelector("main[data-follow]");
  if (!main) return;

  const SPREAD = 300; // ms over which the readers of one plan ask anew
  const PATIENCE = [1000, 60000]; // ms before a stream that was refused is asked for again, doubled each time
  const SHOWN = 8000; // ms for which it is said that the page was renewed
  let said = 0, version = main.dataset.version, stream = null, wait = PATIENCE[0], busy = false, again = false;

  function open() {
    if (stream || document.hidden) return;
    stream = new EventSource(main.dataset.follow); // the browser resumes a broken one, with Last-Event-ID
    stream.addEventListener("plan", (event) => {
      wait = PATIENCE[0];
      if (event.lastEventId !== version) setTimeout(renew, Math.random() * SPREAD);
    });
    stream.addEventListener("error", () => {
      if (stream && stream.readyState === EventSource.CLOSED) {
        close();
        setTimeout(open, wait);
        wait = Math.min(2 * wait, PATIENCE[1]);
      }
    });
  }

  function close() {
    if (stream) stream.close();
    stream = null;
  }

  async function renew() {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-cache" });
      if (answer.ok) exchange(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { /* away for a moment: the stream comes back with the present version, and asks again */ }
    busy = false;
    if (again) { again = false; renew(); }
  }

  function exchange(fresh) {
    const next = fresh.querySelector("main[data-follow]");
    if (!next || next.dataset.version === version) return;
    const focus = named(document.activeElement), open = [...main.querySelectorAll("details[open] > summary")].map(text);
    let changed = false;
    for (const part of main.querySelectorAll("[data-live]")) {
      const other = next.querySelector(`[data-live="${CSS.escape(part.dataset.live)}"]`);
      if (other && other.outerHTML !== part.outerHTML) {
        part.replaceWith(document.adoptNode(other));
        changed = true;
      }
    }
    version = main.dataset.version = next.dataset.version;
    document.title = fresh.title;
    for (const summary of main.querySelectorAll("details > summary")) {
      if (open.includes(text(summary))) summary.parentElement.open = true;
    }
    if (focus && !document.contains(document.activeElement) || document.activeElement === document.body) refocus(focus);
    if (changed) say(main.dataset.changed);
  }

  const text = (element) => element.textContent.trim();

  /* What finds an element again after its part was exchanged: its id, or which of the links to its address it is. */
  function named(element) {
    if (!element || !main.contains(element) || element === main) return null;
    if (element.id) return () => document.getElementById(element.id);
    const href = element.getAttribute("href"), find = () => [...main.querySelectorAll("a[href]")].filter((a) => a.getAttribute("href") === href);
    const at = href === null ? -1 : find().indexOf(element);
    return at < 0 ? null : () => find()[at];
  }

  function refocus(find) {
    const element = find && find();
    if (element) element.focus({ preventScroll: true });
  }

  function say(words) {
    const status = document.getElementById("news");
    if (!status) return;
    status.textContent = words;
    clearTimeout(said);
    said = setTimeout(() => { status.textContent = ""; }, SHOWN);
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", open);
  open();
})();
