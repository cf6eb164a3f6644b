import { describe, expect, it } from '@jest/globals';
import { SampleReader } from './sample-reader.ts';

const LINES = `metric_name,timestamp,metric_value,expected_response,scenario,status,extra_tags,metadata
http_reqs,1795573441100,1.000000,true,users,201,route=users&kind=write,
http_req_duration,1795573441100,4.250000,true,users,201,route=users&kind=write,
http_req_duration,1795573441900,8.000000,false,users,503,kind=write&route=users,
http_req_duration,1795573442100,0.000000,false,users,0,route=auth,
http_req_duration,1795573442200,1.000000,true,,200,,
vus,1795573442000,7.000000,,,,,
`;

function read(text: string): SampleReader {
  const reader = new SampleReader();
  for (const line of text.split('\n')) reader.readLine(line);
  return reader;
}

describe('the samples of k6', () => {
  it('are put together by seconds', () => {
    expect([...read(LINES).seconds]).toEqual([
      [1795573441, { durationsMs: [4.25, 8], byClass: [undefined, undefined, 1, undefined, undefined, 1], users: 0 }],
      [1795573442, { durationsMs: [0, 1], byClass: [1, undefined, 1], users: 7 }],
    ]);
  });

  it('are put together by scenarios and by routes', () => {
    const { scenarios, routes } = read(LINES);
    expect([...scenarios]).toEqual([
      ['users', { durationsMs: [4.25, 8, 0], failed: 2, firstMs: 1795573441100, lastMs: 1795573442100 }],
    ]);
    expect([...routes].map(([name, { durationsMs, failed }]) => [name, durationsMs, failed])).toEqual([
      ['users', [4.25, 8], 1],
      ['auth', [0], 1],
    ]);
  });
});
