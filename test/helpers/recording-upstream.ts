import { readMessage, type WireMessage } from './http-message.js';
import { startRawUpstream, type RawUpstream } from './raw-upstream.js';

export interface RecordingUpstream extends RawUpstream {
  /** The last request as it stood on the wire. */
  readonly last: WireMessage;
  /** What it answers, whole. Default: 200 with the body `ok`. */
  answer: string;
}

/** An upstream that keeps the heads it gets, exactly, and answers each with the same. Requests have no body. */
export async function startRecordingUpstream(): Promise<RecordingUpstream> {
  let last = '';
  const upstream = await startRawUpstream((connection) => {
    if (!connection.received.endsWith('\r\n\r\n')) return;
    last = connection.received;
    connection.received = '';
    connection.socket.write(Buffer.from(recording.answer, 'latin1'));
  });
  const recording = {
    ...upstream,
    answer: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
    get last() {
      return readMessage(last);
    },
  };
  return recording;
}
