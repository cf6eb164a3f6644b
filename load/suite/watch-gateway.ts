/** What the gateway said of itself at one moment. */
export interface GatewaySample {
  /** Seconds since the epoch. */
  atS: number;
  /** Of one core, since the sample before. */
  cpuPercent: number;
  residentMb: number;
}

const INTERVAL_MS = 1_000;
const MB = 1e6;

/** Reads `/metrics` once a second while something runs. A gateway that does not show them leaves the list empty. */
export function watchGateway(management: string): { stop(): GatewaySample[] } {
  const samples: GatewaySample[] = [];
  let before: { atMs: number; cpuS: number } | null = null;
  const look = async (): Promise<void> => {
    const answer = await fetch(`${management}/metrics`, { signal: AbortSignal.timeout(INTERVAL_MS) });
    const text = await answer.text();
    const cpuS = sampleOf(text, 'process_cpu_seconds_total');
    const residentBytes = sampleOf(text, 'process_resident_memory_bytes');
    if (!answer.ok || cpuS === null || residentBytes === null) return;
    const atMs = Date.now();
    if (before !== null) {
      const cpuPercent = (100_000 * (cpuS - before.cpuS)) / (atMs - before.atMs);
      samples.push({ atS: atMs / 1000, cpuPercent, residentMb: residentBytes / MB });
    }
    before = { atMs, cpuS };
  };
  const timer = setInterval(() => void look().catch(() => {}), INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      return samples;
    },
  };
}

function sampleOf(text: string, name: string): number | null {
  const line = new RegExp(`^${name} (\\S+)$`, 'm').exec(text);
  return line === null ? null : Number(line[1]);
}
