// On every page. Each part looks for its own marks and does nothing where there are none.

function focusErrorSummary() {
  document.querySelector("[data-error-summary]")?.focus();
}

// Links of the summary go to the field itself, with its label in view.
function followErrorLink(event) {
  const link = event.target.closest("[data-error-summary] a[href^='#']");
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  (field.closest(".govuk-form-group") ?? field).scrollIntoView();
  field.focus({ preventScroll: true });
}

function foldNavigation() {
  const nav = document.querySelector("[data-nav]");
  const toggle = nav?.querySelector("button");
  if (!toggle) return;
  toggle.hidden = false;
  nav.classList.add("app-nav--folding");
  toggle.addEventListener("click", () => {
    toggle.setAttribute("aria-expanded", String(toggle.getAttribute("aria-expanded") !== "true"));
  });
}

// A second press of the same button must not send the form twice.
function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post" || form.dataset.again !== undefined) return;
  if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 1500) event.preventDefault();
  else form.dataset.sent = String(Date.now());
}

async function enhanceSelects() {
  const url = document.body.dataset.autocomplete;
  if (!url || !document.querySelector("select[data-autocomplete]")) return;
  const { enhance } = await import(url);
  enhance();
}

// Logging in again makes a new token; the forms of this page would be refused with the old one.
function refreshTokens(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[name=csrfmiddlewaretoken]");
  if (!fresh) return;
  for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = fresh.value;
}

function warnBeforeTheEnd() {
  const dialog = document.querySelector("[data-session-seconds]");
  if (!dialog?.showModal) return;
  const whole = Number(dialog.dataset.sessionSeconds) * 1000;
  const warning = Math.min(Number(dialog.dataset.warningSeconds || 300) * 1000, whole / 2);
  const left = dialog.querySelector("[data-session-left]");
  const ended = dialog.querySelector("[data-session-ended]");
  const running = dialog.querySelector("[data-session-running]");
  // Another tab may have kept the session alive: the newest time of all tabs counts.
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("session") : null;
  let end = Date.now() + whole;

  const restart = () => {
    end = Date.now() + whole;
    dialog.close();
    running.hidden = false;
    ended.hidden = true;
  };
  const renew = async () => {
    const answer = await fetch(dialog.dataset.renewUrl || location.href, { redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return;
    refreshTokens(await answer.text());
    restart();
    channel?.postMessage("renewed");
  };
  const look = () => {
    const rest = end - Date.now();
    if (rest > warning) return;
    if (!dialog.open) dialog.showModal();
    left.textContent = String(Math.max(1, Math.ceil(rest / 60000)));
    running.hidden = rest <= 0;
    ended.hidden = rest > 0;
  };

  if (channel) channel.onmessage = restart;
  channel?.postMessage("renewed");
  dialog.querySelectorAll("[data-session-renew]").forEach((button) => button.addEventListener("click", renew));
  setInterval(look, 1000);
}

// Member pages fetch htmx when the person begins to type or point: the first sight of a page stays light.
function loadHtmxLater() {
  const url = document.querySelector("meta[name=htmx-script]")?.content;
  if (!url) return;
  const stop = new AbortController();
  const load = () => {
    stop.abort();
    const script = document.createElement("script");
    script.src = url;
    document.head.append(script);
  };
  for (const kind of ["focusin", "pointerdown", "keydown"]) document.addEventListener(kind, load, { signal: stop.signal });
}

document.addEventListener("click", followErrorLink);
document.addEventListener("submit", sendOnce);
foldNavigation();
focusErrorSummary();
enhanceSelects();
loadHtmxLater();
warnBeforeTheEnd();
