import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'is a directory',
  ELOOP: 'too many symbolic links',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'is not UTF-8 text',
  ENAMETOOLONG: 'the name is too long',
};

/**
 * Reads a whole text file, a pipe included, without ever holding more than its bound.
 *
 * @returns the text, or why there is none, in words fit for an error line
 */
export function readBoundedFile(path: string, bytesMax: number): { text: string } | { failure: string } {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, 'r');
    if (fstatSync(descriptor).isDirectory()) return { failure: 'is a directory' };
    const chunks: Buffer[] = [];
    let bytes = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(65_536);
      const got = readSync(descriptor, chunk, 0, chunk.length, null);
      if (got === 0) break;
      bytes += got;
      if (bytes > bytesMax) return { failure: `is larger than ${bytesMax} bytes` };
      chunks.push(chunk.subarray(0, got));
    }
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) };
  } catch (error) {
    return { failure: describeFailure(error) };
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

function describeFailure(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown error';
  return FAILURES[code] ?? `cannot be read (${code})`;
}
