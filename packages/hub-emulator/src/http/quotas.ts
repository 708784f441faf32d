/** Requests allowed in one window, by bucket. */
export type Quotas = Readonly<Record<Bucket, number>>

export const buckets = ['api', 'resolvers', 'pages', 'search', 'whoami'] as const
export type Bucket = (typeof buckets)[number]

export const tiers = ['anonymous', 'free', 'pro', 'team', 'enterprise', 'enterprise-plus', 'academia'] as const
export type Tier = (typeof tiers)[number]

/** Seen on quick search. @see docs of 2026-10 */
const SEARCH = 50

/** @see https://huggingface.co/docs/hub/rate-limits, the table of September 2025; the limit of whoami is not written anywhere. */
export const documentedQuotas: Readonly<Record<Tier, Quotas>> = {
  anonymous: quotas(500, 3000, 100),
  free: quotas(1000, 5000, 200),
  pro: quotas(2500, 12_000, 400),
  team: quotas(3000, 20_000, 400),
  enterprise: quotas(6000, 50_000, 600),
  'enterprise-plus': quotas(10_000, 100_000, 1000),
  academia: quotas(3000, 20_000, 400),
}

function quotas(api: number, resolvers: number, pages: number): Quotas {
  return { api, resolvers, pages, search: SEARCH, whoami: Number.POSITIVE_INFINITY }
}
