"use strict";
// The statistics page: listens for figures (";events", or asks for them: ";live"), keeps what it needs to draw lines, and draws. Rows
// are drawn a hundred at a time, and a cell is touched only when its text changes, so that ten thousand servers stay as quick as ten.
(() => {
const $ = id => document.getElementById(id);
const root = document.documentElement.dataset;
const place = location.pathname + location.search;
const base = place.split(";")[0].replace(/[?&]scope=[^&;]*$/, "");
const options = (place.match(/;up\b/) ? ";up" : "") + (place.match(/[;?&]scope=[^;&]*/) || [""])[0].replace(/^[?&]/, ";");
const page = 100, samples = 60;
const configured = Number(root.refresh);
const seen = new Map();
let data = null, timer = 0, paused = configured < 0, failures = 0, busy = false, last = 0;

const el = (name, cls, text) => {
  const e = document.createElement(name);
  if (cls) e.className = cls;
  if (text !== undefined) e.textContent = text;
  return e;
};
const put = (e, text) => { text = String(text); if (e.textContent !== text) e.textContent = text; };
const cls = (e, name) => { if (e.className !== name) e.className = name; };

const short = n => {
  if (n == null) return "";
  for (const [size, unit] of [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e4, "k"]])
    if (n >= size) { n /= size === 1e4 ? 1e3 : size; return n.toFixed(n < 10 ? 2 : n < 100 ? 1 : 0) + unit; }
  return String(n);
};
const ago = s => s == null || s < 0 ? "" : s < 120 ? s + "s" : s < 7200 ? Math.floor(s / 60) + "m" : s < 172800 ? Math.floor(s / 3600) + "h" : Math.floor(s / 86400) + "d";

// shape and word of a state: told without colour too
const look = status => {
  if (/^(MAINT|STOP|PAUSED)/.test(status)) return "maint";
  if (/^(DRAIN|NOLB|DOWN \d|UP \d+\/\d|FULL)/.test(status)) return "warn";
  if (/^DOWN/.test(status)) return "down";
  return /^no check/.test(status) ? "unchecked" : "up";
};
const errorsOf = r => (r.ereq || 0) + (r.econ || 0) + (r.eresp || 0) + (r.hrsp_5xx || 0);
const troubled = r => look(r.status) !== "up" && look(r.status) !== "unchecked";

const columns = [
  ["State", "t", r => r.status],
  ["Weight", "o", r => r.weight == null ? "" : r.weight + (r.bck && r.kind === "S" ? " backup" : "")],
  ["Queue", "p", r => short(r.qcur), r => r.qcur > 0],
  ["Sessions", "", r => short(r.scur)],
  ["Most", "o", r => short(r.smax)],
  ["Limit", "o", r => short(r.slim)],
  ["Rate", "", r => short(r.req_rate == null ? r.rate : r.req_rate)],
  ["Total", "o", r => short(r.stot)],
  ["In", "o", r => short(r.bin)],
  ["Out", "o", r => short(r.bout)],
  ["Errors", "", r => short(errorsOf(r)), r => r.fresh > 0],
  ["Retries", "o", r => short((r.wretr || 0) + (r.wredis || 0))],
  ["Time", "p", r => r.rtime ? r.rtime + "ms" : r.ttime ? r.ttime + "ms" : ""],
  ["Since", "o", r => ago(r.lastchg)],
  ["Check", "t o", r => [r.check_status, r.last_chk, r.agent_status && "agent " + r.agent_status, r.last_agt].filter(x => x).join(" ")],
];

// rows as objects, with what has come since the last look
const read = json => {
  const now = performance.now();
  for (const s of json.sections) {
    s.servers = [];
    for (const raw of s.rows) {
      const r = { kind: raw[0] };
      json.columns[raw[0]].forEach((name, i) => r[name] = raw[i + 1]);
      r.section = s;
      if (r.kind === "F") s.front = r;
      else if (r.kind === "B") s.back = r;
      else s.servers.push(r);
    }
    delete s.rows;
    const key = s.id, before = seen.get(key);
    const h = before || { rate: [], errors: [], time: [], total: null, shown: page, marks: new Set(), counts: new Map() };
    seen.set(key, h);
    s.history = h;
    for (const r of s.servers) {
      const n = errorsOf(r), old = h.counts.get(r.svname);
      r.fresh = old === undefined ? 0 : n - old;
      h.counts.set(r.svname, n);
    }
    const sum = s.back || s.front;
    if (!sum) continue;
    const total = (s.front ? errorsOf(s.front) : 0) + (s.back ? errorsOf(s.back) : 0);
    const seconds = Math.max(.5, (now - last) / 1000);
    push(h.rate, s.front && s.mode === "http" ? s.front.req_rate : sum.rate);
    push(h.errors, h.total === null || total < h.total ? 0 : (total - h.total) / seconds);
    push(h.time, s.back ? s.back.rtime || s.back.ttime || 0 : 0);
    h.total = total;
  }
  last = now;
  return json;
};
const push = (list, value) => { list.push(value || 0); if (list.length > samples) list.shift(); };

const line = (name, title) => {
  const f = el("figure", name), svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const p = svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "polyline"));
  svg.setAttribute("viewBox", `0 0 ${samples - 1} 20`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  f.append(el("span", "", title), svg, el("b"));
  f.draw = (list, text) => {
    const top = Math.max(1, ...list);
    const step = (samples - 1) / Math.max(12, list.length - 1);
    p.setAttribute("points", list.map((v, i) => `${((samples - 1) - (list.length - 1 - i) * step).toFixed(1)},${(19 - v / top * 18).toFixed(1)}`).join(" "));
    put(f.lastChild, text);
  };
  return f;
};

