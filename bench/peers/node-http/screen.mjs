// The calls of the screen and nothing else: undici's own dispatch, JSON, and each level as soon as its parent is there. No GraphQL, no
// limit, no cache, no checks: what a server in JavaScript cannot go below while it makes these calls.
import { createServer } from 'node:http'
import { Pool } from 'undici'

const { AURORA_URL, PORT } = process.env
const { origin, pathname } = new URL(AURORA_URL)
/** More than one level has calls, so that none of them waits for another. */
const CONNECTIONS = 256
const aurora = new Pool(origin, { connections: CONNECTIONS })
const headers = { accept: 'application/json', authorization: 'Bearer sk_prod_bench' }

const get = (path) =>
  new Promise((resolve, reject) => {
    const pieces = []
    aurora.dispatch(
      { path: `${pathname}/${path}`, method: 'GET', headers },
      {
        onRequestStart() {},
        onResponseStart() {},
        onResponseData: (_, piece) => void pieces.push(piece),
        onResponseEnd: () => resolve(JSON.parse(Buffer.concat(pieces).toString())),
        onResponseError: (_, error) => reject(error),
      },
    )
  })

async function showDesign({ id, name }) {
  const [{ design }, { pricing }] = await Promise.all([
    get(`designs/${id}/summary`),
    get(`designs/${id}/pricing`),
  ])
  return {
    id,
    name,
    summary: {
      systemSizeStc: design.system_size_stc,
      annualProductionKwh: design.annual_production_kwh,
    },
    pricing: { systemPrice: pricing.system_price },
  }
}

async function showProject({ id, name, owner_id: ownerId }, users) {
  const { designs } = await get(`projects/${id}/designs`)
  const shown = await Promise.all(designs.map(showDesign))
  const owner = (await users).users.find((user) => user.id === ownerId)
  return { id, name, owner: { name: owner.name, email: owner.email }, designs: shown }
}

async function showScreen() {
  const users = get('users?page=1&per_page=100')
  const { projects } = await get('projects?page=1&per_page=20')
  return { data: { projects: await Promise.all(projects.map((project) => showProject(project, users))) } }
}

async function answer(response) {
  const body = JSON.stringify(await showScreen())
  const head = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  response.writeHead(200, head).end(body)
}

createServer((request, response) => {
  request.on('data', () => {})
  request.on('end', () => void answer(response).catch(() => response.destroy()))
}).listen(Number(PORT), '127.0.0.1')
