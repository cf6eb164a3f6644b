import { startRawUpstream, type UpstreamConnection } from './raw-upstream.js';
import { StrictRequestReader, type StrictRequest } from './strict-request-reader.js';

export interface StrictUpstream {
  readonly url: string;
  /** Complete requests, in the order in which they came. */
  readonly requests: StrictRequest[];
  /** What came and was no HTTP. */
  readonly broken: string[];
  /** Bytes received on all connections, well-formed or not. */
  readonly bytes: number;
  /** Connections that are open in the middle of a request. */
  readonly unfinished: number;
  close(): Promise<void>;
}

export interface StrictUpstreamOptions {
  /** The reply to a request, as it goes over the wire. Default: 200 with a short body. */
  readonly reply?: (request: StrictRequest) => string | Promise<string>;
}

export const SHORT_REPLY = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** An upstream that takes nothing but what RFC 9112 says, letter by letter, so that a smuggled request shows. */
export async function startStrictUpstream({ reply }: StrictUpstreamOptions = {}): Promise<StrictUpstream> {
  const requests: StrictRequest[] = [];
  const broken: string[] = [];
  const readers = new WeakMap<UpstreamConnection, StrictRequestReader>();
  let bytes = 0;
  const upstream = await startRawUpstream((connection) => {
    let reader = readers.get(connection);
    if (reader === undefined) readers.set(connection, (reader = new StrictRequestReader()));
    const { received, socket } = connection;
    connection.received = '';
    bytes += received.length;
    try {
      for (const request of reader.read(received)) {
        requests.push(request);
        const answer = reply?.(request) ?? SHORT_REPLY;
        if (typeof answer === 'string') socket.write(answer, 'latin1');
        else void answer.then((text) => socket.write(text, 'latin1'));
      }
    } catch (error) {
      broken.push((error as Error).message);
      socket.destroy();
    }
  });
  return {
    url: upstream.url,
    requests,
    broken,
    get bytes() {
      return bytes;
    },
    get unfinished() {
      return upstream.connections.filter((connection) => !connection.closed && readers.get(connection)?.unfinished)
        .length;
    },
    close: () => upstream.close(),
  };
}
