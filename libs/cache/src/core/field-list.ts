/** Fields of a message, flat: name, value, name, value. */
export type FieldList = readonly string[];

/** The first value of a field, or undefined. `name` is lower-case. */
export function firstValue(fields: FieldList, name: string): string | undefined {
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i].length === name.length && fields[i].toLowerCase() === name) return fields[i + 1];
  }
  return undefined;
}

/** All values of a field, joined as one list (RFC 9110 section 5.3), or the empty string. `name` is lower-case. */
export function joinedValue(fields: FieldList, name: string): string {
  let joined = '';
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i].length !== name.length || fields[i].toLowerCase() !== name) continue;
    joined = joined === '' ? fields[i + 1] : `${joined}, ${fields[i + 1]}`;
  }
  return joined;
}

/** All values of a field, one by one. `name` is lower-case. */
export function allValues(fields: FieldList, name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i].length === name.length && fields[i].toLowerCase() === name) values.push(fields[i + 1]);
  }
  return values;
}
