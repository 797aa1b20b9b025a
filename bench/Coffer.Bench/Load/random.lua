-- wrk script: GETs of random lines of a file of request targets, each with the bearer token behind its tab, if there is one;
-- ends with one RESULT line for the harness.
local requests = {}
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("seed", threads)
end

function init(args)
  math.randomseed(os.time() * 64 + seed)
  for line in io.lines(args[1]) do
    local target, token = line:match("^([^\t]*)\t?(.*)$")
    local headers = token ~= "" and { Authorization = "Bearer " .. token } or nil
    requests[#requests + 1] = wrk.format("GET", target, headers)
  end
end

function request()
  return requests[math.random(#requests)]
end

function done(summary, latency, _)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %.0f %.0f %.0f\n",
    summary.requests, summary.duration, summary.bytes, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99), latency.max))
end
