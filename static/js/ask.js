// The title of a question is a text area that grows, but one line: a line break becomes a space.
document.addEventListener("input", ({ target }) => {
  if (!target.matches(".title textarea") || !/[\r\n]/.test(target.value)) return;
  const at = target.selectionStart;
  target.value = target.value.replace(/\s*[\r\n]+\s*/g, " ");
  target.setSelectionRange(at, at);
});
