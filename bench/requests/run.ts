// How many calls does a question cost at the Hub? Each command beside the official ones, counted in the emulator's own log.
import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { type HubEmulator, startHubEmulator } from 'hub-emulator'
import { preparePeers } from '../peers.ts'
import { keepResult } from '../timing.ts'
import { type Task, type Tool, tasksFor } from './tasks.ts'
import { typeTexts } from './typing.ts'

interface Row {
  readonly task: string
  readonly tool: string
  readonly calls: number
  /** Of all answers' bodies. */
  readonly bytes: number
  /** How often each of the Hub's addresses was asked. */
  readonly routes: string
  /** Of the process: a refusal is an answer too. */
  readonly exitCode: number | null
}

const TYPED = ['llama 3.1', 'llama 3.1 8b', 'qwen coder']
const peers = await preparePeers()
await using hub = await startHubEmulator({ syntheticModels: 10_000, rateLimits: { quotas: { api: 1_000_000 } } })
const tasks = tasksFor(peers, await mostDownloaded(20))
const homes = new Map<string, string>()
const rows: Row[] = []

for (const task of tasks) for (const tool of task.tools) rows.push(await measure(task, tool))
hub.admin.clearLog()
await typeTexts(hub.endpoint, TYPED)
const keys = TYPED.reduce((sum, text) => sum + text.length, 0)
rows.push({
  task: `typing ${TYPED.map((text) => `"${text}"`).join(', ')}: ${keys} keys`,
  tool: 'hubgate',
  ...counted(hub),
  exitCode: 0,
})

console.table(rows)
keepResult(new URL(import.meta.url), { peer: peers && `huggingface_hub ${peers.version}`, rows })
writeFileSync(new URL('table.md', import.meta.url), asMarkdown(rows))

async function measure({ title }: Task, { name, command, environment }: Tool): Promise<Row> {
  const home = homes.get(name) ?? mkdtempSync(path.join(tmpdir(), 'hubgate-bench-requests-'))
  homes.set(name, home)
  hub.admin.clearLog()
  const [file, ...args] = command
  const child = spawn(file, args, {
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      HF_ENDPOINT: hub.endpoint,
      HF_TOKEN: 'hf_test_ada_read',
      HF_HUB_DISABLE_TELEMETRY: '1',
      ...environment,
    },
  })
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return { task: title, tool: name, ...counted(hub), exitCode }
}

function counted({ log }: HubEmulator): Pick<Row, 'calls' | 'bytes' | 'routes'> {
  const entries = log.entries({ host: 'hub' })
  const byRoute = Map.groupBy(
    entries,
    ({ route, url, status }) => `${route ?? url.split('?')[0]}${status === 304 ? ' (304)' : ''}`,
  )
  return {
    calls: entries.length,
    bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
    routes: [...byRoute].map(([route, { length }]) => `${length} ${route}`).join(', '),
  }
}

async function mostDownloaded(count: number): Promise<string[]> {
  const answer = await fetch(`${hub.endpoint}/api/models?sort=downloads&direction=-1&limit=${count}`)
  return ((await answer.json()) as { readonly id: string }[]).map(({ id }) => id)
}

function asMarkdown(all: readonly Row[]): string {
  const lines = all.map(
    ({ task, tool, calls, bytes, routes, exitCode }) =>
      `| ${task} | ${tool} | ${calls} | ${(bytes / 1000).toFixed(1)} | ${routes || 'none'} | ${exitCode} |`,
  )
  const head = [
    '# Calls at the Hub, by question',
    '',
    `Made by \`npm run bench requests\`, counted in the emulator's log; beside ${peers ? `\`hf\` and Python of huggingface_hub ${peers.version}` : 'nothing: no peer could be installed'}.`,
    'Each tool keeps one home through all rows, and a token of an account that has accepted nothing.',
    '',
    '| question | tool | calls | kB | what was asked | exit |',
    '| --- | --- | ---: | ---: | --- | ---: |',
  ]
  return `${[...head, ...lines].join('\n')}\n`
}
