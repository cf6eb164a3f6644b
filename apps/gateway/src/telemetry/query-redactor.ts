export const REDACTED = '[redacted]';

/**
 * Takes secrets out of a query. A parameter is one when its name has one of the words in it: `token` is in
 * `access_token`, `accessToken` and `X-Auth-Token`, and not in `tokens` or `broken`. Values are not looked at.
 */
export class QueryRedactor {
  private readonly words: ReadonlySet<string>;
  /** Whether there is anything to look for: most queries have neither a word nor an encoded character. */
  private readonly suspicious: RegExp;

  /** @param words letters and digits, in any case */
  constructor(words: readonly string[]) {
    this.words = new Set(words.map((word) => word.toLowerCase()));
    this.suspicious = this.words.size === 0 ? /$^/ : new RegExp(`%|${[...this.words].join('|')}`, 'i');
  }

  /** @param query with or without its question mark */
  redact(query: string): string {
    if (query === '' || !this.suspicious.test(query)) return query;
    const parts = query.split(/([&;])/);
    for (let i = 0; i < parts.length; i += 2) {
      const equals = parts[i].indexOf('=');
      if (equals < 0 || equals === parts[i].length - 1) continue;
      const name = parts[i].slice(0, equals);
      if (this.isSecret(name)) parts[i] = `${name}=${REDACTED}`;
    }
    return parts.join('');
  }

  private isSecret(name: string): boolean {
    return wordsOf(decoded(name)).some((word) => this.words.has(word));
  }
}

function wordsOf(name: string): string[] {
  return [
    ...name.toLowerCase().split(/[^a-z0-9]+/),
    ...name
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^a-z0-9]+/),
  ];
}

/** Servers decode once; what is encoded twice names another parameter, but hiding it does no harm. */
function decoded(name: string): string {
  let text = name;
  for (let round = 0; round < 2 && text.includes('%'); round++) {
    try {
      text = decodeURIComponent(text);
    } catch {
      // A bad sequence somewhere: what is well-formed counts all the same.
      text = text.replace(/%([2-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
    }
  }
  return text;
}
