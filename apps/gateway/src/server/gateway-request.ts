import { channel } from 'node:diagnostics_channel';
import { IncomingMessage } from 'node:http';

/** Who listens there gets requests before they are served. */
const started = channel('http.server.request.start');

/**
 * Node's request, whose `headers` are not built for Node's server. That reads three of them itself in each request, and
 * the data plane reads `rawHeaders`: the whole object would be made for a question that is nearly always answered no.
 */
export class GatewayRequest extends IncomingMessage {
  /** Somebody else than Node's server has it, and gets all of the fields. */
  served = false;
}

const property = 'headers';

// An accessor in Node, and a plain property in its types: no `get` in the class may stand for it there.
Object.defineProperty(GatewayRequest.prototype, property, {
  configurable: true,
  get(this: GatewayRequest): unknown {
    // HTTP/1.0 has one more question, about `TE`.
    const whole = this.served || this.httpVersionMinor === 0 || started.hasSubscribers;
    return whole ? Reflect.get(IncomingMessage.prototype, property, this) : askedByServer(this.rawHeaders);
  },
  set(this: GatewayRequest, headers: unknown) {
    Reflect.set(IncomingMessage.prototype, property, headers, this);
  },
});

const none: Readonly<Record<string, string>> = {};

/** The fields that Node's server asks for: whether there is a body, and what is expected. */
function askedByServer(raw: readonly string[]): Readonly<Record<string, string>> {
  let found: Record<string, string> | null = null;
  for (let i = 0; i < raw.length; i += 2) {
    const { length } = raw[i];
    // `expect`, `content-length`, `transfer-encoding`
    if (length !== 6 && length !== 14 && length !== 17) continue;
    const name = raw[i].toLowerCase();
    if (name === 'expect' || name === 'content-length' || name === 'transfer-encoding') {
      found ??= {};
      found[name] = name in found ? `${found[name]}, ${raw[i + 1]}` : raw[i + 1];
    }
  }
  return found ?? none;
}
