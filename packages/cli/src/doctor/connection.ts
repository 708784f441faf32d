import { explainUnreachable, probeConnection, type TlsProbe, unreachableRemedies } from '@hubgate/core/hub'
import type { Check, Checkup } from './checkup.ts'
import { type Finding, isWell, toMend } from './finding.ts'

/** Can the endpoint be connected to, through the proxy or not, and is its certificate one to trust? */
export const connection: Check = {
  name: 'connection',
  async look(checkup) {
    const { settings, inputs } = checkup
    try {
      const started = performance.now()
      const { proxy, tls } = await probeConnection(settings, inputs.signal)
      const way = proxy === undefined ? 'straight' : `through ${proxy.host}`
      const took = `${Math.round(performance.now() - started)} ms`
      if (tls?.distrust !== undefined) return [distrusted(tls, tls.distrust, settings.timeoutMs)]
      return [
        isWell(
          'connection',
          `${way}, ${tls === undefined ? 'plain http' : `${tls.protocol}, certificate by ${tls.issuer}`}, ${took}`,
        ),
      ]
    } catch (error) {
      return [failed(checkup, error)]
    }
  },
}

/** Whose signature it bears says more than the code does: often that of a company's own proxy. */
function distrusted({ issuer, validTo }: TlsProbe, code: string, timeoutMs: number): Finding {
  const { why, kind } = explainUnreachable(Object.assign(new Error(code), { code }), timeoutMs)
  const until = validTo === undefined ? '' : `, valid to ${validTo.toISOString().slice(0, 10)}`
  return toMend('connection', `${why} (signed by ${issuer}${until})`, unreachableRemedies[kind])
}

function failed({ inputs, settings }: Checkup, error: unknown): Finding {
  const { why, kind } = inputs.signal.aborted
    ? { why: `no answer within ${settings.timeoutMs / 1000} s`, kind: 'timeout' as const }
    : explainUnreachable(error, settings.timeoutMs)
  return toMend('connection', why, unreachableRemedies[kind])
}
