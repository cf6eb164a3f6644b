// Generated from assets/ by `make generate`; a check holds it to them.

export const consoleFiles: Readonly<Record<string, string>> = {
  'console.html': `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Sluice console</title>
    <link
      rel="icon"
      href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E%3Cpath d='M1 1h6v6H1z' fill='%230b5cad'/%3E%3C/svg%3E"
    />
    <link rel="stylesheet" href="/console/console.css" />
    <script src="/console/console.js" type="module"></script>
  </head>
  <body>
    <header>
      <h1>Sluice</h1>
      <p id="state" role="status">connecting</p>
      <nav aria-label="Sections">
        <a href="#routes">Routes</a>
        <a href="#upstreams">Upstreams</a>
        <a href="#problems">Problems</a>
        <a href="#explain">Explain</a>
      </nav>
    </header>
    <main>
      <section aria-labelledby="totals-title">
        <h2 id="totals-title" class="quiet">Now</h2>
        <dl id="totals"></dl>
      </section>
      <section id="routes" aria-labelledby="routes-title">
        <h2 id="routes-title">Routes against their budgets</h2>
        <div class="scroll" tabindex="0" role="region" aria-labelledby="routes-title">
          <table>
            <thead>
              <tr>
                <th scope="col">Route</th>
                <th scope="col" class="number">req/s</th>
                <th scope="col" class="number">errors</th>
                <th scope="col" class="number">p50</th>
                <th scope="col" class="number">p95</th>
                <th scope="col" class="number">p99</th>
                <th scope="col">p95 of its budget</th>
                <th scope="col" class="number">error budget left</th>
                <th scope="col" class="number">limited/s</th>
                <th scope="col" class="number">cache hits</th>
              </tr>
            </thead>
            <tbody id="route-rows"></tbody>
          </table>
        </div>
        <p class="note">
          Over the last ten seconds; the error budget since the start. A dash means no traffic, or no budget.
        </p>
      </section>
      <section id="upstreams" aria-labelledby="upstreams-title">
        <h2 id="upstreams-title">Upstreams and breakers</h2>
        <div class="scroll" tabindex="0" role="region" aria-labelledby="upstreams-title">
          <table>
            <thead>
              <tr>
                <th scope="col">Upstream</th>
                <th scope="col">Breaker</th>
                <th scope="col">Target</th>
                <th scope="col">Health</th>
                <th scope="col" class="number">under way</th>
                <th scope="col" class="number">connections</th>
              </tr>
            </thead>
            <tbody id="upstream-rows"></tbody>
          </table>
        </div>
      </section>
      <section id="problems" aria-labelledby="problems-title">
        <h2 id="problems-title">Recent problems</h2>
        <div class="scroll" tabindex="0" role="region" aria-labelledby="problems-title">
          <table>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Code</th>
                <th scope="col">Fault</th>
                <th scope="col">Route</th>
                <th scope="col">Request</th>
                <th scope="col">Request id</th>
              </tr>
            </thead>
            <tbody id="problem-rows"></tbody>
          </table>
        </div>
      </section>
      <section id="explain" aria-labelledby="explain-title">
        <h2 id="explain-title">What would become of a request</h2>
        <form id="explain-form">
          <label>Method <input name="method" value="GET" size="8" autocomplete="off" spellcheck="false" /></label>
          <label class="wide"
            >Path or URL <input name="url" value="/" required autocomplete="off" spellcheck="false"
          /></label>
          <label class="wide">
            Fields, one a line
            <textarea name="headers" rows="2" spellcheck="false" placeholder="accept: application/json"></textarea>
          </label>
          <button>Explain</button>
        </form>
        <div id="explanation" aria-live="polite"></div>
      </section>
    </main>
  </body>
</html>
`,
  'console.css': `:root {
  color-scheme: light dark;
  --ground: light-dark(#fbfbfa, #16181b);
  --raised: light-dark(#fff, #1e2125);
  --ink: light-dark(#1c1e21, #e6e8ea);
  --soft: light-dark(#5a6068, #9aa1a9);
  --line: light-dark(#dfe2e5, #33383e);
  --good: light-dark(#1a7f4b, #4cc38a);
  --warn: light-dark(#9a6700, #e0b13c);
  --bad: light-dark(#b3261e, #ff8a80);
  --accent: light-dark(#0b5cad, #7ab8ff);
  font:
    15px/1.45 system-ui,
    sans-serif;
}
* {
  box-sizing: border-box;
}
body {
  margin: 0;
  color: var(--ink);
  background: var(--ground);
}
header {
  display: flex;
  flex-wrap: wrap;
  gap: 0.4rem 1.2rem;
  align-items: baseline;
  padding: 0.9rem 1.2rem;
  background: var(--raised);
  border-bottom: 1px solid var(--line);
}
h1 {
  margin: 0;
  font-size: 1.15rem;
}
h2 {
  margin: 1.6rem 0 0.5rem;
  font-size: 1rem;
}
#state {
  margin: 0;
  color: var(--soft);
}
nav {
  display: flex;
  gap: 1rem;
  margin-left: auto;
}
a {
  color: var(--accent);
}
:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
}
main {
  max-width: 90rem;
  margin: 0 auto;
  padding: 0 1.2rem 3rem;
}
.quiet {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
}
dl {
  display: flex;
  flex-wrap: wrap;
  gap: 0.6rem;
  margin: 1.2rem 0 0;
}
dl > div {
  flex: 1 1 8rem;
  padding: 0.6rem 0.8rem;
  background: var(--raised);
  border: 1px solid var(--line);
  border-radius: 6px;
}
dt {
  color: var(--soft);
  font-size: 0.82rem;
}
dd {
  margin: 0;
  font-size: 1.25rem;
  font-variant-numeric: tabular-nums;
}
.scroll {
  overflow-x: auto;
  background: var(--raised);
  border: 1px solid var(--line);
  border-radius: 6px;
}
table {
  width: 100%;
  border-collapse: collapse;
}
th,
td {
  padding: 0.4rem 0.7rem;
  text-align: left;
  white-space: nowrap;
  border-bottom: 1px solid var(--line);
}
tbody tr:last-child > * {
  border-bottom: 0;
}
thead th {
  color: var(--soft);
  font-size: 0.82rem;
  font-weight: 500;
}
tbody th {
  font-weight: 600;
}
.number {
  text-align: right;
  font-variant-numeric: tabular-nums;
}
.good {
  color: var(--good);
}
.warn {
  color: var(--warn);
}
.bad {
  color: var(--bad);
}
.soft,
.note {
  color: var(--soft);
}
.note {
  font-size: 0.85rem;
}
meter {
  width: 8rem;
  height: 0.8rem;
  vertical-align: middle;
}
form {
  display: flex;
  flex-wrap: wrap;
  gap: 0.8rem;
  align-items: end;
}
label {
  display: grid;
  gap: 0.2rem;
  color: var(--soft);
  font-size: 0.85rem;
}
.wide {
  flex: 1 1 18rem;
}
input,
textarea,
button {
  padding: 0.4rem 0.6rem;
  color: var(--ink);
  background: var(--raised);
  border: 1px solid var(--line);
  border-radius: 4px;
  font: inherit;
}
textarea {
  resize: vertical;
}
button {
  color: var(--ground);
  background: var(--accent);
  border-color: transparent;
  cursor: pointer;
}
pre {
  margin: 0.4rem 0;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}
#explanation ol {
  padding-left: 1.4rem;
}
@media (max-width: 46rem) {
  nav {
    margin-left: 0;
  }
  /* A row becomes a card: nothing has to be scrolled sideways. */
  .scroll {
    overflow: visible;
    background: none;
    border: 0;
  }
  thead {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  table,
  tbody,
  tr,
  th,
  td {
    display: block;
    white-space: normal;
  }
  tr {
    margin-bottom: 0.7rem;
    background: var(--raised);
    border: 1px solid var(--line);
    border-radius: 6px;
  }
  tbody td,
  tbody th {
    display: flex;
    justify-content: space-between;
    gap: 1rem;
    overflow-wrap: anywhere;
    text-align: right;
    border-bottom: 0;
  }
  tbody td::before {
    color: var(--soft);
    text-align: left;
    content: attr(data-name);
  }
}
`,
  'console.js': `// The console: draws what /console/events tells, and asks /admin/explain. No library, no address but the gateway's own.

/** @param {string} id */
const find = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const state = find('state');

/**
 * An element with text, never with markup: what is shown may come from strangers.
 *
 * @param {string} tag
 * @param {string | Node} content
 * @param {{ class?: string, name?: string, scope?: string }} [options]
 */
function element(tag, content, options = {}) {
  const made = document.createElement(tag);
  made.append(content);
  if (options.class) made.className = options.class;
  if (options.name) made.dataset.name = options.name;
  if (options.scope) made.setAttribute('scope', options.scope);
  return made;
}

/** @param {number | null} value */
const number = (value, digits = 0) =>
  value === null ? '–' : value.toLocaleString('en', { maximumFractionDigits: digits });
/** @param {number | null} ms */
const milliseconds = (ms) => (ms === null ? '–' : \`\${number(ms, ms < 10 ? 1 : 0)} ms\`);
/** @param {number | null} share */
const percent = (share) => (share === null ? '–' : \`\${number(share, share < 10 ? 1 : 0)} %\`);

/**
 * Keeps the rows that are there, so that neither the focus nor a selection is lost at each tick.
 *
 * @param {string} id
 * @param {Node[][]} rows
 * @param {string} nothing
 */
function drawRows(id, rows, nothing) {
  const body = find(id);
  if (rows.length === 0) {
    const cell = element('td', nothing, { class: 'soft' });
    cell.setAttribute('colspan', '10');
    rows = [[cell]];
  }
  while (body.children.length > rows.length) body.lastElementChild?.remove();
  rows.forEach((cells, i) => {
    const row = body.children[i] ?? body.appendChild(document.createElement('tr'));
    const old = [...row.children];
    const same = old.length === cells.length && cells.every((cell, j) => cell.isEqualNode(old[j]));
    if (!same) row.replaceChildren(...cells);
  });
}

function drawTotals(snapshot) {
  const { totals } = snapshot;
  const entries = [
    ['requests a second', number(totals.ratePerS, 1)],
    ['under way', number(totals.active)],
    ['errors', percent(totals.errorPercent)],
    ['refused by limits a second', number(totals.limitedPerS, 1)],
    ['limiter keys', number(totals.limiterKeys)],
    ['cache hits', percent(totals.cacheHitPercent)],
    ['loop busy', percent(totals.loopBusyPercent)],
    ['memory', \`\${number(totals.rssBytes / 1_048_576)} MiB\`],
  ];
  find('totals').replaceChildren(
    ...entries.map(([term, value]) => {
      const box = document.createElement('div');
      box.append(element('dt', term), element('dd', value));
      return box;
    }),
  );
}

/** How far p95 is into the budget of a route. */
function budgetCell(route) {
  if (route.budgetP95Ms === null) return element('td', 'no budget', { class: 'soft', name: 'p95 of its budget' });
  const meter = document.createElement('meter');
  meter.max = route.budgetP95Ms;
  meter.low = route.budgetP95Ms * 0.8;
  meter.high = route.budgetP95Ms;
  meter.optimum = 0;
  meter.value = Math.min(route.p95Ms ?? 0, route.budgetP95Ms);
  const text = \`\${milliseconds(route.p95Ms)} of \${milliseconds(route.budgetP95Ms)}\`;
  meter.setAttribute('aria-label', text);
  const cell = element('td', meter, { name: 'p95 of its budget' });
  cell.append(\` \${text}\`);
  return cell;
}

function drawRoutes({ routes }) {
  drawRows(
    'route-rows',
    routes.map((route) => {
      const cell = (name, text, kind = '') => element('td', text, { class: \`number \${kind}\`.trim(), name });
      const overTime = route.budgetP95Ms !== null && route.p95Ms !== null && route.p95Ms > route.budgetP95Ms;
      const left = route.errorBudgetLeftPercent;
      return [
        element('th', route.id, { scope: 'row' }),
        cell('req/s', number(route.ratePerS, 1)),
        cell('errors', percent(route.errorPercent), route.errorPercent > 0 ? 'bad' : ''),
        cell('p50', milliseconds(route.p50Ms)),
        cell('p95', milliseconds(route.p95Ms), overTime ? 'bad' : ''),
        cell('p99', milliseconds(route.p99Ms)),
        budgetCell(route),
        cell('error budget left', percent(left), left === null ? '' : left <= 0 ? 'bad' : left < 25 ? 'warn' : 'good'),
        cell('limited/s', number(route.limitedPerS, 1), route.limitedPerS > 0 ? 'warn' : ''),
        cell('cache hits', percent(route.cacheHitPercent)),
      ];
    }),
    'No routes.',
  );
}

function drawUpstreams({ upstreams }) {
  const rows = upstreams.flatMap((upstream) =>
    upstream.targets.map((target) => {
      const { breaker } = upstream;
      const breakerClass =
        breaker === 'open' ? 'bad' : breaker === 'half-open' ? 'warn' : breaker === null ? 'soft' : 'good';
      return [
        element('th', upstream.name, { scope: 'row' }),
        element('td', breaker ?? 'none', { class: breakerClass, name: 'Breaker' }),
        element('td', target.url, { name: 'Target' }),
        element('td', target.healthy ? 'up' : 'down', { class: target.healthy ? 'good' : 'bad', name: 'Health' }),
        element('td', number(target.active), { class: 'number', name: 'under way' }),
        element('td', number(target.connections), { class: 'number', name: 'connections' }),
      ];
    }),
  );
  drawRows('upstream-rows', rows, 'No upstreams.');
}

function drawProblems({ problems }) {
  drawRows(
    'problem-rows',
    problems.map((problem) => [
      element('th', new Date(problem.at).toLocaleTimeString(), { scope: 'row' }),
      element('td', \`\${problem.status} \${problem.code}\`, { name: 'Code' }),
      element('td', problem.fault, { name: 'Fault' }),
      element('td', problem.route, { name: 'Route' }),
      element('td', \`\${problem.method} \${problem.path}\`, { name: 'Request' }),
      element('td', problem.requestId, { name: 'Request id' }),
    ]),
    'None so far.',
  );
}

const events = new EventSource('/console/events');
events.addEventListener('snapshot', (event) => {
  const snapshot = JSON.parse(event.data);
  state.textContent = \`\${snapshot.phase}, revision \${snapshot.revision}, \${new Date(snapshot.at).toLocaleTimeString()}\`;
  drawTotals(snapshot);
  drawRoutes(snapshot);
  drawUpstreams(snapshot);
  drawProblems(snapshot);
});
events.addEventListener('error', () => {
  state.textContent = 'the gateway does not answer; trying again';
});

const form = /** @type {HTMLFormElement} */ (find('explain-form'));

/** @param {string} name of a field of the form */
const written = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value;

async function explain() {
  const query = new URLSearchParams({ method: written('method'), url: written('url') });
  for (const line of written('headers').split('\\n')) if (line.trim() !== '') query.append('header', line.trim());
  const reply = await fetch(\`/admin/explain?\${query.toString()}\`);
  const body = await reply.json();
  find('explanation').replaceChildren(
    ...(reply.ok ? explanation(body) : [element('p', body.detail, { class: 'bad' })]),
  );
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  explain().catch((/** @type {unknown} */ error) => {
    find('explanation').replaceChildren(element('p', String(error), { class: 'bad' }));
  });
});

/** @param {Record<string, unknown>} tells */
const settings = (tells) =>
  Object.entries(tells)
    .map(([key, value]) => \`\${key}: \${JSON.stringify(value)}\`)
    .join('\\n');

function explanation({ route, refusedWith, otherRoutes, stages }) {
  const outcome =
    refusedWith === null
      ? element('p', \`Route \${route} takes it.\`)
      : element('p', \`Refused: \${refusedWith}.\`, { class: 'bad' });
  const passed = document.createElement('ol');
  for (const { name, tells } of stages) {
    const item = element('li', element('strong', name));
    if (Object.keys(tells).length > 0) item.append(element('pre', settings(tells)));
    passed.append(item);
  }
  const others = document.createElement('ul');
  for (const { id, because } of otherRoutes) {
    const why =
      because.map(({ part, wanted }) => \`\${part} is not \${wanted}\`).join(', ') || 'the other is more specific';
    others.append(element('li', \`\${id}: \${why}\`));
  }
  return [outcome, passed, element('p', 'Other routes, the nearest first:', { class: 'soft' }), others];
}
`,
};
