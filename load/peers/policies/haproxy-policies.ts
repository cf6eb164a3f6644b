import { haproxyCommand } from '../peers/haproxy.peer.ts';
import type { Variant } from '../running-peer.ts';
import { bearer, bearerToken, SECRET } from './bearer-token.ts';

/** haproxy that checks an HS256 token (algorithm, signature, expiry) as its manual shows it, and limits each address. */
export function haproxyPolicies(limitPerSecond: number): Variant {
  const rules = [
    'stick-table type ip size 100k expire 10s store http_req_rate(1s)',
    'http-request set-var(txn.bearer) http_auth_bearer',
    `http-request set-var(txn.alg) var(txn.bearer),jwt_header_query('$.alg')`,
    `http-request set-var(txn.exp) var(txn.bearer),jwt_payload_query('$.exp','int')`,
    'http-request deny deny_status 401 unless { var(txn.alg) -m str HS256 }',
    `http-request deny deny_status 401 unless { var(txn.bearer),jwt_verify(txn.alg,"${SECRET}") -m int 1 }`,
    'http-request set-var(txn.now) date()',
    'http-request deny deny_status 401 unless { var(txn.exp),sub(txn.now) -m int ge 0 }',
    'http-request track-sc0 src',
    `http-request deny deny_status 429 if { sc_http_req_rate(0) gt ${limitPerSecond} }`,
  ];
  return {
    name: 'haproxy-policies',
    readyHeaders: bearer(bearerToken()),
    command: (place) => haproxyCommand(place, rules),
  };
}
