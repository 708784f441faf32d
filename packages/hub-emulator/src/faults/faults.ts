import type { Host } from '../http/host.ts'
import type { Fault, FaultMatch, FaultRule } from './fault.ts'
import { parseFaultRules } from './parse-rules.ts'
import { createRandom } from './random.ts'

/** What is known of a request before it is answered. */
export interface FaultTarget {
  readonly host: Host
  readonly route: string | undefined
  readonly model: string | undefined
  readonly path: string | undefined
  readonly method: string
}

interface ArmedRule {
  readonly rule: FaultRule
  readonly random: () => number
  /** Requests that matched so far. */
  seen: number
}

/** The faults in force. Each rule counts its own requests. */
export class Faults {
  #rules: ArmedRule[] = []

  /** In place of all that were. @throws {z.ZodError} for a rule that makes no sense */
  set(rules: readonly FaultRule[]): void {
    this.#rules = parseFaultRules(rules).map((rule) => ({ rule, random: createRandom(rule.when?.seed ?? 1), seen: 0 }))
  }

  get rules(): FaultRule[] {
    return this.#rules.map(({ rule }) => rule)
  }

  /** Those that fall on this request. A latency comes out with its jitter rolled. */
  take(target: FaultTarget): Fault[] {
    return this.#rules.flatMap((armed) => {
      const { when = {}, fault } = armed.rule
      if (!isMatch(when, target)) return []
      armed.seen += 1
      const { nth = 1, count = Number.POSITIVE_INFINITY, probability = 1 } = when
      if (armed.seen < nth || armed.seen >= nth + count) return []
      if (armed.random() >= probability) return []
      return [fault.kind === 'latency' ? { ...fault, ms: fault.ms + (fault.jitterMs ?? 0) * armed.random() } : fault]
    })
  }
}

function isMatch(when: FaultMatch, target: FaultTarget): boolean {
  return (
    (when.host === undefined || when.host === target.host) &&
    (when.method === undefined || when.method === target.method) &&
    isNamed(when.route, target.route) &&
    isNamed(when.model, target.model) &&
    isNamed(when.path, target.path)
  )
}

function isNamed(wanted: string | RegExp | undefined, name: string | undefined): boolean {
  if (wanted === undefined) return true
  if (name === undefined) return false
  if (typeof wanted === 'string' && !/^\/.*\/$/.test(wanted)) return wanted === name
  // A pattern with the g flag would remember where it stopped.
  return new RegExp(typeof wanted === 'string' ? wanted.slice(1, -1) : wanted.source).test(name)
}
