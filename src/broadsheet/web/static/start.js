// The first ten minutes: the progress of the first fetch, and how many papers are marked. Both work without this.
(() => {
  "use strict";
  const EVERY = 2000; // milliseconds between two looks

  const again = async () => {
    try {
      const answer = await fetch(window.location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const [now, next] = [document.getElementById("progress"), page.getElementById("progress")];
      if (answer.ok && now && next && now.innerHTML !== next.innerHTML) now.replaceWith(next);
    } catch {
      // the server is away for a moment: look again
    }
    watch();
  };

  const watch = () => {
    const progress = document.getElementById("progress");
    if (progress && !("done" in progress.dataset)) window.setTimeout(again, EVERY);
  };

  const count = () => {
    const said = document.getElementById("liked-count");
    const marked = document.querySelectorAll('input[form="liked"]:checked').length;
    if (said) said.textContent = marked ? `${marked} marked` : "";
  };

  document.addEventListener("change", count);
  watch();
  count();
})();
