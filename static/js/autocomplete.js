// Turns a long <select> into a field that completes what is typed; the select keeps the value that is sent.

function load(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

// "liege" finds "Liège", and the words may come in any order.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function sourceOf(select) {
  const labels = [...select.options].filter((option) => option.value).map((option) => option.text);
  return (query, show) => {
    const words = plain(query).split(/\s+/).filter(Boolean);
    show(labels.filter((label) => words.every((word) => plain(label).includes(word))));
  };
}

function enhanceSelect(select) {
  const says = JSON.parse(select.dataset.autocomplete || "{}");
  const id = select.id;
  window.accessibleAutocomplete.enhanceSelectElement({
    selectElement: select,
    source: sourceOf(select),
    autoselect: false,
    confirmOnBlur: false,
    defaultValue: select.value ? select.selectedOptions[0].text : "",
    minLength: 2,
    menuAttributes: { "aria-labelledby": `${id}_label` },
    tNoResults: () => says.none,
    tStatusQueryTooShort: (count) => (says.short || "").replace("{count}", count),
    tStatusNoResults: () => says.none,
    tStatusResults: (count) => (says.results || "").replace("{count}", count),
    tAssistiveHint: () => says.help,
    onConfirm: (chosen) => {
      const option = [...select.options].find((each) => each.text === chosen);
      if (!option) return;
      select.value = option.value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    },
  });
  const input = document.getElementById(id);
  const described = select.getAttribute("aria-describedby");
  if (described) input.setAttribute("aria-describedby", `${described} ${input.getAttribute("aria-describedby") ?? ""}`.trim());
  if (select.getAttribute("aria-invalid")) input.setAttribute("aria-invalid", "true");
  // An emptied or half-typed field must not send the choice made before.
  input.addEventListener("input", () => {
    const same = [...select.options].find((each) => plain(each.text) === plain(input.value));
    select.value = same ? same.value : "";
  });
}

export async function enhance() {
  await load(document.body.dataset.autocompleteLibrary);
  document.querySelectorAll("select[data-autocomplete]").forEach(enhanceSelect);
}
