// Pictures: chosen in [data-pictures], or pasted or dropped into the text area beside it. Each is sent at once; its place in
// the text is held until the Markdown that shows it is there.
const say = (detail) => document.dispatchEvent(new CustomEvent("say", { detail }));
const { offline, failed } = document.getElementById("live")?.dataset ?? {};
let sending = 0;
const add = async (input, chosen) => {
  const { pictures, limit, adding, added, heavy } = input.dataset;
  const field = input.closest(".ed").querySelector("textarea");
  const files = chosen.filter((file) => file.size <= limit);
  const mark = `![${adding}]()`;
  field.focus();
  field.setRangeText(files.map(() => mark).join("\n"), field.selectionEnd, field.selectionEnd, "end");
  say(files.length < chosen.length ? heavy : adding);
  for (const file of files) {
    const body = new FormData();
    body.set("picture", file);
    sending++;
    const answer = await fetch(pictures, { method: "POST", body, redirect: "manual" }).catch(() => {});
    const words = answer?.headers.get("Content-Type")?.includes("plain") && await answer.text().catch(() => {});
    const done = answer?.ok && words;
    sending--;
    const at = field.value.indexOf(mark);
    const end = at + mark.length;
    // Whoever has not typed on since is asked to say what it shows.
    const waits = field.selectionStart === end && field.selectionEnd === end;
    if (at >= 0) field.setRangeText(done || "", at, end, "preserve");
    if (waits && done) field.setSelectionRange(at + 2, at + done.indexOf("]("));
    field.dispatchEvent(new Event("input", { bubbles: true }));
    say(done ? added : words || (answer ? failed : offline));
  }
};

for (const type of ["change", "paste", "dragover", "drop"]) {
  document.addEventListener(type, (event) => {
    const input = event.target.closest?.(".ed")?.querySelector("[data-pictures]");
    const { types = ["Files"], files } = event.clipboardData ?? event.dataTransfer ?? event.target;
    if (!input || !files || !types.includes("Files") || types.includes("text/plain")) return;
    event.preventDefault();
    // While something is dragged, nobody may see the files yet.
    if (files.length) add(input, [...files]);
    input.value = "";
  });
}
document.addEventListener("submit", (event) => {
  const input = sending && event.target.querySelector("[data-pictures]");
  if (!input) return;
  event.preventDefault();
  say(input.dataset.adding);
}, true);
