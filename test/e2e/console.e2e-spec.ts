import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';
import { call } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/google-chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];

describe('the console', () => {
  let upstream: HttpUpstream;
  let gateway: RunningGateway;
  let browser: Browser;
  let page: Page | null = null;

  beforeAll(async () => {
    upstream = await startHttpUpstream((request, response) => {
      response.statusCode = request.url === '/users/broken' ? 500 : 200;
      response.end('hello');
    });
    gateway = await startGateway({
      management: { token: 'hunter2' },
      upstreams: {
        users: { targets: [{ url: upstream.url }], breaker: {} },
        gone: { targets: [{ url: 'http://127.0.0.1:1' }] },
      },
      routes: [
        { id: 'users', match: { path: '/users/*' }, upstream: 'users', budget: { p95Ms: 500, errorRatePercent: 50 } },
        { id: 'limited', match: { path: '/limited' }, upstream: 'users', rateLimit: { by: 'ip', rps: 1, burst: 1 } },
        { id: 'gone', match: { path: '/gone/*' }, upstream: 'gone' },
      ],
    });
    const executablePath = CHROMIUM.find(existsSync);
    if (executablePath === undefined) throw new Error('there is no Chromium; `make setup` installs it on Debian');
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
    });
  });

  afterEach(async () => {
    await page?.close();
    page = null;
  });

  afterAll(async () => {
    await browser?.close();
    await gateway?.close();
    await upstream?.close();
  });

  /** Opens the console; what its policy forbids or its script fails at ends up in `complaints`. */
  async function open(options: Parameters<Browser['newPage']>[0] = {}): Promise<{ page: Page; complaints: string[] }> {
    const opened = await browser.newPage(options);
    page = opened;
    const complaints: string[] = [];
    opened.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    opened.on('pageerror', (error) => complaints.push(error.message));
    await opened.goto(`${gateway.url}/console`);
    await opened.locator('#route-rows th').first().waitFor();
    return { page: opened, complaints };
  }

  async function traffic(): Promise<void> {
    for (let i = 0; i < 10; i++) await call(`${gateway.url}/users/${i === 0 ? 'broken' : i}`);
    for (let i = 0; i < 3; i++) await call(`${gateway.url}/limited`);
    await call(`${gateway.url}/gone/<img/src=x>`);
  }

  it('shows live what routes, upstreams and limits do, under its own policy', async () => {
    const { page: shown, complaints } = await open();
    await traffic();
    const row = shown.locator('#route-rows tr', { has: shown.getByRole('rowheader', { name: 'users', exact: true }) });
    await row.locator('td[data-name="req/s"]', { hasText: /[1-9]/ }).waitFor();
    expect(await row.locator('meter').getAttribute('max')).toBe('500');
    expect(await row.locator('td[data-name="error budget left"]').textContent()).toBe('80 %');
    await shown.locator('#problem-rows', { hasText: '502 upstream-unreachable' }).waitFor();
    await shown.locator('#problem-rows', { hasText: '429 rate-limited' }).waitFor();
    expect(await shown.locator('#upstream-rows').textContent()).toContain('closed');
    // What a stranger has sent is text and nothing else.
    expect(await shown.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('explains a request, by keyboard alone', async () => {
    const { page: shown, complaints } = await open();
    await shown.locator('input[name=url]').focus();
    await shown.keyboard.press('ControlOrMeta+a');
    await shown.keyboard.type('/limited');
    await shown.keyboard.press('Enter');
    await shown.locator('#explanation', { hasText: 'Route limited takes it.' }).waitFor();
    expect(await shown.locator('#explanation ol > li').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^rate-limit/), expect.stringMatching(/^forward/)]),
    );
    await shown.locator('input[name=method]').fill('G T');
    await shown.keyboard.press('Enter');
    await shown.locator('#explanation .bad', { hasText: 'must be an HTTP method' }).waitFor();
    // The browser itself writes down that an answer was 400.
    expect(complaints.filter((text) => !text.includes('400'))).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('is read on a phone without scrolling sideways, in %s', async (colorScheme) => {
    const { page: shown } = await open({ colorScheme, viewport: { width: 360, height: 740 } });
    const overhang = await shown.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    expect(overhang).toBeLessThanOrEqual(0);
    const ground = await shown.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(ground).toBe(colorScheme === 'light' ? 'rgb(251, 251, 250)' : 'rgb(22, 24, 27)');
  });

  it('is 404 for strangers, with all that belongs to it', async () => {
    for (const path of ['', '/', '/console.js', '/console.css', '/events', '/nothing']) {
      const headers = { 'x-forwarded-for': '192.0.2.1' };
      expectProblem(await call(`${gateway.url}/console${path}`, { headers }), 404, 'no-route');
    }
  });

  it('watches for sixteen pages, and tells the next one to come back', async () => {
    const watching = Array.from({ length: 16 }, () => get(`${gateway.url}/console/events`));
    const heads = watching.map((request) => new Promise((resolve) => request.once('response', resolve)));
    await Promise.all(heads);
    const reply = await call(`${gateway.url}/console/events`);
    expect([reply.status, reply.field('retry-after')]).toEqual([503, '10']);
    for (const request of watching) request.destroy();
    let status = 503;
    await eventually('a free place', () => {
      void fetch(`${gateway.url}/console/events`, { signal: AbortSignal.timeout(500) }).then(
        (answer) => (status = answer.status),
        () => undefined,
      );
      return status === 200;
    });
  });

  it('does not keep the gateway from ending', async () => {
    const other = await startGateway({ routes: [{ id: 'r', match: { path: '/' }, respond: {} }] });
    const watching = get(`${other.url}/console/events`);
    await new Promise((resolve) => watching.once('response', resolve));
    expect(await other.close(5_000)).toBe(true);
  });
});
