"use strict";

// Draws a rehearsal from the one element of JSON in the page. Text only ever becomes text: what a
// build prints, or a template is called, cannot become part of the page's own markup.
(() => {
  const data = JSON.parse(document.getElementById("rehearsal").textContent);
  const SVG = "http://www.w3.org/2000/svg";
  const at = (id) => document.getElementById(id);
  const narrow = 560;
  let chosen = Math.max(0, data.scenarios.findIndex((each) => !each.passed));

  /** An element with attributes and children; strings become text. */
  function el(name, attributes = {}, ...children) {
    return filled(document.createElement(name), attributes, children);
  }

  /** As `el`, of a drawing. */
  function draw(name, attributes = {}, ...children) {
    return filled(document.createElementNS(SVG, name), attributes, children);
  }

  function filled(node, attributes, children) {
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined && value !== false) node.setAttribute(key, value);
    }
    node.append(...children.flat().filter((each) => each !== undefined && each !== ""));
    return node;
  }

  /** A moment as 0:12:34. */
  function clock(seconds) {
    const whole = Math.round(seconds);
    const two = (number) => String(number).padStart(2, "0");
    return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  }

  /** Canary10Percent10Minutes as Canary 10 Percent 10 Minutes. */
  const words = (name) => name.replace(/(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Z])/g, " ");
  const percent = (share) => `${Math.round(share * 1000) / 10} %`;
  const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
  const last = (list, holds) => list.filter(holds).at(-1);

  function fill(id, ...children) {
    at(id).replaceChildren(...children.flat());
  }

  // ---- the whole -------------------------------------------------------------------------------

  function header() {
    const good = data.scenarios.filter((each) => each.passed).length;
    document.title = `Rehearsal of ${data.name}`;
    at("name").textContent = data.name;
    at("verdict").className = `verdict ${data.passed ? "good" : "bad"}`;
    at("verdict").textContent = data.passed
      ? `✓ ${plural(good, "scenario")} ended as ${good === 1 ? "it" : "they"} should`
      : `✗ ${data.scenarios.length - good} of ${plural(data.scenarios.length, "scenario")} did not end as it should`;
    at("made").textContent = `Rehearsed in ${data.seconds.toFixed(1)} s. Format ${data.format}.`;
  }

  function tabs() {
    fill("tabs", data.scenarios.map((each, number) => {
      const tab = el(
        "button",
        { type: "button", role: "tab", id: `tab-${number}`, "aria-controls": "scenario" },
        el("span", { class: each.passed ? "good" : "bad", "aria-hidden": "true" }, each.passed ? "✓" : "✗"),
        each.scenario,
      );
      tab.setAttribute("aria-label", `${each.scenario}, ${each.passed ? "as it should" : "not as it should"}`);
      tab.addEventListener("click", () => choose(number));
      return tab;
    }));
    at("tabs").addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const end = { Home: 0, End: data.scenarios.length - 1 }[event.key];
      if (step === undefined && end === undefined) return;
      event.preventDefault();
      const count = data.scenarios.length;
      choose(end ?? (chosen + step + count) % count);
      at(`tab-${chosen}`).focus();
    });
  }

  function choose(number) {
    chosen = number;
    data.scenarios.forEach((_, each) => {
      at(`tab-${each}`).setAttribute("aria-selected", String(each === number));
      at(`tab-${each}`).tabIndex = each === number ? 0 : -1;
    });
    at("scenario").setAttribute("aria-labelledby", `tab-${number}`);
    scenario(data.scenarios[number]);
    drawings();
  }

  // ---- one scenario ----------------------------------------------------------------------------

  function scenario(one) {
    at("scenario-name").textContent = one.scenario;
    at("meaning").textContent = one.meaning;
    at("ended").className = one.passed ? "ended" : "ended is-bad";
    fill(
      "ended",
      el("strong", { class: one.passed ? "good" : "bad" }, one.passed ? "✓ Ended as it should: " : "✗ Ended otherwise than it should: "),
      one.ended,
      one.passed ? [] : el("small", {}, `It should: ${one.expected}`),
    );
    fill("causes", one.causes.map((each) => el("li", {}, each)));
    at("causes").hidden = one.causes.length === 0;
    at("causes").className = one.passed ? "causes is-calm" : "causes";
    facts(one);
    timeline(one);
    calls();
  }

  function facts(one) {
    const made = one.events.filter((each) => each.kind === "call made");
    const bad = made.filter((each) => each.verdict !== "allowed").length;
    const rows = [
      ["Took", clock(one.ended_at)],
      ["Release", words((one.strategy || "none").replace("CodeDeployDefault.Lambda", ""))],
      ["Requests", one.requests ? one.requests.toLocaleString("en") : "none"],
      ["Hurt", one.requests ? `${one.hurt.toLocaleString("en")} (${percent(one.hurt / one.requests)})` : "none"],
      ["Alarm fired", one.fired_at === null ? "never" : clock(one.fired_at)],
      ["Calls", bad ? `${made.length}, ${bad} not allowed` : `${made.length}, all allowed`],
    ];
    fill("facts", rows.map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", {}, value))));
  }

  function timeline(one) {
    fill("timeline", one.timeline.map((each) => el(
      "li",
      { class: each.kind === "stage began" ? "is-stage" : "" },
      el("time", {}, clock(each.at)),
      el("span", { class: [`level-${Math.min(each.level, 2)}`, each.tone].filter(Boolean).join(" ") }, each.said),
    )));
    const written = one.events.filter((each) => each.kind === "logged");
    at("log-details").hidden = written.length === 0;
    at("log-title").textContent = `Log of builds and functions (${plural(written.length, "line")})`;
    at("log").textContent = written.map((each) => `${clock(each.at)} ${each.by}: ${each.line}`).join("\n");
  }

  // ---- the pipeline ----------------------------------------------------------------------------

  /** How an action went: its status, when it began and ended, and why it failed. */
  function course(one, stage, action) {
    const mine = (each) => each.stage === stage && each.action === action;
    const began = one.events.find((each) => each.kind === "action began" && mine(each));
    const ended = last(one.events, (each) => each.kind === "action ended" && mine(each));
    return {
      status: ended ? ended.status : "none",
      took: began && ended ? clock(ended.at - began.at) : "",
      because: ended ? ended.because : "",
    };
  }

  const glyph = { Succeeded: "✓", Failed: "✗", Stopped: "✗", none: "–" };
  const state = { Succeeded: "state-good", Failed: "state-bad", Stopped: "state-bad", none: "state-none" };

  function pipeline(one, width) {
    const across = width >= narrow;
    const gap = across ? 26 : 20;
    const many = Math.max(1, one.stages.length);
    const wide = across ? (width - gap * (many - 1)) / many : width;
    const tall = (stage) => 40 + stage.actions.length * 62;
    const highest = Math.max(...one.stages.map(tall), 60);
    const svg = draw("svg", { role: "img", "aria-labelledby": "pipeline-label" });
    const told = one.stages.map((stage) => `${stage.name}: ${stage.actions.map(
      (each) => `${each.name} ${course(one, stage.name, each.name).status.replace("none", "did not run")}`,
    ).join(", ")}`);
    svg.append(draw("title", { id: "pipeline-label" }, `The stages of ${one.pipeline}. ${told.join("; ")}`));
    let x = 0;
    let y = 0;
    one.stages.forEach((stage, number) => {
      const height = across ? highest : tall(stage);
      if (number) svg.append(arrow(across, x, y, gap, across ? height : wide));
      svg.append(stageBox(one, stage, x, y, wide, height));
      if (across) x += wide + gap;
      else y += height + gap;
    });
    const total = across ? highest : y - gap;
    svg.setAttribute("viewBox", `0 0 ${width} ${Math.max(total, 1)}`);
    return svg;
  }

  function arrow(across, x, y, gap, extent) {
    const [fromX, fromY] = across ? [x - gap + 4, y + 56] : [extent / 2, y - gap + 3];
    const [toX, toY] = across ? [x - 9, fromY] : [fromX, y - 8];
    const tip = across
      ? `M${toX + 6} ${toY} l-7 -4 v8 z`
      : `M${toX} ${toY + 6} l-4 -7 h8 z`;
    return draw("g", { "aria-hidden": "true" },
      draw("path", { class: "wire", d: `M${fromX} ${fromY} L${toX} ${toY}` }),
      draw("path", { class: "tip", d: tip }));
  }

  function stageBox(one, stage, x, y, width, height) {
    const box = draw("g", {},
      draw("rect", { class: "stage", x, y, width, height, rx: 10 }),
      draw("text", { x: x + 12, y: y + 24, "font-size": 14, "font-weight": 600 }, fit(stage.name, width - 20, 14)));
    stage.actions.forEach((action, number) => {
      const went = course(one, stage.name, action.name);
      const top = y + 36 + number * 62;
      const inner = width - 16;
      const under = [action.provider.split("/").at(-1), went.took].filter(Boolean).join(" · ");
      box.append(draw("g", {},
        draw("title", {}, [
          `${action.name} (${action.provider}): ${went.status === "none" ? "did not run" : went.status}`,
          went.took && ` after ${went.took}`,
          went.because && `: ${went.because}`,
        ].filter(Boolean).join("")),
        draw("rect", { class: "action", x: x + 8, y: top, width: inner, height: 54, rx: 7 }),
        draw("rect", { class: state[went.status], x: x + 8, y: top + 8, width: 4, height: 38, rx: 2 }),
        draw("text", { x: x + 22, y: top + 23, "font-size": 14 }, fit(action.name, inner - 40, 14)),
        draw("text", { class: "faint", x: x + 22, y: top + 41, "font-size": 12 }, fit(under, inner - 20, 12)),
        draw("text", { class: state[went.status], x: x + inner - 2, y: top + 23, "font-size": 15, "text-anchor": "end" }, glyph[went.status])));
    });
    return box;
  }

  /** A text that is cut to a width; about half its size wide is a letter. */
  function fit(text, width, size) {
    const most = Math.max(3, Math.floor(width / (size * 0.58)));
    return text.length > most ? `${text.slice(0, most - 1)}…` : text;
  }

  // ---- the traffic -----------------------------------------------------------------------------

  /** What the alias sends where, as steps of time; and which version is the new one. */
  function shares(one) {
    const began = one.events.find((each) => each.kind === "deployment began");
    const moved = one.events.filter((each) => each.kind === "traffic shifted");
    const steps = moved.map((each) => ({ at: each.at, weights: each.weights }));
    if (began && steps.length && !(began.current in steps[0].weights && steps[0].at <= began.at)) {
      steps.unshift({ at: 0, weights: { [began.current]: 1 } });
    }
    const fresh = began ? began.target : undefined;
    const share = (step) => step.weights[fresh] ?? 0;
    return { steps, fresh, stale: began ? began.current : undefined, share };
  }

  function minutesOf(one) {
    const found = new Map();
    for (const each of one.traffic) {
      const minute = found.get(each.at) ?? { at: each.at, requests: 0, errors: 0, by: {} };
      minute.requests += each.requests;
      minute.errors += each.errors;
      minute.by[each.version] = each.requests;
      found.set(each.at, minute);
    }
    return [...found.values()].sort((one_, other) => one_.at - other.at);
  }

  function marksOf(one) {
    const began = one.events.find((each) => each.kind === "deployment began")?.at ?? 0;
    const worth = one.events.filter((each) => each.at >= began).filter((each) =>
      (each.kind === "alarm changed" && each.after === "ALARM") ||
      (each.kind === "deployment ended" && (each.is_rollback || each.status !== "Succeeded")) ||
      (each.kind === "traffic shifted"));
    return worth.map((each) => ({
      at: each.at,
      said: each.kind === "alarm changed" ? `${each.alarm} is in ALARM`
        : each.kind === "traffic shifted" ? Object.entries(each.weights).map(([version, share]) => `${percent(share)} on version ${version}`).join(", ")
          : `${each.is_rollback ? "rolled back" : `deployment ${each.status.toLowerCase()}`}${each.because ? `: ${each.because}` : ""}`,
    }));
  }

  function traffic(one, width) {
    const minutes = minutesOf(one);
    const shape = shares(one);
    const none = minutes.length === 0 && shape.steps.length === 0;
    for (const id of ["legend", "reading", "marks", "minutes-details"]) at(id).hidden = none;
    if (none) return el("p", { class: "aside" }, "No traffic was sent in this scenario.");
    const marks = marksOf(one);
    const first = Math.max(0, Math.floor(Math.min(...shape.steps.slice(1).map((each) => each.at), ...minutes.map((each) => each.at)) / 60) * 60);
    const end = Math.max(one.ended_at, ...minutes.map((each) => each.at + 60));
    const plot = { left: 46, right: width - 8, width, first, end, top: 24, middle: 164, lower: 196, bottom: 296 };
    plot.x = (moment) => plot.left + ((moment - first) / (end - first || 1)) * (plot.right - plot.left);
    const rates = minutes.map((each) => ({ at: each.at, rate: each.requests ? each.errors / each.requests : 0 }));
    const top = scale(Math.max(...rates.map((each) => each.rate), 0.01));
    const svg = draw("svg", { viewBox: `0 0 ${width} 320`, role: "img", "aria-labelledby": "traffic-label" },
      draw("title", { id: "traffic-label" }, said(shape, rates, marks)));
    svg.append(...axes(plot, top), ...weights(plot, shape), ...errors(plot, rates, top), ...lines(plot, marks));
    svg.append(draw("line", { class: "hair", y1: plot.top, y2: plot.bottom }));
    legend(shape);
    fill("marks", marks.map((each, number) => el("li", {}, el("b", {}, String(number + 1)), `${clock(each.at)} ${each.said}`)));
    table(minutes);
    readings(svg, plot, shape, rates);
    return svg;
  }

  function said(shape, rates, marks) {
    const worst = Math.max(...rates.map((each) => each.rate), 0);
    return `Share of traffic by version, and errors, over time. The worst minute has ${percent(worst)} errors. ${
      marks.map((each) => `${clock(each.at)} ${each.said}`).join("; ")}`;
  }

  /** The least round share that is not under the worst. */
  function scale(worst) {
    return [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1].find((each) => worst <= each) ?? 1;
  }

  function axes(plot, top) {
    const found = [];
    const rule = (y, text) => found.push(
      draw("line", { class: "grid", x1: plot.left, x2: plot.right, y1: y, y2: y }),
      draw("text", { class: "faint", x: plot.left - 6, y: y + 4, "font-size": 11, "text-anchor": "end" }, text));
    rule(plot.top, "100 %");
    rule((plot.top + plot.middle) / 2, "50 %");
    rule(plot.middle, "0 %");
    rule(plot.lower, percent(top));
    rule(plot.bottom, "0 %");
    found.push(draw("text", { class: "faint", x: plot.left, y: plot.lower - 8, "font-size": 11 }, "errors, of all requests"));
    const room = Math.max(2, Math.floor((plot.right - plot.left) / 90));
    const step = [60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200].find((each) => (plot.end - plot.first) / each <= room) ?? 86400;
    for (let moment = Math.ceil(plot.first / step) * step; moment <= plot.end; moment += step) {
      const x = plot.x(moment);
      const anchor = x > plot.right - 20 ? "end" : "middle";
      found.push(draw("text", { class: "faint", x, y: plot.bottom + 17, "font-size": 11, "text-anchor": anchor }, clock(moment)));
    }
    return found;
  }

  function weights(plot, shape) {
    const found = [];
    const y = (share) => plot.middle - share * (plot.middle - plot.top);
    shape.steps.forEach((step, number) => {
      const from = plot.x(Math.max(step.at, plot.first));
      const until = plot.x(shape.steps[number + 1]?.at ?? plot.end);
      if (until <= from) return;
      const fresh = shape.share(step);
      const told = Object.entries(step.weights).map(([version, share]) => `version ${version}: ${percent(share)}`).join(", ");
      const box = (kind, high, low) => draw("rect", { class: kind, x: from, width: until - from, y: y(high), height: y(low) - y(high) },
        draw("title", {}, `from ${clock(step.at)} on, ${told}`));
      if (fresh < 1) found.push(box("share-old", 1, fresh));
      if (fresh > 0) found.push(box("share-new", fresh, 0));
    });
    return found;
  }

  function errors(plot, rates, top) {
    if (!rates.length) return [];
    const y = (rate) => plot.bottom - (rate / top) * (plot.bottom - plot.lower);
    const steps = rates.map((each) => `L${plot.x(each.at)} ${y(each.rate)} H${plot.x(Math.min(each.at + 60, plot.end))}`);
    const path = `M${steps.join(" ").slice(1)}`;
    const [from, until] = [plot.x(rates[0].at), plot.x(Math.min(rates.at(-1).at + 60, plot.end))];
    return [
      draw("path", { class: "errors-area", d: `${path} L${until} ${plot.bottom} L${from} ${plot.bottom} Z` }),
      draw("path", { class: "errors", d: path }, draw("title", {}, "errors, of all requests")),
    ];
  }

  function lines(plot, marks) {
    let taken = -Infinity;
    return marks.map((each, number) => {
      const x = plot.x(each.at);
      const dot = Math.max(x, taken + 17);
      taken = dot;
      return draw("g", {},
        draw("title", {}, `${clock(each.at)} ${each.said}`),
        draw("path", { class: "mark", fill: "none", d: `M${dot} 16 L${x} ${plot.top} V${plot.bottom}` }),
        draw("circle", { class: "mark-dot", cx: dot, cy: 9, r: 8 }),
        draw("text", { class: "mark-number", x: dot, y: 13, "font-size": 11, "text-anchor": "middle" }, String(number + 1)));
    });
  }

  function legend(shape) {
    const item = (kind, text) => el("li", {}, el("i", { class: kind }), text);
    fill("legend", [
      item("is-old", shape.stale ? `version ${shape.stale}` : "the old version"),
      item("is-new", shape.fresh ? `version ${shape.fresh}, new` : "the new version"),
      item("is-error", "errors"),
    ]);
  }

  function table(minutes) {
    const versions = [...new Set(minutes.flatMap((each) => Object.keys(each.by)))].sort();
    const names = ["Minute", ...versions.map((each) => `Version ${each}`), "Requests", "Errors"];
    fill("minutes",
      el("thead", {}, el("tr", {}, names.map((each) => el("th", { scope: "col" }, each)))),
      el("tbody", {}, minutes.map((each) => el("tr", {}, [
        clock(each.at), ...versions.map((version) => Math.round(each.by[version] ?? 0)),
        Math.round(each.requests), Math.round(each.errors),
      ].map((value) => el("td", {}, String(value)))))));
  }

  function readings(svg, plot, shape, rates) {
    const hair = svg.querySelector(".hair");
    at("reading").textContent = "";
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * plot.width;
      const moment = plot.first + ((x - plot.left) / (plot.right - plot.left)) * (plot.end - plot.first);
      if (moment < plot.first || moment > plot.end) return;
      hair.setAttribute("x1", x);
      hair.setAttribute("x2", x);
      hair.style.visibility = "visible";
      const step = last(shape.steps, (each) => each.at <= moment);
      const rate = last(rates, (each) => each.at <= moment);
      const parts = step ? Object.entries(step.weights).map(([version, share]) => `version ${version} ${percent(share)}`) : [];
      at("reading").textContent = [clock(moment), ...parts, rate && `errors ${percent(rate.rate)}`].filter(Boolean).join(" · ");
    });
    svg.addEventListener("pointerleave", () => {
      hair.style.visibility = "hidden";
      at("reading").textContent = "";
    });
  }

  // ---- lists -----------------------------------------------------------------------------------

  const tone = { allowed: "good", denied: "bad", "not known": "doubt" };
  const sign = { allowed: "✓ ", denied: "✗ ", "not known": "? " };

  function row(labels, cells) {
    return el("tr", { role: "row" }, cells.map((cell, number) => el("td", { role: "cell", "data-label": labels[number], class: labels[number] === "Times" && "number" }, cell)));
  }

  /** The calls of the scenario, each once, with how often it was made. */
  function callsOf(one) {
    const found = new Map();
    for (const each of one.events.filter((event) => event.kind === "call made")) {
      const key = JSON.stringify([each.principal, each.action, each.resource, each.verdict, each.because]);
      const known = found.get(key) ?? { ...each, times: 0 };
      known.times += 1;
      found.set(key, known);
    }
    const weight = { denied: 0, "not known": 1, allowed: 2 };
    return [...found.values()].sort((one_, other) => weight[one_.verdict] - weight[other.verdict]);
  }

  const holds = (text, parts) => parts.join(" ").toLowerCase().includes(text.trim().toLowerCase());

  function calls() {
    const all = callsOf(data.scenarios[chosen]);
    const text = at("calls-text").value;
    const verdict = at("calls-verdict").value;
    const shown = all.filter((each) => (!verdict || each.verdict === verdict) &&
      holds(text, [each.principal, each.action, each.resource, each.because, ...each.grants]));
    at("calls-count").textContent = `${shown.length} of ${plural(all.length, "call")}`;
    const labels = ["Verdict", "Who", "Action", "On", "Rests on", "Times"];
    fill("calls", shown.map((each) => row(labels, [
      el("span", { class: tone[each.verdict] }, sign[each.verdict] + each.verdict),
      each.principal,
      el("code", {}, each.action),
      each.resource,
      [each.because || each.grants.join(", ") || "—", each.source && el("small", { class: "count" }, ` ${each.source}`)].flat().filter(Boolean),
      String(each.times),
    ])));
  }

  function permissions() {
    const text = at("permissions-text").value;
    const use = at("permissions-use").value;
    const shown = data.permissions.filter((each) => (!use || (use === "used") === (each.used_in.length > 0)) &&
      holds(text, [each.holder, each.action, each.statement, each.because]));
    const never = data.permissions.filter((each) => each.used_in.length === 0).length;
    at("permissions-count").textContent = `${shown.length} of ${plural(data.permissions.length, "permission")}; ${never} never used`;
    const labels = ["Use", "Holder", "Action", "Statement", "Where"];
    fill("permissions", shown.map((each) => row(labels, [
      each.used_in.length ? el("span", { class: "good" }, "✓ used") : el("span", { class: "doubt" }, "– never"),
      each.holder,
      el("code", {}, each.action),
      each.statement,
      each.used_in.length ? each.used_in.join(", ") : each.because || "nothing explains it",
    ])));
  }

  function restsOn() {
    fill("assumptions", data.assumptions.map((each) => el("li", {}, each)));
    const item = (each) => el("li", {}, `${each.service}: ${each.what} `, el("small", {}, each.source));
    const modelled = data.conformance.filter((each) => each.is_modelled);
    const other = data.conformance.filter((each) => !each.is_modelled);
    at("modelled-title").textContent = `Modelled (${modelled.length})`;
    at("unmodelled-title").textContent = `Not modelled: an error if a template needs it (${other.length})`;
    fill("modelled", modelled.map(item));
    fill("unmodelled", other.map(item));
  }

  // ---- start -----------------------------------------------------------------------------------

  let width = 0;

  function drawings() {
    const one = data.scenarios[chosen];
    width = Math.max(240, Math.floor(at("pipeline").clientWidth));
    fill("pipeline", pipeline(one, width));
    fill("traffic", traffic(one, width));
  }

  header();
  tabs();
  permissions();
  restsOn();
  if (data.scenarios.length) choose(chosen);
  for (const id of ["calls-text", "calls-verdict"]) at(id).addEventListener("input", calls);
  for (const id of ["permissions-text", "permissions-use"]) at(id).addEventListener("input", permissions);
  new ResizeObserver(() => {
    if (Math.abs(at("pipeline").clientWidth - width) > 1) drawings();
  }).observe(at("pipeline"));
})();
