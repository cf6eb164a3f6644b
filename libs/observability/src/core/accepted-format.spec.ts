import { describe, expect, it } from '@jest/globals';
import { acceptedFormat } from './accepted-format.js';

describe('the format of an exposition', () => {
  it.each([
    'application/openmetrics-text',
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
    'application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    'text/plain, Application/OpenMetrics-Text',
  ])('is OpenMetrics when that is asked for: %s', (accept) => {
    expect(acceptedFormat(accept)).toBe('openmetrics');
  });

  it.each([
    undefined,
    '',
    '*/*',
    'text/plain',
    'text/html,application/xhtml+xml,*/*;q=0.8',
    'application/openmetrics-text;version=0.0.1',
    'application/openmetrics-text;q=0',
    'application/openmetrics-text;q=0.3, text/plain;q=0.7',
    'application/openmetrics-text;q=many',
    ';;,,=;q',
  ])('is the text format otherwise: %s', (accept) => {
    expect(acceptedFormat(accept)).toBe('text');
  });
});
