import { get, type IncomingHttpHeaders } from 'node:http';

export interface WholeAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

const TIMEOUT_MS = 10_000;

/** Asks once, on a connection of its own. */
export function answerTo(port: number, path: string, headers: Record<string, string> = {}): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, headers, agent: false, timeout: TIMEOUT_MS };
    const request = get(options, (response) => {
      let body = '';
      response.setEncoding('latin1');
      response.on('data', (text: string) => (body += text));
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    request.once('timeout', () => request.destroy(new Error(`${path}: no answer within ${TIMEOUT_MS} ms`)));
    request.once('error', reject);
  });
}
