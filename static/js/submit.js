// A form that is on its way is not sent twice. The button keeps the focus: aria-disabled, not disabled.
let busy = new WeakSet();
const mark = (form, on) => {
  busy[on ? "add" : "delete"](form);
  for (const control of form.elements) {
    if (control.type === "submit") control.ariaDisabled = on ? "true" : null;
  }
};
const sending = (on) => ({ target }) => target.matches?.("form") && mark(target, on);
document.addEventListener("submit", (event) => {
  if (!busy.has(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
// On the window, after everybody else has had the chance to take it over.
addEventListener("submit", ({ target, defaultPrevented }) => {
  if (defaultPrevented || target.method !== "post") return;
  mark(target, true);
  // Nobody tells us when a page load is stopped half-way.
  setTimeout(mark, 1e4, target, false);
});
document.addEventListener("htmx:before:request", sending(true));
document.addEventListener("htmx:finally:request", sending(false));
addEventListener("pageshow", () => {
  for (const form of document.forms) if (busy.has(form)) mark(form, false);
});
