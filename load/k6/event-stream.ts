import http from 'k6/http';
import { check } from 'k6';
import { target } from './target.ts';

const EVENTS = 5;
const EVERY_MS = 100;
/** The first event has to come long before the last one is written: a stream that is held back has nothing until then. */
const FIRST_EVENT_MS = ((EVENTS - 1) * EVERY_MS) / 2;

/** Reads an event stream (text/event-stream) to its end, and sees that its events came whole, and when they were sent. */
export function listen(): void {
  const url = `${target}/api/v1/notifications/stream?count=${EVENTS}&everyMs=${EVERY_MS}`;
  const answer = http.get(url, { tags: { route: 'notifications' } });
  check(answer, {
    'is an event stream': ({ headers }) => headers['Content-Type'] === 'text/event-stream',
    'has every event': ({ body }) => (body ?? '').split('\n\n').length === EVENTS + 1,
    'begins before it ends': ({ timings }) => timings.waiting < FIRST_EVENT_MS,
  });
}
