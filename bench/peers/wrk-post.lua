-- Posts one body. Each "__N__" in it becomes another number in each request, so that no server has seen the document.
local file = io.open(os.getenv("BODY_FILE"), "r")
local body = file:read("*a")
file:close()

wrk.method = "POST"
wrk.body = body
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json"
for name, value in string.gmatch(os.getenv("HEADERS") or "", "([^:\n]+): ([^\n]+)") do
  wrk.headers[name] = value
end

if string.find(body, "__N__", 1, true) then
  local number = os.time() * 1000
  request = function()
    number = number + 1
    return wrk.format(nil, nil, nil, (string.gsub(body, "__N__", tostring(number))))
  end
end

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.4f,"p50Ms":%.3f,"p99Ms":%.3f,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout
  ))
end
