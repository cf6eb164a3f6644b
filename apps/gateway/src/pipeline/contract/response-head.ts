/** The head of a response on its way to the client. Stages may change it in place. */
export interface ResponseHead {
  status: number;
  /** Reason phrase, or the empty string for the usual one. */
  statusText: string;
  /**
   * Fields, flat: name, value, name, value; hop-by-hop fields are already gone. Names are lower-case, except where a
   * stage has written them otherwise.
   */
  headers: string[];
}

/** The value of a field, or undefined. `name` is lower-case; of several the first is given. */
export function fieldOf(headers: readonly string[], name: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i].length === name.length && headers[i].toLowerCase() === name) return headers[i + 1];
  }
  return undefined;
}

/** Takes every field of that name away. `name` is lower-case. */
export function removeField(headers: string[], name: string): void {
  let kept = 0;
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i].length === name.length && headers[i].toLowerCase() === name) continue;
    headers[kept] = headers[i];
    headers[kept + 1] = headers[i + 1];
    kept += 2;
  }
  headers.length = kept;
}

/** Replaces every field of that name by one. `name` is lower-case. */
export function setField(headers: string[], name: string, value: string): void {
  removeField(headers, name);
  headers.push(name, value);
}