const views = new Map();
const view = s => {
  let v = views.get(s.id);
  if (v) return v;
  v = { box: el("section"), rows: new Map() };
  const head = el("div", "head");
  v.name = el("h2", "", s.name);
  v.state = el("span", "st");
  v.facts = el("span", "facts");
  v.rate = line("rate", "rate");
  v.errors = line("errors", "errors");
  v.time = line("time", "time");
  const lines = el("div", "lines");
  lines.append(v.rate, v.errors, v.time);
  head.append(v.name, v.state, v.facts, lines);
  v.table = el("table");
  const top = v.table.createTHead().insertRow();
  v.mark = el("th", "t mark");
  top.append(v.mark, el("th", "t", "Name"), ...columns.map(c => el("th", c[1], c[0])));
  v.body = v.table.createTBody();
  const scroll = el("div", "scroll");
  scroll.append(v.table);
  v.more = el("button", "more");
  v.more.onclick = () => { s = v.last; s.history.shown += page * 5; draw(); };
  v.act = actions(v);
  v.box.append(head, scroll, v.more, v.act);
  v.box.dataset.name = s.name;
  views.set(s.id, v);
  return v;
};

const actions = v => {
  const f = el("form", "act"), choice = el("select"), apply = el("button", "", "Apply to marked");
  choice.setAttribute("aria-label", "action");
  for (const [value, text] of [["", "action …"], ["ready", "Set state to READY"], ["drain", "Set state to DRAIN"], ["maint", "Set state to MAINT"],
    ["dhlth", "Health: disable checks"], ["ehlth", "Health: enable checks"], ["hrunn", "Health: force UP"], ["hnolb", "Health: force NOLB"],
    ["hdown", "Health: force DOWN"], ["dagent", "Agent: disable checks"], ["eagent", "Agent: enable checks"], ["arunn", "Agent: force UP"],
    ["adown", "Agent: force DOWN"], ["shutdown", "Kill sessions"]])
    choice.append(new Option(text, value));
  f.append(choice, apply);
  f.onsubmit = e => { e.preventDefault(); send(v.last, choice.value).then(() => choice.value = ""); };
  return f;
};

