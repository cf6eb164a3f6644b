import http from 'k6/http';
import { check } from 'k6';
import { target } from './target.ts';

const EVENTS = 5;
const EVERY_MS = 100;
/** Between the first byte and the last, at least: a stream that is held back comes in one piece. */
const SPREAD_MS_MIN = ((EVENTS - 1) * EVERY_MS) / 2;

/** Reads an event stream (text/event-stream) to its end, and sees that its events came whole, and when they were sent. */
export function listen(): void {
  const url = `${target}/api/v1/notifications/stream?count=${EVENTS}&everyMs=${EVERY_MS}`;
  const answer = http.get(url, { tags: { route: 'notifications' } });
  check(answer, {
    'is an event stream': ({ headers }) => headers['Content-Type'] === 'text/event-stream',
    'has every event': ({ body }) => (body ?? '').split('\n\n').length === EVENTS + 1,
    'comes as it is written': ({ timings }) => timings.duration - timings.waiting > SPREAD_MS_MIN,
  });
}
