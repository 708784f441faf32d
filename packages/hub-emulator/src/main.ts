import { readFileSync } from 'node:fs'
import process from 'node:process'
import { Command, InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import { faultProfiles } from './faults/profiles.ts'
import { demoModels } from './models/demo-models.ts'
import type { ModelSpec } from './models/model-spec.ts'
import { modelSpecShape } from './models/parse-model-spec.ts'
import type { HubEmulatorOptions } from './options.ts'
import { type HubEmulator, startHubEmulator } from './start.ts'
import { welcomeText } from './welcome-text.ts'

interface Flags {
  readonly port: number
  readonly cdnPort?: number
  readonly adminPort?: number
  readonly synthetic: number
  readonly wellKnown: boolean
  readonly models?: string
  readonly weightScale: number
  readonly profile: (typeof faultProfiles)[number]
  readonly signatureSeconds: number
  readonly windowSeconds: number
  readonly json: boolean
}

const command = new Command('hub-emulator')
  .description('A Hugging Face Hub of your own, for tests, demos and benchmarks. It misbehaves on request.')
  .option('--port <port>', 'port of the Hub, 0 for any free one', whole, 4710)
  .option('--cdn-port <port>', 'port of the CDN (default: the one after the Hub’s)', whole)
  .option('--admin-port <port>', 'port of the admin address (default: the one after the CDN’s)', whole)
  .option('--synthetic <n>', 'models computed from their row number, up to 3000000', whole, 1000)
  .option('--no-well-known', 'leave out the models of the curated list')
  .option('--models <file>', 'more models, as a JSON array of specs')
  .option('--weight-scale <factor>', 'bytes of weights per byte they would truly have', Number, 1e-6)
  .addOption(new Option('--profile <name>', 'faults from the start').choices(faultProfiles).default('none'))
  .option('--signature-seconds <n>', 'life of a signed CDN address', whole, 3600)
  .option('--window-seconds <n>', 'length of a rate-limit window', whole, 300)
  .option('--json', 'say where it runs as one line of JSON', false)
  .addHelpText(
    'after',
    `\nExample:\n  hub-emulator --port 4710 &\n  HF_ENDPOINT=http://127.0.0.1:4710 HF_TOKEN=hf_test_ada_read hubgate show acme/terms`,
  )

await run(command.parse().opts<Flags>())

async function run(flags: Flags): Promise<void> {
  try {
    const hub = await startHubEmulator(optionsOf(flags))
    process.stdout.write(flags.json ? `${JSON.stringify(placesOf(hub))}\n` : welcomeText(hub))
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void hub[Symbol.asyncDispose]())
  } catch (error) {
    process.stderr.write(`Cannot start hub-emulator: ${messageOf(error)}\n`)
    process.exitCode = 1
  }
}

function optionsOf(flags: Flags): HubEmulatorOptions {
  const cdnPort = flags.cdnPort ?? portAfter(flags.port)
  return {
    port: flags.port,
    cdnPort,
    adminPort: flags.adminPort ?? portAfter(cdnPort),
    syntheticModels: flags.synthetic,
    wellKnown: flags.wellKnown,
    models: [...demoModels, ...(flags.models === undefined ? [] : readModels(flags.models))],
    weightScale: flags.weightScale,
    profile: flags.profile,
    signatureSeconds: flags.signatureSeconds,
    rateLimits: { windowSeconds: flags.windowSeconds },
  }
}

/** Any free port has no neighbour that is known to be free. */
function portAfter(port: number): number {
  return port === 0 ? 0 : port + 1
}

function readModels(file: string): ModelSpec[] {
  return z.array(modelSpecShape).parse(JSON.parse(readFileSync(file, 'utf8')))
}

function placesOf({ endpoint, cdn, adminUrl }: HubEmulator): Record<string, string> {
  return { endpoint, cdn, adminUrl }
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return `the models do not read:\n${z.prettifyError(error)}`
  return error instanceof Error ? error.message : String(error)
}