const outcomes = {
  DONE: ["good", "Done."], NONE: ["", "Nothing was changed."], PART: ["bad", "Some of the servers were changed, not all."],
  ERRP: ["bad", "Nothing was changed: the proxy did not understand it."], DENY: ["bad", "You may not change anything here."],
  EXCD: ["bad", "Too many servers at a time: mark fewer."],
};
const say = (kind, text) => { $("message").className = kind; put($("message"), text); $("message").hidden = !text; };
const tell = url => { const m = /;st=([A-Z]{4})/.exec(url); if (m) say(...(outcomes[m[1]] || ["bad", m[1]])); };

const send = async (s, action) => {
  const marks = [...s.history.marks];
  if (!action || !marks.length) { say("", action ? "Mark the servers first." : "Choose what to do with them first."); return; }
  if (action === "shutdown" && !confirm(`End all sessions on ${marks.length} server(s) of ${s.name}?`)) return;
  const form = new URLSearchParams([["b", "#" + s.id], ["action", action], ...marks.map(m => ["s", m])]);
  try {
    tell((await fetch(base, { method: "POST", body: form })).url);
    s.history.marks.clear();
  } catch { say("bad", "No answer: it is not known whether anything was changed."); }
  look_again();
};

// the cells of a row, made once
const row = (v, s, r, key) => {
  let t = v.rows.get(key);
  if (!t) {
    t = el("tr", r.kind === "S" || r.kind === "L" ? "" : "sum");
    t.mark = el("td", "t mark");
    if (r.kind === "S") {
      t.box = el("input");
      t.box.type = "checkbox";
      t.box.setAttribute("aria-label", "mark " + r.svname);
      t.box.onchange = () => t.box.checked ? s.history.marks.add(r.svname) : s.history.marks.delete(r.svname);
      t.mark.append(t.box);
    }
    const name = el("td", "t"), button = el("button", "", r.kind === "F" ? "Frontend" : r.kind === "B" ? "Backend" : r.svname);
    button.onclick = () => details(s.name, r.kind === "F" ? "FRONTEND" : r.kind === "B" ? "BACKEND" : r.svname);
    name.append(button);
    t.name = button;
    t.columns = columns.map(c => el("td", c[1]));
    t.append(t.mark, name, ...t.columns);
    v.rows.set(key, t);
  }
  if (t.box) t.box.checked = s.history.marks.has(r.svname);
  t.mark.hidden = !data.admin;
  const title = [r.addr, r.cookie && "cookie " + r.cookie, r.algo].filter(x => x).join(", ");
  if (t.name.title !== title) t.name.title = title;
  columns.forEach((c, i) => {
    put(t.columns[i], c[2](r));
    cls(t.columns[i], (i === 0 ? "t st " + look(r.status) : c[1]) + (c[3] && c[3](r) ? " hot" : ""));
  });
  return t;
};

