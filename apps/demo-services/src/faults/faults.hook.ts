import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { sendProblem } from '../service/problem.js';
import { sendFaultReply } from './fault.reply.js';
import type { FaultOutcome } from './faults.js';
import { requestedFaults } from './requested-faults.js';

/**
 * Makes a service misbehave on demand: `?demo=delay=250,status=503`, or the same in `X-Demo`, on any path.
 * It comes before routing's answer and before any body is read, so that it works on paths that do not exist too.
 */
export class FaultsHook {
  private readonly waiting = new Set<() => void>();
  private closing = false;

  addTo(instance: FastifyInstance): void {
    instance.addHook('onRequest', (request, reply, next) => {
      const parsed = requestedFaults(request.raw);
      if ('error' in parsed) {
        reply.hijack();
        sendProblem(reply.raw, 400, parsed.error);
        return;
      }
      const { delayMs, outcome } = parsed.faults;
      const act = () => {
        if (outcome.kind === 'pass') {
          next();
          return;
        }
        reply.hijack();
        this.act(outcome, request.raw, reply.raw);
      };
      if (delayMs === 0) act();
      else this.delay(delayMs, request.raw.socket, act);
    });
  }

  /** Calls `then` after `delayMs`, or at once when the service closes, or never when the client has left. */
  delay(delayMs: number, socket: Socket, then: () => void): void {
    if (this.closing) {
      then();
      return;
    }
    const finish = (call: boolean) => {
      clearTimeout(timer);
      this.waiting.delete(release);
      socket.removeListener('close', leave);
      if (call) then();
    };
    const release = () => finish(true);
    const leave = () => finish(false);
    const timer = setTimeout(release, delayMs);
    this.waiting.add(release);
    socket.once('close', leave);
  }

  /** Ends every delay and every hang, those to come too, so that a closing service need not wait for them. */
  release(): void {
    this.closing = true;
    for (const release of this.waiting) release();
  }

  private act(
    outcome: Exclude<FaultOutcome, { kind: 'pass' }>,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    switch (outcome.kind) {
      case 'hang':
        this.hang(request.socket);
        break;
      case 'reset':
        request.socket.resetAndDestroy();
        break;
      case 'reply':
        sendFaultReply(outcome, request, response);
        break;
    }
  }

  private hang(socket: Socket): void {
    if (this.closing) {
      socket.destroy();
      return;
    }
    const release = () => socket.destroy();
    this.waiting.add(release);
    socket.once('close', () => this.waiting.delete(release));
  }
}
