// Loaded into the program by bench/webhook-replicas.ts: between two SIGUSR2 it notes how long each turn of the event loop takes, in CPU
// time of the process. Turns without work are left out.
const LEAST_US = 20

let isOn = false
let turns = []

function cpuUs() {
  const { user, system } = process.cpuUsage()
  return user + system
}

function watch(beganUs) {
  const us = cpuUs() - beganUs
  if (us > LEAST_US) turns.push(us)
  if (isOn) setImmediate(watch, cpuUs())
}

process.on('SIGUSR2', () => {
  isOn = !isOn
  process.stderr.write(`TURNS ${JSON.stringify(turns)}\n`)
  turns = []
  if (isOn) setImmediate(watch, cpuUs())
})
