import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { SharedMemory } from '../workers/shared-memory.js';
import { SharedRegions } from '../workers/shared-regions.js';
import { ConnectionShare } from './connection-share.js';

class Connection extends EventEmitter {
  closed = false;

  destroy(): void {
    this.closed = true;
    this.emit('close');
  }
}

describe('the connections of several workers', () => {
  const regions = new SharedRegions(2);
  const servers = [0, 1].map((worker) => {
    const memory = {
      workers: 2,
      worker,
      shares: (name: string, bytesEach: number) => regions.create(name, bytesEach * 2, true),
    } as SharedMemory;
    const server = new EventEmitter();
    new ConnectionShare(memory, 3).limit(server as unknown as Server);
    return server;
  });
  const connect = (worker: number): Connection => {
    const connection = new Connection();
    servers[worker].emit('connection', connection);
    return connection;
  };

  it('are counted together, and those beyond the limit are closed', () => {
    const open = [connect(0), connect(1), connect(1)];
    expect(open.map(({ closed }) => closed)).toEqual([false, false, false]);
    expect([connect(0).closed, connect(1).closed]).toEqual([true, true]);
    open[1].destroy();
    expect(connect(0).closed).toBe(false);
    expect(connect(0).closed).toBe(true);
  });

  it('no longer count when their worker has ended', () => {
    regions.release(1);
    expect(connect(1).closed).toBe(false);
    expect(connect(1).closed).toBe(true);
  });
});
