import { gatedReach, nextStep } from '@hubgate/core/access'
import { type Account, HubClient, reportToken, type TokenReport } from '@hubgate/core/hub'
import { tokenFault, tokensPage, withToken } from '@hubgate/core/settings'
import {
  findReplacedTokens,
  type ReplacedToken,
  storableName,
  storeToken,
  type TokenPlace,
  type TokenToStore,
} from '@hubgate/core/settings/edit'
import { Secret } from '@hubgate/core/util'
import { askHidden, askYesNo, canAsk, readPiped } from '../ask.ts'
import { type Context, note } from '../context.ts'
import { EXIT_CODES, UsageError } from '../exit-codes.ts'
import type { Invocation } from '../program.ts'
import { jsonPage } from '../views/json.ts'
import { describeKind } from '../views/token-page.ts'

interface SetFlags {
  readonly name?: string
  readonly yes?: boolean
  readonly json?: boolean
}

/** Takes a token where nobody else can see it, asks the Hub whose it is, and makes it the one of all Hugging Face tools. */
export async function tokenSet(context: Context, invocation: Invocation): Promise<number> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- commander gives exactly what options.ts declares
  const flags = invocation.options as SetFlags
  checkName(flags.name)
  const secret = await readToken(context)
  if (secret === undefined) return EXIT_CODES.interrupted
  const report = await check(context, secret)
  const token = { name: flags.name ?? nameOf(report.account), secret }
  const { folders } = context.settings
  const replaced = await findReplacedTokens(folders, token)
  if (!(await isAgreed(context, replaced, flags))) {
    note(context, 'nothing was stored')
    return EXIT_CODES.done
  }
  const places = await storeToken(folders, token, context.now())
  tell(context, { token, report, places }, flags)
  return EXIT_CODES.done
}

/** Far more than any token. */
const MAX_PIPED_CHARACTERS = 100_000

function checkName(name: string | undefined): void {
  if (name !== undefined && storableName(name) === undefined)
    throw new UsageError(
      'Cannot keep a token under that name: it must be one line of at most 200 characters, not DEFAULT',
    )
}

/** @throws {UsageError} which does not repeat what was given */
async function readToken(context: Context): Promise<Secret | undefined> {
  const given = context.input.isTTY
    ? await askHidden(context, 'Token (not shown):')
    : await readPiped(context, MAX_PIPED_CHARACTERS)
  if (given === undefined) return undefined
  const text = given.trim()
  const fault = tokenFault(text)
  if (fault === undefined) return new Secret(text)
  throw new UsageError(
    `Cannot use this as a token: ${fault}`,
    `create one at ${tokensPage(context.settings.endpoint)} and paste it at the prompt, or pipe it in`,
  )
}

/** @throws {HubgateError} `ERR_TOKEN_INVALID`: what the Hub refuses is not stored */
async function check(context: Context, secret: Secret): Promise<TokenReport> {
  const settings = withToken(context.settings, { secret, from: 'what was given' })
  await using client = new HubClient(settings)
  const report = await reportToken(client, { signal: context.signal })
  if (report.verdict === 'refused' && report.error !== undefined) throw report.error
  return report
}

/** As `hf auth login` names it. */
function nameOf(account: Account | undefined): string {
  if (account === undefined) return 'hubgate'
  return storableName(account.token.displayName ?? '') ?? storableName(`oauth-${account.name}`) ?? 'hubgate'
}

async function isAgreed(context: Context, replaced: readonly ReplacedToken[], flags: SetFlags): Promise<boolean> {
  if (replaced.length === 0 || flags.yes === true) return true
  for (const token of replaced) note(context, describeReplaced(token))
  if (!canAsk(context))
    throw new UsageError('Cannot put another token away unasked: nobody is there to ask', '--yes agrees to it')
  return askYesNo(context, 'Use the new one instead?')
}

function describeReplaced({ path, name, keptAs }: ReplacedToken): string {
  if (name !== undefined) return `another token is stored as "${name}" in ${path}: it would be gone`
  return keptAs === undefined
    ? `another token is in ${path}, and nowhere else: it would be gone`
    : `another token is in ${path}; it stays stored as "${keptAs}"`
}

interface Stored {
  readonly token: TokenToStore
  readonly report: TokenReport
  readonly places: readonly TokenPlace[]
}

function tell(context: Context, { token, report, places }: Stored, flags: SetFlags): void {
  const { out, settings } = context
  const { account } = report
  if (flags.json === true) {
    const value = { name: token.name, account: account?.name ?? null, checked: account !== undefined, files: places }
    out.write(jsonPage(value))
  } else {
    const whose = account === undefined ? '' : ` of ${account.name} (${describeKind(account)})`
    note(context, `stored the token${whose} as "${token.name}" in ${places.map(({ path }) => path).join(' and ')}`)
  }
  if (account === undefined) note(context, `note: the token was stored unchecked: ${whyUnchecked(report, context)}`)
  if (account !== undefined && gatedReach(account).reach === 'none') {
    const step = nextStep('token-scope', { modelId: '', endpoint: settings.endpoint.origin })
    note(context, `note: it may not read gated models: ${step.text}: ${step.url}`)
  }
  const [used] = settings.tokenSources
  if (used !== undefined && used.from !== settings.folders.tokenPath)
    note(context, `note: ${used.from} is set and is used instead; unset it to use what was stored`)
}

function whyUnchecked({ error }: TokenReport, { settings }: Context): string {
  return error?.message ?? `${settings.endpoint.origin} may not be sent a token`
}