const matches = (text, want) => want.every(w => text.includes(w));
const draw = () => {
  if (!data) return;
  const want = $("search").value.toLowerCase().split(/\s+/).filter(x => x), trouble = $("trouble").checked, shown = [];
  for (const s of data.sections) {
    const own = s.name.toLowerCase(), all = matches(own, want);
    let servers = all ? s.servers : s.servers.filter(r => matches(own + "/" + r.svname.toLowerCase() + " " + (r.addr || ""), want));
    if (trouble) servers = servers.filter(r => troubled(r) || r.fresh > 0);
    const sums = [s.front, s.back].filter(r => r);
    if (!servers.length && (!all || trouble && !sums.some(troubled))) continue;
    const v = view(s), h = s.history;
    v.last = s;
    const sum = s.back || s.front, most = servers.slice(0, h.shown);
    if (sum) { cls(v.state, "st " + look(sum.status)); put(v.state, sum.status); }
    const up = s.servers.filter(r => r.kind === "S" && !troubled(r)).length, of = s.servers.filter(r => r.kind === "S").length;
    put(v.facts, [s.mode, of ? `${up} of ${of} servers up` : "", sum ? `${short(sum.scur)} ${sum.scur === 1 ? "session" : "sessions"}, ${short(sum.stot)} in all` : ""].filter(x => x).join(" · "));
    v.rate.draw(h.rate, short(Math.round(h.rate[h.rate.length - 1] || 0)) + "/s");
    v.errors.draw(h.errors, short(Math.round((h.errors[h.errors.length - 1] || 0) * 10) / 10) + "/s");
    v.time.hidden = !s.back;
    v.time.draw(h.time, (h.time[h.time.length - 1] || 0) + "ms");
    v.mark.hidden = !data.admin;
    const rows = [];
    if (s.front) rows.push(row(v, s, s.front, "F"));
    for (const r of most) rows.push(row(v, s, r, r.kind + r.svname));
    if (s.back) rows.push(row(v, s, s.back, "B"));
    if (rows.length !== v.body.children.length || rows.some((t, i) => v.body.children[i] !== t)) v.body.replaceChildren(...rows);
    v.more.hidden = most.length === servers.length;
    put(v.more, `${servers.length - most.length} more servers: show ${Math.min(page * 5, servers.length - most.length)} of them`);
    v.act.hidden = !data.admin || !of;
    shown.push(v.box);
  }
  const main = $("sections");
  if (!shown.length) main.replaceChildren(el("p", "notice", "Nothing fits."));
  else if (shown.length !== main.children.length || shown.some((b, i) => main.children[i] !== b)) main.replaceChildren(...shown);
  const p = data.process;
  put($("process"), `process ${p.Pid}, up ${ago(p.Uptime_sec)} · ${short(p.CurrConns)} of ${short(p.Maxconn)} connections, ${p.ConnRate}/s · ${short(p.CumReq)} requests · ${p.Nbthread} threads, ${p.Idle_pct}% idle${p.Stopping ? " · leaving" : ""}`);
  timeline(data.reloads || []);
};

const timeline = reloads => {
  $("reloads").hidden = !reloads.length;
  const list = $("reloads").querySelector("ol"), text = JSON.stringify(reloads);
  if (list.dataset.text === text) return;
  list.dataset.text = text;
  const longest = Math.max(1, ...reloads.map(r => r.prepared + Math.max(0, r.moved)));
  list.replaceChildren(...reloads.map(r => {
    const [before, after] = r.versions, li = el("li", r.failure ? "failed" : "");
    li.append(el("b", "", `${r.failure ? "✗" : "✓"} ${new Date(r.at * 1000).toLocaleString()}`), ` process ${r.old} → ${r.pid}`);
    if (r.failure) li.append(el("small", "", r.failure));
    if (r.prepared < 0) return li;
    const bar = el("span", "bar");
    for (const [name, ms] of [["prepared", r.prepared], ["moved", r.moved]])
      if (ms > 0) {
        const part = bar.appendChild(el("i", name));
        part.title = `${name} in ${ms} ms`;
        part.style.width = Math.max(.15, ms / longest * 12) + "rem";
      }
    const facts = [
      `${r.prepared} ms from the first word to the first connection`,
      r.moved < 0 ? "connections are on their way" : `${r.moved} ms until what was idle had moved`,
      `${r.adopted} connections moved` + (r.refused ? `, ${r.refused} could not and ended in the old process` : ""),
      r.left < 0 ? (r.failure ? "" : "the old process still has some") : `the old process was done after ${r.left} ms`,
      r.changed === null ? "" : !r.changed ? "the same configuration" : r.changes ? "changed: " + r.changes : "the configuration changed",
      before && after && before !== after ? `${before} → ${after}` : "",
    ];
    li.append(bar, el("small", "", facts.filter(x => x).join(" · ")));
    return li;
  }));
};

