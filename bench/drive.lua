-- Drives the requests that the bench wrote into a Lua file, one after the other and round again,
-- and says at the end what was answered, as one line of JSON on standard error.
-- wrk … -s drive.lua ORIGIN -- FILE

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  -- wrk asks for a request before it begins, and does not send that one.
  prepared, sent, statuses = {}, -1, {}
  for _, it in ipairs(dofile(args[1])) do
    table.insert(prepared, wrk.format(it.method, it.path, it.headers, it.body))
  end
end

function request()
  sent = sent + 1
  return prepared[math.max(sent - 1, 0) % #prepared + 1]
end

-- wrk itself only counts what is above 399.
function response(status)
  statuses[status] = (statuses[status] or 0) + 1
end

local function counted_statuses()
  local parts = {}
  for _, thread in ipairs(threads) do
    for status, count in pairs(thread:get("statuses")) do
      table.insert(parts, string.format('"%d": %d', status, count))
    end
  end
  return table.concat(parts, ", ")
end

function done(summary, latency)
  local errors = summary.errors
  io.stderr:write(string.format(
    '{"requests": %d, "microseconds": %d, "bytes": %d, "p50": %d, "p99": %d, "broken": %d, ' ..
    '"statuses": {%s}}\n',
    summary.requests, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.timeout,
    counted_statuses()
  ))
end
