import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../eventually.js';

/** A proxy of others, as strict as it comes, with a way in and an upstream behind for each lane. All are Unix sockets. */
export interface PeerProxy {
  readonly name: string;
  readonly version: string;
  /** Where the lane listens. */
  entrance(lane: number): string;
  /** Where it takes its requests: an upstream has to listen there. */
  upstream(lane: number): string;
  close(): Promise<void>;
}

type Kind = 'nginx' | 'haproxy';

const UNTIL_INPUT_ENDS = `trap '' INT; "$@" </dev/null & read -r _; kill -KILL $!; rm -rf "$0"`;

/** Debian keeps them where the PATH of many users does not reach. */
function find(program: Kind): string | null {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, program)).find((file) => existsSync(file)) ?? null;
}

function nginxConfig(folder: string, lanes: number): string {
  const servers = Array.from(
    { length: lanes },
    (_, lane) => `
  upstream u${lane} { server unix:${folder}/u${lane}; }
  server {
    listen unix:${folder}/in${lane} backlog=511;
    location / { proxy_pass http://u${lane}; }
  }`,
  );
  // What it does by default, but for two kindnesses: fields with odd names are passed on and not silently dropped, and a
  // client that has ended its side still gets its request through.
  return `
daemon off;
master_process off;
pid ${folder}/pid;
error_log ${folder}/error.log crit;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/f;
  uwsgi_temp_path ${folder}/w;
  scgi_temp_path ${folder}/s;
  ignore_invalid_headers off;
  underscores_in_headers on;
  merge_slashes off;
  large_client_header_buffers 4 32k;
  proxy_http_version 1.1;
  proxy_set_header Host $http_host;
  proxy_set_header Connection "";
  proxy_ignore_client_abort on;
  proxy_next_upstream off;
  client_header_timeout 5s;
  client_body_timeout 5s;
  proxy_read_timeout 5s;
  lingering_time 1s;
  lingering_timeout 1s;
${servers.join('')}
}
`;
}

function haproxyConfig(folder: string, lanes: number): string {
  const proxies = Array.from(
    { length: lanes },
    (_, lane) => `
frontend in${lane}
  bind unix@${folder}/in${lane}
  default_backend u${lane}
backend u${lane}
  http-reuse never
  server s unix@${folder}/u${lane}`,
  );
  return `
global
  maxconn 2000
  tune.bufsize 65536
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
  timeout http-request 5s
${proxies.join('')}
`;
}

/** @returns null where the program is missing */
export async function startPeerProxy(kind: Kind, lanes: number): Promise<PeerProxy | null> {
  const program = find(kind);
  if (program === null) return null;
  // Short: the path of a Unix socket has little room.
  const folder = mkdtempSync(join(tmpdir(), 'rh-'));
  const file = join(folder, 'config');
  writeFileSync(file, kind === 'nginx' ? nginxConfig(folder, lanes) : haproxyConfig(folder, lanes));
  const args = kind === 'nginx' ? ['-p', folder, '-c', file] : ['-db', '-f', file];
  // Whoever ends the test ends its standard input as well, and so the program, whatever has become of the test.
  const child = spawn('sh', ['-c', UNTIL_INPUT_ENDS, folder, program, ...args], { stdio: ['pipe', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (text: Buffer) => (complaints += String(text)));
  const entrance = (lane: number): string => join(folder, `in${lane}`);
  try {
    await eventually(`${kind} listens`, () => existsSync(entrance(lanes - 1)), 20_000);
  } catch (error) {
    child.stdin.end();
    throw new Error(`${kind} does not start: ${complaints}`, { cause: error });
  }
  return {
    name: kind,
    version: versionOf(program),
    entrance,
    upstream: (lane) => join(folder, `u${lane}`),
    close: async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}

function versionOf(program: string): string {
  const { stdout, stderr } = spawnSync(program, ['-v'], { encoding: 'utf8' });
  return /\d+\.\d+\.\d+/.exec(stdout + stderr)?.[0] ?? 'of an unknown version';
}
