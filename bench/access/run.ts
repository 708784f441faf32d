// May I have these 200 models? `hubgate access` beside Python's `auth_check`, one after another, which is how `hf` users ask.
// The Hub answers each call after 40 ms, as a near one does: what counts is how many calls, and how many at a time.
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type HubEmulator, startHubEmulator } from 'hub-emulator'
import { preparePeers } from '../peers.ts'
import { keepResult, median } from '../timing.ts'

const MODELS = 200
const LATENCY_MS = 40
const RUNS = 5
const bin = fileURLToPath(new URL('../../packages/cli/bin/hubgate.js', import.meta.url))

/** Every tenth model of each kind: as many situations as a person can be in with one token. */
const situations = [
  'public',
  'public',
  'public',
  'public',
  'terms',
  'approval',
  'pending',
  'rejected',
  'reset',
  'granted',
]
const expected = Array.from({ length: MODELS }, (_, index) => situations[index % situations.length] ?? 'public')
const ids = expected.map((state, index) => `acme/m${index}-${state}`)

const PROGRAM = `
import json, sys
from huggingface_hub import HfApi
api = HfApi()
def ask(name):
    try:
        api.auth_check(name)
        return 'open'
    except Exception as error:
        return type(error).__name__
print(json.dumps([ask(name) for name in sys.stdin.read().split()]))
`

interface Outcome {
  readonly ms: number
  readonly calls: number
  /** Situations that its answers tell apart. */
  readonly told: number
  /** Answers that name the situation rightly, in our words: a peer has none for them. */
  readonly right: number
}

const peers = await preparePeers()
await using hub = await startHubEmulator({
  wellKnown: false,
  syntheticModels: 0,
  rateLimits: { quotas: { api: 1_000_000 } },
  models: ids.map((id, index) => ({ id, gated: gateOf(expected[index]) })),
  faults: [{ when: { host: 'hub' }, fault: { kind: 'latency', ms: LATENCY_MS } }],
})
for (const [index, id] of ids.entries()) {
  const of = { model: id, user: 'ada' }
  if (expected[index] === 'pending') hub.admin.pend(of)
  if (expected[index] === 'rejected') hub.admin.reject(of)
  if (expected[index] === 'reset') hub.admin.reset(of)
  if (expected[index] === 'granted') hub.admin.approve(of)
}

const ours: Outcome[] = []
const theirs: Outcome[] = []
for (let round = 0; round < RUNS; round += 1) {
  ours.push(
    await measure([process.execPath, bin, 'access', '--json'], (answers) => answers.map((answer) => stateOf(answer))),
  )
  if (peers !== undefined) theirs.push(await measure([peers.python, '-c', PROGRAM], (answers) => answers.map(String)))
}

const rows = [
  row('hubgate access', ours),
  ...(theirs.length === 0 ? [] : [row(`auth_check, huggingface_hub ${peers?.version}`, theirs)]),
]
const ratio = rows[1] === undefined ? null : round2(rows[1].medianMs / (rows[0]?.medianMs ?? Number.NaN))
console.table(rows)
process.stdout.write(ratio === null ? 'no peer here\n' : `${ratio} times as fast as one auth_check after another\n`)
keepResult(new URL(import.meta.url), { models: MODELS, latencyMs: LATENCY_MS, runs: RUNS, rows, ratioToPeer: ratio })
if ((rows[0]?.right ?? 0) !== MODELS) process.exitCode = 1

async function measure(
  [file = '', ...args]: readonly string[],
  read: (answers: readonly unknown[]) => string[],
): Promise<Outcome> {
  hub.admin.clearLog()
  const begun = performance.now()
  const child = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: mkdtempSync(path.join(tmpdir(), 'hubgate-bench-access-')),
      HF_ENDPOINT: hub.endpoint,
      HF_TOKEN: 'hf_test_ada_read',
      HF_HUB_DISABLE_TELEMETRY: '1',
    },
  })
  child.stdin.end(ids.join('\n'))
  const said = read(JSON.parse(await text(child.stdout)) as unknown[])
  const ms = performance.now() - begun
  const meanings = new Set(said.map((word, index) => `${word} ${expected[index]}`))
  const words = new Set(said)
  return {
    ms,
    calls: callsOf(hub),
    told: [...words].filter((word) => [...meanings].filter((pair) => pair.startsWith(`${word} `)).length === 1).length,
    right: said.filter((word, index) => word === expected[index]).length,
  }
}

function row(
  name: string,
  outcomes: readonly Outcome[],
): { name: string; medianMs: number; minMs: number; maxMs: number; calls: number; told: number; right: number } {
  const times = outcomes.map(({ ms }) => ms)
  const [first] = outcomes
  return {
    name,
    medianMs: Math.round(median(times)),
    minMs: Math.round(Math.min(...times)),
    maxMs: Math.round(Math.max(...times)),
    calls: first?.calls ?? 0,
    told: first?.told ?? 0,
    right: first?.right ?? 0,
  }
}

function callsOf({ log }: HubEmulator): number {
  return log.entries({ host: 'hub' }).length
}

function gateOf(state: string | undefined): false | 'auto' | 'manual' {
  return state === 'public' ? false : state === 'terms' ? 'auto' : 'manual'
}

function stateOf(answer: unknown): string {
  return typeof answer === 'object' && answer !== null && 'state' in answer ? String(answer.state) : '?'
}

function round2(value: number): number {
  return Math.round(value * 100) / 100
}
