import type { KeyvStoreAdapter, StoredData } from 'keyv';
import { S3FifoStore } from './s3-fifo.store.js';

/** The memory tier as Keyv has it: values as Keyv has written them, bounded by bytes. */
export class MemoryKeyvStore implements KeyvStoreAdapter {
  opts: unknown = {};
  namespace?: string;
  private readonly values: S3FifoStore<string>;

  constructor(bytesMax: number) {
    this.values = new S3FifoStore(bytesMax);
  }

  get bytes(): number {
    return this.values.bytes;
  }

  get size(): number {
    return this.values.size;
  }

  get<Value>(key: string): Promise<StoredData<Value> | undefined> {
    // Keyv reads its own text, and takes what has expired away.
    return Promise.resolve(this.values.get(key) as StoredData<Value> | undefined);
  }

  set(key: string, value: string): boolean {
    // Two bytes a character, the key once in the map and once in the entry.
    return this.values.set(key, value, (value.length + key.length) * 2);
  }

  delete(key: string): Promise<boolean> {
    return Promise.resolve(this.values.delete(key));
  }

  clear(): Promise<void> {
    this.values.clear();
    return Promise.resolve();
  }

  on(): this {
    return this;
  }
}
