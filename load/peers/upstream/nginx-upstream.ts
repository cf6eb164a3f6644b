import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Sizes of what is served under `/1k`, `/64k` and `/1m`. */
export const SMALL_BYTES = 1024;
const MIDDLE_BYTES = 64 * 1024;
export const LARGE_BYTES = 1024 * 1024;
const REQUEST_ID_CHARACTERS = 32;

/**
 * The upstream that every peer stands before: one nginx process, from memory and by sendfile, so that it costs far
 * less than any peer does.
 *
 * - `/1k`, `/64k`, `/1m`, `/r/…`: fixed content.
 * - `/cacheable/…`: 1 KiB that may be kept for an hour and differs each time, so that what was kept can be told.
 * - `/sink`: reads a request body to its end and says how many bytes the request had. `return` alone would answer
 *   before the body came, so the body is read for `mirror`, whose subrequest does nothing; the static handler then
 *   refuses the method, and the refusal is turned into the answer.
 * - `/node/…`: passed to slow-upstream.ts, unbuffered (hashes, endless and slow bodies).
 */
export function writeUpstreamConfig(folder: string, port: number, slowPort: number): string {
  const files = join(folder, 'files');
  mkdirSync(files);
  writeFileSync(join(files, '64k'), patterned(MIDDLE_BYTES));
  writeFileSync(join(files, '1m'), patterned(LARGE_BYTES));
  // The static handler refuses POST only for a file that exists.
  writeFileSync(join(files, 'sink'), '');
  const file = join(folder, 'upstream.conf');
  writeFileSync(file, config(folder, files, port, slowPort));
  return file;
}

/** Printable bytes that differ along the body, so that a lost or doubled piece changes the hash. */
export function patterned(bytes: number): string {
  let text = '';
  for (let line = 0; text.length < bytes; line++) text += `${line.toString(36).padStart(7, '0')}-`;
  return text.slice(0, bytes);
}

function config(folder: string, files: string, port: number, slowPort: number): string {
  return `
daemon off;
master_process off;
pid ${folder}/upstream.pid;
error_log ${folder}/upstream-error.log error;
events { worker_connections 16000; }
http {
  access_log off;
  default_type text/plain;
  client_body_temp_path ${folder}/upstream-body;
  proxy_temp_path ${folder}/upstream-proxy;
  fastcgi_temp_path ${folder}/upstream-fastcgi;
  uwsgi_temp_path ${folder}/upstream-uwsgi;
  scgi_temp_path ${folder}/upstream-scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 3600s;
  client_max_body_size 0;
  client_body_buffer_size ${LARGE_BYTES + 1024};
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  open_file_cache max=16;
  open_file_cache_valid 3600s;
  upstream slow { server 127.0.0.1:${slowPort}; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    root ${files};
    location / { return 200 "${patterned(SMALL_BYTES)}"; }
    location = /64k { }
    location = /1m { }
    location /cacheable/ {
      add_header Cache-Control "public, max-age=3600";
      return 200 "\${request_id}${patterned(SMALL_BYTES - REQUEST_ID_CHARACTERS)}";
    }
    location = /sink {
      mirror /mirrored;
      error_page 405 =200 @received;
    }
    location = /mirrored { internal; return 204; }
    location @received { return 200 "$request_length"; }
    location /node/ {
      proxy_pass http://slow;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_read_timeout 3600s;
      proxy_send_timeout 3600s;
    }
  }
}
`;
}
