// The composer: toolbar on demand, shortcuts, characters left, and text that survives in this tab until it is sent.

// Toolbar: [data-toolbar-src] names the module; it is fetched when somebody comes near.
const load = async (target) => {
  const src = target.closest("[data-toolbar-src]")?.dataset.toolbarSrc;
  if (src) await import(src).catch(() => {});
};
document.addEventListener("focusin", ({ target }) => load(target));
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-md-button]");
  if (!button || customElements.get("markdown-toolbar")) return;
  await load(button);
  // The first press came before the toolbar did.
  if (customElements.get("markdown-toolbar")) button.click();
});

const keys = { b: "bold", i: "italic", e: "code", k: "link" };
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || !event.target.matches(".ed textarea")) return;
  const button = event.target.closest(".ed").querySelector(`[data-md-button="${keys[event.key]}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

// Drafts: textarea[data-draft], kept under the path of the form's action and the field's name, until htmx has sent the form
// or a page says [data-sent="/that/path"].
let store;
try { store = sessionStorage; } catch { /* storage is switched off */ }
const place = (form) => `draft ${new URL(form.action).pathname} `;
const forget = (start) => {
  for (const key of Object.keys(store ?? {})) if (key.startsWith(start)) store.removeItem(key);
};
const keep = (field) => {
  const key = place(field.form) + field.name;
  if (field.value) store?.setItem(key, field.value);
  else store?.removeItem(key);
};
const restore = () => {
  for (const { dataset } of document.querySelectorAll("[data-sent]")) forget(`draft ${dataset.sent} `);
  for (const field of document.querySelectorAll("textarea[data-draft]")) {
    const text = store?.getItem(place(field.form) + field.name);
    if (!text || field.value) continue;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
};

// Members' drafts go to the server too, when the typing pauses: form[data-draft-url]; [data-kept] says when.
let saving;
const save = async (form) => {
  const body = new URLSearchParams(new FormData(form));
  body.set("path", form.getAttribute("action"));
  const answer = await fetch(form.dataset.draftUrl, { method: "POST", body, keepalive: body.toString().length < 6e4 }).catch(() => {});
  const note = form.querySelector("[data-kept]");
  if (answer?.ok && note) {
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
    note.textContent = note.dataset.saved.replace("{}", time);
  }
};

// Characters left: output[data-left][for] speaks up in the last tenth of data-max, when the typing pauses.
let pause;
const count = (field) => {
  const output = document.querySelector(`[data-left][for="${field.id}"]`);
  const left = field.dataset.max - field.value.length;
  if (output) output.textContent = left < field.dataset.max / 10 ? output.dataset.left.replace("{}", left) : "";
};

document.addEventListener("input", ({ target }) => {
  if (target.matches("textarea[data-draft]")) keep(target);
  if (target.form?.dataset.draftUrl) {
    clearTimeout(saving);
    saving = setTimeout(save, 2e3, target.form);
  }
  if (!target.dataset.max) return;
  clearTimeout(pause);
  pause = setTimeout(count, 500, target);
});
addEventListener("submit", () => clearTimeout(saving));
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.response.raw.ok && ctx.sourceElement.matches("form")) forget(place(ctx.sourceElement));
});
document.addEventListener("htmx:after:swap", restore);
// After htmx has begun: a restored title asks for similar questions too.
setTimeout(restore);
