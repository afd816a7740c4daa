
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (id) => document.getElementById(id);
  const steps = all("details.step");
  const cases = all("section.case");
  const chips = all("input[name=status]");
  const search = one("search");
  const tag = one("tag");
  const texts = new WeakMap();

  // What a step can be found by, read when it is first asked for.
  const textOf = (step) => {
    if (!texts.has(step)) {
      const title = step.closest(".case").querySelector("h3").textContent;
      texts.set(step, `${title} ${step.textContent}`.toLowerCase());
    }
    return texts.get(step);
  };
  const tagsOf = (step) =>
    all(".tag", step.querySelector("summary"))
      .concat(all("header .tag", step.closest(".case")))
      .map((tag) => tag.textContent);

  const wanted = () => ({
    status: chips.filter((chip) => chip.checked).map((chip) => chip.value),
    tag: tag ? tag.value : "",
    q: search.value.trim(),
  });

  const isLike = (step, { status, tag, q }) =>
    (status.length === 0 ||
      status.includes(step.dataset.status) ||
      (status.includes("flaky") && "flaky" in step.dataset)) &&
    (tag === "" || tagsOf(step).includes(tag)) &&
    q.toLowerCase().split(/\s+/).every((word) => textOf(step).includes(word));

  const filter = () => {
    const like = wanted();
    const isOpen = like.status.length === 0 && like.tag === "" && like.q === "";
    let shown = 0;
    for (const step of steps) {
      step.hidden = !isOpen && !isLike(step, like);
      shown += step.hidden ? 0 : 1;
    }
    for (const part of cases) {
      part.hidden = !isOpen && !part.querySelector("details.step:not([hidden])");
    }
    one("nothing").hidden = shown > 0 || steps.length === 0;
    one("shown").textContent = `${shown} of ${steps.length} steps`;
  };

  // The address holds the filter, so that a view can be passed on: #status=failed,errored&tag=smoke&q=text
  const remember = () => {
    const { status, tag, q } = wanted();
    const parts = new URLSearchParams();
    if (status.length > 0) parts.set("status", status.join(","));
    if (tag !== "") parts.set("tag", tag);
    if (q !== "") parts.set("q", q);
    const hash = parts.toString().replaceAll("%2C", ",");
    history.replaceState(null, "", hash === "" ? location.pathname + location.search : `#${hash}`);
  };

  const open = (step) => {
    if (step.hidden) {
      chips.forEach((chip) => (chip.checked = false));
      if (tag) tag.value = "";
      search.value = "";
      filter();
    }
    step.open = true;
    // Its size is known once it is drawn, which a step out of sight is not.
    step.style.contentVisibility = "visible";
    step.scrollIntoView({ block: "start" });
    step.querySelector("summary").focus({ preventScroll: true });
  };

  // What is scrolled to stands below the tools, which stay in sight where there is room.
  const tools = document.querySelector(".tools");
  const makeRoom = () => {
    const isInSight = getComputedStyle(tools).position === "sticky";
    document.documentElement.style.scrollPaddingTop = `${(isInSight ? tools.offsetHeight : 0) + 16}px`;
  };

  // #s12 is a step; everything else is a filter, with `open` to unfold what is shown.
  const follow = () => {
    const hash = location.hash.slice(1);
    const place = /^s\d+$/.test(hash) ? one(hash) : null;
    if (place) {
      open(place);
      return;
    }
    if (!/^(status|tag|q|open)\b/.test(hash)) return;
    const parts = new URLSearchParams(hash);
    const status = (parts.get("status") ?? "").split(",");
    chips.forEach((chip) => (chip.checked = status.includes(chip.value)));
    if (tag) tag.value = parts.get("tag") ?? "";
    search.value = parts.get("q") ?? "";
    filter();
    if (parts.has("open")) fold(true);
  };

  const fold = (isOpen) => {
    steps.filter((step) => !step.hidden).forEach((step) => (step.open = isOpen));
  };

  // A page without the right to the clipboard may still copy what is selected; what it may not is left selected.
  const isCopied = async (text) => {
    if (navigator.clipboard) {
      try {
        await navigator.clipboard.writeText(text.textContent);
        return true;
      } catch {}
    }
    getSelection().selectAllChildren(text);
    return document.execCommand("copy");
  };

  let saying = 0;
  const copy = async (button) => {
    const [word, sentence] = (await isCopied(button.parentElement.querySelector("pre")))
      ? ["Copied", "The command is copied"]
      : ["Selected", "Not copied: the command is selected for you to copy it"];
    quiet();
    button.firstElementChild.textContent = word;
    one("said").textContent = sentence;
    saying = setTimeout(quiet, 2000);
  };
  const quiet = () => {
    clearTimeout(saying);
    one("said").textContent = "";
    all("button.copy > :first-child").forEach((word) => (word.textContent = "Copy"));
  };

  tools.hidden = false;
  makeRoom();
  new ResizeObserver(makeRoom).observe(tools);
  all("button.copy").forEach((button) => (button.hidden = false));
  const changed = () => {
    filter();
    remember();
  };
  search.addEventListener("input", changed);
  tag?.addEventListener("change", changed);
  chips.forEach((chip) => chip.addEventListener("change", changed));
  one("unfold").addEventListener("click", () => fold(true));
  one("fold").addEventListener("click", () => fold(false));
  addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.copy");
    if (button) copy(button);
    const block = event.target.closest("rect[data-step]");
    if (block) location.hash = `s${block.dataset.step}`;
    // A link to the step that the address names already changes no address.
    const link = event.target.closest('a[href^="#s"]');
    if (link && link.hash === location.hash) follow();
  });
  // Escape empties the search, and folds a step from within.
  const leave = (place) => {
    const step = place.closest("details.step[open]");
    if (place === search && search.value !== "") {
      search.value = "";
      changed();
    } else if (step) {
      step.open = false;
      step.querySelector("summary").focus();
    }
  };
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, select, textarea");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    }
    if (event.key === "Escape") leave(event.target);
  });

  // On paper everything that did not pass is unfolded.
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = all("details.failed:not([open]), details.errored:not([open]), details.left_over:not([open])");
    unfolded.forEach((step) => (step.open = true));
  });
  addEventListener("afterprint", () => unfolded.forEach((step) => (step.open = false)));

  filter();
  follow();
})();