// every column that the CSV form has of a row
const csv = text => text.trim().split("\n").map(l => [...l.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*)),/g)].map(m => m[1] === undefined ? m[2] : m[1].replaceAll('""', '"')));
const details = async (section, name) => {
  const box = $("details"), table = box.querySelector("table");
  put(box.querySelector("h2"), section + " / " + name);
  table.replaceChildren();
  box.showModal();
  try {
    const lines = csv(await (await fetch(base + ";csv;norefresh;scope=" + section)).text()), names = lines[0];
    names[0] = names[0].replace("# ", "");
    const found = lines.find(l => l[0] === section && l[1] === name), end = names.indexOf("-");
    table.replaceChildren(...names.map((n, i) => [n, found ? found[i] : "", i]).filter(([n, value, i]) => value && n !== "-" && (root.modules || i < end || end < 0)).map(([n, value]) => {
      const t = el("tr");
      t.append(el("td", "t", n), el("td", "t", value));
      return t;
    }));
  } catch { table.append(el("caption", "", "No answer.")); }
};

const state = (kind, text) => { cls($("state"), kind); put($("state"), text); };
const show = text => { data = read(JSON.parse(text)); failures = 0; draw(); };
const lost = what => state("stale", `no answer (${what}), trying again${data ? "; these are the last figures" : ""}`);

// figures come by themselves; where they do not (no answer, or something between holds events back) they are asked for a while
const quiet = 8000, meanwhile = 60000;
let source = null, watch = 0, asksUntil = 0;
const close = () => { clearTimeout(watch); if (source) source.close(); source = null; };
const expect = () => { clearTimeout(watch); watch = setTimeout(ask_meanwhile, quiet); };
const ask_meanwhile = () => { close(); asksUntil = performance.now() + meanwhile; look_again(); };
const listen = () => {
  close();
  source = new EventSource(base + ";events;norefresh" + options);
  source.onmessage = e => { show(e.data); state("", "live"); expect(); };
  source.addEventListener("beat", expect);
  // the process leaves: it asks the next one by itself
  source.onerror = () => { if (source && source.readyState === EventSource.CLOSED) ask_meanwhile(); };
  expect();
};

const look_again = async () => {
  clearTimeout(timer);
  if (busy) return;
  busy = true;
  const began = performance.now();
  let wait = 2000;
  try {
    const answer = await fetch(base + ";live;norefresh" + options, { cache: "no-store", signal: AbortSignal.timeout(30000) });
    if (!answer.ok) throw new Error("status " + answer.status);
    const text = await answer.text();
    show(text);
    // no more often than asked for, and than is worth it
    wait = Math.max(configured > 0 ? configured * 1000 : 2000, text.length / 100, (performance.now() - began) * 4);
    state(paused ? "paused" : "", paused ? "paused" : source ? "live" : `live, every ${Math.round(wait / 1000)} s`);
  } catch (e) {
    failures++;
    wait = Math.min(30000, 1000 * 2 ** failures);
    lost(e.message);
  }
  busy = false;
  if (paused || document.hidden || source) return;
  timer = setTimeout(failures ? look_again : go_on, wait);
};
const go_on = () => window.EventSource && performance.now() >= asksUntil ? listen() : look_again();
const rest = () => { clearTimeout(timer); close(); };

for (const a of document.querySelectorAll("[data-form]")) a.href = base + a.dataset.form + options;
let typing = 0;
$("tools").onsubmit = e => e.preventDefault();
$("search").oninput = () => { clearTimeout(typing); typing = setTimeout(draw, 120); };
$("trouble").onchange = draw;
$("now").onclick = look_again;
$("pause").onclick = () => {
  paused = !paused;
  $("pause").setAttribute("aria-pressed", paused);
  put($("pause"), paused ? "Go on" : "Pause");
  if (paused) { rest(); state("paused", "paused"); } else go_on();
};
if (paused) put($("pause"), "Go on");
document.onvisibilitychange = () => { if (document.hidden) rest(); else if (!paused) go_on(); };
tell(place);
if (paused) look_again(); else go_on();
})();
