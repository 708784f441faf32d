import { setTimeout as sleep } from 'node:timers/promises'
import { proxyFor } from '@hubgate/core/settings'
import { hintFor } from '../views/errors.ts'
import { certificates } from './certificates.ts'
import { type Check, Checkup, type CheckupInputs } from './checkup.ts'
import { clock } from './clock.ts'
import { connection } from './connection.ts'
import { curated } from './curated.ts'
import { endpoint } from './endpoint.ts'
import { type Finding, toMend, worthKnowing } from './finding.ts'
import { folders } from './folders.ts'
import { hostName } from './host-name.ts'
import { node } from './node.ts'
import { notices } from './notices.ts'
import { proxy } from './proxy.ts'
import { rateLimits } from './rate-limits.ts'
import { settingsFiles } from './settings-files.ts'
import { stateDatabase } from './state-database.ts'
import { token } from './token.ts'

/** Those of this machine, in the order they are told. */
const localChecks: readonly Check[] = [node, curated, settingsFiles, folders, stateDatabase, proxy, certificates]
/** Those that ask somebody else. */
const remoteChecks: readonly Check[] = [hostName, connection, endpoint, clock, token, rateLimits]

/** A little over the time-out of a call, so that what the call itself says of its time-out is heard. */
const GRACE_MS = 500

/** Looks at everything at once. Takes no longer than one call may. */
export async function examine(inputs: CheckupInputs): Promise<Finding[]> {
  const limitMs = inputs.settings.timeoutMs + GRACE_MS
  const ending = new AbortController()
  const timer = setTimeout(() => ending.abort(), limitMs)
  await using checkup = new Checkup({ ...inputs, signal: AbortSignal.any([inputs.signal, ending.signal]) })
  const silence = whySilent(inputs)
  const remote = silence === undefined ? remoteChecks : [token]
  const carryOutAll = (checks: readonly Check[]): Promise<(readonly Finding[])[]> =>
    Promise.all(checks.map((check) => carryOut(check, checkup, limitMs)))
  try {
    const [local, asked] = await Promise.all([carryOutAll(localChecks), carryOutAll([...remote, notices])])
    inputs.signal.throwIfAborted()
    const unasked = silence === undefined ? [] : [worthKnowing('network', `not asked: ${silence}`)]
    return [...local.flat(), ...unasked, ...asked.flat()]
  } finally {
    clearTimeout(timer)
  }
}

/** Where nobody can be asked, one line says so in place of one for each check. */
function whySilent({ settings }: CheckupInputs): string | undefined {
  try {
    proxyFor(settings.endpoint, settings.proxy)
    return settings.offline
  } catch {
    return 'the proxy cannot be used'
  }
}

async function carryOut({ name, look }: Check, checkup: Checkup, limitMs: number): Promise<readonly Finding[]> {
  const waiting = new AbortController()
  try {
    return await Promise.race([
      (async () => look(checkup))(),
      sleep(limitMs + GRACE_MS, undefined, { signal: waiting.signal }).then(() => [
        toMend(name, `no answer within ${limitMs / 1000} s`, 'wait longer with --timeout'),
      ]),
    ])
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return [toMend(name, text, hintFor(error) ?? 'try again; `--verbose` of another command shows the chain of causes')]
  } finally {
    waiting.abort()
  }
}
