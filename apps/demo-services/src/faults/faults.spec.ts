import { describe, expect, it } from '@jest/globals';
import { BODY_BYTES_MAX, DELAY_MS_MAX, DROPPED_BODY_BYTES, parseFaults } from './faults.js';

const plainReply = { kind: 'reply', status: 200, bodyBytes: null, chunked: false, drop: false };

describe('parseFaults', () => {
  it.each(['', ' ', ',', ' , ,'])('finds nothing in %j', (text) => {
    expect(parseFaults(text)).toEqual({ faults: { delayMs: 0, outcome: { kind: 'pass' } } });
  });

  it.each([
    ['delay=250', 250, { kind: 'pass' }],
    [`delay=${DELAY_MS_MAX}`, DELAY_MS_MAX, { kind: 'pass' }],
    ['hang', 0, { kind: 'hang' }],
    ['delay=5, reset', 5, { kind: 'reset' }],
    ['status=503', 0, { ...plainReply, status: 503 }],
    [' status = 404 , delay = 10 ', 10, { ...plainReply, status: 404 }],
    ['drop', 0, { ...plainReply, bodyBytes: DROPPED_BODY_BYTES, drop: true }],
    ['large=0', 0, { ...plainReply, bodyBytes: 0 }],
    [`large=${BODY_BYTES_MAX}`, 0, { ...plainReply, bodyBytes: BODY_BYTES_MAX }],
    ['chunked,large=9', 0, { ...plainReply, bodyBytes: 9, chunked: true }],
    ['drop,chunked', 0, { ...plainReply, bodyBytes: DROPPED_BODY_BYTES, chunked: true, drop: true }],
    ['status=500,large=9,drop', 0, { ...plainReply, status: 500, bodyBytes: 9, drop: true }],
  ])('reads %j', (text, delayMs, outcome) => {
    expect(parseFaults(text)).toEqual({ faults: { delayMs, outcome } });
  });

  it.each([
    ['slow', '"slow" is not a directive'],
    ['__proto__', '"__proto__" is not a directive'],
    ['constructor=1', '"constructor=1" is not a directive'],
    ['delay', '"delay" needs a whole number from 0 to 120000'],
    ['delay=', '"delay=" needs a whole number'],
    ['delay=-1', 'needs a whole number'],
    ['delay=1.5', 'needs a whole number'],
    ['delay=1e3', 'needs a whole number'],
    ['delay=120001', 'needs a whole number'],
    ['delay=1=2', 'needs a whole number'],
    ['status=199', 'needs a whole number from 200 to 599'],
    ['status=600', 'needs a whole number'],
    [`large=${BODY_BYTES_MAX + 1}`, 'needs a whole number'],
    ['hang=1', '"hang" takes no value'],
    ['delay=1,delay=2', '"delay" is given twice'],
    ['hang,reset', '"hang" contradicts another'],
    ['reset,status=500', '"reset" contradicts another'],
    ['hang,large=1', '"hang" contradicts another'],
    ['chunked', '"chunked" needs "large" or "drop"'],
    ['chunked,status=500', '"chunked" needs "large" or "drop"'],
    ['status=204,large=1', '"status=204" has no body'],
    ['status=304,drop', '"status=304" has no body'],
    ['drop,large=0', '"drop" needs a body'],
  ])('refuses %j', (text, message) => {
    expect(parseFaults(text)).toEqual({ error: expect.stringContaining(message) });
  });

  it('says what is valid when it refuses', () => {
    expect(parseFaults('x')).toEqual({
      error: expect.stringMatching(/delay=0\.\.120000.*status=200\.\.599.*hang.*reset.*drop.*large=0\.\..*chunked/),
    });
  });

  it('repeats only the beginning of a long word', () => {
    expect(parseFaults('x'.repeat(10_000))).toEqual({ error: expect.stringMatching(/^"x{40}…" is not/) });
  });
});
