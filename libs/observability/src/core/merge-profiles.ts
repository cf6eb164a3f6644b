import type * as Pprof from '@datadog/pprof';

export type Profile = ReturnType<typeof Pprof.time.stop>;
type Numeric = number | bigint;

/** A profile of one worker. What came from another thread has its fields, and none of its methods. */
export interface ProfilePart {
  readonly worker: number;
  readonly profile: ProfileData;
}

/** What of a profile passes between threads. */
export type ProfileData = Pick<
  Profile,
  | 'sample'
  | 'location'
  | 'function'
  | 'mapping'
  | 'sampleType'
  | 'timeNanos'
  | 'durationNanos'
  | 'period'
  | 'periodType'
> & { readonly stringTable: { readonly strings: string[] } };

/**
 * Puts the samples of several threads into one profile, each with a label `worker` (in `go tool pprof`: `-tagfocus
 * worker=1`). Its duration is that of the longest.
 *
 * @param own a profile of this thread, which lends its types and is used up
 */
export function mergeProfiles(own: Profile, worker: number, others: readonly ProfilePart[]): Profile {
  const label = (of: number): Profile['sample'][number]['label'][number] =>
    ({ key: own.stringTable.dedup('worker'), str: own.stringTable.dedup(String(of)) }) as never;
  const sample: unknown[] = own.sample.map(({ locationId, value, label: labels }) => ({
    locationId,
    value,
    label: labels.concat(label(worker)),
  }));
  const mapping: unknown[] = [...own.mapping];
  const location: unknown[] = [...own.location];
  const functions: unknown[] = [...own.function];
  let durationNanos = Number(own.durationNanos);
  for (const { worker: of, profile } of others) {
    const { strings } = profile.stringTable;
    const text = (at: Numeric): number => own.stringTable.dedup(strings[Number(at)] ?? '');
    const mappings = shiftedFrom(highest(mapping));
    const locations = shiftedFrom(highest(location));
    const calls = shiftedFrom(highest(functions));
    for (const { id, filename, buildId, ...rest } of profile.mapping) {
      mapping.push({ ...rest, id: mappings(id), filename: text(filename), buildId: text(buildId) });
    }
    for (const { id, name, systemName, filename, startLine } of profile.function) {
      const names = { name: text(name), systemName: text(systemName), filename: text(filename) };
      functions.push({ id: calls(id), ...names, startLine });
    }
    for (const { id, mappingId, line, ...rest } of profile.location) {
      const lines = line.map(({ functionId, line: at, column }) => ({
        functionId: calls(functionId),
        line: at,
        column,
      }));
      location.push({ ...rest, id: locations(id), mappingId: mappings(mappingId), line: lines });
    }
    for (const { locationId, value, label: labels } of profile.sample) {
      const relabelled = labels.map(({ key, str, num, numUnit }) => ({
        key: text(key),
        str: text(str),
        num,
        numUnit: text(numUnit),
      }));
      sample.push({ locationId: locationId.map(locations), value, label: [...relabelled, label(of)] });
    }
    durationNanos = Math.max(durationNanos, Number(profile.durationNanos));
  }
  const ProfileOf = own.constructor as new (fields: object) => Profile;
  return new ProfileOf(Object.assign({}, own, { sample, mapping, location, function: functions, durationNanos }));
}

/** 0 means none, in a profile. */
function shiftedFrom(taken: number): (id: Numeric) => number {
  return (id) => (Number(id) === 0 ? 0 : Number(id) + taken);
}

function highest(entries: readonly unknown[]): number {
  let most = 0;
  for (const { id } of entries as readonly { readonly id: Numeric }[]) most = Math.max(most, Number(id));
  return most;
}
