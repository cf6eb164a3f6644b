/** An entry, linked into one of the two queues. */
class Node<V> {
  newer: Node<V> | null = null;
  older: Node<V> | null = null;
  /** Uses since it came or was last spared, up to 3. */
  uses = 0;
  main = false;

  constructor(
    readonly key: string,
    public value: V,
    public bytes: number,
  ) {}
}

/** A queue: what came first goes first. */
class Queue<V> {
  newest: Node<V> | null = null;
  oldest: Node<V> | null = null;
  bytes = 0;

  push(node: Node<V>): void {
    node.older = this.newest;
    node.newer = null;
    if (this.newest === null) this.oldest = node;
    else this.newest.newer = node;
    this.newest = node;
    this.bytes += node.bytes;
  }

  remove(node: Node<V>): void {
    if (node.newer === null) this.newest = node.older;
    else node.newer.older = node.older;
    if (node.older === null) this.oldest = node.newer;
    else node.older.newer = node.newer;
    node.newer = null;
    node.older = null;
    this.bytes -= node.bytes;
  }
}

/** Share of the bytes for entries that have yet to prove themselves. */
const SMALL_SHARE = 0.1;
const USES_MAX = 3;
const GHOSTS_MAX = 65_536;

/**
 * A store bounded by bytes that a scan cannot sweep (S3-FIFO: Yang et al., "FIFO queues are all you need for cache
 * eviction", SOSP 2023). Newcomers pass a small queue; those that are used there move into the main one, and the others
 * leave soon, remembered by key for a while in case they return. A hit writes one number and moves nothing.
 */
export class S3FifoStore<V> {
  private readonly nodes = new Map<string, Node<V>>();
  private readonly small = new Queue<V>();
  private readonly main = new Queue<V>();
  /** Keys that left the small queue unused, the oldest first. */
  private readonly ghosts = new Set<string>();

  /**
   * @param bytesMax what all entries may weigh together
   * @param onEvict told of an entry that made room, not of one that was deleted or replaced
   */
  constructor(
    readonly bytesMax: number,
    private readonly onEvict: (key: string, value: V) => void = () => undefined,
  ) {}

  get size(): number {
    return this.nodes.size;
  }

  get bytes(): number {
    return this.small.bytes + this.main.bytes;
  }

  get(key: string): V | undefined {
    const node = this.nodes.get(key);
    if (node === undefined) return undefined;
    if (node.uses < USES_MAX) node.uses++;
    return node.value;
  }

  /** As get(), and not counted as a use. */
  peek(key: string): V | undefined {
    return this.nodes.get(key)?.value;
  }

  /** @returns false when the entry alone is larger than the store; then one of that key is gone */
  set(key: string, value: V, bytes: number): boolean {
    const known = this.nodes.get(key);
    if (bytes > this.bytesMax) {
      this.delete(key);
      return false;
    }
    if (known !== undefined) {
      const queue = known.main ? this.main : this.small;
      queue.bytes += bytes - known.bytes;
      known.value = value;
      known.bytes = bytes;
    } else {
      const node = new Node(key, value, bytes);
      node.main = this.ghosts.delete(key);
      this.nodes.set(key, node);
      (node.main ? this.main : this.small).push(node);
    }
    while (this.bytes > this.bytesMax) this.makeRoom(key);
    return true;
  }

  delete(key: string): boolean {
    const node = this.nodes.get(key);
    if (node === undefined) return false;
    (node.main ? this.main : this.small).remove(node);
    this.nodes.delete(key);
    return true;
  }

  clear(): void {
    for (const key of this.nodes.keys()) this.delete(key);
    this.ghosts.clear();
  }

  *entries(): Generator<readonly [key: string, value: V]> {
    for (const [key, node] of this.nodes) yield [key, node.value];
  }

  /** @param spared key of the entry that room is made for: it never goes itself */
  private makeRoom(spared: string): void {
    const { small, main } = this;
    const onlySpared = main.oldest === main.newest && (main.oldest === null || main.oldest.key === spared);
    const fromSmall = small.oldest !== null && (onlySpared || small.bytes > this.bytesMax * SMALL_SHARE);
    const node = fromSmall ? small.oldest : main.oldest;
    if (node === null) return;
    if (fromSmall) {
      small.remove(node);
      if (node.uses > 1 || node.key === spared) {
        node.uses = 0;
        node.main = true;
        main.push(node);
        return;
      }
      this.remember(node.key);
    } else {
      main.remove(node);
      if (node.uses > 0 || node.key === spared) {
        node.uses = Math.max(0, node.uses - 1);
        main.push(node);
        return;
      }
    }
    this.nodes.delete(node.key);
    this.onEvict(node.key, node.value);
  }

  private remember(key: string): void {
    const most = Math.min(GHOSTS_MAX, Math.max(64, this.nodes.size));
    for (const oldest of this.ghosts) {
      if (this.ghosts.size < most) break;
      this.ghosts.delete(oldest);
    }
    this.ghosts.add(key);
  }
}
