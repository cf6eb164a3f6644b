import { describe, expect, it } from '@jest/globals';
import { problemForRefused } from './refused-message.js';

const refused = (code: string, packet?: string, bytesParsed?: number) =>
  problemForRefused(
    Object.assign(new Error(), {
      code,
      ...(packet === undefined ? {} : { rawPacket: Buffer.from(packet, 'latin1'), bytesParsed }),
    }),
  );

describe('a message that the parser refuses', () => {
  it.each([
    ['HPE_HEADER_OVERFLOW', 431],
    ['ERR_HTTP_REQUEST_TIMEOUT', 408],
    ['HPE_PAUSED_H2_UPGRADE', 505],
    ['HPE_INVALID_CHUNK_SIZE', 400],
    ['HPE_INVALID_METHOD', 400],
    ['HPE_INVALID_VERSION', 400],
  ])('is answered by what it is refused for: %s', (code, status) => {
    expect(refused(code).status).toBe(status);
  });

  it.each([
    ['BREW /x HTTP/1.1\r\n', 1, 501],
    ['get /x HTTP/1.1\r\n', 0, 501],
    ['BRE', 1, 501],
    ['GET / HTTP/1.1\r\nhost: a\r\n\r\nBREW / HTTP/1.1\r\n', 29, 501],
    ['GET\t/x HTTP/1.1\r\n', 3, 400],
    [' GET /x HTTP/1.1\r\n', 0, 400],
    ['/x HTTP/1.1\r\n', 0, 400],
    ['\x16\x03\x01\x02', 0, 400],
    ['', 0, 400],
    ['GET / HTTP/1.1\r\nhost: a\r\n\r\n\0\0', 27, 400],
  ])('has an unknown method only where a token stands before a space: %j', (packet, bytesParsed, status) => {
    expect(refused('HPE_INVALID_METHOD', packet, bytesParsed).status).toBe(status);
  });

  it.each([
    ['GET /x HTTP/3.0\r\nhost: a\r\n', 15, 505],
    ['GET /x HTTP/1.2\r\n', 15, 505],
    ['GET /x HTTP/1.2', 15, 505],
    ['GET /x HTTP/1.10\r\n', 15, 400],
    ['GET /x HTTP/1.1 \r\n', 15, 400],
    ['GET /x HTTP/11\r\n', 13, 400],
  ])('has an unsupported version only where a version stands at the end of the line: %j', (packet, at, status) => {
    expect(refused('HPE_INVALID_VERSION', packet, at).status).toBe(status);
  });
});
