// What pages do beyond their links and forms: local times, steps that open, and what is new. Without it all of them work.

const FRAGMENT = { "x-hookline-fragment": "1" };
const main = () => document.querySelector("main");

/** The main part of a page of this console, or undefined where it does not answer with one. */
async function fetchMain(url) {
  const answer = await fetch(url, { headers: FRAGMENT });
  if (!answer.ok) return undefined;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("main") ?? undefined;
}

/** Times as the reader's clock has them. */
function showLocalTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const date = new Date(time.dateTime);
    time.textContent = date.toLocaleString(undefined, { dateStyle: "short", timeStyle: "medium" });
    time.title = time.dateTime;
  }
}

/** Asks for what a step did when it is opened first. */
document.addEventListener(
  "toggle",
  async ({ target }) => {
    const { src } = target.dataset ?? {};
    if (!target.open || src === undefined || target.dataset.asked) return;
    target.dataset.asked = "yes";
    const found = (await fetchMain(src))?.querySelector("[data-part]");
    if (!found) return;
    for (const old of target.querySelectorAll(":scope > :not(summary)")) old.remove();
    target.append(found);
    showLocalTimes(found);
  },
  true,
);

/** Takes over what differs: parts with an id and another revision. What is open stays open, and focus where it is. */
function takeOver(fresh) {
  const here = main();
  const keyed = (root) => [...root.querySelectorAll("[id][data-rev]")];
  const before = new Map(keyed(here).map((part) => [part.id, part]));
  const isKnown = keyed(fresh).every(({ id }) => before.has(id)) && before.size === keyed(fresh).length;
  if (!isKnown) {
    const open = new Set(
      [...here.querySelectorAll("details[open]")].map(({ parentElement }) => parentElement.id),
    );
    const focused = document.activeElement?.closest("[id]")?.id;
    here.replaceWith(fresh);
    for (const part of keyed(fresh)) {
      if (!before.has(part.id)) part.classList.add("fresh");
      if (open.has(part.id)) part.querySelector("details")?.setAttribute("open", "");
    }
    if (focused) document.getElementById(focused)?.querySelector("a, button, summary")?.focus();
  } else {
    for (const part of keyed(fresh)) {
      const old = before.get(part.id);
      // What lies in a part that was replaced has gone with it.
      if (old.dataset.rev === part.dataset.rev || !old.isConnected) continue;
      if (part.dataset.announce) document.getElementById("announcement").textContent = part.dataset.announce;
      part.classList.add("fresh");
      old.replaceWith(part);
    }
    for (const name of ["data-refresh"]) {
      if (fresh.hasAttribute(name)) here.setAttribute(name, fresh.getAttribute(name));
      else here.removeAttribute(name);
    }
  }
  showLocalTimes(main());
}

/** As long as something here may change, asks what is new; not while nobody looks, or a form is being filled in. */
async function watch() {
  const seconds = Number(main().dataset.refresh ?? 0);
  if (seconds === 0) return;
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const isBusy = document.hidden || document.activeElement?.matches("input, select, textarea");
  if (!isBusy) {
    const fresh = await fetchMain(location.href).catch(() => undefined);
    if (fresh) takeOver(fresh);
  }
  await watch();
}

showLocalTimes(document);
await watch();
