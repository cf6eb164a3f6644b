import { createHash } from 'node:crypto';
import { TICKS_PER_US, WINDOW_SLOTS } from './limit.js';

/**
 * Decides several requests, each under all its limits, as MemoryStore does and by the same numbers, on the clock of
 * Redis. KEYS: one for each limit of each request. ARGV: for each request the number of its limits, then for each limit
 *
 *   gcra:            0, cost, shadow, interval in ticks, burst
 *   sliding window:  1, cost, shadow, slot in microseconds, burst
 *
 * The reply has three numbers for each limit: requests left, microseconds until there are more, and microseconds until
 * this request would be let through (0 when it was). Writes come last, so that an error leaves the request uncharged.
 *
 * A gcra key holds the time at which it has recovered, in microseconds and ticks; a window is a hash of slot and count.
 * Both vanish when they say nothing any more.
 */
export const decideScript = `
local TICKS, SLOTS = ${TICKS_PER_US}, ${WINDOW_SLOTS}
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local reply = {}

local function gcra(key, limit)
  local us, ticks = string.match(redis.call('GET', key) or '', '^(%d+):(%d+)$')
  limit.used = us and math.max(0, (us - now) * TICKS + ticks) or 0
  limit.price = limit.cost * limit.unit
  limit.wait = math.max(0, limit.used + limit.price - limit.burst * limit.unit)
end

local function chargeGcra(key, limit)
  limit.used = limit.used + limit.price
  local us = math.floor(limit.used / TICKS)
  redis.call('SET', key, string.format('%.0f:%d', now + us, limit.used % TICKS), 'PX', math.floor(us / 1000) + 1)
end

local function tellGcra(limit)
  local room = limit.burst * limit.unit - limit.used
  local left = math.max(0, math.floor(room / limit.unit))
  local next = left < limit.burst and (left + 1) * limit.unit - room or limit.unit
  return left, math.ceil(next / TICKS), math.ceil(limit.wait / TICKS)
end

local function untilGone(limit, gone)
  local slots = 1
  while slots <= SLOTS do
    gone = gone - (limit.counts[limit.slot - SLOTS - 1 + slots] or 0)
    if gone <= 0 then break end
    slots = slots + 1
  end
  return (limit.slot + slots) * limit.unit - now
end

local function window(key, limit)
  limit.slot = math.floor(now / limit.unit)
  limit.counts, limit.used, limit.old = {}, 0, {}
  local held = redis.call('HGETALL', key)
  for i = 1, #held, 2 do
    local slot, count = tonumber(held[i]), tonumber(held[i + 1])
    if slot >= limit.slot - SLOTS then
      limit.counts[slot] = count
      limit.used = limit.used + count
    else
      limit.old[#limit.old + 1] = held[i]
    end
  end
  local surplus = limit.used + limit.cost - limit.burst
  limit.wait = surplus > 0 and untilGone(limit, surplus) or 0
end

local function chargeWindow(key, limit)
  limit.used = limit.used + limit.cost
  limit.counts[limit.slot] = (limit.counts[limit.slot] or 0) + limit.cost
  redis.call('HINCRBY', key, string.format('%.0f', limit.slot), limit.cost)
  redis.call('PEXPIRE', key, math.floor(limit.unit * (SLOTS + 1) / 1000) + 1)
  if #limit.old > 0 then redis.call('HDEL', key, unpack(limit.old)) end
end

local function tellWindow(limit)
  local surplus = limit.used - limit.burst
  local next = limit.used == 0 and limit.unit or untilGone(limit, math.max(0, surplus) + 1)
  return math.max(0, -surplus), next, limit.wait
end

local at, keyAt = 1, 1
while at <= #ARGV do
  local limits, admitted = {}, true
  for i = 1, tonumber(ARGV[at]) do
    local limit = {
      sliding = ARGV[at + 1] == '1', cost = tonumber(ARGV[at + 2]), shadow = ARGV[at + 3] == '1',
      unit = tonumber(ARGV[at + 4]), burst = tonumber(ARGV[at + 5]),
    }
    if limit.sliding then window(KEYS[keyAt + i - 1], limit) else gcra(KEYS[keyAt + i - 1], limit) end
    if limit.wait > 0 and not limit.shadow then admitted = false end
    limits[i] = limit
    at = at + 5
  end
  for i, limit in ipairs(limits) do
    if admitted and limit.wait == 0 then
      if limit.sliding then chargeWindow(KEYS[keyAt], limit) else chargeGcra(KEYS[keyAt], limit) end
    end
    local left, next, wait
    if limit.sliding then left, next, wait = tellWindow(limit) else left, next, wait = tellGcra(limit) end
    reply[#reply + 1], reply[#reply + 2], reply[#reply + 3] = left, next, wait
    keyAt = keyAt + 1
  end
  at = at + 1
end
return reply
`;

/** What EVALSHA names the script by. */
export const decideScriptSha = createHash('sha1').update(decideScript).digest('hex');
