/**
 * A load generator with an open loop: requests are due at fixed times, whether or not earlier ones were answered.
 * A request that is due while every connection is busy waits for one, and that wait is part of its latency: a peer
 * that stalls is charged for all requests that came due meanwhile (no coordinated omission). A request that goes out
 * late because this process woke late is counted from when it was sent, and the lateness is reported by itself.
 *
 * Usage: node constant-rate.ts PORT PATH REQUESTS_PER_SECOND CONNECTIONS SECONDS WARM_UP_SECONDS [FIELDS]
 * FIELDS are those of every request besides Host, as JSON.
 * Prints one line of JSON: ConstantRateResult.
 */
import { connect, type Socket } from 'node:net';
import { AnswerReader } from './answer-reader.ts';
import { percentileOfSorted } from './spread.ts';

export interface ConstantRateResult {
  requests: number;
  /** Answers other than 200, those of the warm-up too. */
  errors: number;
  /** Answers by their status, after the warm-up. */
  byStatus: Record<string, number>;
  /** From the first of those until the last, as this generator came to it. */
  countedMs: number;
  /** Requests that were never answered. */
  unanswered: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
  /** How late this generator itself was, at the 99th percentile. */
  generatorLagP99Ms: number;
}

interface Connection {
  socket: Socket;
  reader: AnswerReader;
  /** When the latency of the running request began, or null while idle. */
  since: number | null;
  counted: boolean;
}

const TICK_MS = 1;
const GRACE_MS = 5_000;

const [port, path, rate, connectionCount, seconds, warmUpSeconds] = process.argv
  .slice(2, 8)
  .map((text, i) => (i === 1 ? text : Number(text))) as [number, string, number, number, number, number];
const fields = Object.entries(JSON.parse(process.argv[8] ?? '{}') as Record<string, string>)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');
const head = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${fields}\r\n`, 'latin1');
const total = Math.round(rate * (seconds + warmUpSeconds));
const firstCounted = Math.round(rate * warmUpSeconds);
const intervalMs = 1000 / rate;

const latencies: number[] = [];
const lags: number[] = [];
const byStatus: Record<string, number> = {};
const idle: Connection[] = [];
/** Due times of requests that wait for a connection, oldest first. */
const waiting: { dueAt: number; counted: boolean }[] = [];
let answered = 0;
/** When the first and the last request was sent, or began to wait, after the warm-up. */
let countedSince = 0;
let countedUntil = 0;
let errors = 0;

function send(connection: Connection, since: number, counted: boolean): void {
  connection.since = since;
  connection.counted = counted;
  connection.socket.write(head);
}

function answer(connection: Connection, status: number): void {
  if (connection.since === null) throw new Error('an answer that nothing asked for');
  answered++;
  if (status !== 200) errors++;
  if (connection.counted) {
    latencies.push(performance.now() - connection.since);
    byStatus[status] = (byStatus[status] ?? 0) + 1;
  }
  connection.since = null;
  const next = waiting.shift();
  if (next === undefined) idle.push(connection);
  else send(connection, next.dueAt, next.counted);
}

function open(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    const connection: Connection = {
      socket,
      since: null,
      counted: false,
      reader: new AnswerReader((status) => answer(connection, status)),
    };
    socket.once('connect', () => {
      idle.push(connection);
      resolve();
    });
    socket.once('error', reject);
    socket.on('data', (chunk) => connection.reader.read(chunk as Buffer));
    socket.once('close', () => {
      console.error('the peer closed a connection under load');
      process.exit(1);
    });
  });
}

await Promise.all(Array.from({ length: connectionCount }, open));

let due = 0;
const startedAt = performance.now();
const timer = setInterval(() => {
  const now = performance.now();
  for (let dueAt = startedAt + due * intervalMs; due < total && dueAt <= now; dueAt += intervalMs) {
    const counted = due++ >= firstCounted;
    if (counted) {
      lags.push(now - dueAt);
      if (lags.length === 1) countedSince = now;
      countedUntil = now;
    }
    const connection = idle.shift();
    if (connection === undefined) waiting.push({ dueAt, counted });
    else send(connection, performance.now(), counted);
  }
  if (due === total && (answered === total || now > startedAt + total * intervalMs + GRACE_MS)) finish();
}, TICK_MS);

function finish(): void {
  clearInterval(timer);
  latencies.sort((a, b) => a - b);
  lags.sort((a, b) => a - b);
  const result: ConstantRateResult = {
    requests: latencies.length,
    errors,
    byStatus,
    countedMs: countedUntil - countedSince,
    unanswered: total - answered,
    p50Ms: percentileOfSorted(latencies, 50),
    p95Ms: percentileOfSorted(latencies, 95),
    p99Ms: percentileOfSorted(latencies, 99),
    maxMs: latencies.at(-1) ?? NaN,
    generatorLagP99Ms: percentileOfSorted(lags, 99),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}
