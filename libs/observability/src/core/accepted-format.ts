import type { ExpositionFormat } from './exposition.js';

/**
 * The format that a scraper asks for (RFC 9110 section 12.5.1): OpenMetrics when its `Accept` names it, in a version
 * that is written here, and likes plain text no better; else the text format, which every scraper reads.
 */
export function acceptedFormat(accept: string | undefined): ExpositionFormat {
  let openMetrics = 0;
  let text = 0;
  for (const range of (accept ?? '').toLowerCase().split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    const weight = weightOf(parameters);
    if (type === 'text/plain') text = Math.max(text, weight);
    if (type !== 'application/openmetrics-text') continue;
    const version = parameters.find((parameter) => parameter.startsWith('version='))?.slice('version='.length);
    if (version === undefined || version === '1.0.0') openMetrics = Math.max(openMetrics, weight);
  }
  return openMetrics > 0 && openMetrics >= text ? 'openmetrics' : 'text';
}

function weightOf(parameters: readonly string[]): number {
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  const weight = q === undefined ? 1 : Number(q.slice(2));
  return weight >= 0 && weight <= 1 ? weight : 0;
}
