import { accessSync, constants, existsSync, statSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { curatedList } from '@hubgate/core/catalog'
import { HubClient } from '@hubgate/core/hub'
import type { Context } from '../context.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import type { Invocation } from '../program.ts'
import { hintFor } from '../views/errors.ts'
import { createPaint } from '../views/paint.ts'

/** One thing looked at, and what to do where it is not well. */
interface Finding {
  readonly name: string
  readonly state: 'ok' | 'note' | 'problem'
  readonly text: string
  readonly remedy?: string
}

/** Looks at everything Hubgate leans on. Ends with 1 when something is broken, so that a script can ask. */
export async function doctor(makeContext: () => Promise<Context>, invocation: Invocation): Promise<number> {
  const context = await makeContext()
  const { out, settings } = context
  const findings = [
    nodeFinding(),
    curatedFinding(),
    { name: 'endpoint', state: 'ok', text: settings.endpoint.origin } satisfies Finding,
    tokenFinding(context),
    folderFinding(
      'hubgate home',
      settings.folders.hubgateHome,
      'without it nothing is remembered; set HUBGATE_HOME to a folder you may write to',
    ),
    folderFinding('hub cache', settings.folders.hubCache, 'set HF_HUB_CACHE to a folder you may write to'),
    ...certificateFindings(context),
    await networkFinding(context),
    ...settings.notices.map((text): Finding => ({ name: 'settings', state: 'note', text })),
  ]
  if (invocation.options['json'] === true) out.write(`${JSON.stringify(findings, undefined, 2)}\n`)
  else out.write(findings.map((finding) => render(finding, context)).join(''))
  return findings.some(({ state }) => state === 'problem') ? EXIT_CODES.unexpected : EXIT_CODES.done
}

function render({ name, state, text, remedy }: Finding, { out }: Context): string {
  const paint = createPaint(out.color)
  const mark = { ok: paint('ok     ', 'green'), note: paint('note   ', 'yellow'), problem: paint('problem', 'red') }[
    state
  ]
  return `${mark}  ${name.padEnd(13)} ${text}\n${remedy === undefined ? '' : `${' '.repeat(9)}${paint('remedy:', 'blue')} ${remedy}\n`}`
}

function nodeFinding(): Finding {
  return { name: 'node', state: 'ok', text: process.versions.node }
}

function curatedFinding(): Finding {
  const { records, asOf } = curatedList()
  return { name: 'curated list', state: 'ok', text: `${records.length} models, as of ${asOf}` }
}

function tokenFinding({ settings }: Context): Finding {
  const { token } = settings
  if (token === undefined) {
    return {
      name: 'token',
      state: 'note',
      text: 'none; public models need none',
      remedy: 'for gated models: create one at https://huggingface.co/settings/tokens and set HF_TOKEN',
    }
  }
  const expired = token.expiresAt !== undefined && token.expiresAt * 1000 < Date.now()
  const text = `from ${token.from}${token.name === undefined ? '' : `, stored as "${token.name}"`}${expired ? ', expired' : ''}`
  return expired
    ? { name: 'token', state: 'problem', text, remedy: 'sign in again: hf auth login' }
    : { name: 'token', state: 'ok', text }
}

/** A folder may be made later, so what counts is the nearest one above it that exists. */
function folderFinding(name: string, folder: string, remedy: string): Finding {
  let existing = folder
  while (!existsSync(existing) && path.dirname(existing) !== existing) existing = path.dirname(existing)
  try {
    accessSync(existing, constants.W_OK)
    if (!statSync(existing).isDirectory()) throw new Error('not a folder')
    return { name, state: 'ok', text: existing === folder ? folder : `${folder} (not made yet)` }
  } catch {
    return { name, state: 'note', text: `${folder} cannot be written to`, remedy }
  }
}

function certificateFindings({ settings }: Context): Finding[] {
  return settings.certificateFiles
    .filter(({ path: file }) => !existsSync(file))
    .map(
      ({ path: file }): Finding => ({
        name: 'certificates',
        state: 'problem',
        text: `${file} does not exist`,
        remedy: 'correct SSL_CERT_FILE, REQUESTS_CA_BUNDLE or NODE_EXTRA_CA_CERTS',
      }),
    )
}

async function networkFinding({ settings, signal }: Context): Promise<Finding> {
  if (settings.offline !== undefined) return { name: 'network', state: 'note', text: `not asked: ${settings.offline}` }
  await using client = new HubClient(settings)
  try {
    const started = performance.now()
    const { status } = await client.send({
      path: '/api/models',
      query: new URLSearchParams({ limit: '1' }),
      anonymous: true,
      signal,
    })
    const text = `${settings.endpoint.host} answered ${status} in ${Math.round(performance.now() - started)} ms`
    return status === 200
      ? { name: 'network', state: 'ok', text }
      : { name: 'network', state: 'problem', text, remedy: 'is this the address of a Hub?' }
  } catch (error) {
    signal.throwIfAborted()
    return {
      name: 'network',
      state: 'problem',
      text: error instanceof Error ? error.message : String(error),
      remedy: hintFor(error) ?? 'search works offline all the same',
    }
  }
}
