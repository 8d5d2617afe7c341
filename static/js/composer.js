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

// Drafts: the [data-draft] fields of a form, kept under the path of its action, until htmx has sent the form or a page says
// [data-sent="/that/path"]. They fill empty fields, and replace what the server had kept before: form[data-restore] says when.
let store = {};
try { store = sessionStorage; } catch { /* storage is switched off */ }
const place = (form) => `draft ${new URL(form.action).pathname}`;
const copied = (form) => JSON.parse(store[place(form)] ?? "{}");
const keep = (form) => {
  const { fields = {} } = copied(form);
  for (const { name, value } of form.querySelectorAll("[data-draft]")) fields[name] = value;
  store[place(form)] = JSON.stringify({ at: Date.now(), fields });
};
const restore = () => {
  for (const { dataset } of document.querySelectorAll("[data-sent]")) delete store[`draft ${dataset.sent}`];
  for (const form of document.querySelectorAll("form:has([data-draft])")) {
    const { at, fields = {} } = copied(form);
    const newer = at > form.dataset.restore;
    delete form.dataset.restore;
    for (const field of form.querySelectorAll("[data-draft]")) {
      const text = fields[field.name];
      if (!text || text === field.value || (field.value && !newer)) continue;
      field.value = text;
      for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
    }
  }
};

// Members' drafts go to the server too, when the typing pauses or the page is left: form[data-draft-url]; [data-kept] says when.
let saving;
let unsaved;
const save = async () => {
  const form = unsaved;
  clearTimeout(saving);
  unsaved = null;
  if (!form) return;
  const body = new URLSearchParams(new FormData(form));
  body.set("path", form.getAttribute("action"));
  const options = { method: "POST", body, redirect: "manual", keepalive: body.toString().length < 6e4 };
  const answer = await fetch(form.dataset.draftUrl, options).catch(() => {});
  const note = form.querySelector("[data-kept]");
  const time = new Date().toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
  if (note) note.textContent = answer?.ok ? note.dataset.saved.replace("{}", time) : note.dataset.unsaved;
};

// Characters left: output[data-left][for] speaks up in the last tenth of data-max, when the typing pauses.
let pause;
const count = (field) => {
  const output = document.querySelector(`[data-left][for="${field.id}"]`);
  const left = field.dataset.max - field.value.length;
  if (output) output.textContent = left < field.dataset.max / 10 ? output.dataset.left.replace("{}", left) : "";
};

document.addEventListener("input", ({ target }) => {
  if (target.form?.querySelector("[data-draft]")) keep(target.form);
  if (target.form?.dataset.draftUrl) {
    unsaved = target.form;
    clearTimeout(saving);
    saving = setTimeout(save, 2e3);
  }
  if (!target.dataset.max) return;
  clearTimeout(pause);
  pause = setTimeout(count, 500, target);
});
document.addEventListener("visibilitychange", () => document.hidden && save());
addEventListener("submit", () => { unsaved = null; });
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.response.raw.ok && ctx.sourceElement.matches("form")) delete store[place(ctx.sourceElement)];
});
document.addEventListener("htmx:after:swap", restore);
// After htmx has begun: a restored title asks for similar questions too.
setTimeout(restore);
