import type { Bench } from '../bench.ts';
import { saturatedRun } from '../measure/saturated-run.ts';
import { undisturbed } from '../measure/undisturbed.ts';
import { gatewayCommand } from '../peers/gateway.peer.ts';
import { withPeers, type Variant } from '../running-peer.ts';
import { inTurns } from './in-turns.ts';
import { saturationNotes } from './notes.ts';
import { saturationColumns, smallGet, warmUp } from './saturation.workload.ts';
import type { Row, Workload } from './workload.ts';

const FEW = 10;
const MANY = 1_000;

/** The line that the others are compared with. */
export const FEW_ROUTES = `${FEW} routes`;

/**
 * What the number of routes costs. Both gateways are started anew for each round: where code and heap happen to lie
 * makes two processes of one program differ by a few percent, which one pair would show as a cost of the routes.
 */
export const routes1000: Workload = {
  name: 'routes-1000',
  async run(bench, peers) {
    const rows: Row[] = [];
    const rounds = peers.some(({ name }) => name === 'gateway') ? bench.rounds : 0;
    for (let round = 0; round < rounds; round++) {
      bench.progress(`routes-1000 ${round + 1}/${rounds}`);
      for (const { subject, rounds: measured } of await oneRound(bench)) {
        const row = rows.find((known) => known.subject === subject);
        if (row === undefined) rows.push({ subject, rounds: measured });
        else row.rounds.push(...measured);
      }
    }
    return {
      workload: 'routes-1000',
      description: `The gateway with ${FEW} and with ${MANY} routes, GET of 1 KiB as in get-1k`,
      columns: saturationColumns,
      ratios: { metric: 'cpuUsPerRequest', against: [FEW_ROUTES] },
      rows,
      notes: rows.length === 0 ? ['the gateway is not among the peers'] : saturationNotes(rows),
    };
  },
};

async function oneRound(bench: Bench): Promise<Row[]> {
  return withPeers(bench, [gatewayWith(FEW), gatewayWith(MANY)], async ([few, many]) => {
    const subjects = [
      { name: FEW_ROUTES, peer: few, path: pathOf(FEW / 2) },
      { name: `${MANY} routes, first`, peer: many, path: pathOf(0) },
      { name: `${MANY} routes, middle`, peer: many, path: pathOf(MANY / 2) },
      { name: `${MANY} routes, last`, peer: many, path: pathOf(MANY - 1) },
    ];
    await warmUp(bench, few, smallGet(pathOf(FEW / 2)));
    await warmUp(bench, many, smallGet(pathOf(MANY / 2)));
    const once = { ...bench, rounds: 1 };
    return inTurns(once, { workload: 'routes-1000', metric: 'cpuUsPerRequest' }, subjects, ({ peer, path }) =>
      undisturbed(() => saturatedRun(bench, peer, smallGet(path))),
    );
  });
}

function gatewayWith(routes: number): Variant {
  const patterns = Array.from({ length: routes }, (_, i) => `/api/v1/service-${number(i)}/*`);
  return {
    name: `gateway-${routes}-routes`,
    readyPath: pathOf(0),
    command: (place) => gatewayCommand(place, patterns),
  };
}

function pathOf(route: number): string {
  return `/api/v1/service-${number(route)}/items/42`;
}

function number(route: number): string {
  return String(route).padStart(4, '0');
}
