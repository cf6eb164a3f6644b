// The console: draws what /console/events tells, and asks /admin/explain. No library, no address but the gateway's own.

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
const milliseconds = (ms) => (ms === null ? '–' : `${number(ms, ms < 10 ? 1 : 0)} ms`);
/** @param {number | null} share */
const percent = (share) => (share === null ? '–' : `${number(share, share < 10 ? 1 : 0)} %`);

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
    ['memory', `${number(totals.rssBytes / 1_048_576)} MiB`],
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
  const text = `${milliseconds(route.p95Ms)} of ${milliseconds(route.budgetP95Ms)}`;
  meter.setAttribute('aria-label', text);
  const cell = element('td', meter, { name: 'p95 of its budget' });
  cell.append(` ${text}`);
  return cell;
}

function drawRoutes({ routes }) {
  drawRows(
    'route-rows',
    routes.map((route) => {
      const cell = (name, text, kind = '') => element('td', text, { class: `number ${kind}`.trim(), name });
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
      element('td', `${problem.status} ${problem.code}`, { name: 'Code' }),
      element('td', problem.fault, { name: 'Fault' }),
      element('td', problem.route, { name: 'Route' }),
      element('td', `${problem.method} ${problem.path}`, { name: 'Request' }),
      element('td', problem.requestId, { name: 'Request id' }),
    ]),
    'None so far.',
  );
}

const events = new EventSource('/console/events');
events.addEventListener('snapshot', (event) => {
  const snapshot = JSON.parse(event.data);
  state.textContent = `${snapshot.phase}, revision ${snapshot.revision}, ${new Date(snapshot.at).toLocaleTimeString()}`;
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
  for (const line of written('headers').split('\n')) if (line.trim() !== '') query.append('header', line.trim());
  const reply = await fetch(`/admin/explain?${query.toString()}`);
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
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    .join('\n');

function explanation({ route, refusedWith, otherRoutes, stages }) {
  const outcome =
    refusedWith === null
      ? element('p', `Route ${route} takes it.`)
      : element('p', `Refused: ${refusedWith}.`, { class: 'bad' });
  const passed = document.createElement('ol');
  for (const { name, tells } of stages) {
    const item = element('li', element('strong', name));
    if (Object.keys(tells).length > 0) item.append(element('pre', settings(tells)));
    passed.append(item);
  }
  const others = document.createElement('ul');
  for (const { id, because } of otherRoutes) {
    const why =
      because.map(({ part, wanted }) => `${part} is not ${wanted}`).join(', ') || 'the other is more specific';
    others.append(element('li', `${id}: ${why}`));
  }
  return [outcome, passed, element('p', 'Other routes, the nearest first:', { class: 'soft' }), others];
}
