// Whatever arrives in the live region is a toast: read out, and gone after 8 seconds (20 with an undo) unless somebody is at it.
const live = document.getElementById("live");
const known = new WeakSet();
const leave = (toast) => setTimeout(() => (toast.matches(":hover, :focus-within") ? leave(toast) : toast.remove()), toast.matches("form") ? 2e4 : 8e3);
const greet = () => {
  for (const toast of live.children) {
    if (known.has(toast)) continue;
    known.add(toast);
    leave(toast);
  }
};
const say = (text) => {
  if (!text) return;
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = text;
  live.append(toast);
  greet();
};
if (live) {
  greet();
  // What the page came with is not read out until it moves.
  setTimeout(() => live.append(...live.children), 500);
  document.addEventListener("htmx:after:swap", greet);
  document.addEventListener("say", ({ detail }) => say(detail));
  // The words are the page's: data-offline (nobody answered) and data-failed (the server could not).
  document.addEventListener("htmx:error", ({ detail: { ctx } }) => ctx && !ctx.response && say(live.dataset.offline));
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => ctx.response.status > 499 && say(live.dataset.failed));
}
