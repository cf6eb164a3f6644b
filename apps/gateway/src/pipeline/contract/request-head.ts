import { fieldOf } from './response-head.js';

/**
 * The head of a request after the edge has read it: checked, normalised, and freed of everything that a client must
 * not say to the upstream. Stages read it; only `forward` hooks shape what the upstream gets.
 */
export class RequestHead {
  /** Request id, ours or that of a trusted hop. */
  id = '';
  method = '';
  /** Normalised path, percent-encoded, beginning with a slash: what was matched and what is forwarded. */
  path = '';
  /** Query with its question mark, as it came, or the empty string. */
  query = '';
  /** Host name that was asked for: lower-case, without port and final dot. */
  host = '';
  /** Authority as the client wrote it, with its port. */
  authority = '';
  scheme: 'http' | 'https' = 'http';
  /** Address of the client: of the peer, or what trusted hops say in front of it. */
  clientAddress = '';
  /** Declared body length in bytes; -1 when none was declared. */
  contentLength = -1;
  /** The body comes in chunks. */
  chunked = false;
  /** The client waits for 100 Continue before it sends its body. */
  expectsContinue = false;
  /** Takes from the trailer fields, flat, those that may go on; null when the client has announced none. */
  trailers: ((raw: readonly string[]) => string[]) | null = null;
  /** Protocol that the client asks to upgrade to, lower-case, or the empty string. */
  upgrade = '';
  /** `traceparent` of a trustworthy form (W3C Trace Context), or the empty string. */
  traceparent = '';
  /** The trace was begun by the client, or by a hop before it; false when it begins here. */
  traceContinued = false;
  /** What `Sluice-Explain` says, which asks to be told what is decided; the empty string when nobody asks. */
  explain = '';
  /** Fields that go on to the upstream, flat; forwarding fields, framing and hop-by-hop fields are not among them. */
  fields: string[] = [];

  /** @param raw all fields as they came, flat */
  constructor(readonly raw: readonly string[]) {}

  /** A head of its own for a request that a stage makes by itself. */
  copy(): RequestHead {
    const copy = Object.assign(new RequestHead(this.raw), this);
    copy.fields = [...this.fields];
    return copy;
  }

  /** A request has a body when its framing says so (RFC 9112 section 6). */
  get hasBody(): boolean {
    return this.chunked || this.contentLength > 0;
  }

  /** Value of a field of the client, or undefined. `name` is lower-case; of several the first is given. */
  field(name: string): string | undefined {
    return fieldOf(this.raw, name);
  }

  /** Values of a list field of the client, joined (RFC 9110 section 5.3), or the empty string. `name` is lower-case. */
  list(name: string): string {
    const { raw } = this;
    let joined = '';
    for (let i = 0; i < raw.length; i += 2) {
      if (raw[i].length !== name.length || raw[i].toLowerCase() !== name) continue;
      joined = joined === '' ? raw[i + 1] : `${joined}, ${raw[i + 1]}`;
    }
    return joined;
  }
}
