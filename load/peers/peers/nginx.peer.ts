import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, missingProgram, versionPrinted, type Peer, type PeerCommand, type Place } from './peer.ts';

/** Streams as the others do: nothing of a body is written to disk. */
export const nginx: Peer = {
  name: 'nginx',
  debianPackage: 'nginx-light',
  missing: () => missingProgram('nginx'),
  version: () => versionPrinted('nginx', '-v'),
  command: (place) => nginxCommand(place),
};

/** Lines for the `http` block and for its one `location`. */
interface Additions {
  http: readonly string[];
  location: readonly string[];
}

export function nginxCommand(place: Place, additions: Additions = { http: [], location: [] }): PeerCommand {
  const file = join(place.folder, 'nginx.conf');
  writeFileSync(file, config(place, additions));
  const args = ['-p', place.folder, '-e', join(place.folder, 'error.log'), '-c', file];
  return { command: findProgram('nginx')!, args };
}

function config({ folder, port, upstreamPort }: Place, { http, location }: Additions): string {
  return `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log error;
events { worker_connections 16000; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 3600s;
  client_max_body_size 0;
  tcp_nodelay on;
${http.map((line) => `  ${line}\n`).join('')}  upstream peer {
    server 127.0.0.1:${upstreamPort};
    keepalive 512;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://peer;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_max_temp_file_size 0;
      proxy_request_buffering off;
${location.map((line) => `      ${line}\n`).join('')}    }
  }
}
`;
}
