import process from 'node:process'
import type { HubgateError } from '@hubgate/core/errors'
import { stripControlCharacters } from '@hubgate/core/util'
import type { MakeContext } from '../context.ts'
import { examine } from '../doctor/examine.ts'
import { type Finding, renderFinding } from '../doctor/finding.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import type { Invocation } from '../program.ts'
import { jsonPage } from '../views/json.ts'
import { createPaint } from '../views/paint.ts'

/** Looks at everything Hubgate leans on. Ends with 1 when something is broken, so that a script can ask. */
export async function doctor(makeContext: MakeContext, invocation: Invocation): Promise<number> {
  const faults: HubgateError[] = []
  const { out, settings, signal, now } = await makeContext((fault) => faults.push(fault))
  const { platform, versions } = process
  const found = await examine({ settings, faults, signal, now, platform, nodeVersion: versions.node })
  const findings = found.map(cleaned)
  if (invocation.options['json'] === true) out.write(jsonPage(findings))
  else out.write(findings.map((finding) => renderFinding(finding, createPaint(out.color))).join(''))
  return findings.some(({ state }) => state === 'problem') ? EXIT_CODES.unexpected : EXIT_CODES.done
}

/** Findings quote the Hub, file names and errors of all kinds: nothing in them steers the terminal. */
function cleaned({ text, remedy, ...finding }: Finding): Finding {
  return {
    ...finding,
    text: stripControlCharacters(text),
    ...(remedy === undefined ? {} : { remedy: stripControlCharacters(remedy) }),
  }
}
