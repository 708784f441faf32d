import { isLoopback, mayCarryToken } from '@hubgate/core/settings'
import { allowableOrigin, allowEndpoint, disallowEndpoint } from '@hubgate/core/settings/edit'
import { type Context, note } from '../context.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import type { Invocation } from '../program.ts'
import { jsonPage } from '../views/json.ts'

/** Lets the token go to another Hub, or takes that back. */
export async function tokenAllowEndpoint(context: Context, invocation: Invocation): Promise<number> {
  const { out, settings } = context
  const { options, words } = invocation
  const origin = allowableOrigin(words[0] ?? '')
  const isChanged = await change(context, origin, options['remove'] === true)
  const isAllowed = mayCarryToken(new URL(origin), []) || options['remove'] !== true
  if (options['json'] === true) {
    const value = { endpoint: origin, allowed: isAllowed, changed: isChanged, file: settings.folders.configPath }
    out.write(jsonPage(value))
  } else note(context, describe(origin, { isAllowed, isChanged, configPath: settings.folders.configPath }))
  return EXIT_CODES.done
}

/** What needs no permission is not written down: the configuration would say less than is true. */
async function change({ settings }: Context, origin: string, isRemoval: boolean): Promise<boolean> {
  if (isRemoval) return disallowEndpoint(settings.folders, origin)
  return !mayCarryToken(new URL(origin), []) && (await allowEndpoint(settings.folders, origin))
}

interface Outcome {
  readonly isAllowed: boolean
  readonly isChanged: boolean
  readonly configPath: string
}

function describe(origin: string, { isAllowed, isChanged, configPath }: Outcome): string {
  const url = new URL(origin)
  if (mayCarryToken(url, [])) {
    const why = isLoopback(url) ? 'it is this machine' : 'it is the Hub itself'
    return `the token may always go to ${origin}: ${why}`
  }
  if (!isAllowed)
    return isChanged ? `the token is no longer sent to ${origin}` : `${origin} was not among those allowed`
  const means = `your token is sent to ${origin} when it is the endpoint, and whoever runs it can use the token as you`
  return isChanged ? `allowed in ${configPath}: ${means}` : `allowed already: ${means}`
}
