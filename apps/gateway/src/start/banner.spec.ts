import { describe, expect, it } from '@jest/globals';
import { parseConfigObject, type ConfigObject } from '../config/index.js';
import { banner } from './banner.js';

const URL = 'http://localhost:8080';

function linesOf(input: ConfigObject, { managementUrl = URL, demo = false } = {}): string[] {
  return banner(parseConfigObject(input).config, URL, managementUrl, demo).split('\n');
}

const target = { targets: [{ url: 'http://127.0.0.1:9001' }] };

describe('what a person sees at the start', () => {
  it('names the address, and every route with where it leads', () => {
    const lines = linesOf({
      upstreams: { users: target, next: target },
      routes: [
        { id: 'users', match: { path: '/api/v1/users/*', methods: ['GET', 'POST'] }, upstream: 'users' },
        {
          id: 'canary',
          match: { path: '/c' },
          weighted: [
            { upstream: 'users', weight: 9 },
            { upstream: 'next', weight: 1 },
          ],
        },
        { id: 'old', match: { path: '/old' }, redirect: { to: '/new' } },
        { id: 'robots', match: { path: '/robots.txt' }, respond: { status: 404 } },
      ],
    });
    expect(lines[0]).toBe('Sluice listens on http://localhost:8080');
    expect(lines.slice(lines.indexOf('Routes') + 1, lines.indexOf('Management') - 1)).toEqual([
      '  users   /api/v1/users/*  GET,POST  -> users',
      '  canary  /c               any method  -> users (9), next (1)',
      '  old     /old             any method  -> redirects to /new',
      '  robots  /robots.txt      any method  -> answers 404',
    ]);
  });

  it('says where to read when there is no route yet', () => {
    expect(linesOf({})).toContain('  none yet: see docs/configuration.md');
  });

  it('has a command to paste for each demo route, and none without the demo', () => {
    const config = {
      upstreams: { users: target },
      routes: [{ id: 'users', match: { path: '/u' }, upstream: 'users' }],
    };
    expect(linesOf(config, { demo: true })).toContain('  curl http://localhost:8080/api/v1/users');
    expect(linesOf(config).join('\n')).not.toContain('curl');
  });

  it('tells where the control plane is, on a port of its own too, and only what is served there', () => {
    const managementUrl = 'http://127.0.0.1:9901';
    expect(linesOf({}, { managementUrl })).toContain('  health     http://127.0.0.1:9901/health');
    const quiet = linesOf({ telemetry: { metrics: false, profiling: false } }).join('\n');
    expect(quiet).toContain('/ready');
    expect(quiet).not.toMatch(/metrics|pprof/);
  });
});
