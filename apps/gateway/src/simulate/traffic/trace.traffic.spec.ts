import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfigObject } from '../../config/index.js';
import { TraceTraffic, type TraceOptions } from './trace.traffic.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-trace-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { routes } = parseConfigObject({
  routes: [
    { id: 'users', match: { path: '/users' }, respond: {} },
    { id: 'write', match: { path: '/write', methods: ['POST'] }, respond: {} },
  ],
}).config;

function trace(text: string | Uint8Array, options: Partial<TraceOptions> = {}): TraceTraffic {
  const path = join(folder, 'trace.csv');
  writeFileSync(path, text);
  return new TraceTraffic({ name: 't.csv', path, routes, chosen: routes, durationMs: null, ...options });
}

function all(traffic: TraceTraffic) {
  const rows = [];
  for (let arrival = traffic.next(); arrival !== null; arrival = traffic.next()) {
    const { atMs, route, method, status, latencyMs, caller } = arrival;
    rows.push([atMs, route.id, method, status, latencyMs, caller.key]);
  }
  return rows;
}

describe('a trace', () => {
  it('is read row by row, in any order of columns, with quotes, empty lines and line ends of any kind', () => {
    const text =
      '\uFEFFroute,time_s,key,status,latency_ms\r\nusers,0.5,"a, ""b""",503,12.5\r\n\r\nwrite,2,,,-\nusers,2,c,200,0';
    expect(all(trace(text))).toEqual([
      [500, 'users', 'GET', 503, 12.5, 'a, "b"'],
      [2_000, 'write', 'POST', 0, -1, ''],
      [2_000, 'users', 'GET', 200, 0, 'c'],
    ]);
  });

  it('is longer than what is read at once', () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => `${i},users,key-${i}`);
    const read = all(trace(['time_s,route,key', ...rows].join('\n')));
    expect(read).toHaveLength(40_000);
    expect(read[39_999]).toEqual([39_999_000, 'users', 'GET', 0, -1, 'key-39999']);
  });

  it('leaves out routes that were not chosen, and what comes after the time', () => {
    const text = 'time_s,route\n0,users\n1,write\n2,users\n3,users\n';
    expect(all(trace(text, { chosen: [routes[0]], durationMs: 3_000 })).map(([atMs]) => atMs)).toEqual([0, 2_000]);
  });

  it('has the clock of the day when its times are those of Unix', () => {
    const traffic = trace(`time_s,route\n${Date.UTC(2026, 10, 25, 10, 5, 30) / 1_000},users\n`);
    expect(traffic.startMs).toBe((10 * 60 + 5) * 60_000);
    expect(all(traffic)[0][0]).toBe(((10 * 60 + 5) * 60 + 30) * 1_000);
  });

  it.each([
    ['', 't.csv: is empty'],
    ['0,users\n', 't.csv:1 the first line must name the columns, and one of them must be time_s'],
    ['time_s,rout\n', 't.csv:1 unknown column "rout"; did you mean "route"?'],
    ['time_s,route,route\n', 't.csv:1 two columns are called "route"'],
    ['time_s\n1\n', 't.csv:1 there is no column route, and the configuration has several: name one with --route'],
    ['time_s,route\n1,users\n2\n', 't.csv:3 1 cells, and the header has 2'],
    ['time_s,route\n1,user\n', 't.csv:2 route: there is no route "user"; did you mean "users"?'],
    ['time_s,route\n\n,users\n', 't.csv:3 time_s: must be seconds, not ""'],
    ['time_s,route\n-1,users\n', 't.csv:2 time_s: must be seconds, not "-1"'],
    ['time_s,route\n5,users\n4.5,users\n', 't.csv:3 time_s: 4.5 comes after 5; sort the trace by time'],
    ['time_s,route,status\n1,users,OK\n', 't.csv:2 status: must be a number, not "OK"'],
    ['time_s,route,status\n1,users,42\n', 't.csv:2 status: must be from 100 to 599, not 42'],
    ['time_s,route,latency_ms\n1,users,-3\n', 't.csv:2 latency_ms: must be a number, not "-3"'],
    ['time_s,route\n1,"users\n', 't.csv:2 a quote is not closed'],
    [new Uint8Array(400_000).fill(65), 't.csv:1 is no text: a line does not end'],
  ])('%j is refused with the line', (text, message) => {
    expect(() => all(trace(text))).toThrow(message);
  });

  it.each([
    ['none.csv', 't.csv: no such file'],
    ['.', 't.csv: is a folder'],
  ])('%s is refused', (name, message) => {
    const path = join(folder, name);
    expect(() => new TraceTraffic({ name: 't.csv', path, routes, chosen: routes, durationMs: null })).toThrow(message);
  });
});
